using CsCheck;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>
/// Laws that hold in every system, tried on random ternary ones. Energies are multiples of 0.25 eV in half of them, so that
/// mixtures tie and the programs are degenerate. The hull is held against trying every set of phases, no solver involved.
/// </summary>
public class RandomSystemTests
{
    private static readonly Element[] Elements = [Element.Parse("Li"), Element.Parse("Mn"), Element.Parse("O")];

    private static readonly Gen<Composition> Compositions = Gen.Int[0, 4].Array[3].Where(amounts => amounts.Sum() > 0)
        .Select(amounts => new Composition(Elements.Zip(amounts, (element, amount) => KeyValuePair.Create(element, (double)amount))));

    private static readonly Gen<double> Energies = Gen.OneOf(Gen.Int[-12, 2].Select(quarter => quarter / 4.0), Gen.Double[-3, 0.5]);

    private static readonly Gen<PhaseDiagram> Diagrams = Gen.Select(Compositions, Energies).Array[0, 14].Select(phases => new PhaseDiagram(
    [
        .. Elements.Select((element, index) => new Entry($"el-{element}", Composition.Parse(element.Symbol), -index)),
        .. phases.Select((phase, index) => new Entry($"{index}", phase.Item1,
            phase.Item1.Amounts.Count == 1 ? 0.5 : phase.Item2 - Elements.Select((element, e) => e * phase.Item1.AtomicFraction(element)).Sum())),
    ]));

    [Fact]
    public void The_hull_is_the_least_energy_of_any_three_phases() =>
        Gen.Select(Diagrams, Compositions).Sample((diagram, composition) =>
        {
            var hull = diagram.Hull(composition);
            Assert.Equal(LeastByTrial(diagram, composition), hull.FormationEnergyEvPerAtom, 1e-8);
            Assert.Equal(1, hull.Decomposition.Sum(part => part.AtomicFraction), 1e-9);
        }, iter: Effort.Iterations(10000));

    [Fact]
    public void A_closed_reaction_is_convex_balanced_and_agrees_with_the_hull_everywhere() =>
        Gen.Select(Diagrams, Compositions, Compositions).Sample((diagram, first, second) =>
        {
            var reaction = Toy.React(diagram, first, second);
            AssertLaws(reaction);
            for (var i = 0; i <= 20; i++)
            {
                var x = i / 20.0;
                var mixture = first * (x / first.AtomCount) + second * ((1 - x) / second.AtomCount);
                var expected = LeastByTrial(diagram, mixture) - x * reaction.First.EnergyEvPerAtom - (1 - x) * reaction.Second.EnergyEvPerAtom;
                Assert.Equal(expected, Between(reaction, x), 1e-8);
            }
        }, iter: Effort.Iterations(1000));

    [Fact]
    public void An_open_reaction_is_convex_balanced_and_agrees_with_the_grand_potential_everywhere() =>
        Gen.Select(Diagrams, Compositions, Compositions, Gen.Double[-4, 0])
            .Where((_, first, second, _) => first[Elements[0]] < first.AtomCount && second[Elements[0]] < second.AtomCount)
            .Sample((diagram, first, second, potential) =>
            {
                var reaction = Toy.React(diagram, first, second, open: (Elements[0], potential));
                AssertLaws(reaction);
                var (one, two) = (Closed(first), Closed(second));
                for (var i = 0; i <= 20; i++)
                {
                    var x = i / 20.0;
                    var mixture = one * (x / one.AtomCount) + two * ((1 - x) / two.AtomCount);
                    var expected = LeastByTrial(diagram, mixture, potential) - x * Potential(first, reaction.First, potential) - (1 - x) * Potential(second, reaction.Second, potential);
                    Assert.Equal(expected, Between(reaction, x), 1e-8);
                }
            }, iter: Effort.Iterations(1000));

