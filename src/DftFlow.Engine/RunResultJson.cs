using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DftFlow.Engine;

/// <summary>A run's document as JSON: what <c>dftflow run --json</c> prints and <c>results.json</c> holds.</summary>
public static class RunResultJson
{
    // Text stays as it was written: the document is never part of a page.
    private static readonly RunResultContext Context = new(new JsonSerializerOptions(RunResultContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>UTF-8 without a byte order mark; numbers so that they read back the same, what is not finite as null with a warning.</summary>
    public static byte[] Serialize(RunResult result) => JsonSerializer.SerializeToUtf8Bytes(Finite(result), Context.RunResult);

    /// <summary>The same result with null for what is not a finite number, and a warning for each.</summary>
    public static RunResult Finite(RunResult result)
    {
        var warnings = result.Warnings.ToBuilder();
        return result with
        {
            Calculations = [.. result.Calculations.Select(calculation => calculation with
            {
                FinalEnergyEv = Finite(calculation.FinalEnergyEv, $"The energy of {calculation.Id}", warnings),
                ElapsedS = Finite(calculation.ElapsedS, $"The elapsed time of {calculation.Id}", warnings),
            })],
            Analyses = result.Analyses.ToImmutableSortedDictionary(pair => pair.Key, pair => Finite(pair.Value), result.Analyses.KeyComparer),
            Warnings = warnings.ToImmutable(),
        };
    }

    private static AnalysisResult Finite(AnalysisResult analysis)
    {
        var warnings = analysis.Warnings.ToBuilder();
        var values = analysis.Values.Select(value =>
        {
            var name = value.Labels.IsEmpty ? value.Quantity : $"{value.Quantity} ({string.Join(", ", value.Labels.Select(label => $"{label.Key} {label.Value}"))})";
            return value with
            {
                Value = Finite(value.Value, name, warnings),
                Expected = Finite(value.Expected, $"The value expected of {name}", warnings),
                Tolerance = Finite(value.Tolerance, $"The tolerance of {name}", warnings),
                // Follows from the value, which has been told of.
                Deviation = value.Deviation is { } deviation && double.IsFinite(deviation) ? deviation : null,
            };
        });
        return analysis with { Values = [.. values], Warnings = warnings.ToImmutable() };
    }

    private static double? Finite(double? value, string name, ImmutableArray<string>.Builder warnings)
    {
        if (value is not { } number || double.IsFinite(number)) return value;
        warnings.Add($"{name} is not a finite number ({(double.IsNaN(number) ? "NaN" : number > 0 ? "infinity" : "-infinity")}).");
        return null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class RunResultContext : JsonSerializerContext;
