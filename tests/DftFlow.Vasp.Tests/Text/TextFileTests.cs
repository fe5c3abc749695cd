using System.Diagnostics;
using System.Globalization;
using System.Text;
using DftFlow.Tests;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Tests.Text;

public sealed class TextFileTests : IDisposable
{
    private static readonly string[] Tools = ["gzip", "bzip2", "xz", "zstd"];

    private readonly string folder = Directory.CreateTempSubdirectory("dftflow text files ").FullName;

    // Larger than one block of anything, and not the same over and over.
    private readonly byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 30_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i,8} {Math.Sin(i):F8}\n"))));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("gzip", Compression.Gzip)]
    [InlineData("bzip2", Compression.Bzip2)]
    [InlineData("xz", Compression.Xz)]
    [InlineData("zstd", Compression.Zstd)]
    public void Reads_what_each_tool_packs_whatever_the_name(string tool, Compression compression)
    {
        using var stream = Open(Write("CHGCAR", Packed(tool, text)));
        Assert.Equal(compression, Assert.IsType<DecompressedStream>(stream).Compression);
        var (read, damaged) = ReadAll(stream);
        Assert.Equal(text, read);
        Assert.False(damaged);
        Assert.Equal(text.Length, stream.Position);
    }

    [Fact]
    public void Gives_a_plain_file_as_a_file_stream_from_its_beginning()
    {
        using var stream = Open(Write("OUTCAR.gz", text));
        Assert.Equal(0, Assert.IsType<FileStream>(stream).Position);
        Assert.Equal(text, ReadAll(stream).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("BZ")]
    [InlineData("BZh9: a system named by a chemist\n")]
    public void A_file_too_short_or_too_human_for_a_compressed_one_is_plain(string content)
    {
        using var stream = Open(Write("POSCAR", Encoding.ASCII.GetBytes(content)));
        Assert.Equal(content, Encoding.ASCII.GetString(ReadAll(stream).Text));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("bzip2")]
    [InlineData("xz")]
    [InlineData("zstd")]
    public void Packed_files_that_were_joined_are_read_to_the_last(string tool)
    {
        var packed = Packed(tool, text);
        byte[] padding = tool == "xz" ? [0, 0, 0, 0] : [];
        using var stream = Open(Write("joined", [.. packed, .. padding, .. packed, .. Packed(tool, [])]));
        var (read, damaged) = ReadAll(stream);
        Assert.Equal([.. text, .. text], read);
        Assert.False(damaged);
    }

    [Theory]
    [InlineData("gzip", 1000)]
    [InlineData("xz", 20_000)]
    [InlineData("zstd", 140_000)]
    [InlineData("bzip2", 900_000)]
    public void A_file_that_is_cut_off_gives_what_is_before_and_says_so(string tool, int mostLost)
    {
        var packed = Packed(tool, text);
        foreach (var left in (int[])[packed.Length / 3, packed.Length - 12, packed.Length - 5, packed.Length - 1])
        {
            using var stream = Open(Write($"cut {left}", packed[..left]));
            var (read, damaged) = ReadAll(stream);
            Assert.True(damaged, $"{left} of {packed.Length} bytes look whole");
            Assert.True(text.AsSpan().StartsWith(read));
            Assert.True(read.Length >= (long)text.Length * left / packed.Length - mostLost - text.Length / 100, $"{read.Length} of {text.Length} bytes, {left} of {packed.Length} packed");
            Assert.NotNull(((DecompressedStream)stream).Damage);
            Assert.Throws<InvalidDataException>(() => stream.ReadByte());
        }
    }

    [Theory]
    [InlineData("gzip", 8)]
    [InlineData("zstd", 2)]
    public void A_checksum_that_does_not_agree_is_told_behind_the_whole_text(string tool, int fromEnd)
    {
        var packed = Packed(tool, text);
        packed[^fromEnd] ^= 0x55;
        using var stream = Open(Write("damaged", packed));
        var (read, damaged) = ReadAll(stream);
        Assert.True(damaged);
        Assert.Equal(text.Length, read.Length);
        Assert.Equal(text, read);
    }

    [Fact]
    public void Who_does_not_read_to_the_end_can_still_ask_for_the_checksum()
    {
        var packed = Packed("gzip", text);
        packed[^8] ^= 0x55;
        using var stream = (DecompressedStream)Open(Write("damaged", packed));
        Assert.Equal(100, stream.ReadAtLeast(new byte[100], 100));
        Assert.Null(stream.Damage);
        stream.ReadToEnd();
        Assert.NotNull(stream.Damage);
    }

    [Fact]
    public void Damaged_files_never_fail_otherwise_than_by_saying_so()
    {
        var available = Tools.Where(IsThere).ToArray();
        Assert.SkipWhen(available.Length == 0, "none of gzip, bzip2, xz and zstd is installed");
        var good = available.Select(tool => Packed(tool, text[..20_000])).ToArray();
        var clock = Stopwatch.StartNew();
        for (var seed = 0; clock.Elapsed < Effort.Time(TimeSpan.FromSeconds(2)); seed++)
        {
            var random = new Random(seed);
            var packed = good[seed % good.Length].ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) packed[random.Next(6, packed.Length)] = (byte)random.Next(256);
            using var stream = Open(Write("damaged", packed), new CompressedTextLimits(MostBytes: 1 << 24));
            try
            {
                ReadAll(stream);
            }
            catch (DftFlowException error) when (error.Code == "DF1452")
            {
            }
            catch (Exception error)
            {
                Assert.Fail($"Seed {seed}: {error}");
            }
        }
    }

    [Fact]
    public void A_file_that_holds_more_than_the_limit_is_refused_at_the_limit()
    {
        using var stream = Open(Write("large", Packed("gzip", text)), new CompressedTextLimits(MostBytes: text.Length - 1));
        var error = Assert.Throws<DftFlowException>(() => ReadAll(stream));
        Assert.Equal("DF1452", error.Code);
        Assert.NotNull(error.File);
    }

    [Fact]
    public void Only_what_is_large_and_very_dense_is_taken_for_a_bomb()
    {
        var path = Write("bomb", Packed("gzip", new byte[1 << 22]));
        using (var small = Open(path, new CompressedTextLimits(SuspectBytes: 1 << 22, MostRatio: 50))) Assert.Equal(1 << 22, ReadAll(small).Text.Length);
        using var bomb = Open(path, new CompressedTextLimits(SuspectBytes: 1 << 21, MostRatio: 50));
        Assert.Equal("DF1452", Assert.Throws<DftFlowException>(() => ReadAll(bomb)).Code);
    }

    [Fact]
    public void A_stream_may_be_left_before_its_end_and_cancelled()
    {
        var path = Write("left", Packed("gzip", new byte[1 << 24]));
        using (var left = Open(path)) left.ReadByte();
        using var source = new CancellationTokenSource();
        using var cancelled = TextFile.Open(path, cancellation: source.Token);
        cancelled.ReadByte();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ReadAll(cancelled));
    }

    [Fact]
    public void What_is_no_file_with_text_is_refused_without_waiting()
    {
        Assert.Equal("DF1450", Assert.Throws<DftFlowException>(() => Open(folder)).Code);
        Assert.Equal("DF1453", Assert.Throws<DftFlowException>(() => Open(Path.Combine(folder, "nowhere"))).Code);
        Assert.Equal("DF1453", Assert.Throws<DftFlowException>(() => Open("a\0b")).Code);
        Assert.Equal("DF1451", Assert.Throws<DftFlowException>(() => Open(Write("zip", "PK\u0003\u0004"u8.ToArray()))).Code);
        if (!OperatingSystem.IsLinux()) return;
        Assert.Equal("DF1450", Assert.Throws<DftFlowException>(() => Open("/dev/zero")).Code);
        var pipe = Path.Combine(folder, "pipe");
        Assert.SkipUnless(IsThere("mkfifo"), "there is no mkfifo");
        Run("mkfifo", [], pipe);
        Assert.Equal("DF1450", Assert.Throws<DftFlowException>(() => Open(pipe)).Code);
    }

    private static Stream Open(string path, CompressedTextLimits? limits = null) => TextFile.Open(path, limits, TestContext.Current.CancellationToken);

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static (byte[] Text, bool Damaged) ReadAll(Stream stream)
    {
        var all = new MemoryStream();
        var buffer = new byte[10_000];
        try
        {
            int count;
            while ((count = stream.Read(buffer)) > 0) all.Write(buffer, 0, count);
            return (all.ToArray(), false);
        }
        catch (InvalidDataException)
        {
            return (all.ToArray(), true);
        }
    }

    private static bool IsThere(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static byte[] Packed(string tool, byte[] content)
    {
        Assert.SkipUnless(IsThere(tool), $"{tool} is not installed");
        return Run(tool, content, "-c", tool == "zstd" ? "-q" : "-6");
    }

    private static byte[] Run(string tool, byte[] input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var feeding = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feeding.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
