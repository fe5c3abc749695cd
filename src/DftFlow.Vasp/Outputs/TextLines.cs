using System.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>The lines of a text of any size, one at a time. A line is cut off at a length that no output file of VASP reaches.</summary>
internal static class TextLines
{
    private const int LongestLine = 1 << 15;

    public static IEnumerable<string> Of(Stream stream, CancellationToken cancellation)
    {
        var block = new byte[1 << 16];
        var line = new byte[LongestLine];
        var length = 0;
        int read;
        while ((read = ReadBlock(stream, block)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var from = 0; from < read;)
            {
                var end = block.AsSpan(from..read).IndexOf((byte)'\n');
                var part = block.AsSpan(from, end < 0 ? read - from : end);
                part = part[..Math.Min(part.Length, LongestLine - length)];
                part.CopyTo(line.AsSpan(length));
                length += part.Length;
                if (end < 0) break;
                yield return Encoding.Latin1.GetString(line, 0, length);
                length = 0;
                from += end + 1;
            }
        }
        if (length > 0) yield return Encoding.Latin1.GetString(line, 0, length);
    }

    private static int ReadBlock(Stream stream, byte[] block)
    {
        try
        {
            return stream.Read(block);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            // A compressed file that was cut off ends here.
            return 0;
        }
    }
}
