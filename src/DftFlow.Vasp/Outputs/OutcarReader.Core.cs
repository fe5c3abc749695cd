using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>
/// The eigenenergies of the core states (ICORELEVEL): for each atom a row that begins with its number and a dash, as in
/// <c>1-  1s -513.86  2s -23.1</c>, which may go on over more rows; an empty line ends the table.
/// </summary>
internal sealed partial class OutcarReader
{
    private const int MostCoreStates = 40;

    private readonly List<List<NamedEnergy>> coreStateRows = [];
    private ImmutableArray<ImmutableArray<NamedEnergy>> coreStates = [];

    private bool BeginCoreStates(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("the core state eigenenergies are"u8) && !line.StartsWith("the core state eigen energies are"u8)) return false;
        coreStateRows.Clear();
        table = Table.CoreStates;
        return true;
    }

    private bool ReadCoreStateRow(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty && coreStateRows.Count == 0) return true;
        // Only a row that is none of its own shows that the last atom is whole.
        if (line.IsEmpty || !char.IsAsciiDigit((char)line[0]))
        {
            EndCoreStates();
            return false;
        }
        var digits = line.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits > 0 && line[digits] == '-')
        {
            if (coreStateRows.Count == MostAtoms) throw Refused($"{MostAtoms} atoms");
            coreStateRows.Add([]);
            line = line[(digits + 1)..];
        }
        if (coreStateRows.Count == 0) return false;
        while (!(line = line.TrimStart((byte)' ')).IsEmpty)
        {
            // 1s, 2p, 4f: then the energy, which a long one may touch.
            if (line.Length < 3 || line[0] is < (byte)'1' or > (byte)'9' || line[1] is not ((byte)'s' or (byte)'p' or (byte)'d' or (byte)'f')) return false;
            var name = Latin1(line[..2]);
            line = line[2..];
            if (!TryTake(ref line, out var energy) || coreStateRows[^1].Count == MostCoreStates) return false;
            coreStateRows[^1].Add(new(name, energy));
        }
        return true;
    }

    private void EndCoreStates()
    {
        if (coreStateRows.Count > 0 && coreStateRows.Count == (atomCount ?? coreStateRows.Count)) coreStates = [.. coreStateRows.Select(row => row.ToImmutableArray())];
    }
}
