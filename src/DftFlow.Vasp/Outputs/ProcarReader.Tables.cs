using System.Runtime.CompilerServices;
using System.Text;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>The tables of a band.</summary>
internal sealed partial class ProcarReader
{
    private const int MostComponents = 4;

    private ProcarColumns? columns, phaseColumns;
    private ProcarTable? projections, phases;
    private int components, phaseParts;
    private bool phasesAnnounced;

    /// <summary>Reads the tables behind the line of a band, up to the line of the next band or k-point.</summary>
    private void ReadTables()
    {
        if (!lines.NextFilled() || !lines.Terminated) throw lines.EndOfText("a band");
        if (!IsOrbitals) throw lines.Damaged("A band's table does not begin with the names of the orbitals.");
        if (columns is null) SetColumns();
        projections?.BeginBand();
        phases?.BeginBand();
        var tables = ReadProjections();
        var parts = lines.NextFilled() && IsOrbitals ? ReadPhases() : NoPhases();
        if (components == 0) (components, phaseParts) = (tables, parts);
        else if (tables != components || parts != phaseParts) throw lines.AtEnd ? lines.EndOfText("the tables of a band") : lines.Damaged("A band has more or fewer tables than the first.");
        projections?.EndBand(components);
        phases?.EndBand(phaseParts);

        int NoPhases()
        {
            // A first band at the end of the text can lack tables that only the others would tell of.
            if (lines.AtEnd && (phasesAnnounced || (components == 0 && (statedKPoints, statedBands) is not (1, 1)))) throw lines.EndOfText("the tables of a band");
            lines.Back();
            return 0;
        }
    }

    private bool IsOrbitals => lines.Line.StartsWith("ion"u8) || lines.Line.StartsWith(" ion"u8);

