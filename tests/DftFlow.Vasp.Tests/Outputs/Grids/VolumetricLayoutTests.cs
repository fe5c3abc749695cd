using System.Globalization;
using System.Text;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Vasp.Outputs.Grids;

/// <summary>Large grids: read in pieces by several processors, or from front to back, the result is the same to the last bit.</summary>
public class VolumetricLayoutTests
{
    // More than two pieces, and not a whole number of them.
    private static readonly GridDimensions Dimensions = new(50, 40, 53);
    private static readonly double[] Values = [.. Enumerable.Range(0, 50 * 40 * 53).Select(i => double.Parse((Math.Sin(i) * Math.Exp(i % 40 - 20)).ToString("E10", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];

    [Theory]
    [InlineData(5, "\n", null)]
    [InlineData(7, "  \r\n", null)]
    [InlineData(11, "\n", null)]
    [InlineData(5, "\n", 70_000)]
    [InlineData(5, "\n", 3)]
    [InlineData(5, "\n", 105_999)]
    public void Threads_and_layout_change_nothing(int columns, string lineEnd, int? longerLineAt)
    {
        var text = new StringBuilder(VolumetricTests.Header() + "\n   50   40   53\n");
        for (var i = 0; i < Values.Length; i++)
        {
            text.Append(' ').Append(Values[i].ToString("E10", CultureInfo.InvariantCulture).PadLeft(18));
            if (i == longerLineAt) text.Append("   ");
            if (i % columns == columns - 1) text.Append(lineEnd);
        }
        text.Append("\n   50   40   53\n");
        foreach (var value in Values) text.Append((-value).ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        var streamed = VolumetricTests.Read(text.ToString());
        Assert.Equal(Values, streamed.Blocks[0].Values);
        using var file = new TemporaryFile();
        file.Stream.Write("before"u8);
        file.Stream.Write(Encoding.ASCII.GetBytes(text.ToString()));
        foreach (var keep in new[] { true, false })
        {
            foreach (var threads in new[] { 1, 3 })
            {
                file.Stream.Position = 6;
                var read = VolumetricFile.Read<double>(file.Stream, new() { Kind = GridKind.Density, Threads = threads, KeepValues = keep }, TestContext.Current.CancellationToken);
                for (var block = 0; block < 2; block++)
                {
                    if (keep) Assert.Equal(streamed.Blocks[block].Values, read.Blocks[block].Values);
                    Assert.Equal(streamed.Blocks[block] with { Values = [] }, read.Blocks[block] with { Values = [] });
                }
                Assert.Null(read.Truncated);
            }
        }
    }

    [Fact]
    public void A_large_file_cut_off_in_the_middle_says_how_far_it_goes()
    {
        var data = new VolumetricData<double> { Lattice = new(new(1, 0, 0), new(0, 1, 0), new(0, 0, 1)), Kind = GridKind.Density, Dimensions = Dimensions, Blocks = [new(GridMeaning.Total, Values)] };
        using var file = new TemporaryFile();
        VolumetricFile.Write(file.Stream, data with { Species = [new(null, 0)] }, cancellation: TestContext.Current.CancellationToken);
        var whole = file.Stream.Length;
        file.Stream.SetLength(whole - 91 * 1000);
        file.Stream.Position = 0;
        var read = VolumetricFile.Read<double>(file.Stream, new() { Kind = GridKind.Density }, TestContext.Current.CancellationToken);
        Assert.Empty(read.Blocks);
        Assert.Equal(Values.Length - 5000, read.UnfinishedValues);
        Assert.InRange(read.Truncated!.Byte, file.Stream.Length - 1, file.Stream.Length);
    }

    [Fact]
    public void Reading_stops_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => VolumetricFile.Read<double>(VolumetricTests.Stream(VolumetricTests.Spin), cancellation: stop.Token));
    }
}
