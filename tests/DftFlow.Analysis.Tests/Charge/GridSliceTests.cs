using System.Globalization;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Analysis.Charge;

public class GridSliceTests
{
    private static readonly Structure Atoms = new(Grids.Skewed, [new(Grids.El("Sc"), new(0.1, 0.2, 0.3)), new(Grids.El("O"), new(0.45, 0.25, 0.35)), new(Grids.El("O"), new(0.15, 0.55, 0.4))]);

    [Fact]
    public void Three_atoms_lie_in_the_plane_through_them_where_the_slice_says()
    {
        var plane = SlicePlane.Through(Atoms, [1, 2, 3]);
        Assert.Equal("through Sc1, O2 and O3", plane.Description);
        Assert.Equal((0, 1, 1), (plane.Right.Dot(plane.Up), plane.Right.Length, plane.Up.Length), new Near());
        var field = new PeriodicField(Grids.Skewed, new(20, 20, 30), Grids.Values(new(20, 20, 30), f => f.X + 2 * f.Y + 3 * f.Z));
        var slice = GridSlice.Of(field, SliceQuantity.Elf, plane, Atoms, 0.05, cancellation: TestContext.Current.CancellationToken);
        foreach (var site in (int[])[0, 1, 2])
        {
            var shown = slice.Atoms.Where(atom => atom.Site == site && Math.Abs(atom.DistanceA) < 1e-9).ToArray();
            Assert.NotEmpty(shown);
            var place = plane.OriginA + plane.Right * shown[0].XA + plane.Up * shown[0].YA;
            var apart = Grids.Skewed.ToFractional(place) - Atoms.Sites[site].Fractional;
            Assert.Equal((0, 0, 0), (apart.X - Math.Round(apart.X), apart.Y - Math.Round(apart.Y), apart.Z - Math.Round(apart.Z)), new Near());
        }
        Assert.Contains(slice.Bonds, bond => (slice.Atoms[bond.First].Element, slice.Atoms[bond.Second].Element) == (Grids.El("Sc"), Grids.El("O")) || (slice.Atoms[bond.Second].Element, slice.Atoms[bond.First].Element) == (Grids.El("Sc"), Grids.El("O")));
        // A corner, a step, and the middle are where they should be.
        Assert.Equal(field.AtCartesian(plane.OriginA), slice[0, 0], 1e-12);
        Assert.Equal(field.AtCartesian(plane.OriginA + plane.Right * (5 * slice.StepXA) + plane.Up * (7 * slice.StepYA)), slice[5, 7], 1e-12);
        Assert.Equal(plane.WidthA, slice.StepXA * (slice.Columns - 1), 1e-12);
        Assert.InRange(slice.StepXA / slice.StepYA, 0.98, 1.02);
    }

    [Fact]
    public void A_step_is_neither_so_long_that_the_map_is_made_up_nor_so_short_that_it_cannot_be_held()
    {
        var plane = SlicePlane.Of(Lattice.FromParameters(4, 8, 7, 90, 90, 90), new MillerPlane(0, 0, 1), 0, atIsA: false).Sized(4, 8);
        Assert.Equal(0.4, GridSlice.StepOf(plane, 0.4));
        Assert.Contains("0.4 Å at most", Assert.Throws<DftFlowException>(() => GridSlice.StepOf(plane, 0.41)).Hint, StringComparison.Ordinal);
        Assert.Equal(8.0 / GridSlice.MostPoints, GridSlice.StepOf(plane, 1e-5));
        foreach (var none in (double[])[0, -1, double.NaN, double.PositiveInfinity]) Assert.Equal("DF3233", Assert.Throws<DftFlowException>(() => GridSlice.StepOf(plane, none)).Code);
    }

    [Fact]
    public void A_lattice_plane_shows_one_cell_with_c_upwards()
    {
        var cell = Lattice.FromParameters(5, 6, 7, 90, 90, 90);
        var front = SlicePlane.Of(cell, new MillerPlane(1, 0, 0), 0.5, atIsA: false);
        Assert.Equal((6, 7, 2.5), (front.WidthA, front.HeightA, front.OriginA.X), new Near());
        Assert.Equal((1, 1), (front.Right.Y, front.Up.Z));
        var side = SlicePlane.Of(cell, new MillerPlane(0, 1, 0), 1, atIsA: true);
        Assert.Equal((5, 7, 1), (side.WidthA, side.HeightA, side.OriginA.Y), new Near());
        Assert.Equal((1, 1), (side.Right.X, side.Up.Z));
        var top = SlicePlane.Of(cell, new MillerPlane(0, 0, 2), 0.25, atIsA: false);
        Assert.Equal((5, 6, 1.75), (top.WidthA, top.HeightA, top.OriginA.Z), new Near());
        Assert.Equal("(002) at 0.25", top.Description);
        // Of small cells several.
        var small = SlicePlane.Of(Lattice.FromParameters(3, 4, 7, 90, 90, 90), new MillerPlane(0, 0, 1), 0, atIsA: false);
        Assert.Equal((6, 8, 0), (small.WidthA, small.HeightA, small.OriginA.Length), new Near());
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(1, 0, 4)]
    [InlineData(-2, 1, 3)]
    [InlineData(0, 0, 1)]
    public void In_a_skewed_cell_the_plane_is_that_of_its_indices(int h, int k, int l)
    {
        var plane = SlicePlane.Of(Grids.Skewed, new MillerPlane(h, k, l), 0.3, atIsA: false);
        foreach (var (x, y) in ((double, double)[])[(0, 0), (1.3, 0), (0, 2.1), (-3, 5)])
        {
            var f = Grids.Skewed.ToFractional(plane.OriginA + plane.Right * x + plane.Up * y);
            Assert.Equal(0.3, h * f.X + k * f.Y + l * f.Z, 1e-9);
        }
        // The window holds a cell of the plane.
        var reciprocal = (Grids.Skewed.Reciprocal(0) * h + Grids.Skewed.Reciprocal(1) * k + Grids.Skewed.Reciprocal(2) * l).Length / (2 * Math.PI);
        var (u, v) = PlaneVectors.Of(Grids.Skewed, new MillerPlane(h, k, l));
        Assert.Equal(Grids.Skewed.Volume * reciprocal, u.Cross(v).Length, 1e-9);
        Assert.True(plane.WidthA * plane.HeightA >= u.Cross(v).Length - 1e-9);
    }

