using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>
/// The POSCAR that begins a volumetric file. Read more forgivingly than an input: elements may be missing or unknown, since the
/// grid is of use without them.
/// </summary>
internal sealed record GridHeader(string Comment, Lattice Lattice, ImmutableArray<GridSpecies> Species, ImmutableArray<Vector3D> Positions)
{
    private const int MostAtoms = 1_000_000, MostSpecies = 10_000;

    public static GridHeader Read(GridText text, IReadOnlyList<Element>? elements)
    {
        if (!text.NextLine()) throw new DftFlowException("DF1410", "The file is empty.", "The calculation may have stopped before it wrote its grids, or was told not to (LCHARG, LAECHG, LELF, LVTOT or LVHAR in INCAR).");
        var comment = Decoded(text.Line).Trim();
        Span<double> row = stackalloc double[3];
        Next(text, "the scale factor");
        var factors = Numbers(text.Line, row);
        if (factors == 0) throw NotThis(text, "the scale factor");
        var scale = factors == 3 ? new Vector3D(row[0], row[1], row[2]) : new(row[0], row[0], row[0]);
        var vectors = new Vector3D[3];
        for (var axis = 0; axis < 3; axis++) vectors[axis] = Three(text, "a lattice vector");
        Lattice lattice;
        try
        {
            if (scale.X < 0)
            {
                // A negative scale is the volume of the cell.
                var factor = Math.Cbrt(-scale.X / new Lattice(vectors[0], vectors[1], vectors[2]).Volume);
                scale = new(factor, factor, factor);
            }
            lattice = new Lattice(Scaled(vectors[0]), Scaled(vectors[1]), Scaled(vectors[2]));
        }
        catch (ArgumentException problem)
        {
            throw new DftFlowException("DF1410", "The scale factor and the lattice vectors make no cell.", "Lines 2 to 5 of a volumetric file are those of a POSCAR.", 2, inner: problem);
        }
        var species = ReadSpecies(text, elements);
        Next(text, "'Direct' or 'Cartesian'");
        if (First(text.Line) is 's' or 'S') Next(text, "'Direct' or 'Cartesian'");
        var cartesian = First(text.Line) is 'c' or 'C' or 'k' or 'K';
        if (!char.IsAsciiLetter(First(text.Line))) throw NotThis(text, "'Direct' or 'Cartesian'");

        var total = species.Sum(s => s.Count);
        var positions = ImmutableArray.CreateBuilder<Vector3D>();
        for (var i = 0; i < total; i++)
        {
            var place = Three(text, "an atom's coordinates");
            positions.Add(cartesian ? lattice.ToFractional(Scaled(place)) : place);
        }
        return new(comment, lattice, species, positions.ToImmutable());

        Vector3D Scaled(Vector3D v) => new(v.X * scale.X, v.Y * scale.Y, v.Z * scale.Z);
    }

    /// <summary>The numbers of atoms, with the line of elements before them where there is one; both may go on over several lines.</summary>
    private static ImmutableArray<GridSpecies> ReadSpecies(GridText text, IReadOnlyList<Element>? given)
    {
        var names = new List<Element?>();
        Next(text, "the elements");
        while (!char.IsAsciiDigit(First(text.Line)))
        {
            var words = Words(text.Line);
            if (words.Length == 0) throw NotThis(text, "the elements");
            if (names.Count + words.Length > MostSpecies) throw VolumetricFile.Refused($"it names more than {MostSpecies} kinds of atoms", text.LineNumber);
            names.AddRange(words.Select(word => PotcarSpec.TryReadElement(word, out var element) ? element : null));
            Next(text, "the numbers of atoms");
        }
        var counts = new List<int>();
        var total = 0L;
        while (true)
        {
            foreach (var word in Words(text.Line))
            {
                if (word.Length > 18 || !long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || (total += count) > MostAtoms)
                    throw word.All(char.IsAsciiDigit) ? VolumetricFile.Refused($"it claims more than {MostAtoms} atoms", text.LineNumber) : NotThis(text, "the numbers of atoms");
                counts.Add((int)count);
            }
            if (counts.Count >= names.Count) break;
            Next(text, "the numbers of atoms");
        }
        var elements = names.Count == 0 && given?.Count == counts.Count ? [.. given] : names;
        return [.. counts.Select((count, i) => new GridSpecies(i < elements.Count ? elements[i] : null, count))];
    }

    private static Vector3D Three(GridText text, string what)
    {
        Span<double> row = stackalloc double[3];
        Next(text, what);
        if (Numbers(text.Line, row) < 3 || !double.IsFinite(row[0]) || !double.IsFinite(row[1]) || !double.IsFinite(row[2])) throw NotThis(text, what);
        return new(row[0], row[1], row[2]);
    }

    private static int Numbers(ReadOnlySpan<byte> line, Span<double> into) => GridNumbers.Read(line, into).Count;

    private static void Next(GridText text, string expected)
    {
        if (!text.NextLine() || !text.Terminated)
            throw new DftFlowException("DF1410", $"The text ends where {expected} should follow.", "The file was cut off within its header; there is no grid in it.", text.LineNumber);
    }

    private static char First(ReadOnlySpan<byte> line) => line.Trim(" \t"u8) is [var first, ..] ? (char)first : ' ';

    private static string[] Words(ReadOnlySpan<byte> line)
    {
        var comment = line.IndexOfAny("!#"u8);
        return Decoded(comment < 0 ? line : line[..comment]).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Decoded(ReadOnlySpan<byte> line) => Utf8.IsValid(line) ? Encoding.UTF8.GetString(line) : Encoding.Latin1.GetString(line);

    private static DftFlowException NotThis(GridText text, string expected)
    {
        var line = text.Line.Length > 40 ? text.Line[..37] : text.Line;
        return new("DF1410", $"This is not a volumetric file such as CHGCAR: '{Decoded(line).Trim()}' stands where {expected} should.",
            "Such a file begins with a POSCAR, which a grid follows. Is it another file, or still compressed?", text.LineNumber);
    }
}
