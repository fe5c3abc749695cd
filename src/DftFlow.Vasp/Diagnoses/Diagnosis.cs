namespace DftFlow.Vasp.Diagnoses;

/// <summary>What the usual remedy of a diagnosis touches.</summary>
public enum DiagnosisClass
{
    /// <summary>How the equations are solved: the converged result stays the same.</summary>
    Numerics,

    /// <summary>The way that the atoms take: the end point stays the same.</summary>
    Path,

    /// <summary>What is computed or how it is sampled: the energy can no longer be compared with those of sibling runs.</summary>
    Physics,

    /// <summary>Files, machine and input: the calculation itself is not in question.</summary>
    Housekeeping,

    /// <summary>There is nothing to change, or no remedy is known.</summary>
    None,
}

/// <summary>Something known to go wrong that a run's files show.</summary>
/// <param name="Id">Stable: see docs/diagnoses.md.</param>
/// <param name="Evidence">The line or the numbers that show it.</param>
public sealed record Diagnosis(string Id, DiagnosisClass Class, string Evidence);

/// <summary>What is known of a diagnosis.</summary>
/// <param name="Messages">Fragments of the run's own messages, in any case of letters, any of which is proof; none where numbers show it.</param>
/// <param name="Meaning">One sentence.</param>
/// <param name="Remedy">What to do, in one sentence or two.</param>
public sealed record KnownDiagnosis(string Id, DiagnosisClass Class, string[] Messages, string Meaning, string Remedy);
