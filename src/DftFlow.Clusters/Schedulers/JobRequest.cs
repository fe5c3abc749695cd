using System.Collections.Immutable;

namespace DftFlow.Clusters.Schedulers;

/// <summary>A job as it is asked for; the job script is made of it and of a template.</summary>
public sealed record JobRequest
{
    /// <summary>A letter, then letters, digits, _ and -: every batch system takes such a name.</summary>
    public required string Name { get; init; }

    /// <summary>The absolute path of the folder that the job runs in.</summary>
    public required string Directory { get; init; }

    /// <summary>The program and its arguments; each becomes one word of the script.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>The file in <see cref="Directory"/> that the program's standard output and standard error go to.</summary>
    public string OutputFile { get; init; } = "vasp.out";

    public int Nodes { get; init; } = 1;

    /// <summary>MPI ranks in all, the same number on each node.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>Cores of each rank.</summary>
    public int Threads { get; init; } = 1;

    public TimeSpan? Walltime { get; init; }

    /// <summary>Memory of each node, MiB.</summary>
    public long? MemoryMib { get; init; }

    /// <summary>Partition (Slurm) or queue.</summary>
    public string? Queue { get; init; }

    public string? Account { get; init; }

    public string? Qos { get; init; }

    /// <summary>The parallel environment of Grid Engine that jobs of more than one slot run in, such as <c>mpi</c>.</summary>
    public string? ParallelEnvironment { get; init; }

    /// <summary>Further options as the batch system's own directives take them, such as <c>--constraint=skylake</c>; each a line of its own.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Lines of shell from the cluster's configuration that come before the program: its owner wrote them, and they stand as they are.</summary>
    public ImmutableArray<string> Setup { get; init; } = [];

    public ImmutableArray<string> Modules { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
