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

    private const string RegionsDefinition = " chemical_potentials: where each phase of the host is the stable one, with the least grand potential per atom of the host, at 0 K; corners in eV relative to the elements, anticlockwise. "
        + "Elsewhere the elements of the axes would deposit or react with each other.";

    public static Command Create()
    {
        var entries = new EntryOptions();
        var of = new Option<string[]>("--of") { Description = "Only these formulas, or ids of entries; a formula needs no entry.", HelpName = "FORMULA", AllowMultipleArgumentsPerToken = true };
        var system = new Option<string?>("--chemsys") { Description = "Only entries of these elements.", HelpName = "Li-Mn-O" };
        var potentials = new Option<string[]>("--potentials") { Description = "Two elements of three: in the figure and the table, over which of their chemical potentials each phase of the third is stable.", HelpName = "El El", AllowMultipleArgumentsPerToken = true };
        var open = new Option<string[]>("--open") { Description = "In the figure, an element that is exchanged, with its chemical potential in eV relative to the element.", HelpName = "El=μ", AllowMultipleArgumentsPerToken = true };
        var cutoff = new Option<double?>("--cutoff") { Description = "In the phase diagram, how far above the hull phases are drawn; 0.1 or less unless given.", HelpName = "eV/atom" };
        var csv = ThermodynamicsOptions.Csv("Writes the phases, or the corners of their regions, as a table.");
        var svg = ThermodynamicsOptions.Svg("Draws the phase diagram of two to four elements, or the regions of --potentials, as SVG.");
        var png = ThermodynamicsOptions.Png();
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("hull", "Energy above the convex hull and decomposition of phases.") { of, system, potentials, open, cutoff, csv, svg, png, json };
        entries.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(entries.Of(parsed), parsed.GetValue(of) ?? [], parsed.GetValue(system),
            FigureOf(parsed.GetValue(potentials) ?? [], parsed.GetValue(open) ?? [], parsed.GetValue(cutoff)),
            new(parsed.GetValue(csv), parsed.GetValue(svg), parsed.GetValue(png)), parsed.GetValue(json), cancellation));
        return command;
    }

    /// <summary>What is drawn: the phase diagram, or regions over the chemical potentials of two elements.</summary>
    private sealed record FigureRequest((Element X, Element Y)? Axes, Dictionary<Element, double> OpenEv, double? CutoffEv);

    /// <summary>What draws the figure, and the table of regions where there are such.</summary>
    private sealed record HullFigures(Func<string> Svg, Func<byte[]> Png, Func<string>? RegionTable);

    private static FigureRequest FigureOf(string[] potentials, string[] open, double? cutoffEv)
    {
        if (potentials.Length is not (0 or 2)) throw ThermodynamicsOptions.Usage($"--potentials has {Output.Count(potentials.Length, "element")}.", "Give two, as in --chemsys Li-Mn-O --potentials Li O.");
        if (cutoffEv is { } limit && !(limit >= 0 && double.IsFinite(limit))) throw ThermodynamicsOptions.Usage("--cutoff is an energy above the hull.", "Give eV per atom, as in --cutoff 0.05.");
        if (cutoffEv is not null && potentials.Length > 0) throw ThermodynamicsOptions.Usage("--cutoff is for the phase diagram; regions of --potentials are those of stable phases.", "Leave one of them out.");
        return new(potentials is [var x, var y] ? (ThermodynamicsOptions.ElementOf(x), ThermodynamicsOptions.ElementOf(y)) : null,
            ThermodynamicsOptions.Open(open, null, "", ionGiven: false, null, null).PotentialsEv, cutoffEv);
    }

    private static async Task<int> RunAsync(EntryRequest entries, string[] of, string? system, FigureRequest figure, PhaseFiles outputs, bool json, CancellationToken cancellation)
    {
        if (figure.Axes is null && !outputs.Draws && (figure.OpenEv.Count > 0 || figure.CutoffEv is not null))
            throw ThermodynamicsOptions.Usage("--open and --cutoff are for the figure, and none is drawn.", "Add --svg or --png FILE, or leave them out; energies above the hull are of the closed system.");
        GridFiles.CheckOutputs(outputs.Names, entries.Paths);
        HullAnswer answer;
        HullFigures? figures;
        await using (var progress = new TerminalProgress(TimeProvider.System))
        {
            progress.Report(new("computing the hull"));
            (answer, figures) = await Task.Run(() => Compute(entries, of, system, figure, outputs, cancellation), CancellationToken.None).WaitAsync(cancellation);
            answer = answer with { Files = [.. outputs.Names] };
        }
        await OutputFiles.WriteAsync(outputs.Contents(figures?.RegionTable ?? (() => Table(answer.Phases)), () => figures!.Svg(), () => figures!.Png()), cancellation);
        if (json) Output.Json(answer, AnalyzeJson.Default.HullAnswer);
        else ThermodynamicsScreen.Print(answer, all: of.Length > 0);
        return ExitStatus.Done;
    }

    private static (HullAnswer, HullFigures?) Compute(EntryRequest entries, string[] of, string? system, FigureRequest figure, PhaseFiles outputs, CancellationToken cancellation)
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
        var regions = figure.Axes is var (x, y) ? ChemicalPotentialRegions.Calculate(diagram, x, y, ChemicalPotentialRegions.HostOf(space, x, y, figure.OpenEv.Keys), figure.OpenEv, cancellation) : null;
        var figures = regions is not null ? Figures(new ChemicalPotentialDrawing(regions)) : outputs.Draws ? Figures(new PhaseDiagramDrawing(PhaseRegions.Create(diagram, space, figure.OpenEv, cancellation), of.Length == 0 ? null : phases, figure.CutoffEv)) : null;
        // Of the lowest entry; one number serves all polymorphs.
        var separations = new Dictionary<string, double>(StringComparer.Ordinal);
        return (new(
            [.. space.Select(element => element.Symbol)],
            diagram.Entries.Count, [.. phases.Select(Document)], regions is null ? null : PotentialRegionsDocument.Of(regions), [], read.Scale, read.Provenance, regions is null ? Definitions : Definitions + RegionsDefinition, read.Inputs,
            [.. read.Warnings, .. phases.Where(phase => phase.Entry is null).Select(phase => $"No entry has the composition {phase.Formula}: its energy is the hull's."),
                .. figure.OpenEv.Count > 0 && regions is null ? [$"The figure is open to {string.Join(", ", figure.OpenEv.Keys.Order())}; the numbers are of the closed system."] : Array.Empty<string>()]), figures);

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

    private static HullFigures Figures(PhaseDiagramDrawing drawing) => new(drawing.Svg, drawing.Png, null);

    private static HullFigures Figures(ChemicalPotentialDrawing drawing) => new(drawing.Svg, drawing.Png, drawing.Csv);

    private static string Table(ImmutableArray<PhaseDocument> phases)
    {
        var table = new Csv("formula", "entry_id", "formation_energy_ev_per_atom", "energy_above_hull_ev_per_atom", "stable", "phase_separation_energy_ev_per_atom", "decomposition");
        foreach (var phase in phases)
            table.Row(phase.Formula, phase.EntryId, phase.FormationEnergyEvPerAtom, phase.EnergyAboveHullEvPerAtom, phase.Stable, phase.PhaseSeparationEnergyEvPerAtom, ThermodynamicsScreen.Mixture(phase.Decomposition));
        return table.ToString();
    }
}
