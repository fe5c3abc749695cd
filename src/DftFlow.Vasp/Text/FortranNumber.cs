using System.Buffers.Text;
using System.Globalization;

namespace DftFlow.Vasp.Text;

/// <summary>
/// Numbers as Fortran prints and reads them: <c>-.826E-02</c>, <c>0.1D+03</c>, an exponent of three digits without its letter
/// (<c>-.442728-253</c>), stars where a number did not fit its column, and columns that have run together
/// (<c>0.162E-04-0.854E-05</c>). The value is the double nearest to the printed number.
/// </summary>
internal static class FortranNumber
{
    // Powers of ten that are exact in double precision, so that one multiplication or division rounds once (Clinger 1990).
    private static readonly double[] ExactPowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private const int MostDigits = 400;

    /// <summary>Reads the number that begins <paramref name="text"/>; stars give NaN.</summary>
    /// <returns>How many bytes the number takes; 0 where the text does not begin with one.</returns>
    public static int Read(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        var at = 0;
        var negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            at = 1;
        }
        ulong mantissa = 0;
        int digits = 0, decimals = 0, significant = 0;
        var point = false;
        for (; at < text.Length; at++)
        {
            var digit = (uint)(text[at] - '0');
            if (digit <= 9)
            {
                digits++;
                if (point) decimals++;
                if (digit != 0 || significant > 0) significant++;
                if (significant <= 19) mantissa = mantissa * 10 + digit;
            }
            else if (text[at] == '.' && !point) point = true;
            else break;
        }
        if (digits == 0) return ReadWord(text, out value);

        var mantissaEnd = at;
        var exponent = 0;
        at += ReadExponent(text[at..], point, ref exponent);
        var scale = exponent - decimals;
        if (significant <= 19 && mantissa <= 1UL << 53 && scale is >= -22 and <= 22)
        {
            value = scale < 0 ? mantissa / ExactPowersOfTen[-scale] : mantissa * ExactPowersOfTen[scale];
            if (negative) value = -value;
            return at;
        }
        return ReadSlowly(text[..mantissaEnd], exponent, out value) ? at : 0;
    }

    /// <summary>
    /// As <see cref="Read(ReadOnlySpan{byte}, out double)"/>, of the form that fills nearly all tables: an optional minus, digits, a
    /// point, digits, and a blank.
    /// </summary>
    /// <returns>How many bytes the number takes; 0 where it has another form, or the text ends with it.</returns>
    public static int ReadColumn(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        var begin = at;
        ulong mantissa = 0;
        uint digit;
        for (; (uint)at < (uint)text.Length && (digit = (uint)(text[at] - '0')) <= 9; at++) mantissa = mantissa * 10 + digit;
        if ((uint)at >= (uint)text.Length || text[at] != '.') return 0;
        var point = at++;
        for (; (uint)at < (uint)text.Length && (digit = (uint)(text[at] - '0')) <= 9; at++) mantissa = mantissa * 10 + digit;
        // 15 digits and the point: a mantissa that is exact in double precision.
        if (at - begin is < 2 or > 16 || (uint)at >= (uint)text.Length || text[at] != ' ') return 0;
        value = (long)mantissa / ExactPowersOfTen[at - point - 1];
        if (begin == 1) value = -value;
        return at;
    }

    /// <summary>Reads text that is one number and nothing else but blanks.</summary>
    public static bool TryReadOnly(ReadOnlySpan<byte> text, out double value)
    {
        text = text.Trim(" \t\r\n"u8);
        var length = Read(text, out value);
        return length > 0 && length == text.Length;
    }

    /// <summary>Reads text of an input file that is one finite number and nothing else.</summary>
    public static bool TryReadReal(ReadOnlySpan<char> text, out double value) =>
        Read(text, out value) is > 0 and var length && length == text.Length && double.IsFinite(value);

    public static bool TryReadInteger(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>.TRUE., T, True, .F. and so on: after an optional dot, the first letter counts.</summary>
    public static bool TryReadLogical(ReadOnlySpan<char> text, out bool value)
    {
        var letters = text.Trim('.');
        value = letters is ['T' or 't', ..];
        if (letters is not ['T' or 't' or 'F' or 'f', ..]) return false;
        return letters.Length == 1 || letters.Equals("true", StringComparison.OrdinalIgnoreCase) || letters.Equals("false", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The shortest text that gives the same double back; zero has no sign.</summary>
    public static string Text(double value) => (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>As <see cref="Read(ReadOnlySpan{byte}, out double)"/>, of characters.</summary>
    public static int Read(ReadOnlySpan<char> text, out double value)
    {
        Span<byte> bytes = stackalloc byte[Math.Min(text.Length, 64)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = char.IsAscii(text[i]) ? (byte)text[i] : (byte)'?';
        return Read(bytes, out value);
    }

    private static int ReadExponent(ReadOnlySpan<byte> text, bool afterPoint, ref int exponent)
    {
        if (text.IsEmpty) return 0;
        var at = text[0] is (byte)'E' or (byte)'e' or (byte)'D' or (byte)'d' or (byte)'Q' or (byte)'q' ? 1 : 0;
        var letter = at == 1;
        if (at >= text.Length) return 0;
        var negative = text[at] == '-';
        var sign = negative || text[at] == '+';
        if (sign) at++;
        var start = at;
        var value = 0;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++) value = Math.Min(value * 10 + text[at] - '0', 99_999);
        // Without its letter an exponent has a sign and three digits: anything else is the next column, run together with this one.
        var isExponent = letter ? at > start : afterPoint && sign && at - start == 3 && (at == text.Length || text[at] != '.');
        if (!isExponent) return 0;
        exponent = negative ? -value : value;
        return at;
    }

    private static int ReadWord(ReadOnlySpan<byte> text, out double value)
    {
        value = double.NaN;
        var stars = text.IndexOfAnyExcept((byte)'*');
        if (stars != 0) return stars < 0 ? text.Length : stars;
        // NaN and Infinity, which a run that went astray prints.
        return Utf8Parser.TryParse(text, out value, out var length) && !double.IsFinite(value) ? length : 0;
    }

    private static bool ReadSlowly(ReadOnlySpan<byte> mantissa, int exponent, out double value)
    {
        value = double.NaN;
        if (mantissa.Length > MostDigits) return false;
        Span<byte> text = stackalloc byte[MostDigits + 16];
        mantissa.CopyTo(text);
        text[mantissa.Length] = (byte)'E';
        if (!Utf8Formatter.TryFormat(exponent, text[(mantissa.Length + 1)..], out var length)) return false;
        return double.TryParse(text[..(mantissa.Length + 1 + length)], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
