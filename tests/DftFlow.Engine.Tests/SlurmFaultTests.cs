using DftFlow.Clusters;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Schedulers;
using DftFlow.Engine;

namespace DftFlow.Tests.Engine;

/// <summary>A cluster that is broken and mended, beside the one of <see cref="OneCluster"/>.</summary>
[CollectionDefinition(Name)]
public sealed class BrokenCluster : ICollectionFixture<TestCluster>
{
    public const string Name = "broken cluster";
}

/// <summary>What befalls jobs of a real Slurm, and Slurm itself: each is told in words with its cause, and no job is lost or run twice.</summary>
[Collection(BrokenCluster.Name), Trait("culture", "any")]
public sealed class SlurmFaultTests(TestCluster shared) : OnCluster(shared)
{
    private const string RunsLong = "note $SLURM_JOB_ID; for i in $(seq 1200); do if [ -e \"$BENCH/go\" ]; then finish; exit; fi; sleep 0.1; done";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a calculation and waits until its job runs; the job's number.</summary>
    private async Task<(Task<Execution> Running, string Id)> BegunAsync(ClusterConfig config)
    {
        var running = bench.RunAsync(config, Bench.Calculation("one"));
        await Bench.Until(() => running.IsCompleted || bench.LedgerLines.Any());
        return (running, bench.LedgerLines.FirstOrDefault() ?? throw new InvalidOperationException((await running).Calculations[0].Result.Error?.Message));
    }

    private void Go() => bench.Write("go", "");

    private async Task<string> HostOfAsync(string id) => await site.RunAsync($"squeue -h -j {id} -o %N");

    /// <summary>A command of the cluster is another program from now on, until what this returns is disposed of.</summary>
    private StandIn Replace(string command, string script)
    {
        var file = Path.Combine(site.BinFolder, command);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
#pragma warning disable CA1416
        File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
#pragma warning restore CA1416
        return new StandIn(file);
    }

    private sealed class StandIn(string file) : IDisposable
    {
        public void Dispose() => File.Delete(file);
    }

