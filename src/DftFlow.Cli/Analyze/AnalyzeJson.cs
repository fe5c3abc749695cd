using System.Text.Json.Serialization;

namespace DftFlow.Cli.Analyze;

/// <summary>The documents of <c>dftflow analyze … --json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DosAnswer))]
[JsonSerializable(typeof(BaderAnswer))]
[JsonSerializable(typeof(ElfAnswer))]
[JsonSerializable(typeof(SliceAnswer))]
[JsonSerializable(typeof(ChargeDifferenceAnswer))]
[JsonSerializable(typeof(HullAnswer))]
[JsonSerializable(typeof(InterfaceAnswer))]
[JsonSerializable(typeof(InterfaceMatrixAnswer))]
[JsonSerializable(typeof(WindowAnswer))]
internal sealed partial class AnalyzeJson : JsonSerializerContext;
