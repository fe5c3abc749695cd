using System.Globalization;
using DftFlow.Engine;

namespace DftFlow.Cli;

/// <summary>What a run came to, in a few lines on standard output; failures on standard error.</summary>
internal static class RunSummary
{
    /// <param name="order">The analyses in the order of the workflow.</param>
    public static void Print(RunResult result, IReadOnlyList<string> order)
    {
        // What stopped several calculations alike is told once.
        foreach (var alike in result.Calculations.Where(c => c.Error is not null).GroupBy(c => c.Error! with { Message = WithoutId(c) }))
            Output.Say($"{string.Join(", ", alike.Select(c => c.Id))}: {alike.Key.Code}: {alike.Key.Message}{(alike.Key.Hint is { } hint ? $"{(alike.Key.Message.Contains('\n', StringComparison.Ordinal) ? "\n" : " ")}{hint}" : "")}");
        foreach (var id in order)
        {
            if (!result.Analyses.TryGetValue(id, out var analysis)) continue;
            Console.WriteLine($"{id} ({analysis.Kind})");
            if (analysis.Error is { } error) Output.Say($"{id}: {error.Code}: {error.Message}{(error.Hint is { } hint ? $" {hint}" : "")}");
            var rows = analysis.Values.Select(v => (
                Labels: string.Join("  ", v.Labels.Select(l => $"{l.Key}: {l.Value}")),
                v.Quantity,
                Value: v.Value is { } value ? v.Unit == "1" && double.IsInteger(value) ? value.ToString("0", CultureInfo.InvariantCulture) : Fixed(value) : "–",
                Unit: v.Unit == "1" ? "" : v.Unit,
                Beside: Expected(v))).ToArray();
            if (rows.Length == 0) continue;
            int labels = rows.Max(r => r.Labels.Length), quantities = rows.Max(r => r.Quantity.Length), values = rows.Max(r => r.Value.Length);
            foreach (var row in rows)
                Console.WriteLine($"  {row.Labels.PadRight(labels)}  {row.Quantity.PadRight(quantities)}  {row.Value.PadLeft(values)} {row.Unit}{row.Beside}".TrimEnd());
        }
        foreach (var warning in result.Warnings.Concat(order.SelectMany(id => result.Analyses.TryGetValue(id, out var a) ? a.Warnings.Select(w => $"{id}: {w}") : []))) Output.Say($"warning: {warning}");
        Console.WriteLine(result.Report is { } report ? $"{State(result.State)}: {report}" : State(result.State));
    }

    /// <summary>Four decimals, without the sign of what rounds to zero.</summary>
    private static string Fixed(double value) => (Math.Round(value, 4) + 0.0).ToString("0.0000", CultureInfo.InvariantCulture);

    private static string WithoutId(CalculationResult calculation)
    {
        var (id, message) = ($"{calculation.Id}: ", calculation.Error!.Message);
        return message.StartsWith(id, StringComparison.Ordinal) ? message[id.Length..] : message;
    }

    private static string Expected(AnalysisValue value)
    {
        if (value.Expected is not { } expected) return "";
        var met = value.Met switch { true => ", met", false => ", missed", null => "" };
        return string.Create(CultureInfo.InvariantCulture, $"  (expected {expected:0.0000}, deviation {(value.Deviation is { } deviation ? deviation.ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture) : "–")}{met}; {value.Source})");
    }

    private static string State(RunState state) => state.ToString().ToLowerInvariant();
}
