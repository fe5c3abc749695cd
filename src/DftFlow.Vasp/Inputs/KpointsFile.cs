using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>What a KPOINTS file says, and the comment of its first line.</summary>
public sealed record KpointsFile(KpointSampling Sampling, string Comment)
{
    private const int LongestText = 100_000_000;

    /// <summary>Reads a KPOINTS file of any form. Comments may follow the values of a line; lines that may be left out may be blank.</summary>
    /// <exception cref="DftFlowException">DF1250: not a KPOINTS file; a line is not what belongs there.</exception>
    public static KpointsFile Parse(string text) => text.Length <= LongestText ? new KpointsReader(text).Read() : throw InputText.TooLong(LongestText, "DF1250", "KPOINTS");

    /// <inheritdoc cref="Parse"/>
    public static KpointsFile Read(Stream stream, CancellationToken cancellation = default) => Parse(InputText.Read(stream, LongestText, "DF1250", "KPOINTS", cancellation));
}

/// <summary>Reads one KPOINTS file, line by line (VASP wiki: KPOINTS).</summary>
internal sealed class KpointsReader(string text)
{
    private const double LargestNumber = 1e6;
    private const int LongestLine = 1 << 16;

    // How many lines were taken, where the next one begins, and the next one where it was looked at already.
    private int number, position;
    private string? ahead;

    public KpointsFile Read()
    {
        var comment = Next is null ? "" : Take().Trim();
        var points = Words(Line("the number of k-points"))[0];
        if (!FortranNumber.TryReadInteger(points, out var count))
            throw Error($"'{InputText.Shortened(points)}' is not a number of k-points.", "A mesh has 0 on its second line, a list the number of its points.");
        var form = Words(Line("the kind of mesh, list or path"))[0];
        return new KpointsFile((form[0], count) switch
        {
            ('L' or 'l', > 0) => Path(count),
            ( >= 'A' and <= 'Z' or >= 'a' and <= 'z', > 0) => List(CoordinatesOf(form), count),
            ('G' or 'g', _) => Mesh(MeshScheme.Gamma),
            ('M' or 'm', _) => Mesh(MeshScheme.MonkhorstPack),
            ('A' or 'a', _) => new AutomaticMesh(Length()),
            ('C' or 'c' or 'K' or 'k' or 'R' or 'r' or 'D' or 'd' or 'F' or 'f', <= 0) => Generalised(CoordinatesOf(form)),
            _ => throw Error($"'{InputText.Shortened(form)}' is not a kind of mesh, list or path.", "Write Gamma, Monkhorst-Pack, Auto, Line-mode, Reciprocal or Cartesian."),
        }, comment);
    }

    // VASP looks at the first letter alone, and takes whatever is not C or K for reciprocal.
    private static KpointCoordinates CoordinatesOf(string word) => word[0] is 'C' or 'c' or 'K' or 'k' ? KpointCoordinates.Cartesian : KpointCoordinates.Reciprocal;

    private Kpoints Mesh(MeshScheme scheme)
    {
        var words = Words(Line("the divisions"));
        Span<int> divisions = stackalloc int[3];
        for (var i = 0; i < 3; i++)
            if (words.Length <= i || !FortranNumber.TryReadInteger(words[i], out divisions[i]) || divisions[i] is < 1 or > Kpoints.MostDivisions)
                throw Error(words.Length <= i ? "A mesh needs three divisions." : $"'{InputText.Shortened(words[i])}' is not a number of divisions.", Kpoints.DivisionsHint);
        return new Kpoints(scheme, divisions[0], divisions[1], divisions[2], OptionalShift());
    }

    // What is no number there is a comment, and the shift zero.
    private Vector3D OptionalShift() =>
        Next is { } line && Words(line) is [var first, ..] && FortranNumber.TryReadReal(first, out _) ? Three(Take(), "a shift", out _) : default;

    private double Length()
    {
        var word = Words(Line("the length"))[0];
        return FortranNumber.TryReadReal(word, out var length) && length is > 0 and <= LargestNumber ? length
            : throw Error($"'{InputText.Shortened(word)}' is not a length.", "A positive number of Å: 10 for insulators with a large gap, up to 100 for d metals.");
    }

    private GeneralisedMesh Generalised(KpointCoordinates coordinates) => new(coordinates,
        Three(Line("the first vector of the mesh"), "a vector of the mesh", out _), Three(Line("the second vector of the mesh"), "a vector of the mesh", out _),
        Three(Line("the third vector of the mesh"), "a vector of the mesh", out _), OptionalShift());

