using DftFlow.Analysis.Thermodynamics;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// A chemical potential diagram: the regions of the phases of one element over the chemical potentials of two others. Where nothing is
/// stable, because the others would deposit or react with each other, the paper is grey. One column of a journal wide.
/// </summary>
public sealed class ChemicalPotentialDrawing
{
    private const float Left = 46, Right = 10, Top = 8, FrameHeight = 230, AxisHeight = 36, LegendLine = 15, Tint = 0.22f;

    private static readonly Color Nothing = FigureCanvas.Grey.WithAlpha(0.25);

    private readonly Figure figure;

    public ChemicalPotentialDrawing(ChemicalPotentialRegions regions)
    {
        var limits = new CoordinateRect(regions.RangeXEv.From, regions.RangeXEv.To, regions.RangeYEv.From, regions.RangeYEv.To);
        var left = FigureCanvas.LeftOf(limits, FrameHeight, Left);
        var frame = SKRect.Create(left, Top, Figure.Width - left - Right, FrameHeight);
        var polygons = regions.Regions.Select(region => (region.Phase.Formula, Corners: region.Corners.Select(Point).ToArray())).OrderByDescending(region => Size(region.Corners)).ToArray();
        var places = new LabelPlaces(new SKRect(frame.Left + 1, frame.Top + 1, frame.Right - 1, frame.Bottom - 1));
        foreach (var (_, corners) in polygons)
            for (var i = 0; i < corners.Length; i++) places.Line(corners[i], corners[(i + 1) % corners.Length]);
        // Within its region if it fits there; else led to it.
        var outside = polygons.Where(region => !Inside(region.Corners).Any(place => places.PlaceAbout(region.Formula, place, box => Within(box, region.Corners)))).ToArray();
        // A second name within a named region would seem to be that one's.
        foreach (var (_, corners) in polygons.Except(outside))
            foreach (var point in Grid(corners)) places.BlockMark(point, 1);
        var colors = ColorsOf(polygons.Select(region => region.Corners).ToArray());
        var labels = new PhaseMarks(places, [.. outside.Select(region => new PhaseMark(region.Formula, Middle(region.Corners), 1.2f, true, false, 0))], 10);
        (Labels, Title) = (labels.Labels, $"Phases of {regions.Host} over the chemical potentials of {regions.X} and {regions.Y}");
        var condition = PhaseLegend.Condition(regions.FixedEv);
        var legendTop = frame.Bottom + AxisHeight;
        var keyTop = legendTop + LegendLine * (condition.Length > 0 ? 2 : 1);
        figure = new Figure("hull", "chemical-potentials", Title, Caption(regions), keyTop + labels.KeyHeight, canvas =>
        {
            canvas.Area([new(frame.Left, frame.Top), new(frame.Right, frame.Top), new(frame.Right, frame.Bottom), new(frame.Left, frame.Bottom)], Nothing);
            foreach (var (i, (_, corners)) in polygons.Index())
            {
                canvas.Area(corners, Colors.White);
                canvas.Area(corners, FigureCanvas.Curves[colors[i]].WithAlpha(Tint));
                canvas.Curve([.. corners, corners[0]], FigureCanvas.Ink, 0.7f);
            }
            using (var plot = FigureCanvas.NewPlot(limits)) canvas.Draw(plot, frame);
            foreach (var region in outside) canvas.Ring(Middle(region.Corners).X, Middle(region.Corners).Y, 1.2f, FigureCanvas.Ink, Colors.White, 0.4f);
            labels.Draw(canvas, keyTop);
            canvas.Text($"μ({regions.X}) − μ°({regions.X}) (eV)", frame.MidX, frame.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
            var sample = SKRect.Create(10, legendTop + 4, 12, 8);
            canvas.Area([new(sample.Left, sample.Top), new(sample.Right, sample.Top), new(sample.Right, sample.Bottom), new(sample.Left, sample.Bottom)], Nothing);
            canvas.Text("nothing stable: the reservoirs would react or deposit", sample.Right + 5, legendTop + 11, Anchor.Left, FigureCanvas.Ink);
            if (condition.Length > 0) canvas.Text(condition, sample.Left, legendTop + LegendLine + 11, Anchor.Left, FigureCanvas.Ink);
            canvas.TextUpwards($"μ({regions.Y}) − μ°({regions.Y}) (eV)", 10, frame.MidY, FigureCanvas.Ink);
        }, Data(regions));

        SKPoint Point((double XEv, double YEv) at) =>
            new(frame.Left + (float)((at.XEv - limits.Left) / (limits.Right - limits.Left)) * frame.Width, frame.Bottom - (float)((at.YEv - limits.Bottom) / (limits.Top - limits.Bottom)) * frame.Height);
    }

    /// <summary>What is seen, for those who do not see it.</summary>
    public string Title { get; }

    internal IReadOnlyList<LabelPlace> Labels { get; }

    /// <summary>The SVG, 85 mm wide.</summary>
    public string Svg() => figure.Svg("chemical-potentials");

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>The corners of each region.</summary>
    public string Csv() => figure.Data;

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name) => figure with { AnalysisId = analysisId, Name = name };

