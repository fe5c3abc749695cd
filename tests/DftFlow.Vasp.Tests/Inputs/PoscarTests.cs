using System.Collections.Immutable;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

public class PoscarTests
{
    private const string Spinel = """
        a comment
        2.0
          2.0 0.0 0.0
          0.0 2.5 0.0
          0.0 0.0 3.0
        Li_sv Mn_pv O/3f2a
        1 1 2
        Selective dynamics
        Cartesian
        0.0 0.0 0.0  T T F
        1.0 1.25 1.5 F F F
        1.0D0 0 0  .TRUE. .FALSE. T  O
        0 1.25 0  T T T

        0.1 0.1 0.1

        """;

    [Fact]
    public void Reads_scale_selective_dynamics_and_cartesian_coordinates()
    {
        var (structure, comment) = Poscar.Read(Spinel);
        Assert.Equal("a comment", comment);
        Assert.Equal(new Vector3D(4, 5, 6), structure.Lattice.LengthsA);
        Assert.Equal(["Li", "Mn", "O", "O"], structure.Sites.Select(site => site.Element.Symbol));
        Assert.Equal(new Vector3D(0.5, 0.5, 0.5), structure.Sites[1].Fractional);
        Assert.Equal(new Vector3D(0.5, 0, 0), structure.Sites[2].Fractional);
        Assert.Equal(new SelectiveDynamics(true, true, false), structure.Sites[0].Free);
        Assert.Equal(new SelectiveDynamics(true, false, true), structure.Sites[2].Free);
        Assert.Equal([("Li", 1), ("Mn", 1), ("O", 2)], Poscar.Blocks(structure).Select(block => (block.Element.Symbol, block.Count)));
    }

    [Theory]
    [InlineData("\r\n", " ")]
    [InlineData("\n", "\t")]
    public void Line_ends_and_tabs_do_not_matter(string lineEnd, string blank)
    {
        var text = Spinel.ReplaceLineEndings("\n").Replace(" ", blank, StringComparison.Ordinal).Replace("\n", lineEnd, StringComparison.Ordinal);
        Assert.Equal(Poscar.Read(Spinel).Structure, Poscar.Read(text).Structure);
    }

    [Fact]
    public void A_negative_scale_is_the_volume_and_three_scales_are_for_x_y_and_z()
    {
        Assert.Equal(240, Poscar.Read(Changed("2.0", "-240")).Structure.Lattice.Volume, 9);
        // Cartesian coordinates are scaled with the cell: fractions stay.
        Assert.Equal(0.5, Poscar.Read(Changed("2.0", "-240")).Structure.Sites[1].Fractional.Y, 12);
        var stretched = Poscar.Read(Changed("2.0", "1 2 3 ! factors")).Structure;
        Assert.Equal(new Vector3D(2, 5, 9), stretched.Lattice.LengthsA);
        Assert.Equal(new Vector3D(0.5, 0.5, 0.5), stretched.Sites[1].Fractional);
    }

    [Fact]
    public void A_file_without_elements_needs_them_given()
    {
        var text = Changed("Li_sv Mn_pv O/3f2a\n", "");
        Assert.Equal("DF1202", Assert.Throws<DftFlowException>(() => Poscar.Read(text)).Code);
        Assert.Equal("LiMnO2", Poscar.Read(text, [Element.Parse("Li"), Element.Parse("Mn"), Element.Parse("O")]).Structure.Composition.Formula);
        Assert.Equal("DF1202", Assert.Throws<DftFlowException>(() => Poscar.Read(text, [Element.Parse("Li")])).Code);
    }

    [Theory]
    [InlineData("2.0", "zero", "DF1201", 2, 1)]
    [InlineData("2.0", "0", "DF1204", 2, null)]
    [InlineData("2.0", "1 -1 1", "DF1204", 2, null)]
    [InlineData("  0.0 2.5 0.0", "  0.0 2.5", "DF1201", 4, 10)]
    [InlineData("  0.0 2.5 0.0", "  1.0 0.0 0.0", "DF1204", 3, null)]
    [InlineData("  0.0 2.5 0.0", "  0.0 2,5 0.0", "DF1201", 4, 7)]
    [InlineData("  0.0 2.5 0.0", "  0.0 NaN 0.0", "DF1201", 4, 7)]
    [InlineData("Mn_pv", "Mx_pv", "DF1202", 6, 7)]
    [InlineData("Mn_pv", "MN", "DF1202", 6, 7)]
    [InlineData("1 1 2", "1 1", "DF1202", 7, null)]
    [InlineData("1 1 2", "1 0 2", "DF1201", 7, 3)]
    [InlineData("1 1 2", "1 1 1000000000", "DF1203", 7, 5)]
    [InlineData("1 1 2", "1 1 99999999999999999999", "DF1202", 7, null)]
    [InlineData("1 1 2", "1 1 99", "DF1201", 14, 1)]
    [InlineData("Cartesian", "0.1 0.2 0.3", "DF1201", 9, 1)]
    [InlineData("F F F", "F F", "DF1201", 11, 17)]
    [InlineData("F F F", "F X F", "DF1201", 11, 16)]
    public void Says_what_is_wrong_and_where(string good, string bad, string code, int line, int? column)
    {
        var error = Assert.Throws<DftFlowException>(() => Poscar.Read(Changed(good, bad)));
        Assert.Equal((code, line, column), (error.Code, error.Line, error.Column));
    }

