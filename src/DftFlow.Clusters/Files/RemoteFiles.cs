using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Files;

/// <summary>
/// Files to and from a cluster, as streams of a shell's commands. A file gets its name only when it is whole: it is written
/// under another one, its size and its SHA-256 are checked, and then it is renamed. Folders on the way are made.
/// </summary>
/// <param name="compress">Whether files go packed (gzip): faster where the network is slower than about 50 MB/s.</param>
public sealed partial class RemoteFiles(RemoteShell shell, RemoteTools tools, bool compress = false)
{
    /// <summary>
    /// The files in a folder and those below, by name. Links are not followed. Names that are no text (with control characters, or
    /// bytes that are not UTF-8) are left out: no program of ours gives such.
    /// </summary>
    /// <exception cref="DftFlowException">DF4305: there is no such folder; or one of <see cref="ConnectionFailures"/>.</exception>
    public async Task<ImmutableArray<RemoteFile>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        // wc prints "size ./name" for each, and a total at the end of each batch. A name of several lines could pass for several.
        var reply = await DoAsync(new RemoteScript($"cd {Sh.Quote(folder)} || exit 72\nfind . -type f ! -path '*\n*' -exec wc -c {{}} +") { What = $"listing {folder}" }, cancellationToken);
        return
        [
            .. reply.Output.Split('\n').Select(line => line.TrimStart()).Select(line => line.Split(' ', 2))
                .Where(parts => parts is [_, ['.', '/', ..] name] && !name.Any(c => char.IsControl(c) || c == '\uFFFD') && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(parts => new RemoteFile(parts[1][2..], long.Parse(parts[0], CultureInfo.InvariantCulture)))
                .OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Removes a folder with all that is in it; one that is not there is no error.</summary>
    /// <param name="mark">A name that must occur in the path as a whole element: a guard against removing what is not ours.</param>
    public async Task RemoveFolderAsync(string folder, string mark, CancellationToken cancellationToken)
    {
        if (mark.Length == 0 || !folder.StartsWith('/') || !folder.Split('/').Contains(mark, StringComparer.Ordinal) || folder.Split('/').Contains("..", StringComparer.Ordinal))
            throw new ArgumentException($"'{folder}' is no absolute path below '{mark}'.", nameof(folder));
        await DoAsync(new RemoteScript($"rm -rf -- {Sh.Quote(folder)}") { What = $"removing {folder}" }, cancellationToken);
    }

    /// <summary>Its errors are told apart by what the programs say, so that they must say it in English.</summary>
    private async Task<RemoteReply> DoAsync(RemoteScript script, CancellationToken cancellationToken)
    {
        var reply = await shell.RunAsync(script with { Text = $"LC_ALL=C; export LC_ALL\n{script.Text}" }, cancellationToken);
        return reply.ExitStatus == 0 ? reply : throw TransferFailures.Of(reply, script.What, shell.Destination);
    }

    /// <summary>No caller, whatever its list says, brings a potential here.</summary>
    private static void RefuseLicensed(string remote)
    {
        if (FilePolicy.IsLicensed(remote)) throw new ArgumentException($"'{remote}' holds potentials: their licence keeps them on the cluster.", nameof(remote));
    }

    private static string FolderOf(string remote) => remote.LastIndexOf('/') switch { < 0 => ".", 0 => "/", var slash => remote[..slash] };

    private static string NameOf(string remote) => remote[(remote.LastIndexOf('/') + 1)..];

    /// <summary>Takes the hash from what a hashing program printed; null where that is none.</summary>
    internal static string? HashIn(string line) =>
        line.TrimStart('\\') is { Length: >= 64 } text && text[..64].All(char.IsAsciiHexDigit) ? text[..64].ToLowerInvariant() : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
