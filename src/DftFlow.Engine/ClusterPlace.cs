using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using DftFlow.Clusters;
using DftFlow.Clusters.Files;
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
    private readonly Task submitting;
    private readonly Task polling;

    public ClusterPlace(ClusterConfig config, ExecutionOptions options, TimeProvider time)
    {
        (this.config, this.time) = (config, time);
        cluster = new Cluster(config, () => config.CreateTransport(time, options.Prompt), time, Random.Shared);
        scheduler = config.CreateScheduler();
        template = JobTemplates.Find(scheduler.Name, config.JobTemplate);
        submitting = Task.Run(SubmitAllAsync);
        polling = Task.Run(PollAllAsync);
    }

    private sealed record Submission(string Directory, string Name, Action<string?> Report, TaskCompletionSource<string> Id);

    /// <summary>A job that is waited for, and what the last looks said.</summary>
    private sealed class FollowedJob(SubmittedJob job, Action<string?> report)
    {
        public SubmittedJob Job => job;

        public Action<string?> Report => report;

        public TaskCompletionSource<JobOutcome> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Looks since the job was last seen alive.</summary>
        public int EmptyLooks { get; set; }

        /// <summary>The end that the queue told, which it forgets soon; null while the job lives.</summary>
        public SchedulerJob? Told { get; set; }

        /// <summary>A batch system that lost its memory gives a number to another job.</summary>
        public bool Is(SchedulerJob other) => other.Id == job.Id && other.MayBeNamed(NameOfJob(job.Directory[(job.Directory.LastIndexOf('/') + 1)..]));
    }

    public int Slots => config.Limits.Jobs;

    public int SlotsOf(int ranks) => 1;

    public int RanksOf(int asked) => asked;

    public Task EnsureReadyAsync(string engine, CancellationToken cancellationToken) => cluster.WorkDirectoryAsync(cancellationToken);

    public async Task<JobOutcome> RunAsync(PlacedCalculation placed, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(placed.Folder);
        var directory = $"{await cluster.WorkDirectoryAsync(cancellationToken)}/{name}";
        placed.Report("goes to the cluster");
        var potentials = await PatientlyAsync(() => StageAsync(placed, directory, cancellationToken), placed.Report, cancellationToken);
        var submission = new Submission(directory, NameOfJob(name), placed.Report, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await submissions.Writer.WriteAsync(submission, cancellationToken);
        // Whoever cancels now need not wait for the batch system, but the job must not go on.
        var id = await WithCancellationAsync(submission, cancellationToken);
        var job = new FollowedJob(new(id, directory), placed.Report);
        lock (followed) followed.Add(directory, job);
        try
        {
            var outcome = await job.Ended.Task.WaitAsync(cancellationToken);
            placed.Report("comes home");
            await PatientlyAsync(() => FetchAsync(directory, placed, cancellationToken), placed.Report, cancellationToken);
            if (!config.Files.Keep) await PatientlyAsync(() => cluster.FilesAsync(files => RemoveAsync(files, directory, name, cancellationToken), cancellationToken), placed.Report, cancellationToken);
            return outcome with { Potentials = potentials };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(id, directory);
            throw;
        }
        finally
        {
            lock (followed) followed.Remove(directory);
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
                    if (!batch[i].Id.TrySetResult(id)) await CancelAsync(id, batch[i].Directory);
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
                    batch[i].Report($"cannot be submitted yet: {why}");
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
                var found = Named(poll.Queue, submission.Name) ?? Named(await cluster.SearchAsync(submission.Name, time.GetUtcNow().AddDays(-1), ended.Token), submission.Name);
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

    /// <summary>The job of a name; where the listing cuts names, only if no other job can be meant.</summary>
    private static SchedulerJob? Named(QueueAnswer answer, string name)
    {
        var named = (answer.Jobs ?? []).Where(job => job.Name is not null && job.MayBeNamed(name)).ToArray();
        return named.FirstOrDefault(job => job.Name == name) ?? (named is [var only] ? only : null);
    }

    private async Task PollAllAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(config.Limits.Poll, time, ended.Token);
                FollowedJob[] jobs;
                lock (followed) jobs = [.. followed.Values];
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
        var poll = await cluster.PollAsync([.. jobs.Select(job => job.Job)], ended.Token);
        if (poll.Queue.Jobs is not { } queue)
        {
            foreach (var job in jobs) job.Report($"the queue does not answer: {poll.Queue.Problem}");
            return;
        }
        var byId = queue.ToLookup(job => job.Id, StringComparer.Ordinal);
        var gone = new List<(FollowedJob Job, JobEnd? End)>();
        foreach (var job in jobs)
        {
            var seen = byId[job.Job.Id].FirstOrDefault(job.Is);
            poll.Ends.TryGetValue(job.Job.Directory, out var end);
            if (seen is { IsOver: false })
            {
                (job.EmptyLooks, job.Told) = (0, null);
                job.Report(seen.State is JobState.Running ? null : $"{seen.Word.ToLowerInvariant()} in the queue as {seen.Id}{(seen.ReasonInWords is { } reason ? $": {reason}" : "")}");
                continue;
            }
            job.Told = seen ?? job.Told;
            if (end is { ExitStatus: 0, Signal: null }) job.Ended.TrySetResult(new(new ProcessExit(0), job.Job.Id));
            else if (job.Told is null) gone.Add((job, end));
            // What it wrote may come late over a network's file system.
            else if (end is not null || ++job.EmptyLooks > 2) await EndAsync(job, end, job.Told, null);
        }
        if (gone.Count > 0) await AskHistoryAsync(gone);
    }

    /// <summary>The queue does not list them, and they have not written of a good end: absent is unknown, not done.</summary>
    private async Task AskHistoryAsync(List<(FollowedJob Job, JobEnd? End)> gone)
    {
        var history = await cluster.HistoryAsync([.. gone.Select(one => one.Job.Job.Id)], time.GetUtcNow().AddDays(-60), ended.Token);
        foreach (var (job, end) in gone)
        {
            var known = history.Jobs?.LastOrDefault(job.Is);
            var lives = known is { IsOver: false };
            if (lives && end is null) continue;
            // What it wrote, and what the history says, may come late.
            var enough = lives ? 3 : end is not null ? 1 : known is not null ? 3 : MostEmptyLooks;
            if (++job.EmptyLooks >= enough) await EndAsync(job, end, lives ? null : known, history.Problem);
        }
    }

    /// <summary>Tells how a job ended that did not end well: by the batch system's word, by what it wrote into the job's output, by a full disk, or by the job's own record.</summary>
    private async Task EndAsync(FollowedJob job, JobEnd? end, SchedulerJob? told, string? problem)
    {
        LastWords? words = null;
        if (told is null or { State: JobState.Completed or JobState.Failed or JobState.Ended } && end is null or { Signal: not null } or { ExitStatus: > 128 })
        {
            words = await cluster.LastWordsAsync(job.Job, ended.Token);
            if (JobOutput.CauseIn(words.Output) is { } cause) told = new(job.Job.Id, null, cause.State, cause.Line);
        }
        if (told?.State is JobState.TimeLimit or JobState.OutOfMemory or JobState.NodeFailure or JobState.Cancelled or JobState.Preempted)
            job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, told, job.Job.Directory));
        else if (words?.NoRoom is { } full && told?.State is not JobState.Completed) job.Ended.TrySetException(full);
        else if (end is not null) job.Ended.TrySetResult(new(new ProcessExit(end.ExitStatus), job.Job.Id));
        else if (told is null) job.Ended.TrySetException(Failures.JobVanished(config.Name, job.Job.Id, job.Job.Directory, problem));
        else if (told.State == JobState.Completed) job.Ended.TrySetResult(new(new ProcessExit(0), job.Job.Id));
        // What a signal ended before it could write of it was not the engine alone.
        else if (told.ExitStatus is > 0 and <= 128 and var status) job.Ended.TrySetResult(new(new ProcessExit(status), job.Job.Id));
        else job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, told, job.Job.Directory));
    }

    private Task<bool> FetchAsync(string directory, PlacedCalculation placed, CancellationToken cancellationToken) => cluster.FilesAsync(async remote =>
    {
        var there = await remote.ListAsync(directory, cancellationToken);
        var wanted = there.Where(file => config.Files.Fetches(file.Name) && !file.Name.StartsWith("dftflow-", StringComparison.Ordinal) && !File.Exists(Path.Combine(placed.Folder, file.Name))).ToArray();
        await remote.GetManyAsync(directory, [.. wanted.Where(file => file.SizeBytes <= SmallFileBytes).Select(file => file.Name)], placed.Folder, cancellationToken);
        foreach (var file in wanted.Where(file => file.SizeBytes > SmallFileBytes))
            await remote.GetAsync($"{directory}/{file.Name}", Path.Combine(placed.Folder, file.Name), null, cancellationToken);
        if (new GrowingFile(Path.Combine(placed.Folder, "OSZICAR")) is var oszicar)
            while (oszicar.NewLines() is { Length: > 0 } lines) placed.Oszicar.Append(lines);
        return true;
    }, cancellationToken);

    private static async Task<bool> RemoveAsync(RemoteFiles files, string directory, string mark, CancellationToken cancellationToken)
    {
        await files.RemoveFolderAsync(directory, mark, cancellationToken);
        return true;
    }

    private async Task<string> WithCancellationAsync(Submission submission, CancellationToken cancellationToken)
    {
        try
        {
            return await submission.Id.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Where it is under way now, it is cancelled as soon as its number is known.
            if (!submission.Id.TrySetCanceled(CancellationToken.None) && submission.Id.Task.IsCompletedSuccessfully) await CancelAsync(await submission.Id.Task, submission.Directory);
            throw;
        }
    }

    /// <summary>Ends a job that nobody waits for any more, and removes its folder.</summary>
    private async Task CancelAsync(string id, string directory)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
        try
        {
            await cluster.CancelAsync([id], limit.Token);
            await cluster.FilesAsync(files => RemoveAsync(files, directory, directory[(directory.LastIndexOf('/') + 1)..], limit.Token), limit.Token);
        }
        catch (Exception error) when (error is DftFlowException or OperationCanceledException)
        {
            // The run ends all the same; its last line names the job.
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
