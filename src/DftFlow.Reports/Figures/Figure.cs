using SkiaSharp;

namespace DftFlow.Reports.Figures;

/// <summary>A figure, drawn twice from the same description: as SVG and as PNG.</summary>
/// <param name="AnalysisId">The analysis that it belongs to.</param>
/// <param name="Name">A hint for the file's name; it need not be safe as one.</param>
/// <param name="Title">What is seen, for those who do not see it.</param>
/// <param name="Caption">What is drawn, and how to read it.</param>
/// <param name="Height">In CSS pixels (1/96 inch); the width is <see cref="Width"/>.</param>
/// <param name="Data">The numbers that are drawn, as CSV.</param>
internal sealed record Figure(string AnalysisId, string Name, string Title, RichText Caption, float Height, Action<FigureCanvas> Draw, string Data)
{
    /// <summary>One column of a journal, in CSS pixels.</summary>
    public const float Width = WidthMm / 25.4f * 96;

    private const float WidthMm = 85;

    public const int Dpi = 300;

    // A PNG's pHYs chunk for 300 dots an inch, with its checksum: it tells word processors how large the figure is.
    private static ReadOnlySpan<byte> Resolution => [0, 0, 0, 9, (byte)'p', (byte)'H', (byte)'Y', (byte)'s', 0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1, 0x78, 0xa5, 0x3f, 0x76];

    /// <summary>The SVG, ready for a file or (without a declaration) a page.</summary>
    /// <param name="idPrefix">Keeps the ids of several figures of one page apart.</param>
    public string Svg(string idPrefix)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
            DrawOn(canvas);
        stream.Position = 0;
        return SvgTidy.Tidy(stream, idPrefix, Title, WidthMm, Width, Height);
    }

    public byte[] Png()
    {
        const float scale = Dpi / 96f;
        using var bitmap = new SKBitmap((int)MathF.Round(Width * scale), (int)MathF.Round(Height * scale), SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Scale(scale);
            DrawOn(canvas);
        }
        return EncodePng(bitmap);
    }

    /// <summary>A PNG that says that it has 300 dots an inch.</summary>
    public static byte[] EncodePng(SKBitmap bitmap)
    {
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var png = data.AsSpan();
        // Behind the signature (8 bytes) and the header's chunk (25).
        return [.. png[..33], .. Resolution, .. png[33..]];
    }

    private void DrawOn(SKCanvas canvas)
    {
        var figure = new FigureCanvas(canvas);
        figure.Paper(Width, Height);
        Draw(figure);
    }
}
