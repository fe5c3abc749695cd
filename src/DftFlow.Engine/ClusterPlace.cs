using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using DftFlow.Clusters;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Potentials;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;

namespace DftFlow.Engine;

/// <summary>
/// A cluster with a batch system, here or elsewhere: a calculation's files go to a folder of its own there, its job is submitted with
/// others, one question in each interval tells of all jobs, and what a job leaves comes home.
/// </summary>
internal sealed class ClusterPlace : IPlace
{
    private const string ScriptFile = "dftflow-job.sh";
    private const int MostSubmissionsTogether = 50;
    private const long SmallFileBytes = 4 << 20;

    // No more are shown at a time.
    private const int MostProgress = 30;

    // Looks without evidence of an end before a job that the queue does not know is given up.
    private const int MostEmptyLooks = 10;

    private readonly ClusterConfig config;
    private readonly TimeProvider time;
    private readonly Cluster cluster;
    private readonly IScheduler scheduler;
    private readonly (string Text, string Name) template;
    private readonly CancellationTokenSource ended = new();
    private readonly Channel<Submission> submissions = Channel.CreateUnbounded<Submission>();
    private readonly Dictionary<string, FollowedJob> followed = new(StringComparer.Ordinal);
    private readonly JobCancellation cancellation;
    private readonly Task submitting;
    private readonly Task polling;

    public ClusterPlace(ClusterConfig config, ExecutionOptions options, TimeProvider time)
    {
        (this.config, this.time) = (config, time);
        cluster = new Cluster(config, () => config.CreateTransport(time, options.Prompt, options.LendTerminal), time, Random.Shared);
        cancellation = new JobCancellation(cluster, time);
        scheduler = config.CreateScheduler();
        template = JobTemplates.Find(scheduler.Name, config.JobTemplate);
        submitting = Task.Run(SubmitAllAsync);
        polling = Task.Run(PollAllAsync);
    }

    private sealed record Submission(string Directory, string Name, Action<string?> Report, TaskCompletionSource<string> Id);

    public int Slots => config.Limits.Jobs;

    public int SlotsOf(int ranks) => 1;

    public int RanksOf(int asked) => asked;

    public Task EnsureReadyAsync(string engine, CancellationToken cancellationToken) => cluster.WorkDirectoryAsync(cancellationToken);

