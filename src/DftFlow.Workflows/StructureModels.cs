using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals.Ordering;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Builds the structure models of a workflow, each once, and checks the distances between their atoms.</summary>
public sealed class StructureModels(Map<StructureBlock> blocks, string folder, Diagnostics diagnostics)
{
    // More are built when they are named.
    private const int MostAlternativesShown = 200;

    // Each takes a part of the stack.
    private const int MostNested = 500;

    private readonly ModelSources sources = new(folder, diagnostics);

    // A null value: it could not be built, and that has been told.
    private readonly Dictionary<string, Model?> built = new(StringComparer.Ordinal);
    private readonly List<string> underWay = [];

    /// <summary>What steps gave that give several structures, by the model's declared name: they are not listed anew for each.</summary>
    internal Dictionary<string, SubstitutionResult> Arrangements { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => blocks.Keys;

    /// <summary>Builds all models, so that problems of those that nothing uses yet are told too; those that could be built, in their order, alternatives each.</summary>
    public ImmutableArray<Model> BuildAll() =>
        [.. blocks.Entries.Select(entry => entry.Key).SelectMany(name => AlternativesOf(name).Take(MostAlternativesShown)).Select(Find).OfType<Model>()];

    /// <summary>
    /// The model; null where there is none of that name or it could not be built. <c>NAME.2</c> is the second of the arrangements that
    /// symmetry leaves, where a step of NAME gives all of them; NAME is the first.
    /// </summary>
    public Model? Find(string name)
    {
        if (built.TryGetValue(name, out var known)) return known;
        var (declared, pick) = Declared(name);
        if (declared is not { } entry) return null;
        if (underWay.Contains(name))
        {
            diagnostics.Error("DF1018", entry.Value.From?.At ?? entry.At, $"The structures are made from each other in a circle: {string.Join(" → ", underWay.SkipWhile(n => n != name).Append(name))}.");
            return null;
        }
        if (underWay.Count == MostNested)
        {
            diagnostics.Error("DF1018", entry.At, string.Create(CultureInfo.InvariantCulture, $"More than {MostNested} structures are made from each other, one after the other."), "Put their steps into fewer structures.");
            return null;
        }
        underWay.Add(name);
        var model = Build(entry, pick);
        underWay.RemoveAt(underWay.Count - 1);
        return built[name] = model is null ? null : model with { Name = name };
    }

    /// <summary>Whether there is such a name, be it buildable or not.</summary>
    public bool Has(string name) => Declared(name).Entry is not null;

    /// <summary>All alternatives of a model by their names; only its own where it has none.</summary>
    public IEnumerable<string> AlternativesOf(string name) =>
        Find(name)?.Alternatives is { } count ? Enumerable.Range(1, count).Select(number => string.Create(CultureInfo.InvariantCulture, $"{name}.{number}")) : [name];

    private (MapEntry<StructureBlock>? Entry, int Pick) Declared(string name)
    {
        if (blocks.Find(name) is { } whole) return (whole, 1);
        var dot = name.LastIndexOf('.');
        return dot > 0 && int.TryParse(name.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var pick) && pick > 0
            && blocks.Find(name[..dot]) is { } entry && entry.Value.Build.Any(step => step.Substitute?.Arrangement?.Value == SubstitutionArrangement.SymmetryDistinct) ? (entry, pick) : (null, 1);
    }

    /// <summary>The model that another one names; told where there is none.</summary>
    internal Model? Find(Located<string> reference, string by)
    {
        if (!Has(reference.Value))
            diagnostics.Error("DF1017", reference.At, $"There is no structure '{reference.Value}'.", Diagnostics.Suggest(reference.Value, [.. blocks.Keys.Where(k => k != by)]));
        return Find(reference.Value);
    }

    private Model? Build(MapEntry<StructureBlock> entry, int pick)
    {
        if (!Language.Names.IsValid(entry.Key))
            diagnostics.Error("DF1012", entry.At, $"'{entry.Key}' cannot be the name of a structure.", Language.Names.Rule);
        if (Begin(entry) is not { } draft || new ModelBuilder(this, entry, draft, pick, diagnostics).Build() is not { } model) return null;
        // What has been told of the model that it is made from is not told again.
        var before = model.From is { } from && Find(from) is { } parent ? parent.Findings : [];
        foreach (var finding in model.Findings.Except(before).Where(finding => finding.Code != "DF1220" || before.All(known => known.Code != "DF1220")))
            diagnostics.Add(finding.Severity, finding.Code, entry.Value.File?.At ?? entry.At, $"Structure '{entry.Key}': {finding.Message}", finding.Hint);
        return model;
    }

    private ModelDraft? Begin(MapEntry<StructureBlock> entry)
    {
        var block = entry.Value;
        string[] given = [.. block.Node.Entries.Select(e => e.Key).Where(key => key is "file" or "from" or "prototype" or "lattice")];
        if (given.Length > 1)
        {
            diagnostics.Error("DF1006", block.MarkOf(given[1]), $"The structure '{entry.Key}' has both '{given[0]}' and '{given[1]}'.", "Keep one of them.");
            return null;
        }
        switch (block)
        {
            case { File: { } file }:
                return sources.Read(file, block) is { } read ? new ModelDraft(read) : null;
            case { Prototype: { } prototype }:
                return sources.Prototype(prototype, block) is { } known ? new ModelDraft(known) : null;
            case { Lattice: { } lattice }:
                return sources.Inline(block, lattice) is { } inline ? new ModelDraft(inline) : null;
            case { From: { } from }:
                return Find(from, entry.Key) is { } model ? new ModelDraft(new ModelSource(model.Structure)) { Steps = model.Steps, OxidationStates = model.OxidationStates } : null;
        }
        if (given.Length == 0)
            diagnostics.Error("DF1009", block.At, $"The structure '{entry.Key}' does not say where it comes from.", "Add 'file: …', 'from: …', 'prototype: …', or 'lattice: …' with 'sites: …'.");
        return null;
    }
}
