using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DftFlow.Crystals;

/// <summary>Reads the structures of one XYZ file, line by line.</summary>
internal sealed class XyzReader(string text, Lattice? given)
{
    private const int MostAtoms = 1_000_000;
    private const int MostColumns = 1000;
    private const double LargestNumber = 1e6;

    private int start, end, number, position;

    private ReadOnlySpan<char> Line => text.AsSpan(start, end - start);

    public ImmutableArray<XyzFrame> Read()
    {
        var frames = ImmutableArray.CreateBuilder<XyzFrame>();
        while (TryStep())
        {
            // Blank lines may stand around structures.
            if (Line.IsWhiteSpace()) continue;
            frames.Add(ReadFrame());
        }
        return frames.Count > 0 ? frames.ToImmutable() : throw Error("The XYZ file is empty.", "Its first line is the number of atoms.");
    }

    private XyzFrame ReadFrame()
    {
        if (!int.TryParse(Line.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            throw Error($"'{Cif.Shortened(Line.Trim().ToString())}' is not a number of atoms.", "An XYZ file begins with the number of atoms; each further structure, too.");
        if (count > MostAtoms)
            throw new DftFlowException("DF1255", FormattableString.Invariant($"The XYZ file claims {count} atoms; up to {MostAtoms} are read."), "Check the number of atoms.", number, 1);
        if (!TryStep()) throw Ends("the comment");
        var comment = Line.TrimEnd().ToString();
        var keys = Keys(comment);
        var lattice = keys.TryGetValue("Lattice", out var cell) ? Cell(cell) : given
            ?? throw new DftFlowException("DF1254", "The XYZ file has no cell.", "Add Lattice=\"ax ay az bx by bz cx cy cz\" (Å) to the line before the atoms, or give a cell with the file.", number);
        var columns = keys.TryGetValue("Properties", out var properties) ? Columns(properties) : new(0, 1, null, 1, 4);
        var sites = ImmutableArray.CreateBuilder<Site>(Math.Min(count, (text.Length - position) / 8 + 1));
        var words = new Range[columns.Count + 1];
        for (var i = 0; i < count; i++)
        {
            if (!TryStep()) throw Ends(FormattableString.Invariant($"atom {i + 1} of {count}"));
            sites.Add(ReadSite(columns, words, lattice));
        }
        return new XyzFrame(new Structure(lattice, sites.DrainToImmutable()), comment);
    }

    private Site ReadSite(XyzColumns columns, Range[] words, Lattice lattice)
    {
        var line = Line;
        var found = line.SplitAny(words, " \t\r", StringSplitOptions.RemoveEmptyEntries);
        if (found < columns.Count) throw Error(FormattableString.Invariant($"The atom has {found} values where {columns.Count} are expected."), "One line for each atom: its element and three coordinates, then whatever else Properties names.");
        if (!TryElement(line[words[columns.Species]], out var element))
            throw Error($"'{Cif.Shortened(line[words[columns.Species]].ToString())}' is not an element.", "Write the symbol: Li.", words[columns.Species].Start.Value + 1);
        Span<double> place = stackalloc double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var word = words[columns.Position + axis];
            if (!TryNumber(line[word], out place[axis]))
                throw Error($"'{Cif.Shortened(line[word].ToString())}' is not a coordinate.", "Coordinates are in Å, have a decimal point and lie within ±1e6.", word.Start.Value + 1);
        }
        SelectiveDynamics? free = columns.MoveMask is not { } mask ? null : new(Flag(words[mask], line), Flag(words[mask + (columns.MoveMaskWidth > 1 ? 1 : 0)], line), Flag(words[mask + columns.MoveMaskWidth - 1], line));
        return new Site(element, lattice.ToFractional(new(place[0], place[1], place[2])), free);
    }

    private bool Flag(Range word, ReadOnlySpan<char> line) => line[word] switch
    {
        "T" or "True" or "TRUE" or "true" or "1" => true,
        "F" or "False" or "FALSE" or "false" or "0" => false,
        _ => throw Error($"'{Cif.Shortened(line[word].ToString())}' does not say whether the atom may move.", "Write T or F.", word.Start.Value + 1),
    };

    // Li, Li1 or 3.
    private static bool TryElement(ReadOnlySpan<char> word, [NotNullWhen(true)] out Element? element)
    {
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var atomicNumber))
        {
            element = atomicNumber >= 1 && atomicNumber <= Element.All.Length ? Element.All[atomicNumber - 1] : null;
            return element is not null;
        }
        return Element.TryParse(word.TrimEnd("0123456789"), out element);
    }

    private Lattice Cell(string value)
    {
        var words = value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[words.Length];
        var good = words.Length is 3 or 9;
        for (var i = 0; good && i < words.Length; i++) good = TryNumber(words[i], out numbers[i]);
        if (!good) throw Error($"'{Cif.Shortened(value)}' is not a cell.", "Lattice holds nine numbers in Å: the three vectors one after the other.");
        if (numbers.Length == 3) numbers = [numbers[0], 0, 0, 0, numbers[1], 0, 0, 0, numbers[2]];
        try
        {
            return new Lattice(new(numbers[0], numbers[1], numbers[2]), new(numbers[3], numbers[4], numbers[5]), new(numbers[6], numbers[7], numbers[8]));
        }
        catch (ArgumentException problem)
        {
            throw Error(problem.Message, "Lattice holds the three vectors one after the other, in Å.");
        }
    }

    private sealed record XyzColumns(int Species, int Position, int? MoveMask, int MoveMaskWidth, int Count);

    private XyzColumns Columns(string properties)
    {
        var parts = properties.Split(':');
        int? species = null, place = null, mask = null;
        int count = 0, maskWidth = 1;
        for (var i = 0; i < parts.Length; i += 3)
        {
            if (i + 2 >= parts.Length || !int.TryParse(parts[i + 2], NumberStyles.None, CultureInfo.InvariantCulture, out var width) || width is < 1 or > MostColumns || count + width > MostColumns)
                throw Error($"'{Cif.Shortened(properties)}' does not describe columns.", "Properties looks like species:S:1:pos:R:3: name, kind and width of each.");
            switch (parts[i], width)
            {
                case ("species" or "Z" or "numbers", 1): species ??= count; break;
                case ("pos", 3): place ??= count; break;
                case ("move_mask", 1 or 3): (mask, maskWidth) = (count, width); break;
            }
            count += width;
        }
        return new XyzColumns(species ?? throw NoColumn("species:S:1"), place ?? throw NoColumn("pos:R:3"), mask, maskWidth, count);

        DftFlowException NoColumn(string name) => Error($"Properties does not name the column {name}.", "Properties looks like species:S:1:pos:R:3.");
    }

    /// <summary>The second line's <c>key=value</c>, values with blanks in quotation marks or brackets; other words are left out.</summary>
    private static Dictionary<string, string> Keys(string comment)
    {
        var keys = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = 0;
        while (at < comment.Length)
        {
            var begin = at;
            while (at < comment.Length && comment[at] is not ('=' or ' ' or '\t')) at++;
            var key = comment[begin..at];
            if (at == comment.Length || comment[at] != '=')
            {
                at++;
                continue;
            }
            begin = ++at;
            var close = at == comment.Length ? '\0' : comment[at] switch { '"' => '"', '\'' => '\'', '{' => '}', '[' => ']', _ => '\0' };
            var stop = close == '\0' ? comment.AsSpan(begin).IndexOfAny(' ', '\t') : comment.AsSpan(++begin).IndexOf(close);
            stop = stop < 0 ? comment.Length : begin + stop;
            keys.TryAdd(key, comment[begin..stop]);
            at = stop + 1;
        }
        return keys;
    }

    private static bool TryNumber(ReadOnlySpan<char> word, out double value) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && Math.Abs(value) <= LargestNumber;

    private bool TryStep()
    {
        if (position >= text.Length) return false;
        start = position;
        var length = text.AsSpan(start).IndexOf('\n');
        end = length < 0 ? text.Length : start + length;
        position = end + 1;
        number++;
        return true;
    }

    private DftFlowException Ends(string expected) => new("DF1253", $"The XYZ file ends where {expected} is expected.", "The file may have been cut off.", number + 1);

    private DftFlowException Error(string message, string hint, int column = 1) => new("DF1253", message, hint, Math.Max(number, 1), column);
}
