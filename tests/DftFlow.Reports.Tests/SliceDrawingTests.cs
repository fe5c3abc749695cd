using System.Globalization;
using System.Text;
using System.Xml.Linq;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Reports.Figures;
using DftFlow.Vasp.Outputs.Grids;
using SkiaSharp;

namespace DftFlow.Tests.Reports;

public class SliceDrawingTests
{
    private static readonly Lattice Hexagonal = Lattice.FromParameters(4, 4, 6, 90, 90, 120);
    private static readonly Structure Atoms = new(Hexagonal, [new(Element.Parse("Sc"), new(0, 0, 0)), new(Element.Parse("O"), new(1 / 3.0, 2 / 3.0, 0))]);

    private static GridSlice Slice(SliceQuantity quantity, Func<Vector3D, double> value)
    {
        var grid = new GridDimensions(24, 24, 24);
        double[] values = [.. from k in Enumerable.Range(0, 24) from j in Enumerable.Range(0, 24) from i in Enumerable.Range(0, 24) select value(new(i / 24.0, j / 24.0, k / 24.0))];
        return GridSlice.Of(new(Hexagonal, grid, values), quantity, SlicePlane.Of(Hexagonal, new MillerPlane(0, 0, 1), 0, atIsA: false), Atoms, 0.05, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void An_Angstrom_is_as_long_to_the_right_as_upwards()
    {
        var slice = Slice(SliceQuantity.Elf, f => f.X);
        var svg = XDocument.Parse(new SliceDrawing(slice, "ELF", "").Svg());
        var map = svg.Descendants().First(element => element.Name.LocalName == "image" && Number(element, "width") > 50);
        Assert.Equal(slice.Plane.WidthA / slice.Plane.HeightA, Number(map, "width") / Number(map, "height"), 0.01);
        var words = svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToArray();
        foreach (var word in (string[])["ELF", "x (Å)", "y (Å)", "Plane (001) at 0", "0.8", "Sc1", "O2"]) Assert.Contains(word, words);
        Assert.Equal("85mm", svg.Root!.Attribute("width")!.Value);

        static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Colours_stand_for_the_same_values_in_every_ELF()
    {
        Assert.Equal((0, 1), new SliceDrawing(Slice(SliceQuantity.Elf, _ => 0.4), "ELF", "").Range);
        // Viridis at 0 and at 1, read from the picture's middle.
        Assert.Equal(new SKColor(0x44, 0x01, 0x54), Middle(0));
        Assert.Equal(new SKColor(0xFD, 0xE7, 0x24), Middle(1));

        static SKColor Middle(double value)
        {
            using var picture = SKBitmap.Decode(new SliceDrawing(Slice(SliceQuantity.Elf, _ => value), "ELF", "").Png());
            return picture.GetPixel((int)(picture.Width * 0.37), (int)(picture.Height * 0.4));
        }
    }

    [Fact]
    public void Zero_is_in_the_middle_of_what_has_signs()
    {
        var range = new SliceDrawing(Slice(SliceQuantity.DensityDifference, f => 0.3 * Math.Sin(2 * Math.PI * f.X) - 0.1), "Δρ", "e/Å³").Range;
        Assert.Equal(0, range.Min + range.Max, 1e-12);
        Assert.InRange(range.Max, 0.35, 0.5);
        var flat = new SliceDrawing(Slice(SliceQuantity.DensityDifference, _ => 0), "Δρ", "e/Å³");
        Assert.True(flat.Range.Min < 0 && flat.Range.Max > 0);
        Assert.NotEmpty(flat.Png());
    }

    [Fact]
    public void Nuclei_do_not_decide_the_colours_of_a_density_nor_does_the_vacuum()
    {
        // A spike, an eighth of the cell with bonds, and nothing.
        var drawing = new SliceDrawing(Slice(SliceQuantity.Density, f => f.X is > 0.49 and < 0.51 && f.Y is > 0.49 and < 0.51 ? 5000 : f.X < 0.125 ? 0.8 : 0), "Density", "e/Å³");
        Assert.Equal(0, drawing.Range.Min);
        Assert.InRange(drawing.Range.Max, 0.8, 2);
        Assert.InRange(drawing.ClippedPart, 1e-5, 0.05);
    }

    [Fact]
    public void A_range_that_is_given_is_kept_and_one_that_is_none_refused()
    {
        Assert.Equal((-0.2, 0.3), new SliceDrawing(Slice(SliceQuantity.Magnetization, f => f.X - 0.5), "m", "µB/Å³", (-0.2, 0.3)).Range);
        Assert.Equal("DF3233", Assert.Throws<DftFlowException>(() => new SliceDrawing(Slice(SliceQuantity.Elf, _ => 0), "ELF", "", (1, 0))).Code);
        Assert.Equal("DF3233", Assert.Throws<DftFlowException>(() => new SliceDrawing(Slice(SliceQuantity.Elf, _ => 0), "ELF", "", (1e20, Math.BitIncrement(1e20)))).Code);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e120)]
    public void Values_of_any_size_are_drawn_with_labels_that_fit(double size)
    {
        var drawing = new SliceDrawing(Slice(SliceQuantity.Magnetization, f => size * Math.Sin(2 * Math.PI * f.X)), "m", "µB/Å³");
        Assert.NotEmpty(drawing.Png());
        var labels = XDocument.Parse(drawing.Svg()).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToArray();
        Assert.Contains(labels, label => label.Contains('e', StringComparison.Ordinal) && label.Length < 8);
    }

    [Fact]
    public void A_potential_that_is_the_same_everywhere_is_drawn() => Assert.NotEmpty(new SliceDrawing(Slice(SliceQuantity.Potential, _ => -3e12), "V", "eV").Png());

    [Fact]
    public void The_same_slice_is_the_same_file()
    {
        var slice = Slice(SliceQuantity.Elf, f => 0.5 + 0.5 * Math.Sin(2 * Math.PI * (f.X + f.Y)));
        Assert.Equal(new SliceDrawing(slice, "ELF", "").Svg(), new SliceDrawing(slice, "ELF", "").Svg());
        Assert.Equal(new SliceDrawing(slice, "ELF", "").Png(), new SliceDrawing(slice, "ELF", "").Png());
        var table = Encoding.UTF8.GetString(SliceDrawing.Csv(slice)).Split('\n');
        Assert.Equal("x_a,y_a,value", table[0]);
        Assert.Equal(slice.Columns * slice.Rows + 2, table.Length);
        // A report's table takes every third point, each where it was.
        var thinned = Encoding.UTF8.GetString(SliceDrawing.Csv(slice, (slice.Columns - 1) / 3)).Split('\n');
        Assert.InRange(thinned.Length, table.Length / 16, table.Length / 8);
        Assert.Subset(table.ToHashSet(), thinned.ToHashSet());
    }

    [Fact]
    public void A_planar_average_is_drawn_with_its_atoms_and_told_as_a_table()
    {
        var grid = new GridDimensions(2, 2, 40);
        double[] values = [.. from k in Enumerable.Range(0, 40) from point in Enumerable.Range(0, 4) select Math.Sin(2 * Math.PI * k / 40)];
        var average = new PlanarAverage(Hexagonal, grid, new(GridMeaning.Total, values), 2);
        var drawing = new PlanarAverageDrawing(average, 1.5, 3, null, Atoms, 2);
        var words = XDocument.Parse(drawing.Svg()).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToArray();
        foreach (var word in (string[])["Δρ (e/Å)", "∫Δρ dz (e)", "Sc", "O", "Height along c, normal to the planes (Å)"]) Assert.Contains(word, words);
        var rows = drawing.Csv.Split('\n');
        Assert.Equal("z_a,delta_e_per_a,integral_e,macroscopic_e_per_a", rows[0]);
        Assert.Equal(42, rows.Length);
        Assert.StartsWith("1.5,", rows[11], StringComparison.Ordinal);
        Assert.Equal("0", rows[11].Split(',')[2]);
    }

    [Fact]
    public void Labels_of_atoms_that_lie_close_do_not_cover_each_other()
    {
        var close = new Structure(Hexagonal, [.. Enumerable.Range(0, 12).Select(i => new Site(Element.Parse("Mg"), new(0.3 + 0.02 * i, 0.3, 0)))]);
        var grid = new GridDimensions(24, 24, 24);
        var slice = GridSlice.Of(new(Hexagonal, grid, new double[24 * 24 * 24]), SliceQuantity.Elf, SlicePlane.Of(Hexagonal, new MillerPlane(0, 0, 1), 0, atIsA: false), close, 0.05, cancellation: TestContext.Current.CancellationToken);
        var labels = XDocument.Parse(new SliceDrawing(slice, "ELF", "").Svg()).Descendants().Where(element => element.Name.LocalName == "text" && element.Value.StartsWith("Mg", StringComparison.Ordinal))
            .Select(element => (X: First(element, "x"), Y: First(element, "y"))).ToArray();
        Assert.NotEmpty(labels);
        for (var i = 0; i < labels.Length; i++)
            for (var j = 0; j < i; j++)
                Assert.True(Math.Abs(labels[i].X - labels[j].X) > 15 || Math.Abs(labels[i].Y - labels[j].Y) > 6, $"{labels[i]} {labels[j]}");

        static double First(XElement element, string name) => double.Parse(element.Attribute(name)!.Value.Split(',', ' ')[0], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_numbers_of_a_small_difference_leave_room_for_the_axis()
    {
        var grid = new GridDimensions(2, 2, 40);
        double[] values = [.. from k in Enumerable.Range(0, 40) from point in Enumerable.Range(0, 4) select 0.0131 * Math.Sin(2 * Math.PI * k / 40)];
        var svg = XDocument.Parse(new PlanarAverageDrawing(new PlanarAverage(Hexagonal, grid, new(GridMeaning.Total, values), 2), 0, null, null, Atoms, 2).Svg());
        var numbers = svg.Descendants().Where(element => element.Name.LocalName == "text" && element.Value.StartsWith("−0.00", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(numbers);
        // The axis' label stands on a baseline at 10 pixels.
        Assert.All(numbers, number => Assert.True(Left(number) > 13, number.ToString()));

        // The place of the first glyph, where a translation may have put it.
        static double Left(XElement element) => element.AncestorsAndSelf().Select(of => of.Attribute("transform")?.Value).OfType<string>()
            .Select(text => double.Parse(text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..].Split(',', ' ', ')')[0], CultureInfo.InvariantCulture)).Sum()
            + double.Parse(element.Attribute("x")!.Value.Split(',', ' ')[0], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_planar_average_changes_colour_where_its_line_crosses_zero() =>
        Assert.Equal([(0, 3), (1.5, 0), (2, -1), (4, 0), (6, 2)], PlanarAverageDrawing.WithZeros([0, 2, 4, 6], [3, -1, 0, 2]));
}
