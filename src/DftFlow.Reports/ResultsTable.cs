using System.Collections.Immutable;
using DftFlow.Engine;

namespace DftFlow.Reports;

/// <summary>results.csv: every number of a run, one a row.</summary>
internal static class ResultsTable
{
    private static readonly ImmutableArray<string> Before = ["analysis", "kind"];

    private static readonly ImmutableArray<string> After =
        ["quantity", "value", "unit", "expected", "tolerance", "deviation", "met", "source", "note"];

    /// <summary>Between these columns stands one for each axis that any value has, empty where a value has not.</summary>
    public static string Write(RunResult result)
    {
        ImmutableArray<string> axes = [.. result.Analyses.Values.SelectMany(a => a.Values).SelectMany(v => v.Labels.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        // An axis that has the name of a column is told apart from it.
        var csv = new Csv([.. Before, .. axes.Select(axis => Before.Contains(axis) || After.Contains(axis) ? $"label_{axis}" : axis), .. After]);
        foreach (var (id, analysis) in result.Analyses)
            foreach (var value in analysis.Values)
                csv.Row([id, analysis.Kind, .. axes.Select(axis => value.Labels.GetValueOrDefault(axis)),
                    value.Quantity, value.Value, value.Unit, value.Expected, value.Tolerance, value.Deviation, value.Met, value.Source, value.Note]);
        return csv.ToString();
    }
}
