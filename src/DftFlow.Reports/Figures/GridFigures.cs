using System.Collections.Immutable;
using DftFlow.Engine;

namespace DftFlow.Reports.Figures;

/// <summary>Maps and planar averages of a workflow's analyses, a figure for each member.</summary>
internal static class GridFigures
{
    public static IEnumerable<Figure> Draw(string analysisId, SliceDetails details) =>
        details.Maps.Select(map => Map(analysisId, $"{analysisId}{Suffix(map.Labels)}", map.Labels, map.Value));

    public static IEnumerable<Figure> Draw(string analysisId, ChargeDifferenceDetails details)
    {
        foreach (var (labels, found) in details.Differences.Select(difference => (difference.Labels, difference.Value)))
        {
            var drawing = new PlanarAverageDrawing(found.Average, found.FromA, found.MacroscopicA, found.Magnetization, found.Structure, found.Axis);
            yield return drawing.As(analysisId, $"{analysisId}{Suffix(labels)}.planar", Of(labels) + "charge-density difference averaged over planes (red: more electrons than in the parts, blue: fewer), and its integral from the widest layer without atoms on."
                + (found.MacroscopicA is null ? "" : " Dashed: the macroscopic average."));
            if (found.Map is { } map) yield return Map(analysisId, $"{analysisId}{Suffix(labels)}.map", labels, map);
        }
    }

    private static Figure Map(string analysisId, string name, ImmutableSortedDictionary<string, string> labels, SliceMap map)
    {
        var drawing = new SliceDrawing(map.Slice, map.Name, map.Unit, map.Range);
        var clipped = drawing.ClippedPart > 0 ? FormattableString.Invariant($" {100 * drawing.ClippedPart:0.0} % of the points lie beyond the colours' ends.") : "";
        return drawing.As(analysisId, name, $"{Of(labels)}{map.Name}, plane {map.Slice.Plane.Description}.{clipped}");
    }

    private static string Of(ImmutableSortedDictionary<string, string> labels) => labels.IsEmpty ? "" : string.Join(", ", labels.Select(label => label.Value)) + ": ";

    private static string Suffix(ImmutableSortedDictionary<string, string> labels) => string.Concat(labels.Select(label => "." + label.Value));
}
