using System.Collections.Immutable;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>One combination of the axes' values, in the order in which the axes stand.</summary>
public sealed record Cell(ImmutableArray<KeyValuePair<string, YamlScalar>> Values)
{
    /// <summary>The values joined by dots, to stand behind the calculation's name; empty where there are no axes.</summary>
    public string Suffix => string.Concat(Values.Select(v => "." + InNames(v.Value)));

    /// <summary>A value as names hold it, without blanks: <c>400 eV</c> is 400eV.</summary>
    internal static string InNames(YamlScalar value) => value.Text.Replace(" ", "", StringComparison.Ordinal);

    public ImmutableSortedDictionary<string, string> Labels =>
        Values.ToImmutableSortedDictionary(v => v.Key, v => v.Value.Text, StringComparer.Ordinal);
}

/// <summary>Expands <c>foreach</c> and <c>exclude</c>.</summary>
public static class Axes
{
    private const int MostCells = 10_000;

    /// <summary>All combinations but the excluded ones, the last axis running fastest.</summary>
    /// <param name="calculation">The calculation's mapping, before its block is bound: cells differ in what they bind.</param>
    public static ImmutableArray<Cell> Expand(YamlMapping calculation, string name, IReadOnlyDictionary<string, YamlScalar> parameters, Diagnostics diagnostics)
    {
        ImmutableArray<Cell> cells = [new Cell([])];
        if (calculation["foreach"] is not { } given) return cells;
        if (given is not YamlMapping axes)
        {
            diagnostics.Error("DF1007", given.At, "'foreach' is a mapping of axes to lists of values, as in { model: [bare, coated] }.");
            return cells;
        }
        foreach (var axis in axes.Entries)
        {
            if (!Names.IsValid(axis.Key))
                diagnostics.Error("DF1012", axis.At, $"'{axis.Key}' cannot be the name of an axis.", Names.Rule);
            if (parameters.ContainsKey(axis.Key))
                diagnostics.Error("DF1012", axis.At, $"'{axis.Key}' is a parameter already; ${axis.Key} could mean either.", "Call the axis or the parameter something else.");
            if (axis.Value is not YamlSequence { Items: { IsEmpty: false } items })
            {
                diagnostics.Error("DF1007", axis.Value.At, $"The axis '{axis.Key}' needs a list of values, as in [bare, coated].");
                return [];
            }
            var values = ImmutableArray.CreateBuilder<YamlScalar>();
            foreach (var item in items.Select(item => Parameters.Substitute(item, parameters, diagnostics)))
            {
                if (item is not YamlScalar scalar)
                    diagnostics.Error("DF1007", item.At, $"A value of the axis '{axis.Key}' is a word or a number.");
                else if (!Names.IsValid(Cell.InNames(scalar)))
                    diagnostics.Error("DF1012", item.At, $"'{scalar.Text}' cannot be a value of an axis: it becomes part of a folder's name.", Names.Rule);
                else if (values.Any(v => v.Text == scalar.Text))
                    diagnostics.Error("DF1005", item.At, $"'{scalar.Text}' stands in the axis '{axis.Key}' twice.");
                else values.Add(scalar);
            }
            if ((long)cells.Length * values.Count > MostCells)
            {
                diagnostics.Error("DF1003", axis.At, $"'{name}' has more than {MostCells} combinations.", "Cut it into several workflows.");
                return [];
            }
            cells = [.. cells.SelectMany(cell => values.Select(value => new Cell(cell.Values.Add(KeyValuePair.Create(axis.Key, value)))))];
        }
        foreach (var exclusion in (calculation["exclude"] as YamlSequence)?.Items.OfType<YamlMapping>() ?? [])
            cells = Exclude(cells, exclusion, axes, diagnostics);
        if (cells.IsEmpty) diagnostics.Error("DF1013", calculation.MarkOf("exclude"), $"Every combination of '{name}' is excluded.", "Leave one, or remove the calculation.");
        return cells;
    }

    private static ImmutableArray<Cell> Exclude(ImmutableArray<Cell> cells, YamlMapping exclusion, YamlMapping axes, Diagnostics diagnostics)
    {
        foreach (var entry in exclusion.Entries.Where(e => axes[e.Key] is null))
            diagnostics.Error("DF1006", entry.At, $"'{entry.Key}' is no axis here.", Diagnostics.Suggest(entry.Key, [.. axes.Entries.Select(e => e.Key)]));
        var left = cells.Where(cell => !exclusion.Entries.All(entry =>
            cell.Values.Any(v => v.Key == entry.Key && v.Value.Text == (entry.Value as YamlScalar)?.Text))).ToImmutableArray();
        if (left.Length == cells.Length)
            diagnostics.Warning("DF1013", exclusion.At, "This exclusion matches no combination.");
        return left;
    }
}

/// <summary>What may be a name: it becomes part of a folder's name and of a job's.</summary>
public static class Names
{
    public const string Rule = "Use letters, digits, '-', '_', '+' and '.', at most 60 of them, beginning with a letter or a digit.";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 60 && char.IsAsciiLetterOrDigit(name[0]) && !name.Contains("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '+' or '.');
}
