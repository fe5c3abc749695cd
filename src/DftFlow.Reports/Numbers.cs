using System.Globalization;

namespace DftFlow.Reports;

/// <summary>Numbers as people read them, in every culture the same; files hold them in full.</summary>
internal static class Numbers
{
    /// <summary>To 1 meV, 0.1 meV/atom, 1 mV or four decimals, whole numbers without a unit as such; a dash where there is no number.</summary>
    public static string Show(double? value, string unit, bool signed = false, int? decimals = null)
    {
        if (value is not { } number || !double.IsFinite(number)) return "–";
        var digits = decimals ?? unit switch { "eV" or "V" => 3, "eV/atom" or "1" => 4, "meV/atom" => 1, _ => 4 };
        // A count.
        if (unit == "1" && double.IsInteger(number)) digits = 0;
        if (Math.Abs(number) >= 1e6) return Minus(number.ToString("G6", CultureInfo.InvariantCulture));
        var rounded = Math.Round(number, digits);
        // Neither -0.000 nor +0.000.
        if (rounded == 0) rounded = 0;
        var text = Minus(rounded.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        return signed && rounded > 0 ? "+" + text : text;
    }

    /// <summary>So that it reads back the same.</summary>
    public static string Full(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A label of an axis.</summary>
    public static string Tick(double value) => Minus(Math.Abs(value) switch
    {
        < 1e-12 => "0",
        < 1e-4 or >= 1e7 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.######", CultureInfo.InvariantCulture),
    });

    public static string Elapsed(double seconds)
    {
        if (seconds < 10) return seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
        var span = TimeSpan.FromSeconds(Math.Min(Math.Round(seconds), 1e9));
        return span.TotalMinutes < 1 ? Whole(span.TotalSeconds, "s")
            : span.TotalHours < 1 ? $"{Whole(Math.Floor(span.TotalMinutes), "min")} {Whole(span.Seconds, "s")}"
            : $"{Whole(Math.Floor(span.TotalHours), "h")} {Whole(span.Minutes, "min")}";
    }

    private static string Whole(double number, string unit) => number.ToString("F0", CultureInfo.InvariantCulture) + " " + unit;

    private static string Minus(string text) => text.Replace('-', '−');
}
