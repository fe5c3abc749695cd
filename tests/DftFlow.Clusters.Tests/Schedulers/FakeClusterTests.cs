using System.Globalization;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Schedulers;
using DftFlow.Tests;
using DftFlow.Tests.Clusters;

namespace DftFlow.Clusters.Tests.Schedulers;

/// <summary>Whole lives of jobs on batch systems that are small shell programs, with faults: <c>tests/clusters/fake</c>.</summary>
public sealed class FakeClusterTests : IAsyncDisposable
{
    private readonly Shell shell = new();
    private int staged;

    public FakeClusterTests()
    {
        var fake = Path.Combine(TestPaths.Repository, "tests/clusters/fake");
        shell.Environment["PATH"] = $"{fake}:{Environment.GetEnvironmentVariable("PATH")}";
        shell.Environment["DFTFLOW_FAKE"] = Directory.CreateDirectory(Path.Combine(shell.Folder, "fake")).FullName;
    }

    public async ValueTask DisposeAsync()
    {
        // Every job is a session of its own. The number is checked, and the shell's own kill is asked: with 'kill -KILL -12' one
        // that stands on PATH may take the 1 alone for the process, which means all there are.
        foreach (var file in Directory.GetFiles(Path.Combine(Fake, "jobs"), "pid", SearchOption.AllDirectories))
            if (int.TryParse(await File.ReadAllTextAsync(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var session) && session > 1)
                await shell.RunAsync(string.Create(CultureInfo.InvariantCulture, $"kill -s KILL -- -{session} 2>/dev/null"));
        shell.Dispose();
    }

    public static TheoryData<string> Systems => ["slurm", "pbs", "torque", "lsf"];

    private string Fake => shell.Environment["DFTFLOW_FAKE"];

    private void Fault(string line) => File.AppendAllText(Path.Combine(Fake, "faults"), line + "\n");

    private static (string Submit, string Queue, string Cancel) Commands(string system) => system switch
    {
        "slurm" => ("sbatch", "squeue", "scancel"),
        "lsf" => ("bsub", "bjobs", "bkill"),
        _ => ("qsub", "qstat", "qdel"),
    };

    private async Task<SubmitAnswer> SubmitAsync(IScheduler scheduler, string name, string command)
    {
        var folder = shell.Stage($"job {staged++}", "x", "");
        File.WriteAllText(Path.Combine(folder, "job.sh"), JobScript.Render(JobTemplates.Find(scheduler.Name, userFolder: "/nowhere").Text,
            new JobRequest { Name = name, Directory = folder, Command = ["sh", "-c", command] }));
        return scheduler.ReadSubmit(await shell.RunAsync(scheduler.SubmitCommand("job.sh"), folder));
    }

    private async Task<string> AcceptedAsync(IScheduler scheduler, string name, string command) =>
        Assert.IsType<SubmitAnswer.Accepted>(await SubmitAsync(scheduler, name, command)).Id;

    private async Task<QueueAnswer> QueueAsync(IScheduler scheduler) => scheduler.ReadQueue(await shell.RunAsync(scheduler.QueueCommand));

    private async Task<SchedulerJob?> InQueueAsync(IScheduler scheduler, string id) =>
        Assert.NotNull((await QueueAsync(scheduler)).Jobs).SingleOrDefault(job => job.Id == id);

    private async Task<SchedulerJob?> EndAsync(IScheduler scheduler, string id)
    {
        await Shell.UntilAsync(() => InQueueAsync(scheduler, id), job => job is null or { IsOver: true });
        var history = scheduler.ReadHistory(await shell.RunAsync(scheduler.HistoryCommand([id], DateTimeOffset.UnixEpoch)));
        return Assert.NotNull(history.Jobs).SingleOrDefault(job => job.Id == id);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_job_waits_runs_and_ends(string system)
    {
        var scheduler = ReplyCase.SchedulerOf(system);
        File.WriteAllText(Path.Combine(Fake, "slots"), "1");
        var first = await AcceptedAsync(scheduler, "dffirst", "while [ ! -e go ]; do sleep 0.05; done");
        var second = await AcceptedAsync(scheduler, "dfsecond", "exit 3");
        await Shell.UntilAsync(() => InQueueAsync(scheduler, first), job => job?.State == JobState.Running);
        Assert.Equal(JobState.Queued, (await InQueueAsync(scheduler, second))?.State);
        File.WriteAllText(Path.Combine(shell.Folder, "job 0", "go"), "");
        var good = await EndAsync(scheduler, first);
        Assert.Equal((JobState.Completed, 0, "dffirst"), (good?.State, good?.ExitStatus, good?.Name));
        var bad = await EndAsync(scheduler, second);
        Assert.Equal((JobState.Failed, 3), (bad?.State, bad?.ExitStatus));
        Assert.Equal(3, JobEnd.Read(File.ReadAllText(Path.Combine(shell.Folder, "job 1", "dftflow-exit")))?.ExitStatus);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_job_is_cancelled_while_it_runs_and_while_it_waits(string system)
    {
        var scheduler = ReplyCase.SchedulerOf(system);
        File.WriteAllText(Path.Combine(Fake, "slots"), "1");
        var runs = await AcceptedAsync(scheduler, "dfruns", "touch started; sleep 60");
        var waits = await AcceptedAsync(scheduler, "dfwaits", "touch ran");
        await Shell.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(shell.Folder, "job 0/started"))), started => started);
        // In this order: else the second starts when the first ends.
        Assert.Equal(new CancelAnswer(true), scheduler.ReadCancel(await shell.RunAsync(scheduler.CancelCommand([waits, runs]))));
        Assert.Equal(JobState.Cancelled, (await EndAsync(scheduler, runs))?.State);
        Assert.Equal(JobState.Cancelled, (await EndAsync(scheduler, waits))?.State);
        // Asked again, or of one that never was: no error.
        Assert.Equal(new CancelAnswer(true), scheduler.ReadCancel(await shell.RunAsync(scheduler.CancelCommand([runs]))));
        var end = await Shell.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(shell.Folder, "job 0/dftflow-exit")) ? JobEnd.Read(File.ReadAllText(Path.Combine(shell.Folder, "job 0/dftflow-exit"))) : null), end => end is not null);
        Assert.Equal((143, "TERM"), (end?.ExitStatus, end?.Signal));
        Assert.False(File.Exists(Path.Combine(shell.Folder, "job 1/ran")));
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_submission_is_refused_put_off_or_in_doubt(string system)
    {
        var scheduler = ReplyCase.SchedulerOf(system);
        var submit = Commands(system).Submit;
        Fault($"{submit} fail");
        Assert.IsType<SubmitAnswer.Refused>(await SubmitAsync(scheduler, "dfa", "true"));
        Fault($"{submit} limit");
        Assert.IsType<SubmitAnswer.Backpressure>(await SubmitAsync(scheduler, "dfa", "true"));
        Fault($"{submit} down");
        Assert.IsType<SubmitAnswer.Unavailable>(await SubmitAsync(scheduler, "dfa", "true"));
        Assert.Empty(Directory.GetDirectories(Path.Combine(Fake, "jobs")));
        Fault($"{submit} banner");
        await AcceptedAsync(scheduler, "dfb", "true");
        Fault($"{submit} no-id");
        Assert.IsType<SubmitAnswer.Unknown>(await SubmitAsync(scheduler, "dfc", "true"));
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_job_that_was_accepted_although_the_answer_failed_is_found_by_its_name(string system)
    {
        var scheduler = ReplyCase.SchedulerOf(system);
        Fault($"{Commands(system).Submit} accept-then-fail");
        Assert.IsType<SubmitAnswer.Unknown>(await SubmitAsync(scheduler, "dflost", "true"));
        var found = await Shell.UntilAsync(async () =>
        {
            var queue = await QueueAsync(scheduler);
            var search = scheduler.ReadHistory(await shell.RunAsync(scheduler.SearchCommand("dflost", DateTimeOffset.UnixEpoch)));
            return (queue.Jobs ?? []).Concat(search.Jobs ?? []).Where(job => job.Name == "dflost").Select(job => job.Id).Distinct().ToList();
        }, found => found.Count > 0);
        Assert.Single(found);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_queue_that_does_not_answer_ends_no_job(string system)
    {
        var scheduler = ReplyCase.SchedulerOf(system);
        var (_, queue, cancel) = Commands(system);
        var id = await AcceptedAsync(scheduler, "dfruns", "while [ ! -e go ]; do sleep 0.05; done");
        Fault($"{queue} fail");
        // It is asked again, in the form of older versions.
        if (system == "lsf") Fault($"{queue} fail");
        Assert.Null((await QueueAsync(scheduler)).Jobs);
        Fault($"{queue} empty");
        Assert.DoesNotContain((await QueueAsync(scheduler)).Jobs ?? [], job => job.IsOver);
        Fault($"{queue} truncated");
        Assert.DoesNotContain((await QueueAsync(scheduler)).Jobs ?? [], job => job.IsOver);
        Fault($"{queue} names8");
        await AcceptedAsync(scheduler, "dfq7m2x4k9p3t1", "sleep 3");
        Assert.Contains("dfq7m2x4", (await QueueAsync(scheduler)).Jobs!.Value.Select(job => job.Name));
        Fault($"{queue} banner");
        Assert.NotEqual(JobState.Unknown, (await InQueueAsync(scheduler, id))?.State);
        Fault($"{cancel} fail");
        Assert.False(scheduler.ReadCancel(await shell.RunAsync(scheduler.CancelCommand([id]))).Asked);
        File.WriteAllText(Path.Combine(shell.Folder, "job 0", "go"), "");
        Assert.Equal(JobState.Completed, (await EndAsync(scheduler, id))?.State);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    [Trait(OneCluster.Culture, OneCluster.Any)]
    public async Task A_job_may_be_seen_late_and_an_id_may_come_again(string system)
    {
        var scheduler = ReplyCase.SchedulerOf(system);
        var submit = Commands(system).Submit;
        Fault($"{submit} late 2");
        var id = await AcceptedAsync(scheduler, "dflate", "sleep 3");
        Assert.Null(await InQueueAsync(scheduler, id));
        await Shell.UntilAsync(() => InQueueAsync(scheduler, id), job => job is not null);
        await EndAsync(scheduler, id);
        Fault($"{submit} reuse");
        Assert.Equal(id, await AcceptedAsync(scheduler, "dfother", "true"));
        // The id is the same: only the name tells them apart.
        Assert.Equal("dfother", (await EndAsync(scheduler, id))?.Name);
    }

    [Fact]
    public async Task Arrays_are_told_in_their_short_form()
    {
        var slurm = new Slurm();
        Fault("squeue array");
        Assert.Equal(["900_[1-9%3]", "900_4"], (await QueueAsync(slurm)).Jobs!.Value.Select(job => job.Id));
    }

    [Fact]
    public async Task Without_accounting_there_is_no_answer_from_the_past()
    {
        var slurm = new Slurm();
        Fault("sacct fail");
        Assert.Null(slurm.ReadHistory(await shell.RunAsync(slurm.HistoryCommand(["100"], DateTimeOffset.UnixEpoch))).Jobs);
    }

    [Fact]
    public async Task No_id_or_name_does_harm_in_a_command()
    {
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
