namespace DftFlow.Clusters.Transports;

/// <summary>A stream to write to that tells of every piece that went through. To dispose of it leaves the stream below open.</summary>
internal sealed class WatchedStream(Stream below, Action wrote) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await below.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw new InputEndedException(error);
        }
        wrote();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        try
        {
            below.Write(buffer, offset, count);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            throw new InputEndedException(error);
        }
        wrote();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => below.FlushAsync(cancellationToken);

    public override void Flush() => below.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>The command reads no more: unlike what goes wrong on this side with whoever writes, that is no failure of its own.</summary>
internal sealed class InputEndedException(Exception inner) : IOException(inner.Message, inner);
