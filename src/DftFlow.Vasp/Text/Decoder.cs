using System.IO.Compression;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;

namespace DftFlow.Vasp.Text;

/// <summary>The decompressors, all with one exception for what is cut off or damaged: <see cref="InvalidDataException"/>.</summary>
internal sealed class Decoder : Stream
{
    private readonly FileStream file;
    private readonly bool xz;
    private Stream inner;

    static Decoder() =>
        // Otherwise .NET takes a gzip file that is cut off for one that ends there. It looks at this once, when a process first
        // decompresses anything: programs that may have done so before set it in their project file too.
        AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    private Decoder(FileStream file, Stream inner, bool xz) => (this.file, this.inner, this.xz) = (file, inner, xz);

    public static Decoder Of(Compression compression, FileStream file) => Guarded(() => new Decoder(file, compression switch
    {
        Compression.Gzip => new GZipStream(file, CompressionMode.Decompress, leaveOpen: true),
        Compression.Bzip2 => BZip2Stream.Create(file, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true),
        Compression.Xz => new XZStream(new EndlessFile(file)),
        Compression.Zstd => new ZstdSharp.DecompressionStream(file, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "Plain files are read as they are."),
    }, compression == Compression.Xz));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Guarded(() =>
    {
        int read;
        while ((read = inner.Read(buffer, offset, count)) == 0 && xz && NextXzStream())
        {
        }
        return read;
    });

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // XZ files may follow each other, with zeros between them (xz-file-format, 2.2).
    private bool NextXzStream()
    {
        int next;
        while ((next = file.ReadByte()) == 0)
        {
        }
        if (next < 0) return false;
        file.Position--;
        inner = new XZStream(new EndlessFile(file));
        return true;
    }

    // The libraries throw whatever they come upon: index errors, overflows, their own types. What the disk does is none of it.
    private static T Guarded<T>(Func<T> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception error) when (error is not OperationCanceledException and not UnauthorizedAccessException
            && (error is not IOException || error is EndOfStreamException))
        {
            throw new InvalidDataException(error is EndOfStreamException ? "the compressed file is cut off" : "the compressed file is cut off or damaged", error);
        }
    }

    /// <summary>A file whose end is an exception: the XZ decoder makes up bytes behind it.</summary>
    private sealed class EndlessFile(FileStream file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => file.Position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) =>
            file.Read(buffer, offset, count) is > 0 and var read ? read : count == 0 ? 0 : throw new EndOfStreamException();

        public override int ReadByte() => file.ReadByte() is >= 0 and var value ? value : throw new EndOfStreamException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
