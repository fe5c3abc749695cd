using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>The five lines that begin a DOSCAR, an EIGENVAL and the XDATCAR of VASP 4.</summary>
/// <param name="IonCount">Null where the number did not fit its column.</param>
/// <param name="VolumePerIonA3">The cell's volume divided by the number of ions, in Å³ (the VASP wiki calls it the volume of the cell).</param>
/// <param name="LatticeLengthsA">Of the lattice vectors, in Å; the file has them in metres.</param>
/// <param name="TimeStepFs">POTIM, in fs; the file has it in seconds.</param>
/// <param name="InitialTemperatureK">TEBEG.</param>
/// <param name="System">SYSTEM of the INCAR, or the comment of the POSCAR.</param>
public sealed record DoscarHeader(
    int? IonCount, double VolumePerIonA3, Vector3D LatticeLengthsA, double TimeStepFs, double InitialTemperatureK, string System)
{
    private const int Length = 5;

    /// <summary>The third number of the first line: in a DOSCAR 1 where projections follow, in an EIGENVAL NBLOCK·KBLOCK.</summary>
    internal int? Third { get; private init; }

    /// <summary>The fourth: nothing in VASP's DOSCAR, ISPIN in an EIGENVAL; null where there are three.</summary>
    internal int? Fourth { get; private init; }

    /// <summary>False where the text ends before the five lines do.</summary>
    internal bool Whole { get; private init; }

    /// <summary>Reads on from the second line, to which <paramref name="lines"/> has stepped; null where these are other lines.</summary>
    internal static DoscarHeader? Read(ReadOnlySpan<byte> first, TableLines lines)
    {
        var counts = TableLines.WholeNumbers(first, 4) ?? TableLines.WholeNumbers(first, 3);
        Span<double> cell = stackalloc double[5];
        if (counts is null || !lines.Terminated || lines.Numbers(cell) != cell.Length) return null;
        var header = new DoscarHeader(counts[0], cell[0], new Vector3D(cell[1], cell[2], cell[3]) * 1e10, cell[4] * 1e15, double.NaN, "")
        {
            Third = counts[2],
            Fourth = counts.Length > 3 ? counts[3] : null,
        };
        for (var number = 3; number <= Length; number++)
        {
            if (!lines.Next()) return header;
            if (number == 3 && FortranNumber.TryReadOnly(lines.Line, out var temperature)) header = header with { InitialTemperatureK = temperature };
            if (number == Length) header = header with { System = Encoding.UTF8.GetString(lines.Line).Trim(), Whole = true };
        }
        return header;
    }
}
