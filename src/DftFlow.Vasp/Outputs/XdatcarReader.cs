using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>Reads one XDATCAR: a header, then blocks of a line (<c>Direct configuration= 1</c>, <c>Konfig= 1</c> or blank) and the ions.</summary>
internal sealed class XdatcarReader(Stream stream, CancellationToken cancellation)
{
    private const int MostIons = 10_000_000;
    private const int MostSpecies = 10_000;

    private readonly TableLines lines = new(stream, cancellation);
    private Lattice? lattice;
    private int frames, number;
    private bool ended;

    public string System { get; private set; } = "";

    public ImmutableArray<XdatcarSpecies> Species { get; private set; } = [];

    public int IonCount { get; private set; }

    public Truncation? Truncated { get; private set; }

    public ImmutableArray<string> Warnings => lines.OverflowWarning is { } overflow ? [overflow] : [];

    public void Begin()
    {
        if (!lines.Next()) throw NotOne();
        var first = lines.Line.ToArray();
        if (!lines.Next() || !lines.Terminated) throw NotOne();
        Span<double> row = stackalloc double[5];
        var numbers = lines.Numbers(row);
        if (numbers == 5 && DoscarHeader.Read(first, lines) is { } header)
        {
            System = header.System;
            IonCount = header.IonCount ?? throw NotOne();
            if (IonCount == 0) throw NotOne();
            CheckIons(IonCount);
            if (!header.Whole) Stop(lines.EndOfText("the header"));
            // DOSCAR and EIGENVAL begin with the same five lines.
            else if (lines.Next() && lines.Terminated && !TableLines.IsBlank(lines.Line) && !IsMark) throw NotOne();
            lines.Back();
            return;
        }
        if (numbers != 1) throw NotOne();
        try
        {
            ReadHeader(first, row[0]);
        }
        catch (DamagedTextException damage)
        {
            if (IonCount == 0 && lines.Terminated && !lines.AtEnd) throw NotOne();
            Stop(damage);
        }
    }

    public XdatcarFrame? Next()
    {
        if (ended) return null;
        try
        {
            if (ReadFrame() is { } frame)
            {
                frames++;
                return frame;
            }
        }
        catch (DamagedTextException damage)
        {
            Stop(damage);
        }
        ended = true;
        return null;
    }

    private void Stop(DamagedTextException damage)
    {
        Truncated = new Truncation(damage.Offset, frames + 1, 0, damage.Message);
        ended = true;
    }

    private XdatcarFrame? ReadFrame()
    {
        if (!SeekFrame()) return null;
        // Grows as the ions come: the number of them is the header's claim.
        var ions = new List<Vector3D>(frames > 0 ? IonCount : Math.Min(IonCount, 1024));
        Span<double> row = stackalloc double[3];
        while (ions.Count < IonCount)
        {
            if (!lines.Next() || !lines.Whole) throw lines.EndOfText(Text($"configuration {frames + 1}: there are {ions.Count} ions of {IonCount}"));
            if (!lines.Row(row, 3)) throw lines.Damaged(Text($"The line of ion {ions.Count + 1} in configuration {frames + 1} does not hold three numbers."));
            ions.Add(new Vector3D(row[0], row[1], row[2]));
        }
        return new XdatcarFrame(number, lattice, ImmutableCollectionsMarshal.AsImmutableArray(ions.ToArray()));
    }

    /// <summary>Steps over the line before a configuration's ions, and over a header before that one; false at the end of the text.</summary>
    private bool SeekFrame()
    {
        Span<double> row = stackalloc double[3];
        var blank = false;
        while (lines.Next())
        {
            if (TableLines.IsBlank(lines.Line))
            {
                blank = true;
                continue;
            }
            if (IsMark)
            {
                if (!lines.Terminated) throw lines.EndOfText(Text($"configuration {frames + 1}"));
                number = NumberOfMark() ?? number + 1;
                return true;
            }
            var numbers = lines.Columns(row);
            if (blank && numbers == 3)
            {
                lines.Back();
                number++;
                return true;
            }
            if (lattice is null) throw lines.Damaged("A configuration does not begin with its line.");
            if (!lines.Terminated) throw lines.EndOfText("a header");
            // One number behind a blank line is the scale of a header whose name is blank.
            byte[] name = [];
            if (numbers != 1 || !blank)
            {
                name = lines.Line.ToArray();
                if (!lines.Next() || !lines.Terminated) throw lines.EndOfText("a header");
                if (lines.Numbers(row) != 1) throw lines.Damaged("Neither a configuration nor a header begins here.");
            }
            ReadHeader(name, row[0]);
            blank = false;
        }
        return false;
    }

