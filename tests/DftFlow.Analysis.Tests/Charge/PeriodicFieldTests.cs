using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge;

public class PeriodicFieldTests
{
    private static readonly GridDimensions Grid = new(7, 5, 9);

    [Fact]
    public void A_linear_function_comes_out_exactly_between_the_points()
    {
        // Of a cell without its last layer, where the periodic function turns back.
        var field = new PeriodicField(Grids.Skewed, Grid, Grids.Values(Grid, f => 2 + 3 * f.X - 5 * f.Y + 7 * f.Z));
        var random = new Random(1);
        for (var i = 0; i < 1000; i++)
        {
            var f = new Vector3D(random.NextDouble() * 6 / 7, random.NextDouble() * 4 / 5, random.NextDouble() * 8 / 9);
            Assert.Equal(2 + 3 * f.X - 5 * f.Y + 7 * f.Z, field.At(f), 1e-13);
            Assert.Equal(field.At(f), field.AtCartesian(Grids.Skewed.ToCartesian(f)), 1e-12);
        }
    }

    [Fact]
    public void Points_have_their_own_values_in_every_cell()
    {
        var values = Grids.Values(Grid, f => Math.Sin(9 * f.X) + Math.Cos(5 * f.Y) * f.Z);
        var field = new PeriodicField(Grids.Skewed, Grid, values);
        for (var k = 0; k < Grid.Z; k++)
            for (var j = 0; j < Grid.Y; j++)
                for (var i = 0; i < Grid.X; i++)
                    Assert.Equal(values[Grid.Index(i, j, k)], field.At(new((double)i / Grid.X - 3, (double)j / Grid.Y + 2, (double)k / Grid.Z)), 1e-12);
    }

    [Fact]
    public void Cubics_meet_the_points_linear_functions_and_waves()
    {
        var linear = new PeriodicField(Grids.Skewed, Grid, Grids.Values(Grid, f => 2 + 3 * f.X - 5 * f.Y + 7 * f.Z));
        // One point inside the border on all sides, beyond which the periodic function turns back.
        Assert.Equal(2 + 3 * 0.5 - 5 * 0.47 + 7 * 0.61, linear.Smooth(new(0.5, 0.47, 0.61)), 1e-12);
        var fine = new GridDimensions(24, 20, 30);
        var wave = new PeriodicField(Grids.Skewed, fine, Grids.Values(fine, Wave));
        Assert.Equal(Wave(new(3 / 24.0, 7 / 20.0, 29 / 30.0)), wave.Smooth(new(3 / 24.0 + 1, 7 / 20.0, 29 / 30.0 - 2)), 1e-12);
        var random = new Random(1);
        double cubic = 0, straight = 0;
        for (var i = 0; i < 200; i++)
        {
            var f = new Vector3D(random.NextDouble(), random.NextDouble(), random.NextDouble());
            cubic = Math.Max(cubic, Math.Abs(wave.Smooth(f) - Wave(f)));
            straight = Math.Max(straight, Math.Abs(wave.At(f) - Wave(f)));
        }
        Assert.True(cubic < 0.01 && cubic < straight / 5, $"{cubic} {straight}");

        static double Wave(Vector3D f) => Math.Sin(2 * Math.PI * f.X) * Math.Cos(2 * Math.PI * f.Y) + Math.Sin(4 * Math.PI * f.Z);
    }

    [Fact]
    public void Behind_the_last_point_comes_the_first()
    {
        var field = new PeriodicField(Grids.Cubic, new(4, 1, 1), [1, 2, 3, 9]);
        Assert.Equal(5, field.At(new(0.875, 0.3, 0.6)), 1e-12);
        Assert.Equal(1, field.At(new(1, 0, 0)));
        Assert.Equal(1, field.At(new(-1e-17, 0, 0)), 1e-12);
    }

    [Fact]
    public void The_corpus_value_between_the_points_is_met()
    {
        var stated = VaspCorpus.Case("elfcar-graphite-spin").At("expected", "from_repository_tests", "value_at_fractional_0.4_0.5_0.6_linear")!.Value.GetDouble();
        var data = VolumetricFile.Read<double>(VaspCorpus.Open("elfcar-graphite-spin", "ELFCAR.gz"), new() { Kind = GridKind.Elf }, TestContext.Current.CancellationToken);
        var field = new PeriodicField(data.Lattice, data.Dimensions, data.Blocks[0].Values);
        // pymatgen takes the last point for the cell's end: its 0.4 is 0.4 · 17/18 of the cell.
        var (nx, ny, nz) = (data.Dimensions.X, data.Dimensions.Y, data.Dimensions.Z);
        Assert.Equal(stated, field.At(new(0.4 * (nx - 1) / nx, 0.5 * (ny - 1) / ny, 0.6 * (nz - 1) / nz)), 1e-7);
    }
}
