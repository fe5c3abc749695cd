using System.Globalization;
using System.Xml.Linq;

namespace DftFlow.Reports.Figures;

/// <summary>Makes the SVG that Skia writes fit for a journal and for a page with others.</summary>
internal static class SvgTidy
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Adds size and title, names fonts as wide as ours, keeps ids apart, rounds nothing.</summary>
    public static string Tidy(Stream written, string idPrefix, string title, float widthMm, float width, float height)
    {
        var root = XDocument.Load(written).Root!;
        root.SetAttributeValue("width", Number(widthMm) + "mm");
        root.SetAttributeValue("height", Number(widthMm * height / width) + "mm");
        root.SetAttributeValue("viewBox", $"0 0 {Number(width)} {Number(height)}");
        root.SetAttributeValue("role", "img");
        root.SetAttributeValue("aria-labelledby", idPrefix + "title");
        root.AddFirst(new XElement(Svg + "title", new XAttribute("id", idPrefix + "title"), title));
        foreach (var element in root.Descendants())
        {
            if (element.Name == Svg + "text") Text(element);
            foreach (var attribute in element.Attributes())
            {
                if (attribute.Name == "id" && element.Name != Svg + "title") attribute.Value = idPrefix + attribute.Value;
                else if (attribute.Value.StartsWith("url(#", StringComparison.Ordinal)) attribute.Value = "url(#" + idPrefix + attribute.Value[5..];
                else if (attribute.Value.StartsWith('#') && attribute.Name.LocalName == "href") attribute.Value = "#" + idPrefix + attribute.Value[1..];
            }
        }
        return root.ToString(SaveOptions.DisableFormatting);
    }

    private static void Text(XElement text)
    {
        text.SetAttributeValue("font-family", $"'{FigureFont.Name}', Arial, Helvetica, sans-serif");
        text.Value = text.Value.Trim();
        // Skia ends its lists of glyph positions with a comma, which strict readers refuse.
        foreach (var name in (ReadOnlySpan<string>)["x", "y"])
            if (text.Attribute(name) is { } positions) positions.Value = positions.Value.TrimEnd(',', ' ');
    }

    private static string Number(float value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
