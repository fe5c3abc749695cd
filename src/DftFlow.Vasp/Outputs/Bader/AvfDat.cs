using System.Collections.Immutable;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs.Bader;

/// <summary>AVF.dat of the Henkelman group's program: which Bader volumes belong to which atom.</summary>
public sealed record AvfDat
{
    /// <summary>For each atom, in the order of the POSCAR, the numbers of its volumes in BCF.dat, from 1.</summary>
    public ImmutableArray<ImmutableArray<int>> VolumesOfAtoms { get; init; } = [];

    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    /// <summary>Reads an AVF.dat from where the stream stands to its end.</summary>
    /// <exception cref="DftFlowException">DF1446: this is no AVF.dat. DF1447: it has more rows than the reader takes.</exception>
    public static AvfDat Read(Stream stream, CancellationToken cancellation = default)
    {
        var table = new BaderTable(stream, "AVF.dat", rowsOfOneLength: false, cancellation);
        table.ReadNames("Atom", "Volume");
        var atoms = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        while (table.NextRow())
        {
            if (Volumes(table.Line) is { } volumes) atoms.Add(volumes);
            else table.Damage();
        }
        return new AvfDat { VolumesOfAtoms = atoms.ToImmutable(), Truncated = table.Truncated };
    }

    // A row is the atom, dots, and its volumes, of which there may be none.
    private static ImmutableArray<int>? Volumes(ReadOnlySpan<byte> line)
    {
        var dots = line.IndexOf("..."u8);
        if (dots < 0 || line.Length == TextLines.LongestLine) return null;
        var volumes = ImmutableArray.CreateBuilder<int>();
        var list = line[(dots + 3)..];
        foreach (var range in list.Split((byte)' '))
        {
            if (range.Start.Value == range.End.Value) continue;
            if (!FortranNumber.TryReadOnly(list[range], out var value) || TableLines.Count(value) is not { } volume) return null;
            volumes.Add(volume);
        }
        return volumes.ToImmutable();
    }
}
