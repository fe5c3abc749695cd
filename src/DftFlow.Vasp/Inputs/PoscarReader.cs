using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>Reads one POSCAR, line by line.</summary>
internal sealed class PoscarReader(string text, IReadOnlyList<Element>? elements)
{
    private const int MostAtoms = 1_000_000;
    private const double LargestNumber = 1e6;

    private readonly string[] lines = text.Split('\n');
    private int next;

    public PoscarFile Read()
    {
        var comment = Line("the comment").Trim();
        var (lattice, factors) = ReadLattice();
        var names = ReadNames();
        var (counts, countLine) = ReadCounts(names?.Count);
        var known = names ?? (elements is null ? null : Fitting(elements, counts, countLine));
        var (selective, cartesian) = ReadMode();

        var total = counts.Sum();
        var sites = ImmutableArray.CreateBuilder<Site>(total);
        for (var block = 0; block < counts.Count; block++)
        {
            var element = known?[block];
            for (var i = 0; i < counts[block]; i++)
            {
                var (place, free, label) = ReadSite(selective, sites.Count + 1, total);
                // A VASP 4 file can still name its elements, behind the coordinates of each atom.
                if (known is null && (label is null || (element is not null && label != element)))
                    throw new DftFlowException("DF1202", "The POSCAR does not name its elements (VASP 4 format).",
                        $"Insert a line with the elements before the line of counts{(comment.Length == 0 ? "" : $" (the comment says '{Shortened(comment)}')")}, or give the elements with the file.", countLine);
                element ??= label!;
                var fractional = cartesian ? lattice.ToFractional(new(place.X * factors.X, place.Y * factors.Y, place.Z * factors.Z)) : place;
                sites.Add(new Site(element, fractional, free));
            }
        }
        return new PoscarFile(new Structure(lattice, sites.MoveToImmutable()), comment);
    }

    /// <summary>The cell, and the factors for Cartesian coordinates.</summary>
    private (Lattice Lattice, Vector3D Factors) ReadLattice()
    {
        var line = Line("the scale factor");
        var scaleLine = next;
        Span<Range> words = stackalloc Range[4];
        var count = Words(line, words);
        var first = Real(line, words[0], count > 0, "the scale factor");
        var factors = new Vector3D(first, first, first);
        if (count >= 3 && FortranNumber.TryReadReal(line.AsSpan(words[1]), out var second) && FortranNumber.TryReadReal(line.AsSpan(words[2]), out var third))
        {
            factors = new(first, second, third);
            if (first <= 0 || second <= 0 || third <= 0)
                throw Error("DF1204", "Three scale factors must be positive.", "A negative single scale is the cell's volume; three are factors for x, y and z.");
        }
        if (first == 0) throw Error("DF1204", "The scale factor is zero.", "Write 1.0, or a negative number for the cell's volume in Å³.");
        var vectors = new Vector3D[3];
        for (var axis = 0; axis < 3; axis++) vectors[axis] = Three(Line("a lattice vector"), "a lattice vector");
        try
        {
            if (first < 0)
            {
                // The volume is given in place of a factor.
                var factor = Math.Cbrt(-first / new Lattice(vectors[0], vectors[1], vectors[2]).Volume);
                factors = new(factor, factor, factor);
            }
            return (new Lattice(Scaled(vectors[0]), Scaled(vectors[1]), Scaled(vectors[2])), factors);
        }
        catch (ArgumentException problem)
        {
            throw new DftFlowException("DF1204", problem.Message, "The three lines after the scale are the lattice vectors; they must not lie in one plane.", scaleLine + 1, inner: problem);
        }

        Vector3D Scaled(Vector3D v) => new(v.X * factors.X, v.Y * factors.Y, v.Z * factors.Z);
    }

    /// <summary>The element of each block; null for a file of VASP 4, which goes on with the counts. Long lists wrap.</summary>
    private List<Element>? ReadNames()
    {
        List<Element>? names = null;
        while (next < lines.Length && FirstWord(lines[next]) is { Length: > 0 } word && !char.IsAsciiDigit(word[0]) && word[0] is not ('-' or '+'))
        {
            var line = Line("the elements");
            names ??= [];
            foreach (var range in BeforeComment(line))
            {
                var name = line.AsSpan(range);
                if (!PotcarSpec.TryReadElement(name, out var element))
                    throw Error("DF1202", $"'{Shortened(name.ToString())}' is not an element.",
                        Spelling.Closest(name.ToString(), Element.All.Select(e => e.Symbol)) is { } meant ? $"Did you mean {meant}?" : "Names look like Mn, Mn_pv or Mn/hash.", range.Start.Value + 1);
                names.Add(element);
            }
        }
        return names;
    }

