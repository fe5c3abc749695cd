using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Clusters.Transports;

/// <summary>Whoever runs this program, as far as ssh_config(5) asks.</summary>
/// <param name="Variable">The value of an environment variable; null where it is not set.</param>
public sealed record SshLocalUser(string Name, int Id, string Home, string HostName, Func<string, string?> Variable)
{
    public static SshLocalUser Current { get; } = new(
        Environment.UserName, Posix.UserId(), Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.MachineName, Environment.GetEnvironmentVariable);
}

/// <summary>How one host is reached: what a cluster's configuration says, else what the files of ssh_config(5) say, else ssh's defaults.</summary>
public sealed record SshHostSettings
{
    /// <summary>As it was asked for.</summary>
    public required string Host { get; init; }

    public required string HostName { get; init; }

    public required int Port { get; init; }

    public required string User { get; init; }

    /// <summary>Those that are named; empty where ssh's usual ones are to be tried.</summary>
    public ImmutableArray<string> IdentityFiles { get; init; } = [];

    /// <summary>Keys of the agent that are not among <see cref="IdentityFiles"/> are left alone.</summary>
    public bool IdentitiesOnly { get; init; }

    /// <summary>The first host to go through stands first, each <c>[user@]host[:port]</c>.</summary>
    public ImmutableArray<string> ProxyJump { get; init; } = [];

    /// <summary>A command that makes the connection in place of a socket; null where there is none.</summary>
    public string? ProxyCommand { get; init; }

    /// <summary>A file of host keys that must not be trusted; null where there is none.</summary>
    public string? RevokedHostKeys { get; init; }

    public ImmutableArray<string> UserKnownHostsFiles { get; init; } = [];

    public ImmutableArray<string> GlobalKnownHostsFiles { get; init; } = [];

    /// <summary>The name to look for in known_hosts instead of the host's own.</summary>
    public string? HostKeyAlias { get; init; }

    /// <summary>Zero: the other side is never asked whether it is still there.</summary>
    public TimeSpan ServerAliveInterval { get; init; }

    public int ServerAliveCountMax { get; init; } = 3;

    /// <summary>Null where nothing is said, or no limit.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>The socket of the agent; null where there is none, or where none is to be asked.</summary>
    public string? AgentSocket { get; init; }

    /// <summary>What the files say and is not done, with the file and the line.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>For people.</summary>
    public string Destination => $"{User}@{HostName}{(Port == 22 ? "" : ":" + Port.ToString(CultureInfo.InvariantCulture))}";

    /// <summary>What known_hosts calls it: the name, with the port where that is not 22.</summary>
    public string KnownHostsName =>
        HostKeyAlias ?? (Port == 22 ? HostName : string.Create(CultureInfo.InvariantCulture, $"[{HostName}]:{Port}"));
}
