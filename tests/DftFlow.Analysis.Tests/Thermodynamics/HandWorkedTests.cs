using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using static DftFlow.Tests.Analysis.Thermodynamics.Toy;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>
/// Lithium and a chlorine of our own with references of -2 and -5 eV/atom. Formation: Li2Cl -6 eV (-2 an atom), LiCl -3.4 eV
/// (-1.7 an atom); between Li2Cl and Cl2 the hull at LiCl would be -1.5 an atom, so that it is stable by 0.2.
/// </summary>
public class HandWorkedTests
{
    private static readonly PhaseDiagram LithiumChlorine = Diagram(("Li3", -6), ("Cl2", -10), ("Li2Cl", -15), ("Li2Cl2", -20.8), ("LiCl2", -11.5));

    // LiCl at -2.8 eV: 0.1 eV an atom above the hull of Li2Cl and Cl2.
    private static readonly PhaseDiagram WithMetastableLiCl = Diagram(("Li", -2), ("Cl2", -10), ("Li2Cl", -15), ("Li2Cl2", -19.6));

    [Fact]
    public void The_hull_between_two_phases_follows_the_lever_rule()
    {
        // LiCl2: two thirds of the atoms in LiCl (half of the Cl, all Li), the rest Cl2: 2/3 * -1.7. Its own: (-11.5 + 12) / 3.
        var phase = LithiumChlorine.Stability(Formula("LiCl2"));
        Assert.Equal("4-LiCl2", phase.Entry?.EntryId);
        Assert.Equal(0.5 / 3, phase.FormationEnergyEvPerAtom, 1e-9);
        Assert.Equal(0.5 / 3 + 3.4 / 3, phase.EnergyAboveHullEvPerAtom, 1e-9);
        Assert.Equal(2 / 3.0, phase.Decomposition.Single(part => part.Entry.Formula == "LiCl").AtomicFraction, 1e-9);
        Assert.Equal(1 / 3.0, phase.Decomposition.Single(part => part.Entry.Formula == "Cl2").AtomicFraction, 1e-9);
    }

    [Fact]
    public void A_composition_without_an_entry_has_the_energy_of_the_hull()
    {
        var phase = LithiumChlorine.Stability(Formula("Li3Cl2"));
        Assert.Null(phase.Entry);
        Assert.Equal((-6 + -3.4) / 5, phase.FormationEnergyEvPerAtom, 1e-9);
        Assert.Equal(0, phase.EnergyAboveHullEvPerAtom);
    }

    [Fact]
    public void A_stable_phase_is_so_stable_against_others_and_a_metastable_one_so_unstable()
    {
        // LiCl: -1.7 an atom against -1.5 of Li2Cl and Cl2. LiCl2 above them is its energy above the hull.
        Assert.Equal(-0.2, LithiumChlorine.PhaseSeparationEnergyEvPerAtom(Formula("LiCl")), 1e-9);
        Assert.Equal(-0.2, LithiumChlorine.EquilibriumReactionEnergyEvPerAtom(Formula("LiCl"))!.Value, 1e-9);
        Assert.Equal(3.9 / 3, LithiumChlorine.PhaseSeparationEnergyEvPerAtom(Formula("LiCl2")), 1e-9);
        Assert.Null(LithiumChlorine.EquilibriumReactionEnergyEvPerAtom(Formula("LiCl2")));
        Assert.Null(LithiumChlorine.EquilibriumReactionEnergyEvPerAtom(Formula("Li3Cl2")));
        Assert.Equal(0, LithiumChlorine.PhaseSeparationEnergyEvPerAtom(Formula("Li")));

        // Li3Cl2 at -1.81 an atom lies above the hull (-1.88) because of LiCl alone; without LiCl it is stable (-1.8 of Li2Cl and Cl2), and five sixths of what LiCl separates into.
        var diagram = LithiumChlorine.With(new("own", Formula("Li3Cl2"), -1.81 + (3 * -2 + 2 * -5) / 5.0));
        Assert.Equal(-1.7 + 1.81 * 5 / 6, diagram.PhaseSeparationEnergyEvPerAtom(Formula("LiCl")), 1e-9);
        Assert.Equal(-0.2, diagram.EquilibriumReactionEnergyEvPerAtom(Formula("LiCl"))!.Value, 1e-9);
    }

    [Fact]
    public void A_diagram_without_a_phase_has_none_of_its_polymorphs()
    {
        var diagram = Diagram(("Li", -2), ("Cl2", -10), ("LiCl", -10), ("Li2Cl2", -20.8), ("Li2Cl", -15)).Without(Formula("LiCl"));
        Assert.Equal(["Li", "Cl2", "Li2Cl"], diagram.Entries.Select(entry => entry.Formula));
        Assert.Equal(5, diagram.With(new("a", Formula("LiCl"), -5)).With(new("b", Formula("LiCl"), -5.1)).Entries.Count);
    }

