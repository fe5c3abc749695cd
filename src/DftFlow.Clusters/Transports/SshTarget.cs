using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Clusters.Transports;

/// <summary>Where to log in, as a cluster's configuration says; what it leaves open is taken from <c>~/.ssh/config</c>.</summary>
public sealed record SshTarget
{
    /// <summary>A host name, an address, or a name that a <c>Host</c> of the configuration file stands for.</summary>
    public required string Host { get; init; }

    public string? User { get; init; }

    public int? Port { get; init; }

    /// <summary>Files of private keys. Where there are some, no other keys are tried than these and those of the configuration file.</summary>
    public ImmutableArray<string> IdentityFiles { get; init; } = [];

    /// <summary>Hosts to go through, the first one first, each <c>[user@]host[:port]</c>.</summary>
    public ImmutableArray<string> JumpHosts { get; init; } = [];

    /// <summary>Read in place of <c>~/.ssh/config</c> and <c>/etc/ssh/ssh_config</c>.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Read in place of <c>~/.ssh/known_hosts</c> and what the configuration file names.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>The name of an environment variable that has the passphrase of the keys.</summary>
    public string? PassphraseVariable { get; init; }

    /// <summary>The command that accepts the host's key, for the message that it is unknown; by default a login by hand.</summary>
    public string? TrustCommand { get; init; }

    /// <summary>For people: <c>user@host:port</c>, as far as it is said.</summary>
    public string Name => $"{(User is null ? "" : User + "@")}{Host}{(Port is null or 22 ? "" : ":" + Port.Value.ToString(CultureInfo.InvariantCulture))}";

    /// <summary>What accepts the host's key once a person has compared it.</summary>
    internal string Trust =>
        TrustCommand ?? Sh.Join(["ssh", .. ConfigFile is null ? (string[])[] : ["-F", ConfigFile],
            .. Port is null ? (string[])[] : ["-p", Port.Value.ToString(CultureInfo.InvariantCulture)],
            .. JumpHosts.IsEmpty ? (string[])[] : ["-J", string.Join(',', JumpHosts)],
            .. KnownHostsFile is null ? (string[])[] : ["-o", $"UserKnownHostsFile={KnownHostsFile}"],
            User is null ? Host : $"{User}@{Host}"]);
}

/// <summary>A question that a login asks a person.</summary>
/// <param name="Destination">Who asks.</param>
/// <param name="Text">The question: "Verification code:".</param>
/// <param name="Echo">Whether the answer may be seen while it is typed.</param>
/// <param name="Instruction">What the host says with it; often empty.</param>
public sealed record SshQuestion(string Destination, string Text, bool Echo, string Instruction);

/// <summary>Asks a person, and returns the answer; null where nobody answers.</summary>
public delegate Task<string?> SshPrompt(SshQuestion question, CancellationToken cancellationToken);

/// <summary>Keeps the terminal free while the system's ssh logs in, since it asks a person by itself.</summary>
public delegate Task<bool> TerminalLoan(Func<Task<bool>> login);
