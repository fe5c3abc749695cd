using DftFlow.Clusters;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Outputs;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>One try at a calculation: from its input files to a result in the store, or to a failure whose files are kept.</summary>
internal sealed class Attempt(
    Workspace workspace, ClusterConfig cluster, ExecutionOptions options, TimeProvider time,
    PlannedCalculation calculation, int ranks, IProgress<CalculationProgress>? progress)
{
    // Less than this, and hardly a program says more than that something went wrong.
    private const long FullBytes = 1 << 16;

    private readonly OszicarReader oszicar = new();
    private readonly long began = time.GetTimestamp();

    public async Task<StoredResult> RunAsync(VaspInput input, CancellationToken cancellationToken)
    {
        var name = $"{(calculation.Id.Length <= 80 ? calculation.Id : calculation.Id[..80])}-{calculation.InputFingerprint[..8]}";
        var folder = workspace.NewAttempt(name);
        try
        {
            var result = await RunInAsync(folder, input, cancellationToken);
            Workspace.RemoveAttempt(folder);
            return result;
        }
        catch (OperationCanceledException)
        {
            Workspace.RemoveAttempt(folder);
            throw;
        }
        catch (Exception error) when (error is DftFlowException or IOException or UnauthorizedAccessException)
        {
            var failure = error as DftFlowException ?? Failures.CannotWrite(workspace.Folder, error);
            var full = new DriveInfo(workspace.Folder).AvailableFreeSpace < FullBytes ? "\nThe disk of the workspace is full." : "";
            var kept = workspace.KeepFailed(folder, name);
            throw new DftFlowException(failure.Code, $"{failure.Message}{full}\nIts files are in {kept}.", failure.Hint, file: kept, inner: error);
        }
    }

    private async Task<StoredResult> RunInAsync(string folder, VaspInput input, CancellationToken cancellationToken)
    {
        var inputNames = new HashSet<string>();
        foreach (var (file, bytes) in input.Files())
        {
            DurableFile.Write(Path.Combine(folder, file), bytes);
            inputNames.Add(file);
        }
        var started = time.GetUtcNow();
        var exit = await WatchAsync(folder, cancellationToken);
        var elapsed = time.GetElapsedTime(began);
        // What has come to its end is kept, also where the run is cancelled just now.
        var outputs = VerifiedOutputs.Of(folder, input, exit, oszicar);
        return workspace.Results.Commit(folder, calculation.InputFingerprint, inputNames, (inputFiles, outputFiles) => new ResultManifest
        {
            SchemaVersion = ResultManifest.CurrentSchemaVersion,
            Fingerprint = calculation.InputFingerprint,
            CalculationId = calculation.Id,
            Engine = calculation.Engine,
            Cluster = cluster.Name,
            Program = outputs.Program,
            StartedAt = started,
            EndedAt = time.GetUtcNow(),
            ElapsedS = elapsed.TotalSeconds,
            Ranks = ranks,
            Scalars = outputs.Scalars,
            Inputs = inputFiles,
            Outputs = outputFiles,
        });
    }

    /// <summary>Runs the engine to its end, telling what OSZICAR says as it grows.</summary>
    private async Task<ProcessExit> WatchAsync(string folder, CancellationToken cancellationToken)
    {
        var engine = cluster.Engines[calculation.Engine];
        var command = new LocalCommand
        {
            Arguments = engine.CommandFor(ranks),
            Directory = folder,
            OutputFile = "vasp.out",
            Environment = EngineReadiness.EnvironmentOf(cluster, engine),
        };
        using var walltime = new CancellationTokenSource(calculation.Walltime ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(walltime.Token, cancellationToken);
        var growing = new GrowingFile(Path.Combine(folder, "OSZICAR"));
        var running = LocalProcess.RunAsync(command, time, either.Token);
        Report();
        do
        {
            await Task.WhenAny(running, Task.Delay(options.PollInterval, time, CancellationToken.None));
            while (growing.NewLines() is { Length: > 0 } lines)
            {
                oszicar.Append(lines);
                Report();
            }
        }
        while (!running.IsCompleted);
        try
        {
            return await running;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failures.WalltimeExceeded(calculation.Walltime!.Value, Failures.Tail(Path.Combine(folder, "vasp.out")));
        }
    }

    private void Report()
    {
        var step = oszicar.ElectronicSteps is [.., var last] ? last : null;
        progress?.Report(new(calculation.Id, CalculationState.Running, Cached: false,
            step?.IonicStep, step?.Step, step?.EnergyEv, step?.EnergyChangeEv, time.GetElapsedTime(began)));
    }
}
