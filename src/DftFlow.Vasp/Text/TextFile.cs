using System.Runtime.InteropServices;

namespace DftFlow.Vasp.Text;

/// <summary>How a file is stored.</summary>
public enum Compression
{
    None,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

/// <summary>How much text a compressed file may hold. Plain files are as large as the disk lets them be.</summary>
/// <param name="MostBytes">Of text. The largest honest files (densities on 1000³ points, projections of thousands of bands) hold some tens of GB.</param>
/// <param name="SuspectBytes">Below this a file may be as dense as it likes.</param>
/// <param name="MostRatio">Bytes of text for each byte read, above <paramref name="SuspectBytes"/>. ELFCARs of vacuum reach some hundreds.</param>
public sealed record CompressedTextLimits(long MostBytes = 64L << 30, long SuspectBytes = 4L << 30, int MostRatio = 1000);

/// <summary>Opens text files whatever their compression, which is recognised by the first bytes and not by the name.</summary>
public static partial class TextFile
{
    private const int LongestMagic = 10;

    /// <summary>
    /// The text of a file. A plain file gives a <see cref="FileStream"/>; a compressed one a <see cref="DecompressedStream"/>, whose
    /// <see cref="Stream.Read(Span{byte})"/> throws <see cref="InvalidDataException"/> where the file is cut off or damaged.
    /// </summary>
    /// <param name="limits">Reading on past them throws DF1452.</param>
    /// <exception cref="DftFlowException">
    /// DF1450: not a file with text (a directory, pipe or device). DF1451: packed in a way that is not read. DF1453: not there, or
    /// not to be read by this user.
    /// </exception>
    public static Stream Open(string path, CompressedTextLimits? limits = null, CancellationToken cancellation = default)
    {
        var file = OpenStored(path);
        try
        {
            Span<byte> magic = stackalloc byte[LongestMagic];
            var length = file.ReadAtLeast(magic, LongestMagic, throwOnEndOfStream: false);
            file.Position = 0;
            if (Unreadable(magic[..length]) is { } packed)
                throw new DftFlowException("DF1451", $"The file is {packed}, which is not read here.", "Unpack it first. Read as they are: plain text, gzip, bzip2, xz and zstd.", file: path);
            var compression = CompressionOf(magic[..length]);
            return compression == Compression.None ? file : new DecompressedStream(path, file, compression, limits ?? new(), cancellation);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a file as they are stored.</summary>
    /// <exception cref="DftFlowException">DF1450, DF1453: see <see cref="Open"/>.</exception>
    public static FileStream OpenStored(string path)
    {
        if (Directory.Exists(path)) throw NotRegular(path, "a directory");
        // Opening a pipe would wait for whoever writes into it.
        if (KindOf(path) is { } other) throw NotRegular(path, other);
        try
        {
            // The buffer is for decompressors, which take single bytes; what readers take in large blocks does not go through it.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DftFlowException("DF1453",
                error is FileNotFoundException or DirectoryNotFoundException ? "There is no such file." : $"The file cannot be opened: {error.Message}",
                error is UnauthorizedAccessException ? "Who may read it? See ls -l." : "Is the path right?", file: path, inner: error);
        }
    }

    /// <summary>The compression that the first bytes of a file tell of.</summary>
    public static Compression CompressionOf(ReadOnlySpan<byte> head) => head switch
    {
        [0x1f, 0x8b, ..] => Compression.Gzip,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Compression.Bzip2,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Compression.Bzip2,
        [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => Compression.Xz,
        [0x28, 0xb5, 0x2f, 0xfd, ..] or [>= 0x50 and <= 0x5f, 0x2a, 0x4d, 0x18, ..] => Compression.Zstd,
        _ => Compression.None,
    };

    private static string? Unreadable(ReadOnlySpan<byte> head) => head switch
    {
        [(byte)'P', (byte)'K', 3, 4, ..] => "a zip archive",
        [0x1f, 0x9d, ..] => "packed by compress (.Z)",
        [(byte)'7', (byte)'z', 0xbc, 0xaf, ..] => "a 7z archive",
        [0x04, 0x22, 0x4d, 0x18, ..] => "packed by lz4",
        [(byte)'L', (byte)'Z', (byte)'I', (byte)'P', ..] => "packed by lzip",
        _ => null,
    };

    private static DftFlowException NotRegular(string path, string what) => new("DF1450", $"This is {what}, not a file with text.", "Give a file that a run has written.", file: path);

    /// <summary>What a path leads to where it is no ordinary file, as in <c>a pipe</c>; null for one, for nothing, and where the system cannot tell.</summary>
    public static string? KindOf(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        // struct statx is the same on all of Linux: the mode stands at byte 28.
        Span<byte> status = stackalloc byte[256];
        try
        {
            if (statx(-100, path, 0, 1, ref MemoryMarshal.GetReference(status)) != 0) return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
        return (MemoryMarshal.Read<ushort>(status[28..]) & 0xF000) switch
        {
            0x1000 => "a pipe",
            0x2000 or 0x6000 => "a device",
            0xC000 => "a socket",
            _ => null,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, ref byte status);
}
