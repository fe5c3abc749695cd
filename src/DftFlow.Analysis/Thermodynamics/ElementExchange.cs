using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>What a phase has turned into in equilibrium with a reservoir of one element.</summary>
/// <param name="ChemicalPotentialEv">The highest with which this is so, relative to the element; down to the next step's.</param>
/// <param name="Change">Atoms of the element taken up (positive) or given up, per formula unit as given.</param>
/// <param name="EnergyEv">Of the products but the atoms of the reservoir, per formula unit, relative to the elements.</param>
public sealed record ElementStep(double ChemicalPotentialEv, double Change, double EnergyEv, BalancedReaction Reaction);

/// <summary>
/// A phase in equilibrium with a reservoir of one element, from the element itself down. With h(n) the hull's energy at n atoms of it
/// per formula unit, relative to the elements, the chemical potential between two kinks of h is Δh/Δn.
/// </summary>
/// <param name="Steps">By falling chemical potential, from zero: the richest in the element first.</param>
public sealed record ElementExchange(ImmutableList<ElementStep> Steps)
{
    // Atoms of the element per atom of the rest of the phase.
    private const double SameContent = 1e-7;

    /// <exception cref="DftFlowException">DF3107, DF3110; DF3108: the phase consists of the element only.</exception>
    public static ElementExchange Calculate(PhaseDiagram diagram, ChosenPhase chosen, Element element, CancellationToken cancellation = default)
    {
        var phase = chosen.Composition;
        var host = new Composition(phase.Amounts.Where(pair => pair.Key != element));
        if (host.IsEmpty) throw new DftFlowException("DF3108", $"{chosen.Formula} consists of {element} only, so that nothing is left without it.", "Give a phase with another element.");
        var reservoir = new Composition([KeyValuePair.Create(element, 1.0)]);
        // By falling content; the first is the element itself, without end.
        var kinks = diagram.Program([element, .. host.Elements]).Kinks(reservoir, host, cancellation).Reverse().Skip(1).Select(point =>
        {
            var atoms = host.AtomCount / (1 - point.X);
            return (Content: point.X * atoms, Energy: point.Energy * atoms, Products: point.Phases.Select(part =>
            {
                var formula = part.Entry.Composition.Reduced();
                return ((ChosenPhase)formula, part.Fraction * atoms / formula.AtomCount);
            }));
        }).ToArray();
        var tolerance = SameContent * host.AtomCount;
        return new([.. kinks.Select((kink, index) =>
        {
            var change = kink.Content - phase[element];
            return new ElementStep(index == 0 ? 0 : (kinks[index - 1].Energy - kink.Energy) / (kinks[index - 1].Content - kink.Content),
                Math.Abs(change) < tolerance ? 0 : change, kink.Energy, BalancedReaction.Create([(chosen, 1)], kink.Products, [element]));
        })]);
    }
}
