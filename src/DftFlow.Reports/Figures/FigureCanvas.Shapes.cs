using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Pictures, curves and marks, in CSS pixels.</summary>
internal sealed partial class FigureCanvas
{
    /// <summary>A picture that fills a rectangle.</summary>
    public void Picture(SKBitmap bitmap, SKRect into)
    {
        using var image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, into, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.None));
    }

    /// <summary>Draws what lies within a rectangle.</summary>
    public void Within(SKRect frame, Action draw)
    {
        canvas.Save();
        canvas.ClipRect(frame);
        draw();
        canvas.Restore();
    }

    /// <summary>A line from point to point.</summary>
    public void Curve(ReadOnlySpan<SKPoint> points, Color color, float width, LinePattern? pattern = null)
    {
        using var path = PathOf(points, closed: false);
        using var paint = new SKPaint { Color = color.ToSKColor(), IsAntialias = true, StrokeWidth = width, Style = SKPaintStyle.Stroke, StrokeJoin = SKStrokeJoin.Round };
        using var dashes = pattern?.GetPathEffect();
        paint.PathEffect = dashes;
        canvas.DrawPath(path, paint);
    }

    public void Area(ReadOnlySpan<SKPoint> corners, Color color)
    {
        using var path = PathOf(corners, closed: true);
        using var paint = new SKPaint { Color = color.ToSKColor(), IsAntialias = true };
        canvas.DrawPath(path, paint);
    }

    public void Frame(SKRect frame)
    {
        using var paint = new SKPaint { Color = Ink.ToSKColor(), IsAntialias = true, StrokeWidth = 0.75f, Style = SKPaintStyle.Stroke };
        canvas.DrawRect(frame, paint);
    }

    /// <summary>A disc with a white rim within a dark one, seen on any ground.</summary>
    public void Disc(float x, float y, float radius, Color fill)
    {
        using var inner = new SKPaint { Color = fill.ToSKColor(), IsAntialias = true };
        using var white = new SKPaint { Color = SKColors.White, IsAntialias = true };
        using var dark = new SKPaint { Color = Ink.ToSKColor(), IsAntialias = true };
        canvas.DrawCircle(x, y, radius + 1.1f, dark);
        canvas.DrawCircle(x, y, radius + 0.7f, white);
        canvas.DrawCircle(x, y, radius, inner);
    }

    /// <summary>A disc with a rim of its own colour.</summary>
    public void Ring(float x, float y, float radius, Color fill, Color rim, float width)
    {
        using var inner = new SKPaint { Color = fill.ToSKColor(), IsAntialias = true };
        using var outer = new SKPaint { Color = rim.ToSKColor(), IsAntialias = true, StrokeWidth = width, Style = SKPaintStyle.Stroke };
        canvas.DrawCircle(x, y, radius, inner);
        canvas.DrawCircle(x, y, radius, outer);
    }

    /// <summary>Text with subscripts at its baseline with a white rim, legible on lines and on any ground.</summary>
    public void TextWithRim(RichText text, float x, float y, Color color, float size = Small)
    {
        using var rim = new SKPaint { Color = SKColors.White.WithAlpha(220), IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 2.2f, StrokeJoin = SKStrokeJoin.Round };
        // As outlines: viewers differ in how they draw the rim of letters.
        var at = x;
        foreach (var (run, script) in text.Runs)
        {
            using var font = FontOf(size, script);
            using var outline = font.GetTextPath(run, new SKPoint(at, y + Lowered(script, size)));
            canvas.DrawPath(outline, rim);
            at += font.MeasureText(run);
        }
        Text(text, x, y, Anchor.Left, color, size);
    }

    private static SKPath PathOf(ReadOnlySpan<SKPoint> points, bool closed)
    {
        var path = new SKPath();
        path.AddPoly(points.ToArray(), closed);
        return path;
    }
}
