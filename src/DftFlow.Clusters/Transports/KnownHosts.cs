using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>What known_hosts says of a key that a host shows.</summary>
public enum HostKeyVerdict
{
    /// <summary>The host has exactly this key.</summary>
    Known,

    /// <summary>Nothing is known of the host.</summary>
    Unknown,

    /// <summary>The host has another key, of this type or of others only.</summary>
    Changed,

    /// <summary>The key is marked as one that must not be trusted any more.</summary>
    Revoked,
}

/// <param name="Expected">The keys that the host has instead, each with its file and line.</param>
public sealed record HostKeyAnswer(HostKeyVerdict Verdict, ImmutableArray<string> Expected);

/// <summary>A key that a host showed.</summary>
/// <param name="Host">What known_hosts calls the host.</param>
/// <param name="File">Where it would be added: <see cref="KnownHosts.AcceptAsync"/>.</param>
/// <param name="Answer">What is known of it so far.</param>
public sealed record ShownHostKey(string Host, HostKey Key, string File, HostKeyAnswer Answer);

/// <summary>The host keys of files in the form of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT".</summary>
public sealed class KnownHosts
{
    private const string Revoked = "@revoked";
    private readonly List<Entry> entries = [];
    private readonly List<string> ignored = [];

    private sealed record Entry(string Marker, string Hosts, HostKey Key, string Place);

    /// <param name="files">Path and text of each, in the order in which they are to be asked.</param>
    public KnownHosts(IEnumerable<(string Path, string Text)> files)
    {
        foreach (var (path, text) in files)
        {
            var number = 0;
            foreach (var line in text.Split('\n')) Read(line, string.Create(CultureInfo.InvariantCulture, $"{path}:{++number}"));
        }
    }

    /// <summary>The lines that do not count, each with the reason.</summary>
    public IReadOnlyList<string> Ignored => ignored;

    /// <summary>Reads the files that are there.</summary>
    public static KnownHosts ReadFiles(IEnumerable<string> paths)
    {
        var files = new List<(string, string)>();
        foreach (var path in paths)
        {
            try
            {
                if (File.Exists(path)) files.Add((path, File.ReadAllText(path)));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new DftFlowException("DF4016", $"The file of known host keys cannot be read: {error.Message}", "Mend its permissions.", file: path, inner: error);
            }
        }
        return new KnownHosts(files);
    }

    /// <summary>Asks for a key that a host shows.</summary>
    /// <param name="host">The host's name, with the port where that is not 22: <see cref="SshHostSettings.KnownHostsName"/>.</param>
    public HostKeyAnswer Ask(string host, HostKey key)
    {
        host = host.ToLowerInvariant();
        if (entries.FirstOrDefault(entry => entry.Marker == Revoked && entry.Key.Is(key) && IsFor(entry, host)) is { } revoked)
            return new(HostKeyVerdict.Revoked, [revoked.Place]);
        var own = Of(host).ToList();
        if (own.Any(entry => entry.Key.Is(key))) return new(HostKeyVerdict.Known, []);
        if (own.Count > 0)
        {
            // A host that suddenly shows no key of a type it is known by is no new one either.
            var same = own.Where(entry => entry.Key.Type == key.Type).ToList();
            return new(HostKeyVerdict.Changed, [.. (same.Count > 0 ? same : own).Select(entry => $"{entry.Key} ({entry.Place})")]);
        }
        // As ssh does: a line without a port is as good, as long as it has the very key.
        return WithoutPort(host) is { } bare && Ask(bare, key) is { Verdict: HostKeyVerdict.Known or HostKeyVerdict.Revoked } answer ? answer : new(HostKeyVerdict.Unknown, []);
    }

    /// <summary>The types of the keys that the host is known by, those to ask it for first.</summary>
    public IReadOnlyList<string> TypesOf(string host)
    {
        host = host.ToLowerInvariant();
        var types = Of(host).Select(entry => entry.Key.Type).Distinct().ToList();
        return types.Count == 0 && WithoutPort(host) is { } bare ? [.. Of(bare).Select(entry => entry.Key.Type).Distinct()] : types;
    }

    /// <summary>
    /// Adds a key that a person has compared, as one line at the end of a file, which is made where it is not there. The file is
    /// locked for as long, so that of two programs that add to it none loses its line.
    /// </summary>
    /// <exception cref="DftFlowException">DF4016: the file cannot be written to.</exception>
    public static async Task AcceptAsync(string path, string host, HostKey key, CancellationToken cancellationToken)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            {
                if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
                else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            var last = (byte)'\n';
            if (file.Length > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                last = (byte)file.ReadByte();
            }
            var line = $"{(last == '\n' ? "" : "\n")}{host.ToLowerInvariant()} {key.Type} {Convert.ToBase64String(key.Blob.Span)}\n";
            await file.WriteAsync(Encoding.ASCII.GetBytes(line), cancellationToken);
            file.Flush(flushToDisk: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DftFlowException("DF4016", $"The host key cannot be added to the file of known host keys: {error.Message}", "Mend its permissions.", file: path, inner: error);
        }
    }

    private IEnumerable<Entry> Of(string host) => entries.Where(entry => entry.Marker.Length == 0 && IsFor(entry, host));

    private void Read(string line, string place)
    {
        var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (words is [] || words[0].StartsWith('#')) return;
        var marker = words[0].StartsWith('@') ? words[0] : "";
        if (marker.Length > 0) words = words[1..];
        if (marker == "@cert-authority") ignored.Add($"{place}: certificates of hosts are not understood, only their keys");
        else if (marker is not ("" or Revoked)) ignored.Add($"{place}: {marker} is no marker of known_hosts");
        else if (words.Length < 3 || HostKey.Read(words[1], words[2]) is not { } key) ignored.Add($"{place}: the line has no host, type and key");
        else entries.Add(new(marker, words[0], key, place));
    }

    private static bool IsFor(Entry entry, string host) =>
        entry.Hosts.StartsWith("|1|", StringComparison.Ordinal) ? IsHashOf(entry.Hosts, host) : SshConfigText.FitsAny(host, entry.Hosts.ToLowerInvariant().Split(','));

    // |1|salt|HMAC-SHA1 of the host's name, both in base64.
    private static bool IsHashOf(string hosts, string host)
    {
        if (hosts.Split('|') is not ["", "1", var salt, var hash]) return false;
        Span<byte> key = stackalloc byte[64], expected = stackalloc byte[64];
        if (!Convert.TryFromBase64String(salt, key, out var keyLength) || !Convert.TryFromBase64String(hash, expected, out var length)) return false;
#pragma warning disable CA5350 // The form of the file is not ours to choose; the hash hides names, it proves nothing.
        return HMACSHA1.HashData(key[..keyLength], Encoding.UTF8.GetBytes(host)).AsSpan().SequenceEqual(expected[..length]);
#pragma warning restore CA5350
    }

    private static string? WithoutPort(string host) => host.StartsWith('[') && host.IndexOf("]:", StringComparison.Ordinal) is > 1 and var close ? host[1..close] : null;
}
