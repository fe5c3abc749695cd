using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals.Surfaces;
using DftFlow.Reports.Figures;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli.Analyze;

/// <summary>Cuts a grid along a plane, and draws it as a map.</summary>
internal static class SliceCommand
{
    private const string HowToPlace = "Give --through 1,5,9 (three atoms), --plane h,k,l --at 0.5 (a lattice plane), or --axis c --at 0.5.";

    private sealed record Request(string Path, string? File, string? Kind, string? Through, string? Plane, string? Axis, string? At, GridSpin? Spin, string? Block,
        double? WidthA, double? HeightA, double? StepA, double AtomsWithinA, bool Smooth, string? Range, ImmutableArray<string> Out, string? Cube);

    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "A file with values on a grid, compressed or not, or the directory of a run." };
        var file = new Option<string?>("--file") { Description = "Which file of the directory, as in ELFCAR, CHGCAR or LOCPOT.", HelpName = "NAME" };
        var kind = new Option<string?>("--kind") { Description = "What the values are, where the file's name does not tell: density, elf or potential.", HelpName = "KIND" };
        var through = new Option<string?>("--through") { Description = "Through three atoms, by their numbers from 1, as in 1,5,9.", HelpName = "SITES" };
        var plane = new Option<string?>("--plane") { Description = "A lattice plane by its indices, as in 1,1,0 or --plane=-1,0,4.", HelpName = "h,k,l" };
        var axis = new Option<string?>("--axis") { Description = "Perpendicular to the lattice vector a, b or c.", HelpName = "AXIS" };
        var at = new Option<string?>("--at") { Description = "The plane's height: a part of the distance to the next lattice plane, or of the axis; or in Å, as in 2.5A [default: 0].", HelpName = "HEIGHT" };
        var spin = GridFiles.SpinOption();
        var block = new Option<string?>("--block") { Description = "Of a density: total, magnetization, mx, my or mz [default: total].", HelpName = "BLOCK" };
        var width = new Option<double?>("--width") { Description = "Of the window, in Å, about its centre.", HelpName = "Å" };
        var height = new Option<double?>("--height") { Description = "Of the window, in Å, about its centre.", HelpName = "Å" };
        var step = new Option<double?>("--step") { Description = "Between points, in Å [default: 0.02, smaller in small windows].", HelpName = "Å" };
        var within = new Option<double>("--atoms-within") { Description = "How far from the plane atoms are drawn, in Å.", HelpName = "Å", DefaultValueFactory = _ => GridSlice.DefaultAtomsWithinA };
        var smooth = new Option<bool>("--smooth") { Description = "Interpolates with cubics instead of straight lines: for pictures of coarse grids.", Arity = ArgumentArity.Zero };
        var range = new Option<string?>("--range") { Description = "The values at the ends of the colours, as in 0:0.5 or --range=-0.1:0.1 [default: 0:1 of an ELF, else chosen].", HelpName = "MIN:MAX" };
        var output = new Option<string[]>("--out") { Description = "Where to write: .svg, .png (300 dots an inch), .csv. May be repeated.", HelpName = "FILE", Required = true };
        var cube = new Option<string?>("--cube") { Description = "Writes the whole grid as a Gaussian cube file besides, for viewers of isosurfaces.", HelpName = "FILE.cube" };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("slice", "Cuts values on a grid (ELF, density, magnetisation, potential, difference) along a plane, and draws them as a map.")
            { path, file, kind, through, plane, axis, at, spin, block, width, height, step, within, smooth, range, output, cube, json };
        command.SetAction((parsed, cancellation) => RunAsync(new(parsed.GetValue(path)!, parsed.GetValue(file), parsed.GetValue(kind), parsed.GetValue(through), parsed.GetValue(plane), parsed.GetValue(axis), parsed.GetValue(at),
            GridFiles.Spin(parsed.GetValue(spin)), parsed.GetValue(block)?.ToLowerInvariant(), parsed.GetValue(width), parsed.GetValue(height), parsed.GetValue(step), parsed.GetValue(within), parsed.GetValue(smooth), parsed.GetValue(range),
            [.. parsed.GetValue(output) ?? []], parsed.GetValue(cube)), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Request request, bool json, CancellationToken cancellation)
    {
        await using var progress = new TerminalProgress(TimeProvider.System);
        // All that can be refused without the file is refused before it is read.
        if (((string?[])[request.Through, request.Plane, request.Axis]).Count(way => way is not null) != 1) throw new DftFlowException("DF3233", "A slice lies in one plane.", HowToPlace);
        if (Directory.Exists(request.Path) && request.File is null) throw new DftFlowException("DF3235", "Which of the directory's files is to be cut is not said.", "Add --file ELFCAR, CHGCAR or LOCPOT.", file: request.Path);
        if (!Directory.Exists(request.Path) && request.File is not null) throw new DftFlowException("DF3235", "--file names a file of a directory, and this is none.", "Leave --file out, or give the run's directory.", file: request.Path);
        var file = GridFiles.Find(request.Path, request.File ?? "");
        var outputs = request.Out.Concat(((string?[])[request.Cube]).OfType<string>()).ToImmutableArray();
        GridFiles.CheckOutputs(outputs, [file]);
        foreach (var output in request.Out)
            if (Ending(output) is not (".svg" or ".png" or ".csv")) throw new DftFlowException("DF3236", "A slice is written as .svg, .png or .csv.", "Give the file one of these endings.", file: output);
        var range = Range(request.Range);
        var kind = Kind(request.Kind);
        _ = Place(request.At);
        if (request.Plane is not null) _ = Miller(request.Plane);

        progress.Report(new($"reading {Path.GetFileName(file)}"));
        // The total density is the first block.
        var total = (kind ?? VolumetricFile.KindOf(Path.GetFileName(file))) == GridKind.Density && request is { Spin: null or GridSpin.Both, Block: null or "total" };
        var read = await GridInput.ReadAsync(file, null, kind, firstBlockOnly: total, cancellation).WaitAsync(cancellation);
        var data = read.Content;
        progress.Report(new("cutting"));
        var (answer, files) = await Task.Run(() =>
        {
            var structure = data.Structure;
            var plane = PlaneOf(request, data).Sized(request.WidthA, request.HeightA);
            var quantity = GridQuantity.Of(data, request.Block, request.Spin);
            var slice = GridSlice.Of(new(data.Lattice, data.Dimensions, quantity.Values), quantity.Quantity, plane, structure, request.StepA, request.AtomsWithinA, request.Smooth, cancellation);
            var drawing = new SliceDrawing(slice, quantity.Name, quantity.Unit, range);
            progress.Report(new("drawing"));
            var files = request.Out.Select(output => GridFiles.Bytes(output, Ending(output) switch
            {
                ".svg" => Encoding.UTF8.GetBytes(drawing.Svg()),
                ".png" => drawing.Png(),
                _ => SliceDrawing.Csv(slice),
            }, cancellation)).ToList();
            if (request.Cube is { } cube)
            {
                // In the file's own units again: the writer knows what densities are in bohr.
                if (quantity.Quantity is not (SliceQuantity.Elf or SliceQuantity.Potential)) for (var i = 0; i < quantity.Values.Length; i++) quantity.Values[i] *= data.Lattice.Volume;
                files.Add(GridFiles.Cube(cube, data, new(quantity.Quantity is SliceQuantity.Elf or SliceQuantity.Potential ? data.Blocks[0].Meaning : GridMeaning.Total, quantity.Values), quantity.Name, progress, cancellation));
            }
            ImmutableArray<string> warnings = [.. GridFiles.Warnings(read), .. structure is null ? (string[])["The file does not name its elements: no atoms are drawn."] : [],
                .. slice.Coarsened(request.StepA) is { } coarser ? (string[])[coarser] : []];
            return (SliceAnswer.Of(request.Path, read, quantity, slice, drawing, request.AtomsWithinA, request.Smooth, outputs, warnings), files);
        }, CancellationToken.None).WaitAsync(cancellation);
        await OutputFiles.WriteAsync(files, cancellation);
        await progress.DisposeAsync();
        if (json) Output.Json(answer, AnalyzeJson.Default.SliceAnswer);
        else Print(answer);
        return ExitStatus.Done;
    }

    private static SlicePlane PlaneOf(Request request, VolumetricData<double> data)
    {
        var (at, inA) = Place(request.At);
        if (request.Plane is not null) return SlicePlane.Of(data.Lattice, Miller(request.Plane), at, inA);
        if (request.Axis is { } axis) return SlicePlane.Across(data.Lattice, GridFiles.Axis(axis), at, inA);
        if (request.At is not null) throw new DftFlowException("DF3233", "A plane through atoms has no other height.", "Leave --at out.");
        var structure = data.Structure ?? throw new DftFlowException("DF3233", "The file does not name its elements.", "Give the plane by its indices.", file: request.Path);
        return SlicePlane.Through(structure, [.. request.Through!.Split(',').Select(number => int.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out var site)
            ? site : throw new DftFlowException("DF3233", $"'{number}' is no number of a site.", HowToPlace))]);
    }

    private static MillerPlane Miller(string text) => MillerPlane.Of([.. text.Split(',').Select(number => int.TryParse(number, NumberStyles.Integer, CultureInfo.InvariantCulture, out var index)
        ? index : throw new DftFlowException("DF3233", $"'{text}' are no Miller indices.", "Give three whole numbers, as in --plane 1,1,0."))]);

    private static (double At, bool InA) Place(string? text)
    {
        if (text is null) return (0, false);
        var number = text.TrimEnd('A', 'Å', ' ');
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var at) && double.IsFinite(at)
            ? (at, number.Length < text.Length) : throw new DftFlowException("DF3233", $"'{text}' is no height.", "Give a part of the distance, as in 0.5, or Å, as in 2.5A.");
    }

    private static (double, double)? Range(string? text) => text is null ? null
        : text.Split(':') is [var low, var high] && double.TryParse(low, NumberStyles.Float, CultureInfo.InvariantCulture, out var min) && double.TryParse(high, NumberStyles.Float, CultureInfo.InvariantCulture, out var max) && min < max
            ? (min, max) : throw new DftFlowException("DF3233", $"'{text}' is no range of values.", "Give the lower and the upper one, as in 0:0.5 or --range=-0.1:0.1.");

    private static GridKind? Kind(string? text) => text?.ToLowerInvariant() switch
    {
        null => null,
        "density" => GridKind.Density,
        "elf" => GridKind.Elf,
        "potential" => GridKind.Potential,
        _ => throw new DftFlowException("DF3231", $"'{text}' is no kind of values.", "Give density, elf or potential."),
    };

    private static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static void Print(SliceAnswer answer)
    {
        var text = new StringBuilder();
        var unit = answer.Unit.Length > 0 ? $" {answer.Unit}" : "";
        text.Append(CultureInfo.InvariantCulture, $"{Ink.Bold(answer.Name)}  {answer.Plane.Description}  {answer.Plane.WidthA:0.00} × {answer.Plane.HeightA:0.00} Å, {answer.Points[0]} × {answer.Points[1]} points  {Ink.Dim(Output.Printable(answer.File))}\n");
        text.Append(CultureInfo.InvariantCulture, $"  values    {answer.Min:G5} to {answer.Max:G5}{unit}\n");
        text.Append(CultureInfo.InvariantCulture, $"  colours   {answer.ColorRange[0]:G5} to {answer.ColorRange[1]:G5}{unit}{(answer.ClippedPart > 0 ? FormattableString.Invariant($"; {100 * answer.ClippedPart:0.0} % of the points lie beyond") : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"  atoms     {answer.Atoms.Length} within {answer.AtomsWithinA:0.##} Å\n");
        foreach (var file in answer.Files) text.Append("  ").Append(Output.Printable(file)).Append('\n');
        foreach (var warning in answer.Warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());
    }
}
