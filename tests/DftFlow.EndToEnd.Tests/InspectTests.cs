using System.Globalization;
using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

/// <summary><c>dftflow inspect</c>, as its users and other programs see it.</summary>
public sealed class InspectTests : IDisposable
{
    /// <summary>Every key that the contract names, with the kinds of values that it may have beside null.</summary>
    private static readonly Dictionary<string, JsonValueKind[]> Keys = new()
    {
        ["formula"] = [JsonValueKind.String], ["n_atoms"] = [JsonValueKind.Number], ["program"] = [JsonValueKind.String], ["version"] = [JsonValueKind.String],
        ["final_energy_ev"] = [JsonValueKind.Number], ["free_energy_ev"] = [JsonValueKind.Number], ["fermi_energy_ev"] = [JsonValueKind.Number],
        ["n_ionic_steps"] = [JsonValueKind.Number], ["n_electronic_steps_last"] = [JsonValueKind.Number],
        ["electronic_converged"] = [JsonValueKind.True, JsonValueKind.False], ["ionic_converged"] = [JsonValueKind.True, JsonValueKind.False],
        ["converged"] = [JsonValueKind.True, JsonValueKind.False], ["complete"] = [JsonValueKind.True, JsonValueKind.False],
        ["spin_polarized"] = [JsonValueKind.True, JsonValueKind.False], ["noncollinear"] = [JsonValueKind.True, JsonValueKind.False],
        ["n_kpoints"] = [JsonValueKind.Number], ["n_bands"] = [JsonValueKind.Number],
        ["band_gap_ev"] = [JsonValueKind.Number], ["vbm_ev"] = [JsonValueKind.Number], ["cbm_ev"] = [JsonValueKind.Number], ["gap_is_direct"] = [JsonValueKind.True, JsonValueKind.False],
        ["total_magnetization_mub"] = [JsonValueKind.Number, JsonValueKind.Array], ["site_magnetizations_mub"] = [JsonValueKind.Array],
        ["grids"] = [JsonValueKind.Object], ["truncated"] = [JsonValueKind.Object], ["diagnoses"] = [JsonValueKind.Array], ["parameters"] = [JsonValueKind.Object],
        ["definition"] = [JsonValueKind.String], ["inputs"] = [JsonValueKind.Array], ["warnings"] = [JsonValueKind.Array],
        ["path"] = [JsonValueKind.String], ["state"] = [JsonValueKind.String], ["stop_message"] = [JsonValueKind.String],
    };

    private readonly Sandbox sandbox = new();