    [Fact]
    public void A_reaction_has_its_kinks_at_the_compounds_between()
    {
        var reaction = React(LithiumChlorine, Formula("Li"), Formula("Cl2"));
        Assert.Collection(reaction.Kinks,
            kink => AssertKink(kink, 0, 0, 0, "Cl2 -> Cl2"),
            kink => AssertKink(kink, 1 / 2.0, 2 / 3.0, -1.7, "0.6667 Li + 0.3333 Cl2 -> 0.6667 LiCl"),
            kink => AssertKink(kink, 2 / 3.0, 4 / 5.0, -2, "0.8 Li + 0.2 Cl2 -> 0.4 Li2Cl"),
            kink => AssertKink(kink, 1, 1, 0, "Li -> Li"));
        Assert.Equal(2 / 3.0, reaction.Minimum.X, 1e-9);
        Assert.Equal(-2, reaction.MutualMinimum.EnergyEvPerAtom, 1e-9);
        Assert.Empty(reaction.Warnings);
    }

    [Fact]
    public void A_metastable_reactant_gains_by_itself_what_the_mutual_energy_leaves_out()
    {
        // x LiCl + (1 - x) Li: Li2Cl at x = 2/3 by atoms; there -2 - (2/3)(-1.4 or -1.5).
        var own = React(WithMetastableLiCl, Formula("LiCl"), Formula("Li"));
        Assert.Collection(own.Kinks,
            kink => AssertKink(kink, 0, 0, 0, "Li -> Li"),
            kink => AssertKink(kink, 2 / 3.0, 1 / 2.0, -2 + 2.8 / 3, "0.5 LiCl + 0.5 Li -> 0.5 Li2Cl", mutual: -1),
            kink => AssertKink(kink, 1, 1, -0.1, "LiCl -> 0.25 Cl2 + 0.5 Li2Cl", mutual: 0));
        Assert.Equal(0.1, own.First.EnergyAboveHullEvPerAtom!.Value, 1e-9);

        var hull = React(WithMetastableLiCl, Formula("LiCl"), Formula("Li"), ReactantEnergyKind.Hull);
        Assert.All(hull.Kinks, kink => Assert.Equal(kink.MutualEnergyEvPerAtom, kink.EnergyEvPerAtom, 1e-9));
    }

