using DftFlow.Clusters;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Outputs;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>One try at a calculation: from its input files to a result in the store, or to a failure whose files are kept.</summary>
internal sealed class Attempt(
    Workspace workspace, ClusterConfig cluster, IPlace place, TimeProvider time,
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
        var outcome = await place.RunAsync(new(calculation, ranks, folder, oszicar, Report), cancellationToken);
        var elapsed = time.GetElapsedTime(began);
        // What has come to its end is kept, also where the run is cancelled just now.
        var outputs = VerifiedOutputs.Of(folder, input, outcome.Exit);
        return workspace.Results.Commit(folder, calculation.InputFingerprint, inputNames, (inputFiles, outputFiles) => new ResultManifest
        {
            SchemaVersion = ResultManifest.CurrentSchemaVersion,
            Fingerprint = calculation.InputFingerprint,
            CalculationId = calculation.Id,
            Engine = calculation.Engine,
            Cluster = cluster.Name,
            SchedulerJobId = outcome.SchedulerJobId,
            Potentials = outcome.Potentials.IsEmpty ? null : [.. outcome.Potentials.Select(one => new ResultPotential(one.Name, one.Titel, one.Zval, one.EnmaxEv, one.Sha256))],
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

    private void Report(string? waitsFor)
    {
        var step = oszicar.ElectronicSteps is [.., var last] ? last : null;
        progress?.Report(new(calculation.Id, waitsFor is null || step is not null ? CalculationState.Running : CalculationState.Pending, Cached: false,
            step?.IonicStep, step?.Step, step?.EnergyEv, step?.EnergyChangeEv, time.GetElapsedTime(began), waitsFor));
    }
}
