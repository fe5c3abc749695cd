using DftFlow.Clusters.Schedulers;

namespace DftFlow.Engine;

// Jobs that nobody waits for any more.
internal sealed partial class ClusterPlace
{
    /// <summary>How long is taken to end what nobody waits for any more.</summary>
    private static readonly TimeSpan CancelLimit = TimeSpan.FromSeconds(30);

    private readonly List<(string Id, TaskCompletionSource<CancelAnswer> Answer)> cancellations = [];
    private readonly SemaphoreSlim cancelTurn = new(1);

    /// <summary>Ends a job that nobody waits for any more, and removes its folder. Where it cannot be ended it keeps its folder.</summary>
    /// <exception cref="DftFlowException">DF2034: the job may go on.</exception>
    private async Task AbandonAsync(string? id, string directory, Action<string?> report)
    {
        using var limit = new CancellationTokenSource(CancelLimit, time);
        if (id is not null && await WhyNotCancelledAsync(id, limit.Token) is { } why) throw Failures.NotCancelled(config.Name, id, directory, why);
        try
        {
            await cluster.RemoveFolderAsync(directory, limit.Token);
        }
        catch (Exception error) when (error is DftFlowException or OperationCanceledException)
        {
            report($"its folder {directory} stays on the cluster");
        }
    }

    private async Task<string?> WhyNotCancelledAsync(string id, CancellationToken limit)
    {
        try
        {
            return await CancelAsync(id, limit) is { Asked: false } refused ? refused.Problem ?? "it does not say why" : null;
        }
        catch (DftFlowException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException)
        {
            return FormattableString.Invariant($"no answer within {CancelLimit.TotalSeconds:0} s.");
        }
    }

    /// <summary>All that are to be cancelled at the same time are cancelled by one command.</summary>
    private async Task<CancelAnswer> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<CancelAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (cancellations) cancellations.Add((id, answer));
        await cancelTurn.WaitAsync(cancellationToken);
        try
        {
            (string Id, TaskCompletionSource<CancelAnswer> Answer)[] together;
            lock (cancellations)
            {
                together = [.. cancellations];
                cancellations.Clear();
            }
            try
            {
                var told = together.Length > 0 ? await cluster.CancelAsync([.. together.Select(one => one.Id)], cancellationToken) : new(true);
                foreach (var one in together) one.Answer.TrySetResult(told);
            }
            catch (Exception error)
            {
                foreach (var one in together) one.Answer.TrySetException(error);
            }
        }
        finally
        {
            cancelTurn.Release();
        }
        return await answer.Task;
    }
}