    [Fact]
    public void Names_the_element_that_was_meant() =>
        Assert.Contains("Did you mean Mn?", Assert.Throws<DftFlowException>(() => Poscar.Read(Changed("Mn_pv", "MN"))).Hint, StringComparison.Ordinal);

    [Fact]
    public void Writes_the_same_bytes_for_the_same_structure() => Assert.Equal("""
        a comment
        1.0
            4.0000000000000000     0.0000000000000000     0.0000000000000000
            0.0000000000000000     5.0000000000000000     0.0000000000000000
            0.0000000000000000     0.0000000000000000     6.0000000000000000
            Li     Mn      O
             1      1      2
        Selective dynamics
        Direct
            0.0000000000000000     0.0000000000000000     0.0000000000000000  T T F
            0.5000000000000000     0.5000000000000000     0.5000000000000000  F F F
            0.5000000000000000     0.0000000000000000     0.0000000000000000  T F T
            0.0000000000000000     0.5000000000000000     0.0000000000000000  T T T

        """, Poscar.Write(Poscar.Read(Spinel).Structure, " a\ncomment "));

    [Fact]
    public void What_is_written_is_read_back_bit_by_bit() =>
        Gen.Select(Gen.Double[-20, 20].Array[9], Gen.Double[-2, 2].Array[3].Array[1, 8], Gen.Int[0, 3].Array[8], Gen.Bool).Sample((vectors, places, elements, selective) =>
        {
            string[] symbols = ["Li", "Mn", "O", "H"];
            var structure = Made(vectors, [.. places.Select((place, i) => new Site(Element.Parse(symbols[elements[i]]), new(place[0], place[1] / 1e7, place[2]), selective ? new(i % 2 == 0, true, false) : null))]);
            return structure is null || Poscar.Read(Poscar.Write(structure, "x")).Structure == structure;
        });

    [Fact]
    public void Reads_the_corpus_as_pymatgen_does()
    {
        var folder = TestPaths.Shared("vasp-corpus", "poscar-variants-a");
        using var expected = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "case.json")));
        var read = 0;
        foreach (var file in expected.RootElement.GetProperty("expected").EnumerateObject())
        {
            var text = File.ReadAllText(Path.Combine(folder, file.Name));
            // pymatgen makes up names for files without any; so do we not.
            var named = !file.Value.TryGetProperty("true_names", out var names) || names.GetBoolean();
            var blocks = file.Value.GetProperty("site_symbols").EnumerateArray().Select(symbol => Element.Parse(symbol.GetString()!)).ToArray();
            if (!named) Assert.Equal("DF1202", Assert.Throws<DftFlowException>(() => Poscar.Read(text)).Code);
            var (structure, comment) = Poscar.Read(text, named ? null : blocks);
            if (file.Value.TryGetProperty("comment", out var stated)) Assert.Equal(stated.GetString(), comment);
            Assert.Equal(file.Value.GetProperty("n_sites").GetInt32(), structure.Sites.Length);
            Assert.Equal(file.Value.GetProperty("volume").GetDouble(), structure.Lattice.Volume, 6);
            Assert.Equal(blocks, Poscar.Blocks(structure).Select(block => block.Element));
            foreach (var (site, place) in structure.Sites.Zip(file.Value.GetProperty("first_frac_coords").EnumerateArray()))
                for (var axis = 0; axis < 3; axis++) Assert.Equal(place[axis].GetDouble(), site.Fractional[axis], 9);
            read++;
        }
        Assert.Equal(15, read);
    }

    [Fact]
    public void Damaged_files_give_no_other_error() =>
        Mutated.OnlyFailsWithItsOwnError(text => Poscar.Read(text), Spinel, Changed("Li_sv Mn_pv O/3f2a\n", ""), Changed("2.0", "-240"));

    private static string Changed(string good, string bad)
    {
        var at = Spinel.IndexOf(good, StringComparison.Ordinal);
        return Spinel.Remove(at, good.Length).Insert(at, bad);
    }

    private static Structure? Made(double[] v, ImmutableArray<Site> sites)
    {
        try
        {
            return new Structure(new Lattice(new(v[0], v[1], v[2]), new(v[3], v[4], v[5]), new(v[6], v[7], v[8])), sites);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
