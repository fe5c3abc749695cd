using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals;

public class CompositionTests
{
    [Theory]
    [InlineData("Li4O4", "LiO")]
    [InlineData("O8", "O")]
    [InlineData("Li4Mn2O6", "Li2MnO3")]
    [InlineData("Li0.5O", "Li0.5O")]
    public void The_smallest_unit_knows_nothing_of_molecules(string formula, string unit) =>
        Assert.Equal(unit, Composition.Parse(formula).SmallestUnit().Formula);

    [Theory]
    [InlineData("Li2MnO3", "Li2MnO3")]
    [InlineData("Li4Mn2O6", "Li2MnO3")]
    [InlineData("O3MnLi2", "Li2MnO3")]
    [InlineData("Ca(OH)2", "CaH2O2")]
    [InlineData("O8", "O2")]
    [InlineData("N", "N2")]
    [InlineData("Li4O4", "Li2O2")]
    [InlineData("NaO", "Na2O2")]
    [InlineData("HO", "H2O2")]
    [InlineData("KO2", "KO2")]
    [InlineData("LiCl", "LiCl")]
    [InlineData("Hg2Cl2", "HgCl")]
    [InlineData("Li29", "Li")]
    [InlineData("Li2.6In0.8Ta0.2Cl6", "Li2.6Ta0.2In0.8Cl6")]
    [InlineData("[Fe(CN)6]", "FeC6N6")]
    public void Reduces_a_formula_with_elements_by_electronegativity(string formula, string reduced) =>
        Assert.Equal(reduced, Composition.Parse(formula).ReducedFormula);

    [Theory]
    [InlineData("", "holds no element")]
    [InlineData("Xy2", "'Xy' at character 1")]
    [InlineData("Li2Qo", "'Qo' at character 4")]
    [InlineData("Ca(OH", "bracket at character 3")]
    [InlineData("Li1.2.3", "'1.2.3' at character 3")]
    [InlineData("Li2+", "'+' at character 4")]
    [InlineData("Li99999999999999", "is not an amount")]
    public void Says_where_a_formula_is_wrong(string formula, string expected)
    {
        Assert.False(Composition.TryParse(formula, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_brackets_nested_without_end() =>
        Assert.False(Composition.TryParse(new string('(', 100_000) + "Li", out _, out _));

    [Fact]
    public void Adds_and_scales()
    {
        var sum = Composition.Parse("LiF") * 3 + Composition.Parse("ScF3");
        Assert.Equal("Li3ScF6", sum.ReducedFormula);
        Assert.Equal(10, sum.AtomCount);
        Assert.Equal(0.6, sum.AtomicFraction(Element.Parse("F")), 12);
    }
}
