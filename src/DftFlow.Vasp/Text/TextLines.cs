namespace DftFlow.Vasp.Text;

/// <summary>
/// Steps through the lines of a text of any size, in little memory. What ends the stream early (a compressed file that was cut
/// off) ends the text.
/// </summary>
internal sealed class TextLines(Stream stream, CancellationToken cancellation = default)
{
    /// <summary>What a line holds beyond this is left out; no file of VASP's has such lines.</summary>
    public const int LongestLine = 1 << 16;

    private readonly byte[] buffer = new byte[1 << 17];
    private int position, length, lineStart, lineLength;
    private long bufferStart;
    private bool ended, inLongLine;

    /// <summary>The line stepped to, without its end (LF or CR LF); valid until the next step.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart, lineLength);

    /// <summary>Where the line begins, in bytes of the text.</summary>
    public long Offset => bufferStart + lineStart;

    /// <summary>Where the text goes on after the line; after the last, how long the text is.</summary>
    public long NextOffset => bufferStart + position;

    /// <summary>The line has its end: one without is the text's last, and may have been cut off.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Steps to the next line; false at the end of the text.</summary>
    public bool Next()
    {
        if (inLongLine) SkipRestOfLine();
        var searched = 0;
        while (true)
        {
            var found = buffer.AsSpan((position + searched)..length).IndexOf((byte)'\n');
            searched = found < 0 ? length - position : searched + found;
            if (found < 0 && searched < LongestLine && Fill()) continue;
            if (found < 0 && searched == 0) return false;
            inLongLine = searched > LongestLine || (found < 0 && searched == LongestLine && !ended);
            Terminated = found >= 0 || inLongLine;
            lineStart = position;
            lineLength = Math.Min(searched, LongestLine);
            position += inLongLine ? lineLength : searched + (found < 0 ? 0 : 1);
            if (lineLength > 0 && !inLongLine && buffer[lineStart + lineLength - 1] == '\r') lineLength--;
            return true;
        }
    }

    private void SkipRestOfLine()
    {
        inLongLine = false;
        while (true)
        {
            var found = buffer.AsSpan(position..length).IndexOf((byte)'\n');
            position = found < 0 ? length : position + found + 1;
            if (found >= 0 || !Fill()) return;
        }
    }

    private bool Fill()
    {
        if (ended) return false;
        cancellation.ThrowIfCancellationRequested();
        buffer.AsSpan(position..length).CopyTo(buffer);
        bufferStart += position;
        length -= position;
        position = 0;
        try
        {
            var read = stream.Read(buffer, length, buffer.Length - length);
            length += read;
            ended = read == 0;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            ended = true;
        }
        return !ended;
    }
}
