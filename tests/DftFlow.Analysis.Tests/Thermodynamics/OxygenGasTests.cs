using DftFlow.Analysis.Thermodynamics;

namespace DftFlow.Tests.Analysis.Thermodynamics;

public class OxygenGasTests
{
    /// <summary>Reuter and Scheffler, Phys. Rev. B 65, 035406 (2001), Table I, at 1 atm. The same tables of JANAF give -0.974 at 900 K, where it has -0.98.</summary>
    [Theory]
    [InlineData(100, -0.08)]
    [InlineData(200, -0.17)]
    [InlineData(300, -0.27)]
    [InlineData(400, -0.38)]
    [InlineData(500, -0.50)]
    [InlineData(600, -0.61)]
    [InlineData(700, -0.73)]
    [InlineData(800, -0.85)]
    [InlineData(900, -0.98)]
    [InlineData(1000, -1.10)]
    public void Agrees_with_the_table_of_Reuter_and_Scheffler(double temperatureK, double chemicalPotentialEv) =>
        Assert.Equal(chemicalPotentialEv, OxygenGas.ChemicalPotentialEv(temperatureK, 1.01325), 0.0065);

    [Theory]
    [InlineData(700)]
    [InlineData(2000)]
    public void Goes_on_smoothly_where_the_equations_coefficients_change(double temperatureK) =>
        Assert.Equal(OxygenGas.ChemicalPotentialEv(temperatureK, 1), OxygenGas.ChemicalPotentialEv(temperatureK + 1e-6, 1), 1e-4);

    [Fact]
    public void A_tenth_of_the_pressure_lowers_it_by_half_kT_ln_10() =>
        Assert.Equal(8.617333262e-5 * 600 * Math.Log(10) / 2, OxygenGas.ChemicalPotentialEv(600, 1) - OxygenGas.ChemicalPotentialEv(600, 0.1), 1e-9);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(99.9, 1)]
    [InlineData(6001, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(300, 0)]
    [InlineData(300, -1)]
    [InlineData(300, double.PositiveInfinity)]
    public void Refuses_what_the_equation_does_not_hold_for(double temperatureK, double pressureBar)
    {
        var error = Assert.Throws<DftFlowException>(() => OxygenGas.ChemicalPotentialEv(temperatureK, pressureBar));
        Assert.Equal("DF3112", error.Code);
        Assert.NotNull(error.Hint);
    }
}