    [Fact]
    public void A_window_is_where_the_grand_potential_is_least_without_exchange() =>
        Gen.Select(Diagrams, Compositions).Where((_, phase) => phase[Elements[0]] < phase.AtomCount).Sample((diagram, phase) =>
        {
            var window = Toy.Window(diagram, phase, Elements[0]);
            Assert.True(window.OxidationLimitV is null || window.OxidationLimitV >= window.ReductionLimitV - 1e-9);
            Assert.Equal(0, window.Profile[0].VoltageV);
            foreach (var (lower, upper) in window.Profile.Zip(window.Profile.Skip(1)))
            {
                Assert.True(lower.VoltageV < upper.VoltageV && lower.WorkingIonChange > upper.WorkingIonChange);
                AssertBalanced(lower.Reaction);
                // In the middle between two onsets the step's phases are those of least grand potential.
                var voltage = (lower.VoltageV + upper.VoltageV) / 2;
                var host = Closed(phase);
                var expected = LeastByTrial(diagram, host, -voltage) * host.AtomCount;
                var found = lower.Reaction.Products.Where(term => term.Formula != "Li").Sum(term =>
                {
                    var formula = Composition.Parse(term.Formula);
                    return term.Amount * (FormationEnergy(diagram, formula) * formula.AtomCount + voltage * formula[Elements[0]]);
                });
                Assert.Equal(expected, found, 1e-7);
            }
        }, iter: Effort.Iterations(1000));

    [Fact]
    public void The_hull_does_not_change_when_the_elements_energies_are_shifted() =>
        Gen.Select(Diagrams, Gen.Double[-20, 20].Array[3]).Sample((diagram, shifts) =>
        {
            var shifted = new PhaseDiagram([.. diagram.Entries.Select(entry => entry with { EnergyPerAtomEv = entry.EnergyPerAtomEv + Elements.Select((element, e) => shifts[e] * entry.Composition.AtomicFraction(element)).Sum() })]);
            foreach (var (before, after) in diagram.Stabilities().Zip(shifted.Stabilities()))
            {
                Assert.Equal(before.FormationEnergyEvPerAtom, after.FormationEnergyEvPerAtom, 1e-9);
                Assert.Equal(before.EnergyAboveHullEvPerAtom, after.EnergyAboveHullEvPerAtom, 1e-9);
            }
        }, iter: Effort.Iterations(1000));

    [Fact]
    public void What_lies_above_the_hull_separates_and_what_lies_on_it_does_not() =>
        Diagrams.Sample(diagram =>
        {
            foreach (var phase in diagram.Stabilities().Where(phase => phase.Entry == diagram.LowestEntry(phase.Entry!.Composition) && phase.Entry!.Composition.Amounts.Count > 1))
            {
                var (separation, equilibrium) = (diagram.PhaseSeparationEnergyEvPerAtom(phase.Entry!.Composition), diagram.EquilibriumReactionEnergyEvPerAtom(phase.Entry.Composition));
                if (phase.EnergyAboveHullEvPerAtom > PhaseDiagram.StableWithinEvPerAtom) Assert.Equal(phase.EnergyAboveHullEvPerAtom, separation, 1e-9);
                else Assert.True(separation <= PhaseDiagram.StableWithinEvPerAtom && separation >= equilibrium - 1e-9, $"{phase}: {separation} of all others, {equilibrium} of the stable ones");
                Assert.Equal(separation, phase.FormationEnergyEvPerAtom - diagram.Without(phase.Entry.Composition).Hull(phase.Entry.Composition).FormationEnergyEvPerAtom, 1e-9);
            }
        }, iter: Effort.Iterations(1000));

