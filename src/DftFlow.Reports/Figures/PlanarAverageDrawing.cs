using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>A charge-density difference averaged over planes, with its integral below, and above it where the atoms are.</summary>
public sealed class PlanarAverageDrawing
{
    // Room for the label of the axis and for the mark beside a number.
    private const float LeastLeft = 46, BesideTicks = 24;

    private const float Right = 8, PanelHeight = 120, IntegralHeight = 74, Gap = 7, RowHeight = 11, AxisHeight = 34, Top = 4;
    private const double AtEndA = 0.05;
    private const int MostRows = 8;

    private readonly Figure figure;

    /// <param name="average">Of Δρ.</param>
    /// <param name="fromA">The height that the integral is counted from.</param>
    /// <param name="macroscopicA">The length that the curve is averaged over besides; null for none.</param>
    /// <param name="magnetization">Of the difference of moments; null without spin. It is in the table only.</param>
    /// <param name="structure">Null where elements are unknown: no atoms are drawn.</param>
    /// <param name="axis">0, 1 or 2.</param>
    public PlanarAverageDrawing(PlanarAverage average, double fromA, double? macroscopicA, PlanarAverage? magnetization, Structure? structure, int axis)
    {
        var heights = average.HeightsA;
        var integral = average.IntegralFrom(fromA);
        var macroscopic = macroscopicA is { } length ? average.Macroscopic(length) : (ImmutableArray<double>?)null;
        var rows = structure?.Elements.Take(MostRows).ToArray() ?? [];
        var top = Top + rows.Length * RowHeight + (rows.Length > 0 ? 3 : 0);
        var height = top + PanelHeight + Gap + IntegralHeight + AxisHeight;
        figure = new Figure("", "planar-average", "Charge-density difference averaged over planes", "", height, canvas =>
        {
            using var curve = Panel(heights, [.. average.PerA, average.PerA[0]], average.PeriodA, filled: true, macroscopic, last: false);
            using var sum = Panel(heights, [.. integral, integral[0] + average.Integral], average.PeriodA, filled: false, null, last: true);
            var left = Math.Max(LeastLeft, BesideTicks + Math.Max(FigureCanvas.TickWidth(curve, PanelHeight), FigureCanvas.TickWidth(sum, IntegralHeight)));
            var upper = SKRect.Create(left, top, Figure.Width - left - Right, PanelHeight);
            var lower = SKRect.Create(left, upper.Bottom + Gap, upper.Width, IntegralHeight);
            Atoms(canvas, structure, rows, axis, average.PeriodA, upper, lower.Bottom);
            canvas.Draw(curve, upper);
            canvas.Draw(sum, lower);
            canvas.TextUpwards("Δρ (e/Å)", 10, upper.MidY, FigureCanvas.Ink);
            canvas.TextUpwards("∫Δρ dz (e)", 10, lower.MidY, FigureCanvas.Ink);
            canvas.Text($"Height along {"abc"[axis]}, normal to the planes (Å)", lower.MidX, lower.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
        }, "");
        Csv = Table(heights, average.PerA, integral, macroscopic, magnetization?.PerA);
    }

    /// <summary>What is drawn, and besides it the moment.</summary>
    public string Csv { get; }

    /// <summary>The SVG, ready for a file or a page.</summary>
    /// <param name="idPrefix">Keeps the ids of several figures of one page apart.</param>
    public string Svg(string idPrefix = "") => figure.Svg(idPrefix);

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name, RichText caption) => figure with { AnalysisId = analysisId, Name = name, Caption = caption, Data = Csv };

