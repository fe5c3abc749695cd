using System.Globalization;
using System.Text;

namespace DftFlow.Yaml;

/// <summary>Reads files whole, but never more than a limit: devices and pipes have no length that could be asked for before.</summary>
public static class BoundedFile
{
    /// <exception cref="DftFlowException">DF1003: there is more in it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static byte[] Read(string path, int mostBytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and var count)
        {
            if (content.Length + count > mostBytes)
                throw new DftFlowException("DF1003", string.Create(CultureInfo.InvariantCulture, $"{path} has more than {mostBytes} bytes, which is the limit."), "Is it the right file?");
            content.Write(buffer, 0, count);
        }
        return content.ToArray();
    }

    /// <summary>The text in a file's bytes: UTF-8, or what its byte order mark says.</summary>
    public static string Text(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
