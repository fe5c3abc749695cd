using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace DftFlow.Crystals;

/// <summary>One structure of an XYZ file, and its second line as it stands there.</summary>
public sealed record XyzFrame(Structure Structure, string Comment);

/// <summary>
/// Reads and writes extended XYZ: atoms with Cartesian coordinates in Å, the cell in the second line as
/// <c>Lattice="ax ay az bx by bz cx cy cz"</c>, the columns as <c>Properties=species:S:1:pos:R:3</c> (libAtoms; ASE reads and writes
/// the same).
/// </summary>
public static class Xyz
{
    private const int LongestText = 500_000_000;

    /// <summary>Reads all structures of a file, of an extended XYZ or of a plain one with a cell from elsewhere.</summary>
    /// <param name="lattice">The cell, for structures that have none of their own.</param>
    /// <exception cref="DftFlowException">DF1253: a line is not what belongs there; DF1254: no cell; DF1255: too large.</exception>
    public static ImmutableArray<XyzFrame> Read(string text, Lattice? lattice = null) => text.Length <= LongestText
        ? new XyzReader(text, lattice).Read()
        : throw new DftFlowException("DF1255", FormattableString.Invariant($"The XYZ file has more than {LongestText} characters, which is the limit."), "Cut out the structures that are needed.");

    /// <summary>
    /// Writes a structure as extended XYZ. Numbers keep their full double precision; equal structures give equal bytes. Selective
    /// dynamics becomes the column <c>move_mask</c>.
    /// </summary>
    public static string Write(Structure structure, string? comment = null)
    {
        var text = new StringBuilder();
        var selective = structure.Sites.Any(site => site.Free is not null);
        var cell = string.Join(' ', Enumerable.Range(0, 3).Select(axis => Row(structure.Lattice[axis])));
        text.Append(CultureInfo.InvariantCulture, $"{structure.Sites.Length}\nLattice=\"{cell}\" Properties=species:S:1:pos:R:3{(selective ? ":move_mask:L:3" : "")} pbc=\"T T T\"");
        if (comment is not null) text.Append(" comment=\"").Append(Quotable(comment)).Append('"');
        text.Append('\n');
        foreach (var site in structure.Sites)
        {
            text.Append(site.Element.Symbol.PadRight(2)).Append(' ').Append(Row(structure.Lattice.ToCartesian(site.Fractional)));
            if (selective)
                foreach (var free in site.Free is { } flags ? [flags.X, flags.Y, flags.Z] : (bool[])[true, true, true]) text.Append(free ? " T" : " F");
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Row(Vector3D v) => $"{Cif.Number(v.X)} {Cif.Number(v.Y)} {Cif.Number(v.Z)}";

    private static string Quotable(string comment) => new([.. comment.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '"' or '\\' ? ' ' : c)]);
}
