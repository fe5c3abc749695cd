using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>The chemical potentials of all elements of a phase where that of one is an extreme.</summary>
/// <param name="ChemicalPotentialsEv">Relative to the elements' references.</param>
public sealed record PotentialPoint(ImmutableSortedDictionary<Element, double> ChemicalPotentialsEv);

/// <summary>
/// Between which chemical potentials of an element a phase is stable with some potentials of its other elements; relative to the elements, so zero at most.
/// </summary>
/// <param name="Lowest">One of the corners of the stability region where the element's potential is least.</param>
/// <param name="Highest">One where it is greatest.</param>
/// <remarks>
/// The region is where Σ μ_i c_i ≤ e for every phase of the same elements and equal for this one. Its extremes are linear programs, the duals of the
/// hull's. Where several corners have the same extreme, one of them is told.
/// </remarks>
public sealed record ChemicalPotentialRange(Element Element, double LowestEv, double HighestEv, PotentialPoint Lowest, PotentialPoint Highest)
{
    /// <summary>For each element of the phase; null where its entry is not on the hull, or it has none: then there is no such range.</summary>
    /// <exception cref="DftFlowException">DF3107, DF3110.</exception>
    public static IReadOnlyList<ChemicalPotentialRange>? Calculate(PhaseDiagram diagram, ChosenPhase phase)
    {
        var composition = phase.Composition;
        var stability = diagram.Stability(phase);
        if (stability.Entry is null || stability.EnergyAboveHullEvPerAtom > PhaseDiagram.StableWithinEvPerAtom) return null;
        Element[] elements = [.. composition.Elements];
        var program = diagram.Program(elements);
        var column = (elements.Select(composition.AtomicFraction).ToArray(), stability.FormationEnergyEvPerAtom - stability.EnergyAboveHullEvPerAtom);
        return [.. elements.Select((element, index) =>
        {
            var (lowest, highest) = (Point(index, false), Point(index, true));
            return new ChemicalPotentialRange(element, lowest.ChemicalPotentialsEv[element], highest.ChemicalPotentialsEv[element], lowest, highest);
        })];

        PotentialPoint Point(int index, bool highest)
        {
            var potentials = program.ExtremePotentials(column, index, highest)
                ?? throw new DftFlowException("DF3110", $"The chemical potentials with which {phase.Formula} is stable could not be found.", "Energies that differ by many orders of magnitude do this; look for rows in the wrong unit.");
            return new(elements.Zip(potentials, KeyValuePair.Create).ToImmutableSortedDictionary());
        }
    }
}
