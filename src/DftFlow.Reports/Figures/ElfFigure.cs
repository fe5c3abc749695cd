using DftFlow.Crystals;
using DftFlow.Engine;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>The ELF along the bonds of a pair of elements, a panel for each member: every bond a line, cores shaded.</summary>
internal static class ElfFigure
{
    private const float Left = 38, Right = 8, PanelHeight = 78, HeaderHeight = 15, Gap = 4, AxisHeight = 34;
    private const int MostPanels = 6;

    public static IEnumerable<Figure> Draw(string analysisId, ElfDetails details)
    {
        foreach (var pair in details.Pairs.GroupBy(pair => pair.Value.Pair))
            foreach (var (part, panels) in pair.Chunk(MostPanels).Index())
                yield return Compose(analysisId, part == 0 ? $"{analysisId}.{pair.Key}" : FormattableString.Invariant($"{analysisId}.{pair.Key}.{part + 1}"), pair.Key, panels);
    }

    private static Figure Compose(string analysisId, string name, string pair, Labelled<ElfPair>[] panels)
    {
        var csv = new Csv("member", "bond", "part_of_length", "elf", "in_core");
        foreach (var panel in panels)
            foreach (var (bond, profile) in panel.Value.Profiles.Index())
                foreach (var (part, elf, inCore) in profile) csv.Row(Name(panel), bond + 1, part, elf, inCore);
        var (first, second) = pair.Split('-') is [var a, var b] ? (a, b) : (pair, "");
        var color = Element.TryParse(first, out var element) ? ElementColors.Of(element) : FigureCanvas.Blue;
        var height = panels.Length * (HeaderHeight + PanelHeight + Gap) + AxisHeight;
        return new Figure(analysisId, name, $"ELF along {first}–{second} bonds", $"ELF along {first}–{second} bonds, each a line; what is shaded belongs to the atoms' cores and is left out of the numbers.", height, canvas =>
        {
            var top = 0f;
            foreach (var (index, panel) in panels.Index())
            {
                var frame = SKRect.Create(Left, top + HeaderHeight, Figure.Width - Left - Right, PanelHeight);
                var count = panel.Value.Profiles.Length;
                canvas.Text(string.Join(" · ", ((string[])[Name(panel), count == 1 ? "1 bond" : FormattableString.Invariant($"{count} bonds")]).Where(text => text.Length > 0)), frame.Left, frame.Top - 4, Anchor.Left, FigureCanvas.Ink);
                using var plot = FigureCanvas.NewPlot(new CoordinateRect(0, 1, 0, 1));
                if (index < panels.Length - 1) plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
                // Of the bond whose cores reach least far: what is shaded is shaded for all.
                Shade(plot, 0, panel.Value.Profiles.Min(profile => profile.TakeWhile(point => point.InCore).Select(point => point.Part).DefaultIfEmpty(0).Max()));
                Shade(plot, panel.Value.Profiles.Max(profile => profile.Reverse().TakeWhile(point => point.InCore).Select(point => point.Part).DefaultIfEmpty(1).Min()), 1);
                foreach (var profile in panel.Value.Profiles)
                {
                    var line = plot.Add.ScatterLine(profile.Select(point => point.Part).ToArray(), profile.Select(point => point.Elf).ToArray(), color.WithAlpha(count > 6 ? 0.5 : 0.9));
                    line.LineWidth = 0.9f;
                }
                canvas.Draw(plot, frame);
                top += HeaderHeight + PanelHeight + Gap;
            }
            var bottom = height - AxisHeight - Gap;
            canvas.Text(first, Left, bottom + 29, Anchor.Left, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.Text(second, Figure.Width - Right, bottom + 29, Anchor.Right, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.Text("Part of the bond's length", (Left + Figure.Width - Right) / 2, bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            canvas.TextUpwards("ELF", 10, bottom / 2, FigureCanvas.Ink);
        }, csv.ToString());

        static void Shade(Plot plot, double from, double to)
        {
            if (to <= from) return;
            var span = plot.Add.HorizontalSpan(from, to);
            span.FillColor = FigureCanvas.Grey.WithAlpha(0.15);
            span.LineWidth = 0;
        }
    }

    private static string Name(Labelled<ElfPair> panel) => string.Join(" · ", panel.Labels.Where(label => label.Key != "pair").Select(label => label.Value));
}
