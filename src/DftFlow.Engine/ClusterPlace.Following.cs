using System.Text;
using DftFlow.Clusters;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Schedulers;

namespace DftFlow.Engine;

// Jobs in the queue, to their end.
internal sealed partial class ClusterPlace
{
    // Looks without evidence of an end before a job that the queue does not know is given up.
    private const int MostEmptyLooks = 10;

    // The same where there is evidence, and only more of it might come.
    private const int FewEmptyLooks = 3;

    // Jobs whose steps are asked for in one look.
    private const int MostProgress = 30;

    private readonly Dictionary<string, FollowedJob> followed = new(StringComparer.Ordinal);

    /// <summary>A job that is waited for, and what the last looks said.</summary>
    private sealed class FollowedJob(SubmittedJob job, string name, DateTimeOffset since, PlacedCalculation placed)
    {
        public SubmittedJob Job => job;

        public DateTimeOffset Since => since;

        public Action<string?> Report => placed.Report;

        /// <summary>Whether the last look saw it run, so that the next one asks how far it is.</summary>
        public bool Runs { get; set; } = true;

        /// <summary>What is known of its OSZICAR.</summary>
        public GrowingText Oszicar { get; private set; } = new($"{job.Directory}/OSZICAR", 0);

        public void Append(string text)
        {
            Oszicar = Oszicar with { KnownBytes = Oszicar.KnownBytes + Encoding.UTF8.GetByteCount(text) };
            placed.Oszicar.Append(text);
        }

        /// <summary>What it wrote of its own end, once it was seen.</summary>
        public JobEnd? End { get; set; }

        /// <summary>The end that the queue told, which it forgets soon; null while the job lives.</summary>
        public SchedulerJob? Told { get; set; }

        /// <summary>An id alone is no identity: it is given away again after a crash of the batch system. Listings may cut names.</summary>
        public bool Is(SchedulerJob told) => told.Id == job.Id && told.MayBeNamed(name);

        public TaskCompletionSource<JobOutcome> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Looks since the job was last seen alive.</summary>
        public int EmptyLooks { get; set; }
    }

    private async Task<JobOutcome> FollowAsync(FollowedJob job, CancellationToken cancellationToken)
    {
        lock (followed) followed.Add(job.Job.Directory, job);
        try
        {
            return await job.Ended.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (followed) followed.Remove(job.Job.Directory);
        }
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
        var byId = queue.ToLookup(job => job.Id, StringComparer.Ordinal);
        var gone = new List<FollowedJob>();
        foreach (var job in jobs)
        {
            var seen = byId[job.Job.Id].FirstOrDefault(job.Is);
            job.End = poll.Ends.GetValueOrDefault(job.Job.Directory);
            if (seen is { IsOver: false })
            {
                (job.EmptyLooks, job.Told, job.Runs) = (0, null, seen.State is JobState.Running);
                if (poll.Grown.TryGetValue(job.Oszicar.Path, out var grown)) job.Append(grown);
                job.Report(seen.State is JobState.Running ? null : $"{seen.Word.ToLowerInvariant()} in the queue as {seen.Id}{(seen.ReasonInWords is { } reason ? $": {reason}" : "")}");
                continue;
            }
            job.Told = seen ?? job.Told;
            if (job.End is { ExitStatus: 0, Signal: null }) job.Ended.TrySetResult(new(new ProcessExit(0), job.Job.Id));
            else if (job.Told is null) gone.Add(job);
            // What it wrote may come late over a network's file system.
            else if (job.End is not null || ++job.EmptyLooks >= FewEmptyLooks) await EndAsync(job, job.Told, null);
        }
        if (gone.Count > 0) await AskHistoryAsync(gone);
    }

    /// <summary>The queue does not list them, and they have not written of a good end: absent is unknown, not done.</summary>
    private async Task AskHistoryAsync(List<FollowedJob> gone)
    {
        var history = await cluster.HistoryAsync([.. gone.Select(job => job.Job.Id)], gone.Min(job => job.Since).AddDays(-1), ended.Token);
        foreach (var job in gone)
        {
            var known = history.Jobs?.LastOrDefault(job.Is);
            var lives = known is { IsOver: false };
            if (lives) job.Report($"the queue does not list it, and the history has it as {known!.Word}");
            if (lives && job.End is null) continue;
            // What it wrote, and what the history says, may come late: that of a signal, which somebody sent, is worth waiting for.
            var sure = known is { IsOver: true } || history.Jobs is null || job.End is { Signal: null, ExitStatus: <= 128 };
            var enough = job.End is not null && sure ? 1 : job.End is null && known is null ? MostEmptyLooks : FewEmptyLooks;
            if (++job.EmptyLooks >= enough) await EndAsync(job, lives ? null : known, history.Problem);
        }
    }

    /// <summary>Tells how a job ended that did not end well: by the batch system's word, by what it wrote into the job's output, by a full disk, or by the job's own record.</summary>
    private async Task EndAsync(FollowedJob job, SchedulerJob? told, string? problem)
    {
        LastWords? words = null;
        if (told is null or { State: JobState.Completed or JobState.Failed or JobState.Ended } && job.End is null or { Signal: not null } or { ExitStatus: > 128 })
        {
            words = await cluster.LastWordsAsync(job.Job, ended.Token);
            if (JobOutput.CauseIn(words.Output) is { } cause) told = new(job.Job.Id, null, cause.State, cause.Line);
        }
        if (told?.State is JobState.TimeLimit or JobState.OutOfMemory or JobState.NodeFailure or JobState.Cancelled or JobState.Preempted)
            job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, told, job.Job.Directory));
        else if (words?.NoRoom is { } full && told?.State is not JobState.Completed) job.Ended.TrySetException(full);
        else if (job.End is { } end) job.Ended.TrySetResult(new(new ProcessExit(end.ExitStatus), job.Job.Id));
        else if (told is null) job.Ended.TrySetException(Failures.JobVanished(config.Name, job.Job.Id, job.Job.Directory, problem));
        else if (told.State == JobState.Completed) job.Ended.TrySetResult(new(new ProcessExit(0), job.Job.Id));
        // What a signal ended before it could write of it was not the engine alone.
        else if (told.ExitStatus is > 0 and <= 128 and var status) job.Ended.TrySetResult(new(new ProcessExit(status), job.Job.Id));
        else job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, told, job.Job.Directory));
    }
}