    /// <param name="values">One more than there are heights: the last is that at the cell's end.</param>
    private static Plot Panel(ImmutableArray<double> heights, ImmutableArray<double> values, double periodA, bool filled, ImmutableArray<double>? smooth, bool last)
    {
        double low = Math.Min(0, values.Min()), high = Math.Max(0, values.Max());
        var room = Math.Max((high - low) * 0.06, 1e-9);
        var plot = FigureCanvas.NewPlot(new CoordinateRect(0, periodA, low - room, high + room));
        if (!last) plot.Axes.Bottom.TickLabelStyle.IsVisible = false;
        double[] x = [.. heights, periodA];
        if (filled)
        {
            // As in the maps: red is more, blue is less; they meet where the straight line between two points crosses zero.
            var crossed = WithZeros(x, values);
            double[] places = [.. crossed.Select(point => point.X)];
            Fill(FigureCanvas.Vermilion, value => Math.Max(value, 0));
            Fill(FigureCanvas.Blue, value => Math.Min(value, 0));

            void Fill(Color color, Func<double, double> side)
            {
                var line = plot.Add.ScatterLine(places, crossed.Select(point => side(point.Y)).ToArray(), color);
                (line.LineWidth, line.FillY, line.FillYColor) = (1, true, color.WithAlpha(0.3));
            }
        }
        else Line([.. values], FigureCanvas.Ink, 1.2f, LinePattern.Solid);
        if (smooth is { } mean) Line([.. mean, mean[0]], FigureCanvas.Ink, 1.2f, LinePattern.DenselyDashed);
        var zero = plot.Add.HorizontalLine(0);
        (zero.LineColor, zero.LineWidth) = (FigureCanvas.Ink, 0.6f);
        return plot;

        void Line(double[] along, Color color, float width, LinePattern pattern)
        {
            var line = plot.Add.ScatterLine(x, along, color);
            (line.LineWidth, line.LinePattern) = (width, pattern);
        }
    }

    /// <summary>The points of a curve, and where straight lines between them cross zero.</summary>
    internal static List<(double X, double Y)> WithZeros(double[] x, ImmutableArray<double> y)
    {
        var points = new List<(double, double)> { (x[0], y[0]) };
        for (var i = 1; i < x.Length; i++)
        {
            if (y[i - 1] * y[i] < 0) points.Add((x[i - 1] + (x[i] - x[i - 1]) * y[i - 1] / (y[i - 1] - y[i]), 0));
            points.Add((x[i], y[i]));
        }
        return points;
    }

    // A row of discs for each element, and a faint line down from each height.
    private static void Atoms(FigureCanvas canvas, Structure? structure, Element[] rows, int axis, double periodA, SKRect frame, float bottom)
    {
        if (structure is null) return;
        var drawn = new HashSet<int>();
        foreach (var (row, element) in rows.Index())
        {
            var y = Top + row * RowHeight + RowHeight / 2;
            canvas.Text(element.Symbol, frame.Left - 8, y + 3, Anchor.Right, FigureCanvas.Ink);
            // Those at the cell's one end are at its other one too.
            var parts = structure.Sites.Where(site => site.Element == element).Select(site => site.Fractional[axis] - Math.Floor(site.Fractional[axis]));
            foreach (var part in parts.SelectMany(part => part * periodA < AtEndA ? [part, part + 1] : (1 - part) * periodA < AtEndA ? (double[])[part - 1, part] : [part]).Order())
            {
                var x = frame.Left + (float)Math.Clamp(part, 0, 1) * frame.Width;
                if (drawn.Add((int)(x * 2))) canvas.Line(x, frame.Top, x, bottom, FigureCanvas.Grey.WithAlpha(0.22), 0.6f, LinePattern.Solid);
                canvas.Disc(x, y, 2.8f, ElementColors.OfSphere(element));
            }
        }
    }

    private static string Table(ImmutableArray<double> heights, ImmutableArray<double> perA, ImmutableArray<double> integral, ImmutableArray<double>? macroscopic, ImmutableArray<double>? moment)
    {
        var csv = new Csv([.. (string[])["z_a", "delta_e_per_a", "integral_e"], .. macroscopic is null ? [] : (string[])["macroscopic_e_per_a"], .. moment is null ? [] : (string[])["delta_mub_per_a"]]);
        for (var i = 0; i < heights.Length; i++)
            csv.Row([heights[i], perA[i], integral[i], .. macroscopic is { } mean ? [mean[i]] : (object?[])[], .. moment is { } spin ? [spin[i]] : (object?[])[]]);
        return csv.ToString();
    }
}
