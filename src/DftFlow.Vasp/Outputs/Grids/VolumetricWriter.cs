using System.Globalization;
using System.Numerics;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>How the values stand in a volumetric file.</summary>
public enum GridLayout
{
    /// <summary>Five a line with eleven digits: CHGCAR, AECCAR, LOCPOT.</summary>
    FiveColumns,

    /// <summary>Ten a line with five digits: CHG, PARCHG, ELFCAR.</summary>
    TenColumns,
}

/// <summary>Writes one volumetric file.</summary>
internal sealed class VolumetricWriter(Stream stream, GridLayout layout, CancellationToken cancellation)
{
    private const int LongestValue = 20;

    private readonly byte[] buffer = new byte[1 << 16];
    private int length;

    public void Write<T>(VolumetricData<T> data) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        if (data.Blocks.Any(block => block.Values.Length != data.Dimensions.Count))
            throw new ArgumentException("Each block must have as many values as the grid has points.", nameof(data));
        WriteHeader(data);
        foreach (var block in data.Blocks)
        {
            WriteText(string.Create(CultureInfo.InvariantCulture, $"{data.Dimensions.X,5}{data.Dimensions.Y,5}{data.Dimensions.Z,5}\n"));
            WriteValues<T>(block.Values);
            if (block.AugmentationText is { } trailer) WriteText(trailer);
        }
        Flush();
    }

    private void WriteHeader<T>(VolumetricData<T> data) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var comment = new string([.. data.Comment.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]);
        WriteText(comment.TrimEnd().PadRight(40) + "\n   1.00000000000000     \n");
        for (var axis = 0; axis < 3; axis++) WriteText(" " + Row(data.Lattice[axis], 12));
        if (data.Species.All(species => species.Element is not null))
            WriteText(string.Concat(data.Species.Select(species => species.Element!.Symbol.PadRight(2).PadLeft(5))) + "\n");
        WriteText(string.Concat(data.Species.Select(species => species.Count.ToString(CultureInfo.InvariantCulture).PadLeft(6))) + "\nDirect\n");
        foreach (var position in data.Positions) WriteText(Row(position, 10));
        WriteText(" \n");
    }

    private static string Row(Vector3D v, int width) => Column(v.X, width) + Column(v.Y, width) + Column(v.Z, width) + "\n";

    private static string Column(double value, int width)
    {
        var text = (value + 0.0).ToString("F6", CultureInfo.InvariantCulture);
        if (double.Parse(text, CultureInfo.InvariantCulture) != value) text = FortranNumber.Text(value);
        return text.Length < width ? text.PadLeft(width) : " " + text;
    }

    private void WriteValues<T>(ReadOnlySpan<T> values) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var (columns, width) = layout == GridLayout.FiveColumns ? (5, 17) : (10, 11);
        var column = 0;
        foreach (var value in values)
        {
            if (buffer.Length - length < LongestValue) Flush();
            buffer[length++] = (byte)' ';
            var into = buffer.AsSpan(length, width);
            if (layout == GridLayout.FiveColumns) GridFormat.Exponential(double.CreateTruncating(value), GridFormat.Digits, into);
            else GridFormat.General(double.CreateTruncating(value), into);
            length += width;
            if (++column < columns) continue;
            buffer[length++] = (byte)'\n';
            column = 0;
        }
        if (column > 0) WriteText("\n");
    }

    private void WriteText(string text)
    {
        Flush();
        stream.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Flush()
    {
        cancellation.ThrowIfCancellationRequested();
        stream.Write(buffer, 0, length);
        length = 0;
    }
}
