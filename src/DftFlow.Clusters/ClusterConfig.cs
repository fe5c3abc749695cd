using System.Collections.Immutable;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters;

/// <summary>How commands reach a cluster.</summary>
public enum TransportKind
{
    /// <summary>It is this machine: a workstation, or a login node that DftFlow runs on.</summary>
    Local,

    /// <summary>SSH of DftFlow's own.</summary>
    Ssh,

    /// <summary>The system's <c>ssh</c>, which knows two-factor logins, Kerberos and FIDO keys.</summary>
    Openssh,
}

/// <summary>What starts jobs on a cluster.</summary>
public enum SchedulerKind
{
    /// <summary>Nothing does: jobs are plain processes of the host.</summary>
    Direct,
    Slurm,

    /// <summary>PBS Pro and OpenPBS.</summary>
    Pbs,
    Torque,

    /// <summary>Grid Engine and its children.</summary>
    Sge,
    Lsf,
}

/// <summary>A machine that calculations run on, as its file in <c>cluster-configs/</c> describes it.</summary>
public sealed record ClusterConfig
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The configuration's file; empty for one that was not read from any.</summary>
    public string File { get; init; } = "";

    public TransportKind Transport { get; init; } = TransportKind.Local;

    /// <summary>Where to log in; null for this machine.</summary>
    public SshTarget? Ssh { get; init; }

    public SchedulerKind Scheduler { get; init; } = SchedulerKind.Direct;

    /// <summary>
    /// The folder on the cluster below which jobs get theirs. It may begin with <c>~</c> or with variables of the cluster's
    /// (<c>$SCRATCH/dftflow</c>); null where calculations are processes of this machine, in the workspace.
    /// </summary>
    public string? WorkDirectory { get; init; }

    /// <summary>How many cores calculations may take together on a host without a batch system; by default all that this process may use.</summary>
    public int Cores { get; init; } = System.Environment.ProcessorCount;

    /// <summary>What a job asks for where the workflow does not say.</summary>
    public JobDefaults Job { get; init; } = new();

    public ClusterLimits Limits { get; init; } = new();

    public FilePolicy Files { get; init; } = new();

    /// <summary>Lines of shell that come before every command of the batch system on the login node, such as <c>. /etc/profile</c>.</summary>
    public ImmutableArray<string> LoginSetup { get; init; } = [];

    /// <summary>A template of job scripts in place of the shipped one; full path.</summary>
    public string? JobTemplate { get; init; }

    /// <summary>Variables that every command of the cluster sees, over those of its account.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Engine's name, as a workflow gives it → how to run it.</summary>
    public required ImmutableSortedDictionary<string, EngineConfig> Engines { get; init; }

    /// <summary>Whether calculations are processes of this machine that end with DftFlow.</summary>
    public bool IsThisMachine => Transport == TransportKind.Local && Scheduler == SchedulerKind.Direct && WorkDirectory is null;

    /// <summary>A connection that is made when the first command needs it.</summary>
    /// <param name="prompt">Asks a person for passphrases and codes; null where nobody is there.</param>
    /// <param name="lend">Keeps the terminal free where ssh itself asks.</param>
    public ITransport CreateTransport(TimeProvider time, SshPrompt? prompt = null, TerminalLoan? lend = null) => Transport switch
    {
        TransportKind.Ssh => new SshTransport(Ssh!, time, prompt),
        // A person is not asked for a code again by the next command a few minutes later.
        TransportKind.Openssh => new OpenSshTransport(Ssh!, time, interactive: prompt is not null, persist: prompt is null ? TimeSpan.Zero : TimeSpan.FromMinutes(10), lend: lend),
        _ => new LocalTransport(),
    };

    public IScheduler CreateScheduler() => Scheduler switch
    {
        SchedulerKind.Direct => new Direct(),
        SchedulerKind.Slurm => new Slurm(),
        SchedulerKind.Pbs => new Pbs(PbsFlavour.Pro),
        SchedulerKind.Torque => new Pbs(PbsFlavour.Torque),
        SchedulerKind.Sge => new Sge(),
        SchedulerKind.Lsf => new Lsf(),
        _ => throw new InvalidOperationException($"There is no scheduler '{Scheduler}'."),
    };
}

