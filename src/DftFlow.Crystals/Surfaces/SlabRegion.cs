using System.Collections.Immutable;

namespace DftFlow.Crystals.Surfaces;

public enum SlabSide
{
    Bottom,
    Middle,
    Top,
}

/// <summary>A part of a slab: so many atomic layers, or so many Å from the outermost atom's centre, at one side or about the middle.</summary>
public sealed record SlabRegion
{
    private SlabRegion(SlabSide side) => Side = side;

    public SlabSide Side { get; }

    public int? Layers { get; private init; }

    public double? DepthA { get; private init; }

    public static SlabRegion OfLayers(SlabSide side, int layers) => new(side) { Layers = layers };

    /// <param name="depthA">From the outermost atom's centre inwards; of the middle the whole width.</param>
    public static SlabRegion OfDepth(SlabSide side, double depthA) => new(side) { DepthA = depthA };

    /// <summary>The numbers of the sites in the region, from 1 and ascending.</summary>
    /// <exception cref="DftFlowException">DF1614: the slab has no such region.</exception>
    public ImmutableArray<int> SitesOf(Structure slab, double layerToleranceA = AtomicLayers.DefaultToleranceA)
    {
        var layers = AtomicLayers.Of(slab, layerToleranceA);
        return (Side, Layers) switch
        {
            (SlabSide.Bottom, { } n) => layers.BottomLayers(n),
            (SlabSide.Middle, { } n) => layers.MiddleLayers(n),
            (SlabSide.Top, { } n) => layers.TopLayers(n),
            (SlabSide.Bottom, null) => layers.BottomWithin(DepthA!.Value),
            (SlabSide.Middle, null) => layers.MiddleWithin(DepthA!.Value),
            _ => layers.TopWithin(DepthA!.Value),
        };
    }
}

/// <summary>Holds the atoms of regions of a slab where they are, by VASP's selective dynamics.</summary>
public sealed record Freeze(ImmutableArray<SlabRegion> Regions)
{
    /// <summary>The slab with F F F on the sites of the regions; the others keep their flags, T T T where they have none.</summary>
    /// <exception cref="DftFlowException">DF1614: the slab has no such region, or no atom in it.</exception>
    public (Structure Structure, ImmutableArray<int> FrozenSites) Apply(Structure slab)
    {
        var frozen = Regions.SelectMany(region => SitesOf(slab, region)).ToHashSet();
        var sites = slab.Sites.Select((site, i) => site with { Free = frozen.Contains(i + 1) ? default(SelectiveDynamics) : site.Free ?? new(true, true, true) });
        return (slab with { Sites = [.. sites] }, [.. frozen.Order()]);
    }

    // Only about the middle there may be none; a relaxation of the slab would then drift without a word.
    private static ImmutableArray<int> SitesOf(Structure slab, SlabRegion region) => region.SitesOf(slab) is { IsEmpty: false } sites ? sites : throw new DftFlowException("DF1614",
        FormattableString.Invariant($"No atom lies in the {region.DepthA} Å about the middle of the slab: nothing would be held."),
        "Widen it, or count layers, as in `middle: 1 layer`.");
}
