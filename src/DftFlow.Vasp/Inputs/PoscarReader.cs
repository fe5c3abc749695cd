using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>Reads one POSCAR, line by line.</summary>
/// <param name="elements">For a file that does not name them.</param>
/// <param name="namesNeeded">Whether atoms of no known element are an error.</param>
internal sealed partial class PoscarReader(string text, IReadOnlyList<Element>? elements, bool namesNeeded)
{
    private const int MostAtoms = 1_000_000;
    private const double LargestNumber = 1e6;

    // The line stepped to, its number from 1, and where the next one begins.
    private int start, end, number, position;

    private ReadOnlySpan<char> Line => text.AsSpan(start, end - start);

    public PoscarFile Read()
    {
        Step("the comment");
        var comment = Line.Trim().ToString();
        var (lattice, factors) = ReadLattice();
        var names = ReadNames();
        var (counts, countLine) = ReadCounts(names?.Count);
        var known = (IReadOnlyList<Element?>?)names ?? (elements is null ? null : Fitting(elements, counts, countLine));
        var (selective, cartesian) = ReadMode();

        var total = counts.Sum();
        // As many as the text can hold: the counts may claim more.
        var capacity = Math.Min(total, (text.Length - position) / 6 + 1);
        var positions = ImmutableArray.CreateBuilder<Vector3D>(capacity);
        var free = ImmutableArray.CreateBuilder<SelectiveDynamics>(selective ? capacity : 0);
        var blocks = ImmutableArray.CreateBuilder<PoscarBlock>(counts.Count);
        for (var block = 0; block < counts.Count; block++)
        {
            // A VASP 4 file can still name its elements, behind the coordinates of each atom.
            Element? label = null;
            var labelled = known is null;
            for (var i = 0; i < counts[block]; i++)
            {
                if (!TryStep()) throw Ends(FormattableString.Invariant($"atom {positions.Count + 1} of {total}"));
                var place = Three("an atom's coordinates", out var at);
                if (selective) free.Add(ReadFlags(ref at));
                positions.Add(cartesian ? lattice.ToFractional(Scaled(place, factors)) : place);
                if (!labelled) continue;
                labelled = PotcarSpec.TryReadElement(Word(ref at), out var element) && (label is null || label == element);
                label = element;
                if (!labelled && namesNeeded) throw NoElements(comment, countLine);
            }
            blocks.Add(new PoscarBlock(known is null ? labelled ? label : null : known[block], counts[block]));
        }
        var file = new PoscarFile
        {
            Comment = comment,
            Lattice = lattice,
            Blocks = blocks.MoveToImmutable(),
            Positions = positions.DrainToImmutable(),
            Free = free.DrainToImmutable(),
        };
        if (file.HasElements) file = file with { Structure = new Structure(lattice, Sites(file)) };
        return WithMotion(file);
    }

    private static ImmutableArray<Site> Sites(PoscarFile file)
    {
        var sites = ImmutableArray.CreateBuilder<Site>(file.Positions.Length);
        foreach (var (element, count) in file.Blocks)
            for (var i = 0; i < count; i++)
                sites.Add(new Site(element!, file.Positions[sites.Count], file.Free.IsEmpty ? null : file.Free[sites.Count]));
        return sites.MoveToImmutable();
    }

