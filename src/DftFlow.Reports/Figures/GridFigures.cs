using System.Collections.Immutable;
using DftFlow.Engine;

namespace DftFlow.Reports.Figures;

/// <summary>Maps and planar averages of a workflow's analyses, a figure for each member.</summary>
internal static class GridFigures
{
    public static IEnumerable<Figure> Draw(string analysisId, SliceDetails details)
    {
        var range = CommonRange(details.Maps.Select(map => map.Value));
        return details.Maps.Select(map => Map(analysisId, $"{analysisId}{Suffix(map.Labels)}", map.Labels, map.Value, range));
    }

    public static IEnumerable<Figure> Draw(string analysisId, ChargeDifferenceDetails details)
    {
        var range = CommonRange(details.Differences.Select(difference => difference.Value.Map).OfType<SliceMap>());
        foreach (var (labels, found) in details.Differences.Select(difference => (difference.Labels, difference.Value)))
        {
            var drawing = new PlanarAverageDrawing(found.Average, found.FromA, found.MacroscopicA, found.Magnetization, found.Structure, found.Axis);
            yield return drawing.As(analysisId, $"{analysisId}{Suffix(labels)}.planar", Of(labels) + "charge-density difference averaged over planes (red: more electrons than in the parts, blue: fewer), and its integral from the widest layer without atoms on."
                + (found.MacroscopicA is null ? "" : " Dashed: the macroscopic average."));
            if (found.Map is { } map) yield return Map(analysisId, $"{analysisId}{Suffix(labels)}.map", labels, map, range);
        }
    }

    // Maps of one analysis are compared, so that a colour means the same in all of them.
    private static (double Min, double Max)? CommonRange(IEnumerable<SliceMap> maps)
    {
        ColorScale[] scales = [.. maps.Select(map => ColorScale.Of(map.Slice, map.Range))];
        return scales.Length < 2 ? null : (scales.Min(scale => scale.Min), scales.Max(scale => scale.Max));
    }

    private static Figure Map(string analysisId, string name, ImmutableSortedDictionary<string, string> labels, SliceMap map, (double Min, double Max)? range)
    {
        var drawing = new SliceDrawing(map.Slice, map.Name, map.Unit, map.Range ?? range);
        var clipped = drawing.ClippedPart > 0 ? FormattableString.Invariant($" {100 * drawing.ClippedPart:0.0} % of the points lie beyond the colours' ends.") : "";
        return drawing.As(analysisId, name, $"{Of(labels)}{map.Name}, plane {map.Slice.Plane.Description}.{clipped}");
    }

    private static string Of(ImmutableSortedDictionary<string, string> labels) => labels.IsEmpty ? "" : string.Join(", ", labels.Select(label => label.Value)) + ": ";

    private static string Suffix(ImmutableSortedDictionary<string, string> labels) => string.Concat(labels.Select(label => "." + label.Value));
}