    public InspectTests()
    {
        sandbox.Write("run/vasprun.xml", new SampleVasprun().ToString());
        sandbox.Environment["NO_COLOR"] = "1";
    }

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task Tens_of_thousands_of_paths_come_to_an_end_in_their_order()
    {
        // Too quick to read, so that workers overtake each other all the time.
        var paths = Enumerable.Range(0, 20_000).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        var result = await sandbox.DftflowAsync(["inspect", .. paths, "--json"]);
        Assert.Equal(2, result.Status);
        Assert.Equal(paths, result.Json.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("path").GetString()));
    }

    [Fact]
    public async Task A_run_of_gpaw_vasp_is_told_as_its_files_have_it()
    {
        var check = await sandbox.RunAsync("/usr/bin/python3", _ => Task.CompletedTask, "-I", "-c", "import gpaw");
        Assert.SkipUnless(check.Status == 0, "Python's gpaw is not installed");
        sandbox.Write("o2/INCAR", "ENCUT = 400\nISPIN = 2\nMAGMOM = 2*1\nISMEAR = 0\nSIGMA = 0.05\nEDIFF = 1E-4\nLORBIT = 11\n");
        sandbox.Write("o2/KPOINTS", "gamma\n0\nGamma\n1 1 1\n");
        // In a small cell: quick, and no physics.
        sandbox.Write("o2/POSCAR", "O2\n1.0\n5 0 0\n0 5 0\n0 0 6\nO\n2\nCartesian\n2.5 2.5 2.4\n2.5 2.5 3.6\n");
        var engine = await sandbox.RunAsync("/bin/sh", _ => Task.CompletedTask, "-c", $"cd o2 && '{Path.Combine(TestPaths.Repository, "src", "gpaw-vasp", "gpaw-vasp")}' > vasp.out 2>&1");
        Assert.Equal(0, engine.Status);
        var result = await sandbox.DftflowAsync("inspect", "o2", "--json");
        Assert.True(result.Status == 0, result.Errors);
        var run = result.Json;
        AssertContract(run);
        Assert.Equal(("O2", "gpaw-vasp", "converged"), (Text(run, "formula"), Text(run, "program"), Text(run, "state")));
        Assert.Equal(2, run.GetProperty("n_atoms").GetInt32());
        Assert.Empty(run.GetProperty("warnings").EnumerateArray());
        var oszicar = await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, "o2", "OSZICAR"), TestContext.Current.CancellationToken);
        var last = oszicar[oszicar.LastIndexOf("E0=", StringComparison.Ordinal)..].Split([' ', '='], StringSplitOptions.RemoveEmptyEntries)[1];
        Assert.Equal(double.Parse(last, CultureInfo.InvariantCulture), run.GetProperty("final_energy_ev").GetDouble(), 1e-6);
        // The triplet ground state.
        Assert.Equal(2, run.GetProperty("total_magnetization_mub").GetDouble(), 0.01);
        Assert.Equal(2, run.GetProperty("site_magnetizations_mub").GetArrayLength());
        Assert.Equal(400, run.GetProperty("parameters").GetProperty("ENMAX").GetDouble());
        var screen = await sandbox.DftflowAsync("inspect", "o2");
        Assert.StartsWith("O2  2 atoms · gpaw-vasp", screen.Output, StringComparison.Ordinal);
        Assert.Contains("SCF", screen.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_fits_on_a_screen_without_colours_where_there_is_no_terminal()
    {
        sandbox.Environment.Remove("NO_COLOR");
        var result = await sandbox.DftflowAsync("inspect", "run");
        Assert.Equal(0, result.Status);
        Assert.Contains("converged", result.Output, StringComparison.Ordinal);
        Assert.Contains("-9.950000 eV", result.Output, StringComparison.Ordinal);
        Assert.Contains("gap       2.0000 eV direct", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
        Assert.True(result.Output.Split('\n').Length < 24);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_terminal_shows_colours_unless_NO_COLOR_says_otherwise(bool refused)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1) to make a terminal");
        sandbox.Environment["NO_COLOR"] = refused ? "1" : "";
        sandbox.Environment["TERM"] = "xterm";
        var result = await sandbox.RunAsync("/usr/bin/script", _ => Task.CompletedTask, "-qc", $"'{Path.Combine(TestPaths.Repository, "dftflow")}' inspect run", "/dev/null");
        Assert.Contains("converged", result.Output, StringComparison.Ordinal);
        Assert.Equal(!refused, result.Output.Contains("\e[32m", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_tell_what_they_know_and_null_for_the_rest()
    {
        sandbox.Write("CHGCAR", "LiO\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi O\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n\n 2 1 1\n 1.0 3.0\n");
        sandbox.Write("INCAR", "ENCUT = 520\nMAGMOM = 2*1.5\nLDAU = T\n");
        foreach (var file in (string[])["run/vasprun.xml", "CHGCAR", "INCAR"])
        {
            var result = await sandbox.DftflowAsync("inspect", file, "--json");
            Assert.True(result.Status == 0, result.Errors);
            AssertContract(result.Json);
        }
        var grid = (await sandbox.DftflowAsync("inspect", "CHGCAR", "--json")).Json.GetProperty("grids").GetProperty("CHGCAR");
        Assert.Equal([2, 1, 1], grid.GetProperty("dims").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal(("total", 2.0), (Text(grid.GetProperty("blocks")[0], "meaning"), grid.GetProperty("blocks")[0].GetProperty("integral_electrons").GetDouble()));
        var parameters = (await sandbox.DftflowAsync("inspect", "INCAR", "--json")).Json.GetProperty("parameters");
        Assert.Equal("{\"ENCUT\":520,\"MAGMOM\":[1.5,1.5],\"LDAU\":true}", JsonSerializer.Serialize(parameters));
    }

    [Fact]
    public async Task What_is_not_a_finite_number_is_null_with_a_warning()
    {
        sandbox.Write("run/vasprun.xml", new SampleVasprun { Steps = [("-10.00", "********", "********")] }.ToString());
        var result = await sandbox.DftflowAsync("inspect", "run", "--json");
        Assert.Equal(JsonValueKind.Null, result.Json.GetProperty("final_energy_ev").ValueKind);
        Assert.Contains(result.Json.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.StartsWith("final_energy_ev holds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_runs_are_one_row_each_in_the_order_in_which_they_were_given()
    {
        for (var i = 0; i < 60; i++)
            sandbox.Write(string.Create(CultureInfo.InvariantCulture, $"runs/r {i:00}, cut/vasprun.xml"), new SampleVasprun { FermiEnergyEv = i + 0.5 }.ToString());
        sandbox.Environment["LC_ALL"] = "de_DE.UTF-8";
        var result = await sandbox.RunAsync("/bin/sh", _ => Task.CompletedTask, "-c", $"'{Path.Combine(TestPaths.Repository, "dftflow")}' inspect runs/* --csv");
        Assert.True(result.Status == 0, result.Errors);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("path,state,formula,n_atoms,", lines[0], StringComparison.Ordinal);
        Assert.Equal(61, lines.Length);
        for (var i = 0; i < 60; i++)
        {
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"\"runs/r {i:00}, cut\",converged,Li2O2,2,sample,1.0,-9.95,-4.975,-10,{i + 0.5},"), lines[i + 1], StringComparison.Ordinal);
            Assert.Equal(lines[0].Count(c => c == ','), lines[i + 1].Count(c => c == ',') - 1);
        }
    }

    [Fact]
    public async Task Several_paths_are_one_document_and_a_fault_of_one_is_told_in_its_place()
    {
        sandbox.Write("empty/vasprun.xml", "");
        var result = await sandbox.DftflowAsync("inspect", "run", "empty", "run/vasprun.xml", "--json");
        Assert.Equal(1, result.Status);
        var runs = result.Json.GetProperty("runs").EnumerateArray().ToArray();
        Assert.Equal(["run", "empty", "run/vasprun.xml"], runs.Select(run => Text(run, "path")));
        Assert.Equal("DF1401", Text(runs[1].GetProperty("error"), "code"));
        Assert.Equal(-9.95, runs[2].GetProperty("final_energy_ev").GetDouble());
        Assert.Equal(2, result.Json.GetProperty("inputs").GetArrayLength());
        Assert.Equal(JsonValueKind.String, result.Json.GetProperty("definition").ValueKind);
        Assert.Equal(2, (await sandbox.DftflowAsync("inspect", "empty", "nowhere", "--json")).Status);
    }

    [Theory]
    [InlineData("DF1453", "nowhere")]
    [InlineData("DF1455", "bare")]
    [InlineData("DF1401", "empty/vasprun.xml")]
    [InlineData("DF1456", "notes.txt")]
    [InlineData("DF1456", "binary")]
    [InlineData("DF1450", "/dev/null")]
    [InlineData("DF1900", "run", "--csv")]
    [InlineData("DF1900", "--grid")]
    public async Task A_wrong_request_ends_with_2_and_one_document_with_the_error(string code, params string[] arguments)
    {
        Directory.CreateDirectory(Path.Combine(sandbox.Folder, "bare"));
        sandbox.Write("empty/vasprun.xml", "");
        sandbox.Write("notes.txt", "nothing of VASP's\n");
        await File.WriteAllBytesAsync(Path.Combine(sandbox.Folder, "binary"), new byte[1000], TestContext.Current.CancellationToken);
        var result = await sandbox.DftflowAsync(["inspect", .. arguments, "--json"]);
        Assert.Equal((2, code), (result.Status, Text(result.Json.GetProperty("error"), "code")));
        Assert.Contains(code, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KPOINTS")]
    [InlineData("vasprun.xml")]
    [InlineData("vasprun.xml", "--csv")]
    [InlineData("no such \e[31m\u202efile")]
    public async Task What_a_file_says_to_the_terminal_does_not_reach_it(params string[] arguments)
    {
        sandbox.Write("KPOINTS", "mesh\n0\n\e[31m\u009b2Jno\n");
        sandbox.Write("vasprun.xml", new SampleVasprun().ToString().Replace("sample", "\e]0;title\a\u202e", StringComparison.Ordinal));
        var result = await sandbox.DftflowAsync(["inspect", .. arguments]);
        Assert.DoesNotContain(result.Output + result.Errors, c => char.IsControl(c) && c != '\n');
        if (arguments.Length == 1) Assert.DoesNotContain('\u202e', result.Output + result.Errors);
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task Where_nobody_can_be_told_the_exit_status_still_says_what_happened(string redirection)
    {
        var result = await sandbox.RunAsync("/bin/sh", _ => Task.CompletedTask, "-c", $"'{Path.Combine(TestPaths.Repository, "dftflow")}' inspect nowhere {redirection}");
        Assert.Equal((2, ""), (result.Status, result.Output));
    }

    [Fact]
    public async Task A_file_that_the_system_does_not_hand_out_is_told_by_name()
    {
        Assert.SkipUnless(File.Exists("/proc/self/mem"), "there is no /proc/self/mem");
        var result = await sandbox.DftflowAsync("inspect", "/proc/self/mem", "--json");
        Assert.Equal((2, "DF1902", "/proc/self/mem"), (result.Status, Text(result.Json.GetProperty("error"), "code"), Text(result.Json.GetProperty("error"), "file")));
    }

    [Fact]
    public async Task Ctrl_C_ends_with_3()
    {
        var sample = new SampleVasprun { Steps = [.. Enumerable.Repeat(("-10.00", "-9.90", "-9.95"), 10_000)] }.ToString();
        for (var i = 0; i < 8; i++) sandbox.Write(string.Create(CultureInfo.InvariantCulture, $"large/{i}/vasprun.xml"), sample);
        var paths = string.Join(' ', Enumerable.Range(0, 1600).Select(i => i % 8).Select(i => string.Create(CultureInfo.InvariantCulture, $"large/{i}")));
        var table = Path.Combine(sandbox.Folder, "table.csv");
        var result = await sandbox.RunAsync("/bin/sh", async process =>
        {
            for (var i = 0; i < 3000 && !(File.Exists(table) && new FileInfo(table).Length > 1000); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
            Sandbox.Interrupt(process);
        }, "-c", $"exec '{Path.Combine(TestPaths.Repository, "dftflow")}' inspect {paths} --csv > table.csv");
        Assert.Equal(3, result.Status);
        Assert.Contains("DF1901", result.Errors, StringComparison.Ordinal);
        var written = await File.ReadAllTextAsync(table, TestContext.Current.CancellationToken);
        Assert.EndsWith("\n", written, StringComparison.Ordinal);
        Assert.InRange(written.Count(c => c == '\n'), 2, 1600);
    }

    [Fact]
    public async Task Truncated_and_crashed_runs_are_told_as_such()
    {
        var cut = (await sandbox.DftflowAsync("inspect", TestPaths.Shared("vasp-corpus", "truncated-mno2-afm-relax"), "--json")).Json;
        AssertContract(cut);
        Assert.Equal(("MnO2", "incomplete"), (Text(cut, "formula"), Text(cut, "state")));
        Assert.Equal(("vasprun.xml", 38), (Text(cut.GetProperty("truncated"), "file"), cut.GetProperty("truncated").GetProperty("ionic_step").GetInt32()));
        Assert.Equal((37, false), (cut.GetProperty("n_ionic_steps").GetInt32(), cut.GetProperty("converged").GetBoolean()));
        Assert.Contains(cut.GetProperty("diagnoses").EnumerateArray(), diagnosis => Text(diagnosis, "id") == "cut-off");
        Assert.Equal(12, cut.GetProperty("site_magnetizations_mub").GetArrayLength());

        var crashed = (await sandbox.DftflowAsync("inspect", TestPaths.Shared("vasp-corpus", "truncated-outcar-and-vasprun", "OUTCAR.crashed"), "--json")).Json;
        AssertContract(crashed);
        Assert.Equal(("incomplete", "OUTCAR.crashed"), (Text(crashed, "state"), Text(crashed.GetProperty("truncated"), "file")));

        var bad = (await sandbox.DftflowAsync("inspect", TestPaths.Shared("vasp-corpus", "truncated-vasprun-bad-xml", "vasprun.xml.gz"), "--json")).Json;
        Assert.Equal((5, 100, false), (bad.GetProperty("n_ionic_steps").GetInt32(), bad.GetProperty("n_electronic_steps_last").GetInt32(), bad.GetProperty("electronic_converged").GetBoolean()));
    }

    [Theory]
    [InlineData("soc-no-molecule-relax-vasp643", true, 0.9853)]
    [InlineData("dos-al-uniform", false, 0.0)]
    [InlineData("dos-spin-mno2-fm-relax", false, 0.6387)]
    public async Task Spinors_metals_and_magnets_are_told_apart(string name, bool noncollinear, double gap)
    {
        var run = (await sandbox.DftflowAsync("inspect", TestPaths.Shared("vasp-corpus", name), "--json")).Json;
        AssertContract(run);
        Assert.Equal(noncollinear, run.GetProperty("noncollinear").GetBoolean());
        Assert.Equal(gap, run.GetProperty("band_gap_ev").GetDouble(), 1e-9);
        Assert.Equal(gap == 0 ? JsonValueKind.Null : JsonValueKind.Number, run.GetProperty("vbm_ev").ValueKind);
        if (noncollinear) Assert.Equal(3, run.GetProperty("total_magnetization_mub").GetArrayLength());
        Assert.Empty(run.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task Bash_completes_it()
    {
        sandbox.Write("complete.sh", $"""
            dftflow='{Path.Combine(TestPaths.Repository, "dftflow")}'
            eval "$("$dftflow" completion bash)"
            COMP_LINE='dftflow inspect --gr' COMP_POINT=20 COMP_CWORD=2
            COMP_WORDS=(dftflow inspect --gr)
            _dftflow "$dftflow"
            printf '%s\n' "{"${COMPREPLY[@]}"}"
            """);
        Assert.Equal("--grids\n", (await sandbox.RunAsync("/bin/bash", _ => Task.CompletedTask, "complete.sh")).Output);
    }

    private static string? Text(JsonElement element, string key) => element.GetProperty(key).GetString();

    private static void AssertContract(JsonElement run)
    {
        Assert.Equal(Keys.Keys.Order(), run.EnumerateObject().Select(property => property.Name).Order());
        foreach (var property in run.EnumerateObject())
            Assert.True(property.Value.ValueKind == JsonValueKind.Null || Keys[property.Name].Contains(property.Value.ValueKind), $"{property.Name} is {property.Value}");
        foreach (var input in run.GetProperty("inputs").EnumerateArray())
        {
            Assert.Matches("^[0-9a-f]{64}$", Text(input, "sha256"));
            Assert.NotEmpty(Text(input, "file")!);
        }
        foreach (var diagnosis in run.GetProperty("diagnoses").EnumerateArray())
            Assert.Contains(Text(diagnosis, "class"), (string[])["numerics", "path", "physics", "housekeeping", "none"]);
        Assert.Contains(Text(run, "state"), (string[])["converged", "unconverged", "incomplete", "unknown"]);
    }
}