    /// <summary>The cell, and the factors for Cartesian coordinates.</summary>
    private (Lattice Lattice, Vector3D Factors) ReadLattice()
    {
        Step("the scale factor");
        var scaleLine = number;
        var at = 0;
        var first = Real(ref at, "the scale factor");
        var factors = new Vector3D(first, first, first);
        if (FortranNumber.TryReadReal(Word(ref at), out var second) && FortranNumber.TryReadReal(Word(ref at), out var third))
        {
            factors = new(first, second, third);
            if (first <= 0 || second <= 0 || third <= 0)
                throw Error("DF1204", "Three scale factors must be positive.", "A negative single scale is the cell's volume; three are factors for x, y and z.");
        }
        if (first == 0) throw Error("DF1204", "The scale factor is zero.", "Write 1.0, or a negative number for the cell's volume in Å³.");
        var vectors = new Vector3D[3];
        for (var axis = 0; axis < 3; axis++)
        {
            Step("a lattice vector");
            vectors[axis] = Three("a lattice vector", out _);
        }
        try
        {
            if (first < 0)
            {
                // The volume is given in place of a factor.
                var factor = Math.Cbrt(-first / new Lattice(vectors[0], vectors[1], vectors[2]).Volume);
                factors = new(factor, factor, factor);
            }
            return (new Lattice(Scaled(vectors[0], factors), Scaled(vectors[1], factors), Scaled(vectors[2], factors)), factors);
        }
        catch (ArgumentException problem)
        {
            throw new DftFlowException("DF1204", problem.Message, "The three lines after the scale are the lattice vectors; they must not lie in one plane.", scaleLine + 1, inner: problem);
        }
    }

    private static Vector3D Scaled(Vector3D v, Vector3D factors) => new(v.X * factors.X, v.Y * factors.Y, v.Z * factors.Z);

    /// <summary>The element of each block; null for a file of VASP 4, which goes on with the counts. Long lists wrap.</summary>
    private List<Element?>? ReadNames()
    {
        List<Element?>? names = null;
        while (NextLineBegins(word => !char.IsAsciiDigit(word[0]) && word[0] is not ('-' or '+')))
        {
            Step("the elements");
            names ??= [];
            for (var at = 0; WordBeforeComment(ref at) is { IsEmpty: false } name;)
            {
                if (!PotcarSpec.TryReadElement(name, out var element) && namesNeeded)
                    throw Error("DF1202", $"'{InputText.Shortened(name)}' is not an element.",
                        Spelling.Closest(name.ToString(), Element.All.Select(e => e.Symbol)) is { } meant ? $"Did you mean {meant}?" : "Names look like Mn, Mn_pv or Mn/hash.", at - name.Length + 1);
                names.Add(element);
            }
        }
        return names;
    }

