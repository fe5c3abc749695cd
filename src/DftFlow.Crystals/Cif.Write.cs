using System.Globalization;
using System.Text;

namespace DftFlow.Crystals;

public static partial class Cif
{
    private const int LongestName = 60;

    /// <summary>
    /// Writes a structure with all atoms of the cell, in P 1. Numbers keep full precision; equal structures give equal bytes. A CIF
    /// has no place for the cell's orientation nor for selective dynamics; the sites of a left-handed cell are inverted together with
    /// its axes, which leaves the same crystal.
    /// </summary>
    /// <param name="name">Of the data block; the formula if not given.</param>
    public static string Write(Structure structure, string? name = null)
    {
        var lattice = structure.Lattice;
        var leftHanded = lattice.A.Dot(lattice.B.Cross(lattice.C)) < 0;
        var (lengths, angles) = (lattice.LengthsA, lattice.AnglesDegrees);
        var text = new StringBuilder();
        text.Append("data_").Append(BlockName(name ?? structure.Composition.ReducedFormula)).Append('\n');
        text.Append("_chemical_formula_sum '").AppendJoin(' ', structure.Composition.Amounts.Select(pair => $"{pair.Key.Symbol}{Number(pair.Value)}")).Append("'\n");
        for (var axis = 0; axis < 3; axis++) text.Append(LengthTags[axis]).Append(' ').Append(Number(lengths[axis])).Append('\n');
        // What is left of 90° and 120° behind the twelfth decimal is the arc cosine's noise.
        for (var axis = 0; axis < 3; axis++) text.Append(AngleTags[axis]).Append(' ').Append(Number(Math.Round(angles[axis], 12))).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"_cell_volume {Number(lattice.Volume)}\n");
        text.Append("_space_group_name_H-M_alt 'P 1'\n_space_group_IT_number 1\n");
        text.Append("loop_\n_space_group_symop_id\n_space_group_symop_operation_xyz\n1 'x, y, z'\n");
        text.Append("loop_\n_atom_site_label\n_atom_site_type_symbol\n").AppendJoin('\n', CifSites.CoordinateTags).Append("\n_atom_site_occupancy\n");
        var counts = new Dictionary<Element, int>();
        foreach (var site in structure.Sites)
        {
            var number = counts[site.Element] = counts.GetValueOrDefault(site.Element) + 1;
            var place = leftHanded ? -site.Fractional : site.Fractional;
            text.Append(CultureInfo.InvariantCulture, $"{site.Element}{number} {site.Element} {Number(place.X)} {Number(place.Y)} {Number(place.Z)} 1\n");
        }
        return text.ToString();
    }

    /// <summary>The shortest text that gives the same double back; zero has no sign.</summary>
    internal static string Number(double value) => (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture);

    private static string BlockName(string name)
    {
        var letters = name.Where(c => c is > ' ' and < '\x7f').Take(LongestName).ToArray();
        return letters.Length == 0 ? "structure" : new string(letters);
    }
}
