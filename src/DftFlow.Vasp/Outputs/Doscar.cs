using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>What a DOSCAR of VASP holds, or a DOSCAR.lobster of LOBSTER.</summary>
/// <remarks>
/// <para>VASP divides the total DOS in this file, and its integral, by NBLOCK·KBLOCK, the number of steps that it means to average
/// over. KBLOCK is NSW unless set, so that after a relaxation the total DOS is NSW times too small, however few steps were made;
/// the projected DOS is not divided, nor is the DOS in vasprun.xml. DOSCAR does not say by how much: EIGENVAL does
/// (<see cref="Eigenval.AveragedSteps"/>). Nothing is rescaled unless <see cref="TotalTimes"/> asks for it.</para>
/// <para>Energies have three decimals: centres of bands differ from those of vasprun.xml by up to about 0.001 eV, and on a grid finer than that
/// neighbours are equal.</para>
/// </remarks>
public sealed record Doscar
{
    public required DoscarHeader Header { get; init; }

    /// <summary>EMAX of the grid; null where the text ends before it.</summary>
    public double? MaximumEnergyEv { get; init; }

    /// <summary>EMIN of the grid.</summary>
    public double? MinimumEnergyEv { get; init; }

    /// <summary>NEDOS, as the header states it.</summary>
    public int? StatedGridPoints { get; init; }

    /// <summary>On the scale of the energies of <see cref="Dos"/>: LOBSTER has moved that one to a Fermi level of zero.</summary>
    public double? FermiEnergyEv { get; init; }

    /// <summary>The last number of the line of the Fermi level; always 1.</summary>
    public double? Weight { get; init; }

    /// <summary>Null where the text holds no row of it. Of a text that is cut off, the rows and the sites that are complete.</summary>
    public DensityOfStates? Dos { get; init; }

    /// <summary>Written by LOBSTER. Its orbitals of one kind in several shells (2s, 3s) are summed, under VASP's names.</summary>
    public bool Lobster { get; init; }

    public bool SpinPolarized => Dos?.Density.Length == 2;

    /// <summary>Null where it does not show: the total DOS alone is the same as without spin.</summary>
    public bool? Noncollinear => Dos?.Projected is { } projected ? projected.ComponentCount == 4 : SpinPolarized ? false : null;

    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>
    /// This with the total DOS and its integral multiplied, to undo VASP's division by NBLOCK·KBLOCK, which is
    /// <see cref="Eigenval.AveragedSteps"/> of the same run. The projected DOS stays as it is.
    /// </summary>
    public Doscar TotalTimes(int averagedSteps)
    {
        if (Dos is not { } dos) return this;
        return this with { Dos = dos with { Density = Times(dos.Density), Integrated = Times(dos.Integrated) } };

        ImmutableArray<double[]> Times(ImmutableArray<double[]> columns) => [.. columns.Select(column => Array.ConvertAll(column, value => value * averagedSteps))];
    }

    /// <summary>Reads a DOSCAR from where the stream stands to its end.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <param name="projected">Read the projected DOS too; otherwise reading ends with the total DOS.</param>
    /// <param name="noncollinear">
    /// Whether the run was non-collinear, where that is known. It is needed for one form alone: 16 columns are s, p, d, f in four
    /// components or 16 orbitals in one. Mostly the numbers tell; where they do not, the projected DOS is left out, with a warning.
    /// </param>
    /// <exception cref="DftFlowException">DF1430: this is no DOSCAR. DF1431: it has more energies than any run.</exception>
    public static Doscar Read(Stream stream, bool projected = true, bool? noncollinear = null, CancellationToken cancellation = default) =>
        new DoscarReader(stream, projected, noncollinear, cancellation).Read();
}
