using System.Text;

namespace DftFlow.Engine;

/// <summary>A text file that another process appends to, read as it grows.</summary>
internal sealed class GrowingFile(string path)
{
    private const int MaxBytesAtOnce = 1 << 20;
    private long offset;

    /// <summary>The whole lines since the last call; empty while there are none, or no file.</summary>
    public string NewLines()
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[Math.Clamp(stream.Length - offset, 0, MaxBytesAtOnce)];
            stream.Seek(offset, SeekOrigin.Begin);
            var bytes = buffer.AsSpan(0, stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
            // A line longer than the buffer is cut rather than waited for.
            var whole = bytes.Length == MaxBytesAtOnce && !bytes.Contains((byte)'\n') ? bytes.Length : bytes.LastIndexOf((byte)'\n') + 1;
            offset += whole;
            return Encoding.UTF8.GetString(bytes[..whole]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
