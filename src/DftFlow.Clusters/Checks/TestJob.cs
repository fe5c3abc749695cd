using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Checks;

/// <summary>A small job that looks for the engines, goes through the queue, and is cancelled where it does not end in time or nobody waits for it any more.</summary>
/// <param name="folder">Its folder on the cluster, which nobody else has.</param>
/// <param name="name">The job's name, which no other job has.</param>
internal sealed class TestJob(ClusterConfig cluster, RemoteShell shell, RemoteFiles files, string folder, string name, TimeProvider time, Action<string> doing)
{
    private const string Script = "job.sh";
    private const string OutputFile = "test.out";
    private static readonly TimeSpan UsualPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestWalltime = TimeSpan.FromMinutes(5);

    // Files that a node wrote can come to the login node's sight late.
    private static readonly TimeSpan UntilFilesAreSeen = TimeSpan.FromSeconds(20);

    private readonly IScheduler scheduler = cluster.CreateScheduler();
    private readonly ImmutableArray<string> engines = [.. cluster.Engines.Keys];

    // Checks of engines may take their time.
    private TimeSpan Patience => UsualPatience + EngineCheck.Limit * cluster.Engines.Values.Count(engine => !engine.Check.IsEmpty);

    /// <summary>How long it took; null where it has not ended well.</summary>
    public TimeSpan? Took { get; private set; }

