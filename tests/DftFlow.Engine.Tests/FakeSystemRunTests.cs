using DftFlow.Clusters;
using DftFlow.Engine;

namespace DftFlow.Tests.Engine;

/// <summary>Calculations as jobs of batch systems that are small shell programs, and what befalls them: <c>tests/clusters/fake</c>.</summary>
[Trait("culture", "any")]
public sealed class FakeSystemRunTests : IAsyncDisposable
{
    private readonly FakeBatchSystem fake = new();
    private readonly Bench bench = new();

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        bench.Dispose();
    }

    private ClusterConfig Cluster(string system, string script) => bench.Cluster(bench.Engine(script)) with
    {
        Scheduler = system switch { "slurm" => SchedulerKind.Slurm, "lsf" => SchedulerKind.Lsf, _ => SchedulerKind.Pbs },
        WorkDirectory = Path.Combine(bench.Folder, "jobs"),
        LoginSetup = [fake.LoginSetup],
        Limits = new() { Jobs = 20, SubmissionsPerMinute = 6000, Poll = TimeSpan.FromSeconds(0.2) },
    };

    private static string Submit(string system) => FakeBatchSystem.Commands(system).Submit;

    private async Task<CalculationResult> OneAsync(string system, string script) => (await bench.RunAsync(Cluster(system, script), Bench.Calculation("one"))).Calculations[0].Result;

    // How PBS tells of nodes that failed is not documented.
    [Theory]
    [InlineData("slurm", "timeout", "its time limit was reached"), InlineData("pbs", "timeout", "its time limit was reached"), InlineData("lsf", "timeout", "its time limit was reached")]
    [InlineData("slurm", "memory", "it used more memory than it"), InlineData("pbs", "memory", "it used more memory than it"), InlineData("lsf", "memory", "it used more memory than it")]
    [InlineData("slurm", "admin", "it was cancelled"), InlineData("pbs", "admin", "it was cancelled"), InlineData("lsf", "admin", "an administrator cancelled it")]
    [InlineData("slurm", "node", "its node failed"), InlineData("lsf", "node", "its node failed")]
    public async Task An_end_that_the_batch_system_made_is_told_with_its_cause(string system, string fate, string words)
    {
        fake.Fault($"{Submit(system)} then {fate}");
        var result = await OneAsync(system, "note begun; touch begun; sleep 60; finish");
        Assert.Equal((CalculationState.Failed, "DF2033"), (result.State, result.Error?.Code));
        Assert.Contains(words, result.Error!.Message, StringComparison.Ordinal);
        Assert.Single(bench.LedgerLines);
        Assert.Single(fake.Jobs);
    }

    [Theory, InlineData("slurm", "sacct fail"), InlineData("pbs", "qstat fail")]
    public async Task Where_no_history_answers_the_job_s_output_tells_the_cause(string system, string fault)
    {
        fake.Fault($"{Submit(system)} then timeout");
        fake.Fault($"*{fault}");
        var result = await OneAsync(system, "note begun; touch begun; sleep 60; finish");
        Assert.Equal("DF2033", result.Error?.Code);
        Assert.Contains("its time limit was reached", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("slurm"), InlineData("pbs"), InlineData("lsf")]
    public async Task A_job_that_is_put_back_into_the_queue_runs_again_and_is_one_result(string system)
    {
        fake.Fault($"{Submit(system)} then requeue");
        var result = await OneAsync(system, "note begun; if [ -e first ]; then finish; else touch first begun; sleep 60; fi");
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Equal(2, bench.LedgerLines.Count());
        Assert.Equal((Assert.Single(fake.Jobs), 1), (result.SchedulerJobId!.Split('.')[0], result.Attempts));
    }

    [Theory, InlineData("slurm"), InlineData("pbs"), InlineData("lsf")]
    public async Task A_job_without_an_answer_is_found_though_the_listing_cuts_its_name(string system)
    {
        fake.Fault($"{Submit(system)} accept-then-fail");
        foreach (var command in (string[])["squeue", "sacct", "qstat", "bjobs"]) fake.Fault($"*{command} names8");
        var result = await OneAsync(system, "note run; finish");
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
        Assert.Equal(Assert.Single(fake.Jobs), result.SchedulerJobId!.Split('.')[0]);
    }

    [Theory, InlineData("slurm"), InlineData("lsf")]
    public async Task A_number_that_is_given_to_a_second_job_tells_nothing_of_the_first(string system)
    {
        var config = Cluster(system, "note $(head -n 1 POSCAR); touch begun; for i in $(seq 600); do if is first && [ -e \"$BENCH/go\" ]; then finish; break; fi; sleep 0.1; done");
        // The first one is not yet given up when the second one has ended.
        var first = bench.RunAsync(config with { Limits = config.Limits with { Poll = TimeSpan.FromSeconds(3) } }, Bench.Calculation("first"));
        await Bench.Until(() => bench.LedgerLines.Any());
        // The batch system knows nothing of the first one any more.
        fake.Fault($"{Submit(system)} reuse");
        using var other = new Bench();
        var second = other.RunAsync(config, Bench.Calculation("second"));
        await Bench.Until(() => bench.LedgerLines.Count() == 2);
        File.WriteAllText(Path.Combine(fake.Folder, "jobs", Assert.Single(fake.Jobs), "fate"), "admin");
        Assert.Equal("DF2033", (await second).Calculations[0].Result.Error?.Code);
        bench.Write("go", "");
        var result = (await first).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Equal(Assert.Single(fake.Jobs), result.SchedulerJobId);
        Assert.Equal(["first", "second"], bench.LedgerLines);
    }

    [Theory, InlineData("slurm"), InlineData("pbs"), InlineData("lsf")]
    public async Task Back_pressure_and_a_queue_that_fails_or_answers_nothing_only_take_time(string system)
    {
        var (submit, queue, _) = FakeBatchSystem.Commands(system);
        foreach (var fault in (string[])[$"{submit} limit", $"{submit} down", $"{queue} fail", $"{queue} fail", $"{queue} empty", $"{queue} truncated", $"{queue} banner"]) fake.Fault(fault);
        var result = await OneAsync(system, "note run; sleep 2; finish");
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
        Assert.Single(fake.Jobs);
        Assert.Contains(bench.Progress, told => told.Note?.StartsWith("waits for a place in the queue", StringComparison.Ordinal) == true);
        Assert.Contains(bench.Progress, told => told.Note?.StartsWith("cannot be submitted yet", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_batch_system_that_hangs_is_given_up_and_asked_again()
    {
        // A minute's silence, in five seconds.
        using var hasty = new Bench { Clock = new Hasty(12) };
        fake.Fault("squeue hang");
        var config = Cluster("slurm", "note run; sleep 1; finish") with { Limits = new() { SubmissionsPerMinute = 6000, Poll = TimeSpan.FromSeconds(4) } };
        var result = (await hasty.RunAsync(config, Bench.Calculation("one"))).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Contains(hasty.Progress, told => told.Note?.Contains("did not answer within 60 s", StringComparison.Ordinal) == true);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_submission_that_hangs_before_it_is_taken_is_looked_for_and_never_repeated_unseen()
    {
        using var hasty = new Bench { Clock = new Hasty(12) };
        fake.Fault("sbatch hang");
        var config = Cluster("slurm", "note run; finish") with { Limits = new() { SubmissionsPerMinute = 6000, Poll = TimeSpan.FromSeconds(4) } };
        var result = (await hasty.RunAsync(config, Bench.Calculation("one"))).Calculations[0].Result;
        Assert.Equal("DF2031", result.Error?.Code);
        Assert.Empty(fake.Jobs);
        Assert.Single(fake.Log, line => line.StartsWith("sbatch", StringComparison.Ordinal));
    }

    /// <summary>A clock whose timers run faster.</summary>
    private sealed class Hasty(double times) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new HastyTimer(base.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), Shorter);

        private TimeSpan Shorter(TimeSpan span) => span > TimeSpan.Zero ? span / times : span;

        private sealed class HastyTimer(ITimer timer, Func<TimeSpan, TimeSpan> shorter) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(shorter(dueTime), shorter(period));

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
