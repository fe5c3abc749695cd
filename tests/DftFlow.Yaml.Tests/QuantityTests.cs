using DftFlow.Yaml;

namespace DftFlow.Tests.Yaml;

public class QuantityTests
{
    [Theory]
    [InlineData("500 eV", Dimension.Energy, 500)]
    [InlineData("500eV", Dimension.Energy, 500)]
    [InlineData("  5e2   eV ", Dimension.Energy, 500)]
    [InlineData("1e-5 eV", Dimension.Energy, 1e-5)]
    [InlineData("50 meV", Dimension.Energy, 0.05)]
    [InlineData("-.5 eV", Dimension.Energy, -0.5)]
    [InlineData("-19.6 meV/atom", Dimension.EnergyPerAtom, -0.0196)]
    [InlineData("1.5 nm", Dimension.Length, 15)]
    [InlineData("2.0 \u00C5", Dimension.Length, 2)]
    [InlineData("2.0 \u212B", Dimension.Length, 2)]
    [InlineData("0.02 eV/\u212B", Dimension.Force, 0.02)]
    [InlineData("90 min", Dimension.Time, 5400)]
    [InlineData("6.38 V", Dimension.Voltage, 6.38)]
    public void Reads_a_number_with_its_unit_into_the_base_unit(string text, Dimension dimension, double expected)
    {
        Assert.True(Quantities.TryParse(text, dimension, out var value, out _, out _));
        Assert.Equal(expected, value, 12);
    }

    [Theory]
    [InlineData("500", "'500' has no unit.", "500 eV")]
    [InlineData("500 Ry", "'Ry' is not a unit", "6802.8466 eV")]
    [InlineData("500 ev", "'ev' is not a unit", "Did you mean 'eV'?")]
    [InlineData("eV", "not a number", "500 eV")]
    [InlineData("1.2.3 eV", "not a number", "500 eV")]
    [InlineData("1e999 eV", "not a number", "500 eV")]
    [InlineData("", "not a number", "500 eV")]
    [InlineData("5,2 eV", "decimal comma", "'5.2 eV'")]
    public void Says_what_is_wrong_and_what_to_write(string text, string problem, string hint)
    {
        Assert.False(Quantities.TryParse(text, Dimension.Energy, out _, out var said, out var advice));
        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.Contains(hint, advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.25", "'25 %' for this part of 1, or '0.25 %'")]
    [InlineData("-0.03", "'-3 %' for this part of 1, or '-0.03 %'")]
    [InlineData("25", "Write '25 %' if that is what you mean")]
    public void A_part_of_1_without_a_unit_is_offered_in_per_cent(string text, string hint)
    {
        Assert.False(Quantities.TryParse(text, Dimension.Fraction, out _, out _, out var advice));
        Assert.Contains(hint, advice, StringComparison.Ordinal);
    }
}
