using System.Globalization;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>Numbers as Fortran writes them into grids: <c>E17.11</c> of CHGCAR and <c>G11.5</c> of CHG.</summary>
internal static class GridFormat
{
    /// <summary>Significant digits of <c>E17.11</c>.</summary>
    public const int Digits = 11;

    /// <summary>Significant digits of <c>G11.5</c>.</summary>
    public const int ShortDigits = 5;

    /// <summary><c>0.12345678901E+02</c>, <c>-.12345678901E+02</c>; <c>0.12345678901-101</c> where the exponent has three digits.</summary>
    /// <param name="into">17 bytes for <see cref="Digits"/>, 11 for <see cref="ShortDigits"/>.</param>
    public static void Exponential(double value, int digits, Span<byte> into)
    {
        if (!double.IsFinite(value))
        {
            Word(value, into);
            return;
        }
        Decompose(value, digits, out var number, out var exponent);
        into[0] = double.IsNegative(value) ? (byte)'-' : (byte)'0';
        into[1] = (byte)'.';
        Whole(number, into.Slice(2, digits));
        var rest = into[(2 + digits)..];
        // d.ddd · 10^n is 0.dddd · 10^(n + 1).
        exponent = number == 0 ? 0 : exponent + 1;
        var size = Math.Abs(exponent);
        rest[0] = (byte)'E';
        rest[size < 100 ? 1 : 0] = exponent < 0 ? (byte)'-' : (byte)'+';
        Whole((ulong)size, size < 100 ? rest[2..] : rest[1..]);
    }

    /// <summary>Fixed between 0.1 and 10⁵, four blanks behind it; else exponential.</summary>
    /// <param name="into">11 bytes.</param>
    public static void General(double value, Span<byte> into)
    {
        var (number, exponent) = (0UL, 0);
        if (double.IsFinite(value)) Decompose(value, ShortDigits, out number, out exponent);
        if (!double.IsFinite(value) || (number != 0 && exponent is < -1 or > 4))
        {
            Exponential(value, ShortDigits, into);
            return;
        }
        Span<byte> digits = stackalloc byte[ShortDigits];
        Whole(number, digits);
        // Seven columns and four blanks; the zero before the point gives way to a sign.
        var before = number == 0 ? 1 : exponent + 1;
        into.Fill((byte)' ');
        into[0] = double.IsNegative(value) ? (byte)'-' : before == 0 ? (byte)'0' : (byte)' ';
        digits[..before].CopyTo(into[1..]);
        into[1 + before] = (byte)'.';
        digits[before..].CopyTo(into[(2 + before)..]);
    }

    private static void Decompose(double value, int count, out ulong digits, out int exponent)
    {
        var size = Math.Abs(value);
        (digits, exponent) = (0, 0);
        if (size == 0 || PowersOfTen.TryDigits(size, count, out digits, out exponent)) return;
        Span<byte> text = stackalloc byte[32];
        size.TryFormat(text, out var length, count == Digits ? "E10" : "E4", CultureInfo.InvariantCulture);
        digits = (ulong)(text[0] - '0');
        foreach (var digit in text.Slice(2, count - 1)) digits = digits * 10 + digit - '0';
        exponent = int.Parse(text[(count + 2)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    // With zeros before it.
    private static void Whole(ulong number, Span<byte> into)
    {
        for (var i = into.Length - 1; i >= 0; i--)
        {
            var rest = number / 10;
            into[i] = (byte)('0' + (number - rest * 10));
            number = rest;
        }
    }

    private static void Word(double value, Span<byte> into)
    {
        into.Fill((byte)' ');
        var word = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8;
        word.CopyTo(into[^word.Length..]);
    }
}
