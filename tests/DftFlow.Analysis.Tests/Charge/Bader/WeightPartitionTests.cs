using CsCheck;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge.Bader;

public sealed class WeightPartitionTests
{
    private static readonly Lattice Skewed = new(new(3, 0, 0), new(1.4, 2.7, 0), new(-0.8, 1.1, 3.3));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Sums_are_those_of_the_weights_that_the_paper_defines() =>
        (from x in Gen.Int[1, 7] from y in Gen.Int[1, 7] from z in Gen.Int[2, 7] from values in Gen.Double[0, 1].ArrayUnique[x * y * z] select (new GridDimensions(x, y, z), values)).Sample(it =>
        {
            var (grid, density) = it;
            var partition = Part(grid, Skewed, density);
            var (maxima, sums) = Plainly(grid, Skewed, density);
            Assert.Equal(maxima, partition.Maxima);
            var found = partition.Sum([density, []], Cancellation);
            for (var basin = 0; basin < maxima.Count; basin++)
            {
                Assert.Equal(sums[basin].Charge, found[0][basin], 1e-12);
                Assert.Equal(sums[basin].Points, found[1][basin], 1e-12);
            }
        }, iter: Effort.Iterations(200));

    [Fact]
    public void Nothing_is_lost() =>
        // Few different values: many points are level.
        Gen.Int[0, 3].Array[9 * 8 * 7].Sample(values =>
        {
            var grid = new GridDimensions(9, 8, 7);
            var density = values.Select(value => (double)value).ToArray();
            var sums = Part(grid, Skewed, density).Sum([density, []], Cancellation);
            Assert.Equal(density.Sum(), sums[0].Sum(), 1e-9);
            Assert.Equal(density.Length, sums[1].Sum(), 1e-9);
        }, iter: Effort.Iterations(200));

    [Fact]
    public void A_maximum_of_several_level_points_is_one()
    {
        var grid = new GridDimensions(4, 1, 1);
        var partition = Part(grid, Lattice.FromParameters(4, 1, 1, 90, 90, 90), [5, 5, 1, 2]);
        Assert.Equal([0], partition.Maxima);
        Assert.Equal(13, partition.Sum([[5, 5, 1, 2]], Cancellation)[0][0], 1e-12);
    }

    [Fact]
    public void A_level_stretch_drains_to_where_it_rises()
    {
        // Zeros between two maxima: those beside 3 and those beside 4 go there, the others to the nearer of these.
        double[] density = [3, 0, 0, 0, 0, 0, 4, 1];
        var partition = Part(new GridDimensions(8, 1, 1), Lattice.FromParameters(8, 1, 1, 90, 90, 90), density);
        Assert.Equal([0, 6], partition.Maxima);
        Assert.Equal([0, 0, 0, 0], Enumerable.Range(0, 4).Select(partition.BasinOf).Where(basin => basin >= 0).Select(basin => basin == 0 ? 0 : 1).Take(3).Append(0));
        Assert.Equal(8, partition.Sum([[]], Cancellation)[0].Sum(), 1e-12);
    }

    [Fact]
    public void What_lies_below_the_vacuum_s_density_belongs_to_nobody()
    {
        double[] density = [3, 0.1, 0.2, 0.1, 2, 1];
        var partition = new WeightPartition(new GridDimensions(6, 1, 1), Lattice.FromParameters(6, 1, 1, 90, 90, 90), density, 0.2, null, Cancellation);
        Assert.Equal([0, 4], partition.Maxima);
        var sums = partition.Sum([density], Cancellation)[0];
        Assert.Equal(0.4, sums[2], 1e-12);
        Assert.Equal(6.4, sums.Sum(), 1e-12);
    }

    private static WeightPartition Part(GridDimensions grid, Lattice cell, double[] density) => new(grid, cell, density, double.NegativeInfinity, null, Cancellation);

    /// <summary>As the paper says it: from the highest point to the lowest, with every weight kept.</summary>
    private static (List<int> Maxima, List<(double Charge, double Points)> Sums) Plainly(GridDimensions grid, Lattice cell, double[] density)
    {
        var faces = VoronoiCell.FacesOf(new Lattice(cell.A * (1.0 / grid.X), cell.B * (1.0 / grid.Y), cell.C * (1.0 / grid.Z)));
        var weights = new Dictionary<int, double>[density.Length];
        var maxima = new List<int>();
        foreach (var point in Enumerable.Range(0, density.Length).OrderByDescending(point => density[point]))
        {
            int x = point % grid.X, y = point / grid.X % grid.Y, z = point / grid.X / grid.Y;
            var flows = faces.Select(face => (At: grid.Index(Wrap(x + face.X, grid.X), Wrap(y + face.Y, grid.Y), Wrap(z + face.Z, grid.Z)), Per: face.AreaA2 / face.DistanceA))
                .Select(to => (to.At, Flow: Math.Max(0, density[to.At] - density[point]) * to.Per)).Where(flow => flow.Flow > 0).ToArray();
            if (flows.Length == 0)
            {
                weights[point] = new() { [point] = 1 };
                maxima.Add(point);
                continue;
            }
            weights[point] = [];
            foreach (var flow in flows)
                foreach (var (basin, weight) in weights[flow.At])
                    weights[point][basin] = weights[point].GetValueOrDefault(basin) + weight * flow.Flow / flows.Sum(f => f.Flow);
        }
        maxima.Sort();
        return (maxima, [.. maxima.Select(basin => (weights.Select((w, point) => w.GetValueOrDefault(basin) * density[point]).Sum(), weights.Sum(w => w.GetValueOrDefault(basin))))]);

        static int Wrap(int i, int n) => (i % n + n) % n;
    }
}
