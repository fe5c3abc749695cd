using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

/// <summary>The transports that keep the same promises.</summary>
public static class Kinds
{
    public static readonly string[] Remote = ["ssh", "openssh", "ssh via jump", "openssh via jump"];

    public static readonly string[] Direct = ["ssh", "openssh"];

    public static TheoryData<string> All => [.. (string[])["local", .. Remote]];

    public static TheoryData<string> OfRemote => [.. Remote];

    public static TheoryData<string> OfDirect => [.. Direct];

    public static ITransport Make(string kind, TestCluster cluster, Func<SshTarget, SshTarget>? change = null)
    {
        cluster.SkipUnlessThere();
        if (kind == "local") return new LocalTransport();
        var target = new SshTarget { Host = kind.EndsWith("jump", StringComparison.Ordinal) ? "cluster-via-jump" : "cluster", ConfigFile = cluster.SshConfigFile };
        if (change is not null) target = change(target);
        return kind.StartsWith("openssh", StringComparison.Ordinal) ? new OpenSshTransport(target, TimeProvider.System) : new SshTransport(target, TimeProvider.System);
    }

    /// <summary>A target that names everything itself.</summary>
    public static SshTarget Plain(TestCluster cluster) => new()
    {
        Host = cluster.Host, Port = cluster.Port, User = cluster.User, IdentityFiles = [cluster.IdentityFile], KnownHostsFile = cluster.KnownHosts, ConfigFile = "/dev/null",
    };
}
