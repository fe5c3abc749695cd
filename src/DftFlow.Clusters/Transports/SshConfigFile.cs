using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Clusters.Transports;

/// <summary>
/// Reads the files of ssh_config(5), of all that is there as much as says where a host is and how to log in to it. The first value
/// that is found wins, as with ssh; what is not honoured is told in <see cref="SshHostSettings.Remarks"/>.
/// </summary>
/// <param name="local">For whom.</param>
/// <param name="read">The text of a file; null where it cannot be read.</param>
/// <param name="list">The files that fit a pattern with * and ?, in their order.</param>
public sealed class SshConfigFile(SshLocalUser local, Func<string, string?> read, Func<string, IEnumerable<string>> list)
{
    private const int DeepestInclude = 16;
    private const int MostIdentities = 100;

    // No timer goes for as long as a configuration may say.
    private const int LongestSeconds = 7 * 86_400;

    /// <summary>Keywords of one value; the rest of what is honoured has its own treatment.</summary>
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        "HostName", "User", "Port", "IdentitiesOnly", "ProxyJump", "ProxyCommand", "UserKnownHostsFile", "RevokedHostKeys", "GlobalKnownHostsFile", "HostKeyAlias",
        "StrictHostKeyChecking", "ServerAliveInterval", "ServerAliveCountMax", "ConnectTimeout", "IdentityAgent", "IdentityFile",
    };

    /// <summary>Reads from the disk.</summary>
    public static SshConfigFile OfThisMachine { get; } = new(SshLocalUser.Current, ReadFile, SshConfigPaths.List);

    /// <summary>How to reach a target. What the target says itself goes before what the files say.</summary>
    public SshHostSettings Resolve(SshTarget target)
    {
        var found = new Found(target.Host);
        if (target.User is { } user) found.Values["User"] = [user];
        if (target.Port is { } port) found.Values["Port"] = [port.ToString(CultureInfo.InvariantCulture)];
        if (!target.JumpHosts.IsEmpty) found.Values["ProxyJump"] = [string.Join(',', target.JumpHosts)];
        if (target.KnownHostsFile is { } known) (found.Values["UserKnownHostsFile"], found.Values["GlobalKnownHostsFile"]) = ([Literal(known)], ["/dev/null"]);
        if (!target.IdentityFiles.IsEmpty) found.Values["IdentitiesOnly"] = ["yes"];
        found.Identities.AddRange(target.IdentityFiles.Select(Literal));
        var ofUser = Path.Combine(local.Home, ".ssh");
        if (target.ConfigFile is { } file)
        {
            ReadInto(found, file, ofUser, true, 0);
        }
        else
        {
            ReadInto(found, Path.Combine(ofUser, "config"), ofUser, true, 0);
            ReadInto(found, "/etc/ssh/ssh_config", "/etc/ssh", true, 0);
        }
        return Settings(found);
    }

    /// <summary>A name of a file that is none of the configuration's, in which % stands for itself.</summary>
    private static string Literal(string path) => path.Replace("%", "%%", StringComparison.Ordinal);

    private sealed class Found(string host)
    {
        public string Host { get; } = host;
        public Dictionary<string, List<string>> Values { get; } = new(StringComparer.OrdinalIgnoreCase);
        public List<string> Identities { get; } = [];
        public List<string> Remarks { get; } = [];

        public string? One(string keyword) => Values.GetValueOrDefault(keyword) is [var first, ..] ? first : null;
    }

    private void ReadInto(Found found, string file, string folder, bool active, int depth)
    {
        if (read(file) is not { } text) return;
        var parent = active;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (SshConfigText.Words(line) is not { } words)
            {
                if (line.AsSpan().Trim() is { IsEmpty: false } bad && bad[0] != '#') Remark(found, file, number, "the line cannot be read");
                continue;
            }
            var (keyword, arguments) = words;
            if (keyword.Equals("Host", StringComparison.OrdinalIgnoreCase)) active = parent && SshConfigText.FitsAny(found.Host, arguments);
            else if (keyword.Equals("Match", StringComparison.OrdinalIgnoreCase)) active = parent && Matches(found, arguments, file, number);
            else if (!active) continue;
            else if (keyword.Equals("Include", StringComparison.OrdinalIgnoreCase))
            {
                if (depth == DeepestInclude) Remark(found, file, number, "files are included too deep");
                else foreach (var inner in arguments.SelectMany(argument => Included(argument, folder))) ReadInto(found, inner, folder, active, depth + 1);
            }
            else if (arguments.Count == 0) Remark(found, file, number, $"{keyword} has no value");
            else if (keyword.Equals("IdentityFile", StringComparison.OrdinalIgnoreCase))
            {
                if (found.Identities.Count < MostIdentities && !found.Identities.Contains(arguments[0])) found.Identities.Add(arguments[0]);
            }
            else if (Known.Contains(keyword)) Take(found, keyword, arguments, line, file, number);
        }
    }

    private static void Take(Found found, string keyword, List<string> arguments, string line, string file, int number)
    {
        if (keyword.Equals("ProxyCommand", StringComparison.OrdinalIgnoreCase))
        {
            // The rest of the line as it stands. Of the two ways to a host the one that is found first counts.
            if (!found.Values.ContainsKey("ProxyJump")) found.Values.TryAdd(keyword, [line.Trim()[keyword.Length..].TrimStart(' ', '\t', '=')]);
            return;
        }
        if (keyword.Equals("ProxyJump", StringComparison.OrdinalIgnoreCase) && found.Values.ContainsKey("ProxyCommand")) return;
        if (keyword.Equals("Port", StringComparison.OrdinalIgnoreCase) && !(int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536))
        {
            Remark(found, file, number, $"the port '{arguments[0]}' is none");
            return;
        }
        if (keyword.Equals("StrictHostKeyChecking", StringComparison.OrdinalIgnoreCase) && arguments[0].ToLowerInvariant() is "no" or "off" or "accept-new"
            && !found.Values.ContainsKey(keyword))
            Remark(found, file, number, $"StrictHostKeyChecking {arguments[0]} is not honoured: host keys are always checked");
        found.Values.TryAdd(keyword, arguments);
    }

    /// <summary>Whether all criteria of a <c>Match</c> hold; those that ask for a command or a second reading never do.</summary>
    private bool Matches(Found found, List<string> criteria, string file, int number)
    {
        if (criteria.Count == 0) return false;
        var all = true;
        for (var i = 0; i < criteria.Count; i++)
        {
            var not = criteria[i].StartsWith('!');
            var name = criteria[i].TrimStart('!').ToLowerInvariant();
            if (name == "all")
            {
                all &= !not;
                continue;
            }
            if (name is not ("host" or "originalhost" or "user" or "localuser") || i + 1 == criteria.Count)
            {
                Remark(found, file, number, $"Match {name} is not honoured, the lines below it do not count");
                return false;
            }
            var value = name switch
            {
                "host" => HostNameOf(found),
                "originalhost" => found.Host,
                "user" => found.One("User") ?? local.Name,
                _ => local.Name,
            };
            all &= not != SshConfigText.FitsAny(value, criteria[++i].Split(','));
        }
        return all;
    }

    private IEnumerable<string> Included(string argument, string folder)
    {
        if (SshConfigText.Expand(argument, ImmutableDictionary<char, string>.Empty, local) is not { Length: > 0 } path) return [];
        return list(Path.Combine(folder, path));
    }

    private static string HostNameOf(Found found) =>
        found.One("HostName") is { } name ? name.Replace("%%", "\0", StringComparison.Ordinal).Replace("%h", found.Host, StringComparison.Ordinal).Replace('\0', '%') : found.Host;

    private SshHostSettings Settings(Found found)
    {
        var hostName = HostNameOf(found).ToLowerInvariant();
        var port = found.One("Port") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 22;
        var user = found.One("User") ?? local.Name;
        var tokens = new Dictionary<char, string>
        {
            ['h'] = hostName, ['n'] = found.Host, ['p'] = port.ToString(CultureInfo.InvariantCulture), ['r'] = user, ['u'] = local.Name, ['d'] = local.Home,
            ['i'] = local.Id.ToString(CultureInfo.InvariantCulture), ['l'] = local.HostName, ['L'] = local.HostName.Split('.')[0], ['k'] = found.One("HostKeyAlias") ?? found.Host,
        };
        string? Expand(string value) => SshConfigText.Expand(value, tokens, local);
        ImmutableArray<string> Files(string keyword, params ImmutableArray<string> usual) =>
            found.Values.GetValueOrDefault(keyword) is not { } named ? [.. usual.Select(Expand).OfType<string>()]
            : named is ["none"] ? [] : [.. named.Select(Expand).OfType<string>()];
        TimeSpan? Time(string keyword) => found.One(keyword) is { } value && SshConfigText.Seconds(value) is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds, LongestSeconds)) : null;
        return new SshHostSettings
        {
            Host = found.Host,
            HostName = hostName,
            Port = port,
            User = user,
            IdentityFiles = [.. found.Identities.Where(file => file != "none").Select(Expand).OfType<string>()],
            IdentitiesOnly = found.One("IdentitiesOnly")?.ToLowerInvariant() is "yes" or "true",
            ProxyJump = found.One("ProxyJump") is { } jumps && !jumps.Equals("none", StringComparison.OrdinalIgnoreCase)
                ? [.. jumps.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : [],
            ProxyCommand = found.One("ProxyCommand") is { } command && !command.Equals("none", StringComparison.OrdinalIgnoreCase) ? command : null,
            RevokedHostKeys = found.One("RevokedHostKeys") is { } revoked && !revoked.Equals("none", StringComparison.OrdinalIgnoreCase) ? revoked : null,
            UserKnownHostsFiles = Files("UserKnownHostsFile", "~/.ssh/known_hosts", "~/.ssh/known_hosts2"),
            GlobalKnownHostsFiles = Files("GlobalKnownHostsFile", "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"),
            HostKeyAlias = found.One("HostKeyAlias")?.ToLowerInvariant(),
            ServerAliveInterval = Time("ServerAliveInterval") ?? TimeSpan.Zero,
            ServerAliveCountMax = int.TryParse(found.One("ServerAliveCountMax"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 3,
            ConnectTimeout = Time("ConnectTimeout") is { Ticks: > 0 } limit ? limit : null,
            AgentSocket = Agent(found.One("IdentityAgent"), Expand),
            Remarks = [.. found.Remarks],
        };
    }

    private string? Agent(string? named, Func<string, string?> expand) => named switch
    {
        null or "SSH_AUTH_SOCK" => local.Variable("SSH_AUTH_SOCK"),
        "none" => null,
        ['$', not '{', ..] => local.Variable(named[1..]),
        _ => expand(named),
    } is { Length: > 0 } socket ? socket : null;

    private static void Remark(Found found, string file, int line, string what)
    {
        if (found.Remarks.Count < 100) found.Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {what}"));
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
