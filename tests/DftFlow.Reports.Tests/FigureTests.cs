using System.Buffers.Binary;
using System.Globalization;
using System.Xml.Linq;
using DftFlow.Crystals;
using DftFlow.Engine;
using DftFlow.Reports.Figures;
using SkiaSharp;

namespace DftFlow.Tests.Reports;

public class FigureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static IEnumerable<Figure> All() =>
    [
        .. DosFigure.Draw("oxygen-band", (BandCentreDetails)Samples.BandCentres().Details!),
        .. InterfaceFigure.Draw(Samples.Interface(-0.02), (InterfaceReactionDetails)Samples.Interface().Details!),
        .. WindowFigure.Draw(Samples.Window(), (WindowDetails)Samples.Window().Details!),
    ];

    [Fact]
    public void Draws_a_figure_for_each_zero_each_pair_the_windows_and_each_profile() =>
        Assert.Equal(["oxygen-band.fermi", "oxygen-band.semicore", "interface.Li2MnO3-MnCl2", "stability.windows", "stability.Li2MnO3"], All().Select(f => f.Name));

    [Fact]
    public void Is_one_column_wide_at_300_dots_an_inch_and_says_so()
    {
        foreach (var figure in All())
        {
            var png = figure.Png();
            using var bitmap = SKBitmap.Decode(png);
            Assert.Equal(1004, bitmap.Width);
            // pHYs: 11811 pixels a metre in both directions, and a checksum that readers accept.
            Assert.Equal("pHYs"u8.ToArray(), png[37..41]);
            Assert.Equal(11811u, BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(41)));
            Assert.Equal(Crc32(png.AsSpan(37, 13)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(50)));
        }
    }

    [Fact]
    public void Draws_ink_on_white_paper_in_every_panel()
    {
        foreach (var figure in All())
        {
            using var bitmap = SKBitmap.Decode(figure.Png());
            Assert.Equal(SKColors.White, bitmap.GetPixel(2, bitmap.Height - 3));
            var colors = new HashSet<uint>();
            // Top and bottom apart: one panel must not wipe out another.
            foreach (var half in (int[])[0, 1])
            {
                var dark = 0;
                for (var y = half * bitmap.Height / 2; y < (half + 1) * bitmap.Height / 2; y++)
                    for (var x = 0; x < bitmap.Width; x++)
                    {
                        var pixel = bitmap.GetPixel(x, y);
                        colors.Add((uint)pixel);
                        if (pixel.Red + pixel.Green + pixel.Blue < 200) dark++;
                    }
                Assert.InRange(dark, 1500, bitmap.Width * bitmap.Height / 4);
            }
            Assert.InRange(colors.Count, 20, 5000);
        }
    }

    [Fact]
    public void Writes_well_formed_svg_with_text_as_text_and_a_title()
    {
        foreach (var figure in All())
        {
            var svg = XDocument.Parse(figure.Svg("f7-")).Root!;
            Assert.Equal("85mm", svg.Attribute("width")!.Value);
            Assert.Equal(figure.Title, svg.Element(Svg + "title")!.Value);
            Assert.All(svg.Descendants().Attributes("id"), id => Assert.StartsWith("f7-", id.Value, StringComparison.Ordinal));
            Assert.All(svg.Descendants(Svg + "text"), text =>
                Assert.All(text.Attribute("x")!.Value.Split(", "), x => Assert.True(double.TryParse(x, NumberStyles.Float, CultureInfo.InvariantCulture, out _), x)));
            var words = string.Concat(svg.Descendants(Svg + "text").Select(text => text.Value));
            Assert.Contains(figure.AnalysisId switch { "oxygen-band" => "O 2p PDOS", "interface" => "meV/atom", _ => "Voltage" }, words, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Marks_every_band_centre_with_its_number_and_names_each_member()
    {
        var words = string.Join('|', XDocument.Parse(DosFigure.Draw("band", (BandCentreDetails)Samples.BandCentres().Details!).First().Svg("")).Descendants(Svg + "text").Select(t => t.Value));
        Assert.Contains("−3.250 eV", words, StringComparison.Ordinal);
        Assert.Contains("−2.500 eV", words, StringComparison.Ordinal);
        Assert.Contains("bare", words, StringComparison.Ordinal);
        Assert.Contains("substituted", words, StringComparison.Ordinal);
    }

    [Fact]
    public void Writes_all_points_of_a_curve_beside_its_figure()
    {
        var rows = DosFigure.Draw("band", (BandCentreDetails)Samples.BandCentres().Details!).First().Data.Split('\n');
        Assert.Equal("member,energy_ev,dos_up_states_per_ev,dos_down_states_per_ev", rows[0]);
        Assert.Equal(1 + 2 * 601 + 1, rows.Length);
        Assert.StartsWith("bare,-10,", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_a_density_that_is_no_number_in_places()
    {
        var broken = Samples.Bell(-3) is var bell ? bell with { Curve = bell.Curve with { Density = [[.. bell.Curve.Density[0].Select((g, i) => i % 7 == 0 ? double.NaN : g)]] } } : null!;
        var figure = Assert.Single(DosFigure.Draw("band", new BandCentreDetails([new(Samples.Labels(), broken)])));
        Assert.NotEmpty(figure.Png());
        XDocument.Parse(figure.Svg(""));
    }

    [Fact]
    public void Spreads_many_members_over_several_figures()
    {
        var centres = Enumerable.Range(0, 14).Select(i => new Labelled<Analysis.Electronic.BandCentre>(Samples.Labels(("model", $"m{i}"), ("zero", "fermi")), Samples.Bell(-3)));
        Assert.Equal(["band.fermi", "band.fermi.2", "band.fermi.3"], DosFigure.Draw("band", new BandCentreDetails([.. centres])).Select(f => f.Name));
    }

    [Fact]
    public void Every_element_has_a_colour_that_is_seen_on_white() =>
        Assert.All(Element.All, element => Assert.True(ElementColors.ContrastOnWhite(ElementColors.Of(element)) >= 3, element.Symbol));

    [Fact]
    public void The_font_comes_with_the_program_and_has_what_figures_need() =>
        Assert.All("AZaz09−–·→↑↓ΔσÅ∫", letter => Assert.True(FigureFont.Typeface.ContainsGlyph(letter), letter.ToString()));

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
