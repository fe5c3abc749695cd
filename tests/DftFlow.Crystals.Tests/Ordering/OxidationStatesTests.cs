using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;

namespace DftFlow.Tests.Crystals.Ordering;

public class OxidationStatesTests
{
    [Theory]
    [InlineData("Li2MnO3", "Li1+ Mn4+ O2-")]
    [InlineData("LiCoO2", "Li1+ Co3+ O2-")]
    [InlineData("LiNiO2", "Li1+ Ni3+ O2-")]
    [InlineData("LiMnO2", "Li1+ Mn3+ O2-")]
    [InlineData("LiNi0.333333333Co0.333333333Mn0.333333333O2", "Li1+ Mn4+ Co3+ Ni2+ O2-")]
    [InlineData("Li3ScF6", "Li1+ Sc3+ F1-")]
    [InlineData("Li3InCl6", "Li1+ In3+ Cl1-")]
    [InlineData("Li3PS4", "Li1+ P5+ S2-")]
    [InlineData("Mn", "Mn0")]
    public void Guesses_what_makes_the_formula_neutral(string formula, string expected) =>
        Assert.Equal(expected, string.Join(' ', OxidationStates.Guess(Composition.Parse(formula)).Elements.Select(pair => pair.Key + OxidationStates.Signed(pair.Value))));

    [Fact]
    public void Asks_for_the_elements_that_leave_a_choice()
    {
        var error = Assert.Throws<DftFlowException>(() => OxidationStates.Guess(Composition.Parse("CuFeO2")));
        Assert.Equal("DF1231", error.Code);
        Assert.Contains("Fe2+ Cu2+ O2-", error.Message, StringComparison.Ordinal);
        Assert.Contains("Fe, Cu", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_to_write_where_no_state_fits()
    {
        var error = Assert.Throws<DftFlowException>(() => OxidationStates.Guess(Composition.Parse("Mn3O4")));
        Assert.Contains("Mn3O4", error.Message, StringComparison.Ordinal);
        Assert.Contains("{ Mn: 2, O: -2 }", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_given_is_kept_and_the_rest_guessed()
    {
        var states = OxidationStates.Guess(Composition.Parse("CuFeO2"), OxidationStates.Of([KeyValuePair.Create(Element.Parse("Fe"), 3.0)]));
        Assert.Equal(1, states[Element.Parse("Cu")]);
    }

    [Fact]
    public void Says_which_elements_lack_a_state_where_those_given_leave_a_charge()
    {
        // One each of Li+, Mn4+ and Co3+ on three sites of Co3+, as rounding makes it: -1 e with Li+ and O2-.
        var error = Assert.Throws<DftFlowException>(() => OxidationStates.Guess(Composition.Parse("Li4MnCoO6"), OxidationStates.Of([new(Element.Parse("Mn"), 4), new(Element.Parse("Co"), 3)])));
        Assert.Equal("DF1231", error.Code);
        Assert.Contains("No oxidation states of Li, O make", error.Message, StringComparison.Ordinal);
        Assert.Contains("(Mn4+, Co3+)", error.Message, StringComparison.Ordinal);
        Assert.Contains("{ Li: 1, O: -2 }", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Sites_of_one_element_may_differ()
    {
        var structure = SampleIons.Crystal(SampleIons.Cubic(4), ("Mn", 0, 0, 0), ("Mn", 0.5, 0.5, 0), ("O", 0.5, 0, 0));
        Assert.Equal([3, 4, -2], OxidationStates.OfSites([3, 4, -2]).ChargesOf(structure));
        Assert.Equal([3.5, 3.5, -2], OxidationStates.Of([KeyValuePair.Create(Element.Parse("Mn"), 3.5), KeyValuePair.Create(Element.Parse("O"), -2.0)]).ChargesOf(structure));
        Assert.Contains("2 charges for 3 sites", Refused(() => OxidationStates.OfSites([3, 4]).ChargesOf(structure)), StringComparison.Ordinal);
        Assert.Contains("Mn is not told", Refused(() => OxidationStates.Of([]).ChargesOf(structure)), StringComparison.Ordinal);
        Assert.Contains("not an oxidation state", Refused(() => OxidationStates.OfSites([double.NaN])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_element_brings_its_only_common_state()
    {
        var states = OxidationStates.Guess(Composition.Parse("Li2MnO3"));
        Assert.Equal(3, states.With(Element.Parse("Sc"))[Element.Parse("Sc")]);
        Assert.Contains("3+, 2+ are common", Refused(() => states.With(Element.Parse("Fe"))), StringComparison.Ordinal);
    }

    private static string Refused(Action action)
    {
        var error = Assert.Throws<DftFlowException>(action);
        Assert.Equal("DF1231", error.Code);
        return error.Message;
    }
}
