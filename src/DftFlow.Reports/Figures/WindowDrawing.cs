using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>A phase whose electrochemical window is drawn.</summary>
/// <param name="Name">As it is to be written.</param>
/// <param name="ExpectedReductionV">A published or earlier value, marked where there is one.</param>
public sealed record WindowBar(string Name, ElectrochemicalWindow Window, double? ExpectedReductionV = null, double? ExpectedOxidationV = null);

/// <summary>
/// The electrochemical windows of several phases as bars over the voltage, from the reduction to the oxidation limit, with what forms
/// beyond them. One column of a journal wide.
/// </summary>
public sealed class WindowDrawing
{
    private const float Left = 10, Right = 10, Top = 2, RowHeight = 46, Middle = 24, BarHeight = 10, AxisHeight = 34, Small = 7.5f;

    // Volts beyond the outermost limit, and of an end that is not there.
    private const double LeastRange = 4;

    private readonly Figure figure;

    public WindowDrawing(IReadOnlyList<WindowBar> bars)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bars.Count, nameof(bars));
        var ions = bars.Select(bar => bar.Window.WorkingIon).Distinct().ToArray();
        var ends = bars.SelectMany(bar => new[] { bar.Window.ReductionLimitV, bar.Window.OxidationLimitV, bar.ExpectedReductionV, bar.ExpectedOxidationV }).OfType<double>().ToArray();
        // Room for a number beside the outermost limit.
        var (from, to) = (Math.Min(0, ends.Min() * 1.1), Math.Max(ends.Max() * 1.18, LeastRange));
        var height = Top + bars.Count * RowHeight + 4 + AxisHeight;
        Title = $"Electrochemical windows of {string.Join(", ", bars.Select(bar => bar.Name))} against {string.Join(", ", ions.Select(ion => ion.Symbol))}";
        figure = new Figure("window", "windows", Title, Caption(bars), height, canvas =>
        {
            var frame = SKRect.Create(Left, Top, Figure.Width - Left - Right, height - Top - AxisHeight);
            using (var plot = FigureCanvas.NewPlot(new CoordinateRect(from, to, 0, 1)))
            {
                plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
                canvas.Draw(plot, frame);
            }
            foreach (var (index, bar) in bars.Index())
                Draw(canvas, bar, frame, frame.Top + index * RowHeight, voltage => frame.Left + (float)((voltage - from) / (to - from)) * frame.Width);
            var ion = ions is [var one] ? (RichText)$"{one}/{one}" + RichText.Super(Charge(one)) : "each working ion's metal";
            canvas.Text((RichText)"Voltage against " + ion + " (V)", frame.MidX, frame.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
        }, Data(bars));
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    /// <summary>The SVG, 85 mm wide.</summary>
    public string Svg() => figure.Svg("windows");

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>The limits of each phase and the reactions at them.</summary>
    public string Csv() => figure.Data;

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name) => figure with { AnalysisId = analysisId, Name = name };

    internal static string Charge(Crystals.Element ion) => Analysis.Thermodynamics.WorkingIon.Charge(ion) is var charge && charge == 1 ? "+" : FormattableString.Invariant($"{charge}+");

    private static void Draw(FigureCanvas canvas, WindowBar bar, SKRect frame, float top, Func<double, float> x)
    {
        var window = bar.Window;
        var (middle, number) = (top + Middle, top + Middle + 3.3f);
        canvas.Text(RichText.Formulas(bar.Name), frame.Left + 5, top + 14, Anchor.Left, FigureCanvas.Ink);
        if (window.OxidationLimitV < window.ReductionLimitV)
            canvas.Text($"no window: reduced below {Volts(window.ReductionLimitV)} V, oxidised above {Volts(window.OxidationLimitV.Value)} V", frame.Left + 5, number, Anchor.Left, FigureCanvas.Grey);
        else
        {
            var (left, right) = (x(window.ReductionLimitV), window.OxidationLimitV is { } end ? x(end) : frame.Right);
            Fill(canvas, left, right, middle, fading: window.OxidationLimitV is null);
            // Outside the mark of an expected limit, where that is near.
            var before = Math.Min(left, Near(bar.ExpectedReductionV, window.ReductionLimitV));
            var reduction = Volts(window.ReductionLimitV);
            var room = right - left > FigureCanvas.Measure(reduction) + 8;
            if (before - 3 - FigureCanvas.Measure(reduction) > frame.Left + 2) canvas.Text(reduction, before - 3, number, Anchor.Right, FigureCanvas.Ink);
            else if (room) canvas.Text(reduction, left + 3, number, Anchor.Left, Colors.White);
            if (window.OxidationLimitV is { } oxidation) canvas.Text(Volts(oxidation), Math.Max(x(oxidation), Near(bar.ExpectedOxidationV, oxidation)) + 3, number, Anchor.Left, FigureCanvas.Ink);
            else canvas.Text("not oxidised →", frame.Right - 4, number, Anchor.Right, FigureCanvas.Ink);
        }
        foreach (var expected in new[] { bar.ExpectedReductionV, bar.ExpectedOxidationV }.OfType<double>())
            canvas.Line(x(expected), middle - 0.85f * BarHeight, x(expected), middle + 0.85f * BarHeight, FigureCanvas.Vermilion, 1.5f, LinePattern.Solid);
        Products(canvas, window, frame, top + RowHeight - 5);

        float Near(double? expected, double limit) => expected is { } mark && Math.Abs(x(mark) - x(limit)) < 24 ? x(mark) : x(limit);
    }

    // An end that is not there fades away.
    private static void Fill(FigureCanvas canvas, float left, float right, float middle, bool fading)
    {
        const int steps = 24;
        var solid = fading ? left + (right - left) * 0.45f : right;
        Box(left, solid, 0.75);
        for (var i = 0; fading && i < steps; i++) Box(solid + (right - solid) * i / steps, solid + (right - solid) * (i + 1) / steps, 0.75 * (1 - (i + 1.0) / steps));

        void Box(float from, float to, double alpha) => canvas.Area([new(from, middle - BarHeight / 2), new(to, middle - BarHeight / 2), new(to, middle + BarHeight / 2), new(from, middle + BarHeight / 2)], FigureCanvas.Blue.WithAlpha(alpha));
    }

    /// <summary>What forms beyond the limits, below the bar: at the left on reduction, at the right on oxidation; only where there is room for all of it.</summary>
    private static void Products(FigureCanvas canvas, ElectrochemicalWindow window, SKRect frame, float baseline)
    {
        var reduced = window.AtReduction is { } below ? "← " + Names(below) : $"stable against {window.WorkingIon}";
        var oxidised = window.AtOxidation is { } above ? Names(above) + " →" : "";
        var (left, right) = (RichText.Formulas(reduced), RichText.Formulas(oxidised));
        var needed = FigureCanvas.Measure(left, Small) + FigureCanvas.Measure(right, Small) + 12;
        var size = Math.Min(Small, Small * (frame.Width - 10) / needed);
        // Smaller letters are not read any more.
        if (size < 6) return;
        canvas.Text(left, frame.Left + 5, baseline, Anchor.Left, FigureCanvas.Grey, size);
        canvas.Text(right, frame.Right - 5, baseline, Anchor.Right, FigureCanvas.Grey, size);

        string Names(BalancedReaction reaction) => string.Join(", ", reaction.Products.Select(term => term.Formula).Where(formula => formula != window.WorkingIon.Symbol));
    }

    // Two decimals: the figure is read by eye.
    private static string Volts(double voltage) => Numbers.Show(voltage, "V", decimals: 2);

    private static RichText Caption(IReadOnlyList<WindowBar> bars)
    {
        var caption = bars.Aggregate((RichText)"Voltages between which the phase exchanges no working ion; below the bars what forms beyond the limits. ", (text, bar) => text + RichText.Formulas(bar.Name)
            + $": {Numbers.Show(bar.Window.ReductionLimitV, "V")} to {(bar.Window.OxidationLimitV is { } limit ? $"{Numbers.Show(limit, "V")} V" : "no upper limit")}. ");
        return bars.Any(bar => bar.ExpectedReductionV is not null || bar.ExpectedOxidationV is not null) ? caption + "Orange: expected limits." : caption;
    }

    private static string Data(IReadOnlyList<WindowBar> bars)
    {
        var csv = new Csv("phase", "reduction_limit_v", "oxidation_limit_v", "expected_reduction_limit_v", "expected_oxidation_limit_v", "at_reduction", "at_oxidation");
        foreach (var bar in bars)
            csv.Row(bar.Name, bar.Window.ReductionLimitV, bar.Window.OxidationLimitV, bar.ExpectedReductionV, bar.ExpectedOxidationV, bar.Window.AtReduction, bar.Window.AtOxidation);
        return csv.ToString();
    }
}
