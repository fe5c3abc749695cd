using System.IO.Compression;
using System.IO.Pipelines;

namespace DftFlow.Clusters.Files;

/// <summary>Takes a gzip stream piece by piece as it comes, and gives on what is in it.</summary>
internal sealed class Unpacking : IAsyncDisposable
{
    private readonly Pipe pipe = new();
    private readonly Task unpacked;

    public Unpacking(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> sink, CancellationToken cancellationToken) =>
        unpacked = UnpackAsync(sink, cancellationToken);

    public async ValueTask TakeAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        // A reader that failed takes no more: its own error is the one to tell.
        if ((await pipe.Writer.WriteAsync(piece, cancellationToken)).IsCompleted) await unpacked;
    }

    /// <summary>All has come: waits until all is given on.</summary>
    public async Task EndAsync()
    {
        await pipe.Writer.CompleteAsync();
        await unpacked;
    }

    public async ValueTask DisposeAsync()
    {
        await pipe.Writer.CompleteAsync();
        await unpacked.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task UnpackAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> sink, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new GZipStream(pipe.Reader.AsStream(leaveOpen: true), CompressionMode.Decompress);
            var buffer = new byte[1 << 17];
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count) await sink(buffer.AsMemory(0, count), cancellationToken);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
        }
    }
}
