using System.Globalization;

namespace DftFlow.Vasp.Inputs;

/// <summary>Numbers as VASP's input files hold them: 1, .5, -3.0D-2. Never NaN or infinite.</summary>
internal static class FortranNumber
{
    public static bool TryReadInteger(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static bool TryReadReal(ReadOnlySpan<char> text, out double value)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, style, CultureInfo.InvariantCulture, out value)) return double.IsFinite(value);
        // Double precision exponents; nothing so long is one.
        var d = text.IndexOfAny('d', 'D');
        if (d < 1 || text.Length > 40) return false;
        Span<char> withE = stackalloc char[text.Length];
        text.CopyTo(withE);
        withE[d] = 'E';
        return double.TryParse(withE, style, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

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
}
