using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>Which of a PROCAR's projections are kept: the memory taken is that of the arrays asked for.</summary>
public sealed record ProcarSelection
{
    /// <summary>Everything but the phases.</summary>
    public static ProcarSelection Default { get; } = new();

    /// <summary>Energies and occupations alone.</summary>
    public static ProcarSelection Energies { get; } = new() { Orbitals = [] };

    /// <summary>From 0, in the order of the POSCAR, each once; null: all.</summary>
    public ImmutableArray<int>? Ions { get; init; }

    /// <summary>
    /// By their names (see <see cref="BandProjections.Orbitals"/>); <c>p</c>, <c>d</c>, <c>f</c> give the sum over the magnetic
    /// quantum numbers where the file has these, <c>tot</c> the file's own sum over all orbitals. Null: all but <c>tot</c>. Empty: none.
    /// </summary>
    public ImmutableArray<string>? Orbitals { get; init; }

    /// <summary>The sum over the ions, in place of each.</summary>
    public bool SumIons { get; init; }

    /// <summary>The complex amplitudes too, where the file has them (LORBIT = 12): of all orbitals, not summed over ions.</summary>
    public bool Phases { get; init; }
}

/// <summary>What a PROCAR holds: the bands' energies, and how much of each lies in the orbitals of the ions.</summary>
public sealed record Procar
{
    /// <summary>As the file states it.</summary>
    public int? IonCount { get; init; }

    public int? StatedKPoints { get; init; }

    public int? StatedBands { get; init; }

    /// <summary>The file's own orbitals, by their names in VASP 6.</summary>
    public ImmutableArray<string> Orbitals { get; init; } = [];

    /// <summary>One after the other as the file lists them; a point can be listed twice.</summary>
    public ImmutableArray<KPoint> KPoints { get; init; } = [];

    /// <summary>
    /// Null where the text holds no complete band. Occupations run from 0 to 1; without spin the file has 2 for a full band. Of a text that is
    /// cut off, what comes after the last complete band is NaN; a first k-point that is cut off has as many bands as are complete.
    /// </summary>
    public Eigenvalues? Eigenvalues { get; init; }

    /// <summary>Null where none were asked for, or the text holds no complete band.</summary>
    public BandProjections? Projections { get; init; }

    /// <summary>
    /// The amplitudes ⟨Y|φ⟩ of the ions that were asked for, on all of the file's orbitals: components 0 and 1 are the real and the imaginary part;
    /// 2 and 3 of the second spinor, where the file has it. Null where not asked for, or not in the file.
    /// </summary>
    public BandProjections? Phases { get; init; }

    /// <summary>Total, mx, my and mz for each ion.</summary>
    public bool Noncollinear => Projections?.ComponentCount == 4;

    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Reads a PROCAR from where the stream stands to its end.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <param name="selection">Null: <see cref="ProcarSelection.Default"/>.</param>
    /// <exception cref="DftFlowException">
    /// DF1430: this is no PROCAR. DF1431: it, or what is asked of it, is larger than the reader takes. DF1432: the file has not what is asked for.
    /// </exception>
    public static Procar Read(Stream stream, ProcarSelection? selection = null, CancellationToken cancellation = default) =>
        new ProcarReader(stream, selection ?? ProcarSelection.Default, cancellation).Read();
}

/// <summary>
/// A number for each ion and orbital of every band. In single precision: the file has three decimals, which it holds.
/// </summary>
public sealed class BandProjections
{
    private readonly ImmutableArray<float[]> kPoints;

    internal BandProjections(ImmutableArray<string> orbitals, int spins, int bands, int components, int ions, ImmutableArray<float[]> kPoints)
    {
        (Orbitals, SpinCount, BandCount, ComponentCount, IonCount) = (orbitals, spins, bands, components, ions);
        this.kPoints = kPoints;
    }

    /// <summary>As in <see cref="ProjectedDos.Orbitals"/>, in the order asked for, otherwise the file's.</summary>
    public ImmutableArray<string> Orbitals { get; }

    public int SpinCount { get; }

    public int KPointCount => kPoints.Length / SpinCount;

    public int BandCount { get; }

    /// <summary>1, or 4 for a non-collinear run: total, mx, my, mz, of which only the first is a projection.</summary>
    public int ComponentCount { get; }

    /// <summary>1 where the ions are summed.</summary>
    public int IonCount { get; }

    /// <summary>Of one band: ion by ion, for each all <see cref="Orbitals"/>. Indices from 0. NaN where the file was cut off.</summary>
    public ReadOnlySpan<float> this[int spin, int kPoint, int band, int component = 0]
    {
        get
        {
            var size = IonCount * Orbitals.Length;
            return kPoints[spin * KPointCount + kPoint].AsSpan((band * ComponentCount + component) * size, size);
        }
    }
}
