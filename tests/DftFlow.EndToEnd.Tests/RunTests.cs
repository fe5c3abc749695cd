using System.Globalization;
using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

public sealed class RunTests : IDisposable
{
    internal const string LithiumFluoride =
        """
        LiF, a = 4.027 Å (Wyckoff, Crystal Structures, 2nd ed., 1963)
        1.0
        0.0 2.0135 2.0135
        2.0135 0.0 2.0135
        2.0135 2.0135 0.0
        Li F
        1 1
        Direct
        0 0 0
        0.5 0.5 0.5
        """;

    internal const string Workflow =
        """
        dftflow: 1
        name: lif
        settings:
          engine: gpaw-vasp
          cutoff: 500 eV
          kpoints: { mesh: [3, 3, 3] }
          smearing: { kind: gaussian, width: 0.05 eV }
          scf: { tolerance: 1e-6 eV }
          dos: { points: 1001 }
        structures:
          lif: { file: LiF.vasp }
        calculations:
          electronic: { structure: lif, task: static, outputs: [dos, charge] }
        analyses:
          fluorine-band:
            band-centre: { of: electronic, element: F, orbital: p, window: occupied, zero: fermi }
        """;

    private readonly Sandbox sandbox = new();

    public RunTests()
    {
        sandbox.Write("LiF.vasp", LithiumFluoride);
        sandbox.Write("workflow.yaml", Workflow);
    }

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task A_real_calculation_gives_the_numbers_that_pymatgen_reads_from_its_files()
    {
        await SkipWithout("gpaw");
        var run = await sandbox.DftflowAsync("run", "workflow.yaml", "--json");
        Assert.True(run.Status == 0, run.Errors);
        var calculation = run.Json.GetProperty("calculations")[0];
        Assert.Equal("completed", calculation.GetProperty("state").GetString());
        Assert.StartsWith("gpaw-vasp", calculation.GetProperty("program").GetString(), StringComparison.Ordinal);
        var centre = run.Json.GetProperty("analyses").GetProperty("fluorine-band").GetProperty("values")[0].GetProperty("value").GetDouble();

        await SkipWithout("pymatgen");
        sandbox.Write("read.py", """
            import json, sys, warnings
            warnings.simplefilter("ignore")
            import numpy
            from pymatgen.io.vasp import Vasprun, Outcar, Chgcar, Poscar
            from pymatgen.core import Element
            from pymatgen.electronic_structure.core import OrbitalType
            d = sys.argv[1]
            v = Vasprun(d + "/vasprun.xml", parse_potcar_file=False)
            g = v.complete_dos.get_element_spd_dos(Element("F"))[OrbitalType.p]
            e, n = g.energies - g.efermi, sum(g.densities.values())
            m = e <= 0
            c = Chgcar.from_file(d + "/CHGCAR")
            print(json.dumps({
                "energy": float(v.final_energy), "fermi": float(v.efermi), "converged": v.converged, "gap": float(v.eigenvalue_band_properties[0]),
                "centre": float(numpy.trapz(n[m] * e[m], e[m]) / numpy.trapz(n[m], e[m])),
                "outcar_energy": float(Outcar(d + "/OUTCAR").final_energy),
                "electrons": float(c.data["total"].sum() / c.ngridpts), "nelect": float(v.parameters["NELECT"]),
                "formula": Poscar.from_file(d + "/CONTCAR").structure.composition.reduced_formula}))
            """);
        var pymatgen = await sandbox.RunAsync("/usr/bin/python3", _ => Task.CompletedTask, "read.py", calculation.GetProperty("directory").GetString()!);
        Assert.True(pymatgen.Status == 0, pymatgen.Errors);
        double Theirs(string key) => pymatgen.Json.GetProperty(key).GetDouble();
        Assert.True(pymatgen.Json.GetProperty("converged").GetBoolean());
        Assert.Equal("LiF", pymatgen.Json.GetProperty("formula").GetString());
        Assert.Equal(Theirs("energy"), calculation.GetProperty("final_energy_ev").GetDouble(), 1e-8);
        Assert.Equal(Theirs("outcar_energy"), calculation.GetProperty("final_energy_ev").GetDouble(), 1e-5);
        Assert.Equal(Theirs("centre"), centre, 1e-9);
        Assert.Equal(Theirs("nelect"), Theirs("electrons"), 1e-6);
        // PBE's gap at the experimental lattice constant is about 9 eV: a sign that this was a real calculation.
        Assert.InRange(Theirs("gap"), 8, 10);

        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(calculation.GetProperty("directory").GetString()!, "manifest.json"), TestContext.Current.CancellationToken));
        Assert.Equal(Theirs("fermi"), manifest.RootElement.GetProperty("scalars").GetProperty("fermi_energy_ev").GetDouble(), 1e-8);
        Assert.Equal(Theirs("gap"), manifest.RootElement.GetProperty("scalars").GetProperty("band_gap_ev").GetDouble(), 1e-6);

        var again = await sandbox.DftflowAsync("run", "workflow.yaml", "--json");
        Assert.True(again.Json.GetProperty("calculations")[0].GetProperty("cached").GetBoolean());
        Assert.Equal(centre, again.Json.GetProperty("analyses").GetProperty("fluorine-band").GetProperty("values")[0].GetProperty("value").GetDouble());
        Assert.NotEqual(run.Json.GetProperty("run_id").GetString(), again.Json.GetProperty("run_id").GetString());
        foreach (var file in (string[])["results.json", "results.csv", "report.html", "workflow.yaml"])
            Assert.True(File.Exists(Path.Combine(again.Json.GetProperty("directory").GetString()!, file)), file);
    }

    [Fact]
    public async Task An_engine_that_is_not_there_fails_the_calculation_and_says_so()
    {
        sandbox.WriteCluster("elsewhere", "no-such-engine");
        var run = await sandbox.DftflowAsync("run", "workflow.yaml", "--json", "--cluster", "elsewhere");
        Assert.Equal(1, run.Status);
        var calculation = run.Json.GetProperty("calculations")[0];
        Assert.Equal("failed", calculation.GetProperty("state").GetString());
        Assert.Contains("no-such-engine", calculation.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("no-such-engine", run.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(run.Json.GetProperty("report").GetString()));
    }

    [Fact]
    public async Task An_engine_that_dies_leaves_its_files_where_the_error_says()
    {
        sandbox.Write("die.sh", "#!/bin/sh\necho 'out of luck'\nexit 3\n");
        sandbox.WriteCluster("here", "/bin/sh", Path.Combine(sandbox.Folder, "die.sh"));
        var run = await sandbox.DftflowAsync("run", "workflow.yaml", "--json", "--cluster", "here");
        Assert.Equal(1, run.Status);
        var error = run.Json.GetProperty("calculations")[0].GetProperty("error");
        Assert.Contains("out of luck", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("electronic: failed: The engine ended", run.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run.Json.GetProperty("calculations")[0].GetProperty("directory").GetString()!, "INCAR")));
        Assert.Equal("failed", run.Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Ctrl_C_ends_the_engine_and_leaves_nothing_half_written()
    {
        sandbox.Write("wait.sh", $"#!/bin/sh\necho started > '{sandbox.Folder}/started'\nexec sleep 300\n");
        sandbox.WriteCluster("here", "/bin/sh", Path.Combine(sandbox.Folder, "wait.sh"));
        var run = await sandbox.DftflowAsync(async process =>
        {
            for (var i = 0; i < 1200 && !File.Exists(Path.Combine(sandbox.Folder, "started")); i++)
                await Task.Delay(100, TestContext.Current.CancellationToken);
            Sandbox.Interrupt(process);
        }, "run", "workflow.yaml", "--json", "--cluster", "here");
        Assert.Equal(3, run.Status);
        Assert.Equal("cancelled", run.Json.GetProperty("state").GetString());
        Assert.Equal("cancelled", run.Json.GetProperty("calculations")[0].GetProperty("state").GetString());
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(sandbox.Workspace, "attempts")));
        Assert.False(Directory.Exists(Path.Combine(sandbox.Workspace, "results")) && Directory.EnumerateFiles(Path.Combine(sandbox.Workspace, "results"), "*", SearchOption.AllDirectories).Any());
    }

    [Fact]
    public async Task A_missed_expectation_shows_and_fails_only_when_asked_to()
    {
        sandbox.Write("workflow.yaml", $"""
            dftflow: 1
            name: reference
            analyses:
              interface:
                interface-reaction:
                  entries: '{Path.Combine(TestPaths.Repository, "workflows", "reference-energies", "mp2020-gga.csv")}'
                  pairs: [[Li2MnO3, Li3ScF6]]
                expect: [{"{ value: 1000 meV/atom, tolerance: 1 meV/atom, source: made up }"}]
            """);
        var run = await sandbox.DftflowAsync("run", "workflow.yaml", "--json");
        Assert.Equal(0, run.Status);
        var value = run.Json.GetProperty("analyses").GetProperty("interface").GetProperty("values")[0];
        Assert.False(value.GetProperty("met").GetBoolean());
        Assert.Equal(value.GetProperty("value").GetDouble() - 1, value.GetProperty("deviation").GetDouble(), 1e-12);
        Assert.Equal(1, (await sandbox.DftflowAsync("run", "workflow.yaml", "--strict")).Status);
    }

    [Fact]
    public async Task Numbers_are_written_the_same_where_the_system_has_a_decimal_comma()
    {
        var plain = await sandbox.DftflowAsync("plan", "workflow.yaml", "--out", "plain");
        sandbox.Environment["LC_ALL"] = "de_DE.UTF-8";
        var german = await sandbox.DftflowAsync("plan", "workflow.yaml", "--out", "german");
        Assert.Equal(plain.Output, german.Output);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(sandbox.Folder, "plain"), "*", SearchOption.AllDirectories))
            Assert.Equal(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(file.Replace("/plain/", "/german/", StringComparison.Ordinal), TestContext.Current.CancellationToken));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(sandbox.Folder, "plain", "electronic")).Length);
    }

    [Fact]
    public async Task A_plan_makes_no_workspace_and_knows_what_is_cached()
    {
        var plan = await sandbox.DftflowAsync("plan", "workflow.yaml", "--json");
        Assert.Equal(0, plan.Status);
        Assert.False(plan.Json.GetProperty("calculations")[0].GetProperty("cached").GetBoolean());
        Assert.False(Directory.Exists(sandbox.Workspace));
    }

    [Theory]
    [InlineData("run", "nowhere.yaml")]
    [InlineData("plan", "nowhere.yaml")]
    [InlineData("validate", "nowhere.yaml")]
    [InlineData("run", "--no-such-option")]
    [InlineData("run", "workflow.yaml", "--set", "cutoff")]
    [InlineData("run", "workflow.yaml", "--set", "cutof=1")]
    [InlineData("run", "workflow.yaml", "--cluster", "nowhere")]
    [InlineData("nonsense")]
    public async Task A_wrong_request_ends_with_2_and_one_document_with_the_error(params string[] arguments)
    {
        var result = await sandbox.DftflowAsync([.. arguments, "--json"]);
        Assert.Equal(2, result.Status);
        var error = result.Json.GetProperty("error");
        Assert.Matches("^DF[0-9]{4}$", error.GetProperty("code").GetString());
        Assert.False(string.IsNullOrEmpty(error.GetProperty("message").GetString()));
        Assert.False(Directory.Exists(sandbox.Workspace));
    }

    [Theory]
    [InlineData("validate", "workflow.yaml", "--help")]
    [InlineData("--version")]
    public async Task Help_and_version_are_no_documents(params string[] arguments)
    {
        var result = await sandbox.DftflowAsync([.. arguments, "--json"]);
        Assert.Equal(2, result.Status);
        Assert.Equal("DF1900", result.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(0, (await sandbox.DftflowAsync(arguments)).Status);
    }

    [Fact]
    public async Task A_plan_that_cannot_be_written_is_one_document_with_the_error()
    {
        sandbox.Write("taken", "a file, not a folder");
        var result = await sandbox.DftflowAsync("plan", "workflow.yaml", "--out", "taken", "--json");
        Assert.Equal(1, result.Status);
        Assert.Equal("DF1902", result.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("is a file, not a folder. Name another folder", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_written_is_told()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        var result = await sandbox.RunAsync("/bin/sh", _ => Task.CompletedTask, "-c", $"'{Path.Combine(TestPaths.Repository, "dftflow")}' plan workflow.yaml --json >/dev/full");
        Assert.Equal(1, result.Status);
        Assert.Contains("DF1902", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_problems_of_a_cluster_are_told()
    {
        sandbox.Write("broken.yaml", "name: broken\nengines:\n  gpaw-vasp: { command: engine, rank: 2 }\n");
        var result = await sandbox.DftflowAsync("run", "workflow.yaml", "--cluster", "broken.yaml", "--json");
        Assert.Equal((2, "DF1007"), (result.Status, result.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains("Did you mean 'ranks'?", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("is empty", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("plan")]
    [InlineData("validate")]
    public async Task Ctrl_C_while_a_workflow_is_read_ends_with_3_and_one_document(string command)
    {
        var pipe = Path.Combine(sandbox.Folder, "pipe.yaml");
        await sandbox.RunAsync("mkfifo", _ => Task.CompletedTask, pipe);
        FileStream? writer = null;
        var result = await sandbox.DftflowAsync(async process =>
        {
            // A pipe opens when both ends do; nothing is ever written into it.
            writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write)).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            Sandbox.Interrupt(process);
        }, command, "pipe.yaml", "--json");
        await writer!.DisposeAsync();
        Assert.Equal((3, "DF1901"), (result.Status, result.Json.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task The_command_may_be_called_by_a_link()
    {
        var link = Path.Combine(sandbox.Folder, "a link");
        File.CreateSymbolicLink(link, Path.Combine(TestPaths.Repository, "dftflow"));
        var result = await sandbox.RunAsync(link, _ => Task.CompletedTask, "validate", "workflow.yaml");
        Assert.True(result.Status == 0, result.Errors);
    }

    [Theory]
    [InlineData("dumb", 0)]
    [InlineData("xterm", 1)]
    public async Task A_table_is_drawn_again_only_where_the_cursor_can_go_back(string terminal, int tables)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1) to make a terminal");
        sandbox.Write("slow.sh", "#!/bin/sh\nsleep 2\n");
        sandbox.WriteCluster("here", "/bin/sh", Path.Combine(sandbox.Folder, "slow.sh"));
        sandbox.Environment["TERM"] = terminal;
        var run = await sandbox.RunAsync("/usr/bin/script", _ => Task.CompletedTask, "-qc", $"stty cols 60; '{Path.Combine(TestPaths.Repository, "dftflow")}' run workflow.yaml --cluster here", "/dev/null");
        Assert.Equal(tables, Math.Min(1, run.Output.Split("calculation ").Length - 1));
        Assert.Contains("running", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bash_completes_commands_and_options()
    {
        sandbox.Write("complete.sh", $"""
            dftflow='{Path.Combine(TestPaths.Repository, "dftflow")}'
            eval "$("$dftflow" completion bash)"
            COMP_LINE='dftflow run --st' COMP_POINT=16 COMP_CWORD=2
            COMP_WORDS=(dftflow run --st)
            _dftflow "$dftflow"
            printf '%s\n' "{"${COMPREPLY[@]}"}"
            """);
        var completed = await sandbox.RunAsync("/bin/bash", _ => Task.CompletedTask, "complete.sh");
        Assert.Equal("--strict\n", completed.Output);
    }

    private async Task SkipWithout(string module)
    {
        var check = await sandbox.RunAsync("/usr/bin/python3", _ => Task.CompletedTask, "-I", "-c", string.Create(CultureInfo.InvariantCulture, $"import {module}"));
        Assert.SkipUnless(check.Status == 0, $"Python's {module} is not installed");
    }
}
