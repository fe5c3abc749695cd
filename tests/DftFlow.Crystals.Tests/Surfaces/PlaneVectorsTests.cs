using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

public class PlaneVectorsTests
{
    private static readonly Lattice Cell = new(new(3, 0.2, 0), new(-1.4, 4, 0.3), new(0.5, -1, 6));

    [Fact]
    public void Vectors_lie_in_the_plane_and_span_the_smallest_cell_of_it()
    {
        foreach (var (h, k, l) in ((int, int, int)[])[(1, 0, 0), (0, 0, 1), (1, 1, 1), (2, -3, 1), (0, 4, 6), (-1, 0, 4)])
        {
            var (u, v) = PlaneVectors.Of(Cell, new(h, k, l));
            foreach (var vector in (Vector3D[])[u, v])
            {
                var whole = Cell.ToFractional(vector);
                Assert.Equal(0, h * whole.X + k * whole.Y + l * whole.Z, 1e-9);
                for (var axis = 0; axis < 3; axis++) Assert.Equal(Math.Round(whole[axis]), whole[axis], 1e-9);
            }
            // A cell of the plane times the distance of the planes is the lattice's cell.
            Assert.Equal(Cell.Volume, u.Cross(v).Length * PlaneVectors.Spacing(Cell, new(h, k, l)).Length, 1e-9);
            Assert.True(u.Length <= v.Length + 1e-12 && Math.Abs(u.Dot(v)) <= u.Dot(u) / 2 + 1e-9);
        }
    }

    [Fact]
    public void The_spacing_points_to_where_the_indices_are_positive()
    {
        Assert.Equal(new Vector3D(-3, 0, 0), PlaneVectors.Spacing(Lattice.FromParameters(3, 4, 5, 90, 90, 90), new(-1, 0, 0)) * 1.0);
        Assert.Equal(5, PlaneVectors.Spacing(Lattice.FromParameters(3, 4, 5, 90, 90, 90), new(0, 0, 3)).Z, 1e-12);
    }

    [Fact]
    public void Four_indices_are_for_hexagonal_axes()
    {
        var hexagonal = Lattice.FromParameters(3, 3, 5, 90, 90, 120);
        Assert.Equal(PlaneVectors.Of(hexagonal, new(1, 0, 4)), PlaneVectors.Of(hexagonal, MillerPlane.Of([1, 0, -1, 4])));
        Assert.Equal("DF1611", Assert.Throws<DftFlowException>(() => PlaneVectors.Of(Cell, MillerPlane.Of([1, 0, -1, 4]))).Code);
    }
}
