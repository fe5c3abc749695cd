using System.Globalization;
using System.Text;
using DftFlow.Analysis.Charge;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// A slice as a map: filled colours, contour lines, a colour bar, and the atoms near the plane. 1 Å is 1 Å in both directions. An ELF
/// always goes from 0 to 1; what has signs goes from blue through white to red, with zero in the middle.
/// </summary>
public sealed class SliceDrawing
{
    private const float Left = 36, BarGap = 8, BarWidth = 9, Top = 17, AxisHeight = 34, MostHeight = 330;

    // A report's table beyond would be of hundreds of megabytes; `analyze slice` writes all of it.
    private const int MostRows = 1000;

    // Contours of a very fine slice are no smoother.
    private const int MostContourPoints = 500;

    // Labels with numbers beyond so many atoms would cover the map.
    private const int MostNumbered = 24, MostLabels = 120;

    // Capitals and figures.
    private const float LabelHeight = 7;

    private static readonly IColormap Sequential = new ScottPlot.Colormaps.Viridis(), Diverging = new ScottPlot.Colormaps.Balance();

    private readonly GridSlice slice;
    private readonly ColorScale scale;
    private readonly Figure figure;

    /// <param name="name">What is shown, as in <c>ELF, mean of both spins</c>.</param>
    /// <param name="unit">Empty for a number without unit.</param>
    /// <param name="range">The values at the ends of the colours; null chooses them: 0 and 1 for an ELF, else so that 2 % of the points at most lie beyond, of a density or potential 5 %.</param>
    /// <exception cref="DftFlowException">DF3233: the range is none.</exception>
    public SliceDrawing(GridSlice slice, string name, string unit, (double Min, double Max)? range = null)
    {
        this.slice = slice;
        scale = ColorScale.Of(slice, range);
        var most = Figure.Width - Left - BarGap - BarWidth - BarLabel - 4;
        var perA = (float)Math.Min(most / slice.Plane.WidthA, MostHeight / slice.Plane.HeightA);
        var (width, height) = (perA * (float)slice.Plane.WidthA, perA * (float)slice.Plane.HeightA);
        var frame = SKRect.Create(Left + (most - width) / 2, Top, width, height);
        var label = unit.Length == 0 ? name : $"{name} ({unit})";
        figure = new Figure("", "slice", $"{name}, {slice.Plane.Description}", "", Top + height + AxisHeight, canvas => Draw(canvas, frame, perA, label), "");
    }

    /// <summary>The values at the ends of the colours.</summary>
    public (double Min, double Max) Range => (scale.Min, scale.Max);

    /// <summary>How much of the slice lies beyond the colours' ends, from 0 to 1.</summary>
    public double ClippedPart => (double)slice.Values.Count(value => value < scale.Min || value > scale.Max) / slice.Values.Length;

    /// <summary>The SVG, ready for a file or a page.</summary>
    /// <param name="idPrefix">Keeps the ids of several figures of one page apart.</param>
    public string Svg(string idPrefix = "") => figure.Svg(idPrefix);

    /// <summary>At 300 dots an inch.</summary>
    public byte[] Png() => figure.Png();

    /// <summary>The same for a report.</summary>
    internal Figure As(string analysisId, string name, RichText caption) =>
        figure with { AnalysisId = analysisId, Name = name, Caption = caption, Data = Encoding.UTF8.GetString(Csv(slice, MostRows)) };

