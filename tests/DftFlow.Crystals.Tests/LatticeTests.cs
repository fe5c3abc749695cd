using CsCheck;
using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class LatticeTests
{
    private static readonly Gen<Lattice> AnyLattice =
        Gen.Select(Gen.Double[2, 15], Gen.Double[2, 15], Gen.Double[2, 15], Gen.Double[40, 140], Gen.Double[40, 140], Gen.Double[40, 140])
            .Where(p => IsCell(p.Item4, p.Item5, p.Item6))
            .Select(p => Lattice.FromParameters(p.Item1, p.Item2, p.Item3, p.Item4, p.Item5, p.Item6));

    [Fact]
    public void Gives_back_the_lengths_and_angles_that_it_was_made_of()
    {
        var lattice = Lattice.FromParameters(4.937, 8.532, 5.030, 90, 109.46, 90);
        Assert.Equal(4.937, lattice.LengthsA.X, 12);
        Assert.Equal(8.532, lattice.LengthsA.Y, 12);
        Assert.Equal(5.030, lattice.LengthsA.Z, 12);
        Assert.Equal(109.46, lattice.AnglesDegrees.Y, 10);
        Assert.Equal(4.937 * 8.532 * 5.030 * Math.Sin(109.46 * Math.PI / 180), lattice.Volume, 9);
    }

    [Fact]
    public void Fractional_and_Cartesian_coordinates_are_inverse() =>
        Gen.Select(AnyLattice, Gen.Double[-2, 2].Array[3]).Sample((lattice, f) =>
        {
            var start = new Vector3D(f[0], f[1], f[2]);
            var back = lattice.ToFractional(lattice.ToCartesian(start));
            return (back - start).Length < 1e-10;
        });

    [Fact]
    public void Shortest_distance_equals_a_search_over_many_more_images() =>
        Gen.Select(AnyLattice, Gen.Double[-1.5, 1.5].Array[3]).Sample((lattice, f) =>
        {
            var difference = new Vector3D(f[0], f[1], f[2]);
            var best = double.MaxValue;
            for (var i = -6; i <= 6; i++)
                for (var j = -6; j <= 6; j++)
                    for (var k = -6; k <= 6; k++)
                        best = Math.Min(best, lattice.ToCartesian(difference + new Vector3D(i, j, k)).Length);
            return Math.Abs(best - lattice.ShortestDistance(difference)) < 1e-9;
        }, iter: Effort.Iterations(300));

    [Fact]
    public void A_site_is_apart_from_its_own_image_by_the_shortest_lattice_vector()
    {
        // Strongly skewed: a − b is far shorter than a or b.
        var lattice = new Lattice(new(10, 0, 0), new(9, 2, 0), new(0, 0, 8));
        Assert.Equal(Math.Sqrt(5), lattice.ShortestDistance(default, excludeSelf: true), 12);
    }

    [Fact]
    public void Shortest_distance_is_exact_in_a_cell_that_is_nearly_flat()
    {
        // A cube of 3 Å in a basis that leans by a thousand of its edges.
        var lattice = new Lattice(new(3, 0, 0), new(3000, 3, 0), new(-6000, 3000, 3));
        Assert.Equal(3, lattice.ShortestDistance(default, excludeSelf: true), 6);
        var halfway = lattice.ToFractional(new(1.5, 1.5, 1.5));
        Assert.Equal(Math.Sqrt(3 * 2.25), lattice.ShortestDistance(halfway), 6);
    }

    [Fact]
    public void Refuses_vectors_in_one_plane() =>
        Assert.Throws<ArgumentException>(() => new Lattice(new(1, 0, 0), new(0, 1, 0), new(1, 1, 0)));

    private static bool IsCell(double alpha, double beta, double gamma)
    {
        double a = Math.Cos(alpha * Math.PI / 180), b = Math.Cos(beta * Math.PI / 180), c = Math.Cos(gamma * Math.PI / 180);
        return 1 - a * a - b * b - c * c + 2 * a * b * c > 0.05;
    }
}
