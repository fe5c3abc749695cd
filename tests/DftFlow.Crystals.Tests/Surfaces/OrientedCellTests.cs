using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

public class OrientedCellTests
{
    private static readonly Gen<MillerPlane> Planes = Gen.Int[-4, 4].Array[3].Where(n => n.Any(i => i != 0)).Select(n => new MillerPlane(n[0], n[1], n[2]));

    // Shortest in-plane vectors by hand: a/√2 in the faces of the fcc cube, a and a/√2 in (110), and so on.
    [Theory]
    [InlineData("LiF", 0, 0, 1, 2.84702, 2.84702, 90, 2.01315)]
    [InlineData("LiF", 1, 1, 0, 2.84702, 4.0263, 90, 1.42351)]
    [InlineData("LiF", 1, 1, 1, 2.84702, 2.84702, 120, 2.32459)]
    [InlineData("LiCoO2", 0, 0, 3, 2.8156, 2.8156, 120, 4.68473)]
    [InlineData("SrTiO3", 1, 1, 0, 3.905, 5.5225, 90, 2.76125)]
    [InlineData("Li2MnO3", 0, 0, 1, 4.92875, 4.92875, 119.9, 4.74266)]
    public void Vectors_in_the_plane_are_the_shortest_and_the_volume_the_primitive_cells(string name, int h, int k, int l, double a, double b, double gamma, double spacing)
    {
        var cell = OrientedCell.Of(SurfaceCrystals.Named(name), new(h, k, l));
        Assert.Equal(a, cell.Structure.Lattice.A.Length, 5e-5);
        Assert.Equal(b, cell.Structure.Lattice.B.Length, 5e-5);
        Assert.Equal(gamma, cell.Structure.Lattice.AnglesDegrees.Z, 0.05);
        Assert.Equal(spacing, cell.SpacingA, 5e-5);
    }

    [Fact]
    public void The_area_is_the_reciprocal_vectors_length_times_the_volume_and_a_cell_of_the_crystal_is_kept() =>
        Gen.Select(Gen.Int[0, SurfaceCrystals.All.Length - 1], Planes).Sample((index, plane) =>
        {
            var crystal = SurfaceCrystals.All[index].Crystal;
            var cell = OrientedCell.Of(crystal, plane);
            var (lattice, oriented) = (crystal.Lattice, cell.Structure.Lattice);
            // The rows say how the cell lies in the crystal: in the plane hkl, and with its lengths.
            foreach (var (row, vector) in cell.Rows.Zip([oriented.A, oriented.B, oriented.C])) Assert.Equal(vector.Length, lattice.ToCartesian(row).Length, 1e-6);
            var (rowA, rowB, rowC) = (cell.Rows[0], cell.Rows[1], cell.Rows[2]);
            foreach (var row in new[] { rowA, rowB }) Assert.Equal(0, plane.H * row.X + plane.K * row.Y + plane.L * row.Z, 1e-6);
            Assert.True(plane.H * rowC.X + plane.K * rowC.Y + plane.L * rowC.Z > 0);
            // Right-handed, a along x, b in the xy plane, the normal upwards; a and b reduced.
            Assert.True(oriented.A is { Y: 0, Z: 0 } && oriented.B is { Y: > 0, Z: 0 } && oriented.C.Z > 0);
            Assert.True(Math.Abs(oriented.A.Dot(oriented.B)) <= oriented.A.Dot(oriented.A) * (0.5 + 1e-9) && oriented.A.Length <= oriented.B.Length * (1 + 1e-9));
            // |G| of the primitive lattice's shortest vector along the normal is the reciprocal of the spacing: area = |G| · V.
            Assert.Equal(oriented.Volume, cell.AreaA2 * cell.SpacingA, 1e-6);
            var normal = lattice.Reciprocal(0) * plane.H + lattice.Reciprocal(1) * plane.K + lattice.Reciprocal(2) * plane.L;
            var multiple = normal.Length / (2 * Math.PI) * cell.SpacingA;
            Assert.Equal(Math.Round(multiple * 12), multiple * 12, 1e-4);
            Assert.Equal(crystal.Sites.Length * oriented.Volume / lattice.Volume, cell.Structure.Sites.Length, 1e-6);
            Assert.Equal(Distances(crystal), Distances(cell.Structure), (x, y) => Math.Abs(x - y) < 1e-6);
        }, iter: Effort.Iterations(150));

    [Fact]
    public void Opposite_planes_are_opposite_sides()
    {
        var up = CrystalSurface.Of(SurfaceCrystals.ZnO, new(0, 0, 1)).Terminations;
        var down = CrystalSurface.Of(SurfaceCrystals.ZnO, new(0, 0, -1)).Terminations;
        // In the wide gap Zn is below on one side, and O on the other.
        Assert.Equal(("Zn", "O"), (up[0].Id, down[0].Id));
    }

    [Fact]
    public void Common_factors_do_not_matter_and_four_indices_are_three()
    {
        Assert.Equal(OrientedCell.Of(SurfaceCrystals.LiCoO2, new(0, 0, 1)).Structure, OrientedCell.Of(SurfaceCrystals.LiCoO2, new(0, 0, 3)).Structure);
        var four = MillerPlane.Of([1, 0, -1, 4]);
        Assert.Equal("(10-14)", four.ToString());
        Assert.Equal(OrientedCell.Of(SurfaceCrystals.LiCoO2, MillerPlane.Of([1, 0, 4])).Structure, OrientedCell.Of(SurfaceCrystals.LiCoO2, four).Structure);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(101, 0, 0)]
    [InlineData(int.MinValue, 0, 0)]
    [InlineData(1, 0, 1, 4)]
    [InlineData(int.MaxValue, int.MaxValue, 2, 4)]
    [InlineData(1, 2)]
    public void What_is_no_plane_is_an_error(params int[] indices) =>
        Assert.Equal("DF1611", Assert.Throws<DftFlowException>(() => MillerPlane.Of(indices)).Code);

    [Fact]
    public void Four_indices_need_hexagonal_axes() =>
        Assert.Equal("DF1611", Assert.Throws<DftFlowException>(() => OrientedCell.Of(SurfaceCrystals.LiF, MillerPlane.Of([1, 0, -1, 4]))).Code);

    [Fact]
    public void A_plane_that_only_a_very_skewed_cell_has_is_an_error()
    {
        var cell = new Lattice(new(3, 0, 0), new(300_000, 3, 0), new(0, 0, 6));
        Assert.Equal("DF1611", Assert.Throws<DftFlowException>(() => OrientedCell.Of(new(cell, [new(Element.Parse("Li"), default), new(Element.Parse("Li"), new(0, 0, 0.5))]), new(1, 0, 0))).Code);
    }

    [Fact]
    public void A_crystal_without_atoms_or_with_atoms_on_each_other_is_an_error()
    {
        Assert.Equal("DF1610", Assert.Throws<DftFlowException>(() => OrientedCell.Of(SurfaceCrystals.Si with { Sites = [] }, new(0, 0, 1))).Code);
        Assert.Equal("DF1220", Assert.Throws<DftFlowException>(() => OrientedCell.Of(SurfaceCrystals.Crystal("3 3 3 90 90 90", "Li 0 0 0", "O 0 0 0.01"), new(0, 0, 1))).Code);
    }

    private static IEnumerable<double> Distances(Structure structure) => MinimumDistances.ByElementPair(structure).Select(pair => pair.DistanceA);
}