    /// <summary>Each point: to the right and upwards in Å, and the value.</summary>
    /// <param name="mostOfASide">Takes every second, third, … point where a side has more.</param>
    public static byte[] Csv(GridSlice slice, int mostOfASide = int.MaxValue)
    {
        var stride = (Math.Max(slice.Columns, slice.Rows) - 1) / mostOfASide + 1;
        using var stream = new MemoryStream();
        using (var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true))
        {
            text.Write("x_a,y_a,value\n");
            for (var row = 0; row < slice.Rows; row += stride)
                for (var column = 0; column < slice.Columns; column += stride)
                    text.Write(string.Create(CultureInfo.InvariantCulture, $"{column * slice.StepXA:0.######},{row * slice.StepYA:0.######},{slice[column, row]:R}\n"));
        }
        return stream.ToArray();
    }

    private void Draw(FigureCanvas canvas, SKRect frame, float perA, string label)
    {
        using (var map = Map(frame)) canvas.Picture(map, frame);
        canvas.Within(frame, () =>
        {
            Contours(canvas, frame);
            Bonds(canvas, frame, perA);
            Atoms(canvas, frame, perA);
        });
        Labels(canvas, frame, perA);
        using (var plot = FigureCanvas.NewPlot(new CoordinateRect(0, slice.Plane.WidthA, 0, slice.Plane.HeightA)))
        {
            if (plot.Axes.Left.TickGenerator is ScottPlot.TickGenerators.NumericAutomatic ticks) ticks.MinimumTickSpacing = 30;
            canvas.Draw(plot, frame);
        }
        var title = slice.Plane.Description is ['(' or 't', ..] ? $"Plane {slice.Plane.Description}" : char.ToUpperInvariant(slice.Plane.Description[0]) + slice.Plane.Description[1..];
        title = title.Replace('-', '−');
        canvas.Text(title, Math.Min(frame.Left, Figure.Width - FigureCanvas.Measure(title) - 2), frame.Top - 6, Anchor.Left, FigureCanvas.Ink);
        canvas.Text("x (Å)", frame.MidX, frame.Bottom + 29, Anchor.Centre, FigureCanvas.Ink, FigureCanvas.Normal);
        canvas.TextUpwards("y (Å)", frame.Left - 25, frame.MidY, FigureCanvas.Ink);
        Bar(canvas, SKRect.Create(frame.Right + BarGap, frame.Top, BarWidth, frame.Height), label);
    }

    // The baseline of the bar's label, beyond the numbers.
    private float BarLabel => 19 + scale.Ticks.Select(tick => FigureCanvas.Measure(Numbers.Tick(tick))).DefaultIfEmpty(0).Max();

    // The colours of the map, a pixel for each dot of print.
    private SKBitmap Map(SKRect frame)
    {
        const float dots = Figure.Dpi / 96f;
        int width = Math.Max(1, (int)MathF.Round(frame.Width * dots)), height = Math.Max(1, (int)MathF.Round(frame.Height * dots));
        var colors = Enumerable.Range(0, 1024).Select(i => Color(i / 1023.0).ToSKColor()).ToArray();
        var pixels = new SKColor[width * height];
        for (var y = 0; y < height; y++)
        {
            var (row, above, upwards) = Between((height - 0.5 - y) / height, slice.Rows);
            for (var x = 0; x < width; x++)
            {
                var (column, right, across) = Between((x + 0.5) / width, slice.Columns);
                var below = slice[column, row] + (slice[right, row] - slice[column, row]) * across;
                var value = below + (slice[column, above] + (slice[right, above] - slice[column, above]) * across - below) * upwards;
                pixels[y * width + x] = colors[(int)Math.Round(scale.Part(value) * 1023)];
            }
        }
        return new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque) { Pixels = pixels };

        static (int Low, int High, double Part) Between(double part, int points)
        {
            var at = part * (points - 1);
            var low = Math.Min((int)at, points - 2);
            return (low, low + 1, at - low);
        }
    }

    private void Contours(FigureCanvas canvas, SKRect frame)
    {
        var stride = Math.Max(1, Math.Max(slice.Columns, slice.Rows) / MostContourPoints);
        int columns = (slice.Columns - 1) / stride + 1, rows = (slice.Rows - 1) / stride + 1;
        var (stepX, stepY) = (frame.Width * stride / (slice.Columns - 1), frame.Height * stride / (slice.Rows - 1));
        foreach (var level in scale.Levels)
        {
            // Dark on light colours, light on dark ones; of what has signs, dashes below zero.
            var dark = scale.Signed || scale.Part(level) > 0.55;
            foreach (var line in ContourLines.Of(columns, rows, (i, j) => slice[i * stride, j * stride], level))
                canvas.Curve([.. line.Select(point => new SKPoint(Short(frame.Left + point.X * stepX), Short(frame.Bottom - point.Y * stepY)))],
                    (dark ? FigureCanvas.Ink : Colors.White).WithAlpha(dark ? 0.55 : 0.6), 0.5f, scale.Signed && level < 0 ? LinePattern.DenselyDashed : null);
        }

        // A hundredth of a pixel is finer than print, and keeps the SVG small.
        static float Short(float place) => MathF.Round(place, 2);
    }

    private void Bonds(FigureCanvas canvas, SKRect frame, float perA)
    {
        foreach (var (first, second) in slice.Bonds)
        {
            SKPoint from = Place(slice.Atoms[first], frame, perA), to = Place(slice.Atoms[second], frame, perA);
            canvas.Curve([from, to], FigureCanvas.Ink.WithAlpha(0.25), 2.6f);
            canvas.Curve([from, to], Colors.White.WithAlpha(0.45), 1.4f);
        }
    }

    private void Atoms(FigureCanvas canvas, SKRect frame, float perA)
    {
        foreach (var atom in slice.Atoms)
        {
            var place = Place(atom, frame, perA);
            canvas.Disc(place.X, place.Y, Radius(atom, perA), atom.Element is { } element ? ElementColors.OfSphere(element) : FigureCanvas.Grey);
        }
    }

    private void Labels(FigureCanvas canvas, SKRect frame, float perA)
    {
        if (slice.Atoms.Length > MostLabels) return;
        var numbered = slice.Atoms.Length <= MostNumbered;
        var taken = new List<SKRect>();
        foreach (var atom in slice.Atoms)
        {
            var text = $"{atom.Element?.Symbol ?? "X"}{(numbered ? (atom.Site + 1).ToString(CultureInfo.InvariantCulture) : "")}";
            var place = Place(atom, frame, perA);
            var away = Radius(atom, perA) + 2.5f;
            var width = FigureCanvas.Measure(text);
            // Inside the frame, on the first side of the atom where no other label is; else without one: its colour tells the element.
            var boxes = from up in (bool[])[true, false] from right in (bool[])[true, false]
                        select SKRect.Create(right ? place.X + away : place.X - away - width, up ? place.Y - away - 4 : place.Y + away - 1, width, LabelHeight);
            if (boxes.FirstOrDefault(box => frame.Contains(box) && !taken.Any(other => other.IntersectsWith(box))) is not { IsEmpty: false } free) continue;
            taken.Add(free);
            canvas.TextWithRim(text, free.Left, free.Bottom, FigureCanvas.Ink);
        }
    }

    private void Bar(FigureCanvas canvas, SKRect bar, string label)
    {
        using var colors = new SKBitmap(1, 256, SKColorType.Rgba8888, SKAlphaType.Opaque);
        for (var y = 0; y < 256; y++) colors.SetPixel(0, y, Color((255 - y) / 255.0).ToSKColor());
        canvas.Picture(colors, bar);
        canvas.Frame(bar);
        foreach (var tick in scale.Ticks)
        {
            var y = bar.Bottom - (float)scale.Part(tick) * bar.Height;
            canvas.Line(bar.Right, y, bar.Right + 3, y, FigureCanvas.Ink, 0.75f, LinePattern.Solid);
            canvas.Text(Numbers.Tick(tick), bar.Right + 5, y + 3.2f, Anchor.Left, FigureCanvas.Ink);
        }
        canvas.TextUpwards(label, bar.Right + BarLabel, bar.MidY, FigureCanvas.Ink, Math.Min(FigureCanvas.Normal, FigureCanvas.Normal * (bar.Height + Top + AxisHeight - 4) / FigureCanvas.Measure(label, FigureCanvas.Normal)));
    }

    private Color Color(double part) => (scale.Signed ? Diverging : Sequential).GetColor(part);

    private static SKPoint Place(SliceAtom atom, SKRect frame, float perA) => new(frame.Left + (float)atom.XA * perA, frame.Bottom - (float)atom.YA * perA);

    // Small beside the map, but of different sizes, as in pictures of structures.
    private static float Radius(SliceAtom atom, float perA) => Math.Clamp(0.18f * perA * (float)(atom.Element?.CovalentRadiusA ?? 1), 1.8f, 6);
}