    // A word alone is not enough: a header's name can begin with it.
    private bool IsMark => StartsWith("direct configuration"u8) || StartsWith("konfig="u8) || StartsWith("cartesian configuration"u8)
        || lines.Line.Trim(" \t"u8).SequenceEqual("Direct"u8);

    private bool StartsWith(ReadOnlySpan<byte> word)
    {
        var line = lines.Line.TrimStart(" \t"u8);
        return line.Length >= word.Length && Ascii.EqualsIgnoreCase(line[..word.Length], word);
    }

    private int? NumberOfMark()
    {
        if (StartsWith("cartesian"u8)) throw lines.Damaged("The configuration is in Cartesian coordinates, which VASP does not write.");
        var equals = lines.Line.LastIndexOf((byte)'=');
        return equals >= 0 && FortranNumber.TryReadOnly(lines.Line[(equals + 1)..], out var value) ? TableLines.Count(value) : null;
    }

    /// <summary>Reads on from the scale factor, to which <c>lines</c> has stepped.</summary>
    private void ReadHeader(ReadOnlySpan<byte> name, double scale)
    {
        Span<double> row = stackalloc double[3];
        var vectors = new Vector3D[3];
        for (var axis = 0; axis < 3; axis++)
        {
            if (!lines.Next() || !lines.Terminated) throw lines.EndOfText("the header");
            if (lines.Numbers(row) != 3) throw lines.Damaged("A lattice vector does not have three numbers.");
            vectors[axis] = new Vector3D(row[0], row[1], row[2]);
        }
        try
        {
            // As in a POSCAR a negative scale is the volume.
            if (scale < 0) scale = Math.Cbrt(-scale / new Lattice(vectors[0], vectors[1], vectors[2]).Volume);
            lattice = new Lattice(vectors[0] * scale, vectors[1] * scale, vectors[2] * scale);
        }
        catch (ArgumentException)
        {
            throw lines.Damaged("The lattice vectors of a header span no volume.");
        }
        var species = ReadSpecies();
        var ions = species.Sum(kind => (long)kind.Count);
        if (frames > 0 && ions != IonCount) throw lines.Damaged(Text($"A header states {ions} ions after {IonCount} in the first."));
        CheckIons(ions);
        (System, Species, IonCount) = (Encoding.UTF8.GetString(name).Trim(), species, (int)ions);
    }

    // Names, in one line or wrapped, or none; then as many counts, up to the line of the configuration.
    private ImmutableArray<XdatcarSpecies> ReadSpecies()
    {
        List<string> names = [];
        List<int> counts = [];
        while (lines.Next())
        {
            if (TableLines.IsBlank(lines.Line) || IsMark)
            {
                if (counts.Count == 0 && !IsMark) continue;
                lines.Back();
                break;
            }
            if (!lines.Terminated) throw lines.EndOfText("the header");
            var words = Encoding.UTF8.GetString(lines.Line).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (Math.Max(names.Count, counts.Count) + words.Length > MostSpecies) throw lines.Damaged("The header has more kinds of atoms than any run.");
            var areCounts = words.All(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _));
            if (areCounts) counts.AddRange(words.Select(word => int.Parse(word, CultureInfo.InvariantCulture)));
            else if (counts.Count > 0) throw lines.Damaged("The header does not end with the numbers of atoms.");
            else names.AddRange(words);
            if (names.Count > 0 && counts.Count >= names.Count) break;
        }
        if (counts.Count == 0) throw lines.AtEnd ? lines.EndOfText("the header") : lines.Damaged("The header has no numbers of atoms.");
        if ((names.Count > 0 && names.Count != counts.Count) || counts.All(count => count == 0)) throw lines.Damaged("The header names other kinds of atoms than it has numbers of.");
        return [.. counts.Select((count, i) => new XdatcarSpecies(
            names.Count == 0 ? null : names[i], names.Count > 0 && PotcarSpec.TryReadElement(names[i], out var element) ? element : null, count))];
    }

    private static void CheckIons(long ions)
    {
        if (ions > MostIons) throw new DftFlowException("DF1431", Text($"The XDATCAR claims {ions} ions; the reader takes up to {MostIons}."), "Check its header.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static DftFlowException NotOne() => new("DF1430", "This is not an XDATCAR.",
        "An XDATCAR begins as a POSCAR (a name, a scale factor, three lattice vectors), or in VASP 4 with a line of three whole numbers and one of five numbers.");
}
