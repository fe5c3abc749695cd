using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

public class SlabCellTests
{
    private static readonly Structure Slab = new Slab(new(1, 0, 4)) { Layers = 4, VacuumA = 15 }.Build(SurfaceCrystals.LiCoO2).Structure;

    [Fact]
    public void Setting_the_vacuum_leaves_the_slab_as_it_is()
    {
        var wide = SlabCell.WithVacuum(Slab, 22.5);
        Assert.Equal(22.5, Vacuum.AlongAxes(wide).Z, 1e-9);
        Assert.Equal(Slab.Lattice.C.Z + 7.5, wide.Lattice.C.Z, 1e-9);
        Assert.Equal(0.5, (wide.Sites.Min(site => site.Fractional.Z) + wide.Sites.Max(site => site.Fractional.Z)) / 2, 1e-9);
        var back = SlabCell.WithVacuum(wide, 15);
        Assert.Equal(Slab.Lattice.C.Z, back.Lattice.C.Z, 1e-9);
        foreach (var (one, two) in Slab.Sites.Zip(back.Sites)) Assert.True((one.Fractional - two.Fractional).Length < 1e-9);
    }

    [Fact]
    public void A_slab_across_the_end_of_a_skewed_cell_is_placed_whole()
    {
        var lattice = new Lattice(new(3, 0, 0), new(0, 3, 0), new(1, 0.5, 20));
        var split = new Structure(lattice, [new(Element.Parse("Li"), new(0, 0, 0.95)), new(Element.Parse("O"), new(0, 0, 0.05)), new(Element.Parse("F"), new(0.5, 0.5, 0.15))]);
        var bottom = SlabCell.WithVacuum(split, 12, SlabPosition.Bottom);
        Assert.Equal(new[] { 0, 2.0 / 16, 4.0 / 16 }, bottom.Sites.Select(site => site.Fractional.Z), (x, y) => Math.Abs(x - y) < 1e-12);
        Assert.Equal(new Vector3D(1, 0.5, 16), bottom.Lattice.C);
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < i; j++) Assert.Equal(split.DistanceA(i, j), bottom.DistanceA(i, j), 1e-9);
        var centred = SlabCell.Placed(split, SlabPosition.Centre);
        Assert.Equal(split.Lattice, centred.Lattice);
        Assert.Equal(new[] { 0.4, 0.5, 0.6 }, centred.Sites.Select(site => site.Fractional.Z), (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Theory]
    [InlineData(2, 0, 0, 3)]
    [InlineData(1, 1, -1, 1)]
    [InlineData(3, 1, -1, 2)]
    [InlineData(0, 1, -1, 0)]
    [InlineData(2, 4, 0, 3)]
    public void In_plane_cells_hold_each_atom_as_often_as_they_are_large(int m11, int m12, int m21, int m22)
    {
        var large = SlabCell.InPlane(Slab, m11, m12, m21, m22);
        var cells = m11 * m22 - m12 * m21;
        Assert.Equal(cells * Slab.Sites.Length, large.Sites.Length);
        Assert.Equal(cells * Slab.Lattice.Volume, large.Lattice.Volume, 1e-6);
        // Every atom is where the small cell has one of its kind, and no two are at one place.
        foreach (var (i, site) in large.Sites.Index())
        {
            var original = Slab.Sites[i / cells];
            Assert.Equal(original.Element, site.Element);
            var f = Slab.Lattice.ToFractional(large.Lattice.ToCartesian(site.Fractional)) - original.Fractional;
            Assert.True(Math.Abs(f.X - Math.Round(f.X)) < 1e-9 && Math.Abs(f.Y - Math.Round(f.Y)) < 1e-9 && Math.Abs(f.Z) < 1e-9);
        }
        Assert.Empty(MinimumDistances.Check(large));
    }

    [Theory]
    [InlineData(1, 0, 0, 0)]
    [InlineData(0, 1, 1, 0)]
    [InlineData(100000, 0, 0, 100000)]
    [InlineData(int.MaxValue, 0, 0, int.MaxValue)]
    [InlineData(1, int.MinValue, 0, 1)]
    public void An_in_plane_cell_without_area_or_beyond_the_limit_is_an_error(int m11, int m12, int m21, int m22)
    {
        Assert.Equal("DF1610", Assert.Throws<DftFlowException>(() => SlabCell.InPlane(Slab, m11, m12, m21, m22)).Code);
        Assert.Equal("DF1610", Assert.Throws<DftFlowException>(() => new Slab(new(0, 0, 1)) { Layers = 2, InPlane = (m11, m12, m21, m22) }.Build(SurfaceCrystals.LiF)).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e5)]
    [InlineData(1e300)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_vacuum_that_is_none_is_an_error(double vacuum) =>
        Assert.Equal("DF1610", Assert.Throws<DftFlowException>(() => SlabCell.WithVacuum(Slab, vacuum)).Code);

    [Fact]
    public void Frozen_regions_stay_where_they_are_and_the_rest_moves()
    {
        var (structure, sites) = new Freeze([SlabRegion.OfLayers(SlabSide.Bottom, 1), SlabRegion.OfDepth(SlabSide.Top, 0.5)]).Apply(Slab);
        var layers = AtomicLayers.Of(Slab);
        Assert.Equal(layers.BottomLayers(1).Concat(layers.TopLayers(1)).Order(), sites);
        foreach (var (i, site) in structure.Sites.Index())
            Assert.Equal(sites.Contains(i + 1) ? new SelectiveDynamics(false, false, false) : new SelectiveDynamics(true, true, true), site.Free);
        Assert.Equal(8, sites.Length);
    }

    [Fact]
    public void Flags_that_atoms_have_already_stay_outside_the_frozen_region()
    {
        var first = new Freeze([SlabRegion.OfLayers(SlabSide.Bottom, 1)]).Apply(Slab);
        var both = new Freeze([SlabRegion.OfLayers(SlabSide.Middle, 2)]).Apply(first.Structure);
        Assert.Equal(12, both.Structure.Sites.Count(site => site.Free == default(SelectiveDynamics)));
    }

    [Fact]
    public void Regions_that_the_slab_does_not_have_are_errors()
    {
        Assert.Equal("DF1614", Assert.Throws<DftFlowException>(() => new Freeze([SlabRegion.OfLayers(SlabSide.Bottom, 5)]).Apply(Slab)).Code);
        Assert.Equal("DF1614", Assert.Throws<DftFlowException>(() => new Freeze([SlabRegion.OfDepth(SlabSide.Top, -1)]).Apply(Slab)).Code);
    }
}
