using System.Collections.Immutable;
using System.Security.Cryptography;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inspection;

/// <summary>A file that was read, with what makes it known again.</summary>
/// <param name="Sha256">Of the bytes as stored, hexadecimal.</param>
/// <param name="Warnings">What is doubtful about the file itself: packed text that is damaged, or a run that still writes to it.</param>
public sealed record ReadFile<T>(string Path, T Content, string Sha256, ImmutableArray<string> Warnings);

public static class ReadFile
{
    /// <summary>Reads a file, compressed or not, and hashes it meanwhile.</summary>
    /// <param name="read">Gets the plain text: see <see cref="TextFile.Open"/>.</param>
    /// <exception cref="DftFlowException">DF1450 to DF1453: it cannot be opened. And what <paramref name="read"/> throws, with the file's path.</exception>
    public static async Task<ReadFile<T>> ReadAsync<T>(string path, Func<Stream, T> read, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var before = Stamp(path);
        // What the one has fetched from the disk, the other finds in memory.
        var hash = Task.Run(() => Hash(path, stop.Token), CancellationToken.None);
        try
        {
            var (content, damage) = await Task.Run(() =>
            {
                using var stream = TextFile.Open(path, cancellation: cancellation);
                var content = read(stream);
                (stream as DecompressedStream)?.ReadToEnd();
                return (content, (stream as DecompressedStream)?.Damage);
            }, cancellation);
            var sha256 = await hash;
            ImmutableArray<string> warnings =
            [
                .. damage is null ? [] : new[] { $"{damage}. What can be decompressed is read." },
                .. Stamp(path) == before ? [] : new[] { "was written to while it was read: the run goes on." },
            ];
            return new(path, content, sha256, warnings);
        }
        catch (DftFlowException error)
        {
            throw error.InFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DftFlowException("DF1902", error.Message, "Is the disk there, and may you read it?", file: path, inner: error);
        }
        finally
        {
            // Nobody waits for the hash of a file that could not be read.
            await stop.CancelAsync();
            await hash.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private static (long, DateTime) Stamp(string path) => new FileInfo(path) is { Exists: true } file ? (file.Length, file.LastWriteTimeUtc) : default;

    private static string Hash(string path, CancellationToken cancellation)
    {
        using var stream = TextFile.OpenStored(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[1 << 17];
        int count;
        while ((count = stream.Read(block)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(block, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
