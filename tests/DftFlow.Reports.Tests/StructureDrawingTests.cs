using System.Globalization;
using System.Xml.Linq;
using DftFlow.Crystals;
using DftFlow.Reports;
using DftFlow.Reports.Figures;
using SkiaSharp;

namespace DftFlow.Tests.Reports;

/// <summary>Pictures of structures: what is drawn, in which order, and where on the page.</summary>
public class StructureDrawingTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly Lattice Cube = Lattice.FromParameters(4, 4, 4, 90, 90, 90);

    private static readonly Lattice Skewed = Lattice.FromParameters(4.2, 6.1, 7.3, 68, 77, 103);

    private static Structure Of(Lattice lattice, params ReadOnlySpan<(string Symbol, double X, double Y, double Z)> sites) =>
        new(lattice, [.. sites.ToArray().Select(site => new Site(Element.Parse(site.Symbol), new(site.X, site.Y, site.Z)))]);

    /// <summary>A slab of rock salt with a layer of fluoride on top, the lower half held fast, moments on nickel.</summary>
    private static Structure Slab(int cells, int layers)
    {
        var lattice = Lattice.FromParameters(4 * cells, 4 * cells, 2 * layers + 15, 90, 90, 90);
        var sites = from z in Enumerable.Range(0, layers) from x in Enumerable.Range(0, 2 * cells) from y in Enumerable.Range(0, 2 * cells)
                    let cation = (x + y + z) % 2 == 0
                    select new Site(Element.Parse(cation ? "Ni" : z == layers - 1 ? "F" : "O"), lattice.ToFractional(new(2 * x, 2 * y, 2 * z + 7.5)),
                        z < layers / 2 ? new(false, false, false) : z == layers / 2 ? new(true, true, false) : new(true, true, true))
                    { MomentMuB = cation ? (z % 2 == 0 ? 2 : -2) : null, Part = z == layers - 1 ? "coating" : "substrate" };
        return new Structure(lattice, [.. sites]);
    }

    private static IEnumerable<(string Name, Structure Structure)> Samples() =>
    [
        ("one atom", Of(Cube, ("Po", 0, 0, 0))),
        ("a molecule in a box", Of(Lattice.FromParameters(8, 9, 10, 90, 90, 90), ("O", 0.5, 0.5, 0.44), ("O", 0.5, 0.5, 0.56))),
        ("a skewed cell", Of(Skewed, ("Ca", 0, 0, 0), ("Ti", 0.31, 0.22, 0.6), ("O", 0.1, 0.4, 0.7), ("O", 0.55, 0.1, 0.5), ("Lr", 0.9, 0.9, 0.9))),
        ("a left-handed cell", Of(new Lattice(new(0, 5, 0), new(4, 0, 0), new(1, 1, 6)), ("Li", 0, 0, 0), ("F", 0.5, 0.5, 0.5))),
        ("a needle", Of(Lattice.FromParameters(2.5, 2.5, 300, 90, 90, 120), ("C", 0, 0, 0), ("C", 0.33, 0.67, 0.5))),
        ("a slab", Slab(2, 5)),
    ];

    [Fact]
    public void The_same_structure_gives_the_same_bytes()
    {
        foreach (var (name, structure) in Samples())
        {
            Assert.True(new StructureDrawing(structure).Svg() == new StructureDrawing(structure).Svg(), name);
            Assert.True(new StructureDrawing(structure).Png().SequenceEqual(new StructureDrawing(structure).Png()), name);
        }
    }

    [Fact]
    public void Repeats_an_atom_on_the_corner_at_all_corners_and_leaves_out_those_that_others_hide()
    {
        var structure = Of(Cube, ("Po", 1 - 1e-9, 0, 0));
        Assert.Equal(8, StructureAtoms.Of(structure, borders: true, bonds: false).Atoms.Length);
        Assert.Equal(4, Assert.Single(new StructureDrawing(structure, ["c"]).Scenes).Items.Length);
        Assert.Single(Assert.Single(new StructureDrawing(structure, ["c"], borders: false).Scenes).Items);
        Assert.Equal(8, Assert.Single(new StructureDrawing(structure, ["xyz:1,0.4,0.3"]).Scenes).Items.Length);
    }

    [Fact]
    public void Repeats_nothing_across_a_vacuum()
    {
        var structure = Of(Lattice.FromParameters(4, 4, 20, 90, 90, 90), ("Ni", 0, 0, 0), ("O", 0.5, 0.5, 0.1));
        var atoms = StructureAtoms.Of(structure, borders: true, bonds: false).Atoms;
        Assert.Equal(5, atoms.Length);
        Assert.All(atoms, atom => Assert.True(atom.Place.Z < 3));
    }

    [Fact]
    public void Bonds_in_a_salt_are_those_of_metals_to_anions()
    {
        // Rock salt: 4 + 4 atoms a cell, drawn as 14 + 13; of the 27 atoms of 3 × 3 × 3 places all 54 neighbouring pairs are bonds.
        var structure = Of(Lattice.FromParameters(4.17, 4.17, 4.17, 90, 90, 90),
            ("Ni", 0, 0, 0), ("Ni", 0.5, 0.5, 0), ("Ni", 0.5, 0, 0.5), ("Ni", 0, 0.5, 0.5), ("O", 0.5, 0.5, 0.5), ("O", 0.5, 0, 0), ("O", 0, 0.5, 0), ("O", 0, 0, 0.5));
        var drawn = StructureAtoms.Of(structure, borders: true, bonds: true);
        Assert.Equal((27, 54), (drawn.Atoms.Length, drawn.Bonds.Length));
        Assert.All(drawn.Bonds, bond => Assert.NotEqual(structure.Sites[drawn.Atoms[bond.First].Site].Element, structure.Sites[drawn.Atoms[bond.Second].Site].Element));
        // In a metal those to the nearest, and here to the second nearest neighbours: from the middle to the 8 corners, and along the 12 edges.
        Assert.Equal(20, StructureAtoms.Of(Of(Lattice.FromParameters(2.87, 2.87, 2.87, 90, 90, 90), ("Fe", 0, 0, 0), ("Fe", 0.5, 0.5, 0.5)), borders: true, bonds: true).Bonds.Length);
        Assert.Empty(StructureAtoms.Of(Of(Cube, ("Lr", 0, 0, 0)), borders: true, bonds: true).Bonds);
    }

    [Theory]
    [InlineData("a", 1)]
    [InlineData("b", 0)]
    [InlineData("c", 0)]
    public void Looks_along_a_lattice_vector_with_the_next_to_the_right(string view, int toTheRight)
    {
        foreach (var lattice in (Lattice[])[Cube, Skewed])
        {
            var seen = StructureView.Of(lattice, view);
            var own = seen.Project(lattice["abc".IndexOf(view, StringComparison.Ordinal)]);
            Assert.Equal(0, Math.Sqrt(own.X * own.X + own.Y * own.Y), 1e-9);
            var right = seen.Project(lattice[toTheRight]);
            Assert.True(right.X > 0 && Math.Abs(right.Y) < 1e-9);
            // A right-handed picture of the crystal, not its mirror image.
            Assert.Equal(1, seen.Right.Cross(seen.Up).Dot(seen.Towards), 1e-12);
            if (view != "c") Assert.True(seen.Project(lattice.C).Y > 0);
        }
    }

    [Theory]
    [InlineData("110", "onto (1 1 0)")]
    [InlineData("1-10", "onto (1 −1 0)")]
    [InlineData("( -1 0 12 )", "onto (−1 0 12)")]
    [InlineData("1,0,-4", "onto (1 0 −4)")]
    public void Looks_onto_lattice_planes(string view, string caption)
    {
        var seen = StructureView.Of(Skewed, view);
        Assert.Equal(caption, seen.Caption);
        // Lattice vectors in the plane are seen in full: (1 1 0) holds a − b and c.
        if (view != "110") return;
        Assert.Equal(0, seen.Project(Skewed.A - Skewed.B).Z, 1e-9);
        Assert.Equal(0, seen.Project(Skewed.C).Z, 1e-9);
    }

    [Theory]
    [InlineData("[110]", "along [1 1 0]", 4.2, 6.1)]
    [InlineData("xyz:0, 0.5,2.5e-1", "along (0, 0.5, 0.25) Å", 0, 0)]
    public void Looks_along_any_direction(string view, string caption, double a, double b)
    {
        var lattice = Lattice.FromParameters(4.2, 6.1, 7.3, 90, 90, 90);
        var seen = StructureView.Of(lattice, view);
        var direction = a > 0 ? new Vector3D(a, b, 0) : new Vector3D(0, 0.5, 0.25);
        Assert.Equal(caption, seen.Caption);
        Assert.Equal(direction.Length, seen.Project(direction).Z, 1e-9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("000")]
    [InlineData("(110]")]
    [InlineData("11")]
    [InlineData("xyz:0,0,0")]
    [InlineData("xyz:1,NaN,0")]
    [InlineData("xyz:1,1e300,0")]
    [InlineData("1,1")]
    [InlineData("9999999999,1,1")]
    public void Refuses_what_is_no_direction(string view) =>
        Assert.Equal("DF1630", Assert.Throws<DftFlowException>(() => new StructureDrawing(Of(Cube, ("Po", 0, 0, 0)), [view])).Code);

    [Fact]
    public void Refuses_no_atoms_and_too_many_and_too_many_views()
    {
        var views = Enumerable.Range(1, 13).Select(i => string.Create(CultureInfo.InvariantCulture, $"1,0,{i}"));
        Assert.Equal("DF1630", Assert.Throws<DftFlowException>(() => new StructureDrawing(Of(Cube, ("Po", 0, 0, 0)), views)).Code);
        Assert.Equal("DF1631", Assert.Throws<DftFlowException>(() => new StructureDrawing(new Structure(Cube, []))).Code);
        var many = new Structure(Cube, [.. Enumerable.Repeat(new Site(Element.Parse("H"), default), StructureDrawing.MostAtoms + 1)]);
        Assert.Equal("DF1631", Assert.Throws<DftFlowException>(() => new StructureDrawing(many)).Code);
    }

    [Fact]
    public void Draws_from_back_to_front()
    {
        foreach (var (name, structure) in Samples())
            foreach (var scene in new StructureDrawing(structure, ["a", "b", "c", "xyz:1,0.4,0.3"]).Scenes)
                Assert.True(scene.Items.Zip(scene.Items.Skip(1)).All(pair => pair.First.DepthA <= pair.Second.DepthA + 2e-6), name);
        // The lower of two atoms one above the other is hidden in part, seen from above; the one below is from beneath.
        var pair = Of(Lattice.FromParameters(6, 6, 8, 90, 90, 90), ("Cs", 0.5, 0.5, 0.3), ("F", 0.55, 0.5, 0.7));
        Assert.Equal(["Cs", "F"], Spheres(pair, "c").Select(sphere => sphere.Element.Symbol));
        Assert.Equal(["Cs"], Spheres(pair, "[0 0 -1]").Select(sphere => sphere.Element.Symbol));
        Assert.Equal([false, true], Spheres(pair, "c").Select(sphere => sphere.HasFreeMiddle));

        static IEnumerable<SphereItem> Spheres(Structure structure, string view) => new StructureDrawing(structure, [view]).Scenes.Single().Items.OfType<SphereItem>();
    }

    [Fact]
    public void Hides_an_edge_of_the_cell_where_an_atom_is_before_it()
    {
        // In the middle of the edge from the origin along a; of its images none is drawn.
        var structure = Of(Cube, ("Po", 0.5, 0, 0));
        var scene = new StructureDrawing(structure, ["b"], borders: false).Scenes.Single();
        var radius = 0.45 * Element.Parse("Po").CovalentRadiusA!.Value;
        var bottom = scene.Edges(_ => false).Where(edge => edge.From.Y < 0.01 && edge.To.Y < 0.01 && Math.Abs(edge.To.X - edge.From.X) > 0.01).ToArray();
        // Looked at along b, half of it stands out before that edge, and hides the edge as well as the one behind it.
        Assert.Equal(4, bottom.Length);
        foreach (var (from, to) in bottom)
            Assert.True((Near(from.X, 0) && Near(to.X, 2 - radius)) || (Near(from.X, 2 + radius) && Near(to.X, 4)), $"{from} to {to}");

        // From the other side the front edge passes before the atom, which hides the rear one only.
        var turned = new StructureDrawing(structure, ["[0 1 0]"], borders: false).Scenes.Single();
        var lengths = turned.Edges(_ => false).Where(edge => edge.From.Y < 0.01 && edge.To.Y < 0.01 && Math.Abs(edge.To.X - edge.From.X) > 0.01).Select(edge => Math.Abs(edge.To.X - edge.From.X)).Order().ToArray();
        Assert.Equal(3, lengths.Length);
        Assert.Equal(4, lengths[2], 1e-9);
        Assert.Equal(2 - radius, lengths[0], 1e-9);

        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-9;
    }

    [Fact]
    public void Every_point_of_an_edge_is_seen_exactly_where_no_sphere_is_before_it()
    {
        foreach (var view in (string[])["a", "b", "c", "xyz:1,0.4,0.3", "xyz:-0.2,1,0.7"])
        {
            var scene = new StructureDrawing(Samples().ElementAt(2).Structure, [view], bonds: false).Scenes.Single();
            var edges = scene.Edges(_ => false).ToArray();
            var checkedPoints = 0;
            foreach (var axis in (int[])[1, 2, 4])
                for (var corner = 0; corner < 8; corner++)
                    for (var t = 0.005; t < 1 && (corner & axis) == 0; t += 0.0101)
                    {
                        var point = scene.Corners[corner] + (scene.Corners[corner | axis] - scene.Corners[corner]) * t;
                        var depths = scene.Items.OfType<SphereItem>().Select(sphere =>
                        {
                            var squared = sphere.RadiusA * sphere.RadiusA - Math.Pow(point.X - sphere.Place.X, 2) - Math.Pow(point.Y - sphere.Place.Y, 2);
                            return squared <= 0 ? double.NegativeInfinity : sphere.Place.Z + Math.Sqrt(squared);
                        });
                        var above = point.Z - depths.Max();
                        if (Math.Abs(above) < 1e-3) continue;
                        checkedPoints++;
                        Assert.Equal(above > 0, edges.Any(edge => Distance(point, edge.From, edge.To) < 1e-7));
                    }
            Assert.True(checkedPoints > 1000);
        }

        static double Distance(Vector3D point, Vector3D from, Vector3D to)
        {
            var along = to - from;
            return (point - from - along * Math.Clamp((point - from).Dot(along) / along.Dot(along), 0, 1)).Length;
        }
    }

    [Fact]
    public void Everything_stands_on_the_page()
    {
        foreach (var (name, structure) in Samples())
            foreach (var views in (string[][])[["b", "c"], ["a", "b", "c", "110"], ["xyz:1,0.4,0.3"], ["a", "b", "c", "100", "010", "001", "[111]", "xyz:-0.123456,0.234567,1e5", "110", "-1,12,-13", "101", "011"]])
            {
                var title = "A long title of Li1.2Mn0.54Ni0.13Co0.13O2 " + new string('x', 200);
                var root = XDocument.Parse(new StructureDrawing(structure, views, title).Svg("p-")).Root!;
                var page = root.Attribute("viewBox")!.Value.Split(' ').Select(Number).ToArray();
                var (width, height) = (page[2], page[3]);
                Assert.InRange(width, 321, 643);
                Assert.InRange(height, 80, 851);
                Assert.All(root.Descendants().Attributes("id"), id => Assert.StartsWith("p-", id.Value, StringComparison.Ordinal));
                foreach (var text in root.Descendants(Svg + "text").Where(text => text.Attribute("x") is not null))
                {
                    var size = Number(text.Attribute("font-size")!.Value);
                    var wide = FigureCanvas.Measure(RichText.Formulas(text.Value), (float)size);
                    var left = Number(text.Attribute("x")!.Value) - text.Attribute("text-anchor")?.Value switch { "middle" => wide / 2, "end" => wide, _ => 0 };
                    Assert.True(left > 0 && left + wide < width + 0.1 && Number(text.Attribute("y")!.Value) is var y && y > size * 0.7 && y < height, $"{name}: {text}");
                }
                foreach (var sphere in root.Elements(Svg + "use").Where(use => use.Attribute("x") is not null))
                    Assert.True(Number(sphere.Attribute("x")!.Value) is var x && x > 0 && x < width && Number(sphere.Attribute("y")!.Value) is var y && y > 0 && y < height, $"{name}: {sphere}");
            }
    }

    [Fact]
    public void Uses_one_description_of_each_kind_of_sphere_and_says_what_it_is()
    {
        var root = XDocument.Parse(new StructureDrawing(Of(Cube, ("Mn", 0, 0, 0), ("O", 0.5, 0.5, 0.5)), ["c"], "MnO <a> & \u0001b").Svg()).Root!;
        Assert.Equal("MnO <a> & b", root.Element(Svg + "title")!.Value);
        Assert.Equal(2 + 2, root.Element(Svg + "defs")!.Elements(Svg + "g").Count());
        // Four corners and the middle, and two in the legend.
        Assert.Equal(7, root.Elements(Svg + "use").Count(use => use.Attribute("x") is not null));
        var ids = root.Descendants().Attributes("id").Select(id => id.Value).ToHashSet();
        Assert.All(root.Descendants(Svg + "use"), use => Assert.Contains(use.Attribute("href")!.Value[1..], ids));
        // VESTA's colours of manganese and oxygen.
        Assert.Contains("#A8089E", root.ToString(), StringComparison.Ordinal);
        Assert.Contains("#FE0300", root.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tells_elements_fixed_atoms_moments_and_parts()
    {
        var root = XDocument.Parse(new StructureDrawing(Slab(2, 5)).Svg()).Root!;
        var words = root.Descendants(Svg + "text").Select(text => text.Value).ToArray();
        foreach (var entry in (string[])["Ni 40", "O 32", "F 8", "fixed 32", "partly fixed 16", "moment up 24", "moment down 16", "substrate", "coating", "along b", "along c", "2 Å"])
            Assert.Contains(entry, words);
        // At the side view only.
        Assert.Single(words, "coating");
        var plain = XDocument.Parse(new StructureDrawing(Of(Cube, ("Po", 0, 0, 0))).Svg()).Root!.Descendants(Svg + "text").Select(text => text.Value);
        Assert.DoesNotContain(plain, word => word.Contains("fixed", StringComparison.Ordinal) || word.Contains("moment", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_atoms_that_are_seen_show_their_moments()
    {
        // Nickel in the middle of the cell, its moment up; oxygen, which is smaller, before or behind it along b.
        static double Arrow(double x, double y, double z) =>
            new StructureDrawing(new(Lattice.FromParameters(8, 8, 8, 90, 90, 90), [new Site(Element.Parse("Ni"), new(0.5, 0.5, 0.5)) { MomentMuB = 2 }, new Site(Element.Parse("O"), new(x, y, z))]), ["b"])
                .Scenes.Single().Items.OfType<SphereItem>().Single(sphere => sphere.Element.Symbol == "Ni").ArrowA;

        Assert.True(Arrow(0.5, 0.9, 0.5) > 0);
        Assert.True(Arrow(0.7, 0.1, 0.5) > 0);
        // An end alone would be taken for that of oxygen.
        Assert.Equal(0, Arrow(0.5, 0.1, 0.5));
        Assert.Equal(0, Arrow(0.5, 0.1, 0.5 + 1.4 / 8));
        Assert.Equal(0, Arrow(0.5, 0.1, 0.5 - 1.2 / 8));
    }

    [Fact]
    public void A_coating_on_both_sides_has_two_brackets()
    {
        var slab = Slab(1, 7);
        var both = slab with { Sites = [.. slab.Sites.Select(site => site with { Part = site.Fractional.Z * slab.Lattice.C.Length is < 8 or > 19 ? "coating" : "substrate" })] };
        var brackets = PartBracket.Of(both, new StructureDrawing(both, ["a"]).Scenes.Single());
        Assert.Equal(["coating", "coating", "substrate"], brackets.Select(bracket => bracket.Part).Order());
        Assert.All(brackets, bracket => Assert.True(bracket.FromA < bracket.ToA));
        Assert.Empty(PartBracket.Of(both, new StructureDrawing(both, ["c"]).Scenes.Single()));
    }

    [Fact]
    public void A_slab_of_hundreds_of_atoms_shows_its_symbols_and_fills_the_page()
    {
        var svg = new StructureDrawing(Slab(3, 7)).Svg();
        var root = XDocument.Parse(svg).Root!;
        Assert.Equal(170, Number(root.Attribute("width")!.Value[..^2]), 0.01);
        Assert.True(root.Descendants(Svg + "text").Count(text => text.Value == "Ni") > 30);
    }

    [Fact]
    public void Thousands_of_atoms_stay_a_small_file()
    {
        var lattice = Lattice.FromParameters(40, 41, 42, 80, 95, 100);
        var glass = new Structure(lattice, [.. Enumerable.Range(0, 5000).Select(i => new Site(Element.Parse((i % 3) switch { 0 => "Si", _ => "O" }), new(i * 0.8191725 % 1, i * 0.6710436 % 1, i * 0.5497005 % 1)))]);
        Assert.InRange(new StructureDrawing(glass).Svg().Length, 100_000, 1_500_000);
        // With all bonds, where nothing lies in rows.
        Assert.InRange(new StructureDrawing(glass, ["c"], bonds: true).Svg().Length, 100_000, 4_000_000);
    }

    [Fact]
    public void The_PNG_has_300_dots_an_inch_and_shows_spheres_in_their_colours()
    {
        var drawing = new StructureDrawing(Of(Cube, ("Mn", 0, 0, 0), ("Li", 0.5, 0.5, 0.5)), ["c"]);
        var page = XDocument.Parse(drawing.Svg()).Root!.Attribute("viewBox")!.Value.Split(' ').Select(Number).ToArray();
        using var bitmap = SKBitmap.Decode(drawing.Png());
        Assert.Equal(((int)Math.Round(page[2] * 300 / 96), (int)Math.Round(page[3] * 300 / 96)), (bitmap.Width, bitmap.Height));
        Assert.Equal(SKColors.White, bitmap.GetPixel(1, 1));
        // The SVG says where the last sphere above the legend is: lithium, in the middle and in front of no one; its lower left is free of its symbol.
        var sphere = XDocument.Parse(drawing.Svg()).Root!.Elements(Svg + "use").Select(use => (X: Number(use.Attribute("x")!.Value), Y: Number(use.Attribute("y")!.Value))).First(place => place.X is > 120 and < 200);
        var pixel = bitmap.GetPixel((int)((sphere.X - 9) * 300 / 96), (int)((sphere.Y + 6) * 300 / 96));
        Assert.True(pixel.Green > pixel.Red && pixel.Green > pixel.Blue + 20, pixel.ToString());
    }

    [Fact]
    public void Every_element_has_a_colour_of_its_sphere() =>
        Assert.Equal(["H FFCCCC", "O FE0300", "Sc B563AB", "U 79A1AA", "Lr 4C4C4C"],
            ((string[])["H", "O", "Sc", "U", "Lr"]).Select(symbol => $"{symbol} {ElementColors.OfSphere(Element.Parse(symbol)).ToHex()[1..]}"));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
