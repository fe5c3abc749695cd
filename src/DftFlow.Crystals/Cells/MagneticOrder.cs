using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals.Cells;

/// <summary>Magnetic sites at one height along the normal of the layers; Sign is that of their moments.</summary>
/// <param name="HeightA">Mean height above the origin in Å.</param>
/// <param name="Sites">Numbers of the sites, from 1.</param>
public sealed record MagneticLayer(double HeightA, int Sign, ImmutableArray<int> Sites);

/// <summary>A structure whose sites all have a moment to begin with.</summary>
/// <param name="Layers">In the order in which they alternate; empty where all are parallel.</param>
/// <param name="TotalMuB">The sum of the moments.</param>
public sealed record MagneticOrderResult(Structure Structure, ImmutableArray<MagneticLayer> Layers, double TotalMuB);

/// <summary>
/// Gives every site the moment that a calculation begins with: from <see cref="Sites"/>, else <see cref="Moments"/>, else the spin of
/// its ion by <see cref="OxidationStates"/>, else 0 for elements without open shells. All parallel, or alternating from layer to layer.
/// </summary>
public sealed record MagneticOrder
{
    private const int LargestIndex = 100;
    private const double LargestMomentMuB = 20;

    // What rounding may do to heights.
    private const double NoiseA = 1e-6;

    // Crystals have no such gap between their planes; slabs have.
    private const double VacuumA = 6;

    /// <summary>Moments by element, in Bohr magnetons.</summary>
    public ImmutableDictionary<Element, double> Moments { get; init; } = ImmutableDictionary<Element, double>.Empty;

    /// <summary>Charges by element, for the spins of <see cref="SpinMoment"/>.</summary>
    public ImmutableDictionary<Element, int> OxidationStates { get; init; } = ImmutableDictionary<Element, int>.Empty;

    /// <summary>Charges by the number of the site (from 1), where the sites of an element differ: Mn3+ and Mn4+.</summary>
    public ImmutableDictionary<int, int> OxidationStatesOfSites { get; init; } = ImmutableDictionary<int, int>.Empty;

    /// <summary>Moments by the number of the site (from 1), with their signs; these do not alternate.</summary>
    public ImmutableDictionary<int, double> Sites { get; init; } = ImmutableDictionary<int, double>.Empty;

    /// <summary>
    /// Miller indices of the planes, of the structure's own lattice, whose layers alternate; null for parallel moments (ferromagnetic).
    /// (0 0 1): layers along c.
    /// </summary>
    public (int H, int K, int L)? AlternateAlong { get; init; }

    /// <summary>The elements that make the layers and alternate; empty: all with a moment.</summary>
    public ImmutableArray<Element> Alternating { get; init; } = [];

    /// <summary>Magnetic sites whose heights differ by no more than this from the next, in Å, are one layer.</summary>
    public double LayerToleranceA { get; init; } = 0.3;

    /// <exception cref="DftFlowException">DF1289: a moment is not known or no number, there is no such site, or the layers cannot alternate.</exception>
    public MagneticOrderResult Build(Structure structure)
    {
        foreach (var site in Sites.Keys.Concat(OxidationStatesOfSites.Keys).Order())
            if (site < 1 || site > structure.Sites.Length) throw Error(FormattableString.Invariant($"There is no site {site}: the structure has sites 1 to {structure.Sites.Length}."), "Sites are counted from 1.");
        var moments = structure.Sites.Select((site, index) => Moment(site.Element, index + 1)).ToArray();
        var layers = AlternateAlong is { } plane ? Layers(structure, plane, moments) : [];
        foreach (var layer in layers.Where(layer => layer.Sign < 0))
            foreach (var site in layer.Sites) moments[site - 1] = -moments[site - 1];
        return new MagneticOrderResult(structure with { Sites = [.. structure.Sites.Zip(moments, (site, moment) => site with { MomentMuB = moment })] }, layers, moments.Sum());
    }

    private double Moment(Element element, int site)
    {
        if (Sites.TryGetValue(site, out var given) || Moments.TryGetValue(element, out given))
            return Math.Abs(given) <= LargestMomentMuB ? given : throw Error(FormattableString.Invariant($"{given} is no moment for {element}."), "Moments are in Bohr magnetons, mostly between -10 and 10.");
        if (OxidationStatesOfSites.TryGetValue(site, out var charge) || OxidationStates.TryGetValue(element, out charge)) return SpinMoment.Of(element, charge).MomentMuB;
        if (element.Block is not ('d' or 'f')) return 0;
        throw Error($"The moment of {element} is not known.", $"Give its oxidation state ({element}: 3) or its moment.");
    }

