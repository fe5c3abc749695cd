using System.IO.Compression;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Vasp.Outputs.Grids;

public class VolumetricTests
{
    // 2 x 2 x 3 points, two atoms, in the layout of VASP 5; the magnetisation's mean, counted by hand, is 0.5.
    internal const string Spin = """
        LiF, shortened
           1.00000000000000
             3.000000    0.000000    0.000000
             0.000000    3.000000    0.000000
             0.000000    0.000000    4.000000
           Li   F
             1     1
        Direct
          0.000000  0.000000  0.000000
          0.500000  0.500000  0.500000

            2    2    3
         0.10000000000E+01 0.20000000000E+01 0.30000000000E+01 0.40000000000E+01 0.50000000000E+01
         0.60000000000E+01 0.70000000000E+01 0.80000000000E+01 0.90000000000E+01 0.10000000000E+02
         0.11000000000E+02 -.60000000000E+01
        augmentation occupancies   1   3
          0.1541451E+01 -0.1139412E+01  0.6272946E-06
        augmentation occupancies   2   6
          0.1541451E+01 -0.1139412E+01  0.6272946E-06  0.1541451E+01 -0.1139412E+01
          0.6272946E-06
          0.100000000000E+01  0.000000000000E+00
            2    2    3
         0.10000000000E+01 0.10000000000E+01 0.10000000000E+01 0.10000000000E+01 0.10000000000E+01
         -.10000000000E+01 -.10000000000E+01 0.10000000000E+01 0.10000000000E+01 0.10000000000E+01
         -.10000000000E+01 0.10000000000E+01
        augmentation occupancies   1   3
          0.1541451E+01 -0.1139412E+01  0.6272946E-06
        augmentation occupancies   2   1
          0.1541451E+01

        """;

    private static readonly VolumetricOptions Density = new() { Kind = GridKind.Density };

