namespace DftFlow.Cli;

/// <summary>A file stands where a folder is to be.</summary>
internal sealed class FileInTheWayException(string path, IOException inner) : IOException($"{path} is a file, not a folder.", inner);

/// <summary>Files that a command writes where the user says.</summary>
internal static class OutputFiles
{
    /// <summary>
    /// Writes all of them or none: all are written beside their places first, and moved there last. Folders are made where they are
    /// missing; what was there under the same names is replaced.
    /// </summary>
    public static async Task WriteAsync(IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> files, CancellationToken cancellation)
    {
        var written = new List<(string Temporary, string Path)>();
        try
        {
            foreach (var (path, bytes) in files)
            {
                var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
                Make(folder);
                // A move would only fail when others have been made.
                if (Directory.Exists(path)) throw new IOException($"{path} is a folder.");
                var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.tmp");
                written.Add((temporary, path));
                await File.WriteAllBytesAsync(temporary, bytes, cancellation);
            }
            cancellation.ThrowIfCancellationRequested();
            foreach (var (temporary, path) in written) File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            foreach (var (temporary, _) in written) Delete(temporary);
            throw;
        }
    }

    private static void Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (IOException error)
        {
            for (var above = folder; above is not null; above = Path.GetDirectoryName(above))
                if (File.Exists(above)) throw new FileInTheWayException(above, error);
            throw;
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What keeps us from writing may keep us from deleting; the first error is the one to tell.
        }
    }
}
