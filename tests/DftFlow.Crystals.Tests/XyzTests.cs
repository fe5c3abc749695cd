using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class XyzTests
{
    [Fact]
    public void Writes_cell_columns_and_numbers_in_full_the_same_way_each_time() => Assert.Equal("""
        2
        Lattice="3 0 0 0 4 0 1 0 5.5" Properties=species:S:1:pos:R:3:move_mask:L:3 pbc="T T T" comment="a  b "
        Li 0 0 0 T T T
        O  0.30000000000000004 2 0 T F T

        """, Xyz.Write(new Structure(new Lattice(new(3, 0, 0), new(0, 4, 0), new(1, 0, 5.5)),
        [new(Element.Parse("Li"), new(-0.0, 0, 0)), new(Element.Parse("O"), new(0.1, 0.5, 0), new(true, false, true))]), "a\n\"b\""));

    [Fact]
    public void Reads_extended_XYZ_with_other_columns_and_keys()
    {
        var frames = Xyz.Read("""
            2
            energy=-1.5 pbc="T T F" Properties=forces:R:3:species:S:1:id:I:1:pos:R:3:move_mask:L:1 lattice='3 0 0  0 4 0  0 0 5' note="Lattice= x" virial={1 2 3}
            1 2 3  Li 7  0.0 2.0 1e0   T
            1 2 3  8 8  1.5 0.0 -2.5   F

            1
            Lattice="2 3 4"
            Mn1 1 1.5 2 and more

            """);
        Assert.Equal(2, frames.Length);
        Assert.Equal(new Vector3D(3, 4, 5), frames[0].Structure.Lattice.LengthsA);
        Assert.Equal(["Li", "O"], frames[0].Structure.Sites.Select(site => site.Element.Symbol));
        Assert.Equal(new Vector3D(0.5, 0, -0.5), frames[0].Structure.Sites[1].Fractional);
        Assert.Equal([new SelectiveDynamics(true, true, true), new SelectiveDynamics(false, false, false)], frames[0].Structure.Sites.Select(site => site.Free!.Value));
        Assert.Equal("Lattice=\"2 3 4\"", frames[1].Comment);
        Assert.Equal(new Site(Element.Parse("Mn"), new(0.5, 0.5, 0.5)), frames[1].Structure.Sites.Single());
    }

    [Fact]
    public void A_plain_file_takes_the_cell_that_is_given()
    {
        const string water = "3\r\nwater\r\nO 0 0 0\r\nH 0.757 0.586 0\r\nH -0.757 0.586 0";
        Assert.Equal("DF1254", Assert.Throws<DftFlowException>(() => Xyz.Read(water)).Code);
        Assert.Equal("H2O", Xyz.Read(water, Lattice.FromParameters(10, 10, 10, 90, 90, 90)).Single().Structure.Composition.ReducedFormula);
    }

    [Theory]
    [InlineData("", "DF1253", 1)]
    [InlineData("two\n", "DF1253", 1)]
    [InlineData("0\n\n", "DF1253", 1)]
    [InlineData("1\n", "DF1253", 2)]
    [InlineData("2\nLattice=\"2 3 4\"\nLi 0 0 0\n", "DF1253", 4)]
    [InlineData("1\nLattice=\"2 3 4\"\nLx 0 0 0\n", "DF1253", 3)]
    [InlineData("1\nLattice=\"2 3 4\"\nLi 0 0,5 0\n", "DF1253", 3)]
    [InlineData("1\nLattice=\"2 3 4\"\nLi 0 0\n", "DF1253", 3)]
    [InlineData("1\nLattice=\"2 3\"\nLi 0 0 0\n", "DF1253", 2)]
    [InlineData("1\nLattice=\"1 0 0 2 0 0 0 0 1\"\nLi 0 0 0\n", "DF1253", 2)]
    [InlineData("1\nLattice=\"2 3 4\" Properties=species:S:1\nLi\n", "DF1253", 2)]
    [InlineData("1\nLattice=\"2 3 4\" Properties=species:S:1:pos:R:3:x:R:99999999\nLi\n", "DF1253", 2)]
    [InlineData("1\nLattice=\"2 3 4\" Properties=species:S:1:pos:R:3:move_mask:L:1\nLi 0 0 0 yes\n", "DF1253", 3)]
    [InlineData("1000000000\nLattice=\"2 3 4\"\nLi 0 0 0\n", "DF1255", 1)]
    public void Says_what_is_wrong_and_where(string text, string code, int line)
    {
        var error = Assert.Throws<DftFlowException>(() => Xyz.Read(text));
        Assert.Equal((code, line), (error.Code, error.Line));
    }

    [Fact]
    public void What_is_written_is_read_back() => SampleStructures.Random.Sample(structure =>
    {
        var back = Xyz.Read(Xyz.Write(structure)).Single().Structure;
        return back.Lattice == structure.Lattice
            && back.Sites.Zip(structure.Sites).All(pair => pair.First.Element == pair.Second.Element && (pair.First.Fractional - pair.Second.Fractional).Length < 1e-14);
    });

    [Fact]
    public async Task ASE_reads_the_same_structure()
    {
        var theirs = await OtherReader.AskAsync("ase", """
            import io, ase.io
            a = ase.io.read(io.StringIO(text), format='extxyz')
            b = a.copy()
            b.set_positions(a.get_positions() + 1)
            answer = {'cell': a.cell.tolist(), 'symbols': a.get_chemical_symbols(), 'positions': a.get_positions().tolist(), 'pbc': a.pbc.tolist(), 'moves': (b.positions - a.positions > 0.5).tolist()}
            """, Xyz.Write(SampleStructures.Constrained, "note"));
        var structure = SampleStructures.Constrained;
        Assert.Equal(structure.Sites.Select(site => site.Element.Symbol), theirs.GetProperty("symbols").EnumerateArray().Select(x => x.GetString()));
        Assert.All(theirs.GetProperty("pbc").EnumerateArray(), periodic => Assert.True(periodic.GetBoolean()));
        Assert.Equal(structure.Sites.Select(site => site.Free!.Value), theirs.GetProperty("moves").EnumerateArray().Select(m => new SelectiveDynamics(m[0].GetBoolean(), m[1].GetBoolean(), m[2].GetBoolean())));
        for (var axis = 0; axis < 3; axis++)
        {
            for (var i = 0; i < 3; i++) Assert.Equal(structure.Lattice[i][axis], theirs.GetProperty("cell")[i][axis].GetDouble());
            for (var i = 0; i < structure.Sites.Length; i++) Assert.Equal(structure.Lattice.ToCartesian(structure.Sites[i].Fractional)[axis], theirs.GetProperty("positions")[i][axis].GetDouble());
        }
    }

    [Fact]
    public void Damaged_files_give_no_other_error() =>
        Mutated.OnlyFailsWithItsOwnError(text => Xyz.Read(text), Xyz.Write(SampleStructures.Constrained, "c"), Xyz.Write(SampleStructures.Triclinic) + Xyz.Write(SampleStructures.LeftHanded));
}
