using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>Reads and writes POSCAR files (VASP wiki: POSCAR).</summary>
public static class Poscar
{
    private const int LongestText = 500_000_000;

    /// <summary>Reads a POSCAR of VASP 5 or later, or of VASP 4 where the elements are given or stand behind the coordinates.</summary>
    /// <param name="elements">The elements in order, for a file that does not name them; else not used.</param>
    /// <exception cref="DftFlowException">
    /// DF1201: a line is not what belongs there; DF1202: elements are missing, unknown or do not fit the counts; DF1203: too many
    /// atoms; DF1204: scale or lattice vectors make no cell.
    /// </exception>
    public static PoscarFile Read(string text, IReadOnlyList<Element>? elements = null) => Read(text, elements, namesNeeded: true);

    /// <inheritdoc cref="Read(string, IReadOnlyList{Element}?)"/>
    public static PoscarFile Read(Stream stream, IReadOnlyList<Element>? elements = null, CancellationToken cancellation = default) =>
        Read(InputText.Read(stream, LongestText, "DF1203", "POSCAR", cancellation), elements);

    /// <summary>
    /// Reads a POSCAR for a look at it: as <see cref="Read(string, IReadOnlyList{Element}?)"/>, but a file whose elements are not named
    /// or not known is read too, with blocks that have no element.
    /// </summary>
    /// <exception cref="DftFlowException">As for Read, but DF1202 only where the numbers of names and counts differ.</exception>
    public static PoscarFile Inspect(string text) => Read(text, null, namesNeeded: false);

    /// <inheritdoc cref="Inspect(string)"/>
    public static PoscarFile Inspect(Stream stream, CancellationToken cancellation = default) => Inspect(InputText.Read(stream, LongestText, "DF1203", "POSCAR", cancellation));

    private static PoscarFile Read(string text, IReadOnlyList<Element>? elements, bool namesNeeded) =>
        text.Length <= LongestText ? new PoscarReader(text, elements, namesNeeded).Read() : throw InputText.TooLong(LongestText, "DF1203", "POSCAR");

    /// <summary>The blocks of a POSCAR: runs of sites with the same element. VASP wants one potential, and one LDAU value, for each.</summary>
    public static ImmutableArray<(Element Element, int Count)> Blocks(Structure structure)
    {
        var blocks = ImmutableArray.CreateBuilder<(Element Element, int Count)>();
        foreach (var site in structure.Sites)
        {
            if (blocks.Count > 0 && blocks[^1].Element == site.Element)
                blocks[^1] = (site.Element, blocks[^1].Count + 1);
            else
                blocks.Add((site.Element, 1));
        }
        return blocks.ToImmutable();
    }

    /// <summary>
    /// Writes a POSCAR with direct coordinates, scale 1, sites in the structure's order. Every number keeps its full double precision
    /// (minus zero becomes zero), so that reading gives the same structure and equal structures give equal bytes.
    /// </summary>
    public static string Write(Structure structure, string comment)
    {
        var text = new StringBuilder();
        WriteAtoms(text, structure, comment);
        return text.ToString();
    }

    /// <summary>Writes a file that was read, as <see cref="Write(Structure, string)"/> does, with velocities and all else that follows the atoms.</summary>
    /// <exception cref="InvalidOperationException">The file does not name its elements.</exception>
    public static string Write(PoscarFile file)
    {
        var text = new StringBuilder();
        WriteAtoms(text, file.Structure, file.Comment);
        if (file.LatticeVelocities is { } lattice)
        {
            text.Append(CultureInfo.InvariantCulture, $"Lattice velocities and vectors\n{lattice.State}\n");
            foreach (var row in lattice.VelocitiesAPerFs.Concat(lattice.VectorsA)) text.Append(Row(row)).Append('\n');
        }
        // A blank line is VASP's own mark of Cartesian velocities, and the one that other programs know.
        var (mark, velocities) = file.VelocitiesAPerFs.IsEmpty ? ("Direct", file.VelocitiesPerStep) : ("", file.VelocitiesAPerFs);
        if (!velocities.IsEmpty)
        {
            text.Append(mark).Append('\n');
            foreach (var velocity in velocities) text.Append(Row(velocity)).Append('\n');
            if (file.PredictorCorrector is { } predictor) text.Append('\n').Append(predictor).Append('\n');
        }
        return text.ToString();
    }

    private static void WriteAtoms(StringBuilder text, Structure structure, string comment)
    {
        var blocks = Blocks(structure);
        text.Append(InputText.OneLine(comment)).Append('\n').Append("1.0\n");
        for (var axis = 0; axis < 3; axis++) text.Append(Row(structure.Lattice[axis])).Append('\n');
        text.AppendJoin(' ', blocks.Select(block => block.Element.Symbol.PadLeft(6))).Append('\n');
        text.AppendJoin(' ', blocks.Select(block => block.Count.ToString(CultureInfo.InvariantCulture).PadLeft(6))).Append('\n');
        var selective = structure.Sites.Any(site => site.Free is not null);
        if (selective) text.Append("Selective dynamics\n");
        text.Append("Direct\n");
        foreach (var site in structure.Sites)
        {
            text.Append(Row(site.Fractional));
            if (selective) text.Append(Flags(site.Free ?? new SelectiveDynamics(true, true, true)));
            text.Append('\n');
        }
    }

    private static string Row(Vector3D v) => $"{Number(v.X)} {Number(v.Y)} {Number(v.Z)}";

    private static string Number(double value)
    {
        var text = FortranNumber.Text(value);
        if (!text.Contains('E', StringComparison.Ordinal))
        {
            // Columns that line up; appended zeros do not change the number.
            var decimals = text.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? text.Length - point - 1 : 0;
            if (decimals == 0) text += ".";
            text += new string('0', Math.Max(0, 16 - decimals));
        }
        return text.PadLeft(22);
    }

    private static string Flags(SelectiveDynamics free) => $"  {Flag(free.X)} {Flag(free.Y)} {Flag(free.Z)}";

    private static char Flag(bool free) => free ? 'T' : 'F';
}
