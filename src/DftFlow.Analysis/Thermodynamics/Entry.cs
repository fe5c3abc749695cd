using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>One computed phase.</summary>
/// <param name="EntryId">Unique in its table.</param>
/// <param name="Composition">As in the computed cell.</param>
/// <param name="EnergyPerAtomEv">On the table's own scale: total or formation energy, the same kind for every entry.</param>
public sealed record Entry(string EntryId, Composition Composition, double EnergyPerAtomEv)
{
    public string Formula => Composition.ReducedFormula;

    /// <summary>Null where the source does not say: then its table as a whole is on a scale without a name.</summary>
    public EnergyScale? Scale { get; init; }

    /// <summary>What <see cref="EnergyPerAtomEv"/> holds beside the calculated energy; empty where nothing, or where the source does not say.</summary>
    public ImmutableArray<EnergyAdjustment> Adjustments { get; init; } = [];

    /// <summary>Null where the source does not say.</summary>
    public CalculationSettings? Settings { get; init; }
}
