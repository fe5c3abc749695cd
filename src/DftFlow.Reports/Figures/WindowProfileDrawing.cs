using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// How many working ions a phase takes up or gives up against the voltage, in steps, with the phases of each step named below. The
/// window is shaded. One column of a journal wide.
/// </summary>
public sealed class WindowProfileDrawing
{
    private const float Left = 40, Right = 10, Top = 8, FrameHeight = 140, AxisHeight = 36, KeyLine = 11.5f;

    // Volts, where nothing happens beyond the metal's own.
    private const double LeastRange = 4;

    private readonly Figure figure;

    /// <param name="name">The phase as it is to be written.</param>
    public WindowProfileDrawing(string name, ElectrochemicalWindow window)
    {
        var (steps, ion) = (window.Profile, window.WorkingIon);
        var to = Math.Max(steps.Max(step => step.VoltageV) * 1.15, LeastRange);
        double low = Math.Min(0, steps.Min(step => step.WorkingIonChange)), high = Math.Max(0, steps.Max(step => step.WorkingIonChange)), span = Math.Max(high - low, 0.5);
        var limits = new CoordinateRect(0, to, low - 0.1 * span, high + 0.14 * span);
        var left = FigureCanvas.LeftOf(limits, FrameHeight, Left);
        var frame = SKRect.Create(left, Top, Figure.Width - left - Right, FrameHeight);
        var key = Key(steps, ion.Symbol);
        var keyTop = frame.Bottom + AxisHeight + 4;
        var places = new LabelPlaces(new SKRect(frame.Left + 1, frame.Top + 1, frame.Right - 1, frame.Bottom - 1));
        SKPoint[] stairs = [.. steps.SelectMany((step, i) => new[] { Point(step.VoltageV, step.WorkingIonChange), Point(i + 1 < steps.Count ? steps[i + 1].VoltageV : to, step.WorkingIonChange) })];
        for (var i = 1; i < stairs.Length; i++) places.Line(stairs[i - 1], stairs[i]);
        foreach (var (i, letter) in Letters(steps.Count).Index())
            places.Place(letter, new((stairs[2 * i].X + stairs[2 * i + 1].X) / 2, stairs[2 * i].Y), 1, 24);
        Labels = places.Placed;
        Title = $"{ion} that {name} takes up or gives up against the voltage";
        figure = new Figure("window", "window-profile", Title, Caption(name, window), keyTop + key.Sum(entry => entry.Lines.Count) * KeyLine + 3, canvas =>
        {
            if (!(window.OxidationLimitV <= window.ReductionLimitV))
            {
                var (from, end) = (Point(window.ReductionLimitV, 0).X, Point(Math.Min(window.OxidationLimitV ?? to, to), 0).X);
                canvas.Area([new(from, frame.Top), new(end, frame.Top), new(end, frame.Bottom), new(from, frame.Bottom)], FigureCanvas.Blue.WithAlpha(0.12));
            }
            using (var plot = FigureCanvas.NewPlot(limits)) canvas.Draw(plot, frame);
            canvas.Line(frame.Left, Point(0, 0).Y, frame.Right, Point(0, 0).Y, FigureCanvas.Grey, 0.5f, LinePattern.Solid);
            canvas.Curve(stairs, FigureCanvas.Blue, 1.5f);
            places.Draw(canvas);
            canvas.Text((RichText)$"Voltage against {ion}/{ion}" + RichText.Super(WindowDrawing.Charge(ion)) + " (V)", frame.MidX, frame.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards($"Δn({ion}) per formula unit", 10, frame.MidY, FigureCanvas.Ink);
            var y = keyTop;
            foreach (var (letter, lines) in key)
                foreach (var (i, line) in lines.Index())
                {
                    y += KeyLine;
                    if (i == 0) canvas.Text(letter, 8, y - 2, Anchor.Left, FigureCanvas.Ink);
                    canvas.Text(RichText.Formulas(line), 20, y - 2, Anchor.Left, FigureCanvas.Ink);
                }
        }, Data(window));

        SKPoint Point(double voltage, double change) => new(frame.Left + (float)(voltage / to) * frame.Width, frame.Bottom - (float)((change - limits.Bottom) / (limits.Top - limits.Bottom)) * frame.Height);
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    internal IReadOnlyList<LabelPlace> Labels { get; }

    /// <summary>The SVG, 85 mm wide.</summary>
    public string Svg() => figure.Svg("window-profile");

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>Each step with its voltages, the ions exchanged and the reaction.</summary>
    public string Csv() => figure.Data;

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name) => figure with { AnalysisId = analysisId, Name = name };

    // A, B, … Z, AA, AB, …
    private static IEnumerable<string> Letters(int count) => Enumerable.Range(0, count).Select(i => (i < 26 ? "" : ((char)('A' + (i / 26 - 1) % 26)).ToString()) + (char)('A' + i % 26));

    private static List<(string Letter, List<string> Lines)> Key(IReadOnlyList<WindowStep> steps, string ion) =>
        [.. Letters(steps.Count).Select((letter, i) =>
        {
            var range = i + 1 < steps.Count ? Range(steps[i].VoltageV, steps[i + 1].VoltageV) : $"from {Volts(steps[i].VoltageV)} V: ";
            // The ion itself is in the metal.
            return (letter, Wrap(range, [.. steps[i].Reaction.Products.Where(term => term.Formula != ion).Select(term => $"{(term.Amount is > 0.99995 and < 1.00005 ? "" : term.Amount.ToString("G4", CultureInfo.InvariantCulture) + " ")}{term.Formula}")]));
        })];

    private static List<string> Wrap(string start, string[] terms)
    {
        var lines = new List<string> { start };
        foreach (var (i, term) in terms.Index())
        {
            var next = i + 1 < terms.Length ? term + " + " : term;
            if (FigureCanvas.Measure(RichText.Formulas(lines[^1] + next)) > Figure.Width - 26 && lines[^1].Length > 0) lines.Add("");
            lines[^1] += next;
        }
        return lines;
    }

    // With as many digits as it takes to tell its ends apart.
    private static string Range(double from, double to)
    {
        var decimals = 2;
        while (decimals < 6 && Volts(from, decimals) == Volts(to, decimals)) decimals++;
        return $"{Volts(from, decimals)}–{Volts(to, decimals)} V: ";
    }

    private static string Volts(double voltage, int decimals = 2) => Numbers.Show(voltage, "V", decimals: decimals);

    private static RichText Caption(string name, ElectrochemicalWindow window) =>
        (RichText)$"{window.WorkingIon} exchanged per formula unit of " + RichText.Formulas(name) + " in equilibrium on the hull; each step holds up to the next. "
        + (window.OxidationLimitV < window.ReductionLimitV ? "It has no window." : $"Shaded: the window, {Numbers.Show(window.ReductionLimitV, "V")} to {(window.OxidationLimitV is { } limit ? $"{Numbers.Show(limit, "V")} V" : "no upper limit")}.");

    private static string Data(ElectrochemicalWindow window)
    {
        var csv = new Csv("from_v", "to_v", "working_ion_change", "reaction");
        for (var i = 0; i < window.Profile.Count; i++)
            csv.Row(window.Profile[i].VoltageV, i + 1 < window.Profile.Count ? window.Profile[i + 1].VoltageV : null, window.Profile[i].WorkingIonChange, window.Profile[i].Reaction);
        return csv.ToString();
    }
}
