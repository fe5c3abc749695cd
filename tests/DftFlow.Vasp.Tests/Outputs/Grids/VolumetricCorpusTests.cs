using System.Globalization;
using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Vasp.Outputs.Grids;

/// <summary>Every volumetric file of the corpus against the values stated for it.</summary>
public class VolumetricCorpusTests
{
    private static readonly VolumetricOptions All = new() { KeepAugmentation = true };

    [Fact]
    public void Finds_the_stated_values_in_every_file()
    {
        var problems = new List<string>();
        var files = 0;
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("volumetric"))
        {
            files++;
            void Check(string what, bool holds)
            {
                if (!holds) problems.Add($"{caseName}/{file}: {what}");
            }
            if (expected.At("empty") is not null)
            {
                Check("an empty file is refused", Assert.Throws<DftFlowException>(() => Read(caseName, file)).Code == "DF1410");
                continue;
            }
            var data = Read(caseName, file);
            CheckHeader(Check, expected, data);
            var stated = expected.GetProperty("data").EnumerateArray().ToList();
            Check("number of blocks", stated.Count == data.Blocks.Length && stated.Count == expected.GetProperty("n_grid_blocks").GetInt32());
            Check("complete", data.Truncated is null && data.UnfinishedValues == 0 && data.Warnings.IsEmpty);
            Check("augmentation", expected.GetProperty("n_augmentation_headers").GetInt32() == data.Blocks.Sum(block => block.AugmentationCount));
            for (var i = 0; i < stated.Count; i++) CheckBlock((what, holds) => Check($"block {i + 1}: {what}", holds), stated[i], data, data.Blocks[i]);
        }
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(40)));
        Assert.True(files >= 25, $"only {files} files were found");
    }

    [Fact]
    public void Guesses_the_kind_of_every_file_as_its_name_tells_it()
    {
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("volumetric").Where(f => f.Expected.At("empty") is null))
        {
            using var stream = VaspCorpus.Open(caseName, file);
            var data = VolumetricFile.Read<float>(stream, new() { KeepValues = false }, TestContext.Current.CancellationToken);
            Assert.True(data.Kind == VolumetricFile.KindOf(file), $"{caseName}/{file}: {data.Kind}");
            Assert.Contains("guessed", Assert.Single(data.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_plain_file_read_by_several_processors_gives_what_a_stream_gives()
    {
        foreach (var (caseName, file) in new[] { ("benchmark-chgcar-si-8mb", "CHGCAR.gz"), ("chgcar-fe3o4-allelectron-sum", "CHGCAR.Fe3O4_ref.gz"), ("soc-no-molecule-chgcar", "CHG.gz") })
        {
            var streamed = Read(caseName, file);
            using var plain = new TemporaryFile();
            using (var packed = VaspCorpus.Open(caseName, file)) packed.CopyTo(plain.Stream);
            foreach (var threads in new[] { 1, 2, 7 })
            {
                plain.Stream.Position = 0;
                var read = VolumetricFile.Read<double>(plain.Stream, All with { Kind = GridKind.Density, Threads = threads }, TestContext.Current.CancellationToken);
                for (var i = 0; i < streamed.Blocks.Length; i++)
                {
                    Assert.Equal(streamed.Blocks[i].Values, read.Blocks[i].Values);
                    Assert.Equal(streamed.Blocks[i] with { Values = [] }, read.Blocks[i] with { Values = [] });
                }
            }
        }
    }

    [Theory]
    [InlineData("benchmark-chgcar-si-8mb", "CHGCAR.gz")]
    [InlineData("bader-triple-lif", "AECCAR1.gz")]
    [InlineData("bader-triple-lif", "CHG.gz")]
    [InlineData("elfcar-graphite-spin", "ELFCAR.gz")]
    [InlineData("elfcar-agac-static", "LOCPOT.gz")]
    [InlineData("soc-no-molecule-chgcar", "CHGCAR.gz")]
    [InlineData("aeccar-perovskite-namgf3", "CHG.gz")]
    public void Writes_what_VASP_wrote(string caseName, string file)
    {
        var written = new MemoryStream();
        var layout = file.StartsWith("CHG.", StringComparison.Ordinal) || file.StartsWith("ELFCAR", StringComparison.Ordinal) ? GridLayout.TenColumns : GridLayout.FiveColumns;
        VolumetricFile.Write(written, Read(caseName, file), layout, TestContext.Current.CancellationToken);
        written.Position = 0;
        using var original = new StreamReader(VaspCorpus.Open(caseName, file));
        using var ours = new StreamReader(written);
        for (var number = 1; original.ReadLine() is { } line; number++)
        {
            // Header lines differ in blanks at their ends, the scale has 14 or 16 decimals, and zeros can have a sign.
            var expected = number == 2 ? "   1.00000000000000" : number < 6 ? line.TrimEnd().Replace("-0.000000", " 0.000000", StringComparison.Ordinal) : line.TrimEnd();
            Assert.True(expected == ours.ReadLine()?.TrimEnd(), $"line {number}: {line}");
        }
        Assert.Null(ours.ReadLine());
    }

    private static VolumetricData<double> Read(string caseName, string file)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        return VolumetricFile.Read<double>(stream, All with { Kind = VolumetricFile.KindOf(file) }, TestContext.Current.CancellationToken);
    }

    private static void CheckHeader(Action<string, bool> check, JsonElement expected, VolumetricData<double> data)
    {
        var grid = expected.GetProperty("grid").EnumerateArray().Select(x => x.GetInt32()).ToArray();
        check("grid", data.Dimensions == new GridDimensions(grid[0], grid[1], grid[2]));
        check("comment", expected.At("header", "comment")?.GetString() == data.Comment);
        // The structure of "Fe/", which pymatgen cannot read, is that of the file beside it.
        if (expected.At("structure") is not { } structure)
        {
            check("elements", data.Species is [{ Element.Symbol: "Fe", Count: 1 }]);
            return;
        }
        check("n_sites", structure.GetProperty("n_sites").GetInt32() == data.Positions.Length && data.Structure?.Sites.Length == data.Positions.Length);
        check("volume", Near(structure.GetProperty("volume").GetDouble(), data.Lattice.Volume, 1e-9));
        for (var axis = 0; axis < 3; axis++)
        {
            var vector = Vector(structure.GetProperty("lattice")[axis]);
            check("lattice", (vector - data.Lattice[axis]).Length < 1e-12);
        }
        var first = structure.GetProperty("first_frac_coords");
        for (var i = 0; i < first.GetArrayLength(); i++) check("position", (Vector(first[i]) - data.Positions[i]).Length < 1e-12);
        check("last position", (Vector(structure.GetProperty("last_frac_coords")) - data.Positions[^1]).Length < 1e-12);
        var runs = JsonSerializer.Serialize(data.Species.Select(species => new object[] { species.Element!.Symbol, species.Count }));
        check("species", JsonSerializer.Serialize(structure.GetProperty("species_runs")) == runs);

        static Vector3D Vector(JsonElement e) => new(e[0].GetDouble(), e[1].GetDouble(), e[2].GetDouble());
    }

    private static void CheckBlock(Action<string, bool> check, JsonElement stated, VolumetricData<double> data, GridBlock<double> block)
    {
        var (nx, ny, nz) = (data.Dimensions.X, data.Dimensions.Y, data.Dimensions.Z);
        var values = block.Values;
        check("length", values.Length == data.Dimensions.Count);
        // Rounding in the corpus' own sums is relative to the size of the values, not to a sum that nearly vanishes.
        var size = values.Sum(Math.Abs);
        check("sum", Math.Abs(stated.GetProperty("sum").GetDouble() - block.Mean * values.Length) <= 1e-13 * size);
        check("mean", Math.Abs(stated.GetProperty("mean").GetDouble() - block.Mean) <= 1e-13 * size / values.Length);
        check("min", stated.GetProperty("min").GetDouble() == block.Min);
        check("max", stated.GetProperty("max").GetDouble() == block.Max);
        var at = stated.GetProperty("argmax_ijk");
        check("argmax", values[data.Dimensions.Index(at[0].GetInt32(), at[1].GetInt32(), at[2].GetInt32())] == block.Max);
        foreach (var sample in stated.GetProperty("samples").EnumerateObject())
        {
            int[] place = sample.Name == "[mid]" ? [nx / 2, ny / 3, nz / 4]
                : [.. sample.Name.Trim('[', ']').Split(',').Select(x => int.Parse(x, CultureInfo.InvariantCulture))];
            var index = data.Dimensions.Index((place[0] + nx) % nx, (place[1] + ny) % ny, (place[2] + nz) % nz);
            check("sample " + sample.Name, sample.Value.GetDouble() == values[index]);
        }
        var planes = stated.GetProperty("planar_average_along_c_first3");
        for (var k = 0; k < planes.GetArrayLength(); k++)
        {
            var plane = values.AsSpan(k * nx * ny, nx * ny);
            double sum = 0, planeSize = 0;
            foreach (var value in plane) (sum, planeSize) = (sum + value, planeSize + Math.Abs(value));
            check($"planar average {k}", Math.Abs(planes[k].GetDouble() * plane.Length - sum) <= 1e-12 * planeSize);
        }
        if (stated.At("integral_electrons_or_moment = sum/(nx*ny*nz)") is { } integral && data.Kind == GridKind.Density)
            check("integral", block.IntegralElectrons is { } ours && Math.Abs(integral.GetDouble() - ours) <= 1e-13 * size / values.Length);
        else check("no integral", data.Kind != GridKind.Density && block.IntegralElectrons is null);
    }

    private static bool Near(double expected, double actual, double relative) => Math.Abs(expected - actual) <= relative * Math.Abs(expected);
}