    /// <summary>Waits until what the administrator asks is answered so, at most two minutes.</summary>
    private async Task UntilAsync(string command, Func<string, bool> good)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!good(await site.RunAsync(command))) await Task.Delay(200, limit.Token);
    }

    private static void IsCause(Execution execution, string words)
    {
        var result = execution.Calculations[0].Result;
        Assert.True(result.Error?.Code == "DF2033", result.Error?.Message ?? "It has completed.");
        Assert.Contains(words, result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_beyond_its_time_limit_is_told_so()
    {
        var (running, id) = await BegunAsync(Cluster(RunsLong, change: config => config with { Job = new() { Walltime = TimeSpan.FromMinutes(1) } }));
        // Slurm counts in minutes.
        await site.RunAsync($"scontrol update JobId={id} EndTime=now+1");
        IsCause(await running, "its time limit was reached");
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task Without_a_batch_system_a_job_beyond_its_time_limit_is_told_so_as_well()
    {
        var (running, _) = await BegunAsync(Cluster("note begun; sleep 60; finish", "ssh direct", config => config with { Job = new() { Walltime = TimeSpan.FromSeconds(2) } }));
        IsCause(await running, "its time limit was reached");
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_job_beyond_its_memory_is_told_so()
    {
        // What tail keeps it cannot hand on, since nobody reads it. Slurm loses sight of programs whose name has a blank, as the engines here.
        var eats = new JobDefaults { MemoryMib = 60, Setup = ["head -c 200000000 /dev/zero | tail -c 200000000 | sleep 60"] };
        IsCause(await bench.RunAsync(Cluster("note run; finish", change: config => config with { Job = eats }), Bench.Calculation("one")), "it used more memory than it asked for");
        Assert.Empty(bench.LedgerLines);
    }

    [Fact]
    public async Task A_job_whose_node_fails_is_told_so()
    {
        var (running, id) = await BegunAsync(Cluster(RunsLong));
        var node = await HostOfAsync(id);
        await site.RunAsync($"scontrol update NodeName={node} State=DOWN Reason=broken");
        try
        {
            IsCause(await running, "its node failed");
        }
        finally
        {
            await site.RunAsync($"scontrol update NodeName={node} State=RESUME; true");
        }
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_job_that_an_administrator_cancels_is_told_so()
    {
        var (running, id) = await BegunAsync(Cluster(RunsLong));
        await site.RunAsync($"scancel {id}");
        IsCause(await running, "it was cancelled");
    }

    [Fact]
    public async Task A_job_that_is_put_back_into_the_queue_runs_again_and_is_one_result()
    {
        var (running, id) = await BegunAsync(Cluster(RunsLong, change: config => config with { Job = new() { Options = ["--requeue"] } }));
        await site.RunAsync($"scontrol requeue {id}");
        // It waits for its credentials to expire, and is let go at once.
        await bench.UntilNoted("in the queue");
        Go();
        var result = (await running).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Equal((id, 1), (result.SchedulerJobId, result.Attempts));
        Assert.Equal([id, id], bench.LedgerLines);
    }

    [Fact]
    public async Task A_job_that_forbids_it_is_not_put_back_into_the_queue()
    {
        var (running, id) = await BegunAsync(Cluster(RunsLong));
        Assert.Contains("disabled", await site.RunAsync($"scontrol requeue {id}; true"), StringComparison.Ordinal);
        Go();
        var result = (await running).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task Jobs_that_the_queue_has_forgotten_are_known_by_what_they_wrote()
    {
        // Accounting is off. The queue answers no question until it has forgotten the jobs.
        await site.RunAsync($"sed -i s/^MinJobAge=.*/MinJobAge=2/ {site.Folder}/etc/slurm/slurm.conf && scontrol reconfigure");
        var gate = Path.Combine(bench.Folder, "gate");
        using var standIn = Replace("squeue", $"[ -e {Sh.Quote(gate)} ] || {{ echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1; }}\nexec /usr/bin/squeue \"$@\"");
        var running = bench.RunAsync(
            Cluster("note begun; if is ends; then finish; elif is fails; then echo 'no such luck'; exit 7; elif is late; then kill -s KILL $(cat killed); else sleep 120; fi",
                change: config => config with { Job = new() { Setup = ["echo $$ >killed"] } }),
            Bench.Calculation("ends"), Bench.Calculation("fails"), Bench.Calculation("late"), Bench.Calculation("over"));
        await Bench.Until(() => running.IsCompleted || bench.LedgerLines.Count() == 4);
        await UntilAsync("squeue -h -o %i", ids => ids.Split('\n').Length == 1);
        await site.RunAsync("scontrol update JobId=$(squeue -h -o %i) EndTime=now+1");
        await UntilAsync("squeue -h -t all", all => all.Length == 0);
        bench.Write("gate", "");
        var results = (await running).Calculations.ToDictionary(done => done.Result.Id, done => done.Result);
        Assert.True(results["ends"].State == CalculationState.Completed, results["ends"].Error?.Message);
        Assert.Equal("DF2003", results["fails"].Error?.Code);
        Assert.Contains("no such luck", results["fails"].Error!.Message, StringComparison.Ordinal);
        // The shell of the job was killed outright, and nothing tells why.
        Assert.Equal("DF2032", results["late"].Error?.Code);
        Assert.Equal("DF2033", results["over"].Error?.Code);
        Assert.Contains("its time limit was reached", results["over"].Error!.Message, StringComparison.Ordinal);
        Assert.Equal(4, bench.LedgerLines.Count());
    }

    [Fact]
    public async Task A_job_whose_dependency_cannot_be_satisfied_says_so_while_it_waits()
    {
        var first = await site.RunAsync($"cd {site.WorkFolder} && sbatch --parsable -H -o /dev/null --wrap true");
        var running = bench.RunAsync(Cluster("note run; finish", change: config => config with { Job = new() { Options = [$"--dependency=afterok:{first}"] } }), Bench.Calculation("one"));
        await bench.UntilNoted("it waits for another job");
        await site.RunAsync($"scancel {first}");
        await bench.UntilNoted("it will never start");
        await site.RunAsync($"scancel -u {site.User}");
        IsCause(await running, "it was cancelled");
        Assert.Empty(bench.LedgerLines);
    }

    [Fact]
    public async Task Arrays_of_the_same_user_are_told_in_all_their_forms_and_disturb_nobody()
    {
        var array = await site.RunAsync($"cd {site.WorkFolder} && sbatch --parsable --uid={site.User} --array=1-9%3 -o /dev/null --wrap 'sleep 600'");
        var held = await site.RunAsync($"cd {site.WorkFolder} && sbatch --parsable --uid={site.User} --array=1,3-9%2 -H -o /dev/null --wrap true");
        var config = Cluster("note run; finish");
        await using var owner = new Cluster(config, () => config.CreateTransport(TimeProvider.System), TimeProvider.System, new Random(1));
        try
        {
            var execution = await bench.RunAsync(config, Bench.Calculation("one"));
            Assert.True(execution.Calculations[0].Result.State == CalculationState.Completed, execution.Calculations[0].Result.Error?.Message);
            await UntilAsync($"squeue -h -r -t RUNNING -j {array}", running => running.Split('\n').Length == 3);
            var states = Assert.NotNull((await owner.PollAsync([], Token)).Queue.Jobs).ToDictionary(job => job.Id, job => job.State);
            Assert.Equal(JobState.Held, states[$"{held}_[1,3-9%2]"]);
            Assert.Equal(JobState.Queued, states[$"{array}_[4-9%3]"]);
            Assert.All((string[])["1", "2", "3"], task => Assert.Equal(JobState.Running, states[$"{array}_{task}"]));
        }
        finally
        {
            Assert.True((await owner.CancelAsync([$"{array}_2", array, $"{held}_3", held], Token)).Asked);
        }
        await UntilAsync("squeue -h", queue => queue.Length == 0);
    }

    [Fact]
    public async Task A_controller_that_does_not_answer_delays_the_news_and_no_more()
    {
        var (running, _) = await BegunAsync(Cluster(RunsLong));
        await site.PauseAsync("slurmctld");
        try
        {
            await bench.UntilNoted("Socket timed out");
            Go();
        }
        finally
        {
            await site.ResumeAsync("slurmctld");
        }
        var result = (await running).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_submission_that_timed_out_and_was_accepted_is_found_and_not_repeated()
    {
        await site.PauseAsync("slurmctld");
        Task<Execution> running;
        try
        {
            running = bench.RunAsync(Cluster("note run; finish"), Bench.Calculation("one"));
            await bench.UntilNoted("is looked for");
        }
        finally
        {
            await site.ResumeAsync("slurmctld");
        }
        var result = (await running).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_queue_that_answers_nothing_with_status_0_ends_no_job()
    {
        var asked = Path.Combine(site.Home, "asked");
        using var standIn = Replace("squeue", $"echo x >>{Sh.Quote(asked)}");
        var (running, _) = await BegunAsync(Cluster(RunsLong));
        // More often than a job is looked for that is really gone.
        await UntilAsync($"grep -c x {asked}; true", times => int.TryParse(times, out var number) && number > 12);
        Assert.False(running.IsCompleted);
        Go();
        var result = (await running).Calculations[0].Result;
        Assert.True(result.State == CalculationState.Completed, result.Error?.Message);
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task A_number_that_is_given_to_another_job_tells_nothing_of_the_first()
    {
        var (running, id) = await BegunAsync(Cluster(RunsLong));
        // As a controller that was killed before it had saved its state; the node ends what it does not know.
        await site.StopAsync("slurmctld");
        await site.RunAsync($"rm -f {site.Folder}/state/slurmctld/job_state*; echo FirstJobId={id} >>{site.Folder}/etc/slurm/slurm.conf");
        await site.StartAsync("slurmctld");
        Assert.Equal(id, await site.RunAsync($"cd {site.WorkFolder} && sbatch --parsable --uid={site.User} -J other -H -o /dev/null --wrap true"));
        try
        {
            var error = (await running).Calculations[0].Result.Error!;
            Assert.Equal("DF2032", error.Code);
            Assert.Single(bench.LedgerLines);
        }
        finally
        {
            await site.RunAsync($"sed -i /^FirstJobId/d {site.Folder}/etc/slurm/slurm.conf; scancel {id}; for n in $(sinfo -h -N -o %n); do scontrol update NodeName=$n State=RESUME; done; true");
        }
        await UntilAsync("sinfo -h -p main -o %T", states => states == "idle");
    }

    [Fact]
    public async Task A_quota_that_is_used_up_is_told_before_anything_is_submitted()
    {
        // There is no file system with quotas here: the words are those of GNU tar on one.
        using var standIn = Replace("tar", "cat >/dev/null; echo 'tar: POSCAR: Cannot write: Disk quota exceeded' >&2; exit 2");
        var result = (await bench.RunAsync(Cluster("note run; finish"), Bench.Calculation("one"))).Calculations[0].Result;
        Assert.Equal("DF4302", result.Error?.Code);
        Assert.Contains("Disk quota exceeded", result.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(bench.LedgerLines);
    }

    [Fact]
    public async Task A_disk_that_a_job_fills_is_told_in_the_program_s_words()
    {
        Assert.SkipWhen(site.SmallFolder is null, "no small file system on this machine");
        var config = Cluster("note run; head -c 4000000 /dev/zero >CHGCAR || exit 1; finish", change: config => config with { WorkDirectory = Path.Combine(site.SmallFolder!, "jobs") });
        var result = (await bench.RunAsync(config, Bench.Calculation("one"))).Calculations[0].Result;
        Assert.Equal(CalculationState.Failed, result.State);
        Assert.Contains("No space left on device", result.Error!.Message, StringComparison.Ordinal);
        Assert.Single(bench.LedgerLines);
    }
}
