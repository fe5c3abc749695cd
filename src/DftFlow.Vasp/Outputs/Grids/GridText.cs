using Microsoft.Win32.SafeHandles;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>
/// The text of a volumetric file from front to back: lines of the header, then numbers in bulk. The next block is read, and
/// decompressed, while the present one is looked at. What ends the stream early ends the text.
/// </summary>
internal sealed class GridText : IDisposable
{
    /// <summary>What a line holds beyond this is left out, and no number is longer.</summary>
    public const int LongestLine = 1 << 16;
    private const int Block = 1 << 20;

    private readonly Stream? stream;
    private readonly CancellationToken cancellation;
    private byte[] buffer = new byte[LongestLine + Block], other = [];
    private Task<int>? ahead;
    private long bufferStart, readUpTo;
    private int position = LongestLine, length = LongestLine, lineStart, lineLength;
    private bool ended;

    public GridText(Stream stream, CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        if (stream is FileStream { CanSeek: true } file) (File, FileStart) = (file.SafeFileHandle, file.Position);
        else this.stream = stream;
        Jump(0);
    }

    /// <summary>Where the text can be read at any place: the plain file that it comes from, and where in it the text begins.</summary>
    public SafeFileHandle? File { get; }

    public long FileStart { get; }

    /// <summary>How long the text is; null for a stream.</summary>
    public long? Length => File is null ? null : RandomAccess.GetLength(File) - FileStart;

    /// <summary>Of the next byte.</summary>
    public long Offset => bufferStart + position;

    /// <summary>The line stepped to, without its end; valid until the next step.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(lineStart, lineLength);

    public long LineOffset => bufferStart + lineStart;

    /// <summary>Counted from 1, up to the first block of values.</summary>
    public int LineNumber { get; private set; }

    /// <summary>The line has its end: one without is the text's last, and may have been cut off.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Steps to the next line; false at the end of the text.</summary>
    public bool NextLine()
    {
        var searched = 0;
        int found;
        while ((found = buffer.AsSpan((position + searched)..length).IndexOf((byte)'\n')) < 0)
        {
            searched = length - position;
            if (searched > LongestLine || !Fill()) break;
        }
        if (found < 0 && position == length) return false;
        LineNumber++;
        lineStart = position;
        var whole = found < 0 ? length - position : searched + found;
        Terminated = found >= 0 || whole > LongestLine;
        lineLength = Math.Min(whole, LongestLine);
        position += whole + (found >= 0 ? 1 : 0);
        if (lineLength > 0 && buffer[lineStart + lineLength - 1] == '\r') lineLength--;
        return true;
    }

    /// <summary>
    /// The text that lies ready, up to the last blank in it; at the end of the text, up to its end. Empty where the text has ended,
    /// or goes on without a blank for longer than any number.
    /// </summary>
    public ReadOnlySpan<byte> Numbers(out bool atEnd)
    {
        while (true)
        {
            var rest = buffer.AsSpan(position..length);
            var blank = rest.LastIndexOfAny(" \n\t\r"u8);
            // Blanks alone are no progress for who looks for a number.
            if (blank >= 0 && rest[..blank].ContainsAnyExcept(" \n\t\r"u8))
            {
                atEnd = false;
                return rest[..(blank + 1)];
            }
            if (rest.Length - blank > LongestLine)
            {
                atEnd = false;
                return default;
            }
            if (blank > 0) position += blank;
            if (!Fill())
            {
                atEnd = true;
                return buffer.AsSpan(position..length);
            }
        }
    }

    public void Advance(int count) => position += count;

    /// <summary>Goes on reading at a place of the file.</summary>
    public void Jump(long offset)
    {
        Await();
        bufferStart = offset - LongestLine;
        readUpTo = offset;
        position = length = LongestLine;
        ended = false;
    }

    /// <summary>Ends the reading ahead, so that the stream is its owner's again.</summary>
    public void Dispose()
    {
        // Not by Await: what goes wrong there is of no interest any more.
        if (ahead is not null) ((IAsyncResult)ahead).AsyncWaitHandle.WaitOne();
    }

    // What has not been looked at moves before the next block.
    private bool Fill()
    {
        cancellation.ThrowIfCancellationRequested();
        if (ended) return false;
        var kept = length - position;
        if (kept > LongestLine) return false;
        if (other.Length == 0) other = new byte[LongestLine + Block];
        var read = ahead is null ? ReadBlock(other) : Await();
        buffer.AsSpan(position, kept).CopyTo(other.AsSpan(LongestLine - kept));
        bufferStart += length - LongestLine;
        (buffer, other) = (other, buffer);
        position = LongestLine - kept;
        length = LongestLine + read;
        ended = read < Block;
        var next = other;
        if (!ended) ahead = Task.Run(() => ReadBlock(next));
        return read > 0;
    }

    private int Await()
    {
        var read = ahead?.GetAwaiter().GetResult() ?? 0;
        ahead = null;
        return read;
    }

    private int ReadBlock(byte[] into)
    {
        var count = 0;
        try
        {
            while (count < Block)
            {
                var free = into.AsSpan(LongestLine + count);
                var read = File is null ? stream!.Read(free) : RandomAccess.Read(File, free, FileStart + readUpTo);
                if (read == 0) break;
                count += read;
                readUpTo += read;
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            // A compressed file that was cut off: what could be decompressed is the text.
        }
        return count;
    }
}
