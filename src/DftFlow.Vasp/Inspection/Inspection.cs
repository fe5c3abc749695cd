using System.Collections.Immutable;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Vasp.Inspection;

/// <summary>A file that was read.</summary>
/// <param name="File">Its path.</param>
/// <param name="Sha256">Of the bytes as they are stored, in hexadecimal.</param>
public sealed record InspectedFile(string File, FileKind Kind, string Sha256);

/// <summary>Where a file stops short.</summary>
public sealed record TruncatedFile(string File, Truncation At);

/// <summary>What a run's files tell of it.</summary>
/// <param name="Path">As it was given: a directory or a file.</param>
/// <param name="Truncated">The first file that stops short, in the order of preference; null where none does.</param>
public sealed record Inspection(
    string Path,
    RunFacts Facts,
    TruncatedFile? Truncated,
    ImmutableArray<InspectedFile> Inputs,
    ImmutableArray<string> Warnings);
