using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace DftFlow.Cli.Entries;

/// <summary>The documents of <c>dftflow entries … --json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(FetchAnswer))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(SchemeAnswer))]
internal sealed partial class EntriesJson : JsonSerializerContext;

internal sealed record FetchAnswer(
    string Chemsys,
    string ThermoType,
    int NEntries,
    string DatabaseVersion,
    string Retrieved,
    bool Cached,
    string File,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings);

internal sealed record ListAnswer(
    string Scale,
    string? Functional,
    string? CorrectionScheme,
    ImmutableArray<EntryDocument> Entries,
    ImmutableArray<string> Provenance,
    ImmutableArray<string> Files,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings);

/// <param name="EnergyPerAtomEv">With the adjustments.</param>
internal sealed record EntryDocument(
    string EntryId,
    string Formula,
    string Composition,
    double EnergyPerAtomEv,
    string? Functional,
    string? CorrectionScheme,
    ImmutableArray<AdjustmentDocument> Adjustments);

internal sealed record AdjustmentDocument(string Name, double EnergyEvPerAtom);

internal sealed record SchemeAnswer(string Name, string Version, string Source, string Functional, string Scale, string Text);
