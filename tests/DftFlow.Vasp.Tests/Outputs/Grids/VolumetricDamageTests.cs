using System.Text;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Vasp.Outputs.Grids;

/// <summary>Volumetric files that are cut off or damaged.</summary>
public class VolumetricDamageTests
{
    private static readonly VolumetricOptions Density = new() { Kind = GridKind.Density, KeepAugmentation = true };

    [Fact]
    public void Cut_off_anywhere_gives_the_blocks_that_are_complete()
    {
        var text = VolumetricTests.Spin;
        var whole = VolumetricTests.Read(text).Blocks;
        var firstEnds = text.IndexOf("\naugmentation", StringComparison.Ordinal);
        var secondEnds = text.LastIndexOf("\naugmentation occupancies   1", StringComparison.Ordinal);
        var gridLine = text.IndexOf("2    2    3\n", StringComparison.Ordinal);
        for (var length = 0; length < text.Length; length++)
        {
            VolumetricData<double> data;
            try
            {
                data = VolumetricTests.Read(text[..length]);
            }
            catch (DftFlowException error)
            {
                Assert.Equal("DF1410", error.Code);
                Assert.True(length < gridLine, $"{length}: {error.Message}");
                continue;
            }
            var complete = length >= secondEnds ? 2 : length >= firstEnds ? 1 : 0;
            Assert.True(complete == data.Blocks.Length, $"{length}: {data.Blocks.Length} blocks");
            for (var i = 0; i < complete; i++) Assert.Equal(whole[i].Values, data.Blocks[i].Values);
            // Without its last line end the file is whole; where it ends with a block's values, or with the occupancies before a
            // moment, nothing tells.
            if (data.Truncated is null)
                Assert.True(length >= text.Length - 2 || length <= firstEnds + 1 || text[..length].TrimEnd().EndsWith("0.6272946E-06", StringComparison.Ordinal) || (length >= secondEnds && length <= secondEnds + 1), $"{length}: nothing is said of {text[Math.Max(0, length - 60)..length]}");
            else Assert.InRange(data.Truncated.Byte, 0, length);
        }
    }

    [Fact]
    public void The_unfinished_block_is_counted_and_left_out()
    {
        var cut = VolumetricTests.Spin.LastIndexOf(" -.10000000000E+01 0.1", StringComparison.Ordinal);
        var data = VolumetricTests.Read(VolumetricTests.Spin[..(cut + 8)]);
        Assert.Equal((1, 10L, cut + 1L), (data.Blocks.Length, data.UnfinishedValues, data.Truncated!.Byte));
        Assert.Contains("block 2 has 10 of its 12 values", data.Truncated.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_number_that_may_be_cut_does_not_count()
    {
        var text = VolumetricTests.Header() + "\n 2 1 1\n 0.10000000000E+01 0.20000000000E+0";
        Assert.Equal((0, 1L), (VolumetricTests.Read(text).Blocks.Length, VolumetricTests.Read(text).UnfinishedValues));
        Assert.Equal([1, 2], VolumetricTests.Read(text + "1").Blocks[0].Values);
    }

    [Theory]
    [InlineData(" 2 1 1\n 1.0 x 3.0\n", "block 2 has 1 of its 2 values")]
    [InlineData(" 2 1 2\n 1.0 2.0 3.0 4.0\n", "a grid of 2 x 1 x 2 points follows one of 2 x 1 x 1")]
    [InlineData("<html>\n", "does not belong into such a file")]
    [InlineData("augmentation occupancies 1 5\n 1.0 2.0\n 2 1 1\n 1.0 2.0\n", "PAW occupancies 1 are not complete")]
    public void Damage_behind_a_block_leaves_the_block(string rest, string reason)
    {
        var data = VolumetricTests.Read(VolumetricTests.Header() + "\n 2 1 1\n 1.0 2.0\n" + rest);
        Assert.Equal([1, 2], Assert.Single(data.Blocks).Values);
        Assert.Contains(reason, data.Truncated!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_have_grown_together_in_a_last_line_without_end_are_damage_like_any_other()
    {
        var data = VolumetricTests.Read(VolumetricTests.Header() + "\n 3 2 1\n  152.46      148.56      -.10000E-07 0.12505     9.8544      0.0000    \n9*  ");
        Assert.Equal((1, 6), (data.Blocks.Length, data.Blocks[0].Values.Length));
        Assert.NotNull(data.Truncated);
    }

    [Fact]
    public void A_compressed_file_that_was_cut_off_ends_the_text()
    {
        var data = VolumetricFile.Read<double>(new CutStream(Encoding.ASCII.GetBytes(VolumetricTests.Spin[..700])), Density, TestContext.Current.CancellationToken);
        Assert.NotNull(data.Truncated);
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_a_record_or_in_one_error()
    {
        using var file = new TemporaryFile();
        Mutated.OnlyFailsWithItsOwnError(text =>
        {
            var data = VolumetricTests.Read(text, Density);
            Assert.All(data.Blocks, block => Assert.Equal(data.Dimensions.Count, block.Values.Length));
            file.Stream.SetLength(0);
            file.Stream.Write(Encoding.UTF8.GetBytes(text));
            file.Stream.Position = 0;
            var plain = VolumetricFile.Read<double>(file.Stream, Density, TestContext.Current.CancellationToken);
            Assert.Equal(data.Blocks.Length, plain.Blocks.Length);
            Assert.Equal(data.Truncated, plain.Truncated);
        }, VolumetricTests.Spin, VolumetricTests.Header() + "\n 3 2 1\n  152.46      148.56      -.10000E-07 0.12505     9.8544      0.0000    \n  ", VolumetricTests.Spin.Replace("   Li   F\n", "", StringComparison.Ordinal));
    }

    private sealed class CutStream(byte[] text) : MemoryStream(text)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(100, buffer.Length)]) is > 0 and var read ? read : throw new InvalidDataException("cut");
    }
}