    private static float Cross(SKPoint a, SKPoint b) => a.X * b.Y - b.X * a.Y;

    private static float Size(SKPoint[] corners) => Math.Abs(corners.Select((corner, i) => Cross(corner, corners[(i + 1) % corners.Length])).Sum()) / 2;

    // The centroid of its area.
    private static SKPoint Middle(SKPoint[] corners)
    {
        // From the first corner on, which keeps small regions far from the origin exact.
        var (x, y, sum) = (0f, 0f, 0f);
        for (var i = 1; i + 1 < corners.Length; i++)
        {
            var (a, b) = (corners[i] - corners[0], corners[i + 1] - corners[0]);
            var part = Cross(a, b);
            (x, y, sum) = (x + part * (a.X + b.X) / 3, y + part * (a.Y + b.Y) / 3, sum + part);
        }
        return sum == 0 ? corners[0] : new(corners[0].X + x / sum, corners[0].Y + y / sum);
    }

    // The middle, then places between it and the corners.
    private static IEnumerable<SKPoint> Inside(SKPoint[] corners)
    {
        var middle = Middle(corners);
        return new[] { 0, 0.2f, 0.4f, 0.6f }.SelectMany(part => corners.Select(corner => new SKPoint(middle.X + part * (corner.X - middle.X), middle.Y + part * (corner.Y - middle.Y))));
    }

    private static IEnumerable<SKPoint> Grid(SKPoint[] corners)
    {
        const float step = 7;
        for (var x = corners.Min(corner => corner.X); x < corners.Max(corner => corner.X); x += step)
            for (var y = corners.Min(corner => corner.Y); y < corners.Max(corner => corner.Y); y += step)
                if (Within(new SKRect(x, y, x, y), corners)) yield return new(x, y);
    }

    /// <summary>Of each polygon a colour that none of its neighbours before it has, as far as there are so many.</summary>
    private static int[] ColorsOf(SKPoint[][] polygons)
    {
        var colors = new int[polygons.Length];
        for (var i = 0; i < polygons.Length; i++)
        {
            var taken = Enumerable.Range(0, i).Where(k => Touch(polygons[i], polygons[k]) || Touch(polygons[k], polygons[i])).Select(k => colors[k]).ToHashSet();
            colors[i] = Enumerable.Range(0, FigureCanvas.Curves.Length).FirstOrDefault(color => !taken.Contains(color), i % FigureCanvas.Curves.Length);
        }
        return colors;
    }

    // A corner of the one on an edge of the other, to half a pixel.
    private static bool Touch(SKPoint[] one, SKPoint[] other) => one.Any(corner => other.Select((from, i) => other[(i + 1) % other.Length] is var to
        && SKPoint.Distance(corner, from) + SKPoint.Distance(corner, to) < SKPoint.Distance(from, to) + 0.05f).Any(touches => touches));

    private static bool Within(SKRect box, SKPoint[] corners)
    {
        SKPoint[] points = [new(box.Left - 1, box.Top), new(box.Right + 1, box.Top), new(box.Right + 1, box.Bottom), new(box.Left - 1, box.Bottom)];
        return points.All(point => corners.Select((from, i) => Cross(corners[(i + 1) % corners.Length] - from, point - from)) is var sides && (sides.All(side => side >= 0) || sides.All(side => side <= 0)));
    }

    private static RichText Caption(ChemicalPotentialRegions regions)
    {
        var fixedAt = string.Concat(regions.FixedEv.OrderBy(pair => pair.Key).Select(pair => $", {pair.Key} at {Numbers.Show(pair.Value, "eV")} eV"));
        return $"The phase of {regions.Host} that is stable at each pair of chemical potentials (eV relative to the elements' references, 0 K{fixedAt}). Grey: nothing is stable, as {string.Join(", ", [regions.X, regions.Y, .. regions.FixedEv.Keys.Order()])} would react with each other or deposit.";
    }

    private static string Data(ChemicalPotentialRegions regions)
    {
        var csv = new Csv("phase", "entry_id", $"mu_{regions.X}_ev", $"mu_{regions.Y}_ev");
        foreach (var region in regions.Regions)
            foreach (var (x, y) in region.Corners) csv.Row(region.Phase.Formula, region.Phase.EntryId, x, y);
        return csv.ToString();
    }
}
