using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Inputs.Rules;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Expands the calculations of a workflow, orders them by what they need and makes their inputs.</summary>
internal sealed class CalculationPlanner(
    WorkflowBlock workflow,
    StructureModels models,
    Presets presets,
    Dictionary<string, YamlScalar> parameters,
    string file,
    string? cluster,
    Diagnostics diagnostics)
{
    private sealed record Draft(string Id, string Name, Cell Cell, CalculationBlock Block, Located<string> Structure, string? PredecessorName);

    // What a timer can wait for.
    private const double LongestWalltimeS = 40 * 86400;

    private readonly Binder binder = new(diagnostics);
    private readonly Dictionary<(string Name, string Axes), ILookup<string, Draft>> byAxes = [];
    private ILookup<string, Draft>? members;
    private readonly string layerName = Path.GetFileName(file);

    public ImmutableArray<PlannedCalculation> Plan()
    {
        var drafts = workflow.Calculations.Entries.SelectMany(Expand).ToImmutableArray();
        if (drafts.FirstOrDefault(d => d.Id.Length > Names.LongestId) is { } wordy)
            diagnostics.Error("DF1012", wordy.Block.At, $"The name '{wordy.Id}' is longer than {Names.LongestId} characters: it becomes a folder's.", "Shorten the values of its axes.");
        foreach (var twin in drafts.GroupBy(d => d.Id).Where(g => g.Count() > 1))
            diagnostics.Error("DF1012", twin.Last().Block.At, $"Two calculations come out with the name '{twin.Key}'.", "Rename one of them, or a value of an axis.");
        var planned = new Dictionary<string, PlannedCalculation?>(StringComparer.Ordinal);
        var underWay = new List<string>();
        foreach (var draft in drafts) PlanOne(draft, drafts, planned, underWay);
        ImmutableArray<PlannedCalculation> calculations = [.. drafts.Select(d => planned[d.Id]).OfType<PlannedCalculation>()];
        if (calculations.Length == drafts.Length) CheckElements(calculations);
        return calculations;
    }

    /// <summary>An element that no structure holds is most often misspelt, and its U, moment or potential would silently be absent.</summary>
    private void CheckElements(ImmutableArray<PlannedCalculation> calculations)
    {
        if (calculations.IsEmpty || workflow.Settings is not { } settings) return;
        var there = calculations.SelectMany(c => c.Input.Structure.Elements).Select(e => e.Symbol).ToHashSet(StringComparer.Ordinal);
        var given = Entries("hubbard-u", settings.HubbardU).Concat(Entries("spin", settings.Spin)).Concat(Entries("potentials", settings.Potentials));
        foreach (var (key, element, at) in given.Where(g => !there.Contains(g.Element)))
            diagnostics.Warning("DF1025", at, $"'{key}' names {element}, which no calculation holds.", $"There are {string.Join(", ", there)}.");

        static IEnumerable<(string Key, string Element, Mark At)> Entries<T>(string key, Map<T>? map) => map?.Entries.Select(e => (key, e.Key, e.At)) ?? [];
    }

    private IEnumerable<Draft> Expand(MapEntry<YamlMapping> entry)
    {
        if (!Names.IsValid(entry.Key) || entry.Key.Contains('.', StringComparison.Ordinal))
            diagnostics.Error("DF1012", entry.At, $"'{entry.Key}' cannot be the name of a calculation.", Names.Rule + " No dots.");
        foreach (var cell in Axes.Expand(entry.Value, entry.Key, parameters, models.AlternativesOf, diagnostics))
        {
            var values = new Dictionary<string, YamlScalar>(parameters, StringComparer.Ordinal);
            foreach (var (axis, value) in cell.Values) values[axis] = value;
            var node = Parameters.Substitute(entry.Value, values, diagnostics);
            if (binder.Bind<CalculationBlock>(node, $"the calculation '{entry.Key}'") is not { Structure: { } structure } block) continue;
            yield return new Draft(entry.Key + cell.Suffix, entry.Key, cell, block, structure, PredecessorOf(structure));
        }
    }

    /// <summary>The calculation that <c>$relax.structure</c> names; null for a structure model.</summary>
    private string? PredecessorOf(Located<string> structure)
    {
        if (!structure.Value.StartsWith('$')) return null;
        if (structure.Value[1..].Split('.') is [var name, "structure"]) return name;
        diagnostics.Error("DF1017", structure.At, $"'{structure.Value}' is not a reference to a structure.", "Write the name of a structure, or $calculation.structure.");
        return null;
    }

    private PlannedCalculation? PlanOne(Draft draft, ImmutableArray<Draft> drafts, Dictionary<string, PlannedCalculation?> planned, List<string> underWay)
    {
        if (planned.TryGetValue(draft.Id, out var known)) return known;
        if (underWay.Contains(draft.Id))
        {
            diagnostics.Error("DF1018", draft.Structure.At, $"The calculations wait for each other in a circle: {string.Join(" → ", underWay.SkipWhile(id => id != draft.Id).Append(draft.Id))}.");
            return null;
        }
        underWay.Add(draft.Id);
        planned[draft.Id] = Make(draft, drafts, planned, underWay);
        underWay.RemoveAt(underWay.Count - 1);
        return planned[draft.Id];
    }

    private PlannedCalculation? Make(Draft draft, ImmutableArray<Draft> drafts, Dictionary<string, PlannedCalculation?> planned, List<string> underWay)
    {
        PlannedCalculation? predecessor = null;
        Structure? structure;
        if (draft.PredecessorName is { } name)
        {
            if (FindPredecessor(draft, name, drafts) is not { } before) return null;
            predecessor = PlanOne(before, drafts, planned, underWay);
            structure = predecessor?.Input.Structure;
        }
        else structure = FindModel(draft);

        var settings = new Settings(Layers(draft.Block));
        var block = draft.Block;
        var ranks = settings.Find("resources", s => s.Resources?.Ranks);
        if (ranks is { Value.Value: < 1 or > 100_000 } wrong)
            diagnostics.Error("DF1007", wrong.Value.At, "The number of ranks is a whole number from 1.");
        var walltime = settings.Find("resources", s => s.Resources?.WalltimeS);
        if (walltime is { Value: { Value: <= 0 or > LongestWalltimeS } span })
        {
            diagnostics.Error("DF1007", span.At, "A walltime is above zero and at most 40 d.");
            return null;
        }
        // A name that has been refused need not be one that an INCAR can hold.
        if (structure is null || !Names.IsValid(draft.Name)) return null;

        if (new InputComposer(block, settings, layerName, diagnostics).Compose(draft.Id, structure, DifferenceOf(draft)) is not { } input) return null;
        CheckInput(draft, input, settings);
        var engine = settings.Find("engine", s => s.Engine);
        if (engine is null)
        {
            diagnostics.Error("DF1015", block.At, $"No engine is given for '{draft.Id}'.", "Add 'engine: gpaw-vasp' or 'engine: vasp' to the settings.");
            return null;
        }
        return new PlannedCalculation
        {
            Id = draft.Id,
            Name = draft.Name,
            Labels = draft.Cell.Labels,
            Engine = engine.Value.Value.Value,
            Cluster = cluster ?? settings.Find("cluster", s => s.Cluster)?.Value.Value ?? WorkflowLoader.DefaultCluster,
            Ranks = ranks?.Value.Value,
            Walltime = walltime is { } limit ? TimeSpan.FromSeconds(limit.Value.Value) : null,
            Input = input,
            StructureFrom = predecessor?.Id,
            StructureFingerprint = predecessor?.InputFingerprint,
            InputFingerprint = Fingerprint.Of(input, engine.Value.Value.Value, predecessor?.InputFingerprint),
        };
    }

    /// <summary>The analysis that takes the densities of parts from this calculation's.</summary>
    private string? DifferenceOf(Draft draft) =>
        workflow.Analyses.Entries.FirstOrDefault(entry => entry.Value.ChargeDifference?.Of?.Value is { } of && (of == draft.Id || of == draft.Name))?.Key;

    private ImmutableArray<SettingsLayer> Layers(CalculationBlock calculation)
    {
        var layers = ImmutableArray.CreateBuilder<SettingsLayer>();
        // A calculation's own preset takes the place of the workflow's.
        var presetOf = calculation.Preset is not null ? calculation : workflow.Settings;
        if (presetOf is not null && presets.LayerBelow(presetOf, file, diagnostics) is { } preset) layers.Add(preset);
        if (workflow.Settings is { } shared) layers.Add(new SettingsLayer(shared, layerName));
        layers.Add(new SettingsLayer(calculation, layerName));
        return layers.ToImmutable();
    }

    private Structure? FindModel(Draft draft)
    {
        var model = models.Find(draft.Structure.Value);
        if (model is null && !models.Has(draft.Structure.Value) && !draft.Structure.Value.StartsWith('$'))
            diagnostics.Error("DF1017", draft.Structure.At, $"There is no structure '{draft.Structure.Value}'.",
                draft.Structure.Value.Split('.')[0] is var name && workflow.Calculations.Find(name) is not null ? $"Did you mean '${name}.structure', the one that '{name}' ends with?"
                : Diagnostics.Suggest(draft.Structure.Value, [.. models.Names]));
        return model?.Structure;
    }

    /// <summary>The member of the named calculation that agrees with this one in every axis that both have.</summary>
    private Draft? FindPredecessor(Draft draft, string name, ImmutableArray<Draft> drafts)
    {
        members ??= drafts.ToLookup(d => d.Name, StringComparer.Ordinal);
        if (members[name].FirstOrDefault() is not { } first)
        {
            diagnostics.Error("DF1017", draft.Structure.At, $"There is no calculation '{name}'.", Diagnostics.Suggest(name, [.. workflow.Calculations.Keys.Where(k => k != draft.Name)]));
            return null;
        }
        // All members have the same axes, so those that both have can be looked up: a sweep of thousands stays quick.
        var axes = first.Cell.Values.Select(v => v.Key).Where(draft.Cell.Labels.ContainsKey).ToArray();
        var index = (name, string.Join('\n', axes));
        if (!byAxes.TryGetValue(index, out var byValues)) byAxes[index] = byValues = members[name].ToLookup(ValuesOf, StringComparer.Ordinal);
        var matching = byValues[ValuesOf(draft)].ToArray();
        if (matching.Length == 1) return matching[0];
        diagnostics.Error("DF1017", draft.Structure.At, matching.Length == 0
            ? $"No member of '{name}' belongs to '{draft.Id}'."
            : $"{matching.Length} members of '{name}' belong to '{draft.Id}': {string.Join(", ", matching.Take(4).Select(m => m.Id))}.",
            "The axes that both have must pick exactly one.");
        return null;

        string ValuesOf(Draft member) => string.Join('\n', axes.Select(axis => member.Cell.Labels[axis]));
    }

    private void CheckInput(Draft draft, VaspInput input, Settings settings)
    {
        // That there is no cut-off is an error, and has been told; so has been, of the model, what its atoms and its vacuum are like.
        foreach (var finding in InputRules.Check(input).Where(finding => finding.Code is not ("DF1307" or "DF1220" or "DF1221" or "DF1312")))
            diagnostics.Add(finding.Severity, finding.Code, PlaceOf(finding.Tag, settings, draft), $"{draft.Id}: {finding.Message}", finding.Hint);
        var given = settings.Merge(s => s.HubbardU).Select(u => u.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var element in input.Structure.Elements.Where(e => e.Block is 'd' or 'f' && !given.Contains(e.Symbol)))
            diagnostics.Add(Severity.Info, "DF1020", draft.Structure.At, $"{draft.Id}: {element} has {element.Block} states and no entry in hubbard-u; it is treated with U = 0.");
    }

    /// <summary>Where the tag comes from: its own line in an incar block, or the key that made it.</summary>
    private static Mark PlaceOf(string? tag, Settings settings, Draft draft)
    {
        foreach (var layer in settings.Layers.Reverse())
            if (tag is not null && layer.Block.Incar?.Entries.FirstOrDefault(e => e.Key.Equals(tag, StringComparison.OrdinalIgnoreCase)) is { } entry)
                return entry.At;
        return tag switch
        {
            "KPOINTS" => settings.Find("kpoints", s => s.Kpoints)?.Mark,
            "ISPIN" => settings.Find("spin-polarized", s => s.SpinPolarized)?.Mark,
            "MAGMOM" => settings.Find("spin", s => s.Spin)?.Mark,
            "LDAUU" or "LDAUL" or "LDAUJ" or "LDAU" => settings.Find("hubbard-u", s => s.HubbardU)?.Mark,
            "ENCUT" => settings.Find("cutoff", s => s.CutoffEv)?.Mark,
            "ISMEAR" or "SIGMA" => settings.Find("smearing", s => s.Smearing)?.Mark,
            _ => null,
        } ?? draft.Block.At;
    }
}
