using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Reports.Figures;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;
using DftFlow.Yaml;

namespace DftFlow.Cli;

/// <summary>Builds the structure models of a workflow, and writes and draws them.</summary>
internal static class StructureBuildCommand
{
    public static Command Create()
    {
        var arguments = new WorkflowArguments();
        var models = new Argument<string[]>("MODEL") { Description = "Names of structures of the workflow; all where none is named.", Arity = ArgumentArity.ZeroOrMore };
        models.CompletionSources.Add(context => Names(context.ParseResult.GetValue(arguments.Workflow)).Select(name => new CompletionItem(name)));
        var outFolder = new Option<string>("--out") { Description = "Where to write: a folder for each model with POSCAR, structure.cif, structure.svg and structure.png.", HelpName = "DIR", Required = true };
        var views = StructureCommand.ViewOption();
        var command = new Command("build", "Builds the structure models of a workflow: POSCAR, CIF and a picture of each.") { arguments.Workflow, models, outFolder, views, arguments.Set, arguments.Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var loaded = await arguments.LoadAsync(parsed, cancellation);
            var json = parsed.GetValue(arguments.Json);
            if (!json) Output.Tell(loaded.Diagnostics, infos: true);
            if (loaded.Plan is not { } plan)
            {
                if (json) Output.Json(new StructureBuildAnswer(false, DiagnosticDocument.Of(loaded.Diagnostics), DiagnosticDocument.FirstError(loaded.Diagnostics), []), CliJson.Default.StructureBuildAnswer);
                return ExitStatus.BadRequest;
            }
            var chosen = Chosen(plan, parsed.GetValue(models) ?? []);
            var built = await Task.Run(() => chosen.Select(model => Built(model, parsed.GetValue(views) ?? [], parsed.GetValue(outFolder)!, cancellation)).ToImmutableArray(), CancellationToken.None).WaitAsync(cancellation);
            await OutputFiles.WriteAsync(built.SelectMany(model => model.Files), cancellation);
            if (json) Output.Json(new StructureBuildAnswer(true, DiagnosticDocument.Of(loaded.Diagnostics), null, [.. built.Select(model => model.Document)]), CliJson.Default.StructureBuildAnswer);
            else Print(built);
            return ExitStatus.Done;
        });
        return command;
    }

    private sealed record BuiltModel(BuiltModelDocument Document, ImmutableArray<(string Path, ReadOnlyMemory<byte> Bytes)> Files);

    private static ImmutableArray<Model> Chosen(Plan plan, string[] names)
    {
        foreach (var name in names)
            if (plan.Models.All(model => model.Name != name))
                throw new DftFlowException("DF1633", $"The workflow has no structure '{name}'.", Diagnostics.Suggest(name, [.. plan.Models.Select(model => model.Name)]), file: plan.File);
        return [.. plan.Models.Where(model => names.Length == 0 || names.Contains(model.Name))];
    }

    private static BuiltModel Built(Model model, string[] views, string folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // As calculations send it.
        var (name, structure) = (model.Name, model.Structure.GroupedByElement());
        var drawing = new StructureDrawing(structure, views, StructureCommand.Title(name, structure));
        ImmutableArray<(string, ReadOnlyMemory<byte>)> files =
        [
            (Path.Combine(folder, name, "POSCAR"), Encoding.UTF8.GetBytes(Poscar.Write(structure, name))),
            (Path.Combine(folder, name, "structure.cif"), Encoding.UTF8.GetBytes(Cif.Write(structure, name))),
            (Path.Combine(folder, name, "structure.svg"), Encoding.UTF8.GetBytes(drawing.Svg())),
            (Path.Combine(folder, name, "structure.png"), drawing.Png()),
        ];
        return new(new(name, structure.Composition.ReducedFormula, structure.Composition.Formula, structure.Sites.Length, CellDocument.Of(structure.Lattice), ModelStepDocument.Of(model), [.. files.Select(file => file.Item1)]), files);
    }

    private static void Print(ImmutableArray<BuiltModel> built)
    {
        var width = built.Select(model => model.Document.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var (model, files) in built.Select(one => (one.Document, one.Files)))
        {
            var (lengths, angles) = (model.Cell.LengthsA, model.Cell.AnglesDeg);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{Ink.Bold(model.Name.PadRight(width))}  {model.Formula}  {Output.Count(model.NAtoms, "atom")}  {lengths[0]:0.000} × {lengths[1]:0.000} × {lengths[2]:0.000} Å  {angles[0]:0.0}° {angles[1]:0.0}° {angles[2]:0.0}°  {Ink.Dim(Output.Printable(Path.GetDirectoryName(files[0].Path)!))}"));
        }
    }

    /// <summary>The names of a workflow's structures, for the shell's completion: nothing is built for that.</summary>
    private static IEnumerable<string> Names(string? workflow)
    {
        if (workflow is null) return [];
        var diagnostics = new Diagnostics();
        var root = YamlLoader.LoadFile(Directory.Exists(workflow) ? Path.Combine(workflow, WorkflowLoader.FileName) : workflow, diagnostics);
        return ((root as YamlMapping)?["structures"] as YamlMapping)?.Entries.Select(entry => entry.Key) ?? [];
    }
}
