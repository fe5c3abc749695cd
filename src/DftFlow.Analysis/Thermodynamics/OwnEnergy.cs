using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>An energy that somebody supposes for a composition, in eV per atom.</summary>
/// <param name="FromHull">Whether it counts from the hull at the composition; else from the elements, as a formation energy does.</param>
public sealed record OwnEnergy(ChosenPhase Phase, double EnergyEvPerAtom, bool FromHull)
{
    /// <summary>Reads <c>Li2.6In0.8Ta0.2Cl6=-1.9</c> (formation energy) or <c>Li2.6In0.8Ta0.2Cl6=hull+0.02</c>, in eV/atom.</summary>
    /// <exception cref="DftFlowException">DF3113: it is neither.</exception>
    public static OwnEnergy Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && Composition.TryParse(text[..equals].Trim(), out var composition, out _))
        {
            var number = text[(equals + 1)..].Trim();
            var fromHull = number.StartsWith("hull", StringComparison.Ordinal);
            if (fromHull) number = number[4..];
            if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var energy) && double.IsFinite(energy)) return new(new ChosenPhase(composition) { Formula = text[..equals] }, energy, fromHull);
        }
        throw new DftFlowException("DF3113", $"'{text}' gives no composition an energy.", "Write FORMULA=E, a formation energy in eV/atom, or FORMULA=hull+E, so much above the hull.");
    }

    public Composition Composition => Phase.Composition;

    /// <summary>Whether a phase has this composition, in any multiple.</summary>
    public bool IsOf(Composition other) => other.Amounts.Count == Composition.Amounts.Count && other.Elements.All(element => Math.Abs(other.AtomicFraction(element) - Composition.AtomicFraction(element)) < 1e-6);

    /// <exception cref="DftFlowException">DF3113: none of the phases that are asked about has this composition, or no phase such an energy.</exception>
    public OwnEnergy OfOne(IEnumerable<Composition> asked) =>
        Math.Abs(EnergyEvPerAtom) > EntryTable.LargestEnergyEv ? throw new DftFlowException("DF3113", $"{EnergyEvPerAtom.ToString("G4", CultureInfo.InvariantCulture)} eV/atom is no energy of {Phase.Formula}.", "Write eV per atom: a formation energy, or how much it is above the hull.")
        : asked.Any(IsOf) ? this
        : throw new DftFlowException("DF3113", $"An energy is supposed for {Phase.Formula}, and nothing is asked about it.", "Is the formula right? The energy is that of a reactant, or of a phase with a window.");

    public override string ToString() =>
        $"{Phase.Formula} at {EnergyEvPerAtom.ToString(FromHull ? "+0.######;-0.######;0" : "0.######", CultureInfo.InvariantCulture)} eV/atom{(FromHull ? " from the hull" : "")}";

    /// <summary>The entry that it would be in a diagram.</summary>
    /// <exception cref="DftFlowException">DF3107: an element of it has no entry; DF3113: a compound would lie above its elements, and not be there to react.</exception>
    internal Entry EntryIn(PhaseDiagram diagram)
    {
        var formation = EnergyEvPerAtom + (FromHull ? diagram.Hull(Composition).FormationEnergyEvPerAtom : 0);
        if (formation >= 0 && Composition.Amounts.Count > 1)
            throw new DftFlowException("DF3113", $"{ToString()} would lie {formation.ToString("G4", CultureInfo.InvariantCulture)} eV/atom above its elements: it would be no bound phase.", "Suppose a formation energy below zero.");
        return new(ToString(), Composition, formation + Composition.Elements.Sum(element => Composition.AtomicFraction(element) * diagram.Reference(element).EnergyPerAtomEv));
    }
}