    /// <summary>What <see cref="EngineCheck.Lines"/> of each engine said on the compute node; null where the job could not tell.</summary>
    public IReadOnlyDictionary<string, RemoteReply>? Engines { get; private set; }

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        var text = JobScript.Render(JobTemplates.Find(scheduler.Name, cluster.JobTemplate) is var (template, path) ? template : "", Request(), path);
        await files.PutManyAsync(new Dictionary<string, ReadOnlyMemory<byte>> { [Script] = Encoding.UTF8.GetBytes(text) }, folder, cancellationToken);
        var began = time.GetTimestamp();
        var ended = false;
        string? id = null;
        try
        {
            // Not to be interrupted: half a submission is a job that nobody knows of.
            var answer = scheduler.ReadSubmit(await RunAsync($"cd {Sh.Quote(folder)} || exit 1\n{scheduler.SubmitCommand(Script)}", "submitting the test job", CancellationToken.None));
            switch (answer)
            {
                case SubmitAnswer.Accepted accepted:
                    id = accepted.Id;
                    break;
                case SubmitAnswer.Backpressure limit:
                    ended = true;
                    return Row(CheckState.Warning, $"not accepted at the moment: {limit.Why}", "A limit on the number of jobs is reached; try again when some have ended.");
                case SubmitAnswer.Refused refused:
                    ended = true;
                    return Row(CheckState.Problem, $"refused: {refused.Why}", "Correct queue, account, qos and options under 'job' in the cluster's configuration.");
                case SubmitAnswer.Unavailable unavailable:
                    ended = true;
                    return Row(CheckState.Problem, $"not submitted: {unavailable.Why}", "Is the batch system in maintenance? Try again later.");
                case SubmitAnswer.Unknown unknown:
                    return Row(CheckState.Problem, $"no clear answer: {unknown.Why}", "The batch system may be overloaded; if the job was accepted all the same, it is being cancelled.");
            }
            return await WaitAsync(id!, began, () => ended = true, cancellationToken);
        }
        finally
        {
            if (!ended) await CancelAsync(id);
        }
    }

    private async Task<CheckResult> WaitAsync(string id, long began, Action ended, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromSeconds(1);
        SchedulerJob? job = null;
        long? goneAt = null;
        var problem = "";
        while (time.GetElapsedTime(began) < Patience)
        {
            doing($"waiting for job {id}: {(job is null ? "submitted" : Words(job))}");
            await Task.Delay(pause, time, cancellationToken);
            pause = pause < TimeSpan.FromSeconds(5) ? pause + TimeSpan.FromSeconds(1) : pause;
            var record = await shell.RunAsync(new RemoteScript($"cat {Sh.Quote($"{folder}/{JobEnd.FileName}")}") { What = "looking for the test job's end" }, cancellationToken);
            if (record.ExitStatus == 0 && JobEnd.Read(record.Output) is { } end)
            {
                ended();
                return await EndAsync(id, end, time.GetElapsedTime(began), cancellationToken);
            }
            var queue = scheduler.ReadQueue(await RunAsync(scheduler.QueueCommand, "asking the queue", cancellationToken));
            problem = queue.Problem ?? "";
            if (queue.Jobs is not { } jobs) continue;
            var listed = jobs.FirstOrDefault(other => other.Id == id);
            job = listed ?? job;
            if (listed is { IsOver: false })
            {
                goneAt = null;
                continue;
            }
            goneAt ??= time.GetTimestamp();
            if (time.GetElapsedTime(goneAt.Value) <= UntilFilesAreSeen) continue;
            ended();
            return Row(CheckState.Problem, $"job {id} left the queue{(job is null ? "" : $" ({Words(job)})")} without a word of its end in {folder}",
                "Do compute nodes see the work directory? The batch system's own output lies there in dftflow-job.out if they do.");
        }
        return problem.Length > 0
            ? Row(CheckState.Problem, $"the queue does not answer: {problem}", "The batch system may be overloaded or in maintenance; the job is being cancelled.")
            : Row(CheckState.Warning, string.Create(CultureInfo.InvariantCulture, $"job {id} has not ended within {Patience.TotalSeconds:0} s and was cancelled: {(job is null ? "not in the queue yet" : Words(job))}"),
                "The queue takes its time; try again later, or with --no-job.");
    }

    private async Task<CheckResult> EndAsync(string id, JobEnd end, TimeSpan took, CancellationToken cancellationToken)
    {
        var output = await shell.RunAsync(new RemoteScript($"head -c 100000 {Sh.Quote($"{folder}/{OutputFile}")}") { What = "reading the test job's output" }, cancellationToken);
        if (end.ExitStatus != 0 || !output.Output.EndsWith("done\n", StringComparison.Ordinal))
        {
            var log = await shell.RunAsync(new RemoteScript($"tail -c 1000 {Sh.Quote($"{folder}/dftflow-job.out")}") { What = "reading the test job's log" }, cancellationToken);
            return Row(CheckState.Problem, string.Create(CultureInfo.InvariantCulture, $"job {id} ended with exit status {end.ExitStatus}: {log.Output.Trim()}"),
                "Correct modules and setup under 'job' in the cluster's configuration.");
        }
        Took = took;
        var parts = CompoundScript.Read(output);
        Engines = engines.Select((engine, i) => (engine, Part: parts.GetValueOrDefault(PartOf(i)))).Where(told => told.Part is not null).ToDictionary(told => told.engine, told => told.Part!, StringComparer.Ordinal);
        return Row(CheckState.Ok, string.Create(CultureInfo.InvariantCulture, $"job {id} went through the queue in {took.TotalSeconds:0} s"));
    }

    private static string PartOf(int engine) => string.Create(CultureInfo.InvariantCulture, $"engine{engine}");

    private string Lines()
    {
        var script = new CompoundScript();
        for (var i = 0; i < engines.Length; i++) script.Add(PartOf(i), EngineCheck.Lines(cluster, cluster.Engines[engines[i]]));
        script.AddRaw("echo done");
        return script.ToString();
    }

    private JobRequest Request() => new()
    {
        Name = name,
        Directory = folder,
        Command = ["/bin/sh", "-c", Lines()],
        OutputFile = OutputFile,
        Walltime = cluster.Job.Walltime is { } walltime ? walltime < LongestWalltime ? walltime : LongestWalltime : null,
        MemoryMib = cluster.Job.MemoryMib is { } memory ? Math.Min(memory, 1000) : null,
        Queue = cluster.Job.Queue,
        Account = cluster.Job.Account,
        Qos = cluster.Job.Qos,
        ParallelEnvironment = cluster.Job.ParallelEnvironment,
        Options = cluster.Job.Options,
        Setup = cluster.Job.Setup,
        Modules = cluster.Job.Modules,
        Environment = cluster.Environment,
    };

    /// <summary>Also where the submission had no clear answer: the job's name finds it.</summary>
    private async Task CancelAsync(string? id)
    {
        doing("cancelling the test job");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
        try
        {
            string[] ids = id is not null ? [id] : [.. (scheduler.ReadQueue(await RunAsync(scheduler.QueueCommand, "asking the queue", limit.Token)).Jobs ?? [])
                .Where(job => job.Name == name && !job.IsOver).Select(job => job.Id)];
            if (ids.Length > 0) await RunAsync(scheduler.CancelCommand(ids), "cancelling the test job", limit.Token);
        }
        catch (Exception error) when (error is DftFlowException or OperationCanceledException)
        {
            // The first trouble is the one to tell; the job is one line long and ends by itself.
        }
    }

    private Task<RemoteReply> RunAsync(string lines, string what, CancellationToken cancellationToken) =>
        shell.RunAsync(new RemoteScript(LoginShell.Lines(cluster, lines)) { What = what }, cancellationToken);

    private static string Words(SchedulerJob job) => $"{job.State.ToString().ToLowerInvariant()}{(job.ReasonInWords ?? job.Reason) switch { { Length: > 0 } why => $", {why}", _ => "" }}";

    private static CheckResult Row(CheckState state, string result, string? advice = null) => new("job", state, result, advice);
}
