using System.Collections.Immutable;
using DftFlow.Crystals.Symmetry;
using System.Globalization;

namespace DftFlow.Crystals.Cells;

/// <summary>An atom that is written down: its element and its place, in fractions of the lattice vectors or in Å.</summary>
public sealed record InlineSite(Element Element, Vector3D Place);

/// <summary>
/// A crystal that is written down: a lattice and its sites. Without <see cref="Operations"/> the sites are all atoms of the cell; with
/// them, each site stands for its images under all of them, as in a CIF. Sites stay in their order.
/// </summary>
public sealed record InlineCrystal(Lattice Lattice, ImmutableArray<InlineSite> Sites)
{
    private const double LargestNumber = 1e6;

    /// <summary>The places are in Å, along x, y and z, and not fractions.</summary>
    public bool PlacesInA { get; init; }

    /// <summary>Symmetry operations on fractional coordinates, as CIFs write them: <c>-x, y+1/2, -z</c>. All of a group, the identity included.</summary>
    public ImmutableArray<string> Operations { get; init; } = [];

    /// <summary>The cell with the given lengths (Å) and angles (degrees): a along x, b in the xy plane.</summary>
    /// <exception cref="DftFlowException">DF1285: there is no such cell.</exception>
    public static Lattice Cell(double a, double b, double c, double alpha = 90, double beta = 90, double gamma = 90) => Checked(
        () => Crystals.Lattice.FromParameters(a, b, c, alpha, beta, gamma),
        FormattableString.Invariant($"the lengths {a}, {b}, {c} Å and the angles {alpha}, {beta}, {gamma}°"));

    /// <summary>The cell spanned by three vectors in Å.</summary>
    /// <exception cref="DftFlowException">DF1285: they span no cell.</exception>
    public static Lattice Cell(Vector3D a, Vector3D b, Vector3D c) => Checked(
        () => new Lattice(a, b, c), FormattableString.Invariant($"the vectors ({a.X} {a.Y} {a.Z}), ({b.X} {b.Y} {b.Z}), ({c.X} {c.Y} {c.Z}) Å"));

    /// <exception cref="DftFlowException">
    /// DF1285: the cell; DF1287: no sites, an operation that cannot be read or does not fit the cell; DF1215: symmetry leaves atoms on
    /// each other; DF1216: too many; DF1220: sites lie on each other. The error's line is the number of the site that it is about.
    /// </exception>
    public Structure Build()
    {
        if (Sites.IsEmpty) throw Error("The crystal has no sites.", "List each atom: its element and three coordinates.");
        var rows = Sites.Select((site, index) => Row(site, index + 1)).ToList();
        if (Operations.IsEmpty)
        {
            var structure = new Structure(Lattice, [.. rows.Select(row => new Site(row.Element, Wrapping.IntoCell(row.Fractional)))]);
            return MinimumDistances.Check(structure) is [{ Severity: Severity.Error } overlap, ..] ? throw new DftFlowException(overlap.Code, overlap.Message, overlap.Hint, Overlapping(structure)) : structure;
        }
        return Wrapping.Apply(CifSites.Expand(rows, OperationsRead(), Lattice, ImmutableArray.CreateBuilder<Finding>()).Ordered!);
    }

    /// <summary>The later site, from 1, of the pair that is told first; null where an atom lies on an image of itself.</summary>
    private static int? Overlapping(Structure structure) => LatticeReduction.Reduced(structure.Lattice).A.Length < MinimumDistances.OverlapA
        ? null : NeighbourPairs.Within(structure, MinimumDistances.OverlapA).Select(pair => (int?)pair.J + 1).FirstOrDefault();

    private CifSite Row(InlineSite site, int number)
    {
        var label = string.Create(CultureInfo.InvariantCulture, $"{site.Element} (site {number})");
        if (!site.Place.IsFinite || Math.Max(Math.Abs(site.Place.X), Math.Max(Math.Abs(site.Place.Y), Math.Abs(site.Place.Z))) > LargestNumber)
            throw Error($"The coordinates of {label} are no place.", "Coordinates are numbers within ±1e6.", number);
        return new(label, site.Element, 1, PlacesInA ? Lattice.ToFractional(site.Place) : site.Place, number);
    }

    private List<SymmetryOperation> OperationsRead()
    {
        if (Operations.Length > CifSites.MostOperations) throw CifSites.TooMany(Sites.Length, Operations.Length);
        var operations = new List<SymmetryOperation>();
        foreach (var text in Operations)
        {
            if (!SymmetryOperation.TryParse(text, out var operation))
                throw Error($"'{Cif.Shortened(text)}' is not a symmetry operation.", "An operation looks like -x, y+1/2, -z.");
            if (!operation.Value.Fits(Lattice))
                throw Error($"The symmetry operation '{Cif.Shortened(text)}' does not leave the cell as it is.", "Operations and cell belong to different settings, or the cell is mistyped.");
            if (!operations.Contains(operation.Value)) operations.Add(operation.Value);
        }
        return operations.Contains(SymmetryOperation.Identity) ? operations : throw Error("The symmetry operations lack the identity.", "List all operations of the space group, x,y,z first.");
    }

    private static Lattice Checked(Func<Lattice> make, string what)
    {
        try
        {
            var lattice = make();
            if (lattice.LengthsA is { X: < LargestNumber, Y: < LargestNumber, Z: < LargestNumber } && LatticeReduction.Reduced(lattice).A.Length >= MinimumDistances.OverlapA) return lattice;
        }
        catch (ArgumentException)
        {
            // Told below, with the values.
        }
        throw new DftFlowException("DF1285", $"There is no cell with {what}.", "Lengths are in Å and angles in degrees; the three vectors lie in no plane, and no lattice vector is shorter than 0.5 Å.");
    }

    private static DftFlowException Error(string message, string hint, int? site = null) => new("DF1287", message, hint, site);
}
