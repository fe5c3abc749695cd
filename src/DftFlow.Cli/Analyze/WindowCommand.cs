using System.Collections.Immutable;
using System.CommandLine;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Reports;
using DftFlow.Reports.Figures;

namespace DftFlow.Cli.Analyze;

/// <summary>Tells the voltages between which phases neither take nor give the working ion.</summary>
internal static class WindowCommand
{
    private const string RangeDefinition = " chemical_potential_ranges: the lowest and highest chemical potential of each element, in eV relative to it, with which the phase is stable for some potentials of its other elements, and those of all of them there; null where the phase is not on the hull. "
        + "sensitivity: the limits once more, each with one thing done otherwise.";

    public static Command Create()
    {
        var entries = new EntryOptions();
        var phase = new Option<string[]>("--phase") { Description = "A formula, or the id of an entry; several stand side by side.", HelpName = "FORMULA", Required = true, AllowMultipleArgumentsPerToken = true };
        var ion = ThermodynamicsOptions.WorkingIon();
        var energy = ThermodynamicsOptions.ReactantEnergy("hull");
        var also = ThermodynamicsOptions.Also();
        var own = ThermodynamicsOptions.OwnEnergies();
        var csv = ThermodynamicsOptions.Csv("Writes the profiles as a table.");
        var svg = ThermodynamicsOptions.Svg("Draws the profile of one phase, or the windows of several side by side, as SVG.");
        var png = ThermodynamicsOptions.Png();
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("window", "Electrochemical stability window of phases: the voltages without exchange of the working ion.") { phase, ion, energy, also, own, csv, svg, png, json };
        entries.AddTo(command);
        command.SetAction((parsed, cancellation) => new Work(
            entries.Of(parsed), parsed.GetValue(phase)!, parsed.GetValue(ion)!, parsed.GetValue(energy)!, parsed.GetValue(also) ?? [], parsed.GetValue(own) ?? [],
            new(parsed.GetValue(csv), parsed.GetValue(svg), parsed.GetValue(png))).RunAsync(parsed.GetValue(json), cancellation));
        return command;
    }

    private sealed record Work(EntryRequest Entries, string[] Phases, string Ion, string Energy, string[] Also, string[] OwnEnergies, PhaseFiles Outputs)
    {
        public async Task<int> RunAsync(bool json, CancellationToken cancellation)
        {
            GridFiles.CheckOutputs(Outputs.Names, [.. Entries.Paths, .. Also]);
            var (answer, bars) = await Task.Run(() => Compute(cancellation), CancellationToken.None).WaitAsync(cancellation);
            var files = bars is [var only]
                ? Outputs.Contents(() => Table(answer.Windows), () => new WindowProfileDrawing(only.Name, only.Window).Svg(), () => new WindowProfileDrawing(only.Name, only.Window).Png())
                : Outputs.Contents(() => Table(answer.Windows), () => new WindowDrawing(bars).Svg(), () => new WindowDrawing(bars).Png());
            await OutputFiles.WriteAsync(files, cancellation);
            if (json) Output.Json(answer, AnalyzeJson.Default.WindowAnswer);
            else ThermodynamicsScreen.Print(answer);
            return ExitStatus.Done;
        }

        private (WindowAnswer, List<WindowBar>) Compute(CancellationToken cancellation)
        {
            var ion = ThermodynamicsOptions.ElementOf(Ion);
            var kind = ThermodynamicsOptions.KindOf(Energy);
            var read = Entries.Read(Outputs, cancellation);
            var also = Entries.ReadEach(Also, Outputs, cancellation);
            var chosen = Phases.Select(name => ChosenPhase.Find(read.Diagram, name)).ToArray();
            var inputs = ThermodynamicsOptions.Variations(also, OwnEnergies, chosen);
            var (windows, definitions, warnings) = (ImmutableArray.CreateBuilder<WindowDocument>(), new List<string>(), new List<string>(read.Warnings));
            var bars = new List<WindowBar>();
            foreach (var (name, phase) in Phases.Zip(chosen))
            {
                var window = ElectrochemicalWindow.Calculate(read.Diagram, phase, ion, kind, cancellation);
                bars.Add(new(phase.Formula, window));
                var ranges = ChemicalPotentialRange.Calculate(read.Diagram, phase);
                windows.Add(new(ReactantDocument.Of(window.Phase), window.ReductionLimitV, window.OxidationLimitV, window.AtReduction?.ToString(), window.AtOxidation?.ToString(), WindowStepDocument.Of(window.Profile),
                    ranges is null ? null : [.. ranges.Select(PotentialRangeDocument.Of)], WindowVariationDocument.Of(window, Variations.Of(read.Diagram, phase, window, inputs, cancellation))));
                definitions.Add(window.Definition);
                warnings.AddRange(window.Warnings.Select(warning => Phases.Length == 1 ? warning : $"{name}: {warning}"));
            }
            warnings.AddRange(also.SelectMany(other => other.Files.Warnings.Select(warning => $"{other.Path}: {warning}")));
            var only = windows.Count == 1 ? windows[0] : null;
            return (new(Ion, Energy, only?.ReductionLimitV, only?.OxidationLimitV, only?.AtReduction, only?.AtOxidation, only?.Profile, windows.ToImmutable(), [.. Outputs.Names], read.Scale, read.Provenance,
                string.Join(" ", definitions.Distinct()) + RangeDefinition, [.. read.Inputs, .. also.SelectMany(other => other.Files.Inputs)], [.. warnings.Distinct()]), bars);
        }
    }

    private static string Table(ImmutableArray<WindowDocument> windows)
    {
        var table = new Csv("phase", "voltage_v", "working_ion_change", "reaction");
        foreach (var window in windows)
            foreach (var step in window.Profile) table.Row(window.Phase.Formula, step.VoltageV, step.WorkingIonChange, step.Reaction);
        return table.ToString();
    }
}
