using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using DftFlow.Clusters;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>A run that came to its end, whatever that was.</summary>
public sealed record FinishedRun(RunResult Result, ImmutableArray<AnalysisOutcome> Analyses);

/// <summary>Takes a plan to its results: calculations, then analyses. The run's folder holds a copy of the workflow and what is written about it.</summary>
public static class WorkflowRun
{
    /// <exception cref="DftFlowException">The workspace cannot be written.</exception>
    public static async Task<FinishedRun> RunAsync(
        Plan plan, ClusterConfig cluster, Workspace workspace, ExecutionOptions options, TimeProvider time,
        IProgress<CalculationProgress>? progress, CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow();
        var (runId, folder) = workspace.NewRun(plan.Name, started);
        DurableFile.Write(Path.Combine(folder, "workflow.yaml"), plan.Text);

        var execution = await PlanExecutor.RunAsync(plan.Calculations, cluster, workspace, options, time, progress, cancellationToken);
        var results = execution.Calculations.Where(c => c.Stored is not null).ToDictionary(c => c.Result.Id, c => c.Stored!, StringComparer.Ordinal);
        ImmutableArray<AnalysisOutcome> analyses = [];
        var cancelled = cancellationToken.IsCancellationRequested;
        if (!cancelled)
        {
            var runner = new AnalysisRunner(results, folder, options.AnalysisProgress);
            try
            {
                analyses = await runner.RunAsync(plan.Analyses, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                (cancelled, analyses) = (true, runner.Made);
            }
        }

        var calculations = execution.Calculations.Select(c => c.Result).ToImmutableArray();
        var failed = calculations.Any(c => c.State is CalculationState.Failed or CalculationState.Skipped) || analyses.Any(a => a.Result.Error is not null);
        return new FinishedRun(new RunResult
        {
            RunId = runId,
            Workflow = plan.Name,
            Title = plan.Title,
            Source = plan.Source,
            Description = plan.Description,
            State = cancelled ? RunState.Cancelled : failed ? RunState.Failed : RunState.Completed,
            Directory = folder,
            StartedAt = started,
            EndedAt = time.GetUtcNow(),
            Calculations = calculations,
            Analyses = analyses.ToImmutableSortedDictionary(a => a.Id, a => a.Result, StringComparer.Ordinal),
            Definition = string.Create(CultureInfo.InvariantCulture,
                $"The calculations and analyses that {Path.GetFileName(plan.File)} declares ({calculations.Length} calculations on '{cluster.Name}', {plan.Analyses.Length} analyses); each number's own definition stands with its analysis."),
            Inputs = [new InputFile(plan.File, Convert.ToHexStringLower(SHA256.HashData(plan.Text.Span)))],
            Warnings = [.. execution.Warnings.Select(w => w.Message)],
        }, analyses);
    }
}
