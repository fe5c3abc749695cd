using System.Buffers;
using System.Globalization;

namespace DftFlow.Vasp.Text;

/// <summary>
/// Steps through lines that hold rows of numbers, and knows what a last line that has no end is worth: Fortran writes the rows of
/// a table equally long, so that it is whole where it is as long as the one before.
/// </summary>
internal sealed class TableLines(Stream stream, CancellationToken cancellation)
{
    private const int MostColumns = 128;

    private static readonly SearchValues<byte> OfWholeNumbers = SearchValues.Create("0123456789 \t*"u8);

    private readonly TextLines lines = new(stream, cancellation);
    private int[] ends = new int[MostColumns], found = new int[MostColumns];
    private int previousLength = -1, endsCount, endsLength = -1, overflows;
    private long firstOverflow;
    private bool again, ended;

    public ReadOnlySpan<byte> Line => lines.Line;

    public long Offset => lines.Offset;

    /// <summary>Steps to the next line; false at the end of the text.</summary>
    public bool Next()
    {
        if (again)
        {
            again = false;
            return !ended;
        }
        previousLength = lines.Line.Length;
        ended = !lines.Next();
        return !ended;
    }

    /// <summary>Steps to the next line that is not blank.</summary>
    public bool NextFilled()
    {
        while (Next())
            if (!IsBlank(Line)) return true;
        return false;
    }

    /// <summary>There was no further line.</summary>
    public bool AtEnd => ended;

    /// <summary>Lets the next step give the present line once more.</summary>
    public void Back() => again = true;

    /// <summary>The line has its end; see <see cref="Whole"/>.</summary>
    public bool Terminated => lines.Terminated;

    /// <summary>The line was not cut off.</summary>
    public bool Whole => lines.Terminated || Line.Length == previousLength;

    /// <summary>Reads the line's numbers; -1 where it holds anything else, or more than there is room for.</summary>
    public int Numbers(Span<double> values)
    {
        var line = lines.Line;
        int at = 0, count = 0;
        if (line.Length == TextLines.LongestLine) return -1;
        while (true)
        {
            while (at < line.Length && line[at] is (byte)' ' or (byte)'\t') at++;
            if (at >= line.Length) return count;
            if (count == values.Length || count == MostColumns) return -1;
            var length = FortranNumber.Read(line[at..], out var value);
            if (length == 0) return -1;
            if (double.IsNaN(value)) NoteOverflow();
            values[count] = value;
            at += length;
            found[count++] = at;
        }
    }

    /// <summary>As <see cref="Numbers"/>, of a line that will be read once more: what did not fit its column is counted then.</summary>
    public int Columns(Span<double> values)
    {
        var before = (overflows, firstOverflow);
        var count = Numbers(values);
        (overflows, firstOverflow) = before;
        return count;
    }

    /// <summary>
    /// Reads a row of a table. Columns whose numbers have grown together so that they cannot be told apart
    /// (<c>****************</c>) are taken to end where they ended in the row before.
    /// </summary>
    /// <returns>Whether the line is a row of so many numbers.</returns>
    public bool Row(Span<double> values, int columns)
    {
        if (lines.Line.Contains((byte)'*')) return RowWithStars(values, columns);
        if (Numbers(values) != columns) return false;
        (ends, found) = (found, ends);
        (endsCount, endsLength) = (columns, Line.Length);
        return true;
    }

    private bool RowWithStars(Span<double> values, int columns)
    {
        var before = (overflows, firstOverflow);
        if (Numbers(values) == columns) return true;
        (overflows, firstOverflow) = before;
        if (endsCount != columns || endsLength != Line.Length) return false;
        for (var c = 0; c < columns; c++)
        {
            if (!FortranNumber.TryReadOnly(Line[(c == 0 ? 0 : ends[c - 1])..ends[c]], out values[c])) return false;
            if (double.IsNaN(values[c])) NoteOverflow();
        }
        return true;
    }

    public void NoteOverflow()
    {
        if (overflows++ == 0) firstOverflow = Offset;
    }

    /// <summary>What there is to say of numbers that did not fit their columns; null where all did.</summary>
    public string? OverflowWarning => overflows == 0 ? null : string.Create(CultureInfo.InvariantCulture,
        $"{overflows} {(overflows == 1 ? "number" : "numbers")} did not fit the column (****) or are not numbers; the first is in the line at byte {firstOverflow}. They are read as NaN.");

    /// <summary>The text ends where more must come.</summary>
    public DamagedTextException EndOfText(string within) => new(lines.NextOffset, $"The text ends in {within}.");

    /// <summary>The line is not what it should be.</summary>
    public DamagedTextException Damaged(string reason) => new(Offset, reason);

    public static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t"u8) < 0;

    /// <summary>A number as a count or a flag; null where it is none.</summary>
    public static int? Count(double value) => value >= 0 && value <= 1e9 && value == Math.Floor(value) ? (int)value : null;

    /// <summary>
    /// Reads so many whole numbers: parted by blanks, or where they have grown together in columns of one width (<c>10001000   1</c>).
    /// Null where the line holds something else.
    /// </summary>
    public static int?[]? WholeNumbers(ReadOnlySpan<byte> line, int count)
    {
        line = line.TrimEnd(" \t"u8);
        if (line.IsEmpty || line.IndexOfAnyExcept(OfWholeNumbers) >= 0) return null;
        var values = new int?[count];
        var found = 0;
        foreach (var range in line.SplitAny(" \t"u8))
        {
            if (range.Start.Value == range.End.Value) continue;
            if (found < count) values[found] = FortranNumber.TryReadOnly(line[range], out var value) ? Count(value) : null;
            found++;
        }
        if (found == count) return values;
        if (line.Length % count != 0) return null;
        var width = line.Length / count;
        for (var i = 0; i < count; i++)
        {
            var field = line.Slice(i * width, width);
            // Fortran puts numbers to the right of their columns.
            if (field[^1] == ' ' || !FortranNumber.TryReadOnly(field, out var value)) return null;
            values[i] = Count(value);
        }
        return values;
    }
}
