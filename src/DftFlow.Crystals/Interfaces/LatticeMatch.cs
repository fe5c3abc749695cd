using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals.Interfaces;

/// <summary>A cell that two plane lattices have in common, once the coating's is deformed.</summary>
/// <param name="Substrate">The common cell in vectors of the substrate's plane.</param>
/// <param name="Coating">The same cell, vector by vector, in those of the coating's plane.</param>
/// <param name="AreaA2">Its area in Å², as the substrate has it.</param>
/// <param name="Misfit">What the coating's lattice needs to fit the substrate's.</param>
public sealed record LatticeMatch(PlaneSupercell Substrate, PlaneSupercell Coating, double AreaA2, PlaneDeformation Misfit)
{
    /// <summary>Area of the coating's part before it is deformed, in Å².</summary>
    public double CoatingAreaA2 => AreaA2 / Misfit.AreaRatio;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{AreaA2:0.0} Å², strain {Misfit.LargestStrain * 100:0.00} % (von Mises {Misfit.VonMisesStrain * 100:0.00} %), {Spelling.Count(Substrate.Multiple, "cell")} of the substrate and {Coating.Multiple} of the coating, turned by {Math.Round(Misfit.RotationDegrees, 2) + 0.0:0.00}°");
}

/// <summary>
/// Finds the cells that two plane lattices have in common (A. Zur, T. C. McGill, J. Appl. Phys. 55, 378 (1984)): the sublattices of
/// both up to an area, by their Hermite forms, compared by their shortest vectors.
/// </summary>
/// <remarks>
/// Complete within its limits: all pairs of bases whose deformation is within <see cref="MaxStrain"/> are found, also where the order
/// or the angle of the shortest vectors is not the same before and after. The coating is never turned over. A match that is a
/// multiple of a smaller one (same deformation) is left out, and so is one that symmetry makes of another.
/// </remarks>
public sealed record LatticeMatchSearch
{
    /// <summary>Nobody means more than this: at such a strain the coating is another crystal.</summary>
    public const double LargestMaxStrain = 0.3;

    // 0.8·n² sublattices up to n cells.
    internal const int MostCells = 500;

    // With these, and with all cells, products of the whole numbers fit.
    private const int LargestNumber = 30;

    /// <summary>The common cell's largest area in Å².</summary>
    public double MaxAreaA2 { get; init; } = 200;

    /// <summary>In no direction of the plane is the coating stretched or compressed by more than this part of a length.</summary>
    public double MaxStrain { get; init; } = 0.05;

    /// <summary>How many of the matches, the best first; the search ends where it has them.</summary>
    public int Most { get; init; } = 100;

    /// <summary>
    /// The matches by area, then by von Mises strain (equal: 1e-7), then by the amount of rotation (0.001°), then by their numbers.
    /// Empty where there is none.
    /// </summary>
    /// <exception cref="DftFlowException">DF1620: a limit is out of range, or below the substrate's cell. DF1625: too many sublattices.</exception>
    public ImmutableArray<LatticeMatch> Find(PlaneLattice substrate, PlaneLattice coating, CancellationToken cancellation = default)
    {
        Check(substrate, coating);
        var coatingCells = new Sublattices(coating);
        var substrateCells = new Sublattices(substrate);
        var found = new Dictionary<(PlaneSupercell, PlaneSupercell), LatticeMatch>();
        for (var n = 1; n * substrate.AreaA2 <= MaxAreaA2 * (1 + 1e-9) && found.Count < Most; n++)
            foreach (var cell in substrateCells.OfMultiple(n))
            {
                cancellation.ThrowIfCancellationRequested();
                Match(substrate, coating, cell, coatingCells, found);
            }
        return [.. found.Values
            .OrderBy(match => match.Substrate.Multiple)
            .ThenBy(match => Math.Round(match.Misfit.VonMisesStrain, 7))
            .ThenBy(match => Math.Round(Math.Abs(match.Misfit.RotationDegrees), 3))
            .ThenBy(match => match.Substrate).ThenBy(match => match.Coating)
            .Take(Most)];
    }

    /// <summary>
    /// Where nothing matches: the match with the smallest strain beyond the limit, up to a strain of 0.3; null where even that finds
    /// none. Where there are more than 10,000, that of the smallest cells.
    /// </summary>
    public LatticeMatch? NearestMiss(PlaneLattice substrate, PlaneLattice coating, CancellationToken cancellation = default)
    {
        // Windows that widen: the smallest strain of the first one that holds any is the smallest of all.
        for (var strain = MaxStrain; strain < LargestMaxStrain;)
        {
            strain = Math.Clamp(strain * 2, 0.01, LargestMaxStrain);
            var found = (this with { MaxStrain = strain, Most = 10_000 }).Find(substrate, coating, cancellation);
            if (!found.IsEmpty) return found.MinBy(match => Math.Round(match.Misfit.LargestStrain, 7));
        }
        return null;
    }

