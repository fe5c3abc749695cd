using System.Globalization;
using System.Text;
using CsCheck;
using DftFlow.Vasp.Text;

namespace DftFlow.Tests.Vasp.Text;

/// <summary>The short way for the columns of tables against the framework's own reading.</summary>
public class FortranColumnTests
{
    [Fact]
    public void A_column_is_the_nearest_double_to_the_last_bit()
    {
        var digits = Gen.Char['0', '9'].Array[0, 12].Select(characters => new string(characters));
        Gen.Select(Gen.Bool, digits, digits).Sample((negative, whole, decimals) =>
        {
            var number = $"{(negative ? "-" : "")}{whole}.{decimals}";
            var length = FortranNumber.ReadColumn(Encoding.ASCII.GetBytes(number + " </r>"), out var value);
            if (whole.Length + decimals.Length is 0 or > 15)
            {
                Assert.Equal(0, length);
                return;
            }
            Assert.Equal(number.Length, length);
            Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(number, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(value));
            Assert.Equal(length, FortranNumber.Read(Encoding.ASCII.GetBytes(number + " "), out var other));
            Assert.Equal(BitConverter.DoubleToInt64Bits(other), BitConverter.DoubleToInt64Bits(value));
        }, iter: Effort.Iterations(20_000));
    }

    [Theory]
    [InlineData("1.5")] // more digits may come
    [InlineData("1.5E+01 ")]
    [InlineData("1.5-300 ")]
    [InlineData("0.1234-0.5678 ")]
    [InlineData("******** ")]
    [InlineData("+1.5 ")]
    [InlineData("12 ")]
    [InlineData("-. ")]
    [InlineData("1.2.3 ")]
    [InlineData("")]
    public void Leaves_every_other_form_to_the_long_way(string text) => Assert.Equal(0, FortranNumber.ReadColumn(Encoding.ASCII.GetBytes(text), out _));
}
