using DftFlow.Clusters;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Engine;

/// <summary>A bench whose engines the account of a real cluster may run.</summary>
public abstract class OnCluster : IDisposable
{
    private protected readonly TestCluster site;
    private protected readonly Bench bench = new();
    private readonly string work;

    protected OnCluster(TestCluster cluster)
    {
        site = cluster;
        cluster.SkipUnlessSlurm();
        work = Path.Combine(site.WorkFolder, $"{Guid.NewGuid():N}", "jobs");
        // The account of the cluster is another one.
#pragma warning disable CA1416 // The tests of clusters are for Linux.
        File.SetUnixFileMode(bench.Folder, (UnixFileMode)0x1FF);
        File.WriteAllText(bench.Ledger, "");
        File.SetUnixFileMode(bench.Ledger, (UnixFileMode)0x1B6);
#pragma warning restore CA1416
    }

    public void Dispose()
    {
        bench.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected ClusterConfig Cluster(string script, string kind = "ssh slurm", Func<ClusterConfig, ClusterConfig>? change = null)
    {
        var config = bench.Cluster(OpenToAll(bench.Engine(script))) with
        {
            Transport = kind.StartsWith("openssh", StringComparison.Ordinal) ? TransportKind.Openssh : kind.StartsWith("ssh", StringComparison.Ordinal) ? TransportKind.Ssh : TransportKind.Local,
            Scheduler = kind.EndsWith("slurm", StringComparison.Ordinal) ? SchedulerKind.Slurm : SchedulerKind.Direct,
            Ssh = new SshTarget { Host = "cluster", ConfigFile = site.SshConfigFile },
            WorkDirectory = kind.StartsWith("local", StringComparison.Ordinal) ? Path.Combine(bench.Folder, "work") : work,
            Limits = new() { Jobs = 20, SubmissionsPerMinute = 600, Poll = TimeSpan.FromSeconds(1) },
        };
        return change is null ? config : change(config);
    }

    private static EngineConfig OpenToAll(EngineConfig engine)
    {
#pragma warning disable CA1416
        File.SetUnixFileMode(engine.Command[0], (UnixFileMode)0x1ED);
#pragma warning restore CA1416
        return engine;
    }

    private protected static string[] Below(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];

    private protected Task<string> QueueAsync() => site.RunAsync("squeue -h -o '%j %T'");
}
