using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>Which energy a reactant enters a reaction with.</summary>
public enum ReactantEnergyKind
{
    /// <summary>Its lowest entry's; the hull's, with a warning, where it has none below its elements.</summary>
    Own,

    /// <summary>The hull's at its composition.</summary>
    Hull,
}

/// <summary>A reactant and the energy it enters with.</summary>
/// <param name="EntryId">The lowest entry with its composition; null where there is none.</param>
/// <param name="EnergyAboveHullEvPerAtom">Of that entry; null where there is none.</param>
/// <param name="EnergyEvPerAtom">The formation energy that enters.</param>
public sealed record Reactant(string Formula, string? EntryId, double? EnergyAboveHullEvPerAtom, double EnergyEvPerAtom)
{
    internal static Reactant Create(PhaseDiagram diagram, Composition composition, ReactantEnergyKind kind, List<string> warnings)
    {
        var stability = diagram.Stability(composition);
        var hull = stability.FormationEnergyEvPerAtom - stability.EnergyAboveHullEvPerAtom;
        var own = stability.Entry is not null && (stability.FormationEnergyEvPerAtom < 0 || composition.Amounts.Count == 1);
        if (kind == ReactantEnergyKind.Own && !own)
            warnings.Add(stability.Entry is null
                ? $"No entry has the composition {composition.Formula}: its energy was taken on the hull ({Mixture(stability.Decomposition)})."
                : $"{composition.Formula} ({stability.Entry.EntryId}) lies {Text(stability.FormationEnergyEvPerAtom)} eV/atom above its elements, "
                    + $"so it is no bound phase: its energy was taken on the hull ({Mixture(stability.Decomposition)}).");
        return new Reactant(composition.Formula, stability.Entry?.EntryId, stability.Entry is null ? null : stability.EnergyAboveHullEvPerAtom,
            kind == ReactantEnergyKind.Own && own ? stability.FormationEnergyEvPerAtom : hull);
    }

    private static string Mixture(IReadOnlyList<PhaseFraction> phases) =>
        string.Join(" + ", phases.Select(part => $"{Text(part.AtomicFraction)} {part.Entry.Formula}")) + ", atomic fractions";

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
