using System.Diagnostics;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Clusters;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.Potentials;
using DftFlow.Clusters.Transports;
using DftFlow.Tests.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Potentials;

/// <summary>POTCAR is put together where its library lies, over each transport.</summary>
[Collection(OneCluster.Name), UnsupportedOSPlatform("windows")]
public sealed class PotentialLibraryTests : IDisposable
{
    private readonly TestCluster cluster;
    private readonly string top = Directory.CreateTempSubdirectory("dftflow-pot's $(x) ").FullName;
    private readonly MadeUpLibrary made;
    private readonly string job;

    public PotentialLibraryTests(TestCluster cluster)
    {
        this.cluster = cluster;
        made = new(Path.Combine(top, "potpaw_PBE"));
        job = Path.Combine(top, "job");
        Directory.CreateDirectory(made.Folder);
        Directory.CreateDirectory(job);
        // The cluster's user is another than the one that runs the tests, and works in both.
        File.SetUnixFileMode(top, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(job, (UnixFileMode)0b111_111_111);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(top, recursive: true);

    private PotentialLibrary Over(ITransport transport, string? path = null, RemoteTools? tools = null) =>
        new(new RemoteShell(transport, TimeProvider.System), tools ?? new("sha256sum", Gzip: true, Tar: true), path ?? made.Folder);

    private async Task<PotentialCheck> CheckAsync(params string[] names)
    {
        await using var transport = new LocalTransport();
        return await Over(transport).CheckAsync(names, Token);
    }

    private async Task<Finding> OnlyFindingAsync(params string[] names) => Assert.Single((await CheckAsync(names)).Findings);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Puts_potentials_together_in_their_order(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        made.Add("Mn_pv");
        made.AddFile("O/POTCAR.gz", MadeUpLibrary.Gzipped(MadeUpLibrary.Text("O", enmax: 400)));
        made.Add("Li_sv");
        var library = Over(transport);
        var check = await library.CheckAsync(["Mn_pv", "O", "Li_sv"], Token);
        Assert.Empty(check.Findings);
        var potcar = await library.AssembleAsync(check.InOrder(["O", "Mn_pv", "O"]), job, Token);

        var (oxygen, manganese) = (MadeUpLibrary.Text("O", enmax: 400), MadeUpLibrary.Text("Mn_pv"));
        var whole = oxygen + manganese + oxygen;
        Assert.Equal((whole.Length, Hash(whole)), (potcar.SizeBytes, potcar.Sha256));
        Assert.Equal(["O", "Mn_pv", "O"], potcar.Potentials.Select(one => one.Name));
        Assert.Equal(new LibraryPotential
        {
            Name = "O", Place = "O/POTCAR.gz", Titel = "PAW_PBE O 01Jan2000", Lexch = "PE", Vrhfin = "O: synthetic", Zval = 7, EnmaxEv = 400, EnminEv = 99.875,
            SizeBytes = oxygen.Length, Sha256 = Hash(oxygen),
        }, potcar.Potentials[0]);
        Assert.Equal(["POTCAR"], Directory.GetFileSystemEntries(job).Select(Path.GetFileName));
        // Another user of the cluster wrote it, and nobody else may read it.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(job, "POTCAR")));
        if (kind == "local") Assert.Equal(whole, await File.ReadAllTextAsync(Path.Combine(job, "POTCAR"), Token));
    }

    [Fact]
    public async Task Reads_packed_potentials()
    {
        var text = MadeUpLibrary.Text("O");
        made.AddFile("O/POTCAR.Z", MadeUpLibrary.Compressed(text));
        made.AddFile("Mn/POTCAR.gz", MadeUpLibrary.Gzipped(MadeUpLibrary.Text("Mn")));
        made.Add("Li");
        using (var bzip2 = Process.Start("bzip2", [Path.Combine(made.Folder, "Li", "POTCAR")])) await bzip2.WaitForExitAsync(Token);
        await using var transport = new LocalTransport();
        var library = Over(transport);
        var check = await library.CheckAsync(["Mn", "O", "Li"], Token);
        Assert.Empty(check.Findings);
        Assert.Equal(["Li/POTCAR.bz2", "Mn/POTCAR.gz", "O/POTCAR.Z"], check.Found.Values.Select(one => one.Place));
        await library.AssembleAsync(check.InOrder(["Mn", "O", "Li"]), job, Token);
        Assert.Equal(MadeUpLibrary.Text("Mn") + text + MadeUpLibrary.Text("Li"), await File.ReadAllTextAsync(Path.Combine(job, "POTCAR"), Token));
    }

    [Fact]
    public async Task Does_the_same_where_the_shell_is_bash()
    {
        made.Add("O");
        made.AddFile("Mn/POTCAR.gz", MadeUpLibrary.Gzipped(MadeUpLibrary.Text("Mn")));
        made.AddFile("Li/POTCAR.gz", MadeUpLibrary.Gzipped(MadeUpLibrary.Text("Li"))[..^6]);
        await using var transport = new Recording(new LocalTransport(), "bash");
        var check = await Over(transport).CheckAsync(["O", "Mn", "Li", "O_s"], Token);
        Assert.Equal(["DF4504", "DF4502"], check.Findings.Select(finding => finding.Code));
        await Over(transport).AssembleAsync([.. check.Found.Values], job, Token);
        made.Add("O", MadeUpLibrary.Text("O", enmax: 654.321));
        Assert.Equal("DF4508", (await Assert.ThrowsAsync<DftFlowException>(() => Over(transport).AssembleAsync([.. check.Found.Values], job, Token))).Code);
        Assert.Equal(["POTCAR"], Directory.GetFileSystemEntries(job).Select(Path.GetFileName));
        Assert.Equal(MadeUpLibrary.Text("Mn") + MadeUpLibrary.Text("O"), await File.ReadAllTextAsync(Path.Combine(job, "POTCAR"), Token));
    }

    [Fact]
    public async Task Finds_a_potential_one_level_below()
    {
        made.Add("Mn_pv");
        new MadeUpLibrary(Path.Combine(top, "potpaw_LDA")).Add("O", MadeUpLibrary.Text("O", "PAW", "CA"));
        await using var transport = new LocalTransport();
        var library = Over(transport, top);
        var found = (await library.CheckAsync(["Mn_pv"], Token)).InOrder(["Mn_pv"]);
        Assert.Equal("potpaw_PBE/Mn_pv/POTCAR", Assert.Single(found).Place);
        await library.AssembleAsync(found, job, Token);
        Assert.True(File.Exists(Path.Combine(job, "POTCAR")));
    }

    [Fact]
    public async Task Does_not_choose_between_two_libraries()
    {
        made.Add("O");
        new MadeUpLibrary(Path.Combine(top, "potpaw_LDA")).Add("O");
        await using var transport = new LocalTransport();
        var check = await Over(transport, top).CheckAsync(["O"], Token);
        var finding = Assert.Single(check.Findings);
        Assert.Equal("DF4503", finding.Code);
        Assert.Contains("potpaw_LDA/O/POTCAR, potpaw_PBE/O/POTCAR", finding.Message, StringComparison.Ordinal);
        Assert.Equal("DF4503", Assert.Throws<DftFlowException>(() => check.InOrder(["O"])).Code);
    }

    [Fact]
    public async Task Tells_what_there_is_of_the_element_of_a_missing_potential()
    {
        foreach (var name in (string[])["Mn", "Mn_sv", "Mg", "M", "O"]) made.Add(name);
        Directory.CreateDirectory(Path.Combine(made.Folder, "Mn_empty"));
        var finding = await OnlyFindingAsync("Mn_pv", "O");
        Assert.Equal("DF4502", finding.Code);
        Assert.Contains("Of Mn it has Mn, Mn_sv.", finding.Message, StringComparison.Ordinal);
        Assert.Contains("none of Zr", (await OnlyFindingAsync("Zr_sv")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_is_not_there_is_told()
    {
        await using var transport = new LocalTransport();
        foreach (var path in (string[])[Path.Combine(top, "nowhere"), "$DFTFLOW_NOT_SET/potpaw", "~/no such/$(touch x)"])
        {
            var error = await Assert.ThrowsAsync<DftFlowException>(() => Over(transport, path).CheckAsync(["O"], Token));
            Assert.Equal("DF4501", error.Code);
            Assert.Contains(path.StartsWith('$') ? "is not set" : "No such file", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_library_or_a_potential_that_the_account_may_not_read_is_told()
    {
        await using var transport = Kinds.Make("openssh", cluster);
        Assert.SkipWhen(cluster.User == Environment.UserName, "the cluster's user owns what the tests make");
        made.Add("O");
        made.Add("Mn");
        File.SetUnixFileMode(Path.Combine(made.Folder, "O", "POTCAR"), UnixFileMode.UserRead);
        File.SetUnixFileMode(Path.Combine(made.Folder, "Mn"), UnixFileMode.UserRead);
        var check = await Over(transport).CheckAsync(["O", "Mn"], Token);
        Assert.Equal(["DF4504", "DF4504"], check.Findings.Select(finding => finding.Code));
        Assert.Contains("O/POTCAR", check.Findings[0].Message, StringComparison.Ordinal);
        File.SetUnixFileMode(made.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => Over(transport).CheckAsync(["O"], Token));
        Assert.Equal("DF4501", error.Code);
        Assert.Contains("Permission denied", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_potential_in_another_elements_folder_is_told()
    {
        made.Add("Mn_pv", MadeUpLibrary.Text("O"));
        var finding = await OnlyFindingAsync("Mn_pv");
        Assert.Equal("DF4505", finding.Code);
        Assert.Contains("of O, not of Mn", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_title_counts_where_VRHFIN_misspells_the_element()
    {
        made.Add("Zr_sv", MadeUpLibrary.Text("Zr_sv", element: "r"));
        Assert.Equal("r: synthetic", (await CheckAsync("Zr_sv")).InOrder(["Zr_sv"])[0].Vrhfin);
    }

    [Fact]
    public async Task Functionals_are_not_mixed()
    {
        made.Add("Mn_pv");
        made.Add("O", MadeUpLibrary.Text("O", "PAW", "CA"));
        await using var transport = new LocalTransport();
        var library = Over(transport);
        var check = await library.CheckAsync(["Mn_pv", "O"], Token);
        var finding = Assert.Single(check.Findings);
        Assert.Equal("DF4506", finding.Code);
        Assert.Contains("LEXCH = CA: O/POTCAR; LEXCH = PE: Mn_pv/POTCAR", finding.Message, StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => library.AssembleAsync([.. check.Found.Values], job, Token));
        Assert.Equal("DF4506", error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(job));
    }

    public static TheoryData<string, byte[]> Damaged => new()
    {
        { "POTCAR", Encoding.ASCII.GetBytes(MadeUpLibrary.Text("O")[..^20]) },
        { "POTCAR", Encoding.ASCII.GetBytes(MadeUpLibrary.Text("O") + MadeUpLibrary.Text("Mn")) },
        { "POTCAR", Encoding.ASCII.GetBytes(MadeUpLibrary.Text("O") + "what is this\n") },
        { "POTCAR", [] },
        { "POTCAR", [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7919 >> 3))] },
        { "POTCAR", Encoding.ASCII.GetBytes("A library's licence text\n") },
        { "POTCAR", Encoding.ASCII.GetBytes(MadeUpLibrary.Text("O").Replace("ENMAX", "EXMAX", StringComparison.Ordinal)) },
        { "POTCAR", Encoding.ASCII.GetBytes(MadeUpLibrary.Text("O").Replace("7.000 ", "seven ", StringComparison.Ordinal)) },
        { "POTCAR", Encoding.ASCII.GetBytes(MadeUpLibrary.Text("O").Replace(" O 01", " 01", StringComparison.Ordinal).Replace("=O:", "=", StringComparison.Ordinal)) },
        { "POTCAR.gz", MadeUpLibrary.Gzipped(MadeUpLibrary.Text("O"))[..^6] },
        { "POTCAR.gz", Encoding.ASCII.GetBytes(MadeUpLibrary.Text("O")) },
        { "POTCAR.gz", MadeUpLibrary.Gzipped(MadeUpLibrary.Text("O") + new string('\n', 70_000_000)) },
    };

    [Theory, MemberData(nameof(Damaged))]
    public async Task A_file_that_is_no_whole_potential_is_told(string name, byte[] content)
    {
        made.AddFile("O/" + name, content);
        var finding = await OnlyFindingAsync("O");
        Assert.Equal("DF4504", finding.Code);
        Assert.Contains("O/" + name, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_are_no_potentials_reach_no_shell()
    {
        made.Add("O");
        string[] names = ["../O", "$(touch x)", "O;touch x", "O'", "", "o", "Oxygen", "O/../O", "-O", "O\n", "O" + new string('_', 100)];
        var check = await CheckAsync([.. names, "O"]);
        Assert.Equal(names.Select(_ => "DF4507"), check.Findings.Select(finding => finding.Code));
        Assert.Equal(["O"], check.Found.Keys);
        Assert.Empty(Directory.GetFiles(top, "x", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("../job/POTCAR"), InlineData("/etc/POTCAR"), InlineData("O/passwd"), InlineData("../O/POTCAR"), InlineData("a/b/O/POTCAR")]
    public async Task Only_files_of_the_library_are_put_together(string place)
    {
        made.Add("O");
        await using var transport = new LocalTransport();
        var potential = (await CheckAsync("O")).Found["O"] with { Place = place };
        await Assert.ThrowsAsync<ArgumentException>(() => Over(transport).AssembleAsync([potential], job, Token));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_potential_that_changed_since_the_check_is_refused(bool sameSize)
    {
        made.Add("O");
        made.Add("Mn");
        await using var transport = new LocalTransport();
        var found = (await CheckAsync("O", "Mn")).InOrder(["O", "Mn"]);
        await File.WriteAllTextAsync(Path.Combine(job, "POTCAR"), "the old one", Token);
        made.Add("Mn", sameSize ? MadeUpLibrary.Text("Mn", enmax: 654.321) : MadeUpLibrary.Text("Mn") + "\n");
        var error = await Assert.ThrowsAsync<DftFlowException>(() => Over(transport).AssembleAsync(found, job, Token));
        Assert.Equal("DF4508", error.Code);
        Assert.Contains("Mn/POTCAR", error.Message, StringComparison.Ordinal);
        Assert.Equal(["POTCAR"], Directory.GetFileSystemEntries(job).Select(Path.GetFileName));
        Assert.Equal("the old one", await File.ReadAllTextAsync(Path.Combine(job, "POTCAR"), Token));
    }

    [Fact]
    public async Task A_library_that_was_removed_since_the_check_is_told()
    {
        made.Add("O");
        await using var transport = new LocalTransport();
        var found = (await CheckAsync("O")).InOrder(["O"]);
        Directory.Delete(made.Folder, recursive: true);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => Over(transport).AssembleAsync(found, job, Token));
        Assert.Equal("DF4508", error.Code);
        Assert.Contains("No such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_last_line_without_an_end_does_not_run_into_the_next_potential()
    {
        made.Add("O", MadeUpLibrary.Text("O").TrimEnd('\n'));
        await using var transport = new LocalTransport();
        await Over(transport).AssembleAsync((await CheckAsync("O")).InOrder(["O", "O"]), job, Token);
        Assert.Equal(MadeUpLibrary.Text("O") + MadeUpLibrary.Text("O").TrimEnd('\n'), await File.ReadAllTextAsync(Path.Combine(job, "POTCAR"), Token));
    }

    [Fact]
    public async Task Does_without_a_program_that_makes_hashes()
    {
        made.Add("O");
        await using var transport = new LocalTransport();
        var library = Over(transport, tools: RemoteTools.None);
        var potcar = await library.AssembleAsync((await library.CheckAsync(["O"], Token)).InOrder(["O"]), job, Token);
        Assert.Equal((MadeUpLibrary.Text("O").Length, null, null), (potcar.SizeBytes, potcar.Sha256, potcar.Potentials[0].Sha256));
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing_half_written()
    {
        await using var transport = Kinds.Make("openssh", cluster);
        Assert.SkipWhen(cluster.SmallFolder is null, "no small file system here");
        made.Add("O", MadeUpLibrary.Text("O").Replace(" local part\n", " local part\n" + new string('1', 3_000_000) + "\n", StringComparison.Ordinal));
        var library = Over(transport);
        var found = (await library.CheckAsync(["O"], Token)).InOrder(["O"]);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => library.AssembleAsync(found, cluster.SmallFolder!, Token));
        Assert.Equal("DF4301", error.Code);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(cluster.SmallFolder!), file => FilePolicy.IsLicensed(file));
    }

    [Fact]
    public async Task A_job_folder_that_is_not_there_is_told()
    {
        made.Add("O");
        await using var transport = new LocalTransport();
        var found = (await CheckAsync("O")).InOrder(["O"]);
        Assert.Equal("DF4305", (await Assert.ThrowsAsync<DftFlowException>(() => Over(transport).AssembleAsync(found, job + "/none", Token))).Code);
    }

    [Fact]
    public async Task A_folder_in_the_place_of_POTCAR_is_told()
    {
        made.Add("O");
        Directory.CreateDirectory(Path.Combine(job, "POTCAR"));
        await using var transport = new LocalTransport();
        var found = (await CheckAsync("O")).InOrder(["O"]);
        Assert.Equal("DF4303", (await Assert.ThrowsAsync<DftFlowException>(() => Over(transport).AssembleAsync(found, job, Token))).Code);
        Assert.Equal([Path.Combine(job, "POTCAR")], Directory.GetFileSystemEntries(job, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Nothing_of_a_potential_but_its_headers_fields_comes_back()
    {
        foreach (var name in (string[])["O", "Mn_pv"]) made.Add(name);
        made.Add("Fe", MadeUpLibrary.Text("Fe")[..^20]);
        await using var recording = new Recording(new LocalTransport());
        var library = Over(recording);
        var check = await library.CheckAsync(["O", "Mn_pv", "Fe"], Token);
        await library.AssembleAsync([.. check.Found.Values], job, Token);
        Assert.Contains("TITEL", recording.Output, StringComparison.Ordinal);
        foreach (var content in (string[])[MadeUpLibrary.Secret, "EATOM", "Description", "local part", "POMASS"])
            Assert.DoesNotContain(content, recording.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_back_of_a_header_is_short_and_plain_and_the_headers_own()
    {
        var text = MadeUpLibrary.Text("O").Replace("; ENMIN  =   99.875 eV", "", StringComparison.Ordinal).Replace(" local part\n", $" local part\n ENMIN = {MadeUpLibrary.Secret}\n", StringComparison.Ordinal);
        made.Add("O", text.Replace("=O: synthetic", "=O:\t\u001b[31msynthetic\u00e9", StringComparison.Ordinal).Replace("TITEL  = PAW_PBE O 01Jan2000", $"TITEL  = PAW_PBE O 01Jan2000 {new string('x', 150)} {MadeUpLibrary.Secret}", StringComparison.Ordinal));
        await using var recording = new Recording(new LocalTransport());
        var found = (await Over(recording).CheckAsync(["O"], Token)).InOrder(["O"])[0];
        Assert.Null(found.EnminEv);
        Assert.Equal("O:  [31msynthetic?", found.Vrhfin);
        Assert.StartsWith("PAW_PBE O 01Jan2000 xxx", found.Titel, StringComparison.Ordinal);
        Assert.InRange(found.Titel.Length, 100, 120);
        Assert.DoesNotContain(MadeUpLibrary.Secret, recording.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Potentials_are_never_fetched()
    {
        made.Add("O");
        await using var transport = new LocalTransport();
        await Over(transport).AssembleAsync((await CheckAsync("O")).InOrder(["O"]), job, Token);
        foreach (var name in (string[])["OUTCAR", ".POTCAR.0123456789ab", "POTCAR.gz", "POTCAR.spec"]) await File.WriteAllTextAsync(Path.Combine(job, name), "x", Token);
        // Nor by another name.
        File.CreateSymbolicLink(Path.Combine(job, "LOCPOT"), "POTCAR");
        var files = new RemoteFiles(new RemoteShell(transport, TimeProvider.System), RemoteTools.None);
        var home = Path.Combine(top, "home");
        var policy = new FilePolicy { Leave = [] };
        var listed = (await files.ListAsync(job, Token)).Select(file => file.Name).ToArray();
        Assert.Equal(5, listed.Length);
        Assert.Equal(["OUTCAR", "POTCAR.spec"], listed.Where(policy.Fetches));
        // Not even where a caller forgets the policy.
        await Assert.ThrowsAsync<ArgumentException>(() => files.GetManyAsync(job, listed, home, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => files.GetAsync(Path.Combine(job, "POTCAR"), Path.Combine(home, "innocent"), null, Token));
        Assert.False(Directory.Exists(home));
    }
}
