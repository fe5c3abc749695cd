using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using DftFlow.Analysis;
using DftFlow.Analysis.Charge;
using DftFlow.Reports.Figures;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli.Analyze;

/// <summary>The density of a whole minus those of its parts.</summary>
internal static class ChargeDifferenceCommand
{
    private sealed record Request(ImmutableArray<string> Paths, int Axis, double? MacroscopicA, bool IgnoreAtoms, string? Out, string? Svg, string? Png, string? Csv);

    public static Command Create()
    {
        var paths = new Argument<string[]>("AB A B") { Description = "The CHGCAR of the whole, then those of its parts, compressed or not; or directories of runs.", Arity = new ArgumentArity(2, 20) };
        var axis = new Option<string>("--axis") { Description = "The average is over the planes that the other two lattice vectors span.", HelpName = "AXIS", DefaultValueFactory = _ => "c" };
        var macroscopic = new Option<double?>("--macroscopic") { Description = "Averages the curve over this length in Å besides.", HelpName = "Å" };
        var ignore = new Option<bool>("--ignore-atoms") { Description = "Does not ask whether the parts' atoms are those of the whole, in place.", Arity = ArgumentArity.Zero };
        var output = new Option<string?>("--out") { Description = "Writes the difference on the grid: as a Gaussian cube file where the name ends in .cube, else as CHGCAR.", HelpName = "FILE" };
        var svg = new Option<string?>("--svg") { Description = "Draws the planar average and its integral, as SVG.", HelpName = "FILE" };
        var png = new Option<string?>("--png") { Description = "The same as PNG at 300 dots an inch.", HelpName = "FILE" };
        var csv = new Option<string?>("--csv") { Description = "The same as a table.", HelpName = "FILE" };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("charge-difference", "The charge-density difference AB − A − B: on the grid, averaged over planes, and its integral.") { paths, axis, macroscopic, ignore, output, svg, png, csv, json };
        command.SetAction((parsed, cancellation) => RunAsync(new([.. parsed.GetValue(paths)!], GridFiles.Axis(parsed.GetValue(axis)!), parsed.GetValue(macroscopic), parsed.GetValue(ignore),
            parsed.GetValue(output), parsed.GetValue(svg), parsed.GetValue(png), parsed.GetValue(csv)), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Request request, bool json, CancellationToken cancellation)
    {
        await using var progress = new TerminalProgress(TimeProvider.System);
        if (request.MacroscopicA is { } length && !(length > 0 && length < 1000)) throw new DftFlowException("DF3242", "The length of the macroscopic average is none.", "Give the distance of the layers in Å, as in --macroscopic 4.7.");
        var files = request.Paths.Select(path => GridFiles.Find(path, "CHGCAR")).ToImmutableArray();
        string[] outputs = [.. ((string?[])[request.Out, request.Svg, request.Png, request.Csv]).OfType<string>()];
        GridFiles.CheckOutputs(outputs, files);
        var (result, answer, drawing) = await Task.Run(() => WorkAsync(request, files, outputs, progress, cancellation), CancellationToken.None).WaitAsync(cancellation);
        await OutputFiles.WriteAsync(Written(request, result.Data, drawing, progress, cancellation), cancellation);
        await progress.DisposeAsync();
        if (json) Output.Json(answer, AnalyzeJson.Default.ChargeDifferenceAnswer);
        else Print(answer);
        return ExitStatus.Done;
    }

    private static async Task<(ChargeDifferenceResult, ChargeDifferenceAnswer, PlanarAverageDrawing)> WorkAsync(Request request, ImmutableArray<string> files, string[] outputs, IProgress<AnalysisStep> progress, CancellationToken cancellation)
    {
        var steps = files.Length + (request.Out is null ? 0 : 1);
        progress.Report(new($"reading {Path.GetFileName(files[0])}", 0));
        var whole = await GridInput.ReadAsync(files[0], GridKind.Density, cancellation: cancellation);
        var inputs = ImmutableArray.Create(InputDocument.Of(whole));
        var warnings = GridFiles.Warnings(whole).ToList();
        var difference = new ChargeDifference(whole.Content, request.IgnoreAtoms);
        foreach (var (i, file) in files.Index().Skip(1))
        {
            progress.Report(new($"reading {Path.GetFileName(file)}", (double)i / steps));
            var part = await GridInput.ReadAsync(file, GridKind.Density, data =>
            {
                difference.Subtract(data, file, cancellation);
                return data.Warnings;
            }, cancellation: cancellation);
            inputs = inputs.Add(InputDocument.Of(part));
            warnings.AddRange(part.Warnings.Concat(part.Content).Select(warning => $"{Path.GetFileName(part.Path)}: {warning}"));
            // The part's grid goes before the next one comes: two are in memory at most.
            GC.Collect();
        }
        var result = difference.Finish();
        warnings.AddRange(result.Warnings);
        if (Math.Abs(result.IntegralElectrons) > 0.01)
            warnings.Add(string.Create(CultureInfo.InvariantCulture, $"The whole has {Math.Abs(result.IntegralElectrons):0.####} electrons {(result.IntegralElectrons > 0 ? "more" : "fewer")} than its parts: are their charges (NELECT) meant so?"));
        var data = result.Data;
        var average = new PlanarAverage(data.Lattice, data.Dimensions, data.Blocks[0], request.Axis);
        var moment = data.Blocks.FirstOrDefault(block => block.Meaning == GridMeaning.Magnetization) is { } block ? new PlanarAverage(data.Lattice, data.Dimensions, block, request.Axis) : null;
        var from = PlanarAverage.AtomFreePart(data.Positions, request.Axis) * average.PeriodA;
        return (result, ChargeDifferenceAnswer.Of(request.Paths, result, average, moment, request.Axis, from, request.MacroscopicA, outputs, inputs, [.. warnings]),
            new(average, from, request.MacroscopicA, moment, data.Structure, request.Axis));
    }

    private static IEnumerable<(string, Func<Stream, Task>)> Written(Request request, VolumetricData<double> data, PlanarAverageDrawing drawing, IProgress<AnalysisStep> progress, CancellationToken cancellation)
    {
        if (request.Svg is { } svg) yield return GridFiles.Bytes(svg, Encoding.UTF8.GetBytes(drawing.Svg()), cancellation);
        if (request.Png is { } png) yield return GridFiles.Bytes(png, drawing.Png(), cancellation);
        if (request.Csv is { } csv) yield return GridFiles.Bytes(csv, Encoding.UTF8.GetBytes(drawing.Csv), cancellation);
        if (request.Out is not { } output) yield break;
        if (Path.GetExtension(output).Equals(".cube", StringComparison.OrdinalIgnoreCase)) yield return GridFiles.Cube(output, data, data.Blocks[0], data.Comment, progress, cancellation);
        else yield return (output, stream =>
        {
            progress.Report(new($"writing {Path.GetFileName(output)}", (double)request.Paths.Length / (request.Paths.Length + 1)));
            return Task.Run(() => VolumetricFile.Write(stream, data, cancellation: cancellation), cancellation);
        });
    }

    private static void Print(ChargeDifferenceAnswer answer)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Ink.Bold("Charge-density difference")}  {string.Join(" × ", answer.Grid)} points  {Ink.Dim(Output.Printable(string.Join(" − ", answer.Paths)))}\n");
        text.Append(CultureInfo.InvariantCulture, $"  integral  {Math.Round(answer.IntegralElectrons, 6) + 0.0:0.000000} e\n");
        text.Append(CultureInfo.InvariantCulture, $"  moved     {answer.MovedElectrons:0.0000} e  (half of the integral of its size)\n");
        text.Append(CultureInfo.InvariantCulture, $"  extremes  {answer.MinEPerA3:0.0000} to {answer.MaxEPerA3:0.0000} e/Å³\n");
        var planar = answer.PlanarAverage;
        var (low, high) = (planar.IntegralE.Min(), planar.IntegralE.Max());
        text.Append(CultureInfo.InvariantCulture, $"  along {planar.Axis}   from {planar.IntegralFromA:0.00} Å on: {low:0.0000} e at {planar.ZA[planar.IntegralE.IndexOf(low)]:0.00} Å, {high:0.0000} e at {planar.ZA[planar.IntegralE.IndexOf(high)]:0.00} Å\n");
        if (answer.Magnetization is { } moment) text.Append(CultureInfo.InvariantCulture, $"  moment    {moment.IntegralMub:0.0000} µB\n");
        foreach (var file in answer.Files) text.Append("  ").Append(Output.Printable(file)).Append('\n');
        foreach (var warning in answer.Warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());
    }
}