    [Fact]
    public void A_reactant_without_an_entry_is_taken_on_the_hull_with_a_warning()
    {
        var reaction = React(LithiumChlorine, Formula("Li3Cl2"), Formula("Cl2"));
        Assert.Null(reaction.First.EntryId);
        Assert.Equal(0, reaction.Kinks[^1].EnergyEvPerAtom, 1e-9);
        Assert.StartsWith("No entry has the composition Li3Cl2", Assert.Single(reaction.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reactant_above_its_elements_is_taken_on_the_hull_with_a_warning()
    {
        var reaction = React(LithiumChlorine, Formula("LiCl2"), Formula("Li"));
        Assert.Equal(-3.4 / 3, reaction.First.EnergyEvPerAtom, 1e-9);
        Assert.Contains("eV/atom above its elements", Assert.Single(reaction.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_element_is_given_up_to_its_reservoir()
    {
        // At -3 eV (3 V) one chlorine atom gains 0.4 eV as LiCl (-3.4 + 3), nothing as Li2Cl (-6 + 6).
        var reaction = React(LithiumChlorine, Formula("Li2Cl"), Formula("Cl2"), open: (Li, -3));
        Assert.Collection(reaction.Kinks,
            kink => AssertKink(kink, 0, 0, -0.4, "Cl2 + 2 Li -> 2 LiCl", mutual: 0),
            kink => AssertKink(kink, 1, 1, -0.4, "Li2Cl -> LiCl + Li", mutual: 0));
        Assert.Contains("open to Li at -3 eV", reaction.Definition, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_elements_are_not_counted_in_the_fraction()
    {
        // Li2O (one atom that counts) with Mn: at -1 eV (1 V) Li2O + Mn -> MnO + 2 Li: -8 - 2 + 6 = -4 for two such atoms.
        var diagram = Diagram(("Li", -2), ("O2", -10), ("Mn", -9), ("Li2O", -15), ("MnO", -22));
        var reaction = React(diagram, Formula("Mn"), Formula("Li2O"), open: (Li, -1));
        AssertKink(reaction.Kinks[1], 0.5, 0.5, -2, "0.5 Mn + 0.5 Li2O -> 0.5 MnO + Li");
        Assert.Equal(3, reaction.Kinks.Count);
    }

    [Fact]
    public void A_window_lies_between_the_neighbouring_steps()
    {
        // Per Cl: h(0) = 0, h(1) = -3.4, h(2) = -6.
        var window = Window(LithiumChlorine, Formula("LiCl"), Li);
        Assert.Equal(2.6, window.ReductionLimitV, 1e-9);
        Assert.Equal(3.4, window.OxidationLimitV!.Value, 1e-9);
        Assert.Equal("LiCl + Li -> Li2Cl", window.AtReduction?.ToString());
        Assert.Equal("LiCl -> 0.5 Cl2 + Li", window.AtOxidation?.ToString());
        Assert.Collection(window.Profile,
            step => AssertStep(step, 0, 1), step => AssertStep(step, 2.6, 0), step => AssertStep(step, 3.4, -1));
    }

    [Fact]
    public void A_phase_that_lithium_leaves_alone_is_reduced_at_no_voltage_and_one_without_lithium_never_oxidised()
    {
        var rich = Window(LithiumChlorine, Formula("Li2Cl"), Li);
        Assert.Equal(0, rich.ReductionLimitV);
        Assert.Null(rich.AtReduction);
        Assert.Equal(2.6, rich.OxidationLimitV!.Value, 1e-9);

        var bare = Window(LithiumChlorine, Formula("Cl2"), Li);
        Assert.Equal(3.4, bare.ReductionLimitV, 1e-9);
        Assert.Null(bare.OxidationLimitV);
        Assert.Null(bare.AtOxidation);
    }

    [Fact]
    public void A_composition_inside_an_edge_of_the_hull_has_a_window_without_width()
    {
        var hull = Window(WithMetastableLiCl, Formula("LiCl"), Li);
        Assert.Equal(3, hull.ReductionLimitV, 1e-9);
        Assert.Equal(3, hull.OxidationLimitV!.Value, 1e-9);

        // With its own -2.8 eV: up to Li2Cl 6 - 2.8, down to Cl2 2.8.
        var own = Window(WithMetastableLiCl, Formula("LiCl"), Li, ReactantEnergyKind.Own);
        Assert.Equal(3.2, own.ReductionLimitV, 1e-9);
        Assert.Equal(2.8, own.OxidationLimitV!.Value, 1e-9);
        Assert.Contains("no window of its own", Assert.Single(own.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_divalent_ion_halves_the_voltage()
    {
        var window = Window(Diagram(("Mg", 0), ("O2", 0), ("MgO", -6)), Formula("MgO"), Element.Parse("Mg"));
        Assert.Equal(3, window.OxidationLimitV!.Value, 1e-9);
        Assert.Equal(-6, WorkingIon.ChemicalPotentialEv(Element.Parse("Mg"), 3));
    }

    [Fact]
    public void Changes_count_for_the_formula_as_given()
    {
        var window = Window(LithiumChlorine, Formula("Li4Cl4"), Li);
        Assert.Equal([4, 0, -4], window.Profile.Select(step => Math.Round(step.WorkingIonChange, 9)));
        Assert.Equal("Li4Cl4 -> 2 Cl2 + 4 Li", window.AtOxidation?.ToString());
    }

    [Fact]
    public void A_reservoir_that_would_react_with_itself_is_told()
    {
        var diagram = Diagram(("Li", -2), ("O2", -10), ("Mn", -9), ("F2", -4), ("Li2O", -15), ("MnO", -22));
        var reaction = React(diagram, Formula("Mn"), Formula("F2"), open: [(Li, 0), (Element.Parse("O"), 0)]);
        Assert.Contains("reservoir itself would form Li2O (-2 eV/atom)", Assert.Single(reaction.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Li2S", "Li", null, "DF3107")]
    [InlineData("Li2Cl", "Cl2", double.NaN, "DF3109")]
    [InlineData("Li2Cl", "Cl2", 1e5, "DF3109")]
    [InlineData("Li2Cl", "Li", -1.0, "DF3108")]
    public void Refuses_what_has_no_answer(string first, string second, double? lithium, string code)
    {
        (Element, double)[] open = lithium is { } potential ? [(Li, potential)] : [];
        var error = Assert.Throws<DftFlowException>(() => React(LithiumChlorine, Formula(first), Formula(second), open: open));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void An_open_element_has_to_be_among_the_entries() => Assert.Equal("DF3107", Assert.Throws<DftFlowException>(() =>
        React(LithiumChlorine, Formula("Li2Cl"), Formula("Cl2"), open: [(Element.Parse("Na"), -1)])).Code);

    [Theory]
    [InlineData("Li", "Li", "DF3108")]
    [InlineData("Li2Cl", "Cl", "DF3109")]
    [InlineData("Cl2", "Na", "DF3107")]
    public void Refuses_a_window_that_has_no_meaning(string phase, string ion, string code) =>
        Assert.Equal(code, Assert.Throws<DftFlowException>(() =>
            Window(LithiumChlorine, Formula(phase), Element.Parse(ion))).Code);

    private static void AssertKink(InterfaceKink kink, double x, double mole, double energy, string reaction, double? mutual = null)
    {
        Assert.Equal(x, kink.X, 1e-9);
        Assert.Equal(mole, kink.XMole, 1e-9);
        Assert.Equal(energy, kink.EnergyEvPerAtom, 1e-9);
        Assert.Equal(mutual ?? energy, kink.MutualEnergyEvPerAtom, 1e-9);
        Assert.Equal(reaction, kink.Reaction.ToString());
    }

    private static void AssertStep(WindowStep step, double voltage, double change)
    {
        Assert.Equal(voltage, step.VoltageV, 1e-9);
        Assert.Equal(change, step.WorkingIonChange, 1e-9);
    }
}
