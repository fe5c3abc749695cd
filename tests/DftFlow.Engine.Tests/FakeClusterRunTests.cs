using System.Text.RegularExpressions;
using DftFlow.Clusters;
using DftFlow.Engine;
using DftFlow.Workflows;

namespace DftFlow.Tests.Engine;

/// <summary>Calculations as jobs of batch systems that are small shell programs, with faults: <c>tests/clusters/fake</c>.</summary>
[Trait("culture", "any")]
public sealed class FakeClusterRunTests : IAsyncDisposable
{
    private readonly Bench bench = new();

    public async ValueTask DisposeAsync()
    {
        // A job's last word may come when the run is over already.
        for (var tries = 0; Directory.Exists(bench.Folder); tries++)
        {
            try
            {
                bench.Dispose();
            }
            catch (IOException) when (tries < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    private string Fake => Path.Combine(bench.Folder, "fake");

    private string Work => Path.Combine(bench.Folder, "jobs");

    private void Fault(string line) => File.AppendAllText(Path.Combine(Directory.CreateDirectory(Fake).FullName, "faults"), line + "\n");

    private ClusterConfig Cluster(string script, SchedulerKind scheduler = SchedulerKind.Slurm, double pollS = 0.2, int slots = 9)
    {
        bench.Write("fake/slots", FormattableString.Invariant($"{slots}\n"));
        var config = bench.Cluster(bench.Engine(script));
        return config with
        {
            Scheduler = scheduler,
            WorkDirectory = Work,
            Limits = new() { Jobs = 20, SubmissionsPerMinute = 6000, Poll = TimeSpan.FromSeconds(pollS) },
            Environment = config.Environment.Add("DFTFLOW_FAKE", Fake).Add("PATH", $"{Path.Combine(TestPaths.Repository, "tests/clusters/fake")}:{Environment.GetEnvironmentVariable("PATH")}"),
        };
    }

    private static PlannedCalculation[] Plan(int count) => [.. Enumerable.Range(0, count).Select(i => Bench.Calculation(FormattableString.Invariant($"c{i}")))];

    private int Asked(string command) => File.Exists(Path.Combine(Fake, "log")) ? File.ReadLines(Path.Combine(Fake, "log")).Count(line => line.StartsWith(command + " ", StringComparison.Ordinal)) : 0;

    /// <summary>Of the jobs, by their ids; of one that comes into the queue just now there is none.</summary>
    private string[] States => [.. Directory.GetFiles(Path.Combine(Fake, "jobs"), "state", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => File.ReadAllText(file).Trim())];

    private string[] Folders => Directory.Exists(Work) ? Directory.GetDirectories(Work) : [];

    private bool WasTold(string words) => bench.Progress.Any(told => told.Note?.Contains(words, StringComparison.Ordinal) == true);

    private static void AllCompleted(Execution execution) => Assert.All(execution.Calculations, done => Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message));

    [Theory]
    [InlineData(SchedulerKind.Slurm), InlineData(SchedulerKind.Pbs), InlineData(SchedulerKind.Torque), InlineData(SchedulerKind.Lsf)]
    public async Task Jobs_whose_acceptance_was_not_told_are_found_and_run_once(SchedulerKind scheduler)
    {
        var submit = scheduler switch { SchedulerKind.Slurm => "sbatch", SchedulerKind.Lsf => "bsub", _ => "qsub" };
        for (var i = 0; i < 3; i++) Fault($"{submit} accept-then-fail");
        AllCompleted(await bench.RunAsync(Cluster("note run; finish", scheduler), Plan(4)));
        Assert.Equal(4, bench.LedgerLines.Count());
        Assert.Equal(4, Asked(submit));
    }

    [Fact]
    public async Task A_job_that_cannot_be_found_fails_and_is_not_submitted_again()
    {
        // The answer holds no id, and the job never shows: it may be in the queue all the same.
        Fault("sbatch no-id");
        var execution = await bench.RunAsync(Cluster("note run; finish", pollS: 0.05, slots: 0) with { LoginSetup = ["squeue() { :; }", "sacct() { :; }"] }, Bench.Calculation("lost"));
        Assert.Equal("DF2031", execution.Calculations[0].Result.Error?.Code);
        Assert.Equal(1, Asked("sbatch"));
    }

    [Fact]
    public async Task A_queue_that_does_not_answer_for_long_gives_no_job_up()
    {
        Fault("sbatch accept-then-fail");
        Fault("*sacct fail");
        for (var i = 0; i < 15; i++) Fault("squeue fail");
        AllCompleted(await bench.RunAsync(Cluster("note run; finish", pollS: 0.05), Bench.Calculation("found")));
        Assert.Equal(1, Asked("sbatch"));
        Assert.Single(bench.LedgerLines);
    }

    [Fact]
    public async Task An_id_that_is_given_to_another_job_is_not_taken_for_the_first()
    {
        Fault("sbatch late 0");
        Fault("sbatch reuse");
        // The second is put off until the first one runs, which goes on until the second has its id.
        const string Later = "sbatch() { if [ -e \"$BENCH/first\" ] && [ ! -e \"$BENCH/ledger\" ]; then echo 'sbatch: error: Batch job submission failed: job submit limit' >&2; return 1; fi; : >\"$BENCH/first\"; command sbatch \"$@\"; }";
        var running = bench.RunAsync(Cluster("if mkdir \"$BENCH/one\" 2>/dev/null; then note begun; while [ ! -e \"$BENCH/go\" ]; do sleep 0.05; done; fi; note run; finish", pollS: 1) with { LoginSetup = [Later] }, Plan(2));
        await Bench.Until(() => Asked("sbatch") == 2);
        bench.Write("go", "");
        AllCompleted(await running);
        Assert.Equal(2, bench.LedgerLines.Count(line => line == "run"));
    }

    [Fact]
    public async Task Somebody_elses_cancelling_is_told_where_only_the_history_knows_of_it()
    {
        var running = bench.RunAsync(Cluster("note begun; sleep 60; finish", SchedulerKind.Pbs), Bench.Calculation("deleted"));
        await Bench.Until(() => bench.LedgerLines.Any());
        File.WriteAllText(Path.Combine(Fake, "jobs", "100", "state"), "CA\n");
        // As qdel does it, in a session that is only ours where the number is one.
        var session = int.Parse(await File.ReadAllTextAsync(Path.Combine(Fake, "jobs", "100", "pid"), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(session > 1);
        using (var kill = System.Diagnostics.Process.Start("/bin/sh", ["-c", FormattableString.Invariant($"kill -s TERM -- -{session}")])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        var error = (await running).Calculations[0].Result.Error!;
        Assert.Equal("DF2033", error.Code);
        Assert.Contains("it was deleted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_cancels_many_jobs_with_few_commands()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = bench.RunAsync(Cluster("sleep 60", slots: 1), new ExecutionOptions(), cancel.Token, Plan(12));
        await Bench.Until(() => Asked("sbatch") == 12 && States.Contains("R"));
        await Bench.Until(() => bench.Progress.Where(told => told.Note?.Contains("in the queue", StringComparison.Ordinal) == true).Select(told => told.Id).Distinct().Count() == 12);
        await cancel.CancelAsync();
        Assert.All((await running).Calculations, done => Assert.Equal(CalculationState.Cancelled, done.Result.State));
        Assert.Equal(Enumerable.Repeat("CA", 12), States);
        Assert.InRange(Asked("scancel"), 1, 6);
        Assert.Empty(Folders);
    }

    [Fact]
    public async Task A_job_that_cannot_be_cancelled_keeps_its_folder_and_is_told()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Fault("*scancel fail");
        var running = bench.RunAsync(Cluster("note begun; while [ ! -e \"$BENCH/go\" ]; do sleep 0.05; done"), new ExecutionOptions(), cancel.Token, Bench.Calculation("goes on"));
        await Bench.Until(() => bench.LedgerLines.Any());
        await cancel.CancelAsync();
        var result = (await running).Calculations[0].Result;
        Assert.Equal((CalculationState.Failed, "DF2034"), (result.State, result.Error?.Code));
        Assert.Contains(Assert.Single(Folders), result.Error!.Hint, StringComparison.Ordinal);
        bench.Write("go", "");
        await Bench.Until(() => File.Exists(Path.Combine(Folders[0], "dftflow-exit")));
    }

    [Fact]
    public async Task A_job_that_is_looked_for_when_Ctrl_C_comes_is_cancelled()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Fault("sbatch accept-then-fail");
        var running = bench.RunAsync(Cluster("note run; finish", pollS: 3600, slots: 0), new ExecutionOptions(), cancel.Token, Bench.Calculation("in doubt"));
        await Bench.Until(() => WasTold("is looked for"));
        await cancel.CancelAsync();
        Assert.Equal(CalculationState.Cancelled, (await running).Calculations[0].Result.State);
        Assert.Equal(["CA"], States);
        Assert.Empty(Folders);
    }

    [Fact]
    public async Task What_was_not_submitted_when_Ctrl_C_came_is_never_submitted()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var config = Cluster("note run; finish", slots: 0);
        config = config with { Limits = config.Limits with { SubmissionsPerMinute = 0.01 } };
        var running = bench.RunAsync(config, new ExecutionOptions(), cancel.Token, Plan(3));
        await Bench.Until(() => Asked("sbatch") == 1 && Folders.Count(folder => File.Exists(Path.Combine(folder, "dftflow-job.sh"))) == 3);
        await cancel.CancelAsync();
        Assert.All((await running).Calculations, done => Assert.Equal(CalculationState.Cancelled, done.Result.State));
        Assert.Equal(1, Asked("sbatch"));
        Assert.Empty(Folders);
    }

    [Fact]
    public async Task Jobs_beyond_the_batch_systems_limit_wait_and_run_later()
    {
        for (var i = 0; i < 3; i++) Fault("sbatch limit");
        AllCompleted(await bench.RunAsync(Cluster("note run; finish"), Plan(3)));
        Assert.Equal(3, bench.LedgerLines.Count());
        Assert.Equal(6, Asked("sbatch"));
        Assert.True(WasTold("waits for a place in the queue"));
    }

    [Fact]
    public async Task Potentials_that_a_job_leaves_stay_there_whatever_they_are_called()
    {
        var done = (await bench.RunAsync(Cluster("finish; mkdir POTCAR.d 00; for f in POTCAR .POTCAR.old potcar.gz POTCAR.d/Mn 00/POTCAR 00/OUTCAR; do echo x >$f; done; ln -s POTCAR LOCPOT"), Bench.Calculation("one"))).Calculations[0];
        Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message);
        var names = Directory.GetFiles(done.Stored!.Directory, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(done.Stored.Directory, file)).ToArray();
        Assert.Contains("00/OUTCAR", names);
        Assert.DoesNotContain(names, name => Regex.IsMatch(name, "potcar(?!\\.spec)|LOCPOT", RegexOptions.IgnoreCase));
    }

    [Fact]
    public async Task A_file_with_an_impossible_name_stops_nothing()
    {
        var done = (await bench.RunAsync(Cluster("finish; for c in '\\t' '\\n' '\\033' '\\377' '\\302\\205'; do echo x >\"$(printf \"a${c}b\")\"; done; echo y >'a b'"), Bench.Calculation("one"))).Calculations[0];
        Assert.True(done.Result.State == CalculationState.Completed, done.Result.Error?.Message);
        Assert.True(File.Exists(done.Stored!.PathOf("a b")));
    }
}
