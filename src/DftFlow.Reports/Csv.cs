using System.Globalization;
using System.Text;

namespace DftFlow.Reports;

/// <summary>A table as CSV (RFC 4180, but lines end as Unix does): numbers in full, text so that no spreadsheet runs it.</summary>
public sealed class Csv
{
    private readonly StringBuilder text = new();

    public Csv(params IEnumerable<string> header) => Row(header);

    /// <summary>A line of text, numbers, truth values, or nothing.</summary>
    public void Row(params IEnumerable<object?> cells) => text.Append(Line(cells));

    /// <summary>One line of a table that is written as it grows.</summary>
    public static string Line(params IEnumerable<object?> cells) => string.Join(',', cells.Select(Cell)) + "\n";

    public override string ToString() => text.ToString();

    private static string Cell(object? value) => value switch
    {
        null => "",
        double number => double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "",
        int number => number.ToString(CultureInfo.InvariantCulture),
        bool yes => yes ? "true" : "false",
        _ => Quote(Harmless(Shown(value.ToString() ?? ""))),
    };

    // Tables are looked at in terminals too, which obey control characters.
    private static string Shown(string value) => value.Any(IsObeyed) ? string.Concat(value.Select(c => IsObeyed(c) ? ' ' : c)) : value;

    private static bool IsObeyed(char c) => char.IsControl(c) && c is not ('\t' or '\n' or '\r');

    // A spreadsheet takes these for the start of a formula: an apostrophe makes it text.
    private static string Harmless(string value) => value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + value : value;

    private static string Quote(string value) =>
        value.AsSpan().IndexOfAny(",\"\n\r") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
