using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>What an EIGENVAL holds.</summary>
public sealed record Eigenval
{
    public required DoscarHeader Header { get; init; }

    /// <summary>ISPIN: 1 (a non-collinear run too) or 2.</summary>
    public int SpinCount { get; init; }

    /// <summary>
    /// NBLOCK·KBLOCK: by this VASP divides the total DOS of the DOSCAR of the same run. KBLOCK is NSW unless set. Null where it did not fit its column.
    /// </summary>
    public int? AveragedSteps { get; init; }

    /// <summary>NELECT, rounded to a whole number.</summary>
    public int? ElectronCount { get; init; }

    /// <summary>As the header states it.</summary>
    public int? StatedKPoints { get; init; }

    /// <summary>NBANDS, as the header states it.</summary>
    public int? StatedBands { get; init; }

    public ImmutableArray<KPoint> KPoints { get; init; } = [];

    /// <summary>
    /// Null where the text holds no band of it. Of a text that is cut off, what comes after the last complete band of the last k-point is NaN;
    /// a first k-point that is cut off has as many bands as are complete. VASP before 5.4 writes no occupations: they are NaN.
    /// </summary>
    public Eigenvalues? Eigenvalues { get; init; }

    public bool HasOccupations { get; init; }

    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Reads an EIGENVAL from where the stream stands to its end.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <exception cref="DftFlowException">DF1430: this is no EIGENVAL. DF1431: it is larger than any run's.</exception>
    public static Eigenval Read(Stream stream, CancellationToken cancellation = default) => new EigenvalReader(stream, cancellation).Read();
}
