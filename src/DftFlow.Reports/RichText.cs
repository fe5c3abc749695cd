using System.Collections.Immutable;
using System.Text.RegularExpressions;
using DftFlow.Crystals;

namespace DftFlow.Reports;

internal enum Script
{
    Normal,
    Sub,
    Super,
}

/// <summary>A line of text with subscripts and superscripts, for pages and figures alike.</summary>
internal sealed partial record RichText(ImmutableArray<(string Text, Script Script)> Runs)
{
    public static implicit operator RichText(string text) => new([(text, Script.Normal)]);

    public static RichText operator +(RichText left, RichText right) => new(left.Runs.AddRange(right.Runs));

    public static RichText Sub(string text) => new([(text, Script.Sub)]);

    public static RichText Super(string text) => new([(text, Script.Super)]);

    public override string ToString() => string.Concat(Runs.Select(run => run.Text));

    /// <summary>Lowers the amounts of every chemical formula in a text, and draws its arrows; other words stay as they are.</summary>
    public static RichText Formulas(string text)
    {
        var runs = ImmutableArray.CreateBuilder<(string, Script)>();
        var from = 0;
        foreach (Match word in Word().Matches(text))
        {
            if (!word.Value.Any(char.IsAsciiDigit) || !Composition.TryParse(word.Value, out _, out _)) continue;
            foreach (Match amount in Amount().Matches(word.Value))
            {
                var at = word.Index + amount.Index;
                runs.Add((Arrows(text[from..at]), Script.Normal));
                runs.Add((amount.Value, Script.Sub));
                from = at + amount.Length;
            }
        }
        runs.Add((Arrows(text[from..]), Script.Normal));
        return new RichText([.. runs.Where(run => run.Item1.Length > 0)]);
    }

    private static string Arrows(string text) => text.Replace("->", "→", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<![A-Za-z0-9._-])[A-Z][A-Za-z0-9()\[\]]*(\.[0-9]+[A-Za-z0-9()\[\]]*)*(?![A-Za-z0-9_-])", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"(?<=[A-Za-z)\]])[0-9]+(\.[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Amount();
}
