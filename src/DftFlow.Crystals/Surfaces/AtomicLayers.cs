using System.Collections.Immutable;

namespace DftFlow.Crystals.Surfaces;

/// <summary>Atoms of one height above the plane of a and b, the top of one within the tolerance of the next.</summary>
/// <param name="HeightA">The mean height of the atoms in Å, above the origin of the cell; it may go beyond the cell where the slab does.</param>
/// <param name="Sites">Numbers of the sites, from 1, in ascending order.</param>
public sealed record AtomicLayer(double HeightA, ImmutableArray<int> Sites)
{
    /// <summary>What the layer is made of, as in <c>Li2O2</c>.</summary>
    public Composition CompositionIn(Structure structure) =>
        new(Sites.GroupBy(site => structure.Sites[site - 1].Element).Select(group => KeyValuePair.Create(group.Key, (double)group.Count())));
}

/// <summary>
/// The atoms of a structure by their height above the plane of a and b. Sorted by height, atoms that differ by no more than the
/// tolerance from the next are one layer. The cell is periodic along c: bottom and top are what lies above and below the widest gap,
/// wherever in the cell the slab is. In a bulk crystal, where several gaps are the widest, the bottom is the first above height 0.
/// </summary>
public sealed class AtomicLayers
{
    public const double DefaultToleranceA = 0.3;

    // What rounding may do to heights.
    private const double NoiseA = 1e-6;

    private readonly double[] heightsA;
    private readonly int[] layerOfSite;
    private readonly double bottomA, topA;

    private AtomicLayers(Structure structure, double toleranceA)
    {
        // The normal points to the side to which c points, whichever hand the cell has.
        PeriodA = 2 * Math.PI / structure.Lattice.Reciprocal(2).Length;
        Normal = structure.Lattice.Reciprocal(2) * (PeriodA / (2 * Math.PI));
        heightsA = [.. structure.Sites.Select(site => Wrapped(site.Fractional.Z))];
        layerOfSite = new int[heightsA.Length];
        var order = Enumerable.Range(0, heightsA.Length).OrderBy(site => heightsA[site]).ThenBy(site => site).ToArray();
        if (order.Length == 0) return;

        double widest = PeriodA + heightsA[order[0]] - heightsA[order[^1]];
        var first = 0;
        for (var i = 1; i < order.Length; i++)
            if (heightsA[order[i]] - heightsA[order[i - 1]] is var gap && gap > widest + NoiseA) (widest, first) = (gap, i);
        for (var i = 0; i < first; i++) heightsA[order[i]] += PeriodA;
        order = [.. order[first..], .. order[..first]];

        (bottomA, topA) = (heightsA[order[0]], heightsA[order[^1]]);
        var layers = ImmutableArray.CreateBuilder<AtomicLayer>();
        for (int start = 0, end = 1; end <= order.Length; end++)
        {
            if (end < order.Length && heightsA[order[end]] - heightsA[order[end - 1]] <= toleranceA + NoiseA) continue;
            var members = order[start..end];
            foreach (var site in members) layerOfSite[site] = layers.Count;
            layers.Add(new(members.Average(site => heightsA[site]), [.. members.Order().Select(site => site + 1)]));
            start = end;
        }
        Layers = layers.ToImmutable();
    }

    /// <param name="toleranceA">Heights that differ by no more than this, in Å, are one layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is negative or not a number.</exception>
    public static AtomicLayers Of(Structure structure, double toleranceA = DefaultToleranceA) =>
        toleranceA >= 0 && double.IsFinite(toleranceA)
            ? new(structure, toleranceA)
            : throw new ArgumentOutOfRangeException(nameof(toleranceA), toleranceA, "The tolerance of layers is a length in Å.");

    /// <summary>From the bottom to the top; empty where there are no atoms.</summary>
    public ImmutableArray<AtomicLayer> Layers { get; } = [];