    private static void AssertLaws(InterfaceReaction reaction)
    {
        Assert.Equal(0, reaction.Kinks[0].X);
        Assert.Equal(1, reaction.Kinks[^1].X);
        Assert.Equal(0, reaction.Kinks[0].MutualEnergyEvPerAtom, 1e-9);
        Assert.Equal(0, reaction.Kinks[^1].MutualEnergyEvPerAtom, 1e-9);
        var slope = double.NegativeInfinity;
        foreach (var (left, right) in reaction.Kinks.Zip(reaction.Kinks.Skip(1)))
        {
            var next = (right.EnergyEvPerAtom - left.EnergyEvPerAtom) / (right.X - left.X);
            Assert.True(next > slope, "a kink is where the slope grows");
            slope = next;
        }
        foreach (var kink in reaction.Kinks)
        {
            Assert.True(kink.MutualEnergyEvPerAtom <= 0);
            Assert.True(kink.EnergyEvPerAtom <= kink.MutualEnergyEvPerAtom + 1e-9);
            AssertBalanced(kink.Reaction);
        }
    }

    private static void AssertBalanced(BalancedReaction reaction)
    {
        foreach (var element in Elements) Assert.Equal(Atoms(reaction.Reactants, element), Atoms(reaction.Products, element), 1e-9);
    }

    private static double Atoms(IReadOnlyList<FormulaAmount> side, Element element) => side.Sum(term => Composition.Parse(term.Formula)[element] * term.Amount);

    private static double Between(InterfaceReaction reaction, double x)
    {
        var (left, right) = reaction.Kinks.Zip(reaction.Kinks.Skip(1)).First(pair => x <= pair.Second.X);
        return left.EnergyEvPerAtom + (x - left.X) / (right.X - left.X) * (right.EnergyEvPerAtom - left.EnergyEvPerAtom);
    }

    private static Composition Closed(Composition composition) => new(composition.Amounts.Where(pair => pair.Key != Elements[0]));

    private static double Potential(Composition composition, Reactant reactant, double potential) =>
        (reactant.EnergyEvPerAtom * composition.AtomCount - potential * composition[Elements[0]]) / Closed(composition).AtomCount;

    private static double FormationEnergy(PhaseDiagram diagram, Composition composition) => diagram.FormationEnergyEvPerAtom(diagram.LowestEntry(composition)!);

    /// <summary>The least (grand-potential) energy per atom, by trying every set of as many phases as there are elements.</summary>
    private static double LeastByTrial(PhaseDiagram diagram, Composition composition, double? lithiumPotential = null)
    {
        var elements = lithiumPotential is null ? Elements : Elements[1..];
        var target = elements.Select(composition.AtomicFraction).ToArray();
        var phases = diagram.Entries.Select(entry =>
        {
            var atoms = elements.Sum(entry.Composition.AtomicFraction);
            var energy = diagram.FormationEnergyEvPerAtom(entry) - (lithiumPotential ?? 0) * (lithiumPotential is null ? 0 : entry.Composition.AtomicFraction(Elements[0]));
            return (Atoms: atoms, Energy: energy / atoms, Column: elements.Select(element => entry.Composition.AtomicFraction(element) / atoms).ToArray());
        }).Where(phase => phase.Atoms > 0).ToList();
        var least = double.PositiveInfinity;
        Try([], 0);
        return least;

        void Try(List<int> chosen, int from)
        {
            if (chosen.Count < elements.Length)
            {
                for (var i = from; i < phases.Count; i++) Try([.. chosen, i], i + 1);
                return;
            }
            var columns = chosen.Select(index => phases[index].Column).ToArray();
            var determinant = Determinant(columns);
            if (Math.Abs(determinant) < 1e-9) return;
            var energy = 0.0;
            for (var i = 0; i < columns.Length; i++)
            {
                var replaced = columns.ToArray();
                replaced[i] = target;
                var share = Determinant(replaced) / determinant;
                if (share < -1e-10) return;
                energy += share * phases[chosen[i]].Energy;
            }
            least = Math.Min(least, energy);
        }
    }

    private static double Determinant(double[][] m) => m.Length == 2
        ? m[0][0] * m[1][1] - m[0][1] * m[1][0]
        : m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}
