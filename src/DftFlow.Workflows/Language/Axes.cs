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

/// <summary>Expands <c>foreach</c>, <c>exclude</c> and <c>include</c>.</summary>
public static class Axes
{
    private const int MostCells = 10_000;

    /// <summary>All combinations but the excluded ones, the last axis running fastest, then the included ones.</summary>
    /// <param name="calculation">The calculation's mapping, before its block is bound: cells differ in what they bind.</param>
    /// <param name="alternatives">What a value <c>NAME.*</c> stands for: the names of the arrangements of a structure.</param>
    public static ImmutableArray<Cell> Expand(YamlMapping calculation, string name, IReadOnlyDictionary<string, YamlScalar> parameters, Func<string, IEnumerable<string>> alternatives, Diagnostics diagnostics)
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
            foreach (var item in items.Select(item => Parameters.Substitute(item, parameters, diagnostics)).SelectMany(Each))
            {
                if (ValueOf(item, axis.Key, diagnostics) is not { } scalar) continue;
                if (values.Any(v => v.Text == scalar.Text))
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
        foreach (var exclusion in Combinations(calculation, "exclude"))
            cells = Exclude(cells, exclusion, axes, diagnostics);
        foreach (var inclusion in Combinations(calculation, "include"))
            if (Include(cells, (YamlMapping)Parameters.Substitute(inclusion, parameters, diagnostics), axes, diagnostics) is { } cell) cells = cells.Add(cell);
        if (cells.IsEmpty && !diagnostics.HasErrors) diagnostics.Error("DF1013", calculation.MarkOf("exclude"), $"Every combination of '{name}' is excluded.", "Leave one, or remove the calculation.");
        return cells;

        IEnumerable<YamlNode> Each(YamlNode item) => item is YamlScalar { Text: [.., '.', '*'] } all ? alternatives(all.Text[..^2]).Select(one => all with { Text = one }) : [item];
    }

    private static IEnumerable<YamlMapping> Combinations(YamlMapping calculation, string key) =>
        (calculation[key] as YamlSequence)?.Items.OfType<YamlMapping>() ?? [];

    /// <summary>A combination that is added must give every axis a value; the value need not be in the axis' list.</summary>
    private static Cell? Include(ImmutableArray<Cell> cells, YamlMapping inclusion, YamlMapping axes, Diagnostics diagnostics)
    {
        NoAxes(inclusion, axes, diagnostics);
        var values = ImmutableArray.CreateBuilder<KeyValuePair<string, YamlScalar>>();
        foreach (var axis in axes.Entries)
        {
            if (inclusion[axis.Key] is not { } node)
                diagnostics.Error("DF1009", inclusion.At, $"This combination does not say its '{axis.Key}'.", "A combination that is added gives every axis a value.");
            else if (ValueOf(node, axis.Key, diagnostics) is { } value)
                values.Add(KeyValuePair.Create(axis.Key, value));
        }
        if (values.Count < axes.Entries.Length) return null;
        var cell = new Cell(values.ToImmutable());
        if (cells.All(known => known.Suffix != cell.Suffix)) return cell;
        diagnostics.Error("DF1005", inclusion.At, $"The combination {string.Join(", ", values.Select(v => $"{v.Key}: {v.Value.Text}"))} is there already.");
        return null;
    }

    private static YamlScalar? ValueOf(YamlNode node, string axis, Diagnostics diagnostics)
    {
        if (node is not YamlScalar scalar)
            diagnostics.Error("DF1007", node.At, $"A value of the axis '{axis}' is a word or a number.",
                "Let the axis hold what varies, as in foreach: { k: [2, 3] } with mesh: [$k, $k, $k].");
        else if (!Names.IsValid(Cell.InNames(scalar)))
            diagnostics.Error("DF1012", node.At, $"'{scalar.Text}' cannot be a value of an axis: it becomes part of a folder's name.", Names.Rule);
        else return scalar;
        return null;
    }

    private static void NoAxes(YamlMapping combination, YamlMapping axes, Diagnostics diagnostics)
    {
        foreach (var entry in combination.Entries.Where(e => axes[e.Key] is null))
            diagnostics.Error("DF1006", entry.At, $"'{entry.Key}' is no axis here.", Diagnostics.Suggest(entry.Key, [.. axes.Entries.Select(e => e.Key)]));
    }

    private static ImmutableArray<Cell> Exclude(ImmutableArray<Cell> cells, YamlMapping exclusion, YamlMapping axes, Diagnostics diagnostics)
    {
        NoAxes(exclusion, axes, diagnostics);
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
    /// <summary>A calculation's name with the values of all its axes; file systems take 255 bytes, and something stands behind it.</summary>
    public const int LongestId = 200;

    public const string Rule = "Use letters, digits, '-', '_', '+' and '.', at most 60 of them, beginning with a letter or a digit.";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 60 && char.IsAsciiLetterOrDigit(name[0]) && !name.Contains("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '+' or '.');
}