    [Fact]
    public void Across_an_axis_means_at_a_right_angle_to_it()
    {
        var plane = SlicePlane.Across(Grids.Skewed, 2, 0.25, atIsA: false);
        Assert.Equal(1, Math.Abs(plane.Normal.Dot(Grids.Skewed.C)) / Grids.Skewed.C.Length, 1e-12);
        Assert.Equal(0.25 * Grids.Skewed.C.Length, plane.OriginA.Dot(Grids.Skewed.C) / Grids.Skewed.C.Length, 1e-9);
        Assert.Equal(plane.OriginA.Dot(Grids.Skewed.C), SlicePlane.Across(Grids.Skewed, 2, 0.25 * Grids.Skewed.C.Length, atIsA: true).OriginA.Dot(Grids.Skewed.C), 1e-9);
    }

    [Fact]
    public void A_window_keeps_its_centre_when_it_is_given_another_size()
    {
        var plane = SlicePlane.Of(Grids.Cubic, new MillerPlane(0, 0, 1), 0, atIsA: false);
        var wide = plane.Sized(10, 4);
        Assert.Equal((10, 4, 0), (wide.WidthA, wide.HeightA, (Centre(plane) - Centre(wide)).Length), new Near());

        static Vector3D Centre(SlicePlane plane) => plane.OriginA + plane.Right * (plane.WidthA / 2) + plane.Up * (plane.HeightA / 2);
    }

    [Fact]
    public void Atoms_at_the_cells_border_are_seen_on_all_sides_of_the_window()
    {
        var salt = new Structure(Grids.Cubic, [new(Grids.El("Li"), new(0, 0, 0)), new(Grids.El("F"), new(0.5, 0.5, 0.04))]);
        var field = new PeriodicField(Grids.Cubic, new(2, 2, 2), new double[8]);
        var plane = SlicePlane.Of(Grids.Cubic, new MillerPlane(0, 0, 1), 0, atIsA: false);
        var near = GridSlice.Of(field, SliceQuantity.Elf, plane, salt, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["Li", "Li", "Li", "Li", "F"], near.Atoms.Select(atom => atom.Element!.Symbol));
        Assert.Equal(0.24, near.Atoms[^1].DistanceA, 1e-9);
        Assert.Equal(4, GridSlice.Of(field, SliceQuantity.Elf, plane, salt, atomsWithinA: 0.2, cancellation: TestContext.Current.CancellationToken).Atoms.Length);
    }

    [Theory]
    [InlineData("1,2", "not 2")]
    [InlineData("1,2,4", "no site 4")]
    [InlineData("0,1,2", "no site 0")]
    [InlineData("1,1,2", "on one line")]
    public void Atoms_that_make_no_plane_are_refused(string sites, string message)
    {
        var error = Assert.Throws<DftFlowException>(() => SlicePlane.Through(Atoms, [.. sites.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))]));
        Assert.Equal("DF3233", error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_atoms_on_one_line_are_refused()
    {
        var row = new Structure(Grids.Cubic, [new(Grids.El("O"), new(0.1, 0.1, 0.1)), new(Grids.El("O"), new(0.3, 0.3, 0.3)), new(Grids.El("O"), new(0.4, 0.4, 0.4))]);
        Assert.Contains("on one line", Assert.Throws<DftFlowException>(() => SlicePlane.Through(row, [1, 2, 3])).Message, StringComparison.Ordinal);
    }

    private sealed class Near : IEqualityComparer<(double, double, double)>
    {
        public bool Equals((double, double, double) x, (double, double, double) y) =>
            Math.Abs(x.Item1 - y.Item1) < 1e-9 && Math.Abs(x.Item2 - y.Item2) < 1e-9 && Math.Abs(x.Item3 - y.Item3) < 1e-9;

        public int GetHashCode((double, double, double) obj) => 0;
    }
}
