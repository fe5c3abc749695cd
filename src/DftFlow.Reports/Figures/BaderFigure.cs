using DftFlow.Crystals;
using DftFlow.Engine;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>The Bader charge of every atom, a column for each group of them, members beside each other in it.</summary>
internal static class BaderFigure
{
    private const float Left = 40, Right = 8, Top = 8, FrameHeight = 150, LineHeight = 12, AxisHeight = 22;
    private const int MostMembers = 5;

    // Told apart by form as well as by place.
    private static readonly MarkerShape[] Shapes = [MarkerShape.OpenCircle, MarkerShape.FilledDiamond, MarkerShape.OpenSquare, MarkerShape.FilledTriangleUp, MarkerShape.Cross];

    public static IEnumerable<Figure> Draw(string analysisId, BaderDetails details)
    {
        foreach (var (part, members) in details.Members.Where(member => member.Value.Charges.Atoms.All(atom => atom.ChargeE is not null)).Chunk(MostMembers).Index())
            yield return Compose(analysisId, part == 0 ? $"{analysisId}.charges" : FormattableString.Invariant($"{analysisId}.charges.{part + 1}"), members);
    }

    private static Figure Compose(string analysisId, string name, Labelled<BaderMember>[] members)
    {
        string[] groups = [.. members.SelectMany(member => member.Value.Groups).Select(group => group.Name).Distinct()];
        var legend = members.Length > 1;
        var csv = new Csv("member", "atoms", "index", "element", "charge_e");
        var points = new List<(int Member, double X, double Charge, Element? Element)>();
        foreach (var (m, member) in members.Index())
            foreach (var group in member.Value.Groups)
                foreach (var (i, site) in group.Sites.Index())
                {
                    var atom = member.Value.Charges.Atoms[site];
                    csv.Row(Name(member), group.Name, site + 1, atom.Element?.Symbol, atom.ChargeE);
                    // Spread over the member's part of the column, so that equal ones are seen.
                    var within = (m + 0.15 + 0.7 * (group.Sites.Length == 1 ? 0.5 : i / (group.Sites.Length - 1.0))) / members.Length;
                    points.Add((m, Array.IndexOf(groups, group.Name) + 0.08 + 0.84 * within, atom.ChargeE!.Value, atom.Element));
                }
        double low = Math.Min(0, points.Min(point => point.Charge)), high = Math.Max(0, points.Max(point => point.Charge));
        var room = 0.08 * Math.Max(high - low, 0.1);
        var top = Top + (legend ? members.Length * LineHeight : 0);
        var column = (Figure.Width - Left - Right) / groups.Length;
        // Names that are wider than their columns stand in two rows by turns, as small as they have to be.
        var rows = groups.All(group => FigureCanvas.Measure(group, FigureCanvas.Normal) < column - 3) ? 1 : 2;
        return new Figure(analysisId, name, $"Bader charges of the atoms of {string.Join(", ", members.Select(Name).Where(text => text.Length > 0).DefaultIfEmpty(analysisId))}",
            "Bader charges: each mark is an atom, positive where it has given electrons away." + (legend ? " Marks differ by model." : ""), top + FrameHeight + AxisHeight + (rows - 1) * LineHeight, canvas =>
        {
            var frame = SKRect.Create(Left, top, Figure.Width - Left - Right, FrameHeight);
            using var plot = FigureCanvas.NewPlot(new CoordinateRect(0, groups.Length, low - room, high + room));
            plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual();
            plot.Add.HorizontalLine(0, 0.6f, FigureCanvas.Grey, LinePattern.Solid);
            for (var i = 1; i < groups.Length; i++) plot.Add.VerticalLine(i, 0.4f, FigureCanvas.Grey, LinePattern.Dotted);
            foreach (var (member, x, charge, element) in points) plot.Add.Marker(x, charge, Shapes[member], 5, element is null ? FigureCanvas.Grey : ElementColors.Of(element));
            canvas.Draw(plot, frame);
            foreach (var (i, group) in groups.Index())
            {
                var size = Math.Min(rows == 1 ? FigureCanvas.Normal : FigureCanvas.Small, FigureCanvas.Normal * (rows * column - 3) / FigureCanvas.Measure(group, FigureCanvas.Normal));
                canvas.Text(group, frame.Left + (i + 0.5f) * column, frame.Bottom + 14 + i % rows * LineHeight, Anchor.Centre, FigureCanvas.Ink, size);
            }
            canvas.TextUpwards("Bader charge (e)", 10, frame.MidY, FigureCanvas.Ink);
            if (!legend) return;
            foreach (var (m, member) in members.Index())
            {
                var y = Top + m * LineHeight;
                using var key = FigureCanvas.NewPlot(new CoordinateRect(0, 1, 0, 1));
                key.HideAxesAndGrid();
                key.Add.Marker(0.5, 0.5, Shapes[m], 5, FigureCanvas.Ink);
                canvas.Draw(key, SKRect.Create(frame.Left, y, 10, 10));
                canvas.Text(Name(member), frame.Left + 14, y + 8, Anchor.Left, FigureCanvas.Ink);
            }
        }, csv.ToString());
    }

    private static string Name(Labelled<BaderMember> member) => string.Join(" · ", member.Labels.Select(label => label.Value));
}
