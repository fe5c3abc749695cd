using System.Security.Cryptography;
using System.Text;
using DftFlow.Clusters;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.Transports;
using DftFlow.Tests.Clusters.Potentials;
using DftFlow.Tests.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Files;

/// <summary>Files to and from a host, over each transport.</summary>
[Collection(SecondCluster.Name)]
public sealed class RemoteFilesTests(TestCluster cluster) : IDisposable
{
    private readonly string here = Directory.CreateTempSubdirectory("dftflow-files-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(here, recursive: true);

    private string There(string name) => Path.Combine(cluster.WorkFolder, $"{Guid.NewGuid():N}", name);

    private static async Task<RemoteFiles> OfAsync(ITransport transport, bool compress = false, RemoteTools? tools = null)
    {
        var shell = new RemoteShell(transport, TimeProvider.System);
        return new RemoteFiles(shell, tools ?? await RemoteTools.ProbeAsync(shell, Token), compress);
    }

    private string Make(string name, int bytes)
    {
        var path = Path.Combine(here, name);
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(bytes));
        return path;
    }

    private static void AssertSame(string expected, string actual) => Assert.True(File.ReadAllBytes(expected).AsSpan().SequenceEqual(File.ReadAllBytes(actual)));

    private static Dictionary<string, ReadOnlyMemory<byte>> Some(int count) =>
        Enumerable.Range(0, count).ToDictionary(i => $"file {i}'s \"name\" $(x)", i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(new string('x', i * 7 % 5000)));

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_large_file_goes_there_and_back(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var files = await OfAsync(transport);
        var (source, there) = (Make("CHGCAR", 20_000_000), There("a folder's/CHGCAR"));
        await files.PutAsync(source, there, null, Token);
        var back = Path.Combine(here, "back", "CHGCAR");
        await files.GetAsync(there, back, null, Token);
        AssertSame(source, back);
        Assert.Equal(["CHGCAR"], (await files.ListAsync(Path.GetDirectoryName(there)!, Token)).Select(file => file.Name));
        Assert.Equal(["CHGCAR"], Directory.GetFileSystemEntries(Path.Combine(here, "back")).Select(Path.GetFileName));
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Many_small_files_go_there_and_back(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var files = await OfAsync(transport);
        var (some, there) = (Some(300), There("job"));
        await files.PutManyAsync(some, there, Token);
        var listed = await files.ListAsync(there, Token);
        Assert.Equal(some.Keys.Order(StringComparer.Ordinal), listed.Select(file => file.Name));
        Assert.All(listed, file => Assert.Equal(some[file.Name].Length, file.SizeBytes));
        await files.GetManyAsync(there, [.. some.Keys], here, Token);
        Assert.Equal(some.Count, Directory.GetFiles(here).Length);
        Assert.All(some, file => Assert.True(file.Value.Span.SequenceEqual(File.ReadAllBytes(Path.Combine(here, file.Key)))));
    }

    public static TheoryData<string?, bool, bool, bool> Tools => new()
    {
        { null, false, false, false },
        { "sha256sum", true, true, true },
        { "openssl dgst -sha256 -r", true, false, true },
        { null, true, true, true },
        { "sha256sum", false, false, false },
    };

    [Theory, MemberData(nameof(Tools))]
    public async Task Does_with_what_programs_the_host_has(string? sha256, bool gzip, bool tar, bool compress)
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport, compress, new RemoteTools(sha256, gzip, tar));
        cluster.SkipUnlessThere();
        var (source, some, there) = (Make("WAVECAR", 1_000_000), Some(40), There("job"));
        some["text"] = Encoding.ASCII.GetBytes(new string('a', 2_000_000));
        await files.PutAsync(source, there + "/WAVECAR", null, Token);
        await files.PutManyAsync(some, there, Token);
        var back = Path.Combine(here, "back");
        await files.GetAsync(there + "/WAVECAR", Path.Combine(back, "WAVECAR"), null, Token);
        await files.GetManyAsync(there, [.. some.Keys], back, Token);
        AssertSame(source, Path.Combine(back, "WAVECAR"));
        Assert.All(some, file => Assert.True(file.Value.Span.SequenceEqual(File.ReadAllBytes(Path.Combine(back, file.Key)))));
        Assert.Equal(some.Count + 1, Directory.GetFileSystemEntries(there).Length);
    }

    [Fact]
    public async Task An_empty_file_among_others_and_below_a_folder_comes_too()
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport);
        var there = Path.Combine(here, "there");
        Directory.CreateDirectory(Path.Combine(there, "00"));
        File.WriteAllText(Path.Combine(there, "00", "CONTCAR"), "");
        File.WriteAllText(Path.Combine(there, "OUTCAR"), "end");
        File.WriteAllText(Path.Combine(there, "z"), "");
        var back = Path.Combine(here, "back");
        await files.GetManyAsync(there, ["00/CONTCAR", "OUTCAR", "z"], back, Token);
        Assert.Equal(["", "end", ""], new[] { "00/CONTCAR", "OUTCAR", "z" }.Select(name => File.ReadAllText(Path.Combine(back, name))));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_transfer_that_was_cut_goes_on_where_it_stopped(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var files = await OfAsync(transport);
        var (source, there) = (Make("CHGCAR", 60_000_000), There("CHGCAR"));
        var cut = 0;
        var error = await Assert.ThrowsAsync<DftFlowException>(() => files.PutAsync(source, there, new Heard(progress =>
        {
            if (progress.Bytes > 20_000_000 && Interlocked.Exchange(ref cut, 1) == 0) cluster.SeverAsync("sshd").Wait(Token);
        }), Token));
        Assert.Equal(FailureClass.Transient, ConnectionFailures.ClassOf(error));
        Assert.False(File.Exists(there));
        var kept = await PartSizeAsync(Path.GetDirectoryName(there)!);
        Assert.InRange(kept, 1, 59_999_999);
        await files.PutAsync(source, there, null, Token);
        AssertSame(source, there);

        // What has come may be here before the connection is cut: only whoever stops it himself knows that it was not whole.
        var back = Path.Combine(here, "back", "CHGCAR");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => files.GetAsync(there, back, new Heard(progress =>
        {
            if (progress.Bytes > 20_000_000) stop.Cancel();
        }), stop.Token));
        Assert.False(File.Exists(back));
        var first = 0L;
        await files.GetAsync(there, back, new Heard(progress => Interlocked.CompareExchange(ref first, progress.Bytes, 0)), Token);
        // At the beginning of the block that was under way.
        Assert.True(first > 19_000_000, $"the second try began at {first}");
        AssertSame(source, back);
    }

    [Fact]
    public async Task A_part_that_is_not_the_file_is_not_gone_on_with()
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport);
        var (source, there) = (Make("CHGCAR", 20_000_000), Path.Combine(here, "there", "CHGCAR"));
        await files.PutAsync(source, there, null, Token);
        // What an earlier try left is garbage, of the right name.
        File.Delete(there);
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => files.PutAsync(source, there, new Heard(progress =>
        {
            if (progress.Bytes > 12_000_000) cancel.Cancel();
        }), cancel.Token));
        var part = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(there)!, ".CHGCAR.*.part"));
        File.WriteAllBytes(part, new byte[10_000_000]);
        await files.PutAsync(source, there, null, Token);
        AssertSame(source, there);
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(there)!));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_nothing_half_written_is_left()
    {
        cluster.SkipUnlessThere();
        Assert.SkipWhen(cluster.SmallFolder is null, "no file system of 2 MB can be made here");
        await using var transport = Kinds.Make("ssh", cluster);
        var files = await OfAsync(transport);
        var there = cluster.SmallFolder + "/full";
        var error = await Assert.ThrowsAsync<DftFlowException>(() => files.PutAsync(Make("CHGCAR", 3_000_000), there + "/CHGCAR", null, Token));
        Assert.Equal("DF4301", error.Code);
        Assert.Empty(await files.ListAsync(there, Token));
        var many = Some(0);
        for (var i = 0; i < 30; i++) many[$"f{i}"] = new byte[100_000];
        Assert.Equal("DF4301", (await Assert.ThrowsAsync<DftFlowException>(() => files.PutManyAsync(many, there, Token))).Code);
        Assert.Empty(await files.ListAsync(there, Token));
        // A small one still goes.
        await files.PutManyAsync(Some(3), there, Token);
        Assert.Equal(3, (await files.ListAsync(there, Token)).Length);
    }

    [Fact]
    public async Task A_used_up_quota_is_told_and_so_is_what_a_host_says_in_another_language()
    {
        cluster.SkipUnlessThere();
        await using var transport = Kinds.Make("ssh", cluster);
        var files = await OfAsync(transport, tools: new RemoteTools("sha256sum", Gzip: false, Tar: true));
        var there = There("job");
        async Task<DftFlowException> RefusedAsync(string program, string text, Func<Task> work)
        {
            var path = Path.Combine(cluster.BinFolder, program);
            await File.WriteAllTextAsync(path, $"#!/bin/sh\n{text}\n", Token);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
            try
            {
                return await Assert.ThrowsAsync<DftFlowException>(work);
            }
            finally
            {
                File.Delete(path);
            }
        }
        Assert.Equal("DF4302", (await RefusedAsync("tar", "head -c 1000 >x; echo 'tar: CHGCAR: Cannot write: Disk quota exceeded' >&2; exit 2", () => files.PutManyAsync(Some(5), there, Token))).Code);
        Assert.False(Directory.Exists(there));
        Assert.Empty(await files.ListAsync(Path.GetDirectoryName(there)!, Token));
        Assert.Equal("DF4302", (await RefusedAsync("cat", "head -c 100000; echo 'cat: write error: Disk quota exceeded' >&2; exit 1", () => files.PutAsync(Make("CHGCAR", 3_000_000), there + "/CHGCAR", null, Token))).Code);
        Assert.False(File.Exists(there + "/CHGCAR"));
        Assert.Equal("DF4301", (await RefusedAsync("tar", "case $LC_ALL in C) echo 'No space left on device' ;; *) echo 'Auf dem Gerät ist kein Speicherplatz mehr verfügbar' ;; esac >&2; exit 2", () => files.PutManyAsync(Some(5), there, Token))).Code);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task An_empty_file_and_one_over_a_link_go_there_and_back(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var files = await OfAsync(transport);
        var (source, there) = (Make("CONTCAR", 0), There("CONTCAR"));
        var folder = Path.GetDirectoryName(there)!;
        await files.PutAsync(source, there, null, Token);
        var back = Path.Combine(here, "back", "CONTCAR");
        await files.GetAsync(there, back, null, Token);
        Assert.Equal(0, new FileInfo(back).Length);
        // A link gives way to the file, and what it leads to stays as it was.
        await new RemoteShell(transport, TimeProvider.System).RunAsync(new($"cd {DftFlow.Clusters.Sh.Quote(folder)}; echo old >old; ln -s old POSCAR; mkdir OUTCAR") { What = "a test" }, Token);
        await files.PutAsync(Make("POSCAR", 10), folder + "/POSCAR", null, Token);
        Assert.Equal("old\n", await File.ReadAllTextAsync(folder + "/old", Token));
        Assert.Equal(10, new FileInfo(folder + "/POSCAR").Length);
        // A folder does not: and nothing is put into it.
        Assert.Equal("DF4304", (await Assert.ThrowsAsync<DftFlowException>(() => files.PutAsync(source, folder + "/OUTCAR", null, Token))).Code);
        Assert.Equal(["CONTCAR", "POSCAR", "old"], (await files.ListAsync(folder, Token)).Select(file => file.Name));
    }

    [Fact]
    public async Task Names_of_every_kind_are_listed_and_come_and_what_is_no_text_is_left_out()
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport);
        var there = Path.Combine(here, "there");
        string[] names = [" before", "-dash", ".hidden", "a b  c", "after ", "back\\slash", "it's", "total", "Ωμέγα"];
        await files.PutManyAsync(names.ToDictionary(name => name, name => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(name)), there, Token);
        var shell = new RemoteShell(transport, TimeProvider.System);
        await shell.RunAsync(new($"cd {DftFlow.Clusters.Sh.Quote(there)}; mkdir \"$(printf 'x\\n5 .')\"; touch \"$(printf 'bad\\377')\" \"$(printf 'a\\tb')\" \"$(printf 'x\\n5 ./ghost')\"; ln -s total link") { What = "a test" }, Token);
        Assert.Equal(names.Length + 4, Directory.GetFileSystemEntries(there).Length);
        var listed = await files.ListAsync(there, Token);
        // .NET does not remove what is no text.
        await shell.RunAsync(new($"rm -f {DftFlow.Clusters.Sh.Quote(there)}/bad*") { What = "a test" }, Token);
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Select(file => file.Name));
        var back = Path.Combine(here, "back");
        await files.GetManyAsync(there, [.. listed.Select(file => file.Name)], back, Token);
        Assert.All(names, name => Assert.Equal(name, File.ReadAllText(Path.Combine(back, name))));
    }

    [Fact]
    public async Task More_files_than_a_command_line_holds_go_there_and_back()
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport);
        var there = Path.Combine(here, "there");
        var many = Enumerable.Range(0, 20_000).ToDictionary(i => FormattableString.Invariant($"{new string('n', 120)}{i}"), i => (ReadOnlyMemory<byte>)BitConverter.GetBytes(i));
        await files.PutManyAsync(many, there, Token);
        Assert.Equal(many.Count, (await files.ListAsync(there, Token)).Length);
        var back = Path.Combine(here, "back");
        await files.GetManyAsync(there, [.. many.Keys], back, Token);
        Assert.All(many, file => Assert.True(file.Value.Span.SequenceEqual(File.ReadAllBytes(Path.Combine(back, file.Key)))));
    }

    [Fact]
    public async Task Two_versions_of_a_file_are_not_joined_where_no_hash_can_tell()
    {
        await using var transport = new LocalTransport();
        var (remote, local) = (Make("CHGCAR", 30_000_000), Path.Combine(here, "back", "CHGCAR"));
        foreach (var tools in (RemoteTools[])[RemoteTools.None, new("sha256sum", Gzip: false, Tar: false)])
        {
            var files = await OfAsync(transport, tools: tools);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => files.GetAsync(remote, local, new Heard(progress =>
            {
                if (progress.Bytes > 10_000_000) stop.Cancel();
            }), stop.Token));
            // Another one of the same size, within the minute that ls tells.
            var bytes = RandomNumberGenerator.GetBytes(30_000_000);
            File.WriteAllBytes(remote, bytes);
            await files.GetAsync(remote, local, null, Token);
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(local)));
            File.Delete(local);
        }
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(local)!));
    }

    [Fact]
    public async Task What_came_of_an_older_version_is_removed()
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport);
        var (remote, back) = (Make("CHG", 1000), Path.Combine(here, "back"));
        Directory.CreateDirectory(back);
        foreach (var name in (string[])[".CHG.0123456789ab.part", ".CHG.x.0123456789ab.part", "CHG.part"]) File.WriteAllText(Path.Combine(back, name), "");
        await files.GetAsync(remote, Path.Combine(back, "CHG"), null, Token);
        Assert.Equal([".CHG.x.0123456789ab.part", "CHG", "CHG.part"], Directory.GetFiles(back).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_disk_of_ours_that_fails_is_told_at_once()
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport, tools: new RemoteTools("sha256sum", Gzip: false, Tar: false) { LongSha256 = "sleep 300; sha256sum" });
        var failed = files.GetAsync(Make("CHGCAR", 1_000_000), Path.Combine(here, "back", "CHGCAR"), new Heard(_ => throw new IOException("our disk")), Token);
        Assert.Equal("our disk", (await Assert.ThrowsAsync<IOException>(() => failed.WaitAsync(TimeSpan.FromSeconds(60), Token))).Message);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_missing_file_among_others_is_told_as_such(bool hashed)
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport, tools: new RemoteTools(hashed ? "sha256sum" : null, Gzip: false, Tar: false));
        Make("OUTCAR", 10);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => files.GetManyAsync(here, ["OUTCAR", "CONTCAR"], Path.Combine(here, "back"), Token));
        Assert.Equal("DF4305", error.Code);
    }

    [Fact]
    public async Task What_is_not_there_or_not_allowed_is_told()
    {
        cluster.SkipUnlessThere();
        await using var transport = Kinds.Make("ssh", cluster);
        var files = await OfAsync(transport);
        Assert.Equal("DF4305", (await Assert.ThrowsAsync<DftFlowException>(() => files.GetAsync("/no/such/file", Path.Combine(here, "x"), null, Token))).Code);
        Assert.Equal("DF4305", (await Assert.ThrowsAsync<DftFlowException>(() => files.ListAsync("/no/such", Token))).Code);
        Assert.Equal("DF4305", (await Assert.ThrowsAsync<DftFlowException>(() => files.GetManyAsync(cluster.WorkFolder, ["no-such-file"], here, Token))).Code);
        Assert.Equal("DF4303", (await Assert.ThrowsAsync<DftFlowException>(() => files.PutAsync(Make("a", 10), "/etc/dftflow/a", null, Token))).Code);
        Assert.Empty(Directory.GetFiles(here, "x*"));
    }

    [Fact]
    public async Task What_went_wrong_is_understood_where_the_account_speaks_another_language()
    {
        var bin = Directory.CreateDirectory(Path.Combine(here, "bin")).FullName;
        File.WriteAllText(Path.Combine(bin, "mkdir"), "#!/bin/sh\ncase $LC_ALL in C) echo 'mkdir: No space left on device' ;; *) echo 'mkdir: Auf dem Gerät ist kein Speicherplatz mehr verfügbar' ;; esac >&2\nexit 1\n");
        File.WriteAllText(Path.Combine(bin, "sh"), $"#!/bin/sh\nexport LC_ALL=de_DE.UTF-8 PATH={Sh.Quote(bin)}:$PATH\nexec /bin/sh \"$@\"\n");
#pragma warning disable CA1416 // The tests of clusters are for Linux.
        foreach (var file in Directory.GetFiles(bin)) File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
#pragma warning restore CA1416
        await using var transport = new Recording(new LocalTransport(), Path.Combine(bin, "sh"));
        var files = await OfAsync(transport, tools: RemoteTools.None);
        Assert.Equal("DF4301", (await Assert.ThrowsAsync<DftFlowException>(() => files.PutManyAsync(Some(1), Path.Combine(here, "job"), Token))).Code);
    }

    [Theory]
    [InlineData("../x"), InlineData("/etc/passwd"), InlineData("a/../b"), InlineData(""), InlineData("a\nb"), InlineData("./a")]
    public async Task Refuses_names_that_lead_elsewhere(string name)
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport, tools: RemoteTools.None);
        await Assert.ThrowsAsync<ArgumentException>(() => files.GetManyAsync(here, [name], here, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => files.PutManyAsync(new Dictionary<string, ReadOnlyMemory<byte>> { [name] = new byte[1] }, here, Token));
    }

    [Fact]
    public async Task Removes_only_what_is_marked_as_ours()
    {
        await using var transport = new LocalTransport();
        var files = await OfAsync(transport, tools: RemoteTools.None);
        var ours = Path.Combine(here, "dfkey", "attempt");
        Directory.CreateDirectory(ours);
        await Assert.ThrowsAsync<ArgumentException>(() => files.RemoveFolderAsync(here, "dfkey", Token));
        await Assert.ThrowsAsync<ArgumentException>(() => files.RemoveFolderAsync(here, "", Token));
        await Assert.ThrowsAsync<ArgumentException>(() => files.RemoveFolderAsync(ours + "/../..", "dfkey", Token));
        await files.RemoveFolderAsync(ours, "dfkey", Token);
        await files.RemoveFolderAsync(ours, "dfkey", Token);
        Assert.False(Directory.Exists(ours));
        Assert.True(Directory.Exists(here));
    }

    private async Task<long> PartSizeAsync(string folder)
    {
        // The cut command may take a moment to end.
        await Task.Delay(500, Token);
        return Directory.GetFiles(folder, ".*.part").Select(part => new FileInfo(part).Length).SingleOrDefault();
    }

    private sealed class Heard(Action<TransferProgress> action) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => action(value);
    }
}
