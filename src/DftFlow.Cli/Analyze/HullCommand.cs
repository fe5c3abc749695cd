using System.Collections.Immutable;
using System.CommandLine;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using DftFlow.Reports;
using DftFlow.Reports.Figures;

namespace DftFlow.Cli.Analyze;

/// <summary>Tells how stable phases are.</summary>
internal static class HullCommand
{
    private const string Definitions = "Phase diagram at 0 K from the entries. formation_energy_ev_per_atom: relative to the lowest entry of each element. energy_above_hull_ev_per_atom: above the mixture of least energy with the same composition, which decomposition is (atomic fractions). "
        + "stable: no more than 1e-8 eV/atom above it. phase_separation_energy_ev_per_atom: relative to the mixtures of phases of other compositions, below zero where the phase is on the hull; "
        + "equilibrium_reaction_energy_ev_per_atom: of stable phases, relative to other stable phases alone. A composition without entry_id is taken on the hull.";

    public static Command Create()
    {
        var entries = new EntryOptions();
        var of = new Option<string[]>("--of") { Description = "Only these formulas, or ids of entries; a formula needs no entry.", HelpName = "FORMULA", AllowMultipleArgumentsPerToken = true };
        var system = new Option<string?>("--chemsys") { Description = "Only entries of these elements.", HelpName = "Li-Mn-O" };
        var csv = ThermodynamicsOptions.Csv("Writes the phases as a table.");
        var svg = ThermodynamicsOptions.Svg("Draws the phase diagram of two to four elements, as SVG.");
        var png = ThermodynamicsOptions.Png();
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("hull", "Energy above the convex hull and decomposition of phases.") { of, system, csv, svg, png, json };
        entries.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(entries.Of(parsed), parsed.GetValue(of) ?? [], parsed.GetValue(system),
            new(parsed.GetValue(csv), parsed.GetValue(svg), parsed.GetValue(png)), parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(EntryRequest entries, string[] of, string? system, PhaseFiles outputs, bool json, CancellationToken cancellation)
    {
        GridFiles.CheckOutputs(outputs.Names, entries.Paths);
        HullAnswer answer;
        PhaseDiagramDrawing? drawing;
        await using (var progress = new TerminalProgress(TimeProvider.System))
        {
            progress.Report(new("computing the hull"));
            (answer, drawing) = await Task.Run(() => Compute(entries, of, system, outputs, cancellation), CancellationToken.None).WaitAsync(cancellation);
            answer = answer with { Files = [.. outputs.Names] };
        }
        await OutputFiles.WriteAsync(outputs.Contents(() => Table(answer.Phases), () => drawing!.Svg(), () => drawing!.Png()), cancellation);
        if (json) Output.Json(answer, AnalyzeJson.Default.HullAnswer);
        else ThermodynamicsScreen.Print(answer, all: of.Length > 0);
        return ExitStatus.Done;
    }

    private static (HullAnswer, PhaseDiagramDrawing?) Compute(EntryRequest entries, string[] of, string? system, PhaseFiles outputs, CancellationToken cancellation)
    {
        var read = entries.Read(outputs, cancellation);
        var diagram = read.Diagram;
        if (system is not null)
        {
            var elements = system.Split('-').Select(symbol => ThermodynamicsOptions.ElementOf(symbol.Trim())).ToHashSet();
            foreach (var element in elements) diagram.Reference(element);
            diagram = new PhaseDiagram([.. diagram.Entries.Where(entry => entry.Composition.Elements.All(elements.Contains))]);
        }
        var phases = of.Length == 0 ? diagram.Stabilities(cancellation) : [.. of.Select(text => diagram.Stability(ChosenPhase.Find(diagram, text)))];
        ImmutableArray<Element> space = [.. diagram.Entries.SelectMany(entry => entry.Composition.Elements).Distinct().Order()];
        var drawing = outputs.Draws ? new PhaseDiagramDrawing(PhaseRegions.Create(diagram, space, cancellation: cancellation), of.Length == 0 ? null : [.. phases.Select(phase => phase.Formula)]) : null;
        // Of the lowest entry; one number serves all polymorphs.
        var separations = new Dictionary<string, double>(StringComparer.Ordinal);
        return (new(
            [.. space.Select(element => element.Symbol)],
            diagram.Entries.Count, [.. phases.Select(Document)], [], read.Scale, read.Provenance, Definitions, read.Inputs,
            [.. read.Warnings, .. phases.Where(phase => phase.Entry is null).Select(phase => $"No entry has the composition {phase.Formula}: its energy is the hull's.")]), drawing);

        PhaseDocument Document(PhaseStability phase)
        {
            cancellation.ThrowIfCancellationRequested();
            var composition = phase.Entry?.Composition ?? Composition.Parse(phase.Formula);
            if (!separations.TryGetValue(phase.Formula, out var separation)) separations[phase.Formula] = separation = diagram.PhaseSeparationEnergyEvPerAtom(composition);
            if (phase.Entry is { } entry && diagram.LowestEntry(composition) is { } lowest) separation += entry.EnergyPerAtomEv - lowest.EnergyPerAtomEv;
            var stable = phase.Entry is not null && phase.EnergyAboveHullEvPerAtom <= PhaseDiagram.StableWithinEvPerAtom;
            return new(phase.Formula, phase.Entry?.EntryId, phase.FormationEnergyEvPerAtom, phase.EnergyAboveHullEvPerAtom, stable,
                stable ? diagram.EquilibriumReactionEnergyEvPerAtom(composition) : null, separation, PhaseFractionDocument.Of(phase.Decomposition));
        }
    }

    private static string Table(ImmutableArray<PhaseDocument> phases)
    {
        var table = new Csv("formula", "entry_id", "formation_energy_ev_per_atom", "energy_above_hull_ev_per_atom", "stable", "phase_separation_energy_ev_per_atom", "decomposition");
        foreach (var phase in phases)
            table.Row(phase.Formula, phase.EntryId, phase.FormationEnergyEvPerAtom, phase.EnergyAboveHullEvPerAtom, phase.Stable, phase.PhaseSeparationEnergyEvPerAtom, ThermodynamicsScreen.Mixture(phase.Decomposition));
        return table.ToString();
    }
}