    public async Task<JobOutcome> RunAsync(PlacedCalculation placed, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(placed.Folder);
        var directory = $"{await cluster.WorkDirectoryAsync(cancellationToken)}/{name}";
        placed.Report("goes to the cluster");
        ImmutableArray<LibraryPotential> potentials;
        string id;
        try
        {
            potentials = await PatientlyAsync(() => StageAsync(placed, directory, cancellationToken), placed.Report, cancellationToken);
            var submission = new Submission(directory, NameOfJob(name), placed.Report, new(TaskCreationOptions.RunContinuationsAsynchronously));
            await submissions.Writer.WriteAsync(submission, cancellationToken);
            // Whoever cancels now need not wait for the batch system, but the job must not go on.
            id = await WithCancellationAsync(submission, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await cancellation.RemoveFoldersAsync([directory]);
            throw;
        }
        placed.Report($"is in the queue as {id}");
        var job = new FollowedJob(new(id, directory), placed);
        lock (followed) followed.Add(id, job);
        try
        {
            var outcome = await job.Ended.Task.WaitAsync(cancellationToken);
            placed.Report("comes home");
            await PatientlyAsync(() => FetchAsync(directory, placed, outcome.Exit, cancellationToken), placed.Report, cancellationToken);
            if (!config.Files.Keep) await PatientlyAsync(() => cluster.RemoveFolderAsync(directory, cancellationToken), placed.Report, cancellationToken);
            return outcome with { Potentials = potentials };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (await cancellation.CancelAsync(new(id, directory)) is { } problem) throw Failures.NotCancelled(config.Name, id, problem);
            throw;
        }
        finally
        {
            lock (followed) followed.Remove(id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await Task.WhenAll(submitting, polling);
        await cluster.DisposeAsync();
        ended.Dispose();
    }

    /// <summary>Writes the input files and the job script; puts POTCAR together there where the engine needs one, and answers what it is made of.</summary>
    private async Task<ImmutableArray<LibraryPotential>> StageAsync(PlacedCalculation placed, string directory, CancellationToken cancellationToken)
    {
        var engine = config.Engines[placed.Calculation.Engine];
        // A potential that is missing is told before anything is written.
        ImmutableArray<LibraryPotential> potentials = engine.Potentials is { } library
            ? (await cluster.PotentialsAsync(library, there => there.CheckAsync(placed.Calculation.Input.Potentials, cancellationToken), cancellationToken)).InOrder(placed.Calculation.Input.Potentials)
            : [];
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [ScriptFile] = Encoding.UTF8.GetBytes(JobScript.Render(template.Text, RequestOf(placed, engine, directory), template.Name)) };
        foreach (var file in Directory.GetFiles(placed.Folder)) files[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file, cancellationToken);
        await cluster.FilesAsync(async remote =>
        {
            await remote.PutManyAsync(files, directory, cancellationToken);
            return true;
        }, cancellationToken);
        if (engine.Potentials is { } path) await cluster.PotentialsAsync(path, there => there.AssembleAsync(potentials, directory, cancellationToken), cancellationToken);
        return potentials;
    }

    private JobRequest RequestOf(PlacedCalculation placed, EngineConfig engine, string directory) => new()
    {
        Name = NameOfJob(Path.GetFileName(placed.Folder)),
        Directory = directory,
        Command = engine.CommandFor(placed.Ranks),
        Nodes = config.Job.Nodes,
        Ranks = placed.Ranks,
        Threads = config.Job.Threads,
        Walltime = placed.Calculation.Walltime ?? config.Job.Walltime,
        MemoryMib = config.Job.MemoryMib,
        Queue = config.Job.Queue,
        Account = config.Job.Account,
        Qos = config.Job.Qos,
        ParallelEnvironment = config.Job.ParallelEnvironment,
        Options = config.Job.Options,
        Setup = config.Job.Setup,
        Modules = config.Job.Modules.AddRange(engine.Modules),
        Environment = config.Environment.SetItems(engine.Environment),
    };

    /// <summary>Short enough for every batch system, and no other attempt's.</summary>
    private static string NameOfJob(string attempt) => "df" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(attempt)))[..12];

