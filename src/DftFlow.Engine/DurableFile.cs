using System.Runtime.InteropServices;

namespace DftFlow.Engine;

/// <summary>Files that are there whole or not at all, also after the power fails.</summary>
internal static partial class DurableFile
{
    /// <summary>Writes beside the file, then takes its place: a reader sees the old content or the new.</summary>
    public static void Write(string path, ReadOnlyMemory<byte> content) => Write(path, stream => stream.Write(content.Span));

    /// <summary>The same of a file that is written as it is made, however large it is.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var part = path + ".part";
        try
        {
            using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Sends a file that another process wrote, or a folder's list of names, to the disk.</summary>
    // .NET opens no folders; fsync(2) on a descriptor open for reading does for both.
    public static void Sync(string path)
    {
        var descriptor = open(path, CloseOnExec);
        if (descriptor < 0) throw Error(path);
        try
        {
            if (fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not (InvalidArgument or NotSupported)) throw Error(path);
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static IOException Error(string path) => new($"{Marshal.GetLastPInvokeErrorMessage()}: '{path}'", Marshal.GetLastPInvokeError());

    private const int CloseOnExec = 0x80000;

    // Some network file systems cannot sync a folder; they keep their own order.
    private const int InvalidArgument = 22;
    private const int NotSupported = 95;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int close(int descriptor);
}
