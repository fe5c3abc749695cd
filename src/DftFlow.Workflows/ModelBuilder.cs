using System.Collections.Immutable;
using System.Text.Json.Nodes;
using DftFlow.Crystals;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>A model on its way.</summary>
internal sealed record ModelDraft(Structure? Structure, DisorderedStructure? Disordered)
{
    public ModelDraft(ModelSource source) : this(source.Structure, source.Disordered)
    {
    }

    public ImmutableArray<ModelStep> Steps { get; init; } = [];

    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>How many arrangements a step gave; null where none gave several.</summary>
    public int? Alternatives { get; init; }

    /// <summary>As the workflow gives them, an element's own before those of the structure it is made from.</summary>
    public ImmutableDictionary<Element, double> OxidationStates { get; init; } = ImmutableDictionary<Element, double>.Empty;
}

/// <summary>Takes a structure through its build steps; each is translated into its builder, which knows nothing of YAML.</summary>
/// <param name="pick">Which alternative, from 1, where a step gives several.</param>
internal sealed partial class ModelBuilder(StructureModels models, MapEntry<StructureBlock> entry, ModelDraft draft, int pick, Diagnostics diagnostics)
{
    private const int MostAtoms = 20_000;
    private const double LongestVectorA = 10_000;

    private readonly int inherited = draft.Steps.Length;

    // What a builder throws is told here: a step moves it to the key that the problem most likely lies in.
    private Mark at = entry.At;

    private Structure Structure => draft.Structure!;

    /// <summary>Null where a step cannot be done, which has been told.</summary>
    public Model? Build()
    {
        try
        {
            draft = draft with { OxidationStates = draft.OxidationStates.SetItems(entry.Value.OxidationStates.Entries.Select(e => KeyValuePair.Create(Element.Parse(e.Key), e.Value))) };
            at = entry.Value.MarkOf("cell");
            ChooseCell(entry.Value.Cell ?? CellChoice.AsGiven);
            if (draft.Structure is { } source) CheckSize(source);
            foreach (var step in entry.Value.Build)
            {
                at = step.At;
                if (!Apply(step)) return null;
            }
            return new Model(entry.Key, Structure)
            {
                From = entry.Value.From?.Value,
                Steps = draft.Steps,
                InheritedSteps = inherited,
                Findings = [.. draft.Findings, .. Vacuum.Check(Structure, IsSlab(draft.Steps)), .. MinimumDistances.Check(Structure)],
                OxidationStates = draft.OxidationStates,
                Alternatives = draft.Alternatives,
            };
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, at);
            return null;
        }
    }

    /// <summary>False where the step is not whole, which has been told.</summary>
    private bool Apply(BuildStepBlock step) => step switch
    {
        { Supercell: { } sequence } => Supercell(sequence),
        { Strain: { } strain } => Strain(strain),
        { Sort: { } sort } => Sort(sort),
        { Wrap: { } wrap } => Wrap(wrap),
        { Perturb: { } perturb } => Perturb(perturb),
        { Order: { } order } => Order(order),
        { Slab: { } slab } => Slab(slab),
        { Freeze: { } freeze } => Freeze(freeze),
        { Substitute: { } substitute } => Substitute(substitute),
        { Coat: { } coat } => Coat(coat),
        { MagneticOrder: { } order } => MagneticOrder(order),
        _ => false,
    };

    private bool Became(Structure structure, string step, string summary, JsonObject facts, IEnumerable<Finding>? findings = null)
    {
        CheckSize(structure);
        draft = draft with { Structure = structure, Disordered = null, Steps = draft.Steps.Add(new ModelStep(step, summary, facts)), Findings = [.. draft.Findings, .. findings ?? []] };
        return true;
    }

    /// <summary>What follows, from symmetry to the inputs, takes seconds up to here, and no calculation goes as far.</summary>
    private static void CheckSize(Structure structure)
    {
        if (structure.Sites.Length > MostAtoms)
            throw new DftFlowException("DF1285", Text($"The model would have {structure.Sites.Length} atoms; up to {MostAtoms} are taken."), "Repeat the cell fewer times, or make the slab thinner.");
        if (structure.Lattice.LengthsA is var lengths && Math.Max(lengths.X, Math.Max(lengths.Y, lengths.Z)) is var longest && longest > LongestVectorA)
            throw new DftFlowException("DF1285", Text($"The model's longest lattice vector would have {longest:G6} Å; up to {LongestVectorA} Å are taken."), "Lengths are in Å: check the lattice, and how often the cell is repeated.");
    }

    private static bool IsSlab(IEnumerable<ModelStep> steps) => steps.Any(step => step.Name is "slab" or "coat");

    /// <summary>The key that a builder's error most likely is about; the step where the key is not given.</summary>
    private T Pointed<T>(Func<Structure, T> build, Structure structure, Func<DftFlowException, Mark> place)
    {
        try
        {
            return build(structure);
        }
        catch (DftFlowException error)
        {
            at = place(error);
            throw;
        }
    }

    /// <summary>False, and told, where the key is absent or what it holds is not as it should be.</summary>
    private bool Is(bool condition, Mark where, string message, string hint)
    {
        if (!condition) diagnostics.Error("DF1007", where, message, hint);
        return condition;
    }

    private Element? ParseElement(Located<string> symbol)
    {
        if (Element.TryParse(symbol.Value, out var element)) return element;
        diagnostics.Error("DF1010", symbol.At, $"'{symbol.Value}' is not the symbol of an element.",
            Spelling.Closest(symbol.Value, Element.All.Select(e => e.Symbol)) is { } closest ? $"Did you mean '{closest}'?" : null);
        return null;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
