using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

internal enum Anchor
{
    Left,
    Centre,
    Right,
}

/// <summary>What figures are drawn on, in CSS pixels: plots, and text with subscripts beside them.</summary>
internal sealed partial class FigureCanvas(SKCanvas canvas)
{
    public const float Small = 9.33f;   // 7 pt
    public const float Normal = 10.67f; // 8 pt

    public static readonly Color Ink = Color.FromHex("1A1A1A");
    public static readonly Color Grey = Color.FromHex("6B6B6B");

    // Two hues of Okabe and Ito's palette, told apart with every kind of colour vision.
    public static readonly Color Blue = Color.FromHex("0072B2");
    public static readonly Color Vermilion = Color.FromHex("D55E00");

    /// <summary>Curves of one figure: Okabe and Ito's palette without its yellow, which white paper swallows.</summary>
    /// <remarks>M. Okabe and K. Ito, Color Universal Design (2008).</remarks>
    public static readonly Color[] Curves = [Blue, Vermilion, Color.FromHex("009E73"), Color.FromHex("CC79A7"), Color.FromHex("E69F00"), Color.FromHex("56B4E9")];

    /// <summary>A plot in our style: a thin frame, ticks outside at the left and the bottom, no grid.</summary>
    public static Plot NewPlot(CoordinateRect limits, Func<double, string>? yTick = null)
    {
        _ = FigureFont.Typeface;
        var plot = new Plot();
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        // Several plots share a canvas.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.HideGrid();
        plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = true;
        plot.Axes.FrameColor(Ink);
        plot.Axes.FrameWidth(0.75f);
        plot.Axes.SetLimits(limits.Left, limits.Right, limits.Bottom, limits.Top);
        Style(plot.Axes.Bottom, Numbers.Tick, 36);
        Style(plot.Axes.Left, yTick ?? Numbers.Tick, 16);
        plot.Axes.Left.MinorTickStyle.Length = 0;
        return plot;

        static void Style(IAxis axis, Func<double, string> label, float spacing)
        {
            axis.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = label, MinimumTickSpacing = spacing };
            axis.TickLabelStyle.FontName = FigureFont.Name;
            axis.TickLabelStyle.FontSize = Small;
            axis.TickLabelStyle.ForeColor = Ink;
            axis.MajorTickStyle.Length = 3.5f;
            axis.MajorTickStyle.Width = 0.75f;
            axis.MajorTickStyle.Color = Ink;
            axis.MinorTickStyle.Length = 2;
            axis.MinorTickStyle.Width = 0.5f;
            axis.MinorTickStyle.Color = Ink;
        }
    }

    public void Paper(float width, float height)
    {
        using var paint = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(0, 0, width, height, paint);
    }

    /// <summary>Draws a plot whose frame is the given rectangle; tick labels stand outside it.</summary>
    public void Draw(Plot plot, SKRect frame)
    {
        const float margin = 40;
        plot.Layout.Fixed(new PixelPadding(margin, margin, margin, margin));
        plot.Render(canvas, new PixelRect(frame.Left - margin, frame.Right + margin, frame.Bottom + margin, frame.Top - margin));
    }

    /// <summary>Where the frame of a plot begins, so that its numbers stand clear of the title that is read from below.</summary>
    public static float LeftOf(CoordinateRect limits, float height, float least)
    {
        using var plot = NewPlot(limits);
        return Math.Max(least, 25 + TickWidth(plot, height));
    }

    /// <summary>How wide the numbers at a plot's left will be.</summary>
    public static float TickWidth(Plot plot, float height)
    {
        var (axis, limits) = (plot.Axes.Left, plot.Axes.GetLimits());
        using var paint = Paint.NewDisposablePaint();
        axis.TickGenerator.Regenerate(new(limits.Bottom, limits.Top), axis.Edge, new(height), paint, axis.TickLabelStyle);
        return axis.TickGenerator.Ticks.Where(tick => tick.IsMajor).Select(tick => Measure(tick.Label)).DefaultIfEmpty(0).Max();
    }

    /// <summary>Text at its baseline.</summary>
    public void Text(RichText text, float x, float y, Anchor anchor, Color color, float size = Small)
    {
        x -= anchor switch { Anchor.Left => 0, Anchor.Centre => Measure(text, size) / 2, _ => Measure(text, size) };
        using var paint = new SKPaint { Color = color.ToSKColor(), IsAntialias = true };
        foreach (var (run, script) in text.Runs)
        {
            using var font = FontOf(size, script);
            canvas.DrawText(run, x, y + Lowered(script, size), SKTextAlign.Left, font, paint);
            x += font.MeasureText(run);
        }
    }

    /// <summary>Text that is read from below, about its middle.</summary>
    public void TextUpwards(RichText text, float x, float y, Color color, float size = Normal) => TextTurned(text, x, y, -90, Anchor.Centre, color, size);

    /// <summary>Text turned clockwise about the place of its anchor.</summary>
    public void TextTurned(RichText text, float x, float y, float degrees, Anchor anchor, Color color, float size = Small)
    {
        canvas.Save();
        canvas.Translate(x, y);
        canvas.RotateDegrees(degrees);
        Text(text, 0, 0, anchor, color, size);
        canvas.Restore();
    }

    public static float Measure(RichText text, float size = Small)
    {
        var width = 0f;
        foreach (var (run, script) in text.Runs)
        {
            using var font = FontOf(size, script);
            width += font.MeasureText(run);
        }
        return width;
    }

    public void Line(float x1, float y1, float x2, float y2, Color color, float width, LinePattern pattern)
    {
        using var paint = new SKPaint { Color = color.ToSKColor(), IsAntialias = true, StrokeWidth = width, Style = SKPaintStyle.Stroke };
        using var dashes = pattern.GetPathEffect();
        paint.PathEffect = dashes;
        canvas.DrawLine(x1, y1, x2, y2, paint);
    }

    // Downwards, from the baseline.
    private static float Lowered(Script script, float size) => script switch { Script.Sub => 0.22f * size, Script.Super => -0.36f * size, _ => 0 };

    private static SKFont FontOf(float size, Script script) => new(FigureFont.Typeface, script == Script.Normal ? size : 0.72f * size) { Subpixel = true, Hinting = SKFontHinting.None };
}
