using System.Globalization;
using System.Numerics;
using System.Text;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>
/// Writes a block as a Gaussian cube file, which nearly every viewer reads (Gaussian's manual, "Cubegen"): lengths in bohr, densities in
/// electrons per cubic bohr, ELF and potentials as they are, z fastest.
/// </summary>
public static class CubeFile
{
    /// <summary>CODATA 2018.</summary>
    public const double BohrA = 0.529177210903;

    private const int Digits = 11, Width = 17, Columns = 6;

    // So many planes of x are turned round at a time: a cache line is read once.
    private const int PlanesAtOnce = 8;

    /// <param name="data">The cell and its atoms; unknown elements get the number 0.</param>
    /// <param name="title">The first line.</param>
    /// <exception cref="ArgumentException">The block has not as many values as the grid has points.</exception>
    public static void Write<T>(Stream stream, VolumetricData<T> data, GridBlock<T> block, string title, CancellationToken cancellation = default) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var (nx, ny, nz) = (data.Dimensions.X, data.Dimensions.Y, data.Dimensions.Z);
        if (block.Values.Length != data.Dimensions.Count) throw new ArgumentException("The block must have as many values as the grid has points.", nameof(block));
        var factor = block.IntegralElectrons is null ? 1 : Math.Pow(BohrA, 3) / data.Lattice.Volume;
        stream.Write(Encoding.ASCII.GetBytes(Header(data, title, block.IntegralElectrons is null ? "values as in VASP's file" : "per cubic bohr")));
        var rows = GC.AllocateUninitializedArray<double>(PlanesAtOnce * ny * nz);
        var text = new byte[(nz + Columns) * (Width + 1) + 1];
        for (var first = 0; first < nx; first += PlanesAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(PlanesAtOnce, nx - first);
            for (var k = 0; k < nz; k++)
                for (var j = 0; j < ny; j++)
                {
                    var from = data.Dimensions.Index(first, j, k);
                    for (var i = 0; i < count; i++) rows[(i * ny + j) * nz + k] = factor * double.CreateTruncating(block.Values[from + i]);
                }
            for (var row = 0; row < count * ny; row++) stream.Write(Row(rows.AsSpan(row * nz, nz), text));
        }
    }

    private static string Header<T>(VolumetricData<T> data, string title, string unit) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var text = new StringBuilder();
        text.Append(new string([.. title.Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : ' ')])).Append('\n').Append("lengths in bohr, ").Append(unit).Append(", z fastest\n");
        Line(data.Positions.Length, default);
        for (var axis = 0; axis < 3; axis++)
        {
            var points = axis switch { 0 => data.Dimensions.X, 1 => data.Dimensions.Y, _ => data.Dimensions.Z };
            Line(points, data.Lattice[axis] * (1 / (BohrA * points)));
        }
        var atom = 0;
        foreach (var species in data.Species)
            for (var i = 0; i < species.Count; i++)
            {
                var number = species.Element?.AtomicNumber ?? 0;
                var place = data.Lattice.ToCartesian(data.Positions[atom++]) * (1 / BohrA);
                text.Append(CultureInfo.InvariantCulture, $"{number,5}{(double)number,14:F6}{place.X,14:F6}{place.Y,14:F6}{place.Z,14:F6}\n");
            }
        return text.ToString();

        void Line(int count, Vector3D v) => text.Append(CultureInfo.InvariantCulture, $"{count,5}{v.X,18:F10}{v.Y,18:F10}{v.Z,18:F10}\n");
    }

    private static ReadOnlySpan<byte> Row(ReadOnlySpan<double> values, byte[] text)
    {
        var length = 0;
        for (var k = 0; k < values.Length; k++)
        {
            text[length++] = (byte)' ';
            GridFormat.Exponential(values[k], Digits, text.AsSpan(length, Width));
            length += Width;
            // A row of z ends its line.
            if (k % Columns == Columns - 1 || k == values.Length - 1) text[length++] = (byte)'\n';
        }
        return text.AsSpan(0, length);
    }
}
