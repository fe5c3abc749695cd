using System.Globalization;
using System.Text;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs.Bader;

/// <summary>What the three tables of the Henkelman group's program share: a line of names, rows of numbers between dashed lines, a footer.</summary>
internal sealed class BaderTable(Stream stream, string file, bool rowsOfOneLength, CancellationToken cancellation)
{
    private const int MostRows = 10_000_000;

    private readonly TableLines lines = new(stream, cancellation);
    private int rows;

    public ReadOnlySpan<byte> Line => lines.Line;

    /// <summary>The text ends, or stops making sense, before the dashed line that ends the table.</summary>
    public Truncation? Truncated { get; private set; }

    public string? OverflowWarning => lines.OverflowWarning;

    /// <summary>Reads the line of names, which must hold all of the words, and the dashed line below.</summary>
    public void ReadNames(params ReadOnlySpan<string> words)
    {
        if (!lines.NextFilled()) throw NotOne();
        var names = Encoding.Latin1.GetString(lines.Line);
        foreach (var word in words)
            if (!names.Contains(word, StringComparison.OrdinalIgnoreCase)) throw NotOne();
        if (!lines.NextFilled() || !IsDashes) Stop(lines.AtEnd || !lines.Terminated ? lines.EndOfText("the header") : lines.Damaged("The names of the columns are not followed by a dashed line."));
    }

    /// <summary>Steps to the next row; false at the dashed line that ends the table, or where the text ends before it.</summary>
    public bool NextRow()
    {
        if (Truncated is not null) return false;
        var more = lines.NextFilled();
        if (more && IsDashes) return false;
        if (!more || !(rowsOfOneLength ? lines.Whole : lines.Terminated))
        {
            Stop(lines.EndOfText(Text($"the table: there are {rows} rows, and no line that ends it")));
            return false;
        }
        if (rows++ == MostRows) throw new DftFlowException("DF1447", Text($"The {file} has more than {MostRows} rows."), "No cell has so many atoms; check that the file is what it should be.");
        return true;
    }

    /// <summary>The numbers of a row; -1, and the end of the table, where it holds anything else.</summary>
    public int Numbers(Span<double> values)
    {
        var count = lines.Numbers(values);
        if (count < 0) Damage();
        return count;
    }

    public void Damage() => Stop(lines.Damaged(Text($"Row {rows} of the table has another number of columns, or something that is no number.")));

    /// <summary>The number behind a label in the lines that follow the table; null where it is missing.</summary>
    public Dictionary<string, double> ReadFooter()
    {
        var footer = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        while (Truncated is null && footer.Count < 16 && lines.NextFilled())
        {
            var colon = lines.Line.IndexOf((byte)':');
            if (colon < 0 || !lines.Terminated || !FortranNumber.TryReadOnly(lines.Line[(colon + 1)..], out var value)) continue;
            if (double.IsNaN(value)) lines.NoteOverflow();
            footer[Encoding.Latin1.GetString(lines.Line[..colon]).Trim()] = value;
        }
        return footer;
    }

    private bool IsDashes => lines.Line.Trim(" \t"u8) is { Length: >= 3 } line && line.IndexOfAnyExcept((byte)'-') < 0;

    private void Stop(DamagedTextException damage) => Truncated ??= new Truncation(damage.Offset, 0, 0, damage.Message);

    private DftFlowException NotOne() => new("DF1446", $"This is no {file} of the Bader program.", "Its first line names the columns; look at the file with head.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
