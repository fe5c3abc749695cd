using System.Collections.Immutable;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Yaml;

namespace DftFlow.Cli.Analyze;

/// <summary>A phase and its share of the atoms.</summary>
internal sealed record PhaseFractionDocument(string Formula, string EntryId, double AtomicFraction)
{
    public static ImmutableArray<PhaseFractionDocument> Of(IEnumerable<PhaseFraction> phases) => [.. phases.Select(part => new PhaseFractionDocument(part.Entry.Formula, part.Entry.EntryId, part.AtomicFraction))];
}

internal sealed record FormulaAmountDocument(string Formula, double Amount)
{
    public static ImmutableArray<FormulaAmountDocument> Of(IEnumerable<FormulaAmount> side) => [.. side.Select(term => new FormulaAmountDocument(term.Formula, term.Amount))];
}

/// <summary>A reactant, and the energy that it entered with.</summary>
internal sealed record ReactantDocument(string Formula, string? EntryId, double? EnergyAboveHullEvPerAtom, double EnergyEvPerAtom, ImmutableArray<PhaseFractionDocument> Decomposition)
{
    public static ReactantDocument Of(Reactant reactant) => new(reactant.Formula, reactant.EntryId, reactant.EnergyAboveHullEvPerAtom, reactant.EnergyEvPerAtom, PhaseFractionDocument.Of(reactant.Decomposition));
}

/// <summary>The document of <c>dftflow analyze hull --json</c>.</summary>
internal sealed record HullAnswer(
    ImmutableArray<string> Elements,
    int NEntries,
    ImmutableArray<PhaseDocument> Phases,
    PotentialRegionsDocument? ChemicalPotentials,
    ImmutableArray<string> Files,
    string Scale,
    ImmutableArray<string> Provenance,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings);

internal sealed record PhaseDocument(
    string Formula,
    string? EntryId,
    double FormationEnergyEvPerAtom,
    double EnergyAboveHullEvPerAtom,
    bool Stable,
    double? EquilibriumReactionEnergyEvPerAtom,
    double PhaseSeparationEnergyEvPerAtom,
    ImmutableArray<PhaseFractionDocument> Decomposition);

/// <summary>Where each phase of the host is stable, over the chemical potentials of two elements.</summary>
/// <param name="OpenEv">Chemical potentials of further elements.</param>
internal sealed record PotentialRegionsDocument(string X, string Y, string Host, ImmutableSortedDictionary<string, double> OpenEv, ImmutableArray<PotentialRegionDocument> Regions)
{
    public static PotentialRegionsDocument Of(ChemicalPotentialRegions regions) => new(regions.X.Symbol, regions.Y.Symbol, regions.Host.Symbol, regions.FixedEv.ToImmutableSortedDictionary(pair => pair.Key.Symbol, pair => pair.Value, StringComparer.Ordinal),
        [.. regions.Regions.Select(region => new PotentialRegionDocument(region.Phase.Formula, region.Phase.EntryId, [.. region.Corners.Select(corner => new PotentialCornerDocument(corner.XEv, corner.YEv))]))]);
}

internal sealed record PotentialRegionDocument(string Formula, string EntryId, ImmutableArray<PotentialCornerDocument> Corners);

internal sealed record PotentialCornerDocument(double XEv, double YEv);

/// <summary>The document of <c>dftflow analyze interface --json</c> for one pair.</summary>
internal sealed record InterfaceAnswer(
    ReactantDocument First,
    ReactantDocument Second,
    string ReactantEnergy,
    ImmutableSortedDictionary<string, double> OpenEv,
    ImmutableArray<KinkDocument> Kinks,
    InterfaceMinimumDocument Minimum,
    InterfaceMinimumDocument MutualMinimum,
    ImmutableArray<InterfaceVariationDocument> Sensitivity,
    ImmutableArray<string> Files,
    string Scale,
    ImmutableArray<string> Provenance,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings);

internal sealed record KinkDocument(
    double X,
    double XMole,
    double EnergyEvPerAtom,
    double MutualEnergyEvPerAtom,
    double EnergyEvPerFormulaUnit,
    double MutualEnergyEvPerFormulaUnit,
    double EnergyKjPerMol,
    string Reaction,
    ImmutableArray<FormulaAmountDocument> Reactants,
    ImmutableArray<FormulaAmountDocument> Products)
{
    private const double KjPerMolAndEv = 96.48533212;

    public static KinkDocument Of(InterfaceKink kink) => new(kink.X, kink.XMole, kink.EnergyEvPerAtom, kink.MutualEnergyEvPerAtom, kink.EnergyEvPerFormulaUnit, kink.MutualEnergyEvPerFormulaUnit,
        kink.EnergyEvPerFormulaUnit * KjPerMolAndEv, kink.Reaction.ToString(), FormulaAmountDocument.Of(kink.Reaction.Reactants), FormulaAmountDocument.Of(kink.Reaction.Products));
}

