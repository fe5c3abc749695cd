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
        // Skia counts its ids on from figure to figure; ours begin anew in each, so that the same figure is the same file.
        var ids = root.Descendants().Where(element => element.Name != Svg + "title").Attributes("id").Index().ToDictionary(id => id.Item.Value, id => FormattableString.Invariant($"{idPrefix}{id.Index}"));
        foreach (var element in root.Descendants())
        {
            if (element.Name == Svg + "text") Text(element);
            foreach (var attribute in element.Attributes())
                if (attribute.Name == "id" && ids.TryGetValue(attribute.Value, out var id)) attribute.Value = id;
                else if (attribute.Value.StartsWith("url(#", StringComparison.Ordinal) && ids.TryGetValue(attribute.Value[5..^1], out var target)) attribute.Value = $"url(#{target})";
                else if (attribute.Name.LocalName == "href" && attribute.Value is ['#', .. var name] && ids.TryGetValue(name, out var linked)) attribute.Value = "#" + linked;
        }
        return root.ToString(SaveOptions.DisableFormatting);
    }

    private static void Text(XElement text)
    {
        text.SetAttributeValue("font-family", $"'{FigureFont.Name}', Arial, Arimo, Helvetica, 'Nimbus Sans', FreeSans, sans-serif");
        text.Value = text.Value.Trim();
        // Skia ends its lists of glyph positions with a comma, which strict readers refuse.
        foreach (var name in (ReadOnlySpan<string>)["x", "y"])
            if (text.Attribute(name) is { } positions) positions.Value = positions.Value.TrimEnd(',', ' ');
    }

    private static string Number(float value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