    private (List<int> Counts, int Line) ReadCounts(int? wanted)
    {
        var counts = new List<int>();
        long total = 0;
        Step("the numbers of atoms");
        var firstLine = number;
        while (true)
        {
            var before = counts.Count;
            for (var at = 0; WordBeforeComment(ref at) is { IsEmpty: false } word;)
            {
                if (!long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)) break;
                total += Math.Clamp(count, 0, MostAtoms + 1);
                if (count < 1)
                    throw Error("DF1201", $"'{InputText.Shortened(word)}' is not a number of atoms.", "Each element needs at least one atom; leave out an element without.", at - word.Length + 1);
                if (total > MostAtoms)
                    throw Error("DF1203", FormattableString.Invariant($"The POSCAR claims more than {MostAtoms} atoms."), "Check the line of counts.", at - word.Length + 1);
                counts.Add((int)count);
            }
            if (counts.Count == before && before == 0)
                throw Error("DF1201", $"'{InputText.Shortened(Line.Trim())}' stands where the numbers of atoms are expected.", "One whole number for each element.", 1);
            // The list wraps where more counts follow: always if some are missing, without names if the next line looks like counts.
            if (counts.Count == before || counts.Count >= (wanted ?? int.MaxValue) || !NextLineBegins(word => FortranNumber.TryReadInteger(word, out _))) break;
            Step("the numbers of atoms");
        }
        if (wanted is { } names && counts.Count != names)
            throw new DftFlowException("DF1202", FormattableString.Invariant($"The POSCAR names {names} elements but gives {counts.Count} numbers of atoms."), "One count for each element, in the same order.", firstLine);
        return (counts, firstLine);
    }

    private static IReadOnlyList<Element?> Fitting(IReadOnlyList<Element> elements, List<int> counts, int line) => elements.Count == counts.Count ? elements
        : throw new DftFlowException("DF1202", FormattableString.Invariant($"{elements.Count} elements are given for a POSCAR with {counts.Count} numbers of atoms."), "One element for each count, in the same order.", line);

    private static DftFlowException NoElements(string comment, int line) => new("DF1202", "The POSCAR does not name its elements (VASP 4 format).",
        $"Insert a line with the elements before the line of counts{(comment.Length == 0 ? "" : $" (the comment says '{InputText.Shortened(comment)}')")}, or give the elements with the file.", line);

    private (bool Selective, bool Cartesian) ReadMode()
    {
        Step("'Direct' or 'Cartesian'");
        var at = 0;
        var selective = Word(ref at) is ['S' or 's', ..];
        if (selective) Step("'Direct' or 'Cartesian'");
        // VASP looks at the first letter alone, and takes whatever is not C or K for direct.
        at = 0;
        var word = Word(ref at);
        if (word.IsEmpty || !char.IsAsciiLetter(word[0]))
            throw Error("DF1201", $"'{InputText.Shortened(Line.Trim())}' stands where 'Direct' or 'Cartesian' is expected.", "After the counts comes 'Selective dynamics' or not, then 'Direct' or 'Cartesian'.", 1);
        return (selective, word[0] is 'C' or 'c' or 'K' or 'k');
    }

    private SelectiveDynamics ReadFlags(ref int at)
    {
        Span<bool> flags = stackalloc bool[3];
        for (var i = 0; i < 3; i++)
        {
            var word = Word(ref at);
            if (!FortranNumber.TryReadLogical(word, out flags[i]))
                throw Error("DF1201", "Selective dynamics needs three flags, T or F, behind the coordinates.", null, word.IsEmpty ? Line.TrimEnd().Length + 1 : at - word.Length + 1);
        }
        return new(flags[0], flags[1], flags[2]);
    }

    /// <summary>The three numbers that the line begins with.</summary>
    private Vector3D Three(string what, out int at)
    {
        at = 0;
        return new(Real(ref at, what), Real(ref at, what), Real(ref at, what));
    }

    private double Real(ref int at, string what)
    {
        var word = Word(ref at);
        if (word.IsEmpty) throw Error("DF1201", $"A number of {what} is missing.", null, Line.TrimEnd().Length + 1);
        if (FortranNumber.TryReadReal(word, out var value) && Math.Abs(value) <= LargestNumber) return value;
        throw Error("DF1201", $"'{InputText.Shortened(word)}' is not a number of {what}.", "Numbers have a decimal point and lie within ±1e6.", at - word.Length + 1);
    }

    /// <summary>The next word of the line, empty at its end; <paramref name="at"/> moves behind it.</summary>
    private ReadOnlySpan<char> Word(ref int at)
    {
        var line = Line;
        while (at < line.Length && line[at] is ' ' or '\t' or '\r') at++;
        var begin = at;
        while (at < line.Length && line[at] is not (' ' or '\t' or '\r')) at++;
        return line[begin..at];
    }

    private ReadOnlySpan<char> WordBeforeComment(ref int at)
    {
        var word = Word(ref at);
        if (word.IndexOfAny('!', '#') is not (>= 0 and var mark)) return word;
        at = mark == 0 ? Line.Length : at - word.Length + mark;
        return word[..mark];
    }

    private bool NextLineBegins(Func<ReadOnlySpan<char>, bool> condition)
    {
        var here = (start, end, number, position);
        var at = 0;
        var begins = TryStep() && Word(ref at) is { IsEmpty: false } word && condition(word);
        (start, end, number, position) = here;
        return begins;
    }

    private void Step(string expected)
    {
        if (!TryStep()) throw Ends(expected);
    }

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

    private DftFlowException Ends(string expected) => new("DF1201", $"The POSCAR ends where {expected} is expected.", "The file may have been cut off.", number + 1);

    private DftFlowException Error(string code, string message, string? hint, int? column = null) => new(code, message, hint, number, column);
}
