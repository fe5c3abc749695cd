using CsCheck;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using static DftFlow.Tests.Analysis.Thermodynamics.Toy;

namespace DftFlow.Tests.Analysis.Thermodynamics;

public class PotentialRangeTests
{
    // Formation: Li2Cl -6 eV, LiCl -3.4 eV.
    private static readonly PhaseDiagram LithiumChlorine = Diagram(("Li3", -6), ("Cl2", -10), ("Li2Cl", -15), ("Li2Cl2", -20.8), ("LiCl2", -11.5));

    [Fact]
    public void A_phase_is_stable_between_its_neighbours()
    {
        // With Li2Cl lithium is at -2.6 eV, with Cl2 at -3.4; chlorine is what is left of -3.4.
        var ranges = ChemicalPotentialRange.Calculate(LithiumChlorine, Formula("LiCl"))!;
        Assert.Collection(ranges,
            lithium =>
            {
                Assert.Equal((Li, -3.4, -2.6), (lithium.Element, Math.Round(lithium.LowestEv, 9), Math.Round(lithium.HighestEv, 9)));
                Assert.Equal(-0.8, lithium.Highest.ChemicalPotentialsEv[Element.Parse("Cl")], 1e-9);
            },
            chlorine => Assert.Equal((-0.8, 0.0), (Math.Round(chlorine.LowestEv, 9), Math.Round(chlorine.HighestEv, 9))));
    }

    [Theory]
    [InlineData("LiCl2")]
    [InlineData("Li3Cl2")]
    public void What_is_not_on_the_hull_has_no_range(string formula) => Assert.Null(ChemicalPotentialRange.Calculate(LithiumChlorine, Formula(formula)));

    [Fact]
    public void A_polymorph_above_the_hull_has_no_range()
    {
        var diagram = LithiumChlorine.With(new Entry("other", Formula("LiCl"), -5));
        Assert.Null(ChemicalPotentialRange.Calculate(diagram, ChosenPhase.Find(diagram, "other")));
    }

    [Fact]
    public void An_element_is_in_equilibrium_with_itself_at_zero()
    {
        var range = Assert.Single(ChemicalPotentialRange.Calculate(LithiumChlorine, Formula("Li"))!);
        Assert.Equal((0.0, 0.0), (range.LowestEv, range.HighestEv));
    }

    [Fact]
    public void The_range_of_lithium_holds_the_window()
    {
        // Without exchange of lithium and with whatever potentials of the rest: the window of the hull lies within.
        foreach (var formula in (string[])["Li2MnO3", "LiMnO2", "Li3InCl6", "LiF", "LiTaO3"])
        {
            var window = Window(Carried.Mp2020, Formula(formula), Li);
            var lithium = ChemicalPotentialRange.Calculate(Carried.Mp2020, Formula(formula))![0];
            Assert.Equal(Li, lithium.Element);
            Assert.InRange(-window.ReductionLimitV, lithium.LowestEv - 1e-9, lithium.HighestEv + 1e-9);
            Assert.InRange(-window.OxidationLimitV!.Value, lithium.LowestEv - 1e-9, lithium.HighestEv + 1e-9);
        }
    }

    [Fact]
    public void At_every_end_no_phase_would_form_and_the_phase_itself_is_in_equilibrium() => Gen.Int[0, 10_000].Sample(seed =>
    {
        // Any stable phase of the carried entries.
        var stable = Stable.Value[seed % Stable.Value.Count];
        foreach (var range in ChemicalPotentialRange.Calculate(Carried.Mp2020, stable)!)
        {
            Assert.True(range.LowestEv <= range.HighestEv + 1e-9 && range.HighestEv <= 1e-9);
            foreach (var point in (PotentialPoint[])[range.Lowest, range.Highest])
            {
                Assert.Equal(0, Excess(Carried.Mp2020.LowestEntry(stable)!, point), 1e-8);
                foreach (var entry in Carried.Mp2020.Entries.Where(entry => entry.Composition.Elements.All(point.ChemicalPotentialsEv.ContainsKey))) Assert.True(Excess(entry, point) > -1e-8);
            }
        }
    }, iter: Effort.Iterations(60));

    private static readonly Lazy<List<Composition>> Stable = new(() => [.. Carried.Mp2020.Stabilities().Where(phase => phase.EnergyAboveHullEvPerAtom < 1e-9 && phase.Entry!.Composition.Amounts.Count > 1).Select(phase => phase.Entry!.Composition)]);

    private static double Excess(Entry entry, PotentialPoint point) => Carried.Mp2020.FormationEnergyEvPerAtom(entry) - entry.Composition.Elements.Sum(element => entry.Composition.AtomicFraction(element) * point.ChemicalPotentialsEv[element]);
}
