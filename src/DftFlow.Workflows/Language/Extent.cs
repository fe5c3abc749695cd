using System.Globalization;
using DftFlow.Crystals.Ordering;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>How thick a part of a slab is: a length, or a number of atomic layers.</summary>
public sealed record Extent(double? LengthA, int? Layers) : IScalar<Extent>
{
    public static string Expected => "a length or a number of layers";

    public static string Hint => "Write it as in '6 layers' or '12 Å'.";

    public static string Pattern => $@"^\s*(\d+\s+layers?|(\d+\.?\d*|\.\d+)\s*({string.Join('|', Quantities.Units(Dimension.Length))}))\s*$";

    public static bool TryParse(string text, out Extent value)
    {
        value = new Extent(null, null);
        if (text.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var number, "layer" or "layers"])
        {
            if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var layers) || layers < 1) return false;
            value = new Extent(null, layers);
            return true;
        }
        if (!Quantities.TryParse(text, Dimension.Length, out var length, out _, out _) || length <= 0) return false;
        value = new Extent(length, null);
        return true;
    }

    public override string ToString() => Layers is { } layers
        ? string.Create(CultureInfo.InvariantCulture, $"{layers} layer{(layers == 1 ? "" : "s")}")
        : string.Create(CultureInfo.InvariantCulture, $"{LengthA} Å");
}

/// <summary>Which sites of a model: all, those at its surface or below it, or a part from the top, the bottom or around the middle.</summary>
public sealed record Region(SiteSelection Selection) : IScalar<Region>
{
    public static string Expected => "a part of the model";

    public static string Hint => "Write all, surface, bulk, or as in 'top 4 Å', 'bottom 2 layers', 'middle 3 layers'.";

    public static string Pattern => $@"^\s*(all|surface|bulk|(top|bottom|middle)\s+{Extent.Pattern[1..^1]})\s*$";

    public static bool TryParse(string text, out Region value)
    {
        value = new Region(SiteSelection.All);
        var words = text.Trim().Split(' ', 2, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || Enum.GetValues<SiteRegion>().Where(region => BlockShape.Kebab(region.ToString()) == words[0]).ToArray() is not [var region]) return false;
        var extends = region is SiteRegion.Top or SiteRegion.Bottom or SiteRegion.Middle;
        if (extends != (words.Length == 2)) return false;
        if (!extends)
        {
            value = new Region(new SiteSelection(region));
            return true;
        }
        if (!Extent.TryParse(words[1], out var size)) return false;
        value = new Region(new SiteSelection(region) { DepthA = size.LengthA, Layers = size.Layers });
        return true;
    }

    public override string ToString() => Selection.ToString();
}
