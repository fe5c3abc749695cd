using System.Diagnostics;
using DftFlow.Clusters;
using DftFlow.Engine;

namespace DftFlow.Tests.Engine;

/// <summary>A real Grid Engine on this machine, where it can be started: see <c>tests/clusters/grid-up</c>.</summary>
public sealed class GridEngine : IAsyncLifetime
{
    private Process? process;
    private string? missing;

    public string Folder { get; } = Directory.CreateTempSubdirectory("dfg-").FullName;

    public void SkipUnlessThere() => Assert.SkipWhen(missing is not null, $"no Grid Engine: {missing}");

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(TestPaths.Repository, "tests", "clusters", "grid-up"), Folder]) start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        // Each wait of its own has a limit.
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System);
        if (line == "ready") return;
        missing = line?.StartsWith("error: ", StringComparison.Ordinal) == true ? line["error: ".Length..] : "it ended";
    }

    public async ValueTask DisposeAsync()
    {
        process!.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

[Trait("culture", "any")]
public sealed class GridEngineTests : IClassFixture<GridEngine>, IDisposable
{
    private readonly GridEngine grid;
    private readonly Bench bench = new();

    public GridEngineTests(GridEngine grid)
    {
        this.grid = grid;
        grid.SkipUnlessThere();
    }

    public void Dispose() => bench.Dispose();

    private ClusterConfig Cluster(string script, JobDefaults? job = null) => bench.Cluster(bench.Engine(script)) with
    {
        Scheduler = SchedulerKind.Sge,
        // Grid Engine's own options cannot name a folder with blanks.
        WorkDirectory = Path.Combine(grid.Folder, "jobs", $"{Guid.NewGuid():N}"),
        LoginSetup = [$"PATH={grid.Folder}/bin:$PATH; export PATH"],
        Limits = new() { Jobs = 20, SubmissionsPerMinute = 600, Poll = TimeSpan.FromSeconds(1) },
        Job = job ?? new(),
    };

    [Fact]
    public async Task Calculations_run_as_jobs_and_come_home()
    {
        var execution = await bench.RunAsync(Cluster("note $JOB_ID; sleep 1; finish"), Bench.Calculation("one"), Bench.Calculation("two", after: "one"));
        Assert.All(execution.Calculations, done => Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message));
        Assert.Equal(execution.Calculations.Select(done => done.Result.SchedulerJobId), bench.LedgerLines);
    }

    [Fact]
    public async Task What_a_job_said_when_it_failed_comes_home()
    {
        var result = (await bench.RunAsync(Cluster("echo 'the sky fell'; exit 7"), Bench.Calculation("one"))).Calculations[0].Result;
        Assert.Equal("DF2003", result.Error?.Code);
        Assert.Contains("the sky fell", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_beyond_its_time_limit_is_told_so()
    {
        var result = (await bench.RunAsync(Cluster("note begun; sleep 60; finish", new() { Walltime = TimeSpan.FromSeconds(2) }), Bench.Calculation("one"))).Calculations[0].Result;
        Assert.Equal("DF2033", result.Error?.Code);
        Assert.Contains("its time limit was reached", result.Error!.Message, StringComparison.Ordinal);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_request_that_it_refuses_is_told_with_its_words()
    {
        var result = (await bench.RunAsync(Cluster("finish", new() { Queue = "no-such-queue" }), Bench.Calculation("one"))).Calculations[0].Result;
        Assert.Equal("DF2030", result.Error?.Code);
        Assert.Contains("no-such-queue", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_an_administrator_deletes_is_told_so()
    {
        var running = bench.RunAsync(Cluster("note $JOB_ID; sleep 60; finish"), Bench.Calculation("one"));
        await Bench.Until(() => running.IsCompleted || bench.LedgerLines.Any());
        using var delete = Process.Start(new ProcessStartInfo(Path.Combine(grid.Folder, "bin", "qdel"), [bench.LedgerLines.Single()]))!;
        await delete.WaitForExitAsync(TestContext.Current.CancellationToken);
        var error = (await running).Calculations[0].Result.Error;
        Assert.Equal("DF2033", error?.Code);
        // This version does not tell who did it.
        Assert.Contains("it was deleted, killed, or a limit was reached", error!.Message, StringComparison.Ordinal);
    }
}
