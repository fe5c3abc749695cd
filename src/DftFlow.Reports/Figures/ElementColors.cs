using DftFlow.Crystals;

namespace DftFlow.Reports.Figures;

/// <summary>One colour an element, the same in every figure: VESTA's (O red, Mn purple, Li light green, …).</summary>
/// <remarks>
/// Source: the standard colours of VESTA 3 (K. Momma and F. Izumi, J. Appl. Crystallogr. 44, 1272 (2011)), from hydrogen on; grey
/// behind americium, where it has none.
/// </remarks>
internal static class ElementColors
{
    private static readonly ScottPlot.Color Unknown = ScottPlot.Color.FromHex("4C4C4C");

    private static readonly ScottPlot.Color[] Table = [.. """
        FFCCCC FCE8CE 86E074 5ED77B 1FA20F 804929 B0B9E6 FE0300 B0B9E6 FE37B5 F9DC3C FB7B15 81B2D6 1B3BFA C09CC2 FFFA00 31FC02
        CFFEC4 A121F6 5A96BD B563AB 78CAFF E51900 00009E A8089E B57100 0000AF B7BBBD 2247DC 8F8F81 9EE373 7E6EA6 74D057 9AEF0F
        7E3102 FAC1F3 FF0099 00FF26 66988E 00FF00 4CB276 B386AF CDAFCA CFB7AD CDD1AB C1C3B8 B7BBBD F21EDC D780BB 9A8EB9 D7834F
        ADA251 8E1F8A 9AA1F8 0EFEB9 1EEF2C 5AC449 D1FC06 FCE105 FB8D06 0000F4 FC067D FA07D5 C003FF 7104FE 3106FC 0741FB 49723A
        0000E0 27FCF4 26FDB5 B4B359 B79A56 8D8A7F B3B08E C8B178 C9CE72 CBC5BF FEB238 D3B7CB 95896C 52535B D22FF7 0000FF 0000FF
        FFFF00 000000 6DA959 649E72 25FD78 29FA35 79A1AA 4C4C4C 4C4C4C 4C4C4C
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(ScottPlot.Color.FromHex)];

    /// <summary>Of the element's sphere.</summary>
    public static ScottPlot.Color OfSphere(Element element) => element.AtomicNumber <= Table.Length ? Table[element.AtomicNumber - 1] : Unknown;

    /// <summary>Of a line on white paper: darkened until the contrast is at least 3 : 1 (WCAG 2, "graphical objects").</summary>
    public static ScottPlot.Color Of(Element element)
    {
        var color = OfSphere(element);
        while (ContrastOnWhite(color) < 3)
            color = new ScottPlot.Color((byte)(color.R * 0.95), (byte)(color.G * 0.95), (byte)(color.B * 0.95));
        return color;
    }

    internal static double ContrastOnWhite(ScottPlot.Color color) => 1.05 / (Luminance(color) + 0.05);

    /// <summary>Relative luminance (WCAG 2): 0 black, 1 white.</summary>
    internal static double Luminance(ScottPlot.Color color)
    {
        return 0.2126 * Linear(color.R) + 0.7152 * Linear(color.G) + 0.0722 * Linear(color.B);

        static double Linear(byte channel) => channel <= 10 ? channel / 255.0 / 12.92 : Math.Pow((channel / 255.0 + 0.055) / 1.055, 2.4);
    }

    /// <summary>The first colour with a part of the second in it.</summary>
    internal static ScottPlot.Color Mix(ScottPlot.Color first, ScottPlot.Color second, double part)
    {
        return new ScottPlot.Color(Channel(first.R, second.R), Channel(first.G, second.G), Channel(first.B, second.B));

        byte Channel(byte a, byte b) => (byte)Math.Round(a + (b - a) * part);
    }
}
