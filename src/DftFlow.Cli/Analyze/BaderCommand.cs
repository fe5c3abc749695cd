using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using DftFlow.Analysis.Charge.Bader;

namespace DftFlow.Cli.Analyze;

/// <summary>Tells the charges of the atoms after Bader.</summary>
internal static class BaderCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "The directory of a run, or a density file, compressed or not." };
        var method = new Option<string>("--method") { Description = "How the density is parted: weight, neargrid or ongrid.", HelpName = "METHOD", DefaultValueFactory = _ => "weight" };
        method.AcceptOnlyFromAmong("weight", "neargrid", "ongrid");
        var reference = new Option<string[]>("--reference") { Description = "The density whose basins are taken: auto, or files whose sum it is.", HelpName = "auto|FILE", AllowMultipleArgumentsPerToken = true };
        var vacuum = new Option<double?>("--vacuum") { Description = "Where the reference is at most this, in e/Å³, is vacuum.", HelpName = "DENSITY" };
        var compare = new Option<bool>("--compare") { Description = "Parts it by the weight and the near-grid method, on this and a coarser grid, too.", Arity = ArgumentArity.Zero };
        var acf = new Option<string?>("--acf") { Description = "Writes the charges in the form of ACF.dat.", HelpName = "FILE" };
        var csv = new Option<string?>("--csv") { Description = "Writes the charges as a table.", HelpName = "FILE" };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("bader", "Tells the charges of the atoms after Bader.") { path, method, reference, vacuum, compare, acf, csv, json };
        command.SetAction((parsed, cancellation) => RunAsync(
            new(parsed.GetValue(path)!, MethodOf(parsed.GetValue(method)!), parsed.GetValue(reference) ?? [], parsed.GetValue(vacuum), parsed.GetValue(compare)),
            parsed.GetValue(acf), parsed.GetValue(csv), parsed.GetValue(json), cancellation));
        return command;
    }

    private sealed record Wish(string Path, BaderMethod Method, string[] References, double? VacuumPerA3, bool Compare);

    private static BaderMethod MethodOf(string name) => name switch { "neargrid" => BaderMethod.NearGrid, "ongrid" => BaderMethod.OnGrid, _ => BaderMethod.Weight };

    private static async Task<int> RunAsync(Wish wish, string? acf, string? csv, bool json, CancellationToken cancellation)
    {
        AnalyzeCommand.RefuseNoPath(wish.Path);
        foreach (var reference in wish.References) AnalyzeCommand.RefuseNoPath(reference);
        GridFiles.CheckOutputs([acf, csv], []);
        if (wish.VacuumPerA3 is { } density && !(double.IsFinite(density) && density >= 0)) throw new DftFlowException("DF1900", $"--vacuum {density} is no density.", "Give a density in e/Å³, as in 0.001.");
        if (wish.References is [_, _, ..] && wish.References.Contains("auto")) throw new DftFlowException("DF1900", "--reference auto stands alone.", "Leave out auto, or the files.");
        BaderDensities densities;
        BaderCharges charges;
        var comparison = ImmutableArray<BaderComparison>.Empty;
        await using (var progress = new TerminalProgress(TimeProvider.System))
        {
            densities = await BaderDensities.ReadAsync(wish.Path, wish.References is ["auto"] ? [] : wish.References, progress, cancellation);
            GridFiles.CheckOutputs([acf, csv], densities.Inputs.Select(input => input.File));
            // Whoever is interrupted does not wait for the end of a long step.
            (charges, comparison) = await Task.Run(() =>
            {
                var found = BaderAnalysis.Compute(densities, wish.Method, wish.VacuumPerA3, progress, cancellation);
                return (found, wish.Compare ? BaderComparison.Of(densities, found, wish.VacuumPerA3, progress, cancellation) : []);
            }, CancellationToken.None).WaitAsync(cancellation);
        }
        var files = new List<(string, ReadOnlyMemory<byte>)>();
        if (acf is not null) files.Add((acf, Encoding.UTF8.GetBytes(BaderTables.Acf(charges, densities.Charge.Lattice).Text())));
        if (csv is not null) files.Add((csv, Encoding.UTF8.GetBytes(BaderTables.Csv(charges))));
        await OutputFiles.WriteAsync(files, cancellation);
        if (json) Output.Json(BaderAnswer.Of(densities, charges, comparison, wish.Compare, files.Select(file => file.Item1)), AnalyzeJson.Default.BaderAnswer);
        else BaderScreen.Print(charges, comparison);
        return ExitStatus.Done;
    }
}
