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

/// <summary>A composition, and which of its entries is meant where it is not the lowest.</summary>
public sealed record ChosenPhase(Composition Composition, Entry? Entry = null)
{
    /// <summary>As whoever chose it wrote it, without blanks: Li2.6In0.8Ta0.2Cl6, and not its elements in another order.</summary>
    public string Formula { get; init => field = string.Concat(value.Where(c => !char.IsWhiteSpace(c))); } = Composition.Formula;

    public static implicit operator ChosenPhase(Composition composition) => new(composition);

    /// <summary>A formula; what is none is the id of an entry: of one polymorph among several.</summary>
    /// <exception cref="DftFlowException">DF3111: it is neither.</exception>
    public static ChosenPhase Find(PhaseDiagram diagram, string text) =>
        Composition.TryParse(text, out var composition, out var problem) ? new ChosenPhase(composition) { Formula = text }
        : diagram.Entries.FirstOrDefault(entry => entry.EntryId == text) is { } entry ? new ChosenPhase(entry.Composition.Reduced(), entry)
        : throw new DftFlowException("DF3111", $"'{text}' is neither a formula nor the id of an entry. {problem}", "Write a formula as in Li2MnO3, or an entry_id of the table.");
}

/// <summary>A reactant and the energy it enters with.</summary>
/// <param name="Formula">As it was written.</param>
/// <param name="EntryId">The entry that was chosen, or the lowest with its composition; null where there is none.</param>
/// <param name="EnergyAboveHullEvPerAtom">Of that entry; null where there is none.</param>
/// <param name="EnergyEvPerAtom">The formation energy that enters.</param>
public sealed record Reactant(string Formula, string? EntryId, double? EnergyAboveHullEvPerAtom, double EnergyEvPerAtom)
{
    /// <summary>The phases that it would be on the hull.</summary>
    public IReadOnlyList<PhaseFraction> Decomposition { get; init; } = [];

    /// <summary>Whether its energy is that of those phases, as asked for or for want of an entry below its elements.</summary>
    public bool TakenOnHull { get; init; }

    // Atomic fractions that differ by less are those of one composition; steps so short are round-off.
    private const double LeastFraction = 1e-6;

    internal static Reactant Create(PhaseDiagram diagram, ChosenPhase phase, ReactantEnergyKind kind, List<string> warnings)
    {
        var composition = phase.Composition;
        if (composition.Elements.FirstOrDefault(element => composition.AtomicFraction(element) < LeastFraction) is { } trace)
            throw new DftFlowException("DF3110", $"{trace} is {Text(composition.AtomicFraction(trace))} of the atoms of {phase.Formula}, too small a part to calculate with: the least is {Text(LeastFraction)}.",
                $"Is the amount right? A trace of {trace} does not change the energy: leave it out.");
        var hull = diagram.Hull(composition);
        var entry = phase.Entry ?? diagram.LowestEntry(composition);
        var formation = entry is null ? double.NaN : diagram.FormationEnergyEvPerAtom(entry);
        var own = entry is not null && (formation < 0 || composition.Amounts.Count == 1);
        if (kind == ReactantEnergyKind.Own && !own)
            warnings.Add(entry is null
                ? $"No entry has the composition {phase.Formula}: its energy was taken on the hull ({Mixture(hull.Decomposition)})."
                : $"{phase.Formula} ({entry.EntryId}) lies {Text(formation)} eV/atom above its elements, "
                    + $"so it is no bound phase: its energy was taken on the hull ({Mixture(hull.Decomposition)}).");
        // The entry itself is among those that span the hull, so what is below zero is round-off.
        return new Reactant(phase.Formula, entry?.EntryId, entry is null ? null : Math.Max(0, formation - hull.FormationEnergyEvPerAtom),
            kind == ReactantEnergyKind.Own && own ? formation : hull.FormationEnergyEvPerAtom) { Decomposition = hull.Decomposition, TakenOnHull = kind == ReactantEnergyKind.Hull || !own };
    }

    private static string Mixture(IReadOnlyList<PhaseFraction> phases) =>
        string.Join(" + ", phases.Select(part => $"{Text(part.AtomicFraction)} {part.Entry.Formula}")) + ", atomic fractions";

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
