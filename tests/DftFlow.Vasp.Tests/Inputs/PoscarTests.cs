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
        var file = Poscar.Read(Spinel);
        var structure = file.Structure;
        Assert.Equal("a comment", file.Comment);
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

    [Fact]
    public void A_look_at_a_file_without_elements_gives_all_but_the_elements()
    {
        var file = Poscar.Inspect(Changed("Li_sv Mn_pv O/3f2a\n", ""));
        Assert.False(file.HasElements);
        Assert.Equal([new PoscarBlock(null, 1), new PoscarBlock(null, 1), new PoscarBlock(null, 2)], file.Blocks);
        Assert.Equal((new Vector3D(0.5, 0.5, 0.5), 4, 120.0), (file.Positions[1], file.Free.Length, file.Lattice.Volume));
        Assert.Throws<InvalidOperationException>(() => file.Structure);
        Assert.Equal([Element.Parse("Li"), null, Element.Parse("O")], Poscar.Inspect(Changed("Mn_pv", "Xx_pv")).Blocks.Select(block => block.Element));
        Assert.Equal(Poscar.Read(Spinel).Structure, Poscar.Inspect(Spinel).Structure);
    }

    [Theory]
    [InlineData("x\n1\n3 0 0\n0 3 0\n0 0 3\n1 2\nDirect\n0 0 0 Li\n.5 0 0 O\n0 .5 0 O_s")]
    [InlineData("x\n1 ! scale\n3 0 0 a\n0 3 0 b\n0 0 3 c\nLi # lithium\nO ! oxygen\n1 ! one\n2 ! two\nDirect coordinates\n0 0 0 # Mn\n.5 0 0\n0 .5 0\n\nwritten by hand\n")]
    [InlineData("x\n1\n3 0 0\n0 3 0\n0 0 3\n Li/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef   O/\n1\n2\nDirect\n0 0 0\n.5 0 0\n0 .5 0\n\n\n")]
    public void Reads_labels_behind_atoms_comments_hashes_and_wrapped_lines(string text)
    {
        var file = Poscar.Read(text);
        Assert.Equal("LiO2", file.Structure.Composition.Formula);
        Assert.Equal([new(0, 0, 0), new(0.5, 0, 0), new(0, 0.5, 0)], file.Structure.Sites.Select(site => site.Fractional));
        Assert.Empty(file.Findings);
        Assert.Empty(file.VelocitiesAPerFs);
    }

    private const string Moving = """
        md
        1.0
        3 0 0
        0 3 0
        0 0 3
        Li F
        1 1
        Direct
        0 0 0
        0.5 0.5 0.5
        Lattice velocities and vectors
        1
        0.1 0 0
        0 0.2 0
        0 0 .3D-2
        3 0 0
        0 3 0
        0 0 3

         -0.83844199E-02 -0.46373336E-02 -0.17369449E-02
        0 0.25 0

                   1
           2.0
          0.1 0.2 0.0 0.0
        1 2 3
        4 5 6
        7 8 9
        1 2 3
        4 5 6
        7 8 9

        """;

    [Fact]
    public void Reads_what_molecular_dynamics_leaves_behind_the_atoms_and_writes_it_back()
    {
        var file = Poscar.Read(Moving);
        Assert.Empty(file.Findings);
        Assert.Equal([new(-0.0083844199, -0.0046373336, -0.0017369449), new(0, 0.25, 0)], file.VelocitiesAPerFs);
        Assert.Empty(file.VelocitiesPerStep);
        Assert.Equal([new(0.1, 0, 0), new(0, 0.2, 0), new(0, 0, 0.003)], file.LatticeVelocities!.VelocitiesAPerFs);
        Assert.Equal((1, new Vector3D(0, 0, 3)), (file.LatticeVelocities.State, file.LatticeVelocities.VectorsA[2]));
        Assert.StartsWith("           1\n   2.0\n", file.PredictorCorrector, StringComparison.Ordinal);
        Assert.EndsWith("\n7 8 9", file.PredictorCorrector, StringComparison.Ordinal);

        var written = Poscar.Write(file);
        Assert.StartsWith(Poscar.Write(file.Structure, "md"), written, StringComparison.Ordinal);
        Assert.Equal(written, Poscar.Write(Poscar.Read(written)));
        Assert.Equal(file.PredictorCorrector, Poscar.Read(written).PredictorCorrector);
        Assert.Equal(file.LatticeVelocities.VelocitiesAPerFs, Poscar.Read(written).LatticeVelocities!.VelocitiesAPerFs);
    }

    [Fact]
    public void Velocities_along_the_lattice_vectors_stay_in_their_own_unit()
    {
        var text = Moving.Replace("\n\n -0.83844199E-02", "\nDirect\n -0.83844199E-02", StringComparison.Ordinal);
        var file = Poscar.Read(text);
        Assert.Empty(file.VelocitiesAPerFs);
        Assert.Equal(new Vector3D(0, 0.25, 0), file.VelocitiesPerStep[1]);
        Assert.Equal(file.VelocitiesPerStep, Poscar.Read(Poscar.Write(file)).VelocitiesPerStep);
    }

    [Theory]
    [InlineData("0.5 0.5 0.5\n", "0.5 0.5 0.5\n0.1 0.1 0.1\n", "Line 11 holds three numbers")]
    [InlineData("0 0.25 0\n", "", "those of 1 of 2 atoms")]
    [InlineData("7 8 9\n\n", "\n", "8 of 9 lines")]
    [InlineData("0 0.2 0\n", "0 0.2\n", "lattice velocities that begin on line 11")]
    public void What_is_incomplete_behind_the_atoms_is_left_out_and_told(string good, string bad, string told)
    {
        var at = (Moving + "\n").IndexOf(good, StringComparison.Ordinal);
        var file = Poscar.Read((Moving + "\n").Remove(at, good.Length).Insert(at, bad));
        Assert.Equal(2, file.Structure.Sites.Length);
        var finding = Assert.Single(file.Findings);
        Assert.Equal(("DF1252", Severity.Warning), (finding.Code, finding.Severity));
        Assert.Contains(told, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wherever_a_file_is_cut_off_it_is_an_error_or_all_its_atoms_are_there()
    {
        var atomsEnd = Moving.IndexOf("Lattice", StringComparison.Ordinal);
        for (var length = 0; length <= Moving.Length; length++)
        {
            // Behind the last atom's third digit nothing tells a cut file from a whole one.
            if (length < atomsEnd - "0.5\n".Length) Assert.StartsWith("DF120", Assert.Throws<DftFlowException>(() => Poscar.Read(Moving[..length])).Code, StringComparison.Ordinal);
            else if (length > atomsEnd - "0.5\n".Length) Assert.Equal(2, Poscar.Read(Moving[..length]).Structure.Sites.Length);
        }
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
    public void Velocities_are_written_and_read_back_bit_by_bit() =>
        Gen.Select(Gen.Double[-1e-2, 1e-2], Gen.Double[-1e-12, 1e-12], Gen.Double[-1e3, 1e3]).Array[2].Sample(velocities =>
        {
            var file = Poscar.Read(Moving) with { VelocitiesAPerFs = [.. velocities.Select(v => new Vector3D(v.Item1, v.Item2, v.Item3))] };
            return Poscar.Read(Poscar.Write(file)).VelocitiesAPerFs.SequenceEqual(file.VelocitiesAPerFs);
        });

    [Fact]
    public void A_hundred_thousand_atoms_are_read_in_time()
    {
        var text = new System.Text.StringBuilder("big\n1\n300 0 0\n0 300 0\n0 0 300\nSi\n100000\nDirect\n");
        var random = new Random(1);
        for (var i = 0; i < 200_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(i == 100_000 ? "\n" : "")}  {random.NextDouble():0.0000000000000000}  {random.NextDouble():0.0000000000000000}  {random.NextDouble():0.0000000000000000}\n");
        var whole = text.ToString();
        Poscar.Read(Moving);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var file = Poscar.Read(whole);
        // A fiftieth of this where the machine is idle: something quadratic takes minutes.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), clock.Elapsed.ToString());
        Assert.Equal((100_000, 100_000), (file.Structure.Sites.Length, file.VelocitiesAPerFs.Length));
    }

    [Fact]
    public void Damaged_files_give_no_other_error() =>
        Mutated.OnlyFailsWithItsOwnError(text =>
        {
            var file = Poscar.Inspect(text);
            if (file.HasElements) Poscar.Read(Poscar.Write(file));
            Poscar.Read(text);
        }, Spinel, Changed("Li_sv Mn_pv O/3f2a\n", ""), Changed("2.0", "-240"), Moving);

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
