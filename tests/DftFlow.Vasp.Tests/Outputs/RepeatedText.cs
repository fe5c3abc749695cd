using System.Text;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>A text said many times over, which is nowhere held as a whole.</summary>
internal sealed class RepeatedText(string text, long times) : Stream
{
    private readonly byte[] bytes = Encoding.UTF8.GetBytes(text);
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => bytes.Length * times;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var start = (int)(position % bytes.Length);
        var read = (int)Math.Min(Math.Min(count, bytes.Length - start), Length - position);
        Array.Copy(bytes, start, buffer, offset, read);
        position += read;
        return read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
