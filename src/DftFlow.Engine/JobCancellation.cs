using DftFlow.Clusters.Owner;

namespace DftFlow.Engine;

/// <summary>Ends jobs that nobody waits for any more, and removes their folders. Those that come while others are being ended go together.</summary>
internal sealed class JobCancellation(Cluster cluster, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly List<SubmittedJob> unwanted = [];
    private Task<string?> last = Task.FromResult<string?>(null);

    /// <returns>Null, or why the job may go on.</returns>
    public Task<string?> CancelAsync(SubmittedJob job)
    {
        lock (unwanted)
        {
            unwanted.Add(job);
            return unwanted.Count == 1 ? last = CancelUnwantedAsync(after: last) : last;
        }
    }

    private async Task<string?> CancelUnwantedAsync(Task after)
    {
        await after.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        SubmittedJob[] jobs;
        lock (unwanted)
        {
            jobs = [.. unwanted];
            unwanted.Clear();
        }
        using var limit = new CancellationTokenSource(Longest, time);
        try
        {
            var answer = await cluster.CancelAsync([.. jobs.Select(job => job.Id)], limit.Token);
            if (!answer.Asked) return answer.Problem ?? "it does not say why";
        }
        catch (DftFlowException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException)
        {
            return FormattableString.Invariant($"no answer within {Longest.TotalSeconds:0} s");
        }
        await RemoveFoldersAsync(jobs.Select(job => job.Directory));
        return null;
    }

    /// <summary>As far as that can be done soon: a folder that is left does no harm, and the run ends all the same.</summary>
    public async Task RemoveFoldersAsync(IEnumerable<string> directories)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        try
        {
            foreach (var directory in directories) await cluster.RemoveFolderAsync(directory, limit.Token);
        }
        catch (Exception error) when (error is DftFlowException or OperationCanceledException)
        {
            // It is left.
        }
    }
}
