using System.CommandLine;
using DftFlow.Cli.Clusters;
using DftFlow.Workflows;

namespace DftFlow.Cli;

/// <summary>The argument and options that all commands on workflows share.</summary>
internal sealed class WorkflowArguments
{
    public Argument<string> Workflow { get; } = new("WORKFLOW") { Description = "A workflow's file, or a folder with workflow.yaml." };

    public Option<string[]> Set { get; } = new("--set") { Description = "Sets a parameter: --set cutoff='520 eV'. May be repeated.", HelpName = "NAME=VALUE" };

    public Option<string?> Cluster { get; } = new("--cluster") { Description = "Where everything runs, whatever the workflow says.", HelpName = "NAME" };

    public Option<string?> Workspace { get; } = new("--workspace") { Description = "Where results and runs are kept [default: $DFTFLOW_WORKSPACE, or ./dftflow-runs].", HelpName = "DIR" };

    public Option<bool> Json { get; } = new("--json") { Description = "Prints one JSON document on standard output.", Arity = ArgumentArity.Zero };

    public WorkflowArguments() => Cluster.CompletionSources.Add(ClusterCommand.Names);

    public Command AddTo(Command command)
    {
        command.Add(Workflow);
        command.Add(Set);
        command.Add(Cluster);
        command.Add(Workspace);
        command.Add(Json);
        return command;
    }

    /// <summary>Loads the workflow; who is interrupted meanwhile does not wait for the end of it.</summary>
    public async Task<LoadedWorkflow> LoadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var overrides = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parsed.GetValue(Set) ?? [])
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            if (split < 1) throw new DftFlowException("DF1900", $"'{pair}' is not a parameter and its value.", "Write --set cutoff='520 eV'.");
            overrides[pair[..split]] = pair[(split + 1)..];
        }
        var workflow = parsed.GetValue(Workflow)!;
        if (workflow.StartsWith('-') && !Path.Exists(workflow))
            throw new DftFlowException("DF1900", $"'{workflow}' is not an option of this command.", "Add --help to see what there is.");
        return await Task.Run(() => WorkflowLoader.Load(workflow, overrides, parsed.GetValue(Cluster)), CancellationToken.None).WaitAsync(cancellationToken);
    }

    public string WorkspaceFolder(ParseResult parsed) => Path.GetFullPath(
        parsed.GetValue(Workspace)
        ?? (Environment.GetEnvironmentVariable("DFTFLOW_WORKSPACE") is { Length: > 0 } folder ? folder : "dftflow-runs"));
}
