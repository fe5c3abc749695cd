using System.Globalization;

namespace DftFlow.Crystals.Symmetry;

/// <summary>How well two structures are one crystal: a motion of one onto the other, and what it leaves.</summary>
/// <param name="LargestDeviationA">The largest distance of an atom from the atom that it goes to, in Å.</param>
/// <param name="RmsDeviationA">The root of the mean square of these distances, in Å.</param>
/// <param name="LatticeDeviationA">The largest difference in length, in Å, of the lattice vectors, their sums and their differences.</param>
/// <param name="IsMirrored">The structures are mirror images of each other that no proper motion takes into one another.</param>
public sealed record MatchedStructures(double LargestDeviationA, double RmsDeviationA, double LatticeDeviationA, bool IsMirrored);

/// <summary>
/// Tells whether two structures are one crystal, whatever their cells, origins, orientations and order of atoms; nothing is scaled.
/// Mirror images are one crystal.
/// </summary>
/// <remarks>
/// The lattice vectors of the larger primitive cell are looked for in the lattice of the smaller; each way to find them is a motion,
/// and each place of the rarest kind of atom a shift. Of all motions within the tolerance the one with the smallest largest deviation
/// is told, proper ones before mirrors.
/// </remarks>
public static class StructureMatch
{
    /// <summary>How far apart, in Å, atoms may be and lengths may differ where nothing else is said.</summary>
    public const double DefaultToleranceA = 0.05;

    private const double LargestToleranceA = 0.3;
    private const double PrimitiveToleranceA = 1e-3;
    private const int MostCells = 10_000;

    /// <summary>Null where the structures are not one crystal within the tolerance in Å.</summary>
    /// <param name="elementsOnly">Compare elements alone, not moments, constraints and parts.</param>
    /// <exception cref="DftFlowException">DF1282: the tolerance is of no use, or a distorted cell is compared with more than 10,000 primitive ones.</exception>
    public static MatchedStructures? Compare(Structure first, Structure second, double toleranceA = DefaultToleranceA, bool elementsOnly = false)
    {
        if (!(toleranceA > 0 && toleranceA <= LargestToleranceA))
            throw new DftFlowException("DF1282", string.Create(CultureInfo.InvariantCulture, $"Structures cannot be compared within {toleranceA} Å."),
                string.Create(CultureInfo.InvariantCulture, $"The tolerance is above 0 and at most {LargestToleranceA} Å; atoms of one kind are at least four tolerances apart."));
        var (small, large) = (Primitive(first, elementsOnly), Primitive(second, elementsOnly));
        if (small.Sites.Length > large.Sites.Length) (small, large) = (large, small);
        if (small.Sites.IsEmpty || large.Sites.Length % small.Sites.Length != 0) return null;
        var cells = large.Sites.Length / small.Sites.Length;
        var counts = Counts(small);
        if (Counts(large) is var largeCounts && (counts.Count != largeCounts.Count || counts.Any(kind => largeCounts.GetValueOrDefault(kind.Key) != kind.Value * cells))) return null;
        if (cells > MostCells)
            throw new DftFlowException("DF1282", string.Create(CultureInfo.InvariantCulture, $"One structure is primitive with {small.Sites.Length} atoms, the other has {large.Sites.Length} in a cell that is not quite a repetition; up to {MostCells} repetitions are compared."),
                "Compare smaller cells.");
        var rarest = counts.MinBy(kind => kind.Value).Key;
        var places = new SitePlaces(small, 2 * toleranceA);
        var partners = new int[small.Sites.Length];
        var differences = new Vector3D[large.Sites.Length];
        MatchedStructures? best = null;
        foreach (var map in LatticeSymmetry.Maps(small.Lattice, large.Lattice, toleranceA))
        {
            if (Math.Abs(map.Determinant) != cells) continue;
            var mirrored = map.Determinant < 0;
            if (mirrored && best is { IsMirrored: false }) continue;
            var mapped = Array.ConvertAll([.. large.Sites], site => site with { Fractional = map.Apply(site.Fractional) });
            var start = Array.Find(mapped, site => site.Kind == rarest)!;
            foreach (var site in small.Sites.Where(site => site.Kind == rarest))
            {
                var below = best is not null && best.IsMirrored == mirrored ? best.LargestDeviationA : double.BitIncrement(toleranceA);
                if (Deviations(mapped, site.Fractional - start.Fractional, below) is var (largest, rms))
                    best = new(largest, rms, LatticeDeviation(small.Lattice, large.Lattice, map), mirrored);
            }
        }
        return best;

        // The deviations with the shift that makes them smallest in the mean; null where an atom has no partner, two have the same, or
        // the largest is not below what is asked for.
        (double Largest, double Rms)? Deviations(Site[] mapped, Vector3D shift, double belowA)
        {
            Array.Clear(partners);
            var mean = default(Vector3D);
            for (var i = 0; i < mapped.Length; i++)
            {
                var place = mapped[i].Fractional + shift;
                if (places.Find(mapped[i], place) is not (>= 0 and var partner) || ++partners[partner] > cells) return null;
                differences[i] = SitePlaces.Nearest(place - small.Sites[partner].Fractional);
                // The shift puts one atom right: whatever the mean is, one of that atom and this is half of this away from it.
                if (small.Lattice.ToCartesian(differences[i]).Length >= 2 * belowA) return null;
                mean += differences[i] * (1.0 / mapped.Length);
            }
            var lengths = Array.ConvertAll(differences, difference => small.Lattice.ToCartesian(difference - mean).Length);
            return lengths.Max() < belowA ? (lengths.Max(), Math.Sqrt(lengths.Average(length => length * length))) : null;
        }
    }

    private static Structure Primitive(Structure structure, bool elementsOnly)
    {
        var lattice = LatticeReduction.Reduced(structure.Lattice);
        return PrimitiveCell.Of(new(lattice, [.. structure.Sites.Select(site =>
            (elementsOnly ? new Site(site.Element, default) : site) with { Fractional = lattice.ToFractional(structure.Lattice.ToCartesian(site.Fractional)) })]), PrimitiveToleranceA);
    }

    private static Dictionary<Site, int> Counts(Structure structure) => structure.Sites.CountBy(site => site.Kind).ToDictionary();

    private static double LatticeDeviation(Lattice small, Lattice large, IntegerMatrix map)
    {
        Vector3D[] combinations = [new(1, 0, 0), new(0, 1, 0), new(0, 0, 1), new(1, 1, 0), new(1, -1, 0), new(1, 0, 1), new(1, 0, -1), new(0, 1, 1), new(0, 1, -1)];
        return combinations.Max(v => Math.Abs(small.ToCartesian(map.Apply(v)).Length - large.ToCartesian(v).Length));
    }
}
