using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>One computed phase.</summary>
/// <param name="EntryId">Unique in its table.</param>
/// <param name="Composition">As in the computed cell.</param>
/// <param name="EnergyPerAtomEv">On the table's own scale: total or formation energy, the same kind for every entry.</param>
public sealed record Entry(string EntryId, Composition Composition, double EnergyPerAtomEv)
{
    public string Formula => Composition.ReducedFormula;
}
