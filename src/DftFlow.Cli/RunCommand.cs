using System.CommandLine;
using DftFlow.Cli.Clusters;
using DftFlow.Clusters;
using DftFlow.Engine;
using DftFlow.Reports;
using DftFlow.Workflows;
using DftFlow.Yaml;

namespace DftFlow.Cli;

internal static class RunCommand
{
    public static Command Create()
    {
        var arguments = new WorkflowArguments();
        var strict = new Option<bool>("--strict") { Description = "Ends with status 1 where an expected value is missed." };
        var noInstall = new Option<bool>("--no-install") { Description = "Never installs an engine; says how to." };
        var command = arguments.AddTo(new Command("run", "Runs a workflow to its report. What has a result already is not computed again."));
        command.Add(strict);
        command.Add(noInstall);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var json = parsed.GetValue(arguments.Json);
            var loaded = await arguments.LoadAsync(parsed, cancellationToken);
            if (loaded.Plan is not { } plan) return Output.Fail(json, loaded.Diagnostics);
            Output.Tell(loaded.Diagnostics, infos: false);
            var problems = new Diagnostics();
            if (FindCluster(plan, problems) is not { } cluster) return Output.Fail(json, problems.ToSorted());
            var workspace = Workspace.Open(arguments.WorkspaceFolder(parsed));

            FinishedRun finished;
            await using (var progress = new RunProgress(plan.Calculations.Select(c => c.Id), TimeProvider.System))
            {
                var options = new ExecutionOptions
                {
                    MayInstall = !parsed.GetValue(noInstall),
                    InstallOutput = Output.Say,
                    AnalysisProgress = progress,
                    Prompt = TerminalPrompt.OrNull is { } ask ? (question, token) => progress.WhileAskingAsync(() => ask(question, token)) : null,
                    LendTerminal = progress.WhileAskingAsync,
                };
                finished = await WorkflowRun.RunAsync(plan, cluster, workspace, options, TimeProvider.System, progress, cancellationToken);
            }
            // The report is written for an interrupted run too: it tells what is there.
            RunResult result;
            try
            {
                result = await ReportWriter.WriteAsync(finished.Result, finished.Analyses, finished.Result.Directory, CancellationToken.None);
            }
            catch (DftFlowException error)
            {
                return Output.Fail(json, error, ExitStatus.Failed);
            }

            if (json) Output.Json(RunResultJson.Serialize(result));
            else RunSummary.Print(result, [.. plan.Analyses.Select(a => a.Id)]);
            return result.State switch
            {
                RunState.Cancelled => ExitStatus.Interrupted,
                RunState.Failed => ExitStatus.Failed,
                _ => parsed.GetValue(strict) && result.Analyses.Values.Any(a => a.Values.Any(v => v.Met == false)) ? ExitStatus.Failed : ExitStatus.Done,
            };
        });
        return command;
    }

    /// <summary>The configuration of the one cluster that the plan names; null, with diagnostics, where it cannot be had.</summary>
    private static ClusterConfig? FindCluster(Plan plan, Diagnostics diagnostics)
    {
        var names = plan.Calculations.Select(c => c.Cluster).DefaultIfEmpty(WorkflowLoader.DefaultCluster).Distinct().ToArray();
        if (names.Length > 1)
            throw new DftFlowException("DF2020", $"The calculations name {names.Length} clusters: {string.Join(", ", names)}.", "A run takes one cluster so far; choose it with --cluster.");
        if (ClusterConfigLoader.Find(names[0], diagnostics) is not { } cluster) return null;
        if (plan.Calculations.FirstOrDefault(c => !cluster.Engines.ContainsKey(c.Engine)) is { } without)
            throw new DftFlowException("DF1017", $"The cluster '{cluster.Name}' has no engine '{without.Engine}', which '{without.Id}' asks for.",
                $"{Diagnostics.Suggest(without.Engine, [.. cluster.Engines.Keys])} Describe it under 'engines' in {(cluster.File.Length > 0 ? cluster.File : "the cluster's configuration")}, or name another in the workflow.");
        return cluster;
    }
}
