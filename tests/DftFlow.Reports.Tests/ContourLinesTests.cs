using DftFlow.Reports.Figures;

namespace DftFlow.Tests.Reports;

public class ContourLinesTests
{
    [Fact]
    public void A_hill_has_one_closed_line_at_its_height()
    {
        var line = Assert.Single(ContourLines.Of(41, 41, (i, j) => 20 - Math.Sqrt((i - 20.0) * (i - 20.0) + (j - 20.0) * (j - 20.0)), 8.5));
        Assert.Equal(line[0], line[^1]);
        Assert.All(line, point => Assert.Equal(11.5, Math.Sqrt((point.X - 20) * (point.X - 20) + (point.Y - 20) * (point.Y - 20)), 0.1));
        // Once around, square by square.
        Assert.InRange(line.Count, 60, 120);
    }

    [Fact]
    public void A_slope_has_a_straight_line_from_border_to_border()
    {
        var line = Assert.Single(ContourLines.Of(5, 4, (i, _) => i, 2.25));
        Assert.Equal(4, line.Count);
        Assert.All(line, point => Assert.Equal(2.25f, point.X));
        Assert.Equal([0, 3], new[] { line[0].Y, line[^1].Y }.Order());
    }

    [Fact]
    public void On_a_saddle_lines_do_not_cross_and_none_is_lost()
    {
        foreach (var level in (double[])[-0.1, 0.1])
            Assert.Equal(2, ContourLines.Of(2, 2, (i, j) => i == j ? 1 : -1, level).Count);
        // Waves: sixteen hills of which each has its own line.
        var lines = ContourLines.Of(161, 161, (i, j) => Math.Sin(i * Math.PI / 20) * Math.Sin(j * Math.PI / 20), 0.5);
        Assert.Equal(32, lines.Count);
        Assert.All(lines, line => Assert.Equal(line[0], line[^1]));
    }

    [Fact]
    public void Where_nothing_reaches_the_level_there_is_no_line() => Assert.Empty(ContourLines.Of(9, 9, (i, j) => i + j, 99));
}
