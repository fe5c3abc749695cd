using System.Text.RegularExpressions;

namespace DftFlow.Clusters.Transports;

internal enum OpenSshFailureKind
{
    Unreachable,
    NotAuthenticated,
    UnknownHostKey,
    ChangedHostKey,
    RevokedHostKey,
    BadConfiguration,
}

/// <summary>Why ssh did not log in, from what it said on standard error.</summary>
/// <param name="Why">Its own words, without banners.</param>
/// <param name="ShownKey">The key that the last host showed; null where its debug lines are not there.</param>
/// <param name="Place">The file and line of a host key that does not fit.</param>
internal sealed partial record OpenSshFailure(OpenSshFailureKind Kind, string Why, string? ShownKey, string? Place)
{
    public static OpenSshFailure Read(string said)
    {
        bool Says(string words) => said.Contains(words, StringComparison.OrdinalIgnoreCase);
        var kind =
            Says("REVOKED HOST KEY") ? OpenSshFailureKind.RevokedHostKey
            : Says("HOST IDENTIFICATION HAS CHANGED") ? OpenSshFailureKind.ChangedHostKey
            : Says("Host key verification failed") ? OpenSshFailureKind.UnknownHostKey
            : Says("Permission denied (") || Says("Too many authentication failures") || Says("No more authentication methods") ? OpenSshFailureKind.NotAuthenticated
            : Says("Bad configuration option") || Says("bad configuration options") || Says("Bad owner or permissions") || Says("Can't open user config file") ? OpenSshFailureKind.BadConfiguration
            : OpenSshFailureKind.Unreachable;
        var key = ShownKeys().Matches(said) is [.., var last] ? $"{last.Groups[1].Value} {last.Groups[2].Value}" : null;
        var place = Places().Match(said) is { Success: true } match ? match.Groups[1].Value : null;
        // The reason stands among ssh's last lines; before it there may be a banner of any length.
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("debug", StringComparison.Ordinal)).ToList();
        var own = lines.Where(line => OwnLines().IsMatch(line)).TakeLast(3).ToArray();
        return new(kind, string.Join("; ", own.Length > 0 ? own : [.. Enumerable.TakeLast(lines, 2)]), key, place);
    }

    /// <summary>Whether more would be said with -v: the key, or the words of a jump host, which ends as a port that does not exist.</summary>
    public bool WantsDetails => Kind is OpenSshFailureKind.UnknownHostKey or OpenSshFailureKind.ChangedHostKey or OpenSshFailureKind.RevokedHostKey
        || Why.Contains("UNKNOWN port 65535", StringComparison.Ordinal);

    public DftFlowException ToException(SshTarget target) => Kind switch
    {
        OpenSshFailureKind.NotAuthenticated => Why.Contains("keyboard-interactive", StringComparison.Ordinal)
            ? ConnectionFailures.NotAnswered(target.Name, Why) : ConnectionFailures.NotAuthenticated(target.Name, Why),
        OpenSshFailureKind.UnknownHostKey => ConnectionFailures.UnknownHostKey(target.Name, ShownKey ?? "a key", target.KnownHostsFile ?? "known_hosts", target.Trust),
        OpenSshFailureKind.ChangedHostKey => ConnectionFailures.ChangedHostKey(target.Name, ShownKey ?? "a key", target.KnownHostsFile ?? "known_hosts", $"another key ({Place ?? "see 'ssh' by hand"})"),
        OpenSshFailureKind.RevokedHostKey => ConnectionFailures.RevokedHostKey(target.Name, ShownKey ?? "a key", Place ?? target.KnownHostsFile ?? "known_hosts"),
        OpenSshFailureKind.BadConfiguration => ConnectionFailures.NotSupported(target.Name, Why),
        _ => ConnectionFailures.Unreachable(target.Name, Why.Length > 0 ? Why : "ssh ended without a word"),
    };

    [GeneratedRegex(@"Server host key: (\S+) (SHA256:\S+)")]
    private static partial Regex ShownKeys();

    [GeneratedRegex(@"(?:Offending|revoked).*? key in (\S+:\d+)|in (\S+:\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Places();

    [GeneratedRegex("^(ssh|kex_|client_loop|Connection|Received|Disconnected|mux|banner|channel|stdio|Host key|command-line)|Permission denied|Bad |Could not|timed out|refused", RegexOptions.IgnoreCase)]
    private static partial Regex OwnLines();
}
