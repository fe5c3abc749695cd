using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

/// <summary><c>dftflow analyze dos</c>, as its users and other programs see it.</summary>
public sealed class DosTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    // An oxide with spin: O 2s at −18, O 2p from −6 to −2 (down 0.5 eV higher), the gap, the edges at −2 and 3.
    private static readonly SampleVasprun Oxide = new()
    {
        Components = 2,
        EnergiesEv = [.. Enumerable.Range(0, 251).Select(i => -20 + i * 0.1)],
        FermiEnergyEv = 0,
        Bands = [[[(-2, 1), (3, 0)]], [[(-2, 1), (3, 0)]]],
        Projected = (site, spin, orbital, energy) => (site, orbital, energy - 0.5 * spin) switch { (1, "s", > -18.51 and < -17.49) => 1, (1, "px", > -6.01 and < -2.49) => 1, _ => 0 },
    };

    public DosTests()
    {
        sandbox.Write("run/vasprun.xml", Oxide.ToString());
        sandbox.Write("other/vasprun.xml", (Oxide with { FermiEnergyEv = -0.4 }).ToString());
        sandbox.Environment["NO_COLOR"] = "1";
    }

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData("vasprun-limno-approxneb", "vasprun.xml.relax1.gz", "O")]
    [InlineData("vasprun-ceo2-hse06", "vasprun.hse06.xml.gz", "O")]
    [InlineData("soc-no-molecule-lorbit10", "vasprun.xml.gz", "N")]
    [InlineData("vasprun-nonlm-pdos-eu", "vasprun.nonlm.xml.gz", "F")]
    public async Task Band_centres_of_real_files_are_those_of_the_corpus(string caseName, string file, string element)
    {
        var centres = VaspCorpus.Expected(caseName, file).At("pdos_by_element", element, "p_band_centre_relative_to_efermi")!.Value;
        foreach (var (key, option) in ((string, string[])[])[("full_range", []), ("occupied_E<=Ef", ["--occupied"]), ("window_-8_to_0", ["--window=-8:0"]), ("window_-10_to_5", ["--window=-10:5"])])
        {
            if (!centres.TryGetProperty(key, out var expected)) continue;
            var result = await sandbox.DftflowAsync(["analyze", "dos", TestPaths.Shared("vasp-corpus", caseName, file), "--element", element, "--orbital", "p", .. option, "--json"]);
            Assert.True(result.Status == 0, result.Errors);
            Assert.Equal(expected.GetDouble(), result.Json.GetProperty("band_centre_ev").GetProperty("total").GetDouble(), 1e-6);
        }
    }

    [Fact]
    public async Task A_non_collinear_DOSCAR_alone_gives_the_centre_of_its_densities()
    {
        var expected = VaspCorpus.Expected("soc-no-molecule-lorbit10", "DOSCAR.gz").At("by_element_p", "N", "p_band_centre_full_range")!.Value.GetDouble();
        Directory.CreateDirectory(Path.Combine(sandbox.Folder, "dos"));
        File.Copy(TestPaths.Shared("vasp-corpus", "soc-no-molecule-lorbit10", "DOSCAR.gz"), Path.Combine(sandbox.Folder, "dos", "DOSCAR.gz"));
        var unnamed = await sandbox.DftflowAsync("analyze", "dos", "dos/DOSCAR.gz", "--element", "N", "--orbital", "p", "--json");
        Assert.Equal((2, "DF3204"), (unnamed.Status, Code(unnamed)));
        sandbox.Write("dos/POSCAR", "NO\n1.0\n10 0 0\n0 10 0\n0 0 10\nN O\n1 1\nDirect\n0 0 0\n0 0 0.12\n");
        var result = await sandbox.DftflowAsync("analyze", "dos", "dos", "--element", "N", "--orbital", "p", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal(expected, result.Json.GetProperty("band_centre_ev").GetProperty("total").GetDouble(), 1e-6);
        Assert.Equal(JsonValueKind.Null, result.Json.GetProperty("band_centre_ev").GetProperty("up").ValueKind);
        Assert.Equal(2, result.Json.GetProperty("inputs").GetArrayLength());
        Assert.Contains(result.Json.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("EIGENVAL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_document_has_every_key_of_the_contract()
    {
        var result = await sandbox.DftflowAsync("analyze", "dos", "run", "--element", "O", "--orbital", "p", "--window=-8:0", "--json");
        Assert.True(result.Status == 0, result.Errors);
        var run = result.Json;
        // Up from −6 to −2.5, down half an electronvolt higher.
        Assert.Equal((-4.25, -3.75, -4), (Number(run, "band_centre_ev", "up"), Number(run, "band_centre_ev", "down"), Number(run, "band_centre_ev", "total")));
        Assert.Equal([-8, 0], run.GetProperty("window_ev").EnumerateArray().Select(end => end.GetDouble()));
        Assert.Equal((1, 1, "fermi", 0), (run.GetProperty("n_sites").GetInt32(), Number(run, "filling"), run.GetProperty("zero").GetString(), Number(run, "zero_ev")));
        Assert.Equal(7.2, Number(run, "states"), 1);
        Assert.InRange(Number(run, "band_width_ev"), 1, 1.1);
        Assert.Contains("trapezoid", run.GetProperty("definition").GetString(), StringComparison.Ordinal);
        Assert.Equal(64, run.GetProperty("inputs")[0].GetProperty("sha256").GetString()!.Length);
        Assert.Equal(JsonValueKind.Null, run.GetProperty("shift_ev").ValueKind);
        Assert.Equal(5 * 6, run.GetProperty("sensitivity").GetArrayLength());
        Assert.DoesNotContain(run.GetProperty("warnings").EnumerateArray(), warning => !warning.GetString()!.Contains("too coarse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shift_comes_with_its_sensitivity_and_its_figure()
    {
        var result = await sandbox.DftflowAsync("analyze", "dos", "run", "--element", "O", "--orbital", "p", "--window", "valence", "--minus", "other", "--svg", "a/dos.svg", "--png", "a/dos.png", "--csv", "a/dos.csv", "--sensitivity", "a/table.csv", "--json");
        Assert.True(result.Status == 0, result.Errors);
        // The same bands, the second's Fermi level 0.4 eV lower.
        Assert.Equal(-0.4, Number(result.Json, "shift_ev"), 9);
        Assert.Contains("own zero", result.Json.GetProperty("alignment").GetString(), StringComparison.Ordinal);
        var vbm = result.Json.GetProperty("sensitivity").EnumerateArray().Single(cell => cell.GetProperty("window").GetString() == "valence" && cell.GetProperty("zero").GetString() == "vbm");
        Assert.Equal(0, Number(vbm, "shift_ev"), 9);
        Assert.StartsWith("<svg", await ReadAsync("a/dos.svg"), StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(Path.Combine(sandbox.Folder, "a", "dos.png"), TestContext.Current.CancellationToken))[..4]);
        var drawn = (await ReadAsync("a/dos.csv")).Split('\n');
        Assert.StartsWith("system,energy_ev,total_up_states_per_ev,total_down_states_per_ev,O_2p_up", drawn[0], StringComparison.Ordinal);
        Assert.Equal(1 + 2 * 251 + 1, drawn.Length);
        Assert.Equal(1 + 24 + 1, (await ReadAsync("a/table.csv")).Split('\n').Length);
        var screen = await sandbox.DftflowAsync("analyze", "dos", "run", "--element", "O", "--orbital", "p", "--minus", "other", "--window", "valence");
        Assert.Contains("shift     -0.400 eV", screen.Output, StringComparison.Ordinal);
        Assert.Contains("– vacuum:", screen.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_gaps_bound_it_the_manifold_is_null_with_a_reason()
    {
        sandbox.Write("metal/vasprun.xml", (Oxide with { Projected = (_, _, orbital, _) => orbital == "px" ? 1 : 0 }).ToString());
        var result = await sandbox.DftflowAsync("analyze", "dos", "metal", "--element", "O", "--orbital", "p", "--window", "manifold", "--png", "metal.png", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal(JsonValueKind.Null, result.Json.GetProperty("band_centre_ev").GetProperty("total").ValueKind);
        Assert.Contains(result.Json.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("Gaps do not bound", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(sandbox.Folder, "metal.png")));
    }

    [Theory]
    [InlineData("DF3202", "run", "--window=50:60")]
    [InlineData("DF3202", "run", "--window=0:-8")]
    [InlineData("DF3203", "run", "--sites", "3")]
    [InlineData("DF3204", "run", "--element", "Mn")]
    [InlineData("DF3204", "run", "--element", "Qq")]
    [InlineData("DF3205", "run", "--orbital", "g")]
    [InlineData("DF3205", "run", "--orbital", "t2g")]
    [InlineData("DF3206", "run", "--zero", "vacuum")]
    [InlineData("DF3206", "run", "--zero", "core", "--core", "O-9z")]
    [InlineData("DF3210", "run", "--layers", "q")]
    [InlineData("DF3201", "plain", "--element", "O")]
    [InlineData("DF3201", "cut", "--element", "O")]
    [InlineData("DF3201", "early", "--element", "O")]
    [InlineData("DF3208", "nan", "--element", "O")]
    [InlineData("DF1900", "run", "--zero", "sea")]
    [InlineData("DF1900", "run", "--window=valence", "--occupied")]
    [InlineData("DF1900", "run", "--minus-sites", "1")]
    [InlineData("DF3236", "run", "--svg", "run/vasprun.xml")]
    [InlineData("DF3236", "run", "--svg", "out/../out/dos.csv")]
    [InlineData("DF3236", "run", "--svg=--json")]
    [InlineData("DF3202", "run", "--range", "900:1000")]
    [InlineData("DF3236", "run", "--sensitivity", "")]
    [InlineData("DF1900", "")]
    [InlineData("DF1453", "nowhere")]
    [InlineData("DF1453", "run", "--minus", "nowhere")]
    public async Task What_cannot_be_answered_is_refused_and_nothing_is_written(string code, string path, params string[] options)
    {
        var whole = Oxide.ToString();
        sandbox.Write("plain/vasprun.xml", (Oxide with { Projected = null }).ToString());
        sandbox.Write("cut/vasprun.xml", whole[..(whole.LastIndexOf("ion 2", StringComparison.Ordinal) + 300)]);
        sandbox.Write("early/vasprun.xml", whole[..whole.IndexOf("<dos>", StringComparison.Ordinal)]);
        sandbox.Write("nan/vasprun.xml", (Oxide with { Projected = (_, _, _, energy) => energy > 1 ? double.NaN : 1 }).ToString());
        var result = await sandbox.DftflowAsync(["analyze", "dos", path, .. options, "--png", "out/dos.png", "--csv", "out/dos.csv", "--json"]);
        Assert.Equal((2, code), (result.Status, Code(result)));
        Assert.False(Directory.Exists(Path.Combine(sandbox.Folder, "out")));
    }

    [Fact]
    public async Task Runs_of_gpaw_vasp_have_all_zeros()
    {
        var check = await sandbox.RunAsync("/usr/bin/python3", _ => Task.CompletedTask, "-I", "-c", "import gpaw");
        Assert.SkipUnless(check.Status == 0, "Python's gpaw is not installed");
        sandbox.Write("o2/INCAR", "ENCUT = 350\nISPIN = 2\nMAGMOM = 2*1\nISMEAR = 0\nSIGMA = 0.05\nEDIFF = 1E-4\nLORBIT = 11\nNEDOS = 1500\nLVHAR = .TRUE.\n");
        sandbox.Write("o2/KPOINTS", "gamma\n0\nGamma\n1 1 1\n");
        sandbox.Write("o2/POSCAR", "O2\n1.0\n5 0 0\n0 5 0\n0 0 14\nO\n2\nCartesian\n2.5 2.5 6.4\n2.5 2.5 7.6\n");
        var engine = await sandbox.RunAsync("/bin/sh", _ => Task.CompletedTask, "-c", $"cd o2 && '{Path.Combine(TestPaths.Repository, "src", "gpaw-vasp", "gpaw-vasp")}' > vasp.out 2>&1");
        Assert.Equal(0, engine.Status);
        var result = await sandbox.DftflowAsync("analyze", "dos", "o2", "--element", "O", "--orbital", "p", "--zero", "vacuum", "--window", "manifold", "--layers", "c", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.All(result.Json.GetProperty("sensitivity").EnumerateArray(), cell => Assert.NotEqual(JsonValueKind.Null, cell.GetProperty("band_centre_ev").ValueKind));
        Assert.Equal(2, result.Json.GetProperty("groups").GetArrayLength());
        // The highest occupied level of the molecule lies some electronvolts below the vacuum.
        Assert.InRange(Number(result.Json, "band_centre_ev", "total"), -9, -4);
    }

    private async Task<string> ReadAsync(string name) => await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, name), TestContext.Current.CancellationToken);

    private static string? Code(CommandResult result) => result.Json.GetProperty("error").GetProperty("code").GetString();

    private static double Number(JsonElement element, params string[] path) => Math.Round(path.Aggregate(element, (at, name) => at.GetProperty(name)).GetDouble(), 9);
}
