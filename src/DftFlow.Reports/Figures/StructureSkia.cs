using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Draws structures as pixels.</summary>
internal sealed class StructureSkia(SKCanvas canvas) : IStructureSurface, IDisposable
{
    private readonly FigureCanvas figure = new(canvas);
    private readonly Dictionary<SphereLook, SKPicture> spheres = [];

    public void Paper(float width, float height) => figure.Paper(width, height);

    public void Sphere(SphereLook look, float x, float y)
    {
        if (!spheres.TryGetValue(look, out var picture)) spheres[look] = picture = Record(look);
        canvas.DrawPicture(picture, x, y);
    }

    public void Stick(Tint tint, SKPoint from, SKPoint to, float radius, float roundness)
    {
        var along = to - from;
        if (along.Length == 0) return;
        var across = new SKPoint(-along.Y * radius / along.Length, along.X * radius / along.Length);
        var (light, middle, rim) = tint.Shades;
        using var shader = SKShader.CreateLinearGradient(new(0, -1), new(0, 1), [rim.ToSKColor(), middle.ToSKColor(), light.ToSKColor(), middle.ToSKColor(), rim.ToSKColor()], [.. IStructureSurface.StickStops], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader, IsAntialias = true };
        if (roundness > 0)
        {
            canvas.Save();
            canvas.Concat(new SKMatrix(along.X * radius * roundness / along.Length, across.X, from.X, along.Y * radius * roundness / along.Length, across.Y, from.Y, 0, 0, 1));
            canvas.DrawCircle(0, 0, 1, paint);
            canvas.Restore();
        }
        canvas.Save();
        canvas.Concat(new SKMatrix(along.X, across.X, from.X, along.Y, across.Y, from.Y, 0, 0, 1));
        canvas.DrawRect(0, -1, 1, 2, paint);
        canvas.Restore();
    }

    public void Lines(IEnumerable<(SKPoint From, SKPoint To)> lines, Color color, float width)
    {
        using var paint = Stroke(color, width);
        foreach (var (from, to) in lines) canvas.DrawLine(from, to, paint);
    }

    public void Polygon(Color color, params ReadOnlySpan<SKPoint> corners)
    {
        using var path = new SKPath();
        path.AddPoly(corners, close: true);
        using var paint = new SKPaint { Color = color.ToSKColor(), IsAntialias = true };
        canvas.DrawPath(path, paint);
    }

    public void Circle(float x, float y, float radius, Color line, Color fill)
    {
        using var paint = new SKPaint { Color = fill.ToSKColor(), IsAntialias = true };
        canvas.DrawCircle(x, y, radius, paint);
        using var stroke = Stroke(line, 0.9f);
        canvas.DrawCircle(x, y, radius, stroke);
    }

    public void Text(RichText text, float x, float y, Anchor anchor, Color color, float size) => figure.Text(text, x, y, anchor, color, size);

    public void Dispose()
    {
        foreach (var picture in spheres.Values) picture.Dispose();
    }

    private static SKPicture Record(SphereLook look)
    {
        using var recorder = new SKPictureRecorder();
        var sphere = recorder.BeginRecording(SKRect.Create(-2 * look.Radius, -2 * look.Radius, 4 * look.Radius, 4 * look.Radius));
        var (light, middle, rim) = look.Tint.Shades;
        using var shader = SKShader.CreateRadialGradient(new(IStructureSurface.LightX * look.Radius, IStructureSurface.LightY * look.Radius), IStructureSurface.LightReach * look.Radius,
            [light.ToSKColor(), middle.ToSKColor(), rim.ToSKColor()], [0, IStructureSurface.MiddleAt, 1], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader, IsAntialias = true };
        sphere.DrawCircle(0, 0, look.Radius, paint);
        using var hatch = Stroke(look.Tint.Outline, SphereLook.HatchWidth * look.Radius);
        foreach (var (x1, y1, x2, y2) in look.Hatching) sphere.DrawLine(x1 * look.Radius, y1 * look.Radius, x2 * look.Radius, y2 * look.Radius, hatch);
        using var outline = Stroke(look.Tint.Outline, 0.5f);
        sphere.DrawCircle(0, 0, look.Radius, outline);
        return recorder.EndRecording();
    }

    private static SKPaint Stroke(Color color, float width) => new() { Color = color.ToSKColor(), IsAntialias = true, StrokeWidth = width, Style = SKPaintStyle.Stroke, StrokeCap = SKStrokeCap.Round };
}
