using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Cli.Analyze;
using DftFlow.Reports;

namespace DftFlow.Cli.Entries;

/// <summary>Shows the entries of files and runs, with what was added to each energy.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Tables (CSV), lists of entries (JSON), directories of runs, vasprun.xml or OUTCAR; compressed or not.",
            Arity = ArgumentArity.OneOrMore,
        };
        var reading = new ReadingOptions();
        var csv = new Option<string?>("--csv") { Description = "Writes the entries as a table that all analyses read.", HelpName = "FILE" };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("list", "Shows entries on one energy scale, with the corrections that each has.") { paths, csv, json };
        reading.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            foreach (var path in parsed.GetValue(paths)!) AnalyzeCommand.RefuseNoPath(path);
            var sources = await EntryFiles.ReadAsync(parsed.GetValue(paths)!, reading.Of(parsed), cancellation).WaitAsync(cancellation);
            string?[] outputs = [parsed.GetValue(csv)];
            GridFiles.CheckOutputs(outputs, sources.Inputs.Select(input => input.File));
            if (outputs[0] is { } file) await OutputFiles.WriteAsync([(file, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Table(sources.Table)))], cancellation);
            var answer = Answer(sources, [.. outputs.OfType<string>()]);
            if (parsed.GetValue(json)) Output.Json(answer, EntriesJson.Default.ListAnswer);
            else Print(answer);
            return ExitStatus.Done;
        });
        return command;
    }

    private static ListAnswer Answer(EntrySources sources, ImmutableArray<string> files)
    {
        var table = sources.Table;
        return new(table.ScaleText, table.Scale?.Functional, table.Scale?.CorrectionScheme,
            [.. table.Entries.Select(entry => new EntryDocument(entry.EntryId, entry.Formula, entry.Composition.Formula, entry.EnergyPerAtomEv, entry.Scale?.Functional, entry.Scale?.CorrectionScheme,
                [.. entry.Adjustments.Select(adjustment => new AdjustmentDocument(adjustment.Name, adjustment.EnergyEvPerAtom))]))],
            table.Provenance, files,
            $"energy_per_atom_ev: {(table.Scale?.Origin == EnergyOrigin.Elements ? "formation energy" : "energy")} with its adjustments, on the scale: {table.ScaleText}. Of runs: energy(sigma→0) of the last ionic step. adjustments: what was added to the calculated energy, eV per atom of the phase.",
            [.. sources.Inputs.Select(input => new InputDocument(input.File, input.Sha256))], [.. table.Warnings]);
    }

    private static string Table(EntryTable table)
    {
        var energy = table.Scale?.Origin == EnergyOrigin.Elements ? "formation_energy_per_atom_ev" : "energy_per_atom_ev";
        var csv = new Csv("entry_id", "composition", energy, "functional", "correction_scheme", "adjustments");
        foreach (var entry in table.Entries)
            csv.Row(entry.EntryId, entry.Composition.Formula, entry.EnergyPerAtomEv, entry.Scale?.Functional, entry.Scale?.CorrectionScheme,
                string.Join("; ", entry.Adjustments.Select(adjustment => $"{adjustment.Name} {Number(adjustment.EnergyEvPerAtom)} eV/atom")));
        return csv.ToString();
    }

    private static void Print(ListAnswer answer)
    {
        var text = new StringBuilder();
        text.AppendJoin("  ", Ink.Bold(string.Create(CultureInfo.InvariantCulture, $"{answer.Entries.Length} {(answer.Entries.Length == 1 ? "entry" : "entries")}")), Output.Printable(answer.Scale)).Append('\n');
        foreach (var source in answer.Provenance) text.Append("  ").Append(Ink.Dim(Output.Printable(source))).Append('\n');
        var (id, formula) = (answer.Entries.Max(entry => entry.EntryId.Length), answer.Entries.Max(entry => entry.Formula.Length));
        foreach (var entry in answer.Entries)
            text.Append("  ").Append(Output.Printable(entry.EntryId).PadRight(id)).Append("  ").Append(entry.Formula.PadRight(formula)).Append(Number(entry.EnergyPerAtomEv).PadLeft(12)).Append(" eV/atom")
                .Append(entry.Adjustments.IsEmpty ? "" : "  " + Ink.Dim(Output.Printable(string.Join(", ", entry.Adjustments.Select(adjustment => $"{adjustment.Name} {Number(adjustment.EnergyEvPerAtom)}"))))).Append('\n');
        foreach (var warning in answer.Warnings) text.Append(Ink.Yellow("warning: ")).Append(Output.Printable(warning)).Append('\n');
        Console.Out.Write(text.ToString());
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