    private async Task SubmitAllAsync()
    {
        var waiting = new List<Submission>();
        try
        {
            while (await submissions.Reader.WaitToReadAsync(ended.Token))
            {
                while (waiting.Count < MostSubmissionsTogether && submissions.Reader.TryRead(out var next)) waiting.Add(next);
                while (waiting.Count > 0)
                {
                    var now = cluster.Submissions.Take(Math.Min(waiting.Count, MostSubmissionsTogether));
                    if (now > 0) await SubmitSomeAsync(waiting, now);
                    if (waiting.Count > 0) await Task.Delay(now > 0 ? config.Limits.Poll : TimeSpan.FromMinutes(1 / config.Limits.SubmissionsPerMinute), time, ended.Token);
                    while (waiting.Count < MostSubmissionsTogether && submissions.Reader.TryRead(out var next)) waiting.Add(next);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            foreach (var left in waiting) left.Id.TrySetCanceled(CancellationToken.None);
        }
        catch (Exception error)
        {
            // An error of ours: nobody is left waiting for it.
            foreach (var left in waiting) left.Id.TrySetException(error);
            submissions.Writer.Complete(error);
            while (submissions.Reader.TryRead(out var left)) left.Id.TrySetException(error);
        }
    }

    /// <summary>Submits the first few; those that are to be tried again stay.</summary>
    private async Task SubmitSomeAsync(List<Submission> waiting, int count)
    {
        var batch = waiting[..count];
        ImmutableArray<SubmitAnswer> answers;
        try
        {
            // What is under way is brought to its end, also on Ctrl-C: a job without a known number could not be cancelled.
            answers = await cluster.SubmitAsync([.. batch.Select(submission => submission.Directory)], ScriptFile, CancellationToken.None);
        }
        catch (DftFlowException error) when (MayPass(error))
        {
            foreach (var submission in batch) submission.Report(error.Message.Split('\n')[0]);
            return;
        }
        catch (DftFlowException error)
        {
            foreach (var submission in batch) submission.Id.TrySetException(error);
            waiting.RemoveRange(0, count);
            return;
        }
        var unsure = new List<(Submission Submission, string Why)>();
        for (var i = 0; i < count; i++)
        {
            switch (answers[i])
            {
                case SubmitAnswer.Accepted(var id):
                    // It was cancelled while it was being submitted.
                    if (!batch[i].Id.TrySetResult(id)) await cancellation.CancelAsync(new(id, batch[i].Directory));
                    break;
                case SubmitAnswer.Refused(var why):
                    batch[i].Id.TrySetException(Failures.JobRefused(config.Name, why));
                    break;
                case SubmitAnswer.Unknown(var why):
                    unsure.Add((batch[i], why));
                    break;
                case SubmitAnswer.Backpressure(var why):
                    batch[i].Report($"waits for a place in the queue: {why}");
                    continue;
                case SubmitAnswer.Unavailable(var why):
                    batch[i].Report($"the batch system does not answer: {why}");
                    continue;
            }
            waiting.Remove(batch[i]);
        }
        foreach (var (submission, why) in unsure) await LookForAsync(submission, why);
    }

    /// <summary>The batch system may have accepted a job without telling its number: it is looked for by its name, and never submitted again unseen.</summary>
    private async Task LookForAsync(Submission submission, string why)
    {
        submission.Report("was submitted without an answer, and is looked for");
        for (var look = 0; look < MostEmptyLooks; look++)
        {
            await Task.Delay(config.Limits.Poll, time, ended.Token);
            try
            {
                var poll = await cluster.PollAsync([], ended.Token);
                var found = poll.Queue.Jobs?.FirstOrDefault(job => job.Name == submission.Name)
                    ?? (await cluster.SearchAsync(submission.Name, time.GetUtcNow().AddDays(-1), ended.Token)).Jobs?.FirstOrDefault(job => job.Name == submission.Name);
                if (found is not null)
                {
                    submission.Id.TrySetResult(found.Id);
                    return;
                }
            }
            catch (DftFlowException error) when (MayPass(error))
            {
                submission.Report(error.Message.Split('\n')[0]);
            }
        }
        submission.Id.TrySetException(Failures.SubmissionUnknown(config.Name, submission.Name, why));
    }

    private async Task PollAllAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(config.Limits.Poll, time, ended.Token);
                FollowedJob[] jobs;
                lock (followed) jobs = [.. followed.Values.Where(job => !job.Ended.Task.IsCompleted)];
                if (jobs.Length == 0) continue;
                try
                {
                    await LookAsync(jobs);
                }
                catch (DftFlowException error) when (MayPass(error))
                {
                    foreach (var job in jobs) job.Report(error.Message.Split('\n')[0]);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    foreach (var job in jobs) job.Ended.TrySetException(error);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Nobody waits for the jobs any more.
        }
    }

    private async Task LookAsync(FollowedJob[] jobs)
    {
        var poll = await cluster.PollAsync([.. jobs.Select(job => job.Job)], ended.Token, [.. jobs.Where(job => job.Runs).Take(MostProgress).Select(job => job.Oszicar)]);
        if (poll.Queue.Jobs is not { } queue)
        {
            foreach (var job in jobs) job.Report($"the queue does not answer: {poll.Queue.Problem}");
            return;
        }
        var byId = queue.GroupBy(job => job.Id).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        var gone = new List<FollowedJob>();
        foreach (var job in jobs)
        {
            var seen = byId.GetValueOrDefault(job.Job.Id);
            poll.Ends.TryGetValue(job.Job.Directory, out var end);
            if (seen is { IsOver: false })
            {
                job.EmptyLooks = 0;
                job.Runs = seen.State is JobState.Running;
                if (poll.Grown.TryGetValue(job.Oszicar.Path, out var grown)) job.Append(grown);
                job.Report(seen.State is JobState.Running ? null : $"{seen.Word.ToLowerInvariant()} in the queue as {seen.Id}{(seen.ReasonInWords is { } reason ? $": {reason}" : "")}");
            }
            else if (end is not null) End(job, end, seen);
            else if (seen is not null && ++job.EmptyLooks > 2) End(job, null, seen);
            else if (seen is null) gone.Add(job);
        }
        if (gone.Count > 0) await AskHistoryAsync(gone);
    }

    /// <summary>The queue does not list them, and they have not written of their end: absent is unknown, not done.</summary>
    private async Task AskHistoryAsync(List<FollowedJob> gone)
    {
        var history = await cluster.HistoryAsync([.. gone.Select(job => job.Job.Id)], time.GetUtcNow().AddDays(-60), ended.Token);
        foreach (var job in gone)
        {
            var known = history.Jobs?.LastOrDefault(told => told.Id == job.Job.Id);
            if (known is { IsOver: false }) continue;
            // What it wrote may come late over a network's file system.
            if (++job.EmptyLooks < (known is null ? MostEmptyLooks : 3)) continue;
            if (known is not null) End(job, null, known);
            else job.Ended.TrySetException(Failures.JobVanished(config.Name, job.Job.Id, job.Job.Directory, history.Problem));
        }
    }

    private void End(FollowedJob job, JobEnd? end, SchedulerJob? seen)
    {
        if (seen?.State is JobState.TimeLimit or JobState.OutOfMemory or JobState.NodeFailure or JobState.Cancelled or JobState.Preempted)
            job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, seen, job.Job.Directory));
        else if (end is not null) job.Ended.TrySetResult(new(new ProcessExit(end.ExitStatus), job.Job.Id));
        else if (seen!.State == JobState.Completed) job.Ended.TrySetResult(new(new ProcessExit(0), job.Job.Id));
        else if (seen.ExitStatus is { } status and not 0) job.Ended.TrySetResult(new(new ProcessExit(status), job.Job.Id));
        else job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, seen, job.Job.Directory));
    }

    private Task<bool> FetchAsync(string directory, PlacedCalculation placed, ProcessExit exit, CancellationToken cancellationToken) => cluster.FilesAsync(async remote =>
    {
        var there = await remote.ListAsync(directory, cancellationToken);
        // A job that fails before its program starts, as by a module that is not there, says so in the batch system's own output.
        bool IsOurs(string name) => name.StartsWith("dftflow-", StringComparison.Ordinal) && !(name == Failures.JobOutput && exit.Code != 0);
        var wanted = there.Where(file => config.Files.Fetches(file.Name) && !IsOurs(file.Name) && !File.Exists(Path.Combine(placed.Folder, file.Name))).ToArray();
        await remote.GetManyAsync(directory, [.. wanted.Where(file => file.SizeBytes <= SmallFileBytes).Select(file => file.Name)], placed.Folder, cancellationToken);
        foreach (var file in wanted.Where(file => file.SizeBytes > SmallFileBytes))
            await remote.GetAsync($"{directory}/{file.Name}", Path.Combine(placed.Folder, file.Name), null, cancellationToken);
        return true;
    }, cancellationToken);

    private async Task<string> WithCancellationAsync(Submission submission, CancellationToken cancellationToken)
    {
        try
        {
            return await submission.Id.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Where it is under way now, it is cancelled as soon as its number is known.
            if (!submission.Id.TrySetCanceled(CancellationToken.None) && submission.Id.Task.IsCompletedSuccessfully
                && await submission.Id.Task is var id && await cancellation.CancelAsync(new(id, submission.Directory)) is { } problem)
                throw Failures.NotCancelled(config.Name, id, problem);
            throw;
        }
    }

    /// <summary>Does what may be done twice, as often as the connection fails: a job of days is not lost to a bad night.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work, Action<string?> report, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (DftFlowException error) when (MayPass(error))
            {
                report(error.Message.Split('\n')[0]);
            }
            var pause = cluster.Breaker.State.NextTry is { } next && next - time.GetUtcNow() is var longer && longer > config.Limits.Poll ? longer : config.Limits.Poll;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Whether it may be gone at the next try: the circuit breaker decides when that is.</summary>
    private static bool MayPass(DftFlowException error) =>
        ConnectionFailures.ClassOf(error) == FailureClass.Transient || error is { Code: "DF4020", InnerException: DftFlowException reason } && ConnectionFailures.ClassOf(reason) == FailureClass.Transient;
}
