using System.Globalization;
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
