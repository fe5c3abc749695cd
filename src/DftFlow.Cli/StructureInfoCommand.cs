using System.CommandLine;
using System.Text;
using DftFlow.Crystals.Symmetry;
using DftFlow.Reports.Figures;
using DftFlow.Vasp.Inspection;

namespace DftFlow.Cli;

/// <summary>Tells what a structure is, and draws it.</summary>
internal static class StructureInfoCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A POSCAR, CONTCAR, CIF or extended XYZ, compressed or not." };
        var views = StructureCommand.ViewOption();
        var svg = new Option<string?>("--svg") { Description = "Draws the structure, as SVG.", HelpName = "FILE" };
        var png = new Option<string?>("--png") { Description = "Draws the structure, as PNG at 300 dots an inch.", HelpName = "FILE" };
        var symprec = new Option<double>("--symprec") { Description = "How far, in Å, symmetry may miss an atom.", HelpName = "Å", DefaultValueFactory = _ => SpaceGroup.DefaultSymprecA };
        var json = new Option<bool>("--json") { Description = "Prints one JSON document on standard output.", Arity = ArgumentArity.Zero };
        var command = new Command("info", "Tells what a structure is: cell, symmetry, density, vacuum, distances, bonds; and draws it.") { file, views, svg, png, symprec, json };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(views) ?? [], parsed.GetValue(svg), parsed.GetValue(png), parsed.GetValue(symprec), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string path, string[] views, string? svg, string? png, double symprecA, bool json, CancellationToken cancellation)
    {
        if (path.StartsWith('-') && !Path.Exists(path)) throw new DftFlowException("DF1900", $"'{path}' is not an option of this command.", "Add --help to see what there is.");
        // Whoever is interrupted does not wait for the end of a long step.
        var (facts, files) = await Task.Run(() => Work(path, views, svg, png, symprecA, cancellation), CancellationToken.None).WaitAsync(cancellation);
        await OutputFiles.WriteAsync(files, cancellation);
        if (json) Output.Json(StructureInfoAnswer.Of(facts, files.Select(drawn => drawn.Path)), CliJson.Default.StructureInfoAnswer);
        else StructureScreen.Print(facts);
        return ExitStatus.Done;
    }

    private static (StructureFacts, List<(string Path, ReadOnlyMemory<byte> Bytes)>) Work(string path, string[] views, string? svg, string? png, double symprecA, CancellationToken cancellation)
    {
        var facts = StructureFacts.Of(Read(path, cancellation), symprecA, cancellation);
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        if (svg is null && png is null) return (facts, files);
        if (facts.File.Structure is not { } structure)
            throw new DftFlowException("DF1213", "Sites are shared or partly vacant: there is no one arrangement to draw.", "Make an ordered arrangement, and draw that.", file: path);
        var drawing = new StructureDrawing(structure, views, StructureCommand.Title(Path.GetFileName(path), structure));
        if (svg is not null) files.Add((svg, Encoding.UTF8.GetBytes(drawing.Svg())));
        if (png is not null) files.Add((png, drawing.Png()));
        return (facts, files);
    }

    private static StructureFile Read(string path, CancellationToken cancellation)
    {
        try
        {
            return StructureFile.Read(path, cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new DftFlowException("DF1902", error.Message, "Is the disk there, and may you read it?", file: path, inner: error);
        }
    }
}
