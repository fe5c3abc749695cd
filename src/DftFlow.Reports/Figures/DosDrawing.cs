using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>A system whose density of states is drawn.</summary>
/// <param name="Centre">Its band centre; null where there is none to mark.</param>
public sealed record DosDrawingSystem(string Name, DosRun Run, BandCentreRequest Request, BandCentre? Centre);

/// <summary>
/// The density of states of one or two systems, one above the other on one scale of energies: the total, the selection and the other
/// elements, spin up above the axis and spin down below, the window shaded and the band centre marked. One column of a journal wide.
/// </summary>
public sealed class DosDrawing
{
    private const float Left = 38, Right = 8, PanelHeight = 112, Gap = 5, LineHeight = 13, AxisHeight = 34, Headroom = 15, Sample = 16, Space = 9;

    // Told apart without their colours too.
    private static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.DenselyDashed, LinePattern.Dotted, LinePattern.Dashed];

    private readonly Figure figure;

    /// <param name="systems">One or two, or more.</param>
    /// <param name="curves">What is drawn beside the total; null: the selection, and every other element.</param>
    /// <param name="range">In eV relative to the zero; null: from the foot of the band to 4 eV above the Fermi level and the centre.</param>
    /// <param name="tellShift">Of two systems, write the centre of the first minus that of the second above them.</param>
    /// <exception cref="DftFlowException">DF3202: no DOS lies in the range. And what a band centre of the curves would throw, for a curve that is named.</exception>
    public DosDrawing(IReadOnlyList<DosDrawingSystem> systems, IReadOnlyList<ProjectedDosSelection>? curves = null, (double From, double To)? range = null, bool tellShift = true)
    {
        var selections = curves ?? Selections(systems);
        // Of two systems, one may be without an element; what none has is a mistake, which its sum tells.
        foreach (var selection in selections)
            if (!systems.Any(system => selection.Element is null || system.Run.Sites.Contains(selection.Element))) selection.Sum(systems[0].Run);
        var panels = systems.Select(system => Panel.Of(system, selections)).ToArray();
        var entries = Legend(selections);
        var limits = range ?? Range(panels);
        if (panels.All(panel => panel.Total.EnergiesEv is var energies && (limits.From >= energies[^1] || limits.To <= energies[0])))
            throw new DftFlowException("DF3202", FormattableString.Invariant($"There is nothing to draw from {limits.From:G6} to {limits.To:G6} eV: the DOS goes from {panels[0].Total.EnergiesEv[0]:0.###} to {panels[0].Total.EnergiesEv[^1]:0.###} eV, relative to the zero."), "Draw a range within the DOS.");
        var rows = Rows(entries);
        var spin = panels.Any(panel => panel.Total.Density.Length > 1);
        var shift = tellShift && panels is [{ Centre: { } first }, { Centre: { } second }] ? first.CentreEv - second.CentreEv : (double?)null;
        var top = rows.Count * LineHeight + (shift is null ? 0 : LineHeight) + 4;
        var header = LineHeight + 4;
        var height = top + panels.Length * (header + PanelHeight) + (panels.Length - 1) * Gap + AxisHeight;
        var zero = panels[0].Zero;
        Title = $"Density of states of {string.Join(" and ", panels.Select(panel => panel.Name))}";
        figure = new Figure("dos", "dos", Title, Title, height, canvas =>
        {
            foreach (var (row, line) in rows.Index()) DrawLegend(canvas, line, (row + 1) * LineHeight);
            if (shift is { } difference)
                canvas.Text($"each relative to its own {NameOf(zero)}; shift {Numbers.Show(difference, "eV", signed: true)} eV", Left, top - 4, Anchor.Left, FigureCanvas.Blue);
            // Cells of one size are drawn on one scale.
            var common = panels.Select(panel => panel.Total.SiteCount).Distinct().Count() == 1 ? panels.Max(panel => DosFigure.Greatest(panel.Total, limits.From, limits.To)) : (double?)null;
            var y = top;
            foreach (var (index, panel) in panels.Index())
            {
                var frame = SKRect.Create(Left, y + header, Figure.Width - Left - Right, PanelHeight);
                DrawPanel(canvas, panel, entries, frame, limits, common ?? DosFigure.Greatest(panel.Total, limits.From, limits.To), spin, last: index == panels.Length - 1);
                y += header + PanelHeight + Gap;
            }
            var bottom = height - AxisHeight;
            canvas.Text(DosFigure.AxisLabel(zero), (Left + Figure.Width - Right) / 2, bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards("DOS (states/eV)", 10, (top + header + bottom) / 2, FigureCanvas.Ink);
        }, Data(panels, entries));
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name, RichText caption) => figure with { AnalysisId = analysisId, Name = name, Caption = caption };

    /// <summary>The SVG, 85 mm wide.</summary>
    public string Svg() => figure.Svg("dos");

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>What is drawn, over the whole range of the DOS: energies relative to the zero.</summary>
    public string Csv() => figure.Data;

    private sealed record Entry(string Label, string Column, Color Color, LinePattern Pattern, bool Chief);

    /// <summary>A system with its curves on the scale of the zero; a curve that it has not is null.</summary>
    private sealed record Panel(string Name, DosCurve Total, ImmutableArray<DosCurve?> Curves, BandCentre? Centre, double? FermiEv, EnergyZero Zero)
    {
        public static Panel Of(DosDrawingSystem system, IReadOnlyList<ProjectedDosSelection> selections)
        {
            var zero = system.Request.PlaceZero(system.Run).ZeroEv;
            return new(system.Name, Relative(new ProjectedDosSelection())!, [.. selections.Select(Relative)], system.Centre, system.Run.FermiEnergyEv - zero, system.Request.Zero);

            DosCurve? Relative(ProjectedDosSelection selection)
            {
                try
                {
                    var curve = selection.Sum(system.Run);
                    return curve with { EnergiesEv = [.. curve.EnergiesEv.Select(energy => energy - zero)] };
                }
                catch (DftFlowException error) when (error.Code == "DF3204")
                {
                    return null;
                }
            }
        }
    }

    // What is asked for first; the other elements whole.
    private static List<ProjectedDosSelection> Selections(IReadOnlyList<DosDrawingSystem> systems)
    {
        var asked = systems[0].Request.Selection;
        var selections = new List<ProjectedDosSelection>();
        if (!asked.IsTotal) selections.Add(asked);
        foreach (var element in systems.SelectMany(system => system.Run.Sites).OfType<Element>().Distinct())
            if (element != asked.Element && systems.All(system => system.Run.Dos?.Projected is not null)) selections.Add(new(element));
        return selections;
    }

    private static ImmutableArray<Entry> Legend(IReadOnlyList<ProjectedDosSelection> selections)
    {
        var entries = ImmutableArray.CreateBuilder<Entry>();
        foreach (var (index, selection) in selections.Index())
        {
            var (element, name) = (selection.Element, NameOf(selection));
            var label = selection.Sites.IsDefaultOrEmpty ? name : string.Create(CultureInfo.InvariantCulture, $"{name} ({selection.Sites.Length} site{(selection.Sites.Length == 1 ? "" : "s")})");
            // No two curves differ by their colours alone.
            entries.Add(new(label, name.Replace(' ', '_'), element is null ? FigureCanvas.Vermilion : ElementColors.Of(element), Patterns[index % Patterns.Length], index == 0));
        }
        return entries.ToImmutable();
    }

    /// <summary>As in <c>O 2p</c>.</summary>
    private static string NameOf(ProjectedDosSelection selection) => selection switch
    {
        { IsTotal: true } => "DOS",
        { Element: { } element, Orbital: { } orbital } => $"{element} {DosFigure.Shell(element, orbital)}",
        { Element: { } element } => element.Symbol,
        { Sites.IsDefaultOrEmpty: false } => $"sites {selection.Orbital}".TrimEnd(),
        _ => selection.Orbital!,
    };

    private static (double From, double To) Range(Panel[] panels)
    {
        const double margin = 0.7, above = 4, below = 10;
        var (from, to) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var panel in panels)
        {
            var energies = panel.Total.EnergiesEv;
            var fermi = panel.FermiEv ?? energies[^1];
            // The Fermi level is always seen, and so is the centre, however far from each other.
            from = Math.Min(from, panel.Centre is { } centre ? Math.Min(DosFigure.Foot(centre), fermi) - margin : fermi - below);
            to = Math.Max(to, Math.Max(panel.Centre?.CentreEv ?? fermi, fermi) + above);
            if (panel.Centre is not { } marked) continue;
            if (marked.WindowMinEv > energies[0]) from = Math.Min(from, marked.WindowMinEv - margin);
            if (marked.WindowMaxEv < energies[^1]) to = Math.Max(to, marked.WindowMaxEv + margin);
        }
        from = Math.Max(from, panels.Min(panel => panel.Total.EnergiesEv[0]));
        to = Math.Min(to, panels.Max(panel => panel.Total.EnergiesEv[^1]));
        return from < to ? (from, to) : (from - 1, from + 1);
    }

    private static List<List<Entry>> Rows(ImmutableArray<Entry> entries)
    {
        var rows = new List<List<Entry>> { new() };
        var x = WidthOf("total");
        foreach (var entry in entries)
        {
            if (x + WidthOf(entry.Label) > Figure.Width - Left - Right)
            {
                rows.Add([]);
                x = 0;
            }
            rows[^1].Add(entry);
            x += WidthOf(entry.Label);
        }
        rows[0].Insert(0, new("total", "total", FigureCanvas.Grey, LinePattern.Solid, false));
        return rows;
    }

    private static float WidthOf(string label) => Sample + 3 + FigureCanvas.Measure(label) + Space;

    private static void DrawLegend(FigureCanvas canvas, List<Entry> row, float baseline)
    {
        var x = Left;
        foreach (var entry in row)
        {
            canvas.Line(x, baseline - 3.2f, x + Sample, baseline - 3.2f, entry.Color, entry.Chief ? 1.8f : 1.3f, entry.Pattern);
            canvas.Text(entry.Label, x + Sample + 3, baseline, Anchor.Left, FigureCanvas.Ink);
            x += WidthOf(entry.Label);
        }
    }

    private static void DrawPanel(FigureCanvas canvas, Panel panel, ImmutableArray<Entry> entries, SKRect frame, (double From, double To) range, double greatest, bool spin, bool last)
    {
        var bottom = spin ? -1.06 * greatest : 0;
        var top = bottom + (1.06 * greatest - bottom) * PanelHeight / (PanelHeight - Headroom);
        using var plot = FigureCanvas.NewPlot(new CoordinateRect(range.From, range.To, bottom, top), value => Numbers.Tick(Math.Abs(value)));
        if (!last) plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
        if (panel.Centre is { } window && (window.WindowMinEv > range.From || window.WindowMaxEv < range.To))
        {
            var shade = plot.Add.HorizontalSpan(Math.Max(window.WindowMinEv, range.From), Math.Min(window.WindowMaxEv, range.To));
            shade.FillColor = FigureCanvas.Blue.WithAlpha(0.08);
            shade.LineWidth = 0;
        }
        AddCurve(plot, panel.Total, range, FigureCanvas.Grey, LinePattern.Solid, 0.8f, fill: 0.15);
        for (var i = entries.Length - 1; i >= 0; i--)
            if (panel.Curves[i] is { } curve) AddCurve(plot, curve, range, entries[i].Color, entries[i].Pattern, entries[i].Chief ? 1.4f : 1.1f, entries[i].Chief ? 0.2 : 0);
        Mark(plot.Add.HorizontalLine(0), FigureCanvas.Ink, 0.6f, LinePattern.Solid);
        if (panel.FermiEv is { } fermi) Mark(plot.Add.VerticalLine(fermi), FigureCanvas.Ink, 0.9f, LinePattern.DenselyDashed);
        if (panel.Centre is { } centre) Mark(plot.Add.VerticalLine(centre.CentreEv), FigureCanvas.Blue, 1.6f, LinePattern.Solid);
        canvas.Draw(plot, frame);

        var baseline = frame.Top - 5;
        canvas.Text(RichText.Formulas(panel.Name), frame.Left, baseline, Anchor.Left, FigureCanvas.Ink);
        if (panel.Centre is { } told)
            canvas.Text($"{NameOf(told.Selection)} centre {Numbers.Show(told.CentreEv, "eV")} eV", frame.Right, baseline, Anchor.Right, FigureCanvas.Blue);
        if (panel.FermiEv is { } level && level >= range.From && level <= range.To)
            canvas.Text((RichText)"E" + RichText.Sub("F"), frame.Left + (float)((level - range.From) / (range.To - range.From)) * frame.Width + 3, frame.Top + 10, Anchor.Left, FigureCanvas.Ink);
        if (!spin) return;
        canvas.Text("↑", frame.Right - 4, frame.Top + 11, Anchor.Right, FigureCanvas.Grey, FigureCanvas.Normal);
        canvas.Text("↓", frame.Right - 4, frame.Bottom - 5, Anchor.Right, FigureCanvas.Grey, FigureCanvas.Normal);
    }

    private static void AddCurve(Plot plot, DosCurve curve, (double From, double To) range, Color color, LinePattern pattern, float width, double fill)
    {
        for (var spin = 0; spin < curve.Density.Length; spin++)
        {
            var (sign, density) = (spin == 0 ? 1 : -1, curve.Density[spin]);
            Coordinates[] points = [.. DosFigure.Visible(curve, range).Select(i => new Coordinates(curve.EnergiesEv[i], sign * density[i]))];
            var line = plot.Add.ScatterLine(points, color);
            line.LineWidth = width;
            line.LinePattern = pattern;
            if (fill == 0) continue;
            line.FillY = true;
            line.FillYColor = color.WithAlpha(fill);
        }
    }

    private static void Mark(ScottPlot.Plottables.AxisLine line, Color color, float width, LinePattern pattern)
    {
        line.LineColor = color;
        line.LineWidth = width;
        line.LinePattern = pattern;
    }

    private static string NameOf(EnergyZero zero) => zero switch
    {
        EnergyZero.Fermi => "Fermi level",
        EnergyZero.Vbm => "valence-band maximum",
        EnergyZero.Vacuum => "vacuum level",
        EnergyZero.Core => "core level",
        EnergyZero.Semicore => "semicore level",
        _ => "file's zero",
    };

    private static string Data(Panel[] panels, ImmutableArray<Entry> entries)
    {
        var names = entries.Select(entry => entry.Column).Prepend("total").ToArray();
        var csv = new Csv(["system", "energy_ev", .. names.SelectMany(name => new[] { $"{name}_up_states_per_ev", $"{name}_down_states_per_ev" })]);
        foreach (var panel in panels)
        {
            DosCurve?[] curves = [panel.Total, .. panel.Curves];
            for (var i = 0; i < panel.Total.EnergiesEv.Length; i++)
            {
                var at = i;
                csv.Row([panel.Name, panel.Total.EnergiesEv[i], .. curves.SelectMany(curve => new object?[] { curve?.Density[0][at], curve is { Density.Length: > 1 } ? curve.Density[1][at] : null })]);
            }
        }
        return csv.ToString();
    }
}
