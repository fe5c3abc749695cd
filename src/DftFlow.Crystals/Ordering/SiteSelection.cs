using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
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
}

/// <summary>Where in a structure sites are taken: everywhere, at a surface, inside, or to a depth. Layers: <see cref="AtomicLayers"/>.</summary>
public sealed partial record SiteSelection(SiteRegion Region)
{
    /// <summary>A slab has at least this much empty space above it, in Å.</summary>
    public const double LeastVacuumA = 4;

    // Two faces look the same where their layers hold the same atoms at the same depths, to this.
    private const double SameDepthA = 0.1;

    public static SiteSelection All { get; } = new(SiteRegion.All);

    /// <summary>For <see cref="SiteRegion.Top"/> and <see cref="SiteRegion.Bottom"/>: the depth, in Å.</summary>
    public double? DepthA { get; init; }

    /// <summary>For <see cref="SiteRegion.Top"/> and <see cref="SiteRegion.Bottom"/>: how many layers that hold the element.</summary>
    public int? Layers { get; init; }

    /// <summary>Reads <c>all</c>, <c>surface</c>, <c>bulk</c>, <c>top 4 Å</c>, <c>bottom 2 layers</c>.</summary>
    /// <exception cref="DftFlowException">DF1230: it is none of these.</exception>
    public static SiteSelection Parse(string text)
    {
        var match = Words().Match(text);
        if (!match.Success)
            throw Error($"'{(text.Length > 60 ? text[..57] + "…" : text)}' is no part of a structure.", "Write `all`, `surface`, `bulk`, `top 4 Å`, `bottom 4 Å`, `top 2 layers` or `bottom 2 layers`.");
        if (match.Groups["whole"] is { Success: true } whole) return new(Enum.Parse<SiteRegion>(whole.Value, ignoreCase: true));
        var region = Enum.Parse<SiteRegion>(match.Groups["side"].Value, ignoreCase: true);
        return match.Groups["layers"] is { Success: true } layers
            ? new(region) { Layers = int.Parse(layers.Value, CultureInfo.InvariantCulture) }
            : new(region) { DepthA = double.Parse(match.Groups["depth"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) };
    }

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
                ? In(Region == SiteRegion.Top ? holding[^count..] : holding[..count])
                : throw Error(FormattableString.Invariant($"{count} layers with {element} were asked for: the structure has {holding.Length}."), FormattableString.Invariant($"Give a number from 1 to {holding.Length}.")),
            _ when DepthA is { } depth && depth >= 0 && double.IsFinite(depth) => [.. sites.Intersect(Region == SiteRegion.Top ? layers.TopWithin(depth) : layers.BottomWithin(depth)).Order()],
            _ => throw Error("Nothing says how deep `top` or `bottom` goes.", "Write `top 4 Å` or `top 2 layers`."),
        };

        ImmutableArray<int> In(int[] chosen) => [.. sites.Where(site => chosen.Contains(layers.LayerOf(site)))];
    }

    public override string ToString() => Region switch
    {
        SiteRegion.Top or SiteRegion.Bottom when Layers is { } layers => FormattableString.Invariant($"{Name} {layers} {(layers == 1 ? "layer" : "layers")}"),
        SiteRegion.Top or SiteRegion.Bottom => FormattableString.Invariant($"{Name} {DepthA:0.###} Å"),
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

    [GeneratedRegex(@"^\s*(?:(?<whole>all|surface|bulk)|(?<side>top|bottom)\s+(?:(?<layers>[0-9]{1,4})\s*layers?|(?<depth>[0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(?:\u00C5|\u212B|A)))\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