    private KpointList List(KpointCoordinates coordinates, int count)
    {
        var points = new List<ListedKpoint>();
        for (var i = 0; i < count; i++)
        {
            SkipBlankLines();
            var line = Line(FormattableString.Invariant($"k-point {i + 1} of {count}"));
            var place = Three(line, "a k-point", out var rest);
            var words = Words(rest.ToString());
            if (words.Length == 0 || !FortranNumber.TryReadReal(words[0], out var weight) || Math.Abs(weight) > LargestNumber)
                throw Error("The k-point has no weight.", "Behind the three coordinates stands how much the point counts: 1, or 0 for points of a band structure.");
            rest = rest.TrimStart()[words[0].Length..];
            points.Add(new ListedKpoint(place, weight, Label(rest)));
        }
        SkipBlankLines();
        if (Next.AsSpan().TrimStart() is not ['T' or 't', ..]) return new KpointList(coordinates, [.. points], []);
        Take();
        var header = Words(Line("the number and the volume of the tetrahedra"));
        if (header.Length < 2 || !FortranNumber.TryReadInteger(header[0], out var tetrahedra) || tetrahedra < 0 || !FortranNumber.TryReadReal(header[1], out var volume))
            throw Error("The number and the volume of the tetrahedra are expected here.", "A line such as '1 0.183333', the volume in units of the Brillouin zone's.");
        var connections = new List<Tetrahedron>();
        Span<int> numbers = stackalloc int[5];
        for (var i = 0; i < tetrahedra; i++)
        {
            var words = Words(Line(FormattableString.Invariant($"tetrahedron {i + 1} of {tetrahedra}")));
            for (var j = 0; j < 5; j++)
                if (words.Length <= j || !FortranNumber.TryReadInteger(words[j], out numbers[j]) || (j > 0 && (numbers[j] < 1 || numbers[j] > count)))
                    throw Error("A tetrahedron is five whole numbers: its weight and four k-points of the list.", FormattableString.Invariant($"Points are numbered from 1 to {count}."));
            connections.Add(new Tetrahedron(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
        }
        return new KpointList(coordinates, [.. points], [.. connections], volume);
    }

    private KpointPath Path(int count)
    {
        var coordinates = CoordinatesOf(Words(Line("'Reciprocal' or 'Cartesian'"))[0]);
        var segments = new List<PathSegment>();
        for (; ; )
        {
            SkipBlankLines();
            // Text that is no point ends the path: people write notes there.
            if (Next is not { } line || Words(line) is not [var word, ..] || !FortranNumber.TryReadReal(word, out _)) break;
            var from = Three(Take(), "a k-point", out var fromRest);
            SkipBlankLines();
            var to = Three(Line("the other end of the last piece of the path"), "a k-point", out var toRest);
            segments.Add(new PathSegment(from, Label(fromRest), to, Label(toRest)));
        }
        if (segments.Count > 0) return new KpointPath(coordinates, count, [.. segments]);
        Line("the first k-point of the path");
        throw Error("The path has no points.", "Two lines for each piece: where it begins and where it ends.");
    }

    /// <summary>What stands behind a point's numbers, with or without ! or #.</summary>
    private static string? Label(ReadOnlySpan<char> rest)
    {
        rest = rest.Trim();
        var mark = rest.IndexOfAny('!', '#');
        rest = mark < 0 ? rest : mark == 0 ? rest[1..].Trim() : rest[..mark].TrimEnd();
        return rest.Length == 0 ? null : rest.ToString();
    }

    /// <summary>Three numbers that begin the line, and what follows them.</summary>
    private Vector3D Three(string line, string what, out ReadOnlySpan<char> rest)
    {
        Span<double> numbers = stackalloc double[3];
        rest = line;
        for (var i = 0; i < 3; i++)
        {
            rest = rest.TrimStart();
            var length = rest.IndexOfAny(" \t\r!#");
            var word = length < 0 ? rest : rest[..length];
            if (!FortranNumber.TryReadReal(word, out numbers[i]) || Math.Abs(numbers[i]) > LargestNumber)
                throw Error(word.Length == 0 ? $"A number of {what} is missing." : $"'{InputText.Shortened(word)}' is not a number of {what}.", "Three numbers, with a decimal point, within ±1e6.");
            rest = rest[word.Length..];
        }
        return new(numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>The next line; null at the end of the text.</summary>
    private string? Next
    {
        get
        {
            if (ahead is not null || position >= text.Length) return ahead;
            var length = text.AsSpan(position).IndexOf('\n');
            if (length < 0) length = text.Length - position;
            if (length <= LongestLine) return ahead = text.Substring(position, length);
            number++;
            throw Error(FormattableString.Invariant($"The line has more than {LongestLine} characters."), "Is this the KPOINTS of a VASP calculation?");
        }
    }

    private string Take()
    {
        var line = Next!;
        position += line.Length + 1;
        number++;
        ahead = null;
        return line;
    }

    private string Line(string expected)
    {
        if (Next is { } line && Words(line).Length > 0) return Take();
        number++;
        throw Error($"The KPOINTS file ends, or has a blank line, where {expected} is expected.", "It may have been cut off. A regular mesh has a comment, 0, Gamma or Monkhorst-Pack and three divisions, a line each.");
    }

    private void SkipBlankLines()
    {
        while (Next is { } line && string.IsNullOrWhiteSpace(line)) Take();
    }

    private static string[] Words(string line)
    {
        var comment = line.AsSpan().IndexOfAny('!', '#');
        return (comment < 0 ? line : line[..comment]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private DftFlowException Error(string message, string hint) => new("DF1250", message, hint, number, 1);
}
