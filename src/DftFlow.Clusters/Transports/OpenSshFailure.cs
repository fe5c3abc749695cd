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
/// <param name="KeyOf">The host whose key does not fit, as known_hosts calls it: it may be a jump host.</param>
/// <param name="Place">The file and line of a host key that does not fit.</param>
internal sealed partial record OpenSshFailure(OpenSshFailureKind Kind, string Why, string? ShownKey, string? KeyOf, string? Place)
{
    public static OpenSshFailure Read(string said)
    {
        int At(string words) => said.LastIndexOf(words, StringComparison.OrdinalIgnoreCase);
        bool Says(string words) => At(words) >= 0;
        // A banner comes between, and may speak of host keys: what ended the login stands after it.
        var refused = Math.Max(At("Permission denied ("), Math.Max(At("Too many authentication failures"), At("No more authentication methods")));
        var kind =
            At("Host key verification failed") > refused
                ? Says("REVOKED HOST KEY") ? OpenSshFailureKind.RevokedHostKey : Says("HOST IDENTIFICATION HAS CHANGED") ? OpenSshFailureKind.ChangedHostKey : OpenSshFailureKind.UnknownHostKey
            : refused >= 0 ? OpenSshFailureKind.NotAuthenticated
            : Says("Bad configuration option") || Says("bad configuration options") || Says("Bad owner or permissions") || Says("Can't open user config file") ? OpenSshFailureKind.BadConfiguration
            : OpenSshFailureKind.Unreachable;
        var key = ShownKeys().Matches(said) is [.., var last] ? $"{last.Groups[1].Value} {last.Groups[2].Value}" : null;
        var host = KeyOwners().Match(said) is { Success: true } owner ? owner.Groups[1].Value : null;
        var place = Places().Match(said) is { Success: true } match ? match.Groups[1].Value : null;
        // The reason stands among ssh's last lines; before it there may be a banner of any length.
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("debug", StringComparison.Ordinal)).ToList();
        var own = lines.Where(line => OwnLines().IsMatch(line)).TakeLast(3).ToArray();
        return new(kind, string.Join("; ", own.Length > 0 ? own : [.. Enumerable.TakeLast(lines, 2)]), key, host, place);
    }

    /// <summary>Whether more would be said with -v: the key, or the words of a jump host, which ends as a port that does not exist.</summary>
    public bool WantsDetails => Kind is OpenSshFailureKind.UnknownHostKey or OpenSshFailureKind.ChangedHostKey or OpenSshFailureKind.RevokedHostKey
        || Why.Contains("UNKNOWN port 65535", StringComparison.Ordinal);

    public DftFlowException ToException(SshTarget target)
    {
        var owner = KeyOf is null || KeyOf == target.Host ? target.Name : $"{target.Name} (the host {KeyOf})";
        return Kind switch
        {
            OpenSshFailureKind.NotAuthenticated => Why.Contains("keyboard-interactive", StringComparison.Ordinal)
                ? ConnectionFailures.NotAnswered(target.Name, Why) : ConnectionFailures.NotAuthenticated(target.Name, Why),
            OpenSshFailureKind.UnknownHostKey => ConnectionFailures.UnknownHostKey(owner, ShownKey ?? "a key", target.KnownHostsFile ?? "known_hosts", target.Trust),
            OpenSshFailureKind.ChangedHostKey => ConnectionFailures.ChangedHostKey(owner, ShownKey ?? "a key", target.KnownHostsFile ?? "known_hosts", $"another key ({Place ?? "see 'ssh' by hand"})"),
            OpenSshFailureKind.RevokedHostKey => ConnectionFailures.RevokedHostKey(owner, ShownKey ?? "a key", Place ?? target.KnownHostsFile ?? "known_hosts"),
            OpenSshFailureKind.BadConfiguration => ConnectionFailures.NotSupported(target.Name, Why),
            _ => ConnectionFailures.Unreachable(target.Name, Why.Length > 0 ? Why : "ssh ended without a word"),
        };
    }

    [GeneratedRegex(@"Server host key: (\S+) (SHA256:\S+)")]
    private static partial Regex ShownKeys();

    [GeneratedRegex(@"host key (?:is known )?for (\S+) (?:and you|has changed|is marked|was revoked)", RegexOptions.IgnoreCase)]
    private static partial Regex KeyOwners();

    [GeneratedRegex(@"(?:Offending|revoked).*? key in (\S+:\d+)|in (\S+:\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Places();

    [GeneratedRegex("^(ssh|kex_|client_loop|Connection|Received|Disconnected|mux|banner|channel|stdio|Host key|command-line)|Permission denied|Bad |Could not|timed out|refused", RegexOptions.IgnoreCase)]
    private static partial Regex OwnLines();
}
