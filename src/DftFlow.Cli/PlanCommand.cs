using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using DftFlow.Engine;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;

namespace DftFlow.Cli;

internal static class PlanCommand
{
    public static Command Create()
    {
        var arguments = new WorkflowArguments();
        var outFolder = new Option<string?>("--out") { Description = "Writes every input file as it would be sent, a folder for each calculation.", HelpName = "DIR" };
        var command = arguments.AddTo(new Command("plan", "Shows what a workflow would compute: every input, and where each INCAR tag comes from. Runs nothing."));
        command.Add(outFolder);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var loaded = await arguments.LoadAsync(parsed, cancellationToken);
            var json = parsed.GetValue(arguments.Json);
            if (!json) Output.Tell(loaded.Diagnostics, infos: true);
            var cached = loaded.Plan is { } plan ? Cached(plan, arguments.WorkspaceFolder(parsed), cancellationToken) : ImmutableDictionary<string, bool?>.Empty;
            // What may fail comes before the answer, which is the only one.
            if (loaded.Plan is not null && parsed.GetValue(outFolder) is { } folder)
                await OutputFiles.WriteAsync(loaded.Plan.Calculations.SelectMany(c => c.Input.Files().Select(file => (Path.Combine(folder, c.Id, file.Name), file.Bytes))), cancellationToken);
            if (json) Output.Json(Answer(loaded, cached), CliJson.Default.PlanAnswer);
            else if (loaded.Plan is not null) Print(loaded.Plan, cached);
            return loaded.Plan is null ? ExitStatus.BadRequest : ExitStatus.Done;
        });
        return command;
    }

    /// <summary>Whether each calculation has a result; null where a newer DftFlow wrote what is there.</summary>
    private static ImmutableDictionary<string, bool?> Cached(Plan plan, string workspace, CancellationToken cancellationToken)
    {
        var results = new Workspace(workspace).Results;
        return plan.Calculations.ToImmutableDictionary(c => c.Id, IsCached);

        bool? IsCached(PlannedCalculation calculation)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return results.Find(calculation.InputFingerprint).Result is not null;
            }
            catch (DftFlowException error)
            {
                Output.Say($"{calculation.Id}: {error.Code}: {error.Message}");
                return null;
            }
        }
    }

    private static PlanAnswer Answer(LoadedWorkflow loaded, ImmutableDictionary<string, bool?> cached) => new(
        loaded.Plan is not null,
        DiagnosticDocument.Of(loaded.Diagnostics),
        loaded.Plan is null ? DiagnosticDocument.FirstError(loaded.Diagnostics) : null,
        [.. loaded.Plan?.Models.Select(ModelDocument.Of) ?? []],
        [.. loaded.Plan?.Calculations.Select(c => new PlannedCalculationDocument(
            c.Id,
            c.InputFingerprint,
            cached[c.Id],
            c.Input.Structure.Composition.ReducedFormula,
            c.Input.Structure.Sites.Length,
            new KpointsDocument(c.Input.Kpoints.Scheme == MeshScheme.Gamma ? "gamma" : "monkhorst-pack", [c.Input.Kpoints.N1, c.Input.Kpoints.N2, c.Input.Kpoints.N3],
                [c.Input.Kpoints.Shift.X, c.Input.Kpoints.Shift.Y, c.Input.Kpoints.Shift.Z]),
            EstimatedCoreHours: null,
            [.. c.Input.Files().Select(f => f.Name)],
            c.StructureFrom is null ? [] : ["POSCAR"],
            c.Engine,
            c.Cluster,
            [.. c.Input.Incar.Tags.Select(t => new IncarTagDocument(t.Name, t.Value.ToText(), t.Origin))])) ?? []],
        [.. loaded.Plan?.Analyses.Select(a => new PlannedAnalysisDocument(a.Id, a.Kind, [.. a.Quantities.Select(q => q.Name)])) ?? []],
        [.. loaded.Plan?.Edges.Select(e => new EdgeDocument(e.From, e.To)) ?? []]);

    private static void Print(Plan plan, ImmutableDictionary<string, bool?> cached)
    {
        Console.WriteLine(plan.Title ?? plan.Name);
        PlanModels.Print(plan.Models);
        foreach (var block in plan.Calculations.GroupBy(c => c.Name))
        {
            var members = block.ToArray();
            Console.WriteLine();
            Console.WriteLine($"{block.Key}: {Output.Count(members.Length, "calculation")}");
            var width = members.Max(m => m.Id.Length);
            foreach (var member in members)
            {
                var k = member.Input.Kpoints;
                var structure = member.Input.Structure;
                var lengths = structure.Lattice.LengthsA;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {member.Id.PadRight(width)}  {structure.Composition.Formula}  {structure.Sites.Length} atoms  {lengths.X:0.00} × {lengths.Y:0.00} × {lengths.Z:0.00} Å  k {k.N1}×{k.N2}×{k.N3} {(k.Scheme == MeshScheme.Gamma ? "Γ" : "MP")}  {member.Engine} on {member.Cluster}  {member.InputFingerprint[..12]}{(cached[member.Id] == true ? "  cached" : "")}{(member.StructureFrom is { } from ? $"  structure of {from}" : "")}"));
            }
            PrintIncar(members);
        }
        Console.WriteLine();
        foreach (var analysis in plan.Analyses)
            Console.WriteLine($"analysis {analysis.Id}: {analysis.Kind}, {Output.Count(analysis.Cells.Count(), "cell")} × {string.Join(", ", analysis.Quantities.Select(q => $"{q.Name} [{q.Unit}]"))}");
    }

    /// <summary>The tags that all members share once, with their origins; then those in which each differs.</summary>
    private static void PrintIncar(PlannedCalculation[] members)
    {
        var tags = members.SelectMany(m => m.Input.Incar.Tags).DistinctBy(t => t.Name).ToArray();
        var shared = tags.Where(t => members.All(m => m.Input.Incar[t.Name] == t.Value)).ToArray();
        Console.WriteLine("  INCAR");
        foreach (var tag in shared) PrintTag("    ", tag);
        if (shared.Length == tags.Length) return;
        foreach (var member in members)
        {
            Console.WriteLine($"    only {member.Id}:");
            foreach (var tag in member.Input.Incar.Tags.Where(t => shared.All(s => s.Name != t.Name))) PrintTag("      ", tag);
        }
    }

    private static void PrintTag(string indent, IncarTag tag) =>
        Console.WriteLine($"{indent}{tag.Name.PadRight(9)} = {tag.Value.ToText().PadRight(24)} {tag.Origin}".TrimEnd());
}
