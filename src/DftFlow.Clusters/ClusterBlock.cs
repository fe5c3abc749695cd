using System.Collections.Immutable;
using DftFlow.Yaml;

namespace DftFlow.Clusters;

// The keys of a cluster's configuration, as YAML has them.

internal sealed record ClusterBlock : Block
{
    [Key("name", "What workflows call it.", Required = true)]
    public Located<string>? Name { get; init; }

    [Key("description", "A line for people.")]
    public string? Description { get; init; }

    [Key("host", "A host name, or a Host of ~/.ssh/config; without it the cluster is this machine.")]
    public Located<string>? Host { get; init; }

    [Key("user", "The account there.")]
    public Located<string>? User { get; init; }

    [Key("port", "The port of sshd.")]
    public Located<int>? Port { get; init; }

    [Key("identity", "The file of a private key, or several.", Example = "identity: ~/.ssh/id_ed25519")]
    public OneOrMore<Located<string>>? Identity { get; init; }

    [Key("passphrase-variable", "The name of an environment variable that has the key's passphrase; otherwise it is asked for.")]
    public Located<string>? PassphraseVariable { get; init; }

    [Key("jump", "Hosts to go through, the first one first.", Example = "jump: [gateway.example.org]")]
    public OneOrMore<Located<string>>? Jump { get; init; }

    [Key("ssh-config", "A file in place of ~/.ssh/config.")]
    public Located<string>? SshConfig { get; init; }

    [Key("known-hosts", "A file in place of ~/.ssh/known_hosts.")]
    public Located<string>? KnownHosts { get; init; }

    [Key("transport", "How commands reach it: local, ssh, or openssh, which is the system's ssh.")]
    public Located<TransportKind>? Transport { get; init; }

    [Key("scheduler", "What starts jobs: direct (nothing does), slurm, pbs, torque, sge or lsf.")]
    public Located<SchedulerKind>? Scheduler { get; init; }

    [Key("work-directory", "The folder on the cluster for the jobs' files.", Example = "work-directory: $SCRATCH/dftflow")]
    public Located<string>? WorkDirectory { get; init; }

    [Key("cores", "How many cores calculations may take together where there is no batch system: a number, or all.")]
    public Located<string>? Cores { get; init; }

    [Key("job", "What a job asks for where the workflow does not say.")]
    public JobBlock? Job { get; init; }

    [Key("limits", "What the administrators let us do.")]
    public LimitsBlock? Limits { get; init; }

    [Key("files", "Which files come home, and how.")]
    public FilesBlock? Files { get; init; }

    [Key("login-setup", "Lines of shell before every command on the login node.")]
    public ImmutableArray<string> LoginSetup { get; init; } = [];

    [Key("job-template", "A template of job scripts in place of the shipped one.")]
    public Located<string>? JobTemplate { get; init; }

    [Key("environment", "Variables that every command sees.")]
    public Map<string> Environment { get; init; } = Map<string>.Empty;

    [Key("engines", "The programs that run calculations.", Required = true)]
    public Map<EngineBlock> Engines { get; init; } = Map<EngineBlock>.Empty;
}

internal sealed record JobBlock : Block
{
    [Key("queue", "The partition or queue.")]
    public string? Queue { get; init; }

    [Key("account", "The account or project that pays.")]
    public string? Account { get; init; }

    [Key("qos", "The quality of service.")]
    public string? Qos { get; init; }

    [Key("parallel-environment", "Of Grid Engine: what jobs of more than one core run in.")]
    public string? ParallelEnvironment { get; init; }

    [Key("nodes", "Compute nodes.")]
    public Located<int>? Nodes { get; init; }

    [Key("threads", "Cores of each MPI rank.")]
    public Located<int>? Threads { get; init; }

    [Key("walltime", "The longest that a job may take.")]
    [Quantity(Dimension.Time)]
    public Located<double>? WalltimeS { get; init; }

    [Key("memory", "Memory of each node.")]
    [Quantity(Dimension.Memory)]
    public Located<double>? MemoryMib { get; init; }

    [Key("options", "Further options in the batch system's own words, such as --constraint=skylake.")]
    public ImmutableArray<string> Options { get; init; } = [];

    [Key("modules", "Modules that are loaded before the program.")]
    public ImmutableArray<string> Modules { get; init; } = [];

    [Key("setup", "Lines of shell in the job script, before the program.")]
    public ImmutableArray<string> Setup { get; init; } = [];
}

internal sealed record LimitsBlock : Block
{
    [Key("jobs", "Jobs that wait or run at a time.")]
    public Located<int>? Jobs { get; init; }

    [Key("submissions-per-minute", "How fast jobs are submitted.")]
    public Located<double>? SubmissionsPerMinute { get; init; }

    [Key("poll", "The shortest time between two questions for the jobs' state.")]
    [Quantity(Dimension.Time)]
    public Located<double>? PollS { get; init; }
}

internal sealed record FilesBlock : Block
{
    [Key("leave", "Patterns of files that stay on the cluster.", Example = "leave: [WAVECAR, CHG]")]
    public ImmutableArray<string>? Leave { get; init; }

    [Key("compress", "Whether files travel packed: for networks slower than about 50 MB/s.")]
    public bool Compress { get; init; }

    [Key("keep", "Whether a job's folder stays on the cluster when its files are home.")]
    public bool Keep { get; init; }
}

internal sealed record EngineBlock : Block
{
    [Key("command", "The program and its arguments, as a list; {ranks} is the number of MPI ranks.", Required = true)]
    public ImmutableArray<string> Command { get; init; } = [];

    [Key("ranks", "MPI ranks of a calculation that does not say.")]
    public Located<int>? Ranks { get; init; }

    [Key("potentials", "The folder of the POTCAR library on the cluster; only for engines that need POTCAR.", Example = "potentials: /sw/vasp/potpaw_PBE.54")]
    public Located<string>? Potentials { get; init; }

    [Key("modules", "Modules for this engine, after the cluster's.")]
    public ImmutableArray<string> Modules { get; init; } = [];

    [Key("check", "A command that ends with 0 when the engine can run.")]
    public ImmutableArray<string> Check { get; init; } = [];

    [Key("install", "A command that installs the engine.")]
    public ImmutableArray<string> Install { get; init; } = [];

    [Key("environment", "Variables that the engine's commands see.")]
    public Map<string> Environment { get; init; } = Map<string>.Empty;
}
