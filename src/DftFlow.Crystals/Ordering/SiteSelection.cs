using System.Collections.Immutable;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Crystals.Ordering;

/// <summary>Parts of a slab by height above the plane of a and b.</summary>
public enum SiteRegion
{
    All,

    /// <summary>
    /// The outermost atomic layer that holds the element: on the upper side; on both sides where the slab looks the same from below.
    /// </summary>
    Surface,

    /// <summary>All layers that hold the element but the outermost one on either side.</summary>
    Bulk,

    /// <summary>A depth below the highest atom of the slab, or the highest layers that hold the element.</summary>
    Top,

    /// <summary>The same from below.</summary>
    Bottom,

    /// <summary>A width about the middle between the lowest and the highest atom, or the layers in the middle that hold the element.</summary>
    Middle,
}

/// <summary>Where in a structure sites are taken: everywhere, at a surface, inside, or to a depth. Layers: <see cref="AtomicLayers"/>.</summary>
public sealed record SiteSelection(SiteRegion Region)
{
    /// <summary>A slab has at least this much empty space above it, in Å.</summary>
    public const double LeastVacuumA = 4;

    // Two faces look the same where their layers hold the same atoms at the same depths, to this.
    private const double SameDepthA = 0.1;

    public static SiteSelection All { get; } = new(SiteRegion.All);

    /// <summary>The depth (of the middle: the width) in Å. Top, bottom and middle need this or <see cref="Layers"/>.</summary>
    public double? DepthA { get; init; }

    /// <summary>How many layers that hold the element; of the middle, where the numbers beside it cannot be equal, one more stays above.</summary>
    public int? Layers { get; init; }

    /// <summary>The sites (from 1, ascending) of an element that lie there.</summary>
    /// <exception cref="DftFlowException">DF1230: there is no such part.</exception>
    public ImmutableArray<int> Of(Structure structure, Element element)
    {
        ImmutableArray<int> sites = [.. structure.Sites.Index().Where(pair => pair.Item.Element == element).Select(pair => pair.Index + 1)];
        if (Region == SiteRegion.All || sites.IsEmpty) return sites;
        var layers = AtomicLayers.Of(structure);
        if (layers.VacuumA < LeastVacuumA)
            throw Error(FormattableString.Invariant($"The structure is no slab: the widest gap between its layers is {layers.VacuumA:0.00} Å."), "Build the slab with its vacuum first, or name the sites.");
        var holding = sites.Select(layers.LayerOf).Distinct().Order().ToArray();
        return Region switch
        {
            SiteRegion.Surface => In(LooksTheSameFromBelow(structure, layers) ? [holding[0], holding[^1]] : [holding[^1]]),
            SiteRegion.Bulk => In(holding.Length > 2 ? holding[1..^1] : []),
            _ when Layers is { } count => count >= 1 && count <= holding.Length
                ? In(Region switch
                {
                    SiteRegion.Top => holding[^count..],
                    SiteRegion.Bottom => holding[..count],
                    _ => holding[((holding.Length - count) / 2)..][..count],
                })
                : throw Error($"{Spelling.Count(count, "layer")} with {element} {(count == 1 ? "was" : "were")} asked for: the structure has {Spelling.Count(holding.Length, "such layer")}.", FormattableString.Invariant($"Give a number from 1 to {holding.Length}.")),
            _ when DepthA is { } depth && depth >= 0 && double.IsFinite(depth) => [.. sites.Intersect(Region switch
            {
                SiteRegion.Top => layers.TopWithin(depth),
                SiteRegion.Bottom => layers.BottomWithin(depth),
                _ => layers.MiddleWithin(depth),
            }).Order()],
            _ => throw Error($"Nothing says how far `{Name}` goes.", "Give a depth in Å or a number of layers, as in `top 4 Å` or `top 2 layers`."),
        };

        ImmutableArray<int> In(int[] chosen) => [.. sites.Where(site => chosen.Contains(layers.LayerOf(site)))];
    }

    public override string ToString() => Region switch
    {
        SiteRegion.Top or SiteRegion.Bottom or SiteRegion.Middle when Layers is { } layers => FormattableString.Invariant($"{Name} {layers} {(layers == 1 ? "layer" : "layers")}"),
        SiteRegion.Top or SiteRegion.Bottom or SiteRegion.Middle => FormattableString.Invariant($"{Name} {DepthA:0.###} Å"),
        _ => Name,
    };

    private string Name => Region.ToString().ToLowerInvariant();

    /// <summary>Whether the layers, from below, hold the same atoms at the same depths as from above. Sideways shifts and turns do not count.</summary>
    private static bool LooksTheSameFromBelow(Structure structure, AtomicLayers layers)
    {
        var all = layers.Layers;
        for (var i = 0; i < all.Length; i++)
        {
            var (low, high) = (all[i], all[^(i + 1)]);
            if (Math.Abs(low.HeightA - all[0].HeightA - (all[^1].HeightA - high.HeightA)) > SameDepthA || !low.CompositionIn(structure).Equals(high.CompositionIn(structure))) return false;
        }
        return true;
    }

    private static DftFlowException Error(string message, string hint) => new("DF1230", message, hint);
}
