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

    private readonly Dictionary<string, FollowedJob> followed = new(StringComparer.Ordinal);

    /// <summary>A job that is waited for, and what the last looks said.</summary>
    private sealed class FollowedJob(SubmittedJob job, string name, DateTimeOffset since, Action<string?> report)
    {
        public SubmittedJob Job => job;

        public DateTimeOffset Since => since;

        public Action<string?> Report => report;

        /// <summary>What it wrote of its own end, once it was seen.</summary>
        public JobEnd? End { get; set; }

        /// <summary>An id alone is no identity: it is given away again after a crash of the batch system. Listings may cut names.</summary>
        public bool Is(SchedulerJob told) => told.Id == job.Id && (told.Name is null || name.StartsWith(told.Name, StringComparison.Ordinal));

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
        var gone = new List<FollowedJob>();
        foreach (var job in jobs)
        {
            var seen = byId[job.Job.Id].FirstOrDefault(job.Is);
            job.End = poll.Ends.GetValueOrDefault(job.Job.Directory);
            if (seen is { IsOver: false })
            {
                job.EmptyLooks = 0;
                job.Report(seen.State is JobState.Running ? null : $"{seen.Word.ToLowerInvariant()} in the queue as {seen.Id}{(seen.ReasonInWords is { } reason ? $": {reason}" : "")}");
            }
            // Whose signal ended it, and why, a queue that does not list the job any more does not tell.
            else if (job.End is { } end && (seen is not null || end is { Signal: null, ExitStatus: <= 128 })) End(job, seen);
            else if (seen is null) gone.Add(job);
            else if (++job.EmptyLooks > 2) End(job, seen);
        }
        if (gone.Count > 0) await AskHistoryAsync(gone);
    }

    /// <summary>The queue does not list them, and they have not written of an end of their own: absent is unknown, not done.</summary>
    private async Task AskHistoryAsync(List<FollowedJob> gone)
    {
        var history = await cluster.HistoryAsync([.. gone.Select(job => job.Job.Id)], gone.Min(job => job.Since).AddDays(-1), ended.Token);
        foreach (var job in gone)
        {
            var known = history.Jobs?.LastOrDefault(job.Is);
            if (known is { IsOver: false }) job.Report($"the queue does not list it, and the history has it as {known.Word}");
            // The history may be late, and what the job wrote as well, over a network's file system.
            if (job.End is not null ? known is not { IsOver: true } && ++job.EmptyLooks < FewEmptyLooks
                : known is { IsOver: false } || ++job.EmptyLooks < (known is null ? MostEmptyLooks : FewEmptyLooks)) continue;
            if (job.End is not null || known is not null) End(job, known is { IsOver: true } ? known : null);
            else job.Ended.TrySetException(Failures.JobVanished(config.Name, job.Job.Id, job.Job.Directory, history.Problem));
        }
    }

    private void End(FollowedJob job, SchedulerJob? told)
    {
        if (told?.State is JobState.TimeLimit or JobState.OutOfMemory or JobState.NodeFailure or JobState.Cancelled or JobState.Preempted)
            job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, told, job.Job.Directory));
        else if (job.End is { } end) job.Ended.TrySetResult(new(new ProcessExit(end.ExitStatus), job.Job.Id));
        else if (told!.State == JobState.Completed) job.Ended.TrySetResult(new(new ProcessExit(0), job.Job.Id));
        else if (told.ExitStatus is { } status and not 0) job.Ended.TrySetResult(new(new ProcessExit(status), job.Job.Id));
        else job.Ended.TrySetException(Failures.EndedByScheduler(config.Name, told, job.Job.Directory));
    }
}