    private void Check(PlaneLattice substrate, PlaneLattice coating)
    {
        if (IsSkewed(substrate) || IsSkewed(coating)) throw Refused(null, $"A plane's cell is skewed so far that its shortest vectors are more than {LargestNumber} of those given.", $"Give it with shorter vectors.");
        if (!(MaxStrain > 0 && MaxStrain <= LargestMaxStrain))
            throw Refused(nameof(MaxStrain), $"A largest strain of {MaxStrain} cannot be asked for.", $"It is a part of a length: above 0, at most {LargestMaxStrain}; 0.05 is 5 %.");
        if (!(MaxAreaA2 > 0) || !double.IsFinite(MaxAreaA2)) throw Refused(nameof(MaxAreaA2), $"A largest area of {MaxAreaA2} Å² cannot be asked for.", $"It is a number above 0.");
        if (Most < 1) throw Refused(nameof(Most), $"{Most} matches cannot be asked for.", $"Ask for at least 1.");
        if (MaxAreaA2 * (1 + 1e-9) < substrate.AreaA2)
            throw Refused(nameof(MaxAreaA2), $"No common cell can be as small as {MaxAreaA2} Å²: the substrate's own cell has {substrate.AreaA2:0.00} Å².", $"Raise the largest area, or cut the substrate with a smaller cell.");
        var smaller = Math.Min(substrate.AreaA2, coating.AreaA2);
        if (MaxAreaA2 > MostCells * smaller)
            throw new DftFlowException("DF1625", FormattableString.Invariant($"The search for common cells up to {MaxAreaA2} Å² is too large: that is {MaxAreaA2 / smaller:0} cells of {smaller:0.00} Å², and at most {MostCells} are searched."),
                FormattableString.Invariant($"Lower the largest area to {MostCells * smaller:0} Å² or less."));
    }

    private static bool IsSkewed(PlaneLattice lattice) =>
        lattice.Reduced.Numbers is var n && Math.Max(Math.Max(Math.Abs((long)n.Aa), Math.Abs((long)n.Ab)), Math.Max(Math.Abs((long)n.Ba), Math.Abs((long)n.Bb))) > LargestNumber;

    // All bases of sublattices of the coating that are about as long as this one's, and enclose about its angle.
    private void Match(PlaneLattice substrate, PlaneLattice coating, PlaneBasis cell, Sublattices coatingCells, Dictionary<(PlaneSupercell, PlaneSupercell), LatticeMatch> found)
    {
        double least = 1 / (1 + MaxStrain), most = 1 / (1 - MaxStrain), area = cell.A.Cross(cell.B), a = cell.A.Length, b = cell.B.Length;
        var last = (int)Math.Floor(area * most * most / coating.AreaA2 + 1e-9);
        for (var n = Math.Max(1, (int)Math.Ceiling(area * least * least / coating.AreaA2 - 1e-9)); n <= last; n++)
        {
            var candidates = coatingCells.OfMultiple(n);
            // The shortest and the second shortest vectors of two lattices differ by no more than any vector does.
            for (var i = FirstNotShorter(candidates, a * least); i < candidates.Length && candidates[i].A.Length <= a * most + 1e-9; i++)
            {
                var length = candidates[i].B.Length;
                if (length < b * least - 1e-9 || length > b * most + 1e-9) continue;
                foreach (var basis in Bases(candidates[i], a, b, least, most))
                {
                    var misfit = PlaneDeformation.Between(basis.A, basis.B, cell.A, cell.B);
                    if (misfit.LargestStrain > MaxStrain + 1e-9 || !IsSmallest(cell.Numbers, basis.Numbers)) continue;
                    var key = Key(substrate, coating, cell.Numbers, basis.Numbers);
                    if (!found.ContainsKey(key)) found[key] = LeastTurned(substrate, coating, cell.Numbers, basis.Numbers);
                }
            }
        }
    }

    /// <summary>Of the matches that symmetry makes of one, that which turns the coating least.</summary>
    private static LatticeMatch LeastTurned(PlaneLattice substrate, PlaneLattice coating, PlaneSupercell s, PlaneSupercell t)
    {
        LatticeMatch? best = null;
        foreach (var (onSubstrate, onCoating) in Symmetries(substrate, coating))
        {
            PlaneBasis to = substrate.Basis(s * onSubstrate), from = coating.Basis(t * onCoating);
            var misfit = PlaneDeformation.Between(from.A, from.B, to.A, to.B);
            // The substrate's own cell stays in the vectors that it has.
            var (ofSubstrate, ofCoating) = to.Numbers.Multiple == 1 ? PlaneSupercell.Hermite(to.Numbers, from.Numbers) : (to.Numbers, from.Numbers);
            var match = new LatticeMatch(ofSubstrate, ofCoating, substrate.AreaA2 * s.Multiple, misfit);
            if (best is null || Order(match).CompareTo(Order(best)) < 0) best = match;
        }
        return best!;

        static (double, bool, PlaneSupercell, PlaneSupercell) Order(LatticeMatch match) =>
            (Math.Round(Math.Abs(match.Misfit.RotationDegrees), 3), Math.Round(match.Misfit.RotationDegrees, 3) < 0, match.Substrate, match.Coating);
    }

