using System.IO.Pipelines;

namespace DftFlow.Clusters.Transports;

/// <summary>
/// Streams that block, each with a thread of its own and a pipe towards us. An await for every few packets would cost more than the
/// packets: threads of the pool spin before they sleep, on a processor that ssh could use.
/// </summary>
internal static class BlockingStreams
{
    private const int Piece = 1 << 16;

    /// <summary>In pieces worth a packet; those of a pipe are of 4 kB otherwise.</summary>
    public static Pipe NewPipe() =>
        new(new PipeOptions(minimumSegmentSize: Piece, pauseWriterThreshold: 16 * Piece, resumeWriterThreshold: 8 * Piece, useSynchronizationContext: false));

    /// <summary>Writes all that comes, and ends the stream with it; whoever writes to the pipe is told where the stream takes no more.</summary>
    public static void Feed(PipeReader from, Func<Stream> open, Action? wrote = null) => OnThread(() =>
    {
        try
        {
            using var stream = open();
            while (true)
            {
                var read = from.ReadAsync().AsTask().GetAwaiter().GetResult();
                foreach (var piece in read.Buffer)
                {
                    stream.Write(piece.Span);
                    wrote?.Invoke();
                }
                from.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled) break;
            }
        }
#pragma warning disable CA1031 // Why it takes no more is told by the command's end; SSH.NET has any exception for it.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        from.Complete();
    });

    /// <summary>Reads to the stream's end.</summary>
    public static void Drain(Stream stream, PipeWriter to, Action? heard = null) => OnThread(() =>
    {
        try
        {
            while (true)
            {
                var memory = to.GetMemory(Piece);
                var count = stream.Read(memory.Span);
                if (count == 0) break;
                heard?.Invoke();
                to.Advance(count);
                if (to.FlushAsync().AsTask().GetAwaiter().GetResult().IsCompleted) break;
            }
        }
#pragma warning disable CA1031 // How it ended is told by the exit status, or by its absence.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        to.Complete();
    });

    private static void OnThread(Action work) => _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}

/// <summary>The writing end of a pipe that a thread empties.</summary>
internal sealed class FedStream(PipeWriter writer) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (await writer.WriteAsync(buffer, cancellationToken) is { IsCanceled: true } or { IsCompleted: true }) throw new IOException("the command takes no more input");
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) writer.Complete();
        base.Dispose(disposing);
    }
}
