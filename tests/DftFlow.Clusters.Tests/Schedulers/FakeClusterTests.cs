using System.Collections.Immutable;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Schedulers;
using DftFlow.Tests;
using DftFlow.Tests.Clusters;

namespace DftFlow.Clusters.Tests.Schedulers;

/// <summary>Whole lives of jobs on batch systems that are small shell programs, with faults, through a cluster's owner: <c>tests/clusters/fake</c>.</summary>
public sealed class FakeClusterTests : IAsyncDisposable
{
    private readonly FakeBatchSystem fake = new();
    private Cluster? cluster;
    private int staged;

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null) await cluster.DisposeAsync();
        await fake.DisposeAsync();
    }

    public static TheoryData<string> Systems => ["slurm", "pbs", "torque", "lsf"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Cluster Choose(string system)
    {
        var config = new ClusterConfig
        {
            Name = "fake",
            Scheduler = system switch { "slurm" => SchedulerKind.Slurm, "lsf" => SchedulerKind.Lsf, "torque" => SchedulerKind.Torque, _ => SchedulerKind.Pbs },
            WorkDirectory = fake.Folder,
            LoginSetup = [fake.LoginSetup],
            Engines = ImmutableSortedDictionary<string, EngineConfig>.Empty,
        };
        return cluster = new Cluster(config, () => config.CreateTransport(TimeProvider.System), TimeProvider.System, new Random(1));
    }

    private string Job(int number) => Path.Combine(fake.Folder, FormattableString.Invariant($"job {number}"));

    private async Task<SubmitAnswer> SubmitAsync(Cluster cluster, string name, string command)
    {
        var job = Directory.CreateDirectory(Job(staged++)).FullName;
        File.WriteAllText(Path.Combine(job, "job.sh"), JobScript.Render(JobTemplates.Find(cluster.Config.CreateScheduler().Name, userFolder: "/nowhere").Text,
            new JobRequest { Name = name, Directory = job, Command = ["sh", "-c", command] }));
        return Assert.Single(await cluster.SubmitAsync([job], "job.sh", Token));
    }

    private async Task<string> AcceptedAsync(Cluster cluster, string name, string command) =>
        Assert.IsType<SubmitAnswer.Accepted>(await SubmitAsync(cluster, name, command)).Id;

    private static async Task<QueueAnswer> QueueAsync(Cluster cluster) => (await cluster.PollAsync([], Token)).Queue;

    private static async Task<SchedulerJob?> InQueueAsync(Cluster cluster, string id) =>
        Assert.NotNull((await QueueAsync(cluster)).Jobs).SingleOrDefault(job => job.Id == id);

    private static Task<QueueAnswer> HistoryAsync(Cluster cluster, string id) => cluster.HistoryAsync([id], DateTimeOffset.UnixEpoch, Token);

    private static async Task<SchedulerJob?> EndAsync(Cluster cluster, string id)
    {
        await Shell.UntilAsync(() => InQueueAsync(cluster, id), job => job is null or { IsOver: true });
        return Assert.NotNull((await HistoryAsync(cluster, id)).Jobs).SingleOrDefault(job => job.Id == id);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_job_waits_runs_and_ends(string system)
    {
        var cluster = Choose(system);
        fake.Slots = 1;
        var first = await AcceptedAsync(cluster, "dffirst", "while [ ! -e go ]; do sleep 0.05; done");
        var second = await AcceptedAsync(cluster, "dfsecond", "exit 3");
        await Shell.UntilAsync(() => InQueueAsync(cluster, first), job => job?.State == JobState.Running);
        Assert.Equal(JobState.Queued, (await InQueueAsync(cluster, second))?.State);
        File.WriteAllText(Path.Combine(Job(0), "go"), "");
        var good = await EndAsync(cluster, first);
        Assert.Equal((JobState.Completed, 0, "dffirst"), (good?.State, good?.ExitStatus, good?.Name));
        var bad = await EndAsync(cluster, second);
        Assert.Equal((JobState.Failed, 3), (bad?.State, bad?.ExitStatus));
        Assert.Equal(3, JobEnd.Read(File.ReadAllText(Path.Combine(Job(1), "dftflow-exit")))?.ExitStatus);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_job_is_cancelled_while_it_runs_and_while_it_waits(string system)
    {
        var cluster = Choose(system);
        fake.Slots = 1;
        var runs = await AcceptedAsync(cluster, "dfruns", "touch started; sleep 60");
        var waits = await AcceptedAsync(cluster, "dfwaits", "touch ran");
        await Shell.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(Job(0), "started"))), started => started);
        // In this order: else the second starts when the first ends.
        Assert.Equal(new CancelAnswer(true), await cluster.CancelAsync([waits, runs], Token));
        Assert.Equal(JobState.Cancelled, (await EndAsync(cluster, runs))?.State);
        Assert.Equal(JobState.Cancelled, (await EndAsync(cluster, waits))?.State);
        // Asked again, or of one that never was: no error.
        Assert.Equal(new CancelAnswer(true), await cluster.CancelAsync([runs], Token));
        var end = await Shell.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(Job(0), "dftflow-exit")) ? JobEnd.Read(File.ReadAllText(Path.Combine(Job(0), "dftflow-exit"))) : null), end => end is not null);
        Assert.Equal((143, "TERM"), (end?.ExitStatus, end?.Signal));
        Assert.False(File.Exists(Path.Combine(Job(1), "ran")));
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_submission_is_refused_put_off_or_in_doubt(string system)
    {
        var cluster = Choose(system);
        var submit = FakeBatchSystem.Commands(system).Submit;
        fake.Fault($"{submit} fail");
        Assert.IsType<SubmitAnswer.Refused>(await SubmitAsync(cluster, "dfa", "true"));
        fake.Fault($"{submit} limit");
        Assert.IsType<SubmitAnswer.Backpressure>(await SubmitAsync(cluster, "dfa", "true"));
        fake.Fault($"{submit} down");
        Assert.IsType<SubmitAnswer.Unavailable>(await SubmitAsync(cluster, "dfa", "true"));
        Assert.Empty(fake.Jobs);
        fake.Fault($"{submit} banner");
        await AcceptedAsync(cluster, "dfb", "true");
        fake.Fault($"{submit} no-id");
        Assert.IsType<SubmitAnswer.Unknown>(await SubmitAsync(cluster, "dfc", "true"));
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_job_that_was_accepted_although_the_answer_failed_is_found_by_its_name(string system)
    {
        var cluster = Choose(system);
        fake.Fault($"{FakeBatchSystem.Commands(system).Submit} accept-then-fail");
        Assert.IsType<SubmitAnswer.Unknown>(await SubmitAsync(cluster, "dflost", "true"));
        var found = await Shell.UntilAsync(async () =>
        {
            var queue = await QueueAsync(cluster);
            var search = await cluster.SearchAsync("dflost", DateTimeOffset.UnixEpoch, Token);
            return (queue.Jobs ?? []).Concat(search.Jobs ?? []).Where(job => job.Name == "dflost").Select(job => job.Id).Distinct().ToList();
        }, found => found.Count > 0);
        Assert.Single(found);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_queue_that_does_not_answer_ends_no_job(string system)
    {
        var cluster = Choose(system);
        var (_, queue, cancel) = FakeBatchSystem.Commands(system);
        var id = await AcceptedAsync(cluster, "dfruns", "while [ ! -e go ]; do sleep 0.05; done");
        fake.Fault($"{queue} fail");
        // It is asked again, in the form of older versions.
        if (system == "lsf") fake.Fault($"{queue} fail");
        Assert.Null((await QueueAsync(cluster)).Jobs);
        fake.Fault($"{queue} empty");
        Assert.DoesNotContain((await QueueAsync(cluster)).Jobs ?? [], job => job.IsOver);
        fake.Fault($"{queue} truncated");
        Assert.DoesNotContain((await QueueAsync(cluster)).Jobs ?? [], job => job.IsOver);
        fake.Fault($"{queue} names8");
        await AcceptedAsync(cluster, "dfq7m2x4k9p3t1", "sleep 3");
        Assert.Contains("dfq7m2x4", (await QueueAsync(cluster)).Jobs!.Value.Select(job => job.Name));
        fake.Fault($"{queue} banner");
        Assert.NotEqual(JobState.Unknown, (await InQueueAsync(cluster, id))?.State);
        fake.Fault($"{cancel} fail");
        Assert.False((await cluster.CancelAsync([id], Token)).Asked);
        File.WriteAllText(Path.Combine(Job(0), "go"), "");
        Assert.Equal(JobState.Completed, (await EndAsync(cluster, id))?.State);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    [Trait(OneCluster.Culture, OneCluster.Any)]
    public async Task A_job_may_be_seen_late_and_an_id_may_come_again(string system)
    {
        var cluster = Choose(system);
        var submit = FakeBatchSystem.Commands(system).Submit;
        fake.Fault($"{submit} late 2");
        var id = await AcceptedAsync(cluster, "dflate", "sleep 3");
        Assert.Null(await InQueueAsync(cluster, id));
        await Shell.UntilAsync(() => InQueueAsync(cluster, id), job => job is not null);
        await EndAsync(cluster, id);
        fake.Fault($"{submit} reuse");
        Assert.Equal(id, await AcceptedAsync(cluster, "dfother", "true"));
        // The id is the same: only the name tells them apart.
        Assert.Equal("dfother", (await EndAsync(cluster, id))?.Name);
    }

    [Fact]
    public async Task Arrays_are_told_in_their_short_form()
    {
        var cluster = Choose("slurm");
        fake.Fault("squeue array");
        Assert.Equal(["900_[1-9%3]", "900_4"], (await QueueAsync(cluster)).Jobs!.Value.Select(job => job.Id));
    }

    [Fact]
    public async Task Without_accounting_there_is_no_answer_from_the_past()
    {
        var cluster = Choose("slurm");
        fake.Fault("sacct fail");
        Assert.Null((await HistoryAsync(cluster, "100")).Jobs);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_job_whose_folder_cannot_be_written_is_not_submitted(string system)
    {
        var cluster = Choose(system);
        // As where a quota is used up, or the file system has become read-only.
        Directory.CreateDirectory(Path.Combine(Job(0), "dftflow-submit-errors"));
        Assert.IsType<SubmitAnswer.Unavailable>(await SubmitAsync(cluster, "dfa", "true"));
        Assert.Empty(fake.Jobs);
    }

    [Fact]
    public async Task No_id_or_name_does_harm_in_a_command()
    {
        using var shell = new Shell();
        shell.Environment["PATH"] = $"{Path.Combine(TestPaths.Repository, "tests/clusters/fake")}:{Environment.GetEnvironmentVariable("PATH")}";
        shell.Environment["DFTFLOW_FAKE"] = fake.Folder;
        string[] evil = ["1; touch x", "$(touch x)", "`touch x`", "'; touch x; '", "1\ntouch x", "-x", "*"];
        foreach (var system in (string[])["slurm", "pbs", "torque", "sge", "lsf", "direct"])
        {
            var scheduler = ReplyCase.SchedulerOf(system);
            var folder = shell.Stage($"evil {system}", "y", "");
            shell.Environment["XDG_STATE_HOME"] = Path.Combine(shell.Folder, "state");
            await shell.RunAsync(scheduler.HistoryCommand(evil, DateTimeOffset.UnixEpoch), folder);
            await shell.RunAsync(scheduler.CancelCommand(evil), folder);
            foreach (var text in evil)
            {
                await shell.RunAsync(scheduler.SearchCommand(text, DateTimeOffset.UnixEpoch), folder);
                await shell.RunAsync(scheduler.SubmitCommand(text), folder);
            }
            Assert.Equal(["y"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
        }
    }
}
