using System.Globalization;
using System.Text;
using CsCheck;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Vasp.Outputs.Grids;

public class GridNumbersTests
{
    private static readonly Gen<double> Any = Gen.OneOf(Gen.Double, Gen.Double[-1000, 1000], Gen.Select(Gen.Double[-1, 1], Gen.Int[-40, 40], (x, power) => x * Math.Pow(10, power)));

    [Fact]
    public void Every_printed_number_gives_the_double_nearest_to_it() => Gen.Select(Any.Where(double.IsFinite), Gen.Int[0, 8]).Array[1, 20].Sample(numbers =>
    {
        var words = numbers.Select(n => Printed(n.Item1, n.Item2)).ToArray();
        var text = Encoding.ASCII.GetBytes(string.Join(' ', words) + " ");
        var values = new double[words.Length];
        var run = GridNumbers.Read(text, values.AsSpan());
        return run.Count == words.Length && words.Zip(values).All(pair => Bits(double.Parse(pair.First, CultureInfo.InvariantCulture)) == Bits(pair.Second));
    }, iter: Effort.Iterations(40_000));

    [Fact]
    public void Every_number_is_written_as_the_nearest_with_as_many_digits() => Any.Where(x => double.IsFinite(x)).Sample(value =>
    {
        var text = new byte[17];
        GridFormat.Exponential(value, GridFormat.Digits, text);
        var written = Encoding.ASCII.GetString(text);
        if (!written.Contains('E', StringComparison.Ordinal)) written = written[..13] + "E" + written[13..];
        return double.Parse(written, CultureInfo.InvariantCulture) == double.Parse(value.ToString("E10", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }, iter: Effort.Iterations(40_000));

    // By hand from the Fortran standard's rules for E17.11 and G11.5, with the sign in place of the zero as VASP's files have it.
    [Theory]
    [InlineData(0.0, "0.00000000000E+00", " 0.0000    ")]
    [InlineData(152.46, "0.15246000000E+03", " 152.46    ")]
    [InlineData(-152.46, "-.15246000000E+03", "-152.46    ")]
    [InlineData(0.125049999, "0.12504999900E+00", "0.12505    ")]
    [InlineData(-0.10542, "-.10542000000E+00", "-.10542    ")]
    [InlineData(0.099999, "0.99999000000E-01", "0.99999E-01")]
    [InlineData(99999.4, "0.99999400000E+05", " 99999.    ")]
    [InlineData(99999.6, "0.99999600000E+05", "0.10000E+06")]
    [InlineData(9.99999999999999e9, "0.10000000000E+11", "0.10000E+11")]
    [InlineData(-1.5e-300, "-.15000000000-299", "-.15000-299")]
    [InlineData(1.7976931348623157e308, "0.17976931349+309", "0.17977+309")]
    [InlineData(5e-324, "0.49406564584-323", "0.49407-323")]
    [InlineData(double.NaN, "              NaN", "        NaN")]
    public void Writes_as_Fortran_does(double value, string exponential, string general)
    {
        Span<byte> text = stackalloc byte[17];
        GridFormat.Exponential(value, GridFormat.Digits, text);
        Assert.Equal(exponential, Encoding.ASCII.GetString(text));
        GridFormat.General(value, text[..11]);
        Assert.Equal(general, Encoding.ASCII.GetString(text[..11]));
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    private static string Printed(double value, int form)
    {
        if (form == 0) return value.ToString("R", CultureInfo.InvariantCulture);
        if (form == 1) return value.ToString("F4", CultureInfo.InvariantCulture);
        if (form == 2) return value.ToString("E16", CultureInfo.InvariantCulture);
        if (form == 3) return value.ToString("0.00000E+00", CultureInfo.InvariantCulture);
        if (form == 4) return value.ToString("0.000000000000E+00", CultureInfo.InvariantCulture);
        if (form == 5) return value.ToString("0.00000000000E+00", CultureInfo.InvariantCulture);
        if (form == 6) return value.ToString("#.00000000000E+00", CultureInfo.InvariantCulture);
        // VASP's own, where the exponent has two digits.
        var text = new byte[17];
        if (form == 7) GridFormat.Exponential(value, GridFormat.Digits, text);
        else GridFormat.General(value, text.AsSpan(0, 11));
        var word = Encoding.ASCII.GetString(text).TrimEnd('\0').Trim();
        return word.IndexOfAny(['E', '.']) is var at && word.Contains('E', StringComparison.Ordinal) || !word[(at + 1)..].Any(c => c is '+' or '-') ? word : "0.5";
    }
}
