using System.Collections.Immutable;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>A workflow as far as it could be loaded.</summary>
/// <param name="Plan">Null where there are errors.</param>
public sealed record LoadedWorkflow(Plan? Plan, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>Loads a workflow, checks all of it and expands it into a plan, without touching a network.</summary>
public sealed class WorkflowLoader(Presets presets)
{
    public const string DefaultCluster = "local";

    /// <summary>The workflow of a folder.</summary>
    public const string FileName = "workflow.yaml";

    private readonly Diagnostics diagnostics = new();

    /// <param name="path">A workflow's file, or a folder with workflow.yaml.</param>
    /// <param name="overrides">Parameters set from outside.</param>
    /// <param name="cluster">Where everything runs, whatever the workflow says; null leaves it to the workflow.</param>
    public static LoadedWorkflow Load(string path, IReadOnlyDictionary<string, string>? overrides = null, string? cluster = null, Presets? presets = null)
    {
        var loader = new WorkflowLoader(presets ?? Presets.Default);
        var file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        var plan = loader.Load(file, overrides ?? ImmutableDictionary<string, string>.Empty, cluster);
        return new LoadedWorkflow(loader.diagnostics.HasErrors ? null : plan, loader.diagnostics.ToSorted());
    }

    private Plan? Load(string file, IReadOnlyDictionary<string, string> overrides, string? cluster)
    {
        if (YamlLoader.ReadFile(file, diagnostics) is not { } text || YamlLoader.Load(text, file, diagnostics) is not { } root) return null;
        var parameters = Parameters.Of(root, overrides, diagnostics);
        if (root is YamlMapping mapping) root = Substituted(mapping, parameters);
        var binder = new Binder(diagnostics);
        if (binder.Bind<WorkflowBlock>(root, "a workflow") is not { } workflow) return null;
        if (workflow.Version is { Value: not 1 } version)
            diagnostics.Error("DF1023", version.At, $"This file is written in version {version.Value} of the language; version 1 is known here.", "Is there a newer DftFlow?");
        if (workflow.Name is { } name && !Names.IsValid(name.Value))
            diagnostics.Error("DF1012", name.At, $"'{name.Value}' cannot be the name of a workflow.", Names.Rule);

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var models = new StructureModels(workflow.Structures, folder, diagnostics);
        var built = models.BuildAll();
        var calculations = new CalculationPlanner(workflow, models, presets, parameters, file, cluster, diagnostics).Plan();
        var planner = new AnalysisPlanner(workflow, calculations, folder, diagnostics);
        var analyses = planner.Plan();
        return new Plan
        {
            Name = workflow.Name?.Value ?? "",
            Title = workflow.Title,
            Source = workflow.Source,
            Description = workflow.Description,
            File = Path.GetFullPath(file),
            Text = text,
            Models = built,
            Calculations = [.. calculations, .. planner.Fragments],
            Analyses = analyses,
        };
    }

    /// <summary>Parameters are put in everywhere but in the calculations, whose axes bring names of their own.</summary>
    private YamlMapping Substituted(YamlMapping root, Dictionary<string, YamlScalar> parameters) => root with
    {
        Entries = [.. root.Entries.Select(entry => entry.Key is "parameters" or "calculations"
            ? entry
            : entry with { Value = Parameters.Substitute(entry.Value, parameters, diagnostics) })],
    };
}
