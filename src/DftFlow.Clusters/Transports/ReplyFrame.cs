using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>Reads a framed reply: noise, the begin marker, what the lines printed, the end marker with their exit status.</summary>
internal sealed class ReplyFrame(string nonce, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? sink)
{
    /// <summary>More text than this is no answer to anything that is asked.</summary>
    private const int LongestText = 256 << 20;
    private const int LongestNoise = 1 << 16;

    private readonly byte[] begin = Encoding.ASCII.GetBytes($"\n{Begin(nonce)}\n");
    private readonly byte[] end = Encoding.ASCII.GetBytes($"\n{End(nonce)} ");
    private readonly ArrayBufferWriter<byte> text = new();
    private readonly ArrayBufferWriter<byte> noise = new();
    private long noisy;
    private bool begun;

    public static string Begin(string nonce) => $"dftflow-begin-{nonce}";

    public static string End(string nonce) => $"dftflow-end-{nonce}";

    /// <summary>Null where the end marker did not come.</summary>
    public int? ExitStatus { get; private set; }

    public string Text => Encoding.UTF8.GetString(text.WrittenSpan);

    public string Noise => Encoding.UTF8.GetString(noise.WrittenSpan).Trim();

    public async Task ReadAsync(Stream stream, Action heard, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 17];
        var held = 0;
        while (true)
        {
            int count;
            try
            {
                count = await stream.ReadAsync(buffer.AsMemory(held), cancellationToken);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // A connection that breaks is an end like another: what counts is whether the marker came.
                break;
            }
            if (count == 0) break;
            heard();
            held = await TakeAsync(buffer, held + count, cancellationToken);
            if (ExitStatus is not null) return;
        }
        // Cut: what was held back belongs to nothing that can be trusted, except to say what was said.
        if (!begun) Append(noise, buffer.AsSpan(0, held), LongestNoise);
    }

    /// <summary>Hands on what is certain, and moves the rest to the buffer's front. Returns how much that is.</summary>
    private async ValueTask<int> TakeAsync(byte[] buffer, int length, CancellationToken cancellationToken)
    {
        var start = 0;
        if (!begun)
        {
            var at = buffer.AsSpan(0, length).IndexOf(begin);
            var before = at >= 0 ? at : Math.Max(0, length - begin.Length);
            Append(noise, buffer.AsSpan(0, before), LongestNoise);
            if ((noisy += before) > LongestText) throw Endless();
            start = before;
            if (at >= 0) (begun, start) = (true, at + begin.Length);
        }
        if (begun)
        {
            var at = buffer.AsSpan(start, length - start).IndexOf(end);
            // The marker may come in pieces: what could be its beginning is held back, all else is handed on at once.
            var upTo = at >= 0 ? start + at : length - Beginning(buffer.AsSpan(start, length - start));
            if (upTo > start) await GiveAsync(buffer.AsMemory(start, upTo - start), cancellationToken);
            start = upTo;
            if (at >= 0) ExitStatus = NumberOfLine(buffer.AsSpan(upTo + end.Length, length - upTo - end.Length));
        }
        buffer.AsSpan(start, length - start).CopyTo(buffer);
        return length - start;
    }

    /// <summary>How many of the last bytes may be the beginning of the end marker, of which only the first is a line break.</summary>
    private int Beginning(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.LastIndexOf((byte)'\n');
        return at >= 0 && bytes.Length - at < end.Length && end.AsSpan().StartsWith(bytes[at..]) ? bytes.Length - at : 0;
    }

    private static int? NumberOfLine(ReadOnlySpan<byte> line) =>
        line.IndexOf((byte)'\n') is > 0 and var end && Utf8Parser.TryParse(line[..end], out int number, out var read) && read == end ? number : null;

    private ValueTask GiveAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (sink is not null) return sink(piece, cancellationToken);
        if (text.WrittenCount + piece.Length > LongestText) throw Endless();
        text.Write(piece.Span);
        return ValueTask.CompletedTask;
    }

    private static DftFlowException Endless() => new("DF4005", "The answer to a command is longer than 256 MB.", "Somebody's start-up files, or a command of the scheduler, print without an end.");

    private static void Append(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> bytes, int longest) =>
        to.Write(bytes[..Math.Min(bytes.Length, longest - to.WrittenCount)]);
}
