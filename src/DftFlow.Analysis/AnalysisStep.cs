namespace DftFlow.Analysis;

/// <summary>What a long analysis is at.</summary>
/// <param name="Doing">As in <c>reading AECCAR2</c>.</param>
/// <param name="Fraction">Of the whole work, from 0 to 1; null where nobody knows.</param>
public readonly record struct AnalysisStep(string Doing, double? Fraction = null);
