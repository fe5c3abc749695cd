using DftFlow.Analysis.Charge;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge;

public class PlanarAverageTests
{
    private static readonly GridDimensions Grid = new(6, 8, 40);

    private static PlanarAverage Of(Func<double, double> ofZ) => new(Grids.Cubic, Grid, new(GridMeaning.Total, Grids.Values(Grid, f => ofZ(f.Z))), 2);

    [Fact]
    public void The_macroscopic_average_over_a_period_is_flat_and_over_a_part_of_one_is_not()
    {
        // Four waves in 6 Å on a slow one: a period is 1.5 Å.
        var average = Of(z => 12 + 5 * Math.Cos(8 * Math.PI * z) + 0.5 * Math.Cos(2 * Math.PI * z));
        var slow = average.Macroscopic(1.5);
        foreach (var (height, value) in average.HeightsA.Zip(slow))
            // The mean of a cosine over a quarter of its length: sin(π/4)/(π/4).
            Assert.Equal((12 + 0.5 * Math.Cos(2 * Math.PI * height / 6) * Math.Sin(Math.PI / 4) / (Math.PI / 4)) / 6, value, 1e-3);
        Assert.True(average.Macroscopic(0.75).Max() - average.Macroscopic(0.75).Min() > 0.5 / 6);
        Assert.Equal(average.Integral / 6, average.Macroscopic(6)[7], 1e-12);
        Assert.Equal(average.Integral / 6, average.Macroscopic(18)[7], 1e-12);
    }

    [Fact]
    public void The_integral_is_counted_from_any_height()
    {
        var average = Of(z => 2 * Math.PI * Math.Sin(2 * Math.PI * z));
        // ∫ 2π sin(2πz) dz = 1 − cos(2πz).
        foreach (var (height, value) in average.HeightsA.Zip(average.IntegralFrom(0))) Assert.Equal(1 - Math.Cos(2 * Math.PI * height / 6), value, 0.01);
        foreach (var (from, value) in average.IntegralFrom(0).Zip(average.IntegralFrom(4.5))) Assert.Equal(from - average.IntegralFrom(0)[30], value, 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_axis_has_the_same_integral(int axis)
    {
        var values = Grids.Values(Grid, f => 3 + Math.Sin(2 * Math.PI * f[axis]));
        var average = new PlanarAverage(Grids.Skewed, Grid, new(GridMeaning.Total, values), axis);
        Assert.Equal(3, average.Integral, 1e-12);
        var quarter = average.Count / 4;
        Assert.Equal((3 + Math.Sin(2 * Math.PI * quarter / average.Count)) / average.PeriodA, average.PerA[quarter], 1e-12);
    }
}
