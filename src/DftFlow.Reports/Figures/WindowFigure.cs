using DftFlow.Analysis.Thermodynamics;
using DftFlow.Engine;

namespace DftFlow.Reports.Figures;

/// <summary>An analysis' windows side by side, and the profile of each phase.</summary>
internal static class WindowFigure
{
    private const int MostRows = 10;

    public static IEnumerable<Figure> Draw(AnalysisOutcome outcome, WindowDetails details)
    {
        var bars = details.Windows.Select(w => new WindowBar(w.Labels.GetValueOrDefault("phase", w.Value.Phase.Formula), w.Value, Expected("reduction_limit", w), Expected("oxidation_limit", w))).ToArray();
        foreach (var (part, chunk) in bars.Chunk(MostRows).Index())
            yield return new WindowDrawing(chunk).As(outcome.Id, part == 0 ? $"{outcome.Id}.windows" : FormattableString.Invariant($"{outcome.Id}.windows.{part + 1}"));
        foreach (var bar in bars) yield return new WindowProfileDrawing(bar.Name, bar.Window).As(outcome.Id, $"{outcome.Id}.{bar.Name}");

        double? Expected(string quantity, Labelled<ElectrochemicalWindow> window) =>
            outcome.Result.Values.FirstOrDefault(v => v.Quantity == quantity && v.Labels.SequenceEqual(window.Labels))?.Expected;
    }
}
