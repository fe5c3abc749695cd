using DftFlow.Clusters;

namespace DftFlow.Engine;

/// <summary>This machine: calculations are processes that end with DftFlow, as many at a time as its cores hold.</summary>
internal sealed class LocalPlace(Workspace workspace, ClusterConfig cluster, ExecutionOptions options, TimeProvider time) : IPlace
{
    private readonly EngineReadiness readiness = new(workspace, cluster, options, time);

    public int Slots => Math.Max(1, cluster.Cores);

    public int SlotsOf(int ranks) => ranks;

    public int RanksOf(int asked) => Math.Clamp(asked, 1, Slots);

    public Task EnsureReadyAsync(string engine, CancellationToken cancellationToken) => readiness.EnsureAsync(engine, cancellationToken);

    /// <summary>Runs the engine to its end, telling what OSZICAR says as it grows.</summary>
    public async Task<JobOutcome> RunAsync(PlacedCalculation placed, CancellationToken cancellationToken)
    {
        var (calculation, folder) = (placed.Calculation, placed.Folder);
        var engine = cluster.Engines[calculation.Engine];
        var command = new LocalCommand
        {
            Arguments = engine.CommandFor(placed.Ranks),
            Directory = folder,
            OutputFile = "vasp.out",
            Environment = EngineReadiness.EnvironmentOf(cluster, engine),
        };
        using var walltime = new CancellationTokenSource(calculation.Walltime ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(walltime.Token, cancellationToken);
        var growing = new GrowingFile(Path.Combine(folder, "OSZICAR"));
        var running = LocalProcess.RunAsync(command, time, either.Token);
        placed.Report(null);
        do
        {
            await Task.WhenAny(running, Task.Delay(options.PollInterval, time, CancellationToken.None));
            while (growing.NewLines() is { Length: > 0 } lines)
            {
                placed.Oszicar.Append(lines);
                placed.Report(null);
            }
        }
        while (!running.IsCompleted);
        try
        {
            return new(await running);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failures.WalltimeExceeded(calculation.Walltime!.Value, Failures.Tail(Path.Combine(folder, "vasp.out")));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
