using System.Globalization;
using System.Text.RegularExpressions;

namespace DftFlow.Crystals.Ordering;

/// <summary>
/// Formulas as papers write solid solutions: <c>Li1.2Mn0.54Ni0.13Co0.13O2</c>, <c>LiNi1/3Co1/3Mn1/3O2</c>,
/// <c>x Li2MnO3 · (1-x) LiNi1/3Co1/3Mn1/3O2</c>.
/// </summary>
public static partial class MixedFormula
{
    private const int LongestText = 500;

    /// <param name="x">What <c>x</c> stands for.</param>
    /// <exception cref="DftFlowException">DF1233: it cannot be read; the message says where.</exception>
    public static Composition Parse(string text, double? x = null)
    {
        if (text.Length > LongestText) throw Error($"A formula of {text.Length.ToString(CultureInfo.InvariantCulture)} characters is too long.");
        var sum = new Composition([]);
        foreach (var part in text.Replace('−', '-').Split('·', '\u22C5', '\u2022', '*', '+'))
        {
            var match = Term().Match(part);
            if (!match.Success) throw Error($"'{part.Trim()}' in '{text}' is not an amount and a formula.");
            var formula = Fraction().Replace(match.Groups["formula"].Value, fraction => Quotient(fraction.Groups[1].Value, fraction.Groups[2].Value, text).ToString("0.################", CultureInfo.InvariantCulture));
            if (!Composition.TryParse(formula, out var composition, out var problem)) throw Error(problem);
            var amount = Amount(match, text, x);
            if (!(amount >= 0)) throw Error(FormattableString.Invariant($"The amount of {match.Groups["formula"].Value} in '{text}' is {amount}, below zero."));
            sum += composition * amount;
        }
        return sum.IsEmpty ? throw Error($"'{text}' holds no element.") : sum;
    }

    private static double Amount(Match match, string text, double? x)
    {
        if (match.Groups["number"] is { Success: true } number) return Quotient(number.Value, match.Groups["divisor"] is { Success: true } divisor ? divisor.Value : "1", text);
        if (match.Groups["x"].Success || match.Groups["rest"].Success)
        {
            if (x is not { } given) throw Error($"'{text}' has an x, and no value is given for it.");
            if (!(given is >= 0 and <= 1)) throw Error(FormattableString.Invariant($"x is {given}; it is a number from 0 to 1."));
            return match.Groups["x"].Success ? given : 1 - given;
        }
        return 1;
    }

    private static double Quotient(string numerator, string denominator, string text)
    {
        const NumberStyles style = NumberStyles.AllowDecimalPoint;
        return double.TryParse(numerator, style, CultureInfo.InvariantCulture, out var n) && double.TryParse(denominator, style, CultureInfo.InvariantCulture, out var d) && d > 0 && n / d <= 1e9
            ? n / d
            : throw Error($"'{numerator}/{denominator}' in '{text}' is not an amount.");
    }

    private static DftFlowException Error(string message) => new("DF1233", message, "Write it as in `0.5 Li2MnO3 · 0.5 LiNi1/3Co1/3Mn1/3O2`, or `x Li2MnO3 · (1-x) LiCoO2` with the value of x.");

    [GeneratedRegex(@"^\s*(?:(?<x>x)\s+|(?<rest>\(\s*1\s*-\s*x\s*\))\s*|(?<number>[0-9.]+)(?:/(?<divisor>[0-9.]+))?\s*)?(?<formula>[A-Z(\[].*?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Term();

    [GeneratedRegex(@"([0-9.]+)/([0-9.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Fraction();
}