    /// <summary>The unit vector at right angles to a and b, on the side of c.</summary>
    public Vector3D Normal { get; }

    /// <summary>The height of the cell, in Å.</summary>
    public double PeriodA { get; }

    /// <summary>From the lowest atom's centre to the highest's, in Å.</summary>
    public double ThicknessA => topA - bottomA;

    /// <summary>The widest gap between atoms' centres, in Å: the vacuum of a slab.</summary>
    public double VacuumA => PeriodA - ThicknessA;

    /// <summary>The height of a site (number from 1) in Å: not below the bottom's, not above the top's.</summary>
    public double HeightA(int site) => heightsA[site - 1];

    /// <summary>The layer of a site (number from 1), counted from 0 at the bottom.</summary>
    public int LayerOf(int site) => layerOfSite[site - 1];

    /// <summary>The sites, from 1 and ascending, of the n lowest layers.</summary>
    /// <exception cref="DftFlowException">DF1614: there are not so many layers.</exception>
    public ImmutableArray<int> BottomLayers(int n) => SitesOf(0, Checked(n));

    /// <summary>The sites, from 1 and ascending, of the n highest layers.</summary>
    /// <exception cref="DftFlowException">DF1614: there are not so many layers.</exception>
    public ImmutableArray<int> TopLayers(int n) => SitesOf(Layers.Length - Checked(n), n);

    /// <summary>The sites of the n layers in the middle; where the numbers above and below cannot be equal, one more stays above.</summary>
    /// <exception cref="DftFlowException">DF1614: there are not so many layers.</exception>
    public ImmutableArray<int> MiddleLayers(int n) => SitesOf((Layers.Length - Checked(n)) / 2, n);

    /// <summary>The sites, from 1 and ascending, whose centres are at most so far (Å) above the lowest atom's.</summary>
    /// <exception cref="DftFlowException">DF1614: not a depth.</exception>
    public ImmutableArray<int> BottomWithin(double depthA) => Between(bottomA, bottomA + Checked(depthA));

    /// <summary>The sites, from 1 and ascending, whose centres are at most so far (Å) below the highest atom's.</summary>
    /// <exception cref="DftFlowException">DF1614: not a depth.</exception>
    public ImmutableArray<int> TopWithin(double depthA) => Between(topA - Checked(depthA), topA);

    /// <summary>The sites, from 1 and ascending, in a region of the given width (Å) about the middle between lowest and highest atom.</summary>
    /// <exception cref="DftFlowException">DF1614: not a width.</exception>
    public ImmutableArray<int> MiddleWithin(double widthA) =>
        Between((bottomA + topA - Checked(widthA)) / 2, (bottomA + topA + widthA) / 2);

    private ImmutableArray<int> SitesOf(int first, int count) => [.. Layers.AsSpan(first, count).ToArray().SelectMany(layer => layer.Sites).Order()];

    private ImmutableArray<int> Between(double lowA, double highA) =>
        [.. Enumerable.Range(1, heightsA.Length).Where(site => HeightA(site) >= lowA - NoiseA && HeightA(site) <= highA + NoiseA)];

    private double Wrapped(double fraction)
    {
        var heightA = (fraction - Math.Floor(fraction)) * PeriodA;
        return PeriodA - heightA < NoiseA ? heightA - PeriodA : heightA;
    }

    private int Checked(int n) => n >= 1 && n <= Layers.Length ? n : throw new DftFlowException("DF1614",
        $"{Spelling.Count(n, "layer")} {(n == 1 ? "was" : "were")} asked for: the structure has {Spelling.Count(Layers.Length, "atomic layer")}.",
        FormattableString.Invariant($"Give a number from 1 to {Layers.Length}, or a depth in Å."));

    private static double Checked(double depthA) => depthA >= 0 && double.IsFinite(depthA) ? depthA : throw new DftFlowException("DF1614",
        FormattableString.Invariant($"{depthA} Å is not the depth of a region."), "Give a depth in Å, not below zero.");
}
