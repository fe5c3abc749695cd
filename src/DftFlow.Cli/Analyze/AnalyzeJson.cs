using System.Text.Json.Serialization;

namespace DftFlow.Cli.Analyze;

/// <summary>The documents of <c>dftflow analyze … --json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BaderAnswer))]
internal sealed partial class AnalyzeJson : JsonSerializerContext;
