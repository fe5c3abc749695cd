using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Engine;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// The densities of states behind a table of band centres: a panel for each member, one figure for each zero. Spin up stands
/// above the axis, spin down below it; every window's centre is marked.
/// </summary>
internal static class DosFigure
{
    private const int MostPanels = 6;
    private const float Left = 38, Right = 8, PanelHeight = 100, Gap = 5, LineHeight = 13, AxisHeight = 34;

    // Room above the curves for the mark of the Fermi level.
    private const float Headroom = 15;

    private static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.DenselyDashed, LinePattern.Dotted, LinePattern.Dashed];

    /// <summary>A member with the band centre of each window; the curve is the same in all of them.</summary>
    private sealed record Panel(string Name, ImmutableArray<(string Window, BandCentre Centre)> Centres)
    {
        public BandCentre Any => Centres[0].Centre;
    }

    public static IEnumerable<Figure> Draw(string analysisId, BandCentreDetails details)
    {
        foreach (var zero in details.Centres.GroupBy(c => c.Labels.GetValueOrDefault("zero", c.Value.Zero.ToString().ToLowerInvariant())))
        {
            var panels = zero
                .GroupBy(c => string.Join(" · ", c.Labels.Where(label => label.Key is not ("zero" or "window")).Select(label => label.Value)))
                .Select(member => new Panel(member.Key, [.. member.Select(c => (c.Labels.GetValueOrDefault("window", ""), c.Value))]));
            foreach (var (part, chunk) in panels.Chunk(MostPanels).Index())
                yield return Compose(analysisId, part == 0 ? $"{analysisId}.{zero.Key}" : $"{analysisId}.{zero.Key}.{part + 1}", chunk);
        }
    }

    private static Figure Compose(string analysisId, string name, Panel[] panels)
    {
        var quantity = Quantity(panels[0].Any);
        var (from, to) = Range(panels);
        // Cells of one size are drawn on one scale.
        var common = panels.Select(panel => panel.Any.Curve.SiteCount).Distinct().Count() == 1 ? panels.Max(panel => Greatest(panel.Any.Curve, from, to)) : (double?)null;
        var spin = panels.Any(panel => panel.Any.Curve.Density.Length > 1);
        var lines = panels.Max(HeaderLines);
        var headers = lines * LineHeight + 4;
        var height = panels.Length * (headers + PanelHeight) + (panels.Length - 1) * Gap + AxisHeight;
        var title = $"{quantity} of {string.Join(", ", panels.Select(p => p.Name.Length > 0 ? p.Name : analysisId))} with the band centres marked";
        return new Figure(analysisId, name, title, Caption(panels, quantity, spin), height, canvas =>
        {
            var top = 0f;
            foreach (var (index, panel) in panels.Index())
            {
                var frame = SKRect.Create(Left, top + headers, Figure.Width - Left - Right, PanelHeight);
                Header(canvas, panel, frame, lines);
                Curves(canvas, panel, frame, (from, to), common ?? Greatest(panel.Any.Curve, from, to), spin, last: index == panels.Length - 1);
                top += headers + PanelHeight + Gap;
            }
            var bottom = height - AxisHeight;
            canvas.Text(AxisLabel(panels[0].Any.Zero), (Left + Figure.Width - Right) / 2, bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards($"{quantity} (states/eV)", 10, (headers + bottom) / 2, FigureCanvas.Ink);
        }, Data(panels));
    }

    private static void Curves(FigureCanvas canvas, Panel panel, SKRect frame, (double From, double To) range, double greatest, bool spin, bool last)
    {
        var curve = panel.Any.Curve;
        var bottom = spin ? -1.06 * greatest : 0;
        var top = bottom + (1.06 * greatest - bottom) * PanelHeight / (PanelHeight - Headroom);
        using var plot = FigureCanvas.NewPlot(new CoordinateRect(range.From, range.To, bottom, top), value => Numbers.Tick(Math.Abs(value)));
        if (!last) plot.Axes.Bottom.TickLabelStyle.IsVisible = false;

        if (panel.Centres is [var (_, only)] && (only.WindowMinEv > range.From || only.WindowMaxEv < range.To))
        {
            var shade = plot.Add.HorizontalSpan(Math.Max(only.WindowMinEv, range.From), Math.Min(only.WindowMaxEv, range.To));
            shade.FillColor = FigureCanvas.Blue.WithAlpha(0.08);
            shade.LineWidth = 0;
        }
        var color = panel.Any.Selection.Element is { } element ? ElementColors.Of(element) : FigureCanvas.Grey;
        for (var s = 0; s < curve.Density.Length; s++)
        {
            var sign = s == 0 ? 1 : -1;
            var density = curve.Density[s];
            Coordinates[] points = [.. Visible(curve, range).Select(i => new Coordinates(curve.EnergiesEv[i], sign * density[i]))];
            var line = plot.Add.ScatterLine(points, color);
            line.LineWidth = 1;
            line.FillY = true;
            line.FillYColor = color.WithAlpha(0.18);
        }
        Mark(plot.Add.HorizontalLine(0), FigureCanvas.Ink, 0.6f, LinePattern.Solid);
        if (panel.Any.FermiEv is { } fermi) Mark(plot.Add.VerticalLine(fermi), FigureCanvas.Ink, 0.9f, LinePattern.DenselyDashed);
        foreach (var (index, (_, centre)) in panel.Centres.Index())
            Mark(plot.Add.VerticalLine(centre.TotalEv), FigureCanvas.Blue, 1.5f, Patterns[index % Patterns.Length]);
        canvas.Draw(plot, frame);

        if (panel.Any.FermiEv is { } level && level >= range.From && level <= range.To)
        {
            var x = frame.Left + (float)((level - range.From) / (range.To - range.From)) * frame.Width;
            canvas.Text((RichText)"E" + RichText.Sub("F"), x + 3, frame.Top + 10, Anchor.Left, FigureCanvas.Ink);
        }
        if (!spin) return;
        canvas.Text("↑", frame.Right - 4, frame.Top + 11, Anchor.Right, FigureCanvas.Grey, FigureCanvas.Normal);
        canvas.Text("↓", frame.Right - 4, frame.Bottom - 5, Anchor.Right, FigureCanvas.Grey, FigureCanvas.Normal);

        static void Mark(ScottPlot.Plottables.AxisLine line, Color color, float width, LinePattern pattern)
        {
            line.LineColor = color;
            line.LineWidth = width;
            line.LinePattern = pattern;
        }
    }

    private static string Legend((string Window, BandCentre Centre) item, bool many) =>
        many && item.Window.Length > 0 ? $"{item.Window.Replace('-', '−')}: {Numbers.Show(item.Centre.TotalEv, "eV")} eV" : $"centre {Numbers.Show(item.Centre.TotalEv, "eV")} eV";

    private const float Sample = 16, Space = 9;

    private static float LegendWidth(Panel panel) =>
        panel.Centres.Sum(c => Sample + 3 + FigureCanvas.Measure(Legend(c, panel.Centres.Length > 1)) + Space) - Space;

    // The name and the centres share a line where they fit on it.
    private static int HeaderLines(Panel panel) =>
        panel.Name.Length > 0 && FigureCanvas.Measure(RichText.Formulas(panel.Name)) + LegendWidth(panel) + 2 * Space > Figure.Width - Left - Right ? 2 : 1;

    private static void Header(FigureCanvas canvas, Panel panel, SKRect frame, int lines)
    {
        var baseline = frame.Top - 5;
        if (panel.Name.Length > 0)
            canvas.Text(RichText.Formulas(panel.Name), frame.Left, baseline - (lines - 1) * LineHeight, Anchor.Left, FigureCanvas.Ink);
        var x = frame.Right - LegendWidth(panel);
        foreach (var (index, item) in panel.Centres.Index())
        {
            var text = Legend(item, panel.Centres.Length > 1);
            canvas.Line(x, baseline - 3.2f, x + Sample, baseline - 3.2f, FigureCanvas.Blue, 1.5f, Patterns[index % Patterns.Length]);
            canvas.Text(text, x + Sample + 3, baseline, Anchor.Left, FigureCanvas.Blue);
            x += Sample + 3 + FigureCanvas.Measure(text) + Space;
        }
    }

    /// <summary>From the foot of the band that holds the centre, or the windows' limits where they have any, to what lies above the Fermi level.</summary>
    private static (double From, double To) Range(Panel[] panels)
    {
        const double margin = 0.7, above = 4;
        var (from, to) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var (_, centre) in panels.SelectMany(panel => panel.Centres))
        {
            var energies = centre.Curve.EnergiesEv;
            var (lowest, highest) = (energies[0], energies[^1]);
            from = Math.Min(from, Foot(centre) - margin);
            to = Math.Max(to, Math.Max(centre.FermiEv ?? highest, centre.TotalEv) + above);
            // A window that was given by its limits is worth seeing as a whole.
            if (centre.WindowMinEv > lowest) from = Math.Min(from, centre.WindowMinEv - margin);
            if (centre.WindowMaxEv < highest) to = Math.Max(to, centre.WindowMaxEv + margin);
        }
        from = Math.Max(from, panels.Min(panel => panel.Any.Curve.EnergiesEv[0]));
        to = Math.Min(to, panels.Max(panel => panel.Any.Curve.EnergiesEv[^1]));
        return from < to ? (from, to) : (from - 1, from + 1);
    }

    /// <summary>Down from the centre to where the density ends, for as much as 2 eV at least.</summary>
    internal static double Foot(BandCentre centre)
    {
        const double gap = 2, enough = 0.01;
        var (energies, density) = (centre.Curve.EnergiesEv, centre.Curve.Density);
        var threshold = enough * Greatest(centre.Curve, double.NegativeInfinity, double.PositiveInfinity);
        var foot = centre.TotalEv;
        for (var i = energies.Length - 1; i >= 0 && energies[i] > foot - gap; i--)
            if (energies[i] < foot && density.Any(spin => spin[i] > threshold)) foot = energies[i];
        return foot;
    }

    internal static double Greatest(DosCurve curve, double from, double to)
    {
        var greatest = 0.0;
        for (var i = 0; i < curve.EnergiesEv.Length; i++)
            if (curve.EnergiesEv[i] >= from && curve.EnergiesEv[i] <= to)
                foreach (var density in curve.Density)
                    if (double.IsFinite(density[i])) greatest = Math.Max(greatest, density[i]);
        return greatest > 0 ? greatest : 1;
    }

    /// <summary>The points within the range and one beyond each end, so that the curve runs out of the frame.</summary>
    internal static IEnumerable<int> Visible(DosCurve curve, (double From, double To) range)
    {
        var energies = curve.EnergiesEv;
        for (var i = 0; i < energies.Length; i++)
            if (energies[Math.Min(i + 1, energies.Length - 1)] >= range.From && energies[Math.Max(i - 1, 0)] <= range.To && curve.Density.All(density => double.IsFinite(density[i])))
                yield return i;
    }

    /// <summary>As in <c>O 2p PDOS</c>.</summary>
    private static string Quantity(BandCentre centre) => centre.Selection switch
    {
        { Element: null, Orbital: null } => "DOS",
        { Element: null, Orbital: var orbital } => $"{orbital} PDOS",
        { Element: { } element, Orbital: null } => $"{element} PDOS",
        { Element: { } element, Orbital: { } orbital } => $"{element} {Shell(element, orbital)} PDOS",
    };

    internal static string Shell(Element element, string orbital)
    {
        var period = element.AtomicNumber switch { <= 2 => 1, <= 10 => 2, <= 18 => 3, <= 36 => 4, <= 54 => 5, <= 86 => 6, _ => 7 };
        // A shell above the ground state's is named by its letter only.
        var number = orbital[0] switch { 's' => period, 'p' => period, 'd' => period - 1, 'f' => period - 2, _ => 0 };
        var least = orbital[0] switch { 's' => 1, 'p' => 2, 'd' => 3, _ => 4 };
        return number >= least ? string.Create(CultureInfo.InvariantCulture, $"{number}{orbital}") : orbital;
    }

    internal static RichText AxisLabel(EnergyZero zero) => zero switch
    {
        EnergyZero.Fermi => (RichText)"E − E" + RichText.Sub("F") + " (eV)",
        EnergyZero.Vbm => (RichText)"E − E" + RichText.Sub("VBM") + " (eV)",
        EnergyZero.Semicore => (RichText)"E − E" + RichText.Sub("semicore") + " (eV)",
        EnergyZero.Vacuum => (RichText)"E − E" + RichText.Sub("vac") + " (eV)",
        EnergyZero.Core => (RichText)"E − E" + RichText.Sub("core") + " (eV)",
        _ => "E (eV)",
    };

    private static RichText Caption(Panel[] panels, string quantity, bool spin)
    {
        var any = panels[0];
        var sites = panels.Select(panel => panel.Any.Curve.SiteCount).Distinct().ToArray();
        var count = sites is [var one] ? string.Create(CultureInfo.InvariantCulture, $"sum over {one} {(one == 1 ? "site" : "sites")}") : "sum over the sites of each cell";
        var windows = string.Join(", ", any.Centres.Select(c => c.Window.Replace('-', '−')).Where(window => window.Length > 0));
        RichText caption = $"{quantity} ({count}{(spin ? "; spin up above, spin down below the axis" : "")}). Blue: the band centre of both spins"
            + (windows.Length > 0 ? $" over the window {windows}" : "") + (any.Centres.Length == 1 ? ", which is shaded" : "") + ". Dashed black: the Fermi level. ";
        var centres = panels.Select(panel => (panel.Name.Length > 0 ? RichText.Formulas(panel.Name) + ": " : "")
            + string.Join(", ", panel.Centres.Select(c => Legend(c, panel.Centres.Length > 1))));
        return centres.Aggregate(caption, (text, next) => text + next + "; ") is { Runs: var runs }
            ? new RichText(runs.SetItem(runs.Length - 1, (".", Script.Normal))) : caption;
    }

    private static string Data(Panel[] panels)
    {
        var csv = new Csv("member", "energy_ev", "dos_up_states_per_ev", "dos_down_states_per_ev");
        foreach (var panel in panels)
        {
            var curve = panel.Any.Curve;
            for (var i = 0; i < curve.EnergiesEv.Length; i++)
                csv.Row(panel.Name, curve.EnergiesEv[i], curve.Density[0][i], curve.Density.Length > 1 ? curve.Density[1][i] : null);
        }
        return csv.ToString();
    }
}
