namespace DftFlow.Analysis;

/// <summary>A stream that tells how far it has been read.</summary>
internal sealed class WatchedStream(Stream inner, string doing, IProgress<AnalysisStep> progress) : Stream
{
    private const int Interval = 1 << 20;

    private readonly long? length = inner is FileStream file ? Math.Max(1, file.Length) : null;
    private long at, told;

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        at += count;
        if (at - told >= Interval)
        {
            told = at;
            progress.Report(new(doing, length is { } all ? (double)at / all : null));
        }
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => at; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
