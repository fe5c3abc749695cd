using System.Globalization;

namespace DftFlow.Vasp.Text;

/// <summary>
/// The text of a compressed file, forward only. It is decompressed ahead of who reads it, on a thread of its own. Where the file is
/// cut off or damaged, every byte that can be had before is given, and then <see cref="InvalidDataException"/> is thrown.
/// </summary>
public sealed class DecompressedStream : Stream
{
    private const int BlockBytes = 1 << 17, Blocks = 8;

    // In no text of VASP's.
    private const byte Unwritten = 0xff;

    private readonly string path;
    private readonly FileStream file;
    private readonly CompressedTextLimits limits;
    private readonly byte[][] blocks = new byte[Blocks][];
    private readonly int[] lengths = new int[Blocks];
    private readonly SemaphoreSlim free = new(Blocks), full = new(0);
    private readonly CancellationTokenSource stop;
    private readonly Task decompressing;
    // Who decompresses:
    private int next;
    private bool blockTaken;
    private long delivered;
    private Exception? end;
    // Who reads:
    private int current, offset;
    private bool holding, disposed;
    private long read;

    internal DecompressedStream(string path, FileStream file, Compression compression, CompressedTextLimits limits, CancellationToken cancellation)
    {
        (this.path, this.file, this.limits, Compression) = (path, file, limits, compression);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Not one of the pool's threads, all of which may be waiting for what this one gives.
        decompressing = Task.Factory.StartNew(Decompress, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Compression Compression { get; }

    /// <summary>What is wrong with the file, once reading has come so far; null where nothing is.</summary>
    public string? Damage { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    /// <summary>Bytes of text that have been read.</summary>
    public override long Position { get => read; set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is cut off or damaged here.</exception>
    /// <exception cref="DftFlowException">DF1452: the text is larger than the limits allow.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (!holding)
        {
            full.Wait(stop.Token);
            holding = true;
            offset = 0;
        }
        var count = Math.Min(buffer.Length, lengths[current] - offset);
        if (count == 0) return End();
        blocks[current].AsSpan(offset, count).CopyTo(buffer);
        offset += count;
        read += count;
        if (offset == lengths[current])
        {
            holding = false;
            current = (current + 1) % Blocks;
            free.Release();
        }
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads on to the end, where the checksums are, and throws the text away. <see cref="Damage"/> tells what came of it.</summary>
    public void ReadToEnd()
    {
        var rest = new byte[BlockBytes];
        try
        {
            while (Read(rest) > 0)
            {
            }
        }
        catch (InvalidDataException)
        {
            // Damage says so.
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            stop.Cancel();
            // The thread lets the file go once it has seen that nobody reads on.
            decompressing.ContinueWith(_ => { stop.Dispose(); free.Dispose(); full.Dispose(); }, TaskScheduler.Default);
        }
        base.Dispose(disposing);
    }

    // The empty block stays where it is: who reads on is told the same again.
    private int End()
    {
        if (end is InvalidDataException damaged) Damage = damaged.Message;
        return end is null ? 0 : throw end;
    }

    private void Decompress()
    {
        try
        {
            using (file)
            {
                try
                {
                    using var decoder = Decoder.Of(Compression, file);
                    Deliver(decoder, BlockBytes);
                }
                catch (InvalidDataException)
                {
                    // What the failing call had already decompressed is lost with it: once more, in the smallest steps at the end.
                    file.Position = 0;
                    using var decoder = Decoder.Of(Compression, file);
                    Skip(decoder, delivered);
                    Deliver(decoder, 1);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception error)
        {
            end = error;
        }
        if (TryTakeBlock()) GiveBlock(0);
    }

    private void Deliver(Decoder decoder, int step)
    {
        var length = 0;
        try
        {
            while (TryTakeBlock())
            {
                var block = blocks[next] ??= new byte[BlockBytes];
                var count = 1;
                if (step == 1) block.AsSpan().Fill(Unwritten);
                while (length < BlockBytes && (count = decoder.Read(block, length, Math.Min(step, BlockBytes - length))) > 0)
                {
                    length += count;
                    Check(delivered + length);
                }
                if (count == 0) return;
                GiveBlock(length);
                length = 0;
            }
        }
        catch (InvalidDataException) when (step == 1)
        {
            // The byte with which the text ends comes in the call that finds the checksum wrong.
            if (blockTaken && blocks[next] is { } block && length < BlockBytes && block[length] != Unwritten) length++;
            throw;
        }
        finally
        {
            // Also what came before an exception.
            if (length > 0) GiveBlock(length);
        }
    }

    // False where nobody reads on.
    private bool TryTakeBlock()
    {
        if (stop.IsCancellationRequested) return false;
        if (!blockTaken) free.Wait(stop.Token);
        return blockTaken = true;
    }

    private void GiveBlock(int length)
    {
        lengths[next] = length;
        delivered += length;
        next = (next + 1) % Blocks;
        blockTaken = false;
        full.Release();
    }

    private void Skip(Decoder decoder, long count)
    {
        var buffer = new byte[BlockBytes];
        while (count > 0)
        {
            stop.Token.ThrowIfCancellationRequested();
            var skipped = decoder.Read(buffer, 0, (int)Math.Min(buffer.Length, count));
            if (skipped == 0) throw new InvalidDataException("the file has changed while it was read");
            count -= skipped;
        }
    }

    private void Check(long bytes)
    {
        if (bytes > limits.MostBytes) throw Refused(string.Create(CultureInfo.InvariantCulture, $"it holds more than {limits.MostBytes} bytes of text"));
        if (bytes > limits.SuspectBytes && bytes / limits.MostRatio > file.Position)
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"{file.Position} bytes have become {bytes}, more than {limits.MostRatio} times as many, as in files that are made to fill a memory"));
    }

    private DftFlowException Refused(string why) => new("DF1452", $"The compressed file is refused: {why}.", "If you know where it comes from, decompress it and give the plain file, which has no such limit.", file: path);
}
