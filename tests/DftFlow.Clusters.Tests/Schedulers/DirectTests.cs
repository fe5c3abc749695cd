using System.Globalization;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;
using DftFlow.Tests.Clusters;

namespace DftFlow.Clusters.Tests.Schedulers;

/// <summary>Jobs are really started as processes of this machine.</summary>
public sealed class DirectTests : IDisposable
{
    private readonly Shell shell = new();
    private readonly Direct direct = new();
    private int staged;

    public DirectTests() => shell.Environment["XDG_STATE_HOME"] = Path.Combine(shell.Folder, "state");

    public void Dispose() => shell.Dispose();

    private string Jobs => Path.Combine(shell.Folder, "state/dftflow/jobs", Environment.MachineName);

    private async Task<(string Id, string Folder)> SubmitAsync(string name, string command, TimeSpan? walltime = null)
    {
        var folder = shell.Stage($"it's job {staged++}", "x", "");
        var script = JobScript.Render(JobTemplates.Find("direct", userFolder: "/nowhere").Text,
            new JobRequest { Name = name, Directory = folder, Command = ["sh", "-c", command], Walltime = walltime });
        File.WriteAllText(Path.Combine(folder, "job.sh"), script);
        var reply = await shell.RunAsync(direct.SubmitCommand("job.sh"), folder);
        return (Assert.IsType<SubmitAnswer.Accepted>(direct.ReadSubmit(reply)).Id, folder);
    }

    private async Task<SchedulerJob?> InQueueAsync(string id) =>
        Assert.NotNull(direct.ReadQueue(await shell.RunAsync(direct.QueueCommand)).Jobs).SingleOrDefault(job => job.Id == id);

    private Task GoneAsync(string id) => Shell.UntilAsync(() => InQueueAsync(id), job => job is null);

    private async Task<SchedulerJob> EndOfAsync(string id) =>
        Assert.Single(Assert.NotNull(direct.ReadHistory(await shell.RunAsync(direct.HistoryCommand([id], DateTimeOffset.UnixEpoch))).Jobs));

    private static async Task<string> WrittenAsync(string folder) =>
        Path.Combine(folder, "vasp.out") is var file && File.Exists(file) ? await File.ReadAllTextAsync(file) : "";

    [Fact]
    public async Task A_job_runs_ends_and_is_told_of()
    {
        var (id, folder) = await SubmitAsync("dfgood", "echo $DFTFLOW_JOB_ID; while [ ! -e go ]; do sleep 0.05; done");
        var running = await InQueueAsync(id);
        Assert.Equal((JobState.Running, "dfgood"), (running?.State, running?.Name));
        File.WriteAllText(Path.Combine(folder, "go"), "");
        await GoneAsync(id);
        var end = await EndOfAsync(id);
        Assert.Equal((JobState.Completed, 0, "dfgood"), (end.State, end.ExitStatus, end.Name));
        Assert.Equal(id, JobEnd.Read(File.ReadAllText(Path.Combine(folder, "dftflow-exit")))?.JobId);
        Assert.Equal(id, File.ReadAllText(Path.Combine(folder, "vasp.out")).Trim());
    }

    [Fact]
    public async Task A_job_that_fails_is_told_with_its_exit_status()
    {
        var (id, _) = await SubmitAsync("dfbad", "exit 42");
        await GoneAsync(id);
        var end = await EndOfAsync(id);
        Assert.Equal((JobState.Failed, 42), (end.State, end.ExitStatus));
    }

    [Fact]
    public async Task A_job_outlives_the_connection()
    {
        // The submitting shell is a session of its own, as under sshd, and is ended with all of its group.
        var folder = shell.Stage("job", "job.sh", "#!/bin/sh\n#DFTFLOW --name=dflive\nsleep 1\necho here >alive\n");
        await shell.RunAsync($"setsid sh -c 'trap \"\" HUP; ({direct.SubmitCommand("job.sh").Replace("'", "'\\''", StringComparison.Ordinal)}) >id; kill -HUP 0; kill -TERM 0'", folder);
        var id = File.ReadAllText(Path.Combine(folder, "id")).Trim();
        Assert.Equal(JobState.Running, (await InQueueAsync(id))?.State);
        await GoneAsync(id);
        Assert.Equal("here\n", File.ReadAllText(Path.Combine(folder, "alive")));
    }

