using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Vasp.Outputs.Grids;

/// <summary>Real volumetric files, read in other ways and written: the values that are stated for them are held in DftFlow.Corpus.Tests.</summary>
public class VolumetricCorpusTests
{
    private static readonly VolumetricOptions All = new() { KeepAugmentation = true };

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
}
