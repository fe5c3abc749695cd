using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Tests.Crystals;

public class InlineCrystalTests
{
    private static readonly Element Li = Element.Parse("Li"), F = Element.Parse("F"), Mn = Element.Parse("Mn"), O = Element.Parse("O");

    [Fact]
    public void Sites_without_operations_are_all_atoms_in_the_order_written()
    {
        var structure = new InlineCrystal(InlineCrystal.Cell(4, 4, 5), [new(F, new(0.5, 0.5, 0.5)), new(Li, new(1, -0.25, 0))]).Build();
        Assert.Equal(["F", "Li"], structure.Sites.Select(site => site.Element.Symbol));
        Assert.Equal(new Vector3D(0, 0.75, 0), structure.Sites[1].Fractional);
    }

    [Fact]
    public void Places_may_be_in_angstrom_along_x_y_and_z()
    {
        var lattice = InlineCrystal.Cell(new(4, 0, 0), new(1, 4, 0), new(0, 0, 5));
        var structure = new InlineCrystal(lattice, [new(Li, new(0, 0, 0)), new(F, new(2.5, 2, 2.5))]) { PlacesInA = true }.Build();
        Assert.True((structure.Sites[1].Fractional - new Vector3D(0.5, 0.5, 0.5)).Length < 1e-14);
    }

    [Fact]
    public void Operations_make_the_crystal_that_the_same_cif_makes()
    {
        string[] operations = ["x,y,z", "-x, y, -z", "-x,-y,-z", "x,-y,z", "1/2+x,1/2+y,z", "-x+1/2,y+1/2,-z", ".5-x,0.5-y,-z", "x+1/2,-y+1/2,z"];
        var written = new InlineCrystal(InlineCrystal.Cell(4.937, 8.532, 5.030, 90, 109.46, 90),
        [
            new(Mn, new(0, 0.16708, 0)), new(Li, new(0, 0.5, 0)), new(Li, new(0, 0, 0.5)), new(Li, new(0, 0.6606, 0.5)), new(O, new(0.2189, 0, 0.2273)), new(O, new(0.2540, 0.32119, 0.2233)),
        ]) { Operations = [.. operations] }.Build();
        Assert.Equal(Cif.Read(SampleCifs.Li2MnO3).Structure, written);
    }

    [Theory]
    [InlineData(0, 4, 5, 90, 90, 90)]
    [InlineData(4, 4, 5, 60, 60, 130)]
    [InlineData(4, 4, 5, 90, double.NaN, 90)]
    [InlineData(4, 4, double.PositiveInfinity, 90, 90, 90)]
    [InlineData(0.1, 4, 5, 90, 90, 90)]
    public void Impossible_cells_are_refused(double a, double b, double c, double alpha, double beta, double gamma) =>
        Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => InlineCrystal.Cell(a, b, c, alpha, beta, gamma)).Code);

    [Fact]
    public void Vectors_in_a_plane_are_no_cell() =>
        Assert.Equal("DF1285", Assert.Throws<DftFlowException>(() => InlineCrystal.Cell(new(1, 0, 0), new(0, 1, 0), new(1, 1, 0))).Code);

    [Fact]
    public void Mistakes_are_named()
    {
        Assert.Contains("lie on each other", Refused("DF1220", [new(Li, new(0, 0, 0)), new(F, new(0.99, 0, 0))]), StringComparison.Ordinal);
        Assert.Contains("F (site 1) and Li (site 2) lie on each other", Refused("DF1215", [new(F, new(0.5, 0, 0.45)), new(Li, new(0.5, 0, 0.5))], "x,y,z", "-x,y,z"), StringComparison.Ordinal);
        Assert.Contains("no sites", Refused("DF1287", []), StringComparison.Ordinal);
        Assert.Contains("no place", Refused("DF1287", [new(Li, new(double.NaN, 0, 0))]), StringComparison.Ordinal);
        Assert.Contains("'x,y' is not", Refused("DF1287", [new(Li, default)], "x,y"), StringComparison.Ordinal);
        Assert.Contains("does not leave the cell", Refused("DF1287", [new(Li, default)], "x,y,z", "z,x,y"), StringComparison.Ordinal);
        Assert.Contains("identity", Refused("DF1287", [new(Li, default)], "-x,-y,-z"), StringComparison.Ordinal);
    }

    private static string Refused(string code, ImmutableArray<InlineSite> sites, params string[] operations)
    {
        var error = Assert.Throws<DftFlowException>(() => new InlineCrystal(InlineCrystal.Cell(4, 4, 5), sites) { Operations = [.. operations] }.Build());
        Assert.Equal(code, error.Code);
        return error.Message;
    }
}
