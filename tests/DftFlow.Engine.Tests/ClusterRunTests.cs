using DftFlow.Clusters;
using DftFlow.Clusters.Transports;
using DftFlow.Engine;

namespace DftFlow.Tests.Engine;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneCluster : ICollectionFixture<TestCluster>
{
    public const string Name = "cluster";
}

/// <summary>Calculations as jobs of a real Slurm behind a real sshd, and as plain processes of a host.</summary>
[Collection(OneCluster.Name)]
public sealed class ClusterRunTests(TestCluster shared) : OnCluster(shared)
{
    [Theory]
    [InlineData("ssh slurm"), InlineData("openssh slurm"), InlineData("ssh direct"), InlineData("local direct")]
    public async Task A_calculation_runs_as_a_job_and_comes_home(string kind)
    {
        var config = Cluster("note run; finish; echo big >WAVECAR", kind);
        var execution = await bench.RunAsync(config, Bench.Calculation("one"), Bench.Calculation("two", after: "one"));
        Assert.All(execution.Calculations, done => Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message));
        Assert.All(execution.Calculations, done => Assert.False(string.IsNullOrEmpty(done.Result.SchedulerJobId)));
        Assert.Equal(["run", "run"], bench.LedgerLines);
        var stored = execution.Calculations[0].Stored!;
        Assert.True(File.Exists(stored.PathOf("OUTCAR")));
        Assert.False(File.Exists(stored.PathOf("WAVECAR")));
        Assert.Empty(Below(config.WorkDirectory!));
    }

    [Theory]
    [InlineData("ssh slurm"), InlineData("openssh slurm"), InlineData("local direct")]
    public async Task Tells_the_electronic_steps_of_a_job_while_it_runs(string kind)
    {
        var config = Cluster("note begun; head -n 1 \"$sample/OSZICAR\" >OSZICAR; until [ -e \"$BENCH/more\" ]; do sleep 0.1; done; sed -n 2p \"$sample/OSZICAR\" >>OSZICAR; until [ -e \"$BENCH/go\" ]; do sleep 0.1; done; finish", kind);
        var running = bench.RunAsync(config, Bench.Calculation("followed"));
        bool Told(int step, double energyEv) => bench.Progress.Any(told => told is { State: CalculationState.Running, IonicStep: 1 } && told.ElectronicStep == step && told.EnergyEv == energyEv);
        await Bench.Until(() => Told(1, -9.0) || running.IsCompleted);
        bench.Write("more", "");
        await Bench.Until(() => Told(2, -9.95) || running.IsCompleted);
        bench.Write("go", "");
        var done = (await running).Calculations[0];
        Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message);
        Assert.True(Told(1, -9.0) && Told(2, -9.95));
        Assert.DoesNotContain(bench.Progress, told => told.ElectronicStep > 2);
        Assert.Equal(2.0, done.Stored!.Manifest.Scalars.TotalMagnetizationMub);
    }

    [Fact]
    public async Task A_module_that_is_not_there_is_told_although_the_program_never_began()
    {
        var execution = await bench.RunAsync(Cluster("note run; finish", change: config => config with { Job = new() { Setup = ["module() { echo \"there is no $2\" >&2; return 1; }"], Modules = ["vasp/9"] } }), Bench.Calculation("without"));
        var error = execution.Calculations[0].Result.Error!;
        Assert.Equal("DF2003", error.Code);
        Assert.Contains("there is no vasp/9", error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.LedgerLines);
    }

    [Fact]
    public async Task Many_jobs_are_submitted_together_and_followed_by_one_question()
    {
        var config = Cluster("note run; finish");
        var plan = Enumerable.Range(0, 12).Select(i => Bench.Calculation(FormattableString.Invariant($"c{i}"))).ToArray();
        var execution = await bench.RunAsync(config, plan);
        Assert.All(execution.Calculations, done => Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message));
        Assert.Equal(12, bench.LedgerLines.Count());
        Assert.Equal(12, execution.Calculations.Select(done => done.Result.SchedulerJobId).Distinct().Count());
    }

    [Fact]
    public async Task What_a_job_said_when_it_failed_comes_home()
    {
        var execution = await bench.RunAsync(Cluster("echo 'the sky fell'; exit 7"), Bench.Calculation("fails"));
        var result = execution.Calculations[0].Result;
        Assert.Equal((CalculationState.Failed, "DF2003"), (result.State, result.Error?.Code));
        Assert.Contains("the sky fell", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task POTCAR_is_put_together_there_and_stays_there()
    {
        foreach (var (name, element, zval) in new[] { ("Li", "Li", 1), ("F", "F", 7) })
            bench.Write($"library/{name}/POTCAR", $"  PAW_PBE {name} 01Jan2026\n {zval}.00000000000000\n parameters from PSCTR are:\n   VRHFIN ={element}: made up\n   LEXCH  = PE\n   TITEL  = PAW_PBE {name} 01Jan2026\n   POMASS =    1.000; ZVAL   =    {zval}.000    mass and valenz\n   ENMAX  =  300.000; ENMIN  =  200.000 eV\n END of PSCTR-controll parameters\n End of Dataset\n");
        var config = Cluster("note $(grep -c TITEL POTCAR); finish", change: config => config with
        {
            Engines = config.Engines.SetItem("fake", config.Engines["fake"] with { Potentials = Path.Combine(bench.Folder, "library") }),
        });
        var done = (await bench.RunAsync(config, Bench.Calculation("with"))).Calculations[0];
        Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message);
        Assert.Equal(["2"], bench.LedgerLines);
        Assert.False(File.Exists(done.Stored!.PathOf("POTCAR")));
        Assert.Equal(["PAW_PBE Li 01Jan2026", "PAW_PBE F 01Jan2026"], done.Stored.Manifest.Potentials!.Value.Select(one => one.Titel));
        Assert.Equal([1, 7], done.Stored.Manifest.Potentials.Value.Select(one => one.Zval));
    }

    [Fact]
    public async Task A_request_that_the_batch_system_refuses_is_told_with_its_words()
    {
        var execution = await bench.RunAsync(Cluster("finish", change: config => config with { Job = new() { Queue = "no-such-partition" } }), Bench.Calculation("refused"));
        var error = execution.Calculations[0].Result.Error!;
        Assert.Equal("DF2030", error.Code);
        Assert.Contains("invalid partition", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_job_that_somebody_cancels_is_told()
    {
        var running = bench.RunAsync(Cluster("note begun; sleep 60; finish"), Bench.Calculation("cancelled"));
        await Bench.Until(() => bench.LedgerLines.Any());
        await site.RunAsync("scancel -u " + site.User);
        var result = (await running).Calculations[0].Result;
        Assert.Equal((CalculationState.Failed, "DF2033"), (result.State, result.Error?.Code));
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_job_and_removes_its_folder()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var config = Cluster("note begun; sleep 60; finish");
        var running = bench.RunAsync(config, new ExecutionOptions(), cancel.Token, Bench.Calculation("stopped"));
        await Bench.Until(() => bench.LedgerLines.Any());
        await cancel.CancelAsync();
        Assert.Equal(CalculationState.Cancelled, (await running).Calculations[0].Result.State);
        Assert.Empty(Below(config.WorkDirectory!));
        // The batch system ends it in its own time.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await QueueAsync()).Contains("RUNNING", StringComparison.Ordinal)) await Task.Delay(200, limit.Token);
        Assert.Equal(["begun"], bench.LedgerLines);
    }

    [Fact]
    public async Task A_connection_that_is_cut_while_jobs_run_is_made_again()
    {
        var running = bench.RunAsync(Cluster("note begun; sleep 6; finish"), Bench.Calculation("survives"));
        await Bench.Until(() => bench.LedgerLines.Any());
        await site.SeverAsync("sshd");
        var result = (await running).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_controller_that_is_restarted_loses_no_job()
    {
        var running = bench.RunAsync(Cluster("note begun; sleep 5; finish"), Bench.Calculation("survives"));
        await Bench.Until(() => bench.LedgerLines.Any());
        await site.RestartAsync("slurmctld");
        var result = (await running).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_login_that_is_refused_stops_at_once()
    {
        var key = Path.Combine(bench.Folder, "other-key");
        await site.RunAsync($"ssh-keygen -q -t ed25519 -N '' -f {Sh.Quote(key)}");
        var execution = await bench.RunAsync(Cluster("finish", change: config => config with
        {
            Ssh = new SshTarget { Host = site.Host, Port = site.Port, User = site.User, IdentityFiles = [key], KnownHostsFile = site.KnownHosts, ConfigFile = "/dev/null" },
        }), Bench.Calculation("refused"), Bench.Calculation("refused too"));
        Assert.All(execution.Calculations, done => Assert.Contains(done.Result.Error!.Code, (string[])["DF4010", "DF4020"]));
    }
}
