using System.Text.Json.Serialization;

namespace DftFlow.Cli.Analyze;

/// <summary>A file that a result was computed from.</summary>
internal sealed record InputDocument(string File, string Sha256);

/// <summary>The documents of <c>dftflow analyze … --json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(BaderAnswer))]
internal sealed partial class AnalyzeJson : JsonSerializerContext;