    private ImmutableArray<MagneticLayer> Layers(Structure structure, (int H, int K, int L) plane, double[] moments)
    {
        if (Math.Max(Math.Abs((long)plane.H), Math.Max(Math.Abs((long)plane.K), Math.Abs((long)plane.L))) > LargestIndex)
            throw Error(FormattableString.Invariant($"Miller indices are at most {LargestIndex}."), "Choose a plane of low indices.");
        var divisor = Divisor(plane.H, Divisor(plane.K, plane.L));
        if (divisor == 0) throw Error("The Miller indices (0 0 0) name no plane.", "Write (0 0 1) for layers along c.");
        if (!(LayerToleranceA >= 0)) throw Error(FormattableString.Invariant($"{LayerToleranceA} Å is no tolerance for layers."), "Give a length in Å, not below zero.");
        var normal = new Vector3D(plane.H, plane.K, plane.L) * (1.0 / divisor);
        var periodA = 2 * Math.PI / (structure.Lattice.Reciprocal(0) * normal.X + structure.Lattice.Reciprocal(1) * normal.Y + structure.Lattice.Reciprocal(2) * normal.Z).Length;
        var heights = structure.Sites.Select(site => site.Fractional.Dot(normal)).Select(height => Wrapped((height - Math.Floor(height)) * periodA)).ToArray();
        var chosen = Enumerable.Range(0, heights.Length)
            .Where(site => !Sites.ContainsKey(site + 1) && (Alternating.IsEmpty ? moments[site] != 0 : Alternating.Contains(structure.Sites[site].Element))).ToArray();
        if (chosen.Length == 0) throw Error("There is no site whose moment could alternate.", $"The structure holds {string.Join(", ", structure.Elements)}; name elements with a moment.");

        // A slab is cut where its vacuum is, a crystal anywhere.
        var (widest, above) = WidestGap(heights, Enumerable.Range(0, heights.Length), periodA);
        var isSlab = widest >= VacuumA;
        if (!isSlab) (_, above) = WidestGap(heights, chosen, periodA);
        var sorted = chosen.Select(site => (Site: site + 1, Height: heights[site] >= above ? heights[site] : heights[site] + periodA)).OrderBy(one => one.Height).ThenBy(one => one.Site).ToList();
        var layers = new List<List<(int Site, double Height)>>();
        foreach (var one in sorted)
        {
            if (layers.Count == 0 || one.Height - layers[^1][^1].Height > LayerToleranceA) layers.Add([]);
            layers[^1].Add(one);
        }
        if (layers.Count < 2 || (layers.Count % 2 != 0 && !isSlab))
            throw Error(string.Create(CultureInfo.InvariantCulture, $"The cell holds {layers.Count} magnetic {(layers.Count == 1 ? "layer" : "layers")} along ({plane.H} {plane.K} {plane.L}), which cannot alternate: the cell's images would lie parallel."),
                "Double the cell along that direction, or choose another plane.");
        return [.. layers.Select((layer, index) => new MagneticLayer(layer.Average(one => one.Height), index % 2 == 0 ? 1 : -1, [.. layer.Select(one => one.Site).Order()]))];

        // Just below the top of the cell is the bottom again.
        double Wrapped(double heightA) => periodA - heightA < NoiseA ? heightA - periodA : heightA;
    }

    /// <summary>The widest gap between heights that repeat, and the height above it; of equal gaps the one at the cell's bottom or next above.</summary>
    private static (double WidthA, double AboveA) WidestGap(double[] heights, IEnumerable<int> sites, double periodA)
    {
        var sorted = sites.Select(site => heights[site]).Order().ToArray();
        var (widest, above) = (sorted[0] + periodA - sorted[^1], sorted[0]);
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i] - sorted[i - 1] > widest + NoiseA) (widest, above) = (sorted[i] - sorted[i - 1], sorted[i]);
        return (widest, above);
    }

    private static int Divisor(int a, int b) => b == 0 ? Math.Abs(a) : Divisor(b, a % b);

    private static DftFlowException Error(string message, string hint) => new("DF1289", message, hint);
}