    private void SetColumns()
    {
        var names = Encoding.UTF8.GetString(lines.Line).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1..];
        if (names.Length is 0 or > ProcarColumns.Most) throw lines.Damaged("A table names no orbitals, or more than there are.");
        columns = ProcarColumns.Of(names, selection.Orbitals);
        CheckIons(ions ?? MostIons);
        if (columns.Orbitals.IsEmpty) return;
        var rows = selection.Ions is { } some ? ProcarTable.Places(some) : null;
        projections = new ProcarTable(rows, selection.SumIons ? 1 : selection.Ions?.Length, columns.Orbitals.Length);
        phaseColumns = ProcarColumns.Of(columns.FileOrbitals, null);
        if (selection.Phases) phases = new ProcarTable(rows, selection.Ions?.Length, phaseColumns.Count);
        projections.BeginKPoint(spins[0].Bands);
        phases?.BeginKPoint(spins[0].Bands);
    }

    private void CheckIons(int count)
    {
        if (selection.Ions is { } asked && (asked.Any(ion => ion < 0 || ion >= count) || asked.Distinct().Count() != asked.Length))
            throw new DftFlowException("DF1432", Text($"The PROCAR has {count} ions, and others are asked for, or one twice."), "Ions count from 0 here.");
    }

    /// <summary>Reads tables of a row an ion, with or without a row of sums (<c>tot</c>), which a single ion has not; how many there are.</summary>
    private int ReadProjections()
    {
        Span<double> row = stackalloc double[ProcarColumns.Most];
        int ion = 0, tables = 0;
        while (lines.Next())
        {
            var line = lines.Line;
            if (TableLines.IsBlank(line)) break;
            if (line[0] == 't' || line.StartsWith(" tot"u8))
            {
                if (!lines.Terminated) throw lines.EndOfText("a table");
                // The header's number of ions did not fit: the first table tells it.
                if (ions is null) CheckIons(ion);
                ions ??= ion > 0 ? ion : throw lines.Damaged("A table has no ions.");
                if (ion != ions) throw lines.Damaged("A table has another number of ions than the header states.");
                (ion, tables) = (0, tables + 1);
                continue;
            }
            if (IsOrbitals || line[0] is (byte)'b' or (byte)'#' || line.StartsWith(" k"u8)) break;
            if (ion == ions) (ion, tables) = (0, tables + 1);
            if (tables == MostComponents) throw lines.Damaged("A band has more than four tables.");
            if (!lines.Whole) throw lines.EndOfText("a table");
            if (ion == MostIons) throw Refused(Text($"A table of the PROCAR has more than {MostIons} ions."));
            var at = IonNumber(ion + 1);
            if (projections is { } table && table.Wants(ion))
            {
                if (ReadRow(line[at..], row) != columns!.Count) throw lines.Damaged("A row has another number of columns than there are orbitals, or something that is no number.");
                columns.AddTo(table.Row(tables, ion), row);
            }
            ion++;
        }
        if (ion > 0 && ion == ions) (ion, tables) = (0, tables + 1);
        if (ion > 0 || tables is not (1 or MostComponents)) throw lines.AtEnd ? lines.EndOfText("a table") : lines.Damaged("A band has a table that is not whole, or neither one table nor four.");
        lines.Back();
        return tables;
    }

    /// <summary>
    /// Reads the phases: pairs of real and imaginary part in one row an ion (VASP 5.4.4 and later), or a row of each. How many parts
    /// an amplitude has: 2, or 4 where a table of the second spinor follows.
    /// </summary>
    private int ReadPhases()
    {
        Span<double> row = stackalloc double[2 * ProcarColumns.Most + 2];
        Span<double> part = stackalloc double[columns!.FileOrbitals.Length];
        phases?.SetRows(ions!.Value);
        int ion = 0, parts = 0, orbitals = part.Length;
        var imaginary = false;
        while (lines.Next())
        {
            var line = lines.Line;
            if (TableLines.IsBlank(line)) break;
            if (line.StartsWith("charge"u8) || line.StartsWith(" charge"u8))
            {
                if (!lines.Terminated) throw lines.EndOfText("the phases");
                continue;
            }
            if (line[0] is (byte)'b' or (byte)'#' || line.StartsWith(" k"u8)) break;
            if (IsOrbitals) continue;
            if (ion == ions) (ion, parts) = (0, parts + 2);
            if (parts == MostComponents) throw lines.Damaged("A band has more than two tables of phases.");
            if (!lines.Whole) throw lines.EndOfText("the phases");
            var at = IonNumber(ion + 1);
            var count = ReadRow(line[at..], row);
            var paired = count >= 2 * orbitals;
            if (count != orbitals && count != 2 * orbitals && count != 2 * orbitals + 1) throw lines.Damaged("A row of the phases has another number of columns than there are orbitals.");
            if (phases is { } table && table.Wants(ion))
            {
                for (var o = 0; o < orbitals; o++) part[o] = row[paired ? 2 * o : o];
                phaseColumns!.AddTo(table.Row(parts + (imaginary ? 1 : 0), ion), part);
                if (paired)
                {
                    for (var o = 0; o < orbitals; o++) part[o] = row[2 * o + 1];
                    phaseColumns!.AddTo(table.Row(parts + 1, ion), part);
                }
            }
            imaginary = !paired && !imaginary;
            if (!imaginary) ion++;
        }
        if (ion != ions || imaginary) throw lines.EndOfText("the phases");
        lines.Back();
        return parts + 2;
    }

    private int IonNumber(int expected)
    {
        var line = lines.Line;
        var start = line.IndexOfAnyExcept((byte)' ');
        var end = start;
        var number = 0;
        while (end < line.Length && (uint)(line[end] - '0') <= 9 && number <= MostIons) number = number * 10 + line[end++] - '0';
        if (end > start && number == expected) return end;
        // A number that did not fit is passed over.
        var stars = line[start..].IndexOfAnyExcept((byte)'*');
        return stars > 0 && end == start ? start + stars : throw lines.Damaged("A row of a table does not begin with the number of its ion.");
    }

    /// <summary>Reads the numbers of a row; -1 where it holds anything else, or more than there is room for.</summary>
    private int ReadRow(ReadOnlySpan<byte> text, Span<double> values)
    {
        int at = 0, count = 0;
        while (true)
        {
            while (at < text.Length && text[at] == ' ') at++;
            if (at >= text.Length) return count;
            if (count == values.Length) return -1;
            int length;
            if (Thousandths(text[at..], out var value) is > 0 and var quick) length = quick;
            else if ((length = FortranNumber.Read(text[at..], out value)) == 0) return -1;
            if (double.IsNaN(value)) lines.NoteOverflow();
            values[count++] = value;
            at += length;
        }
    }

    // Nearly every number here is d.ddd or -d.ddd.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Thousandths(ReadOnlySpan<byte> text, out double value)
    {
        var sign = text[0] == '-' ? 1 : 0;
        if (text.Length >= sign + 5 && text[sign + 1] == '.' && (text.Length == sign + 5 || text[sign + 5] == ' '))
        {
            uint a = (uint)(text[sign] - '0'), b = (uint)(text[sign + 2] - '0'), c = (uint)(text[sign + 3] - '0'), d = (uint)(text[sign + 4] - '0');
            if (a <= 9 && b <= 9 && c <= 9 && d <= 9)
            {
                value = (a * 1000 + b * 100 + c * 10 + d) / 1000.0;
                if (sign == 1) value = -value;
                return sign + 5;
            }
        }
        value = double.NaN;
        return 0;
    }
}
