using DftFlow.Vasp.Text;

namespace DftFlow.Cli;

/// <summary>A file stands where a folder is to be.</summary>
internal sealed class FileInTheWayException(string path, IOException inner) : IOException($"{path} is a file, not a folder.", inner);

/// <summary>Files that a command writes where the user says.</summary>
internal static class OutputFiles
{
    /// <summary>
    /// Writes all of them or none: all are written beside their places first, and moved there last. Folders are made where they are
    /// missing, and are gone again where nothing was written; what was there under the same names is replaced.
    /// </summary>
    public static Task WriteAsync(IEnumerable<(string Path, ReadOnlyMemory<byte> Bytes)> files, CancellationToken cancellation) =>
        WriteAsync(files.Select(file => (file.Path, (Func<Stream, Task>)(stream => stream.WriteAsync(file.Bytes, cancellation).AsTask()))), cancellation);

    /// <summary>The same of files that are written as they are made, however large they are.</summary>
    public static async Task WriteAsync(IEnumerable<(string Path, Func<Stream, Task> Write)> files, CancellationToken cancellation)
    {
        var written = new List<(string Temporary, string Path)>();
        var made = new Stack<string>();
        try
        {
            foreach (var (path, write) in files)
            {
                // What leads elsewhere, as /dev/stdout does, is written through and not replaced.
                if (TextFile.KindOf(path) is not null)
                {
                    await using var through = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                    await write(through);
                    continue;
                }
                var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
                Make(folder);
                // A move would only fail when others have been made.
                if (Directory.Exists(path)) throw new IOException($"{path} is a folder.");
                var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.tmp");
                written.Add((temporary, path));
                await using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
                await write(stream);
            }
            cancellation.ThrowIfCancellationRequested();
            foreach (var (temporary, path) in written) File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            foreach (var (temporary, _) in written) Delete(File.Delete, temporary);
            foreach (var folder in made) Delete(Directory.Delete, folder);
            throw;
        }

        void Make(string folder)
        {
            if (Directory.Exists(folder)) return;
            if (Path.GetDirectoryName(folder) is { } parent) Make(parent);
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (IOException error) when (File.Exists(folder))
            {
                throw new FileInTheWayException(folder, error);
            }
            made.Push(folder);
        }
    }

    private static void Delete(Action<string> delete, string path)
    {
        try
        {
            delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What keeps us from writing may keep us from deleting; the first error is the one to tell.
        }
    }
}
