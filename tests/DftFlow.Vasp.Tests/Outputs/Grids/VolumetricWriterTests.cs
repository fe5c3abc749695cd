using System.Diagnostics;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Vasp.Outputs.Grids;

public class VolumetricWriterTests
{
    [Fact]
    public void Writes_as_VASP_does()
    {
        var data = VolumetricTests.Read(VolumetricTests.Spin, new() { Kind = GridKind.Density, KeepAugmentation = true });
        Assert.Equal(Trimmed(VolumetricTests.Spin), Trimmed(Written(data)));
    }

    [Fact]
    public void Writes_ten_short_columns_where_asked_to()
    {
        var data = VolumetricTests.Read(VolumetricTests.Spin);
        var lines = Written(data with { Blocks = [data.Blocks[0]] }, GridLayout.TenColumns).Split('\n');
        Assert.Equal("  1.0000      2.0000      3.0000      4.0000      5.0000      6.0000      7.0000      8.0000      9.0000      10.000    ", lines[12]);
        Assert.Equal("  11.000     -6.0000    ", lines[13]);
    }

    [Fact]
    public void A_header_keeps_its_full_precision()
    {
        var lattice = new Lattice(new(Math.PI, 0, 1e-9), new(-1.0 / 3, 3, 0), new(0, 0, 1e3));
        var data = new VolumetricData<double>
        {
            Comment = "two\nlines",
            Lattice = lattice,
            Kind = GridKind.Density,
            Species = [new(Element.Parse("Mn"), 1), new(Element.Parse("O"), 1)],
            Positions = [new(1.0 / 3, 2.0 / 3, 0), new(-0.25, 0.123456, 1)],
            Dimensions = new(1, 1, 2),
            Blocks = [new(GridMeaning.Total, [0.25, -1])],
        };
        var read = VolumetricTests.Read(Written(data));
        Assert.Equal(lattice, read.Lattice);
        Assert.Equal(data.Structure, read.Structure);
        Assert.Equal("two lines", read.Comment);
        Assert.Equal([0.25, -1], read.Blocks[0].Values);
        Assert.Equal(Written(data), Written(read));
    }

    [Fact]
    public void A_file_without_elements_is_written_without()
    {
        var data = VolumetricTests.Read("c\n1\n3 0 0\n0 3 0\n0 0 4\n1 1\nDirect\n0 0 0\n.5 .5 .5\n\n1 1 1\n1.0\n");
        Assert.Equal("     1     1", Written(data).Split('\n')[5]);
    }

    [Fact]
    public void Blocks_that_do_not_fit_the_grid_are_not_written()
    {
        var data = VolumetricTests.Read(VolumetricTests.Spin, new() { Kind = GridKind.Density, KeepValues = false });
        using var stream = new MemoryStream();
        Assert.Throws<ArgumentException>(() => VolumetricFile.Write(stream, data, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public async Task Pymatgen_reads_what_was_written()
    {
        const string Program = """
            import sys, warnings; warnings.simplefilter("ignore")
            from pymatgen.io.vasp import Chgcar
            c = Chgcar.from_file(sys.argv[1])
            print(c.structure.formula, "|", *(repr(float(x)) for d in (c.data["total"], c.data["diff"]) for x in d.ravel(order="F")))
            """;
        Assert.SkipUnless(File.Exists("/usr/lib/python3/dist-packages/pymatgen/io/vasp/outputs.py"), "pymatgen is not installed");
        using var file = new TemporaryFile();
        var data = VolumetricTests.Read(VolumetricTests.Spin, new() { Kind = GridKind.Density, KeepAugmentation = true });
        VolumetricFile.Write(file.Stream, data, cancellation: TestContext.Current.CancellationToken);
        file.Stream.Flush();
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3") { ArgumentList = { "-I", "-c", Program, file.Stream.Name }, RedirectStandardOutput = true })!;
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Li1 F1 | 1.0 2.0 3.0 4.0 5.0 6.0 7.0 8.0 9.0 10.0 11.0 -6.0 1.0 1.0 1.0 1.0 1.0 -1.0 -1.0 1.0 1.0 1.0 -1.0 1.0", output.Trim());
    }

    private static string Written(VolumetricData<double> data, GridLayout layout = GridLayout.FiveColumns)
    {
        var stream = new MemoryStream();
        VolumetricFile.Write(stream, data, layout, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Trimmed(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));
}