    [Fact]
    public void Reads_density_and_magnetisation_of_a_spin_polarised_run()
    {
        var data = Read(Spin);
        Assert.Equal("LiF, shortened", data.Comment);
        Assert.Equal(new GridDimensions(2, 2, 3), data.Dimensions);
        Assert.Equal(36, data.Lattice.Volume, 12);
        Assert.Equal([("Li", new Vector3D(0, 0, 0)), ("F", new Vector3D(0.5, 0.5, 0.5))], data.Structure!.Sites.Select(site => (site.Element.Symbol, site.Fractional)));
        Assert.Equal([GridMeaning.Total, GridMeaning.Magnetization], data.Blocks.Select(block => block.Meaning));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -6], data.Blocks[0].Values);
        Assert.Equal((-6.0, 11.0, 5.0, 5.0), (data.Blocks[0].Min, data.Blocks[0].Max, data.Blocks[0].Mean, data.Blocks[0].IntegralElectrons));
        Assert.Equal(0.5, data.Blocks[1].IntegralElectrons);
        Assert.Equal([2, 2], data.Blocks.Select(block => block.AugmentationCount));
        Assert.Null(data.Truncated);
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void X_runs_fastest() => Assert.Equal(10, Read(Spin).Blocks[0].Values[new GridDimensions(2, 2, 3).Index(1, 0, 2)]);

    [Fact]
    public void Keeps_the_occupancies_as_they_stand_where_asked_to()
    {
        var data = Read(Spin, Density with { KeepAugmentation = true });
        Assert.Equal("augmentation occupancies   1   3\n  0.1541451E+01 -0.1139412E+01  0.6272946E-06\naugmentation occupancies   2   1\n  0.1541451E+01\n", data.Blocks[1].AugmentationText);
        Assert.EndsWith("  0.100000000000E+01  0.000000000000E+00\n", data.Blocks[0].AugmentationText, StringComparison.Ordinal);
        Assert.Null(Read(Spin).Blocks[0].AugmentationText);
    }

    [Fact]
    public void Stops_behind_the_first_block_where_asked_to()
    {
        var data = Read(Spin, Density with { FirstBlockOnly = true });
        Assert.Equal(5, Assert.Single(data.Blocks).Mean);
        Assert.Null(data.Truncated);
    }

    [Fact]
    public void Gives_statistics_without_values_where_asked_to()
    {
        var blocks = Read(Spin, Density with { KeepValues = false }).Blocks;
        Assert.Equal(Read(Spin).Blocks.Select(block => (block.Min, block.Max, block.Mean, block.AugmentationCount)), blocks.Select(block => (block.Min, block.Max, block.Mean, block.AugmentationCount)));
        Assert.All(blocks, block => Assert.Empty(block.Values));
    }

    [Fact]
    public void Reads_single_precision_where_memory_is_short()
    {
        var data = VolumetricFile.Read<float>(Stream(Spin), Density, TestContext.Current.CancellationToken);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, -6f], data.Blocks[0].Values);
        Assert.Equal(5, data.Blocks[0].Mean);
    }

    [Fact]
    public void Four_blocks_are_density_and_magnetisation_vector()
    {
        var block = "\n 2 1 1\n 1.0 2.0\n";
        var data = Read(Header() + block + block + block + block);
        Assert.Equal([GridMeaning.Total, GridMeaning.Mx, GridMeaning.My, GridMeaning.Mz], data.Blocks.Select(b => b.Meaning));
        Assert.Equal(1.5, data.Blocks[3].IntegralElectrons);
        Assert.Empty(data.Warnings);
        Assert.Contains("More than 4 blocks", Assert.Single(Read(Header() + block + block + block + block + block).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void The_second_block_of_an_ELF_is_the_other_spin()
    {
        var data = Read(Header() + "\n 2 1 1\n 0.5 1.0\n 2 1 1\n 0.25 0.5\n", new() { Kind = GridKind.Elf });
        Assert.Equal([GridMeaning.ElfUp, GridMeaning.ElfDown], data.Blocks.Select(b => b.Meaning));
        Assert.All(data.Blocks, b => Assert.Null(b.IntegralElectrons));
    }

    [Theory]
    [InlineData("CHGCAR", GridKind.Density)]
    [InlineData("CHG.xz", GridKind.Density)]
    [InlineData("AECCAR2.gz", GridKind.Density)]
    [InlineData("PARCHG.0012.0001", GridKind.Density)]
    [InlineData("slab.ELFCAR", GridKind.Elf)]
    [InlineData("LOCPOT", GridKind.Potential)]
    [InlineData("POSCAR", null)]
    public void A_name_tells_the_kind(string name, GridKind? kind) => Assert.Equal(kind, VolumetricFile.KindOf(name));

    [Theory]
    [InlineData("0.1 0.9", GridKind.Elf)]
    [InlineData("-8.0 8.0", GridKind.Potential)]
    [InlineData("-8.0 18.0", GridKind.Density)]
    public void The_kind_is_guessed_where_it_is_not_told(string values, GridKind kind)
    {
        var data = Read(Header() + "\n 2 1 1\n " + values + "\n", new());
        Assert.Equal(kind, data.Kind);
        Assert.Contains("guessed", Assert.Single(data.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.0\n3 0 0\n0 3 0\n0 0 4\nLi F\n1 1\nDirect\n0 0 0\n.5 .5 .5\n", "Li1F1", 36)]
    [InlineData("1.0\n3 0 0\n0 3 0\n0 0 4\n1 1\nDirect\n0 0 0\n.5 .5 .5\n", "?1?1", 36)]
    [InlineData("1.0\n3 0 0\n0 3 0\n0 0 4\nLi/ F_h/3fa1\n1 1\nDirect\n0 0 0\n.5 .5 .5\n", "Li1F1", 36)]
    [InlineData("1.0\n3 0 0\n0 3 0\n0 0 4\nLi\nF\n1\n1\nDirect\n0 0 0\n.5 .5 .5\n", "Li1F1", 36)]
    [InlineData("2.0\n3 0 0\n0 3 0\n0 0 4\nLi Dummy\n1 1\nSelective dynamics\nCartesian\n0 0 0 T T F\n1.5 1.5 2 F F F\n", "Li1?1", 288)]
    [InlineData("-72.0\n3 0 0\n0 3 0\n0 0 4\nLi F\n1 1\nDirect\n0 0 0\n.5 .5 .5\n", "Li1F1", 72)]
    [InlineData("1.0 2.0 1.0\r\n3 0 0\r\n0\t3 0\r\n0 0 4\r\nLi F ! comment\r\n1 1\r\nDirect\r\n0 0 0\r\n.5 .5 .5\r\n", "Li1F1", 72)]
    public void Reads_headers_of_all_kinds(string header, string species, double volume)
    {
        var data = Read("comment\n" + header + " \n    2 1 1\n 1.5 2.5\n");
        Assert.Equal(species, string.Concat(data.Species.Select(s => FormattableString.Invariant($"{s.Element?.Symbol ?? "?"}{s.Count}"))));
        Assert.Equal(volume, data.Lattice.Volume, 9);
        Assert.True((data.Positions[1] - new Vector3D(0.5, 0.5, 0.5)).Length < 1e-12);
        Assert.Equal(2, data.Blocks[0].Mean);
        Assert.Equal(species.Contains('?', StringComparison.Ordinal), data.Structure is null);
    }

    [Fact]
    public void Elements_of_a_VASP_4_file_are_those_given()
    {
        var data = Read("c\n1\n3 0 0\n0 3 0\n0 0 4\n1 1\nDirect\n0 0 0\n.5 .5 .5\n\n1 1 1\n1.0\n", Density with { Elements = [Element.Parse("Mn"), Element.Parse("O")] });
        Assert.Equal(["Mn", "O"], data.Structure!.Sites.Select(site => site.Element.Symbol));
    }

    [Theory]
    [InlineData("1.0 2.0 3.0 4.0\n5.0 6.0\n")]
    [InlineData("\t1.00000000000E+00  2.00000000000E+00\r\n  3.00000000000E+00  4.00000000000E+00  5.00000000000E+00\r\n  6.00000000000E+00\r\n\r\n")]
    [InlineData(" 0.10000000000E+01 0.20000000000E+01 0.30000000000E+01 0.40000000000E+01 0.50000000000E+01\n 0.60000000000E+01  \n  \n\n")]
    [InlineData("  1.0000      2.0000      3.0000      4.0000      5.0000      6.0000    \n")]
    [InlineData(" 0.100D+01 .2E1 3 4.00000000000000 0.5E+001 60000000000000000.E-016\n")]
    [InlineData(" 1.0 2.0 3.0 4.0 5.0\n 6.0 0.0 0.0 0.0 0.0\n")]
    [InlineData("1.0 2.0 3.0 4.0 5.0 6.0")]
    public void Reads_values_in_whatever_way_they_are_laid_out(string values)
    {
        var data = Read(Header() + "\n 3 2 1\n" + values);
        Assert.Equal([1, 2, 3, 4, 5, 6], Assert.Single(data.Blocks).Values);
        Assert.Null(data.Truncated);
    }

    [Fact]
    public void Numbers_that_ran_together_or_lost_their_E_are_read()
    {
        var data = Read(Header() + "\n 4 1 1\n 0.10000000000E+01-.20000000000E+01 0.12345678901-101-.50000000000E+01\n");
        Assert.Equal([1, -2, 0.12345678901e-101, -5], data.Blocks[0].Values);
    }

    [Fact]
    public void Stars_are_no_numbers_and_are_told()
    {
        var data = Read(Header() + "\n 4 1 1\n 0.1E+01 ******* 0.3E+01 ***\n");
        Assert.Equal([1, double.NaN, 3, double.NaN], data.Blocks[0].Values);
        Assert.Equal((1.0, 3.0, double.NaN), (data.Blocks[0].Min, data.Blocks[0].Max, data.Blocks[0].Mean));
        var place = (Header() + "\n 4 1 1\n 0.1E+01 ").Length;
        Assert.Contains($"2 values are no finite numbers (stars where one did not fit its column); the first is at byte {place}", Assert.Single(data.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no grid at all")]
    [InlineData("{\"json\": true}\n\n\n\n")]
    [InlineData("c\n1.0\n1 0 0\n0 1 0\n0 0 0\nLi\n1\nDirect\n0 0 0\n\n1 1 1\n1.0\n")]
    [InlineData("c\n1.0\n1 0 0\n0 1 0\n0 0 1\nLi\n1\nDirect\n0 0 0\n\n0.0 0.0 0.0\n")]
    [InlineData("c\n1.0\n1 0 0\n0 1 0\n0 0 1\nLi\n1\nDirect\n0 0 0\n\n0 1 1\n")]
    [InlineData("c\n1.0\n1 0 0\n0 1 0\n0 0 1\nLi\n2\nDirect\n0 0 0\n")]
    public void Refuses_what_is_no_volumetric_file(string text) => Assert.Equal("DF1410", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Theory]
    [InlineData("c\n1.0\n1 0 0\n0 1 0\n0 0 1\nLi\n1000000000\nDirect\n")]
    [InlineData("c\n1.0\n1 0 0\n0 1 0\n0 0 1\nLi\n1\nDirect\n0 0 0\n\n2000 2000 2000\n1.0")]
    [InlineData("c\n1.0\n1 0 0\n0 1 0\n0 0 1\nLi\n1\nDirect\n0 0 0\n\n1000000000000000000000 1000000000000000000000 1000000000000000000000\n1.0")]
    public void Refuses_what_claims_more_than_any_file_holds(string text) => Assert.Equal("DF1411", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void A_short_file_that_claims_a_large_grid_takes_no_memory()
    {
        var text = Header() + "\n 1000 1000 1000\n 1.0 2.0\n";
        using var file = new TemporaryFile();
        file.Stream.Write(Encoding.ASCII.GetBytes(text));
        file.Stream.Position = 0;
        foreach (var stream in new System.IO.Stream[] { Stream(text), file.Stream })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var data = VolumetricFile.Read<double>(stream, Density, TestContext.Current.CancellationToken);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 24);
            Assert.Equal((0, 2L), (data.Blocks.Length, data.UnfinishedValues));
            Assert.Contains("2 of its 1000000000 values", data.Truncated!.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(100_000)]
    // 32760 times as many bytes are 256 less than 2^32: in an int, -256.
    [InlineData(131_104)]
    public void A_line_that_is_nearly_all_blank_is_read_as_any_other(int width)
    {
        using var file = new TemporaryFile();
        file.Stream.Write(Encoding.ASCII.GetBytes(Header() + "\n 41 41 41\n 0.5" + new string(' ', width - 5) + "\n" + string.Concat(Enumerable.Repeat(" 0.5", 41 * 41 * 41 - 1)) + "\n"));
        file.Stream.Position = 0;
        var data = VolumetricFile.Read<double>(file.Stream, Density, TestContext.Current.CancellationToken);
        Assert.Equal((0.5, 0.5), (data.Blocks[0].Mean, data.Blocks[0].Max));
    }

    [Fact]
    public void Refuses_a_header_that_names_elements_without_end() =>
        Assert.Equal("DF1411", Assert.Throws<DftFlowException>(() => Read("c\n1.0\n1 0 0\n0 1 0\n0 0 1\n" + string.Concat(Enumerable.Repeat("Li O Li O\n", 5000)))).Code);

    [Fact]
    public void Reads_the_grids_that_gpaw_vasp_writes()
    {
        // One hydrogen atom, moment 1. Written by gpaw-vasp; the numbers are those that pymatgen 2022.11.7 reads from the files.
        var folder = Path.Combine(TestPaths.Repository, "tests", "DftFlow.Vasp.Tests", "Outputs", "Grids", "Samples");
        using var packed = new GZipStream(File.OpenRead(Path.Combine(folder, "CHGCAR.gz")), CompressionMode.Decompress);
        var density = VolumetricFile.Read<double>(packed, Density, TestContext.Current.CancellationToken);
        Assert.Equal(new GridDimensions(12, 12, 14), density.Dimensions);
        Assert.Equal(0.999999999999936, density.Blocks[0].IntegralElectrons!.Value, 1e-14);
        Assert.Equal((0.559842144706, 6.36526450163, 0.644232652503), (density.Blocks[0].Min, density.Blocks[0].Max, density.Blocks[0].Values[density.Dimensions.Index(3, 2, 1)]));
        Assert.Equal(1.000000012576193, density.Blocks[1].IntegralElectrons!.Value, 1e-14);
        Assert.Equal((0.559838500131, 6.36543855901, 0.581731038815), (density.Blocks[1].Min, density.Blocks[1].Max, density.Blocks[1].Values[^1]));
        using var plain = File.OpenRead(Path.Combine(folder, "ELFCAR"));
        var elf = VolumetricFile.Read<double>(plain, new() { Kind = GridKind.Elf }, TestContext.Current.CancellationToken);
        Assert.Equal((0.999999409097, 1.0, 0.999999980534), (elf.Blocks[0].Min, elf.Blocks[0].Max, elf.Blocks[0].Values[elf.Dimensions.Index(3, 2, 1)]));
        Assert.Equal((0.0, 0.0), (elf.Blocks[1].Min, elf.Blocks[1].Max));
    }

    internal static string Header() => "sample\n 1.0\n 1 0 0\n 0 1 0\n 0 0 1\n Li\n 1\nDirect\n 0 0 0\n";

    internal static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    internal static VolumetricData<double> Read(string text, VolumetricOptions? options = null) =>
        VolumetricFile.Read<double>(Stream(text), options ?? Density, TestContext.Current.CancellationToken);
}