    private (List<int> Counts, int Line) ReadCounts(int? wanted)
    {
        var counts = new List<int>();
        long total = 0;
        var line = Line("the numbers of atoms");
        var firstLine = next;
        while (true)
        {
            var before = counts.Count;
            foreach (var range in BeforeComment(line))
            {
                if (!long.TryParse(line.AsSpan(range), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)) break;
                total += Math.Clamp(count, 0, MostAtoms + 1);
                if (count < 1)
                    throw Error("DF1201", $"'{Shortened(line[range])}' is not a number of atoms.", "Each element needs at least one atom; leave out an element without.", range.Start.Value + 1);
                if (total > MostAtoms)
                    throw Error("DF1203", FormattableString.Invariant($"The POSCAR claims more than {MostAtoms} atoms."), "Check the line of counts.", range.Start.Value + 1);
                counts.Add((int)count);
            }
            if (counts.Count == before && before == 0)
                throw Error("DF1201", $"'{Shortened(line.Trim())}' stands where the numbers of atoms are expected.", "One whole number for each element.", 1);
            if (counts.Count == before || counts.Count >= (wanted ?? int.MaxValue)) break;
            // The list wraps where more counts follow: always if some are missing, without names if the next line looks like counts.
            if (next >= lines.Length || !IsCount(FirstWord(lines[next]))) break;
            line = Line("the numbers of atoms");
        }
        if (wanted is { } names && counts.Count != names)
            throw new DftFlowException("DF1202", FormattableString.Invariant($"The POSCAR names {names} elements but gives {counts.Count} numbers of atoms."), "One count for each element, in the same order.", firstLine);
        return (counts, firstLine);

        static bool IsCount(ReadOnlySpan<char> word) => FortranNumber.TryReadInteger(word, out _);
    }

    private static IReadOnlyList<Element> Fitting(IReadOnlyList<Element> elements, List<int> counts, int line) => elements.Count == counts.Count ? elements
        : throw new DftFlowException("DF1202", FormattableString.Invariant($"{elements.Count} elements are given for a POSCAR with {counts.Count} numbers of atoms."), "One element for each count, in the same order.", line);

    private (bool Selective, bool Cartesian) ReadMode()
    {
        var line = Line("'Direct' or 'Cartesian'");
        var selective = FirstWord(line) is ['S' or 's', ..];
        if (selective) line = Line("'Direct' or 'Cartesian'");
        // VASP looks at the first letter alone, and takes whatever is not C or K for direct.
        var word = FirstWord(line);
        if (word.Length == 0 || !char.IsAsciiLetter(word[0]))
            throw Error("DF1201", $"'{Shortened(line.Trim())}' stands where 'Direct' or 'Cartesian' is expected.", "After the counts comes 'Selective dynamics' or not, then 'Direct' or 'Cartesian'.", 1);
        return (selective, word[0] is 'C' or 'c' or 'K' or 'k');
    }

    private (Vector3D Place, SelectiveDynamics? Free, Element? Label) ReadSite(bool selective, int number, int total)
    {
        var line = Line(FormattableString.Invariant($"atom {number} of {total}"));
        var place = Three(line, "an atom's coordinates");
        Span<Range> words = stackalloc Range[8];
        var count = Words(line, words);
        SelectiveDynamics? free = null;
        var after = 3;
        if (selective)
        {
            Span<bool> flags = stackalloc bool[3];
            for (var i = 0; i < 3; i++)
                if (count < 4 + i || !FortranNumber.TryReadLogical(line.AsSpan(words[3 + i]), out flags[i]))
                    throw Error("DF1201", "Selective dynamics needs three flags, T or F, behind the coordinates.", null, count < 4 + i ? line.TrimEnd().Length + 1 : words[3 + i].Start.Value + 1);
            free = new(flags[0], flags[1], flags[2]);
            after = 6;
        }
        return (place, free, count > after && PotcarSpec.TryReadElement(line.AsSpan(words[after]), out var element) ? element : null);
    }

    private Vector3D Three(string line, string what)
    {
        Span<Range> words = stackalloc Range[4];
        var count = Words(line, words);
        return new(Real(line, words[0], count > 0, what), Real(line, words[1], count > 1, what), Real(line, words[2], count > 2, what));
    }

    private double Real(string line, Range word, bool there, string what)
    {
        if (!there) throw Error("DF1201", $"A number of {what} is missing.", null, line.TrimEnd().Length + 1);
        if (FortranNumber.TryReadReal(line.AsSpan(word), out var value) && Math.Abs(value) <= LargestNumber) return value;
        throw Error("DF1201", $"'{Shortened(line[word])}' is not a number of {what}.", "Numbers have a decimal point and lie within ±1e6.", word.Start.Value + 1);
    }

    private string Line(string expected) => next < lines.Length && !(next == lines.Length - 1 && lines[next].Length == 0)
        ? lines[next++]
        : throw new DftFlowException("DF1201", $"The POSCAR ends where {expected} is expected.", "The file may have been cut off.", lines.Length);

    // The last of the ranges takes the rest of the line.
    private static int Words(string line, Span<Range> words) => line.AsSpan().SplitAny(words, " \t\r", StringSplitOptions.RemoveEmptyEntries);

    private static ReadOnlySpan<char> FirstWord(string line)
    {
        Span<Range> words = stackalloc Range[2];
        return Words(line, words) == 0 ? default : line.AsSpan(words[0]);
    }

    private static List<Range> BeforeComment(string line)
    {
        var words = new List<Range>();
        for (var i = 0; i < line.Length && line[i] is not ('!' or '#'); i++)
        {
            if (line[i] is ' ' or '\t' or '\r') continue;
            var start = i;
            while (i < line.Length && line[i] is not (' ' or '\t' or '\r' or '!' or '#')) i++;
            words.Add(start..i);
            i--;
        }
        return words;
    }

    private static string Shortened(string word) => word.Length <= 40 ? word : word[..37] + "…";

    private DftFlowException Error(string code, string message, string? hint, int? column = null) => new(code, message, hint, next, column);
}
