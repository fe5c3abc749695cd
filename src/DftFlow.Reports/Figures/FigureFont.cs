using ScottPlot;
using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>
/// The font of all figures. It comes with the program, since a bare machine has none and text would vanish; it is as wide as
/// Arial, letter by letter, so that the SVG keeps its layout where that is at hand instead.
/// </summary>
internal sealed class FigureFont : IFontResolver
{
    public const string Name = "Liberation Sans";

    private static readonly Lazy<FigureFont> Font = new(() =>
    {
        using var stream = typeof(FigureFont).Assembly.GetManifestResourceStream("LiberationSans-Regular.ttf")!;
        var font = new FigureFont(SKTypeface.FromStream(stream));
        Fonts.FontResolvers.Insert(0, font);
        Fonts.Default = Name;
        return font;
    });

    private readonly SKTypeface typeface;

    private FigureFont(SKTypeface typeface) => this.typeface = typeface;

    /// <summary>Made known to the plots as well by the first call.</summary>
    public static SKTypeface Typeface => Font.Value.typeface;

    // The plots dispose of nothing that they are given, and know one style of it.
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) => fontName == Name ? typeface : null;

    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? typeface : null;
}
