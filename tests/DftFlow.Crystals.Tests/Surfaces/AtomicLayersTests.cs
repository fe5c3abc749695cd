using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

public class AtomicLayersTests
{
    private static Structure Slab(double periodA, params double[] heightsA) => new(
        Lattice.FromParameters(3, 3, periodA, 90, 90, 90),
        [.. heightsA.Select(height => new Site(Element.Parse("Li"), new(0, 0, height / periodA)))]);

    [Fact]
    public void Atoms_of_nearly_one_height_are_one_layer_from_the_bottom_to_the_top()
    {
        var layers = AtomicLayers.Of(Slab(20, 5, 3, 5.2, 1));
        Assert.Equal(new int[][] { [4], [2], [1, 3] }, layers.Layers.Select(layer => layer.Sites.ToArray()));
        Assert.Equal(new[] { 1, 3, 5.1 }, layers.Layers.Select(layer => layer.HeightA), (x, y) => Math.Abs(x - y) < 1e-9);
        Assert.Equal(2, layers.LayerOf(3));
        Assert.Equal(4.2, layers.ThicknessA, 1e-9);
        Assert.Equal(15.8, layers.VacuumA, 1e-9);
    }

    [Fact]
    public void Neighbours_within_the_tolerance_chain_into_one_layer() =>
        Assert.Equal(new int[][] { [1, 2, 3], [4] }, AtomicLayers.Of(Slab(20, 1, 1.3, 1.6, 1.95)).Layers.Select(layer => layer.Sites.ToArray()));

    [Fact]
    public void A_slab_that_crosses_the_end_of_the_cell_is_one_slab()
    {
        var layers = AtomicLayers.Of(Slab(20, 1, 19, 17));
        Assert.Equal(new[] { 17.0, 19, 21 }, layers.Layers.Select(layer => layer.HeightA), (x, y) => Math.Abs(x - y) < 1e-9);
        Assert.Equal([3], layers.BottomLayers(1));
        Assert.Equal([1, 2], layers.TopLayers(2));
        Assert.Equal(16, layers.VacuumA, 1e-9);
    }

    [Fact]
    public void In_a_bulk_crystal_the_bottom_is_the_first_layer_whatever_rounding_says() =>
        Assert.Equal(new int[][] { [2], [1], [3] }, AtomicLayers.Of(Slab(6, 2, -1e-9, 4)).Layers.Select(layer => layer.Sites.ToArray()));

    [Fact]
    public void Height_is_measured_at_right_angles_to_a_and_b_on_the_side_of_c()
    {
        var lattice = new Lattice(new(3, 0, 0), new(0, 3, 0), new(1.5, 0, -10));
        var layers = AtomicLayers.Of(new Structure(lattice, [new(Element.Parse("Li"), new(0, 0, 0.2)), new(Element.Parse("O"), new(0, 0, 0.4))]));
        Assert.Equal(new Vector3D(0, 0, -1), layers.Normal);
        Assert.Equal(10, layers.PeriodA, 1e-9);
        Assert.Equal(new[] { 2.0, 4 }, layers.Layers.Select(layer => layer.HeightA), (x, y) => Math.Abs(x - y) < 1e-9);
    }

    [Fact]
    public void Regions_are_taken_by_layers_or_by_depth()
    {
        var layers = AtomicLayers.Of(Slab(30, 10, 12, 14, 16, 18));
        Assert.Equal([1, 2], layers.BottomLayers(2));
        Assert.Equal([4, 5], layers.TopLayers(2));
        Assert.Equal([2, 3], layers.MiddleLayers(2));
        Assert.Equal([1, 2], layers.BottomWithin(2));
        Assert.Equal([4, 5], layers.TopWithin(3.9));
        Assert.Equal([2, 3, 4], layers.MiddleWithin(4));
        Assert.Equal([3], layers.MiddleWithin(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4)]
    public void More_layers_than_there_are_is_an_error_that_tells_how_many_there_are(int n)
    {
        var error = Assert.Throws<DftFlowException>(() => AtomicLayers.Of(Slab(20, 1, 3, 5)).TopLayers(n));
        Assert.Equal("DF1614", error.Code);
        Assert.Contains("has 3 atomic layers", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_depth_that_is_none_is_an_error(double depth) =>
        Assert.Equal("DF1614", Assert.Throws<DftFlowException>(() => AtomicLayers.Of(Slab(20, 1)).TopWithin(depth)).Code);

    [Fact]
    public void No_atoms_have_no_layers() => Assert.Empty(AtomicLayers.Of(new(Lattice.FromParameters(3, 3, 3, 90, 90, 90), [])).Layers);

    [Fact]
    public void Every_atom_is_in_one_layer_and_shifting_the_slab_changes_nothing() =>
        Gen.Select(Gen.Double[0, 12].Array[1, 20], Gen.Double[-2, 2]).Sample((heights, shift) =>
        {
            var slab = AtomicLayers.Of(Slab(30, heights));
            Assert.Equal(Enumerable.Range(1, heights.Length), slab.Layers.SelectMany(layer => layer.Sites).Order());
            var moved = AtomicLayers.Of(Slab(30, [.. heights.Select(height => height + 30 * shift)]));
            Assert.Equal(slab.ThicknessA, moved.ThicknessA, 1e-6);
            Assert.Equal(slab.VacuumA, 30 - (heights.Max() - heights.Min()), 1e-6);
        }, iter: Effort.Iterations(200));
}