/// <summary>What a job asks for where the workflow does not say.</summary>
public sealed record JobDefaults
{
    public int Nodes { get; init; } = 1;

    /// <summary>Cores of each MPI rank.</summary>
    public int Threads { get; init; } = 1;

    public TimeSpan? Walltime { get; init; }

    /// <summary>Memory of each node, MiB.</summary>
    public long? MemoryMib { get; init; }

    /// <summary>Partition (Slurm) or queue.</summary>
    public string? Queue { get; init; }

    public string? Account { get; init; }

    public string? Qos { get; init; }

    public string? ParallelEnvironment { get; init; }

    /// <summary>Further options in the batch system's own words, a directive each.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    public ImmutableArray<string> Modules { get; init; } = [];

    /// <summary>Lines of shell in the job script, before the program.</summary>
    public ImmutableArray<string> Setup { get; init; } = [];
}

/// <summary>What a cluster's administrators let us do.</summary>
public sealed record ClusterLimits
{
    /// <summary>Jobs that wait or run at a time.</summary>
    public int Jobs { get; init; } = 100;

    public double SubmissionsPerMinute { get; init; } = 60;

    /// <summary>The shortest time between two questions for the state of the jobs, which are one command for all of them.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>Which files come home, and how.</summary>
public sealed record FilePolicy
{
    /// <summary>Patterns (<c>*</c>, <c>?</c>) of files that stay on the cluster. POTCAR stays whatever this says.</summary>
    public ImmutableArray<string> Leave { get; init; } = ["WAVECAR", "CHG", "TMPCAR", "vaspwave.h5"];

    /// <summary>Whether files travel packed.</summary>
    public bool Compress { get; init; }

    /// <summary>Whether a job's folder stays on the cluster after its files have come home.</summary>
    public bool Keep { get; init; }

    /// <summary>
    /// Whether a file of this name, relative to a job's folder, holds potentials, which their licence keeps where they are: POTCAR, packed,
    /// half-written, set aside, or in a folder of that name. POTCAR.spec has only their names.
    /// </summary>
    public static bool IsLicensed(string name)
    {
        static bool IsCalledSo(string part) => part.TrimStart('.').StartsWith("POTCAR", StringComparison.OrdinalIgnoreCase);
        return name.Split('/') is [.. var folders, var file] && (folders.Any(IsCalledSo) || IsCalledSo(file) && file != "POTCAR.spec");
    }

    /// <summary>Whether a file of this name comes home.</summary>
    public bool Fetches(string name)
    {
        var file = name[(name.LastIndexOf('/') + 1)..];
        return !IsLicensed(name) && !Leave.Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, file, ignoreCase: false));
    }
}

/// <summary>A program that honours the VASP directory: run where INCAR, KPOINTS and POSCAR lie, it leaves VASP's output files.</summary>
public sealed record EngineConfig
{
    /// <summary>The program and its arguments; <c>{ranks}</c> stands for the number of MPI ranks. No shell reads it.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>MPI ranks of a calculation that does not say.</summary>
    public int DefaultRanks { get; init; } = 1;

    /// <summary>The folder on the cluster that holds the POTCAR library, a folder for each potential; null for an engine that needs no POTCAR.</summary>
    public string? Potentials { get; init; }

    /// <summary>A command that ends with 0 when the engine can run; empty where finding the program is enough.</summary>
    public ImmutableArray<string> Check { get; init; } = [];

    /// <summary>A command that installs the engine; empty where there is none.</summary>
    public ImmutableArray<string> Install { get; init; } = [];

    /// <summary>Modules for this engine, after the cluster's.</summary>
    public ImmutableArray<string> Modules { get; init; } = [];

    /// <summary>Variables that the engine's commands see, over the cluster's.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The command with the number of ranks in place.</summary>
    public ImmutableArray<string> CommandFor(int ranks)
    {
        var number = ranks.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return [.. Command.Select(argument => argument.Replace("{ranks}", number, StringComparison.Ordinal))];
    }
}
