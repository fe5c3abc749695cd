using DftFlow.Analysis.Thermodynamics.Corrections;

namespace DftFlow.Analysis.Thermodynamics.Sources;

/// <summary>An entry as its source has it.</summary>
/// <param name="AsGiven">With the corrections that the source made.</param>
/// <param name="Calculated">Before corrections, where the source tells all that a scheme needs; null where it does not.</param>
internal sealed record SourcedEntry(Entry AsGiven, CalculatedPhase? Calculated);
