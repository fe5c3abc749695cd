using DftFlow.Analysis.Thermodynamics;
using DftFlow.Engine;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Electrochemical windows as bars over the voltage, a row for each phase.</summary>
internal static class WindowFigure
{
    private const int MostRows = 12;
    private const float Left = 10, Right = 10, Top = 2, RowHeight = 34, BarHeight = 10, AxisHeight = 34;

    private sealed record Row(string Phase, ElectrochemicalWindow Window, double? ExpectedReduction, double? ExpectedOxidation);

    public static IEnumerable<Figure> Draw(AnalysisOutcome outcome, WindowDetails details)
    {
        var rows = details.Windows.Select(w => new Row(w.Labels.GetValueOrDefault("phase", w.Value.Phase.Formula), w.Value, Expected("reduction_limit", w), Expected("oxidation_limit", w)));
        foreach (var (part, chunk) in rows.Chunk(MostRows).Index())
            yield return Compose(outcome.Id, part == 0 ? $"{outcome.Id}.windows" : $"{outcome.Id}.windows.{part + 1}", chunk);

        double? Expected(string quantity, Labelled<ElectrochemicalWindow> window) =>
            outcome.Result.Values.FirstOrDefault(v => v.Quantity == quantity && v.Labels.SequenceEqual(window.Labels))?.Expected;
    }

    private static Figure Compose(string analysisId, string name, Row[] rows)
    {
        var ion = rows[0].Window.WorkingIon;
        var ends = rows.SelectMany(r => new[] { r.Window.ReductionLimitV, r.Window.OxidationLimitV, r.ExpectedReduction, r.ExpectedOxidation }).OfType<double>().ToArray();
        // Room for a number beside the outermost limit.
        var (from, to) = (Math.Min(0, ends.Min()), Math.Max(ends.Max() * 1.18, 4));
        var height = Top + rows.Length * RowHeight + 8 + AxisHeight;
        return new Figure(analysisId, name, $"Electrochemical windows of {string.Join(", ", rows.Select(r => r.Phase))} against {ion}",
            Caption(rows), height, canvas =>
        {
            var frame = SKRect.Create(Left, Top, Figure.Width - Left - Right, height - Top - AxisHeight);
            using var plot = FigureCanvas.NewPlot(new CoordinateRect(from, to, 0, frame.Height));
            plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
            foreach (var (index, row) in rows.Index())
            {
                var middle = frame.Height - (index * RowHeight + 24);
                var window = row.Window;
                if (!(window.OxidationLimitV < window.ReductionLimitV))
                {
                    var bar = plot.Add.Rectangle(window.ReductionLimitV, window.OxidationLimitV ?? to, middle - BarHeight / 2, middle + BarHeight / 2);
                    bar.FillColor = FigureCanvas.Blue.WithAlpha(0.75);
                    bar.LineWidth = 0;
                }
                foreach (var expected in new[] { row.ExpectedReduction, row.ExpectedOxidation }.OfType<double>())
                    plot.Add.Line(expected, middle - 0.85 * BarHeight, expected, middle + 0.85 * BarHeight).LineStyle = new LineStyle(1.5f, FigureCanvas.Vermilion);
            }
            canvas.Draw(plot, frame);
            foreach (var (index, row) in rows.Index())
                Label(canvas, row, frame, index, voltage => frame.Left + (float)((voltage - from) / (to - from)) * frame.Width);
            canvas.Text((RichText)$"Voltage against {ion}/{ion}" + RichText.Super("+") + " (V)", (frame.Left + frame.Right) / 2, frame.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
        }, Data(rows));
    }

    private static void Label(FigureCanvas canvas, Row row, SKRect frame, int index, Func<double, float> x)
    {
        var window = row.Window;
        var top = frame.Top + index * RowHeight;
        var number = top + 24 + 3.3f;
        canvas.Text(RichText.Formulas(row.Phase), frame.Left + 5, top + 14, Anchor.Left, FigureCanvas.Ink);
        var reduction = Volts(window.ReductionLimitV);
        if (window.OxidationLimitV < window.ReductionLimitV)
        {
            canvas.Text($"no window: reduced below {Volts(window.ReductionLimitV)} V, oxidised above {Volts(window.OxidationLimitV.Value)} V", frame.Left + 5, number, Anchor.Left, FigureCanvas.Grey);
            return;
        }
        // Outside the mark of an expected limit, where that is near.
        var left = Math.Min(x(window.ReductionLimitV), Near(row.ExpectedReduction, window.ReductionLimitV));
        if (left - 3 - FigureCanvas.Measure(reduction) > frame.Left + 2)
            canvas.Text(reduction, left - 3, number, Anchor.Right, FigureCanvas.Ink);
        else
            canvas.Text(reduction, x(window.ReductionLimitV) + 3, number, Anchor.Left, Colors.White);
        if (window.OxidationLimitV is { } oxidation) canvas.Text(Volts(oxidation), Math.Max(x(oxidation), Near(row.ExpectedOxidation, oxidation)) + 3, number, Anchor.Left, FigureCanvas.Ink);
        else canvas.Text("not oxidised →", frame.Right - 4, number, Anchor.Right, Colors.White);

        float Near(double? expected, double limit) => expected is { } mark && Math.Abs(x(mark) - x(limit)) < 24 ? x(mark) : x(limit);
    }

    // Two decimals: the figure is read by eye.
    private static string Volts(double voltage) => Numbers.Show(voltage, "V", decimals: 2);

    private static RichText Caption(Row[] rows)
    {
        var caption = rows.Aggregate((RichText)"Voltages between which the phase exchanges no working ion. ", (text, row) => text + RichText.Formulas(row.Phase)
            + $": {Numbers.Show(row.Window.ReductionLimitV, "V")} to {(row.Window.OxidationLimitV is { } limit ? $"{Numbers.Show(limit, "V")} V" : "no upper limit")}. ");
        return rows.Any(row => row.ExpectedReduction is not null || row.ExpectedOxidation is not null) ? caption + "Orange: expected limits." : caption;
    }

    private static string Data(Row[] rows)
    {
        var csv = new Csv("phase", "reduction_limit_v", "oxidation_limit_v", "expected_reduction_limit_v", "expected_oxidation_limit_v", "at_reduction", "at_oxidation");
        foreach (var row in rows)
            csv.Row(row.Phase, row.Window.ReductionLimitV, row.Window.OxidationLimitV, row.ExpectedReduction, row.ExpectedOxidation,
                row.Window.AtReduction, row.Window.AtOxidation);
        return csv.ToString();
    }
}
