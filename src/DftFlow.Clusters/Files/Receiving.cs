using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace DftFlow.Clusters.Files;

/// <summary>Takes many files as one stream: first a line with its size for each, and its hash where there is one; then the contents, in the same order.</summary>
/// <param name="names">Relative, and checked to lead nowhere else.</param>
internal sealed class Receiving(string folder, IReadOnlyList<string> names, bool hashed, string source) : IDisposable
{
    /// <summary>The line between the two.</summary>
    public const string EndOfList = "files:";

    private readonly ArrayBufferWriter<byte> list = new();
    private readonly long[] sizes = new long[names.Count];
    private readonly string?[] hashes = new string?[names.Count];
    private bool listed;
    private int current = -1;
    private long left;
    private string? folderMade;
    private SafeFileHandle? file;
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

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
    public ValueTask ContentAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        while (piece.Length > 0)
        {
            while (file is null || left == 0)
            {
                Next();
                if (file is null) throw TransferFailures.Damaged(folder, source, "more came than the list of files tells");
            }
            var part = piece[..(int)Math.Min(left, piece.Length)];
            hash.AppendData(part.Span);
            // Into memory of the system, for which it is not worth to change the thread.
            RandomAccess.Write(file, part.Span, sizes[current] - left);
            left -= part.Length;
            piece = piece[part.Length..];
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>All has come: the last file gets its name.</summary>
    public void End()
    {
        while (current < names.Count)
        {
            if (left > 0) throw TransferFailures.Damaged(names[current], source, Invariant($"{left} of {sizes[current]} bytes are missing"));
            Next();
        }
    }

    public void Dispose()
    {
        hash.Dispose();
        if (file is null) return;
        file.Dispose();
        File.Delete(Part);
    }

    private void ReadList(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // wc(1) ends with the sum of several.
        var total = names.Count > 1 ? 1 : 0;
        if (lines.Length != names.Count * (hashed ? 2 : 1) + total) throw TransferFailures.Damaged("the list of files", source, Invariant($"it has {lines.Length} lines for {names.Count} files"));
        for (var i = 0; i < names.Count; i++)
        {
            var size = lines[i].TrimStart().Split(' ', 2)[0];
            if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i])) throw TransferFailures.Damaged("the list of files", source, $"'{lines[i]}' is no size");
            if (hashed) hashes[i] = RemoteFiles.HashIn(lines[total + names.Count + i]);
        }
    }

    /// <summary>Ends the file under way, and begins the next; after the last there is none.</summary>
    private void Next()
    {
        if (file is not null)
        {
            var name = names[current];
            var ours = Convert.ToHexStringLower(hash.GetHashAndReset());
            if (hashes[current] is { } theirs && theirs != ours) throw TransferFailures.Damaged(name, source, $"its SHA-256 is {theirs} there and {ours} here");
            file.Dispose();
            File.Move(Part, Path.Combine(folder, name), overwrite: true);
            file = null;
        }
        if (++current == names.Count) return;
        if (Path.GetDirectoryName(Part) is var parent && parent != folderMade) Directory.CreateDirectory(folderMade = parent!);
        file = Created();
        left = sizes[current];
    }

    // A new file, since ext4 takes one that is emptied for a replacement, and writes it out at once.
    private SafeFileHandle Created()
    {
        try
        {
            return File.OpenHandle(Part, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (IOException) when (File.Exists(Part))
        {
            File.Delete(Part);
            return File.OpenHandle(Part, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    private string Part => Path.Combine(folder, names[current] + ".part");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
