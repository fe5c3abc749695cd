using System.Collections.Immutable;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Analyses of tables of reference energies.</summary>
internal sealed partial class AnalysisPlanner
{
    private PlannedHull? Hull(string id, HullBlock block)
    {
        if (block.Entries is not { } entries) return null;
        var phases = Phases(block.Phases);
        ImmutableArray<Element> elements = block.Elements ?? [.. phases.SelectMany(phase => phase.Composition.Elements).Distinct().Order()];
        if (phases.FirstOrDefault(phase => !phase.Composition.Elements.All(elements.Contains)) is { Name: { } outside })
            diagnostics.Error("DF1017", block.MarkOf("elements"), $"{outside} has an element that is not among them.", "Add it, or leave 'elements' out.");
        var open = block.Open.Entries.ToImmutableSortedDictionary(entry => Element.Parse(entry.Key), entry => entry.Value);
        return Entries(entries) is { } known ? new PlannedHull(id, known, phases, elements) { OpenEv = open, Potentials = Axes(block, elements, open.Keys) } : null;
    }

    private (Element X, Element Y, Element Host)? Axes(HullBlock block, ImmutableArray<Element> elements, IEnumerable<Element> open)
    {
        if (block.Potentials is not { } axes) return null;
        if (axes is not [var x, var y])
        {
            diagnostics.Error("DF1007", block.MarkOf("potentials"), "The axes are two elements.", "Write them as in [Li, O].");
            return null;
        }
        try
        {
            return (x, y, ChemicalPotentialRegions.HostOf(elements, x, y, open));
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, block.MarkOf("potentials"));
            return null;
        }
    }

    private PlannedInterfaceReaction? InterfaceReaction(string id, InterfaceReactionBlock block)
    {
        if (block.Entries is not { } entries) return null;
        var pairs = ImmutableArray.CreateBuilder<(Composition, Composition, string, string)>();
        foreach (var node in block.Pairs)
        {
            if (node is YamlSequence { Items: [YamlScalar first, YamlScalar second] })
            {
                if (Formula(first) is { } a && Formula(second) is { } b) pairs.Add((a, b, first.Text, second.Text));
            }
            else diagnostics.Error("DF1007", node.At, "A pair is two formulas, as in [Li2MnO3, Li3ScF6].");
        }
        var (open, conditions) = Reservoirs(block);
        var treatment = Treatment(block.Also, block.OwnEnergies, [.. pairs.SelectMany(pair => new[] { pair.Item1, pair.Item2 })]);
        return Entries(entries) is { } known ? new PlannedInterfaceReaction(id, known, pairs.ToImmutable(), block.ReactantEnergy, open) { Conditions = conditions, Treatment = treatment } : null;
    }

    private PlannedWindow? Window(string id, WindowBlock block)
    {
        if (block is not { Entries: { } entries, WorkingIon: { } ion }) return null;
        var phases = Phases(block.Phases);
        var treatment = Treatment(block.Also, block.OwnEnergies, [.. phases.Select(phase => phase.Composition)]);
        return Entries(entries) is { } known ? new PlannedWindow(id, known, phases, ion, block.ReactantEnergy) { Treatment = treatment } : null;
    }

    private ImmutableArray<(Composition Composition, string Name)> Phases(ImmutableArray<Located<string>> phases) =>
        [.. phases.Select(phase => (Formula(new YamlScalar(phase.Value, Quoted: true, phase.At)), phase.Value)).Where(phase => phase.Item1 is not null).Select(phase => (phase.Item1!, phase.Value))];

    /// <summary>The chemical potentials of open elements, and what made them, where they were not given as such.</summary>
    private (ImmutableArray<KeyValuePair<Element, double>> OpenEv, ImmutableArray<string> Conditions) Reservoirs(InterfaceReactionBlock block)
    {
        var open = block.Open.Entries.Select(entry => KeyValuePair.Create(Element.Parse(entry.Key), entry.Value)).ToList();
        var conditions = ImmutableArray.CreateBuilder<string>();
        if (block is { WorkingIon: { } ofNothing, VoltageV: null }) diagnostics.Error("DF1009", ofNothing.At, "There is no voltage that this element could be exchanged at.", "Add 'voltage: 4.2 V'.");
        if (block.VoltageV is { } voltage)
            Try(voltage.At, () =>
            {
                var ion = block.WorkingIon?.Value ?? Element.Parse("Li");
                conditions.Add(FormattableString.Invariant($"{ion} at {voltage.Value} V against {ion} metal."));
                return KeyValuePair.Create(ion, WorkingIon.ChemicalPotentialEv(ion, voltage.Value));
            });
        if (block.Oxygen is { PressureBar: { } pressure, TemperatureK: { } temperature } oxygen)
            Try(oxygen.At, () =>
            {
                conditions.Add(OxygenGas.Define(temperature, pressure));
                return KeyValuePair.Create(OxygenGas.Oxygen, OxygenGas.ChemicalPotentialEv(temperature, pressure));
            });
        return ([.. open], conditions.ToImmutable());

        void Try(Mark at, Func<KeyValuePair<Element, double>> potential)
        {
            try
            {
                var found = potential();
                if (open.Any(other => other.Key == found.Key)) diagnostics.Error("DF1006", at, $"{found.Key} is given two chemical potentials.", "Keep one of them.");
                else open.Add(found);
            }
            catch (DftFlowException error)
            {
                diagnostics.Error(error.Code, at, error.Message, error.Hint);
            }
        }
    }

    private PlannedVariations Treatment(ImmutableArray<YamlNode> also, ImmutableArray<OwnEnergyBlock> energies, IReadOnlyList<Composition> asked)
    {
        var own = ImmutableArray.CreateBuilder<OwnEnergy>();
        foreach (var block in energies)
        {
            if (block.Phase is not { } phase || Formula(new YamlScalar(phase.Value, Quoted: true, phase.At)) is not { } composition) continue;
            var chosen = new ChosenPhase(composition) { Formula = phase.Value };
            if (block is { FormationEnergyEvPerAtom: { } formation, AboveHullEvPerAtom: null }) Add(new(chosen, formation, FromHull: false), phase.At);
            else if (block is { FormationEnergyEvPerAtom: null, AboveHullEvPerAtom: { } above }) Add(new(chosen, above, FromHull: true), phase.At);
            else diagnostics.Error("DF1009", block.At, "A supposed energy is either 'formation-energy' or 'above-hull'.", "Keep one of them.");
        }
        return new([.. also.Select(Entries).OfType<PlannedEntries>()], own.ToImmutable());

        void Add(OwnEnergy energy, Mark at)
        {
            try
            {
                own.Add(energy.OfOne(asked));
            }
            catch (DftFlowException error)
            {
                diagnostics.Add(error, at);
            }
        }
    }
}
