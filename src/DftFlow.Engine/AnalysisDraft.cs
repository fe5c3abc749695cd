using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Workflows;
using DftFlow.Yaml;

namespace DftFlow.Engine;

/// <summary>An analysis as it grows.</summary>
internal sealed class AnalysisDraft(PlannedAnalysis analysis)
{
    private readonly ImmutableArray<AnalysisValue>.Builder values = ImmutableArray.CreateBuilder<AnalysisValue>();
    private readonly List<string> definitions = [];
    private readonly List<InputFile> inputs = [];
    private readonly List<string> warnings = [];
    private readonly List<string> files = [];
    private readonly List<VariationValue> variations = [];

    public AnalysisDetails? Details { get; set; }

    public List<SensitivityValue> Sensitivity { get; } = [];

    public DftFlowException? Error { get; set; }

    public void Warn(string warning)
    {
        if (!warnings.Contains(warning)) warnings.Add(warning);
    }

    public void Define(string definition)
    {
        if (!definitions.Contains(definition)) definitions.Add(definition);
    }

    public void Input(InputFile input)
    {
        if (!inputs.Contains(input)) inputs.Add(input);
    }

    /// <summary>Adds a file that was written for the analysis.</summary>
    public void File(string path) => files.Add(path);

    /// <summary>Adds a number, with what was expected of it.</summary>
    public void Value(ImmutableSortedDictionary<string, string> labels, string quantity, double? value, string? note = null)
    {
        if (value is { } number && !double.IsFinite(number))
        {
            Warn($"{quantity} of {Show(labels)} is not a finite number.");
            value = null;
        }
        var expectation = analysis.Expectations.FirstOrDefault(e => Concerns(e, labels, quantity));
        var deviation = value - expectation?.Value;
        values.Add(new AnalysisValue
        {
            Labels = labels,
            Quantity = quantity,
            Value = value,
            Unit = analysis.Quantities.First(q => q.Name == quantity).Unit,
            Expected = expectation?.Value,
            Tolerance = expectation?.Tolerance,
            Deviation = deviation,
            Met = expectation?.Tolerance is { } tolerance ? deviation is { } off && Math.Abs(off) <= tolerance : null,
            Source = expectation?.Source,
            Note = note,
        });
    }

    /// <summary>Adds a number of a table once more, with one thing done otherwise.</summary>
    public void Variation<T>(ImmutableSortedDictionary<string, string> labels, Variation<T> variation, string quantity, double? asked, double? value, string? note) where T : class =>
        variations.Add(new(labels, BlockShape.Kebab(variation.Kind.ToString()), variation.Name, quantity, value, analysis.Quantities.First(q => q.Name == quantity).Unit, value - asked, note, variation.Reason));

    public AnalysisOutcome Finish()
    {
        // What was expected is told of even where there is no number: a run without spin has no spin-up band centre.
        foreach (var expectation in analysis.Expectations.Where(e => !values.Any(v => Concerns(e, v.Labels, v.Quantity))).ToArray())
        {
            Warn($"{expectation.Quantity} {Show(expectation.Labels)} was expected to be {expectation.Value.ToString(CultureInfo.InvariantCulture)}, but there is no such number.".Replace("  ", " ", StringComparison.Ordinal));
            Value(expectation.Labels, expectation.Quantity, null);
        }
        return new(analysis.Id, new AnalysisResult
        {
            Kind = analysis.Kind,
            Values = values.ToImmutable(),
            Definition = string.Join("\n", definitions),
            Inputs = [.. inputs],
            Warnings = [.. warnings],
            Sensitivity = [.. Sensitivity],
            Variations = [.. variations],
            Files = [.. files],
            Error = Error is null ? null : ErrorDocument.Of(Error),
        }, Details);
    }

    private static bool Concerns(Expectation expectation, ImmutableSortedDictionary<string, string> labels, string quantity) =>
        expectation.Quantity == quantity && expectation.Labels.All(l => labels.GetValueOrDefault(l.Key) == l.Value);

    public static string Show(ImmutableSortedDictionary<string, string> labels) => string.Join(", ", labels.Select(l => $"{l.Key}: {l.Value}"));
}
