using System.Collections.Immutable;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Files;

// Many small files, as one stream.
public sealed partial class RemoteFiles
{
    /// <summary>A command line holds 2 MB on Linux, and names have up to 255 bytes.</summary>
    private const int MostNames = 2000;

    /// <summary>The slowest network that is worth waiting for. What was written may still be on its way, in buffers of some megabytes, and nothing is heard of it.</summary>
    private const double SlowestBytesPerSecond = 10_000;

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Writes files into a folder, which is made where it is not there. They get their names when all of them have come whole;
    /// other files of the folder stay.
    /// </summary>
    /// <param name="files">Name, without a slash → content.</param>
    /// <param name="folder">An absolute path.</param>
    /// <exception cref="DftFlowException">DF4301 to DF4306, or one of <see cref="ConnectionFailures"/>.</exception>
    public async Task PutManyAsync(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, string folder, CancellationToken cancellationToken)
    {
        foreach (var name in files.Keys)
            if (name is "" or "." or ".." || name.Any(c => c == '/' || char.IsControl(c))) throw new ArgumentException($"'{name}' is no file name.", nameof(files));
        if (files.Count == 0) return;
        var ordered = files.OrderBy(file => file.Key, StringComparer.Ordinal).ToImmutableArray();
        var bytes = ordered.Sum(file => (long)file.Value.Length);
        var packed = Packed(bytes);
        // Without tar each file takes a program of its own, and is told by its number of bytes.
        var unpack = (packed ? "gzip -dc | " : "") + (tools.Tar
            ? "tar -xf -"
            : $"{{\n{string.Join('\n', ordered.Select(file => Invariant($"head -c {file.Value.Length} >{Word(file.Key)} || exit")))}\n}}");
        var script =
            $$"""
            d={{Sh.Quote(folder)}}
            i=.incoming-{{RandomNumberGenerator.GetHexString(12, lowercase: true)}}
            if [ -d "$d" ]; then t=$d/$i; else t=$d$i; fi
            mkdir -p -- "$t" && cd -- "$t" || exit
            trap 'cd / && rm -rf -- "$t"' EXIT
            {{unpack}} || exit
            {{Check(ordered)}}
            # A new folder gets its name with all that is in it.
            if [ ! -d "$d" ]; then mv -- "$t" "$d" && [ ! -d "$d/${t##*/}" ]; exit; fi
            {{string.Join('\n', ordered.Chunk(MostNames).Select(some => $"mv -f -- {string.Join(' ', some.Select(file => Word(file.Key)))} \"$d\" || exit"))}}
            """;
        await DoAsync(new RemoteScript(script)
        {
            What = Invariant($"writing {files.Count} files to {folder}"),
            Silence = TimeSpan.FromSeconds(Math.Min(60 + bytes / SlowestBytesPerSecond, LongestHashing.TotalSeconds)),
            Input = async (stream, cancellation) =>
            {
                await using var packing = packed ? new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true) : null;
                await WriteManyAsync(ordered, packing ?? stream, cancellation);
            },
        }, cancellationToken);
    }

    /// <summary>Brings files of a folder here; each gets its name when it has come whole.</summary>
    /// <param name="names">Relative to the folder; each comes to the same place below <paramref name="local"/>.</param>
    /// <exception cref="DftFlowException">DF4303 to DF4306, or one of <see cref="ConnectionFailures"/>.</exception>
    public async Task GetManyAsync(string folder, IReadOnlyList<string> names, string local, CancellationToken cancellationToken)
    {
        foreach (var name in names)
            if (name.Split('/').Any(part => part is "" or "." or "..") || name.Any(char.IsControl)) throw new ArgumentException($"'{name}' is no name of a file below a folder.", nameof(names));
        foreach (var name in names) RefuseLicensed(name);
        foreach (var some in names.Chunk(MostNames)) await GetSomeAsync(folder, some, local, cancellationToken);
    }

    private async Task GetSomeAsync(string folder, string[] names, string local, CancellationToken cancellationToken)
    {
        var packed = compress && tools.Gzip;
        var list = string.Join(' ', names.Select(Word));
        // One program for all files where it can be, since a thousand starts take a second.
        var hashing = tools.Sha256 switch
        {
            null => "",
            "sha256sum" => $"sha256sum -- {list} || exit\n",
            var sha256 => $"for f in {list}; do {sha256} <\"$f\" || exit; done\n",
        };
        var script =
            $$"""
            cd -- {{Sh.Quote(folder)}} || exit
            wc -c -- {{list}} || exit
            {{hashing}}printf '{{Receiving.EndOfList}}\n'
            cat -- {{list}}{{(packed ? " | gzip -1c" : "")}}
            """;
        using var receiving = new Receiving(local, names, hashed: tools.Sha256 is not null, shell.Destination);
        await using var unpacking = packed ? new Unpacking(receiving.ContentAsync, cancellationToken) : null;
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> contents = unpacking is null ? receiving.ContentAsync : unpacking.TakeAsync;
        await DoAsync(new RemoteScript(script)
        {
            What = Invariant($"reading {names.Length} files of {folder}"),
            Output = (piece, cancellation) => receiving.TakeAsync(piece, contents, cancellation),
        }, cancellationToken);
        if (unpacking is not null) await unpacking.EndAsync();
        receiving.End();
    }

    /// <summary>Lines of shell that hold the files of the current folder against what was sent.</summary>
    private string Check(ImmutableArray<KeyValuePair<string, ReadOnlyMemory<byte>>> files)
    {
        // sha256sum writes a name with a backslash in another way.
        if (tools.Sha256 == "sha256sum" && !files.Any(file => file.Key.Contains('\\', StringComparison.Ordinal)))
            return $"sha256sum -c - >/dev/null <<'SUMS' || exit 73\n{string.Join('\n', files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(file.Value.Span))}  ./{file.Key}"))}\nSUMS";
        return string.Join('\n', files.Select(file => Invariant($"[ $(($(wc -c <{Word(file.Key)}))) -eq {file.Value.Length} ] || {{ echo 'a file came with another size' >&2; exit 73; }}")));
    }

    private async Task WriteManyAsync(ImmutableArray<KeyValuePair<string, ReadOnlyMemory<byte>>> files, Stream stream, CancellationToken cancellationToken)
    {
        if (!tools.Tar)
        {
            foreach (var (_, content) in files) await stream.WriteAsync(content, cancellationToken);
            return;
        }
        // In pieces worth a packet, not of 512 bytes each.
        var together = new BufferedStream(stream, PieceBytes);
        await using (var tar = new TarWriter(together, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                // The old form has no room for other names, the new one takes twice the room.
                TarEntry entry = name.Length < 100 && Ascii.IsValid(name) ? new UstarTarEntry(TarEntryType.RegularFile, name) : new PaxTarEntry(TarEntryType.RegularFile, name);
                entry.Mode = Mode;
                entry.DataStream = new MemoryStream(content.ToArray(), writable: false);
                await tar.WriteEntryAsync(entry, cancellationToken);
            }
        }
        await together.FlushAsync(cancellationToken);
    }

    private static string Word(string name) => Sh.Quote("./" + name);
}