    [Fact]
    public async Task Cancel_ends_all_of_a_job_and_nothing_else()
    {
        var (id, folder) = await SubmitAsync("dfstop", "sleep 60 & echo $!; wait");
        var (other, otherFolder) = await SubmitAsync("dfother", "while [ ! -e go ]; do sleep 0.05; done");
        await Shell.UntilAsync(() => WrittenAsync(folder), text => text.Length > 0);
        Assert.Equal(new CancelAnswer(true), direct.ReadCancel(await shell.RunAsync(direct.CancelCommand([id, "999999.1.abc"]))));
        await GoneAsync(id);
        var end = await EndOfAsync(id);
        Assert.Equal((JobState.Cancelled, 143), (end.State, end.ExitStatus));
        // Nobody may have asked for its exit status yet.
        var stat = $"/proc/{(await WrittenAsync(folder)).Trim()}/stat";
        Assert.True(!File.Exists(stat) || File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal));
        Assert.Equal(JobState.Running, (await InQueueAsync(other))?.State);
        // To cancel what has ended is no error.
        Assert.Equal(new CancelAnswer(true), direct.ReadCancel(await shell.RunAsync(direct.CancelCommand([id]))));
        File.WriteAllText(Path.Combine(otherFolder, "go"), "");
        await GoneAsync(other);
    }

    [Fact]
    [Trait(OneCluster.Culture, OneCluster.Any)]
    public async Task A_job_that_does_not_mind_being_told_is_killed()
    {
        var (id, folder) = await SubmitAsync("dfdeaf", "trap '' TERM; echo deaf; while :; do sleep 0.05; done");
        await Shell.UntilAsync(() => WrittenAsync(folder), text => text.Length > 0);
        Assert.Equal(new CancelAnswer(true), direct.ReadCancel(await shell.RunAsync(direct.CancelCommand([id]))));
        Assert.Null(await InQueueAsync(id));
        var end = await EndOfAsync(id);
        Assert.Equal((JobState.Ended, null), (end.State, end.ExitStatus));
    }

    [Fact]
    public async Task What_a_killed_script_leaves_behind_is_seen_and_can_be_cancelled()
    {
        var (id, folder) = await SubmitAsync("dfleft", "echo here; exec sleep 60");
        await Shell.UntilAsync(() => WrittenAsync(folder), text => text.Length > 0);
        var leader = int.Parse(id.Split('.')[0], CultureInfo.InvariantCulture);
        // 'kill 0' would be this test.
        Assert.True(leader > 1);
        await shell.RunAsync(string.Create(CultureInfo.InvariantCulture, $"kill -s KILL {leader}"));
        Assert.Equal(JobState.Completing, (await Shell.UntilAsync(() => InQueueAsync(id), job => job?.State != JobState.Running))?.State);
        Assert.Equal(new CancelAnswer(true), direct.ReadCancel(await shell.RunAsync(direct.CancelCommand([id]))));
        Assert.Null(await InQueueAsync(id));
    }

    [Fact]
    public async Task The_time_limit_is_kept()
    {
        var (id, _) = await SubmitAsync("dflong", "sleep 60", TimeSpan.FromSeconds(1));
        await GoneAsync(id);
        Assert.Equal(JobState.TimeLimit, (await EndOfAsync(id)).State);
    }

    [Fact]
    public async Task A_process_that_has_the_number_of_an_earlier_job_is_no_job()
    {
        Directory.CreateDirectory(Path.Combine(Jobs, "ended"));
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Split('-')[0];
        var own = Environment.ProcessId;
        File.WriteAllText(Path.Combine(Jobs, $"{own}.1.{boot}"), "dfold\n/nowhere\n");
        File.WriteAllText(Path.Combine(Jobs, $"{own}.2.0abc"), "dfbefore\n/nowhere\n");
        // It would end this test.
        Assert.Equal(new CancelAnswer(true), direct.ReadCancel(await shell.RunAsync(direct.CancelCommand([$"{own}.1.{boot}", $"{own}.2.0abc"]))));
        Assert.Equal(new QueueAnswer([]).Jobs, direct.ReadQueue(await shell.RunAsync(direct.QueueCommand)).Jobs);
        Assert.Equal(JobState.Ended, (await EndOfAsync($"{own}.1.{boot}")).State);
        Assert.Equal(JobState.NodeFailure, (await EndOfAsync($"{own}.2.0abc")).State);
    }

    [Fact]
    public async Task A_job_is_found_by_its_name()
    {
        var (id, _) = await SubmitAsync("dfname", "true");
        var (other, _) = await SubmitAsync("dfname2", "true");
        await GoneAsync(id);
        await GoneAsync(other);
        var found = direct.ReadHistory(await shell.RunAsync(direct.SearchCommand("dfname", DateTimeOffset.UnixEpoch)));
        Assert.Equal([id], found.Jobs?.Select(job => job.Id) ?? []);
        Assert.Equal([], direct.ReadHistory(await shell.RunAsync(direct.SearchCommand("dfnam", DateTimeOffset.UnixEpoch))).Jobs ?? []);
    }

    [Fact]
    public async Task The_end_record_of_another_job_in_the_same_folder_is_not_taken()
    {
        var (id, folder) = await SubmitAsync("dfkilled", "[ $PPID -gt 1 ] && kill -s KILL -- -$PPID");
        await GoneAsync(id);
        File.WriteAllText(Path.Combine(folder, "dftflow-exit"), "status 0\nsignal none\njob 1.2.3\ntime 1800000000\nend\n");
        Assert.Equal(JobState.Ended, (await EndOfAsync(id)).State);
    }

    [Fact]
    public async Task What_cannot_be_submitted_is_refused()
    {
        var folder = shell.Stage("job", "other.sh", "#!/bin/sh\necho no job script\n");
        Assert.IsType<SubmitAnswer.Refused>(direct.ReadSubmit(await shell.RunAsync(direct.SubmitCommand("other.sh"), folder)));
        Assert.IsType<SubmitAnswer.Refused>(direct.ReadSubmit(await shell.RunAsync(direct.SubmitCommand("missing.sh"), folder)));
        Assert.IsType<SubmitAnswer.Unavailable>(direct.ReadSubmit(new RemoteReply(1, "", "mkdir: cannot create directory '/x': Disk quota exceeded\ndirect: the job was not started")));
    }

    [Fact]
    public async Task Tells_its_version() => Assert.StartsWith("Linux ", (await shell.RunAsync(direct.VersionCommand)).Output, StringComparison.Ordinal);
}
