using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Files;

// One file, of any size. What was interrupted is gone on with, from where it stopped.
public sealed partial class RemoteFiles
{
    private const int PieceBytes = 1 << 18;

    /// <summary>Below this a question for what is there already costs more than to send it again.</summary>
    private const long WorthResumingBytes = 8 << 20;

    /// <summary>Files are read in blocks of this size from whole multiples of it on: by dd(1), since tail(1) and head(1) take them in bites of 8 kB.</summary>
    private const int BlockBytes = 1 << 20;

    /// <summary>Sends a file, over one that is there.</summary>
    /// <exception cref="DftFlowException">DF4301 to DF4306, or one of <see cref="ConnectionFailures"/>: the old file, if any, is as it was.</exception>
    public async Task PutAsync(string local, string remote, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        await using var source = new FileStream(local, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        // The same file goes on where it stopped; another one, or the same changed, begins anew.
        var part = $"{FolderOf(remote)}/.{NameOf(remote)}.{Identity(Path.GetFullPath(local), source.Length, File.GetLastWriteTimeUtc(local).Ticks.ToString(CultureInfo.InvariantCulture))}.part";
        var had = source.Length >= WorthResumingBytes ? await SizeOfPartAsync(part, source.Length, cancellationToken) : 0;
        var (ours, theirs) = await AppendAsync(source, had, remote, part, progress, cancellationToken);
        // The part of an earlier try may be what is wrong: only from the beginning is it certain.
        if (theirs is not null && theirs != ours && had > 0) (ours, theirs) = await AppendAsync(source, 0, remote, part, progress, cancellationToken);
        if (theirs is not null && theirs != ours)
        {
            await DoAsync(new RemoteScript($"rm -f -- {Sh.Quote(part)}") { What = $"removing {part}" }, cancellationToken);
            throw TransferFailures.Damaged(local, shell.Destination, $"its SHA-256 is {theirs} there and {ours} here");
        }
        // Crash here ⇒ a whole part, which the next try finds to be so.
        await DoAsync(new RemoteScript($"mv -f -- {Sh.Quote(part)} {Sh.Quote(remote)}") { What = $"renaming {part}" }, cancellationToken);
    }

    /// <summary>Brings a file here, over one that is there. One that grows is brought as long as it was at the beginning.</summary>
    /// <exception cref="DftFlowException">DF4303 to DF4306, or one of <see cref="ConnectionFailures"/>: the old file, if any, is as it was.</exception>
    public async Task GetAsync(string remote, string local, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        RefuseLicensed(NameOf(remote));
        var asked = await DoAsync(new RemoteScript($"f={Sh.Quote(remote)}\nn=$(wc -c <\"$f\") && printf '%d\\n' \"$n\" && ls -ld -- \"$f\"") { What = $"looking at {remote}" }, cancellationToken);
        var told = asked.Output.Split('\n', 2);
        var size = long.Parse(told[0], CultureInfo.InvariantCulture);
        var part = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(local))!, $".{Path.GetFileName(local)}.{Identity(shell.Destination + remote, size, told[1])}.part");
        RemoveOtherParts(part, Path.GetFileName(local));
        await using (var target = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous))
        {
            // ls tells the time by the minute: whether it is the same file that is gone on with is certain by its hash alone.
            var good = target.Length > size || tools.LongSha256 is null ? 0 : target.Length == size ? size : target.Length / BlockBytes * BlockBytes;
            if (good < target.Length) target.SetLength(good);
            var had = target.Length;
            using var hashing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var theirs = tools.LongSha256 is { } sha256
                ? DoAsync(new RemoteScript(Hashing(remote, size, sha256)) { What = $"hashing {remote}", Silence = LongestHashing }, hashing.Token)
                : null;
            try
            {
                var ours = await FillAsync(remote, size, target, progress, cancellationToken);
                var expected = theirs is null ? null : HashIn((await theirs).Output);
                if (expected is not null && expected != ours && had > 0)
                {
                    target.SetLength(0);
                    ours = await FillAsync(remote, size, target, progress, cancellationToken);
                }
                if (expected is not null && expected != ours)
                {
                    target.SetLength(0);
                    throw TransferFailures.Damaged(remote, shell.Destination, $"its SHA-256 is {expected} there and {ours} here");
                }
            }
            finally
            {
                // Nobody waits for a hash of what did not come.
                await hashing.CancelAsync();
                if (theirs is not null) await theirs.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
            target.Flush(flushToDisk: true);
        }
        File.Move(part, local, overwrite: true);
    }

    /// <summary>Makes the folder, and takes away what came of other versions of the file, which nobody goes on with.</summary>
    private static void RemoveOtherParts(string part, string name)
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        var mine = Path.GetFileName(part);
        foreach (var other in folder.EnumerateFiles(".*.part"))
            if (other.Name.Length == mine.Length && other.Name.StartsWith($".{name}.", StringComparison.Ordinal) && other.Name != mine) other.Delete();
    }

    // The other side reads a file of 100 GB at 100 MB/s in this time.
    private static readonly TimeSpan LongestHashing = TimeSpan.FromMinutes(20);

    private async Task<long> SizeOfPartAsync(string part, long atMost, CancellationToken cancellationToken)
    {
        var reply = await shell.RunAsync(new RemoteScript($"wc -c <{Sh.Quote(part)}") { What = $"looking for {part}" }, cancellationToken);
        return reply.ExitStatus == 0 && long.TryParse(reply.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var had) && had <= atMost ? had : 0;
    }

    /// <summary>Writes the part's rest; answers the hashes of the whole file on both sides, theirs null where it cannot be told.</summary>
    private async Task<(string Ours, string? Theirs)> AppendAsync(
        FileStream source, long had, string remote, string part, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var size = source.Length;
        var packed = Packed(size - had);
        var read = packed ? "gzip -dc" : "cat";
        // Of the file, not of the stream on its way there by tee(1), which takes more time than to read the file once more.
        var write = $"{read} >>\"$p\"{(tools.LongSha256 is { } sha256 ? $" && h=$({sha256} <\"$p\")" : "")}";
        var script = string.Create(CultureInfo.InvariantCulture,
            $$"""
            d={{Sh.Quote(FolderOf(remote))}} p={{Sh.Quote(part)}} h=
            if [ -d {{Sh.Quote(remote)}} ]; then echo 'a folder has this name' >&2; exit 1; fi
            mkdir -p -- "$d" || exit
            {{(had == 0 ? "rm -f -- \"$p\" && : >\"$p\" || exit" : ":")}}
            {{write}}
            n=$(($(wc -c <"$p")))
            if [ "$n" -ne {{size}} ]; then
                echo "$n of {{size}} bytes were written" >&2
                # What the network cut is gone on with later; what a full disk cut must give its room back.
                printf '%65536s' '' 2>/dev/null >"$p.room" || rm -f -- "$p"
                rm -f -- "$p.room"
                exit 73
            fi
            printf '%s\n' "$h"
            """);
        var ours = Task.FromResult("");
        var reply = await DoAsync(new RemoteScript(script)
        {
            What = $"writing {remote}",
            Silence = LongestHashing,
            Input = async (stream, cancellation) =>
            {
                await using var packing = packed ? new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true) : null;
                var buffer = new byte[PieceBytes];
                for (var sent = had; sent < size;)
                {
                    // To change the thread for each piece takes longer than to read it.
                    var count = RandomAccess.Read(source.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, size - sent)), sent);
                    if (count == 0) throw new EndOfStreamException($"{source.Name} became shorter while it was sent.");
                    await (packing ?? stream).WriteAsync(buffer.AsMemory(0, count), cancellation);
                    sent += count;
                    progress?.Report(new(NameOf(remote), sent, size));
                }
                // While the other side reads its file once more we read ours.
                ours = Task.Run(() => Hash(source.SafeFileHandle, size, cancellationToken), cancellationToken);
            },
        }, cancellationToken);
        return (await ours, HashIn(reply.Output));
    }

    private static string Hash(SafeFileHandle file, long size, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[PieceBytes];
        for (var at = 0L; at < size;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, size - at)), at);
            if (count == 0) break;
            hash.AppendData(buffer, 0, count);
            at += count;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The hash of a file's first bytes: of the file itself, unless it has grown meanwhile.</summary>
    private static string Hashing(string remote, long size, string sha256) => string.Create(CultureInfo.InvariantCulture,
        $"f={Sh.Quote(remote)}\nh=$({sha256} <\"$f\") || exit\n[ $(($(wc -c <\"$f\"))) -eq {size} ] || h=$(head -c {size} <\"$f\" | {sha256}) || exit\nprintf '%s\\n' \"$h\"");

    /// <summary>Brings what the target lacks, from a multiple of <see cref="BlockBytes"/> on; answers the hash of all.</summary>
    private async Task<string> FillAsync(string remote, long size, FileStream target, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[PieceBytes];
        target.Position = 0;
        while (await target.ReadAsync(buffer, cancellationToken) is > 0 and var count) hash.AppendData(buffer, 0, count);
        var got = target.Length;
        ValueTask WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellation)
        {
            // The last block may bring what the file has grown by.
            if (piece.Length > size - got) piece = piece[..(int)(size - got)];
            hash.AppendData(piece.Span);
            // Into memory of the system, for which it is not worth to change the thread.
            RandomAccess.Write(target.SafeFileHandle, piece.Span, got);
            got += piece.Length;
            progress?.Report(new(NameOf(remote), got, size));
            return ValueTask.CompletedTask;
        }
        var most = Math.Max(1, shell.LargestReply / BlockBytes) * BlockBytes;
        while (got < size)
        {
            var (from, bytes) = (got, Math.Min(most, size - got));
            var packed = Packed(bytes);
            await using var unpacking = packed ? new Unpacking(WriteAsync, cancellationToken) : null;
            var read = Invariant($"dd bs={BlockBytes} skip={from / BlockBytes} count={(bytes + BlockBytes - 1) / BlockBytes} <{Sh.Quote(remote)}{(packed ? " | gzip -1c" : "")}");
            await DoAsync(new RemoteScript(read) { What = $"reading {remote}", Output = unpacking is null ? WriteAsync : unpacking.TakeAsync }, cancellationToken);
            if (unpacking is not null) await unpacking.EndAsync();
            if (got < from + bytes) throw TransferFailures.Damaged(remote, shell.Destination, Invariant($"{got - from} of {bytes} bytes came"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private bool Packed(long bytes) => compress && tools.Gzip && bytes > PieceBytes;

    private static string Identity(string name, long size, string version) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Invariant($"{name}\n{size}\n{version}"))))[..12];
}