    private static int FirstNotShorter(ImmutableArray<PlaneBasis> cells, double length)
    {
        int low = 0, high = cells.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (cells[middle].A.Length < length - 1e-9) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>The counter-clockwise bases of a lattice whose vectors have about the lengths a and b.</summary>
    private static IEnumerable<PlaneBasis> Bases(PlaneBasis reduced, double a, double b, double least, double most)
    {
        var firsts = Vectors(a);
        var seconds = Vectors(b);
        foreach (var (x, y) in firsts)
            foreach (var (u, v) in seconds)
                if (x * v - y * u == 1)
                    yield return new(reduced.A * x + reduced.B * y, reduced.A * u + reduced.B * v, new PlaneSupercell(x, y, u, v) * reduced.Numbers);

        List<(int, int)> Vectors(double length)
        {
            double longest = length * most + 1e-9, shortest = length * least - 1e-9, area = reduced.A.Cross(reduced.B);
            int reachX = (int)(longest * reduced.B.Length / area), reachY = (int)(longest * reduced.A.Length / area);
            var found = new List<(int, int)>();
            for (var x = -reachX; x <= reachX; x++)
                for (var y = -reachY; y <= reachY; y++)
                    if ((reduced.A * x + reduced.B * y).Length is var l && l >= shortest && l <= longest) found.Add((x, y));
            return found;
        }
    }

    // Two cells are the same multiple of smaller ones with the same deformation where all 2×2 minors of (S | T) share a divisor.
    private static bool IsSmallest(PlaneSupercell s, PlaneSupercell t)
    {
        Span<(long A, long B)> columns = [(s.Aa, s.Ba), (s.Ab, s.Bb), (t.Aa, t.Ba), (t.Ab, t.Bb)];
        long divisor = 0;
        for (var i = 0; i < 4; i++)
            for (var j = 0; j < i; j++)
                for (var minor = columns[i].A * columns[j].B - columns[j].A * columns[i].B; minor != 0;) (divisor, minor) = (minor, divisor % minor);
        return Math.Abs(divisor) == 1;
    }

    /// <summary>The same for all matches that are one: whatever the basis of the common cell, and whatever symmetry does to both planes.</summary>
    private static (PlaneSupercell, PlaneSupercell) Key(PlaneLattice substrate, PlaneLattice coating, PlaneSupercell s, PlaneSupercell t)
    {
        (PlaneSupercell, PlaneSupercell)? best = null;
        foreach (var (onSubstrate, onCoating) in Symmetries(substrate, coating))
        {
            var key = PlaneSupercell.Hermite(s * onSubstrate, t * onCoating);
            if (best is not { } known || key.CompareTo(known) < 0) best = key;
        }
        return best!.Value;
    }

    // One reflected and the other not: the coating would have to be turned over.
    private static IEnumerable<(PlaneSupercell Substrate, PlaneSupercell Coating)> Symmetries(PlaneLattice substrate, PlaneLattice coating)
    {
        foreach (var onSubstrate in substrate.Symmetries)
            foreach (var onCoating in coating.Symmetries)
                if (onSubstrate.Determinant == onCoating.Determinant) yield return (onSubstrate, onCoating);
    }

    private static DftFlowException Refused(string? setting, FormattableString message, FormattableString hint) =>
        new("DF1620", FormattableString.Invariant(message), FormattableString.Invariant(hint)) { Setting = setting };

    /// <summary>
    /// The sublattices of a plane lattice by how many cells they hold, with their shortest vectors, by the length of the shortest; of
    /// those that rotations make of each other, one.
    /// </summary>
    private sealed class Sublattices(PlaneLattice lattice)
    {
        private readonly Dictionary<int, ImmutableArray<PlaneBasis>> known = [];

        private readonly PlaneSupercell[] rotations = [.. lattice.Symmetries.Where(operation => operation.Determinant == 1)];

        public ImmutableArray<PlaneBasis> OfMultiple(int multiple)
        {
            if (!known.TryGetValue(multiple, out var cells))
                known[multiple] = cells = [.. PlaneSupercell.OfMultiple(multiple)
                    .Where(cell => rotations.All(rotation => cell <= (cell * rotation).Hermite()))
                    .Select(cell => PlaneBasis.Reduce(lattice.Basis(cell)))
                    .OrderBy(cell => cell.A.Length)];
            return cells;
        }
    }
}
