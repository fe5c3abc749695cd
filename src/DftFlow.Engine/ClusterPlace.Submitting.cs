using System.Collections.Immutable;
using System.Threading.Channels;
using DftFlow.Clusters.Schedulers;

namespace DftFlow.Engine;

// Jobs on their way into the queue: several to a command, at the rate that the cluster's configuration allows.
internal sealed partial class ClusterPlace
{
    private const int MostSubmissionsTogether = 100;

    private readonly Channel<Submission> submissions = Channel.CreateUnbounded<Submission>();

    private sealed record Submission(string Directory, string Name, Action<string?> Report)
    {
        public TaskCompletionSource<string> Id { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether it was given to the batch system, or is now: then whoever does that cancels what nobody waits for.</summary>
        public bool IsUnderWay { get; set; }
    }

    private static async Task<string> IdOfAsync(Submission submission, CancellationToken cancellationToken)
    {
        using var cancelled = cancellationToken.Register(() => submission.Id.TrySetCanceled(cancellationToken));
        return await submission.Id.Task;
    }

    private async Task SubmitAllAsync()
    {
        var waiting = new List<Submission>();
        try
        {
            while (await submissions.Reader.WaitToReadAsync(ended.Token))
            {
                do
                {
                    while (waiting.Count < MostSubmissionsTogether && submissions.Reader.TryRead(out var next)) waiting.Add(next);
                    // Those that were cancelled before they were submitted.
                    waiting.RemoveAll(submission => submission.Id.Task.IsCompleted);
                    var now = cluster.Submissions.Take(waiting.Count);
                    var putOff = now > 0 && await SubmitSomeAsync(waiting, now);
                    if (waiting.Count > 0) await Task.Delay(putOff ? config.Limits.Poll : cluster.Submissions.TimeUntil(waiting.Count), time, ended.Token);
                }
                while (waiting.Count > 0);
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

    /// <summary>Submits the first few; those that are to be tried again stay. Whether there are any.</summary>
    private async Task<bool> SubmitSomeAsync(List<Submission> waiting, int count)
    {
        var batch = waiting[..count];
        foreach (var submission in batch) submission.IsUnderWay = true;
        ImmutableArray<SubmitAnswer> answers;
        try
        {
            // What is under way is brought to its end, also on Ctrl-C: a job without a known number could not be cancelled.
            answers = await cluster.SubmitAsync([.. batch.Select(submission => submission.Directory)], ScriptFile, CancellationToken.None);
        }
        catch (DftFlowException error) when (MayPass(error))
        {
            foreach (var submission in batch) PutOff(submission, error.Message.Split('\n')[0]);
            return true;
        }
        catch (DftFlowException error)
        {
            foreach (var submission in batch) submission.Id.TrySetException(error);
            waiting.RemoveRange(0, count);
            return false;
        }
        var unsure = new List<(Submission Submission, string Why)>();
        var accepting = new List<Task>();
        var putOff = false;
        for (var i = 0; i < count; i++)
        {
            switch (answers[i])
            {
                case SubmitAnswer.Accepted(var id):
                    accepting.Add(AcceptAsync(batch[i], id));
                    break;
                case SubmitAnswer.Refused(var why):
                    batch[i].Id.TrySetException(Failures.JobRefused(config.Name, why));
                    break;
                case SubmitAnswer.Unknown(var why):
                    unsure.Add((batch[i], why));
                    break;
                case SubmitAnswer.Backpressure(var why):
                    PutOff(batch[i], $"waits for a place in the queue: {why}");
                    putOff = true;
                    continue;
                case SubmitAnswer.Unavailable(var why):
                    PutOff(batch[i], $"cannot be submitted yet: {why}");
                    putOff = true;
                    continue;
            }
            waiting.Remove(batch[i]);
        }
        await Task.WhenAll(accepting);
        if (unsure.Count > 0) await LookForAsync(unsure);
        return putOff;
    }

    private static void PutOff(Submission submission, string why)
    {
        submission.IsUnderWay = false;
        submission.Report(why);
    }

    private async Task AcceptAsync(Submission submission, string id)
    {
        if (submission.Id.TrySetResult(id)) return;
        // It was cancelled while it was being submitted.
        try
        {
            await AbandonAsync(id, submission.Directory, submission.Report);
        }
        catch (DftFlowException error)
        {
            submission.Report(error.Message);
        }
    }

    /// <summary>The batch system may have accepted jobs without telling their numbers: they are looked for, and never submitted again unseen.</summary>
    private async Task LookForAsync(List<(Submission Submission, string Why)> unsure)
    {
        foreach (var (submission, _) in unsure) submission.Report("was submitted without an answer, and is looked for");
        try
        {
            for (var looks = 0; looks < MostEmptyLooks && unsure.Count > 0;)
            {
                await Task.Delay(config.Limits.Poll, time, ended.Token);
                try
                {
                    if (await LookOnceAsync(unsure, ended.Token)) looks++;
                }
                catch (DftFlowException error) when (MayPass(error))
                {
                    foreach (var (submission, _) in unsure) submission.Report(error.Message.Split('\n')[0]);
                }
            }
            foreach (var (submission, why) in unsure) submission.Id.TrySetException(Failures.SubmissionUnknown(config.Name, submission.Name, why));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            foreach (var (submission, _) in unsure) submission.Id.TrySetCanceled(CancellationToken.None);
            using var limit = new CancellationTokenSource(CancelLimit, time);
            try
            {
                await LookOnceAsync(unsure, limit.Token);
            }
            catch (Exception error) when (error is DftFlowException or OperationCanceledException)
            {
                foreach (var (submission, _) in unsure) submission.Report($"a job named {submission.Name} may be in the queue: it could not be looked for");
            }
            throw;
        }
        catch (DftFlowException error)
        {
            foreach (var (submission, _) in unsure) submission.Id.TrySetException(error);
        }
    }

    /// <summary>The job of a name; where the listing cuts names, only if no other job can be meant.</summary>
    private static SchedulerJob? Named(ImmutableArray<SchedulerJob>? jobs, string name)
    {
        var named = (jobs ?? []).Where(job => job.Name is not null && job.MayBeNamed(name)).ToArray();
        return named.FirstOrDefault(job => job.Name == name) ?? (named is [var only] ? only : null);
    }

    /// <summary>Whether the queue answered: only then is not to be found a sign of anything.</summary>
    private async Task<bool> LookOnceAsync(List<(Submission Submission, string Why)> unsure, CancellationToken cancellationToken)
    {
        var told = await cluster.SubmittedAsync([.. unsure.Select(one => one.Submission.Directory)], cancellationToken);
        var queue = (await cluster.PollAsync([], cancellationToken)).Queue.Jobs;
        var accepting = new List<Task>();
        foreach (var one in unsure.ToArray())
        {
            var (directory, name) = (one.Submission.Directory, one.Submission.Name);
            var id = told.GetValueOrDefault(directory) ?? Named(queue, name)?.Id
                ?? Named((await cluster.SearchAsync(name, time.GetUtcNow().AddDays(-1), cancellationToken)).Jobs, name)?.Id;
            if (id is null) continue;
            unsure.Remove(one);
            accepting.Add(AcceptAsync(one.Submission, id));
        }
        await Task.WhenAll(accepting);
        return queue is not null;
    }
}
