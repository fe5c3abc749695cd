using System.Globalization;
using System.Net;
using System.Text;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>Draws structures as SVG: each kind of sphere is described once and used where it is, which keeps thousands of them small.</summary>
/// <param name="idPrefix">Keeps the ids of several figures of one page apart.</param>
internal sealed class StructureSvg(string idPrefix) : IStructureSurface
{
    private readonly StringBuilder definitions = new();
    private readonly StringBuilder body = new();
    private readonly Dictionary<object, string> ids = [];

    public string Document(string title, float width, float height)
    {
        const float mmPerPixel = 25.4f / 96;
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Number(width * mmPerPixel)}mm" height="{Number(height * mmPerPixel)}mm" viewBox="0 0 {Number(width)} {Number(height)}" role="img" aria-labelledby="{idPrefix}title" font-family="'{FigureFont.Name}', Arial, Arimo, Helvetica, 'Nimbus Sans', FreeSans, sans-serif">
            <title id="{idPrefix}title">{Escaped(title)}</title>
            <defs>
            {definitions}</defs>
            {body}</svg>

            """.ReplaceLineEndings("\n");
    }

    public void Paper(float width, float height) => Write($"""<rect width="{Number(width)}" height="{Number(height)}" fill="#FFFFFF"/>""");

    public void Sphere(SphereLook look, float x, float y) => Write($"""<use href="#{Defined(look, id => Define(look, id))}" x="{Number(x)}" y="{Number(y)}"/>""");

    public void Stick(Tint tint, SKPoint from, SKPoint to, float radius, float roundness)
    {
        var along = to - from;
        if (along.Length == 0) return;
        var across = new SKPoint(-along.Y * radius / along.Length, along.X * radius / along.Length);
        if (roundness > 0) Write(Use("end", "circle r=\"1\"", new(along.X * radius * roundness / along.Length, along.Y * radius * roundness / along.Length)));
        Write(Use("stick", "rect y=\"-1\" width=\"1\" height=\"2\"", along));

        string Use(string name, string shape, SKPoint x) =>
            $"""<use href="#{Defined((name, tint), id => $"<{shape} id=\"{id}\" fill=\"url(#{StickGradient(tint)})\"/>")}" transform="matrix({Number(x.X)} {Number(x.Y)} {Number(across.X)} {Number(across.Y)} {Number(from.X)} {Number(from.Y)})"/>""";
    }

    public void Lines(IEnumerable<(SKPoint From, SKPoint To)> lines, Color color, float width)
    {
        var path = string.Concat(lines.Select(line => $"M{Number(line.From.X)} {Number(line.From.Y)}L{Number(line.To.X)} {Number(line.To.Y)}"));
        if (path.Length > 0) Write($"""<path d="{path}" stroke="{Hex(color)}" stroke-width="{Number(width)}" stroke-linecap="round" fill="none"/>""");
    }

    public void Polygon(Color color, params ReadOnlySpan<SKPoint> corners)
    {
        var points = new StringBuilder();
        foreach (var corner in corners) points.Append(points.Length == 0 ? "" : " ").Append(Number(corner.X)).Append(',').Append(Number(corner.Y));
        Write($"""<polygon points="{points}" fill="{Hex(color)}"/>""");
    }

    public void Circle(float x, float y, float radius, Color line, Color fill) =>
        Write($"""<circle cx="{Number(x)}" cy="{Number(y)}" r="{Number(radius)}" fill="{Hex(fill)}" stroke="{Hex(line)}" stroke-width="0.9"/>""");

    public void Text(RichText text, float x, float y, Anchor anchor, Color color, float size) =>
        Write($"""<text x="{Number(x)}" y="{Number(y)}"{Anchored(anchor)} font-size="{Number(size)}" fill="{Hex(color)}">{Runs(text, size)}</text>""");

    private string Define(SphereLook look, string id)
    {
        var (light, middle, rim) = look.Tint.Shades;
        var radius = look.Radius;
        var gradient = Defined(("sphere gradient", look.Tint), name => $"""
            <radialGradient id="{name}" cx="{Number(0.5f + IStructureSurface.LightX / 2)}" cy="{Number(0.5f + IStructureSurface.LightY / 2)}" r="{Number(IStructureSurface.LightReach / 2)}"><stop offset="0" stop-color="{Hex(light)}"/><stop offset="{Number(IStructureSurface.MiddleAt)}" stop-color="{Hex(middle)}"/><stop offset="1" stop-color="{Hex(rim)}"/></radialGradient>
            """);
        var hatching = string.Concat(look.Hatching.Select(line => $"M{Number(line.X1 * radius)} {Number(line.Y1 * radius)}L{Number(line.X2 * radius)} {Number(line.Y2 * radius)}"));
        return $"""<g id="{id}"><circle r="{Number(radius)}" fill="url(#{gradient})" stroke="{Hex(look.Tint.Outline)}" stroke-width="0.5"/>"""
            + (hatching.Length == 0 ? "" : $"""<path d="{hatching}" stroke="{Hex(look.Tint.Outline)}" stroke-width="{Number(SphereLook.HatchWidth * radius)}" stroke-linecap="round"/>""")
            + "</g>";
    }

    private string StickGradient(Tint tint) => Defined(("stick gradient", tint), id =>
    {
        var (light, middle, rim) = tint.Shades;
        var stops = IStructureSurface.StickStops.ToArray().Zip([rim, middle, light, middle, rim], (offset, color) => $"""<stop offset="{Number(offset)}" stop-color="{Hex(color)}"/>""");
        return $"""<linearGradient id="{id}" x1="0" x2="0" y1="0" y2="1">{string.Concat(stops)}</linearGradient>""";
    });

    /// <summary>The id of what is defined once for all its uses.</summary>
    private string Defined(object key, Func<string, string> define)
    {
        if (ids.TryGetValue(key, out var known)) return known;
        var id = ids[key] = string.Create(CultureInfo.InvariantCulture, $"{idPrefix}{ids.Count}");
        var definition = define(id);
        definitions.Append(definition).Append('\n');
        return id;
    }

    private void Write(string element) => body.Append(element).Append('\n');

    private static string Runs(RichText text, float size)
    {
        var runs = new StringBuilder();
        var shift = 0f;
        foreach (var (run, script) in text.Runs)
        {
            var wanted = script switch { Script.Sub => 0.22f * size, Script.Super => -0.36f * size, _ => 0 };
            if (wanted == shift) runs.Append(Escaped(run));
            else runs.Append(CultureInfo.InvariantCulture, $"""<tspan dy="{Number(wanted - shift)}" font-size="{Number(script == Script.Normal ? size : 0.72f * size)}">{Escaped(run)}</tspan>""");
            shift = wanted;
        }
        return runs.ToString();
    }

    private static string Anchored(Anchor anchor) => anchor switch { Anchor.Left => "", Anchor.Centre => " text-anchor=\"middle\"", _ => " text-anchor=\"end\"" };

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    private static string Hex(Color color) => string.Create(CultureInfo.InvariantCulture, $"#{color.R:X2}{color.G:X2}{color.B:X2}");

    // Hundredths of a pixel are finer than any printer.
    private static string Number(float value) => (MathF.Round(value, 2) + 0f).ToString("0.##", CultureInfo.InvariantCulture);
}
