using System.Diagnostics;
using System.Text.Json;
using DftFlow.Clusters;
using DftFlow.Engine;
using static DftFlow.Tests.Engine.Bench;

namespace DftFlow.Tests.Engine;

public sealed class CancellationTests : IDisposable
{
    // The child in a session's other group is what an MPI rank is.
    private const string Hang = "(sleep 100) & note $!; note $$; sleep 100";

    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("trap '' TERM; ")]
    public async Task Ends_every_process_and_leaves_only_what_is_finished(string trap)
    {
        using var cancel = new CancellationTokenSource();
        var running = bench.RunAsync(bench.Cluster(bench.Engine($"is quick && {{ finish; exit; }}; {trap}{Hang}")), new ExecutionOptions(), cancel.Token,
            Calculation("quick"), Calculation("slow"), Calculation("next", ranks: 2), Calculation("after", after: "slow"));
        await Until(() => bench.LedgerLines.Count() == 2 && bench.Progress.Any(p => p is { Id: "quick", State: CalculationState.Completed }));
        Assert.All(bench.LedgerLines, process => Assert.True(IsAlive(process)));
        var clock = Stopwatch.StartNew();
        await cancel.CancelAsync();
        var execution = await running;

        Assert.Equal([CalculationState.Completed, CalculationState.Cancelled, CalculationState.Cancelled, CalculationState.Cancelled], execution.Calculations.Select(c => c.Result.State));
        Assert.All(bench.LedgerLines, process => Assert.False(IsAlive(process)));
        Assert.Equal(trap.Length > 0, clock.Elapsed > LocalProcess.Grace);
        Assert.Empty(bench.Left("attempts"));
        Assert.Empty(bench.Left("failed"));
        Assert.True(bench.Open().Results.Find(execution.Calculations[0].Result.Fingerprint).Result is not null);
    }

    [Fact]
    public async Task A_run_that_was_cancelled_before_it_began_starts_nothing()
    {
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("note ran; finish")), new ExecutionOptions(), new CancellationToken(canceled: true), Calculation("a"));
        Assert.Equal(CalculationState.Cancelled, execution.Calculations[0].Result.State);
        Assert.Empty(bench.LedgerLines);
    }

    [Fact]
    public async Task What_an_engine_leaves_running_ends_with_it()
    {
        await bench.RunAsync(bench.Cluster(bench.Engine("sleep 100 & note $!; finish")), Calculation("a"));
        Assert.All(bench.LedgerLines, process => Assert.False(IsAlive(process)));
    }

    [Fact]
    public async Task Nothing_survives_when_this_process_is_killed_and_the_next_start_clears_up()
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!) { Environment = { [KilledRun.Variable] = bench.Folder } })!;
        var engine = bench.Engine(Hang).Command[0];
        bench.Write("engine-path", engine);
        await Until(() => bench.LedgerLines.Count() == 2);
        Assert.Equal(2, bench.Left("attempts").Count(path => !path.EndsWith(".claim", StringComparison.Ordinal)));
        // Its owner lives: another start leaves it alone.
        bench.Open();
        Assert.Equal(2, bench.Left("attempts").Count(path => !path.EndsWith(".claim", StringComparison.Ordinal)));

        child.Kill();
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Until(() => !bench.LedgerLines.Any(IsAlive));
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), Calculation("killed"));
        Assert.Equal(CalculationState.Completed, execution.Calculations[0].Result.State);
        Assert.Empty(bench.Left("attempts"));
    }

    [Fact]
    public void Only_attempts_of_processes_that_cannot_be_alive_are_cleared()
    {
        bench.Open();
        var attempts = Path.Combine(bench.WorkspaceFolder, "attempts");
        void Attempt(string name, ProcessIdentity? owner)
        {
            Directory.CreateDirectory(Path.Combine(attempts, name));
            if (owner is not null)
                File.WriteAllText(Path.Combine(attempts, name + ".owner.json"), JsonSerializer.Serialize(owner, Names));
        }
        Attempt("mine", ProcessIdentity.Current);
        Attempt("of another host", ProcessIdentity.Current with { Host = "elsewhere" });
        Attempt("of an earlier boot", ProcessIdentity.Current with { BootId = "earlier" });
        Attempt("of an earlier process with my number", ProcessIdentity.Current with { StartTicks = 1 });
        Attempt("of nobody", null);
        bench.Open();
        Assert.Equal(["mine", "of another host"], Directory.GetDirectories(attempts).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(2, Directory.GetFiles(attempts).Length);
    }
}
