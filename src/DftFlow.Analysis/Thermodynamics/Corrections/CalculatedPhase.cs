using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics.Corrections;

/// <summary>A calculated phase before corrections.</summary>
/// <param name="Composition">As in the computed cell.</param>
/// <param name="Functional">As in <c>PBE</c>; with U or without.</param>
public sealed record CalculatedPhase(string EntryId, Composition Composition, double EnergyPerAtomEv, string Functional)
{
    public CalculationSettings Settings { get; init; } = CalculationSettings.Empty;

    /// <summary>Tells peroxides from oxides, and sulphides from sulphates; null where there is none.</summary>
    public Structure? Structure { get; init; }

    /// <summary>What the source says of the oxygens, before the structure: <c>oxide</c>, <c>peroxide</c>, <c>superoxide</c>, <c>ozonide</c>, <c>hydroxide</c>; null where it does not.</summary>
    public string? OxideType { get; init; }

    /// <summary>What the source says of the sulphurs, before the structure; null where it does not.</summary>
    public string? SulfideType { get; init; }

    /// <summary>What the source says, in place of a guess; null where it does not.</summary>
    public ImmutableSortedDictionary<Element, double>? OxidationStates { get; init; }

    /// <summary>As it is, on the functional's own scale.</summary>
    public Entry Uncorrected() => new(EntryId, Composition, EnergyPerAtomEv) { Scale = new(Functional, EnergyScale.NoScheme), Settings = Settings };
}
