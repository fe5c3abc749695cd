using DftFlow.Crystals;
using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>How a thing of an element's colour looks.</summary>
/// <param name="Haze">How much of the paper's white lies over what is far from the eye, from 0 to 1.</param>
internal readonly record struct Tint(Element Element, Mobility Mobility, double Haze)
{
    public Color Base => Hazy(Mobility == Mobility.Free ? ElementColors.OfSphere(Element) : ElementColors.Mix(ElementColors.OfSphere(Element), Colors.White, 0.4));

    /// <summary>Of the gradient: at the light, in between, and at the rim.</summary>
    public (Color Light, Color Middle, Color Rim) Shades => (ElementColors.Mix(Base, Colors.White, 0.72), Base, ElementColors.Mix(Base, Colors.Black, 0.38 * (1 - Haze)));

    public Color Outline => Hazy(ElementColors.Mix(ElementColors.OfSphere(Element), Colors.Black, 0.62));

    public Color Symbol => ElementColors.Luminance(Base) > 0.25 ? FigureCanvas.Ink : Colors.White;

    private Color Hazy(Color color) => ElementColors.Mix(color, Colors.White, Haze);
}

/// <summary>How a sphere looks, at its radius in CSS pixels.</summary>
internal readonly record struct SphereLook(Tint Tint, float Radius)
{
    public const float HatchWidth = 0.09f;

    // Smaller letters than these are not read in print.
    private const float SmallestSymbol = 6, LargestSymbol = 14;

    /// <summary>The symbol's size in CSS pixels; null where it would be too small to be read.</summary>
    public static float? SymbolSize(Element element, float radius)
    {
        var size = Math.Min(1.1f * radius, 1.55f * radius / FigureCanvas.Measure(element.Symbol, 1));
        return size < SmallestSymbol ? null : Math.Min(size, LargestSymbol);
    }

    /// <summary>Oblique lines over the sphere, in parts of its radius: where each meets the rim.</summary>
    public IEnumerable<(float X1, float Y1, float X2, float Y2)> Hatching => (Tint.Mobility switch
    {
        Mobility.Fixed => (float[])[-0.56f, 0, 0.56f],
        Mobility.PartlyFixed => [0],
        _ => [],
    }).Select(offset =>
    {
        // A chord at 45° that misses the centre by the offset.
        var half = MathF.Sqrt(1 - offset * offset);
        const float diagonal = 0.70710678f;
        return ((offset - half) * diagonal, (offset + half) * diagonal, (offset + half) * diagonal, (offset - half) * diagonal);
    });
}

/// <summary>What structures are drawn on, in CSS pixels. Both kinds show the same.</summary>
internal interface IStructureSurface
{
    // Of the gradient on a sphere, in parts of its radius: where the light falls, and how far the gradient reaches.
    public const float LightX = -0.34f, LightY = -0.38f, LightReach = 1.38f, MiddleAt = 0.5f;

    // Of the gradient across a stick: from the rim over the element's colour to the light and back.
    public static ReadOnlySpan<float> StickStops => [0, 0.2f, 0.45f, 0.7f, 1];

    void Paper(float width, float height);

    void Sphere(SphereLook look, float x, float y);

    /// <summary>A cylinder with a round end where it begins.</summary>
    /// <param name="roundness">How far the end bulges, in parts of the radius; none where that is 0.</param>
    void Stick(Tint tint, SKPoint from, SKPoint to, float radius, float roundness);

    void Lines(IEnumerable<(SKPoint From, SKPoint To)> lines, Color color, float width);

    void Polygon(Color color, params ReadOnlySpan<SKPoint> corners);

    void Circle(float x, float y, float radius, Color line, Color fill);

    void Text(RichText text, float x, float y, Anchor anchor, Color color, float size);
}
