using DftFlow.Engine;
using DftFlow.Vasp.Inputs;
using static DftFlow.Tests.Engine.Bench;

namespace DftFlow.Tests.Engine;

public sealed class FailureTests : IDisposable
{
    private readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("DF2003", "exit status 3", "echo first; echo 'it hurts' >&2; exit 3")]
    [InlineData("DF2003", "it hurts", "echo first; echo 'it hurts' >&2; exit 3")]
    [InlineData("DF2003", "gpaw-vasp refuses LHFCALC", "echo ' gpaw-vasp refuses LHFCALC' >OUTCAR; echo some >>OUTCAR; exit 1")]
    [InlineData("DF2003", "last words of OUTCAR", "echo 'last words of OUTCAR' >OUTCAR; exit 1")]
    [InlineData("DF2004", "SIGKILL", "kill -KILL $$")]
    [InlineData("DF2004", "exit status 137", "sh -c 'kill -KILL $$'; exit $?")]
    [InlineData("DF2004", "SIGSEGV", "kill -SEGV $$")]
    [InlineData("DF2005", "2 of NELM = 2 steps", "finish; cp \"$sample/unconverged.xml\" vasprun.xml")]
    [InlineData("DF2005", "changed the energy by -9.5E-1 eV", "finish; cp \"$sample/unconverged.xml\" vasprun.xml")]
    [InlineData("DF2006", "3 of NSW = 3 ionic steps", "finish; cp \"$sample/unrelaxed.xml\" vasprun.xml")]
    [InlineData("DF2007", "vasprun.xml stops at byte 700", "finish; head -c 700 \"$sample/vasprun.xml\" >vasprun.xml")]
    [InlineData("DF2007", "vasprun.xml cannot be read", "finish; echo nonsense >vasprun.xml")]
    [InlineData("DF2007", "vasprun.xml is missing", "finish; rm vasprun.xml")]
    [InlineData("DF2007", "CONTCAR is missing or empty", "finish; : >CONTCAR")]
    [InlineData("DF2007", "ELFCAR is missing", "finish")]
    [InlineData("DF2007", "vasprun.xml is a link", "finish; ln -sf \"$sample/vasprun.xml\" vasprun.xml")]
    [InlineData("DF2007", "OUTCAR does not end", "finish; echo gpaw-vasp 1.0 >OUTCAR")]
    [InlineData("DF2007", "OUTCAR cannot be read", "finish; echo cut >OUTCAR")]
    [InlineData("DF2015", "after its walltime", "sleep 60")]
    public async Task Tells_of_a_failure_and_goes_on_with_the_others(string code, string told, string script)
    {
        var steps = new SampleVasprun();
        bench.Write("sample/unconverged.xml", (steps with { Parameters = steps.Parameters.Replace("60", "2", StringComparison.Ordinal), ElectronicStep = steps.ElectronicStep + steps.ElectronicStep }).ToString());
        bench.Write("sample/unrelaxed.xml", (steps with
        {
            Parameters = """<i type="int" name="NELM">60</i><i type="int" name="NSW">3</i><i type="int" name="IBRION">2</i>""",
            Steps = [.. Enumerable.Repeat(steps.Steps[0], 3)],
        }).ToString());
        var bad = Calculation("bad", incar: told.StartsWith("ELFCAR", StringComparison.Ordinal) ? Incar.Of(new IncarTag("LELF", true)) : null)
            with { Walltime = TimeSpan.FromSeconds(code == "DF2015" ? 0.1 : 100) };

        var execution = await bench.RunAsync(bench.Cluster(bench.Engine($"is good && {{ finish; exit; }}\n{script}")), bad, Calculation("good"));

        Assert.Equal(CalculationState.Completed, execution.Calculations[1].Result.State);
        var (result, stored) = execution.Calculations[0];
        Assert.Null(stored);
        Assert.Equal((CalculationState.Failed, code), (result.State, result.Error!.Code));
        Assert.Contains("bad: ", result.Error.Message, StringComparison.Ordinal);
        Assert.Contains(told, result.Error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(result.Error.Hint!);
        var kept = Assert.Single(bench.Left("failed"));
        Assert.Equal(Path.Combine(bench.WorkspaceFolder, "failed", $"bad-{bad.InputFingerprint[..8]}-1"), kept);
        Assert.Equal((kept, kept), (result.Directory, result.Error.File));
        Assert.Contains(kept, result.Error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(kept, "INCAR")));
        Assert.Empty(bench.Left("attempts"));
    }

    [Fact]
    public async Task Keeps_each_failed_attempt_without_its_potentials()
    {
        var cluster = bench.Cluster(bench.Engine("echo secret >POTCAR; exit 1"));
        await bench.RunAsync(cluster, Calculation("a"));
        await bench.RunAsync(cluster, Calculation("a"));
        Assert.Equal(["1", "2"], bench.Left("failed").Select(folder => folder.Split('-')[^1]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(bench.Left("failed"), folder => File.Exists(Path.Combine(folder, "POTCAR")));
    }

    [Fact]
    public async Task Names_the_path_that_a_missing_engine_was_looked_for_on()
    {
        var engine = bench.Engine("finish") with { Command = ["no-such-engine-here"], Environment = Variables(("PATH", "/nowhere/bin:/usr/bin")) };
        var error = (await bench.RunAsync(bench.Cluster(engine), Calculation("a"))).Calculations[0].Result.Error!;
        Assert.Equal("DF2002", error.Code);
        Assert.Contains("'no-such-engine-here' was not found on PATH, which is /nowhere/bin:/usr/bin", error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Left("attempts"));
    }

    [Theory]
    [InlineData("DF2001", "does not exist")]
    [InlineData("DF2001", "could not be started")]
    public async Task A_program_that_goes_missing_behind_its_check_is_told_too(string code, string told)
    {
        var engine = bench.Engine("finish") with { Check = ["/bin/true"], Command = [Path.Combine(bench.Folder, "gone")] };
        if (told.StartsWith("could", StringComparison.Ordinal))
        {
            var script = bench.Engine("finish").Command[0];
            File.WriteAllText(script, "#!/no/such/interpreter\n");
            engine = engine with { Command = [script] };
        }
        var error = (await bench.RunAsync(bench.Cluster(engine), Calculation("a"))).Calculations[0].Result.Error!;
        Assert.Equal(code, error.Code);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_the_cluster_does_not_have_fails_its_calculations_alone()
    {
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), Calculation("a") with { Engine = "vasp" }, Calculation("b"));
        Assert.Equal("DF2011", execution.Calculations[0].Result.Error!.Code);
        Assert.Contains("it has fake", execution.Calculations[0].Result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(CalculationState.Completed, execution.Calculations[1].Result.State);
    }

    [Theory]
    [InlineData("/proc/no/workspace")]
    [InlineData("a file")]
    public void An_unwritable_workspace_is_told_before_anything_runs(string place)
    {
        var path = place[0] == '/' ? place : bench.Write("file", "");
        var error = Assert.Throws<DftFlowException>(() => Workspace.Open(path));
        Assert.Equal("DF2008", error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_leaves_no_half_result()
    {
        Directory.CreateDirectory(bench.WorkspaceFolder);
        using var mount = System.Diagnostics.Process.Start("mount", ["-t", "tmpfs", "-o", "size=1m", "none", bench.WorkspaceFolder]);
        await mount.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(mount.ExitCode == 0, "a small file system can be mounted by root only");
        try
        {
            // One engine says that it went well and leaves no room for the manifest, the other says that it went wrong.
            const string fill = "finish; cat /dev/zero >CHGCAR 2>/dev/null";
            var execution = await bench.RunAsync(bench.Cluster(bench.Engine($"{fill}; exit 0")), Calculation("a"));
            Assert.Equal("DF2008", execution.Calculations[0].Result.Error!.Code);
            Assert.Contains("No space left", execution.Calculations[0].Result.Error!.Message, StringComparison.Ordinal);
            Assert.Null(bench.Open().Results.Find(execution.Calculations[0].Result.Fingerprint).Result);
            foreach (var folder in bench.Left("failed")) Directory.Delete(folder, recursive: true);
            execution = await bench.RunAsync(bench.Cluster(bench.Engine($"{fill} || exit 1")), Calculation("a"));
            Assert.Equal("DF2003", execution.Calculations[0].Result.Error!.Code);
            Assert.Contains("is full", execution.Calculations[0].Result.Error!.Message, StringComparison.Ordinal);
            // Nothing can be begun while there is no room.
            execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), Calculation("a"));
            Assert.Equal("DF2008", execution.Calculations[0].Result.Error!.Code);

            foreach (var folder in bench.Left("failed")) Directory.Delete(folder, recursive: true);
            Assert.Equal(CalculationState.Completed, (await bench.RunAsync(bench.Cluster(bench.Engine("finish")), Calculation("a"))).Calculations[0].Result.State);
        }
        finally
        {
            using var unmount = System.Diagnostics.Process.Start("umount", ["-l", bench.WorkspaceFolder]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }
    }
}
