using System.Numerics;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>
/// Reads and writes CHGCAR and its kind: CHG, AECCAR0–2, PARCHG, LOCPOT, ELFCAR, and what other programs write in their format.
/// A POSCAR is followed by the number of points along the lattice vectors and the values, x fastest; with spin by a second block,
/// without collinearity by three more, each after a repetition of the numbers of points (VASP wiki: CHGCAR).
/// </summary>
public static class VolumetricFile
{
    /// <summary>The kind that a file's name tells: <c>CHGCAR</c>, <c>AECCAR2.gz</c>, <c>slab_ELFCAR</c>; null where it tells none.</summary>
    public static GridKind? KindOf(string fileName)
    {
        return Has("ELFCAR") ? GridKind.Elf
            : Has("LOCPOT") ? GridKind.Potential
            : Has("CHG") || Has("AECCAR") ? GridKind.Density
            : null;

        bool Has(string part) => fileName.Contains(part, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Reads a volumetric file from where the stream stands. A plain file (a <see cref="FileStream"/>) is read by several processors
    /// at once, anything else from front to back. Blocks that are not complete are left out, and told in
    /// <see cref="VolumetricData{T}.Truncated"/>. Where the stream stands afterwards is not defined.
    /// </summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <exception cref="DftFlowException">DF1410: this is no volumetric file, or ends within its header. DF1411: it is over a limit.</exception>
    public static VolumetricData<T> Read<T>(Stream stream, VolumetricOptions? options = null, CancellationToken cancellation = default) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        using var text = new GridText(stream, cancellation);
        return new VolumetricReader<T>(text, options ?? new(), cancellation).Read();
    }

    /// <summary>
    /// Writes a volumetric file as VASP does: one block after another, each with the text that was kept of what follows it. The
    /// header has scale 1, and six decimals where they are the whole number, else as many as it takes.
    /// </summary>
    /// <exception cref="ArgumentException">A block has not as many values as the grid has points.</exception>
    public static void Write<T>(Stream stream, VolumetricData<T> data, GridLayout layout = GridLayout.FiveColumns, CancellationToken cancellation = default) where T : struct, IBinaryFloatingPointIeee754<T> =>
        new VolumetricWriter(stream, layout, cancellation).Write(data);

    internal static DftFlowException Refused(string what, int line) => new("DF1411", $"This volumetric file is refused: {what}.", "Is the file damaged, or another one?", line);
}
