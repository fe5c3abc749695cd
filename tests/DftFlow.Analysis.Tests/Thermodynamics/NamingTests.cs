using DftFlow.Analysis.Thermodynamics;
using static DftFlow.Tests.Analysis.Thermodynamics.Toy;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>What phases are called: reactants as they were written, products by their reduced formulas.</summary>
public class NamingTests
{
    private static readonly PhaseDiagram Phases = Diagram(("Li2", -2), ("O2", 0), ("F2", 0), ("Li4O2", -14), ("Li4O4", -16), ("Li4F4", -30));

    [Theory]
    [InlineData("Li3OF", "Li3OF")]
    [InlineData("FOLi3", "FOLi3")]
    [InlineData(" Li3 (OF) ", "Li3(OF)")]
    [InlineData("Li6O2F2", "Li6O2F2")]
    public void A_reactant_without_an_entry_is_called_as_it_was_written(string written, string called)
    {
        var phase = ChosenPhase.Find(Phases, written);
        var reaction = InterfaceReaction.Calculate(Phases, phase, Formula("O2"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(called, reaction.First.Formula);
        Assert.StartsWith($"{called} -> ", reaction.Kinks[^1].Reaction.ToString(), StringComparison.Ordinal);
        Assert.Contains($"No entry has the composition {called}:", Assert.Single(reaction.Warnings), StringComparison.Ordinal);
        Assert.StartsWith($"Reaction energy at 0 K of x {called} with", reaction.Definition, StringComparison.Ordinal);
        // What many pairs are told once needs no reaction.
        Assert.Equal(reaction.Definition, InterfaceReaction.Define(phase, Formula("O2"), ReactantEnergyKind.Own, reaction.ChemicalPotentialsEv));
        var window = ElectrochemicalWindow.Calculate(Phases, phase, Li, cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith($"{called} -> ", window.AtOxidation!.ToString(), StringComparison.Ordinal);
        Assert.Contains($"which {called} exchanges no Li", window.Definition, StringComparison.Ordinal);
        Assert.Equal(called, Phases.Stability(phase).Formula);
    }

    [Fact]
    public void The_amounts_of_a_reaction_are_those_of_the_formula_as_it_was_written()
    {
        Assert.Equal("Li3OF -> Li2O + LiF", End("Li3OF"));
        Assert.Equal("Li6O2F2 -> 2 Li2O + 2 LiF", End("Li6O2F2"));

        static string End(string first) => InterfaceReaction.Calculate(Phases, ChosenPhase.Find(Phases, first), Formula("LiF"), cancellation: TestContext.Current.CancellationToken).Kinks[^1].Reaction.ToString();
    }

    [Fact]
    public void An_entry_that_is_chosen_by_its_id_has_its_reduced_formula_and_so_have_products()
    {
        var reaction = InterfaceReaction.Calculate(Phases, ChosenPhase.Find(Phases, "4-Li4O4"), ChosenPhase.Find(Phases, "Li4O2"), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(("Li2O2", "Li4O2"), (reaction.First.Formula, reaction.Second.Formula));
        Assert.Equal("Li2O2 -> Li2O2", reaction.Kinks[^1].Reaction.ToString());
        Assert.Equal("Li4O2 -> 2 Li2O", reaction.Kinks[0].Reaction.ToString());
    }

    [Theory]
    [InlineData("Li0.0000001O", "Li is 1E-07")]
    [InlineData("Li2000000O", "O is 5E-07")]
    public void A_trace_of_an_element_in_a_reactant_is_refused_with_what_to_do(string formula, string told)
    {
        var error = Assert.Throws<DftFlowException>(() => React(Phases, Formula(formula), Formula("LiF")));
        Assert.Equal("DF3110", error.Code);
        Assert.StartsWith($"{told} of the atoms of {formula}", error.Message, StringComparison.Ordinal);
        Assert.Contains("leave it out", error.Hint, StringComparison.Ordinal);
        Assert.Equal("DF3110", Assert.Throws<DftFlowException>(() => Window(Phases, Formula(formula), Li)).Code);
    }

    [Fact]
    public void A_few_atoms_in_a_hundred_thousand_can_be_calculated_with() =>
        Assert.Equal(0, React(Phases, Formula("Li0.00001O"), Formula("LiF")).Kinks[^1].MutualEnergyEvPerAtom, 1e-9);
}