internal sealed record InterfaceMinimumDocument(double X, double EnergyEvPerAtom, string Reaction)
{
    public static InterfaceMinimumDocument Of(InterfaceMinimum minimum) => new(minimum.X, minimum.EnergyEvPerAtom, minimum.Reaction.ToString());
}

internal sealed record InterfaceVariationDocument(
    string Kind, string Variation, InterfaceMinimumDocument? Minimum, InterfaceMinimumDocument? MutualMinimum, double? DifferenceEvPerAtom, double? MutualDifferenceEvPerAtom, string? Reason)
{
    public static ImmutableArray<InterfaceVariationDocument> Of(InterfaceReaction asked, ImmutableArray<Variation<InterfaceReaction>> variations) => [.. variations.Select(one => new InterfaceVariationDocument(
        BlockShape.Kebab(one.Kind.ToString()), one.Name, one.Result is { } result ? InterfaceMinimumDocument.Of(result.Minimum) : null, one.Result is { } mutual ? InterfaceMinimumDocument.Of(mutual.MutualMinimum) : null,
        one.Result?.Minimum.EnergyEvPerAtom - asked.Minimum.EnergyEvPerAtom, one.Result?.MutualMinimum.EnergyEvPerAtom - asked.MutualMinimum.EnergyEvPerAtom, one.Reason))];
}

/// <summary>The document of <c>dftflow analyze interface --json</c> for many pairs.</summary>
internal sealed record InterfaceMatrixAnswer(
    ImmutableArray<string>? Rows,
    ImmutableArray<string>? Columns,
    string ReactantEnergy,
    ImmutableSortedDictionary<string, double> OpenEv,
    ImmutableArray<PairDocument> Pairs,
    ImmutableArray<string> Files,
    string Scale,
    ImmutableArray<string> Provenance,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings);

internal sealed record PairDocument(string First, string Second, InterfaceMinimumDocument? Minimum, InterfaceMinimumDocument? MutualMinimum, ImmutableArray<string> Warnings, string? Error);

/// <summary>The document of <c>dftflow analyze window --json</c>: of one phase at the top, of several in <c>windows</c> alone.</summary>
internal sealed record WindowAnswer(
    string WorkingIon,
    string ReactantEnergy,
    double? ReductionLimitV,
    double? OxidationLimitV,
    string? AtReduction,
    string? AtOxidation,
    ImmutableArray<WindowStepDocument>? Profile,
    ImmutableArray<WindowDocument> Windows,
    ImmutableArray<string> Files,
    string Scale,
    ImmutableArray<string> Provenance,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings);

internal sealed record WindowDocument(
    ReactantDocument Phase,
    double ReductionLimitV,
    double? OxidationLimitV,
    string? AtReduction,
    string? AtOxidation,
    ImmutableArray<WindowStepDocument> Profile,
    ImmutableArray<PotentialRangeDocument>? ChemicalPotentialRanges,
    ImmutableArray<WindowVariationDocument> Sensitivity);

internal sealed record WindowStepDocument(double VoltageV, double WorkingIonChange, string Reaction)
{
    public static ImmutableArray<WindowStepDocument> Of(IEnumerable<WindowStep> steps) => [.. steps.Select(step => new WindowStepDocument(step.VoltageV, step.WorkingIonChange, step.Reaction.ToString()))];
}

/// <summary>Of one element, with the potentials of all elements at either end.</summary>
internal sealed record PotentialRangeDocument(string Element, double LowestEv, double HighestEv, ImmutableSortedDictionary<string, double> AtLowestEv, ImmutableSortedDictionary<string, double> AtHighestEv)
{
    public static PotentialRangeDocument Of(ChemicalPotentialRange range) => new(range.Element.Symbol, range.LowestEv, range.HighestEv, Named(range.Lowest), Named(range.Highest));

    private static ImmutableSortedDictionary<string, double> Named(PotentialPoint point) => point.ChemicalPotentialsEv.ToImmutableSortedDictionary(pair => pair.Key.Symbol, pair => pair.Value, StringComparer.Ordinal);
}

internal sealed record WindowVariationDocument(
    string Kind, string Variation, double? ReductionLimitV, double? OxidationLimitV, string? AtReduction, string? AtOxidation, double? ReductionDifferenceV, double? OxidationDifferenceV, string? Reason)
{
    public static ImmutableArray<WindowVariationDocument> Of(ElectrochemicalWindow asked, ImmutableArray<Variation<ElectrochemicalWindow>> variations) => [.. variations.Select(one => new WindowVariationDocument(
        BlockShape.Kebab(one.Kind.ToString()), one.Name, one.Result?.ReductionLimitV, one.Result?.OxidationLimitV, one.Result?.AtReduction?.ToString(), one.Result?.AtOxidation?.ToString(),
        one.Result?.ReductionLimitV - asked.ReductionLimitV, one.Result?.OxidationLimitV - asked.OxidationLimitV, one.Reason))];
}
