namespace DftFlow.Analysis;

/// <summary>A file that a result comes from.</summary>
/// <param name="Sha256">Of the bytes as stored, hexadecimal.</param>
public sealed record AnalysedFile(string File, string Sha256);
