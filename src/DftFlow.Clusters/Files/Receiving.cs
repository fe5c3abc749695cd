using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DftFlow.Clusters.Files;

/// <summary>Takes many files as one stream: first a line with its size for each, and its hash where there is one; then the contents, in the same order.</summary>
/// <param name="names">Relative, and checked to lead nowhere else.</param>
internal sealed class Receiving(string folder, IReadOnlyList<string> names, bool hashed, string source) : IAsyncDisposable
{
    /// <summary>The line between the two.</summary>
    public const string EndOfList = "files:";

    private readonly ArrayBufferWriter<byte> list = new();
    private readonly long[] sizes = new long[names.Count];
    private readonly string?[] hashes = new string?[names.Count];
    private bool listed;
    private int current = -1;
    private long left;
    private FileStream? file;
    private IncrementalHash? hash;

    /// <summary>Takes a piece; what of it is contents goes to <paramref name="contents"/>.</summary>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> piece, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> contents, CancellationToken cancellationToken)
    {
        if (!listed)
        {
            var before = list.WrittenCount;
            list.Write(piece.Span);
            var end = list.WrittenSpan.IndexOf(Encoding.ASCII.GetBytes(EndOfList + "\n"));
            if (end < 0) return;
            ReadList(Encoding.UTF8.GetString(list.WrittenSpan[..end]));
            listed = true;
            piece = piece[(end + EndOfList.Length + 1 - before)..];
        }
        if (piece.Length > 0) await contents(piece, cancellationToken);
    }

    /// <summary>Takes the next bytes of the contents.</summary>
    public async ValueTask ContentAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        while (piece.Length > 0)
        {
            while (file is null || left == 0)
            {
                await NextAsync();
                if (file is null) throw TransferFailures.Damaged(folder, source, "more came than the list of files tells");
            }
            var part = piece[..(int)Math.Min(left, piece.Length)];
            hash!.AppendData(part.Span);
            await file.WriteAsync(part, cancellationToken);
            left -= part.Length;
            piece = piece[part.Length..];
        }
    }

    /// <summary>All has come: the last file gets its name.</summary>
    public async Task EndAsync()
    {
        while (current < names.Count)
        {
            if (left > 0) throw TransferFailures.Damaged(names[current], source, Invariant($"{left} of {sizes[current]} bytes are missing"));
            await NextAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        hash?.Dispose();
        if (file is null) return;
        await file.DisposeAsync();
        File.Delete(file.Name);
    }

    private void ReadList(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length != names.Count * (hashed ? 2 : 1)) throw TransferFailures.Damaged("the list of files", source, Invariant($"it has {lines.Length} lines for {names.Count} files"));
        for (var i = 0; i < names.Count; i++)
        {
            if (!long.TryParse(lines[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i])) throw TransferFailures.Damaged("the list of files", source, $"'{lines[i]}' is no size");
            if (hashed) hashes[i] = RemoteFiles.HashIn(lines[names.Count + i]);
        }
    }

    /// <summary>Ends the file under way, and begins the next; after the last there is none.</summary>
    private async ValueTask NextAsync()
    {
        if (file is not null)
        {
            var name = names[current];
            var ours = Convert.ToHexStringLower(hash!.GetHashAndReset());
            if (hashes[current] is { } theirs && theirs != ours) throw TransferFailures.Damaged(name, source, $"its SHA-256 is {theirs} there and {ours} here");
            await file.DisposeAsync();
            File.Move(file.Name, Path.Combine(folder, name), overwrite: true);
            file = null;
        }
        if (++current == names.Count) return;
        var path = Path.Combine(folder, names[current]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        file = new FileStream(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        left = sizes[current];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
