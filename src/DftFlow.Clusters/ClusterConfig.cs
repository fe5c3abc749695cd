using System.Collections.Immutable;

namespace DftFlow.Clusters;

/// <summary>How jobs are started on a cluster.</summary>
public enum ClusterKind
{
    /// <summary>As processes of this machine.</summary>
    Local,
}

/// <summary>A machine that calculations run on, as its file in <c>cluster-configs/</c> describes it.</summary>
public sealed record ClusterConfig
{
    public required string Name { get; init; }

    public ClusterKind Kind { get; init; } = ClusterKind.Local;

    /// <summary>How many cores calculations may take together; by default all that this process may use.</summary>
    public int Cores { get; init; } = System.Environment.ProcessorCount;

    /// <summary>Variables that every command of the cluster sees, over those of this process.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Engine's name, as a workflow gives it → how to run it.</summary>
    public required ImmutableSortedDictionary<string, EngineConfig> Engines { get; init; }
}

/// <summary>A program that honours the VASP directory: run where INCAR, KPOINTS and POSCAR lie, it leaves VASP's output files.</summary>
public sealed record EngineConfig
{
    /// <summary>The program and its arguments; <c>{ranks}</c> stands for the number of MPI ranks. No shell reads it.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>MPI ranks of a calculation that does not say.</summary>
    public int DefaultRanks { get; init; } = 1;

    /// <summary>A command that ends with 0 when the engine can run; empty where finding the program is enough.</summary>
    public ImmutableArray<string> Check { get; init; } = [];

    /// <summary>A command that installs the engine; empty where there is none.</summary>
    public ImmutableArray<string> Install { get; init; } = [];

    /// <summary>Variables that the engine's commands see, over the cluster's.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The command with the number of ranks in place.</summary>
    public ImmutableArray<string> CommandFor(int ranks)
    {
        var number = ranks.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return [.. Command.Select(argument => argument.Replace("{ranks}", number, StringComparison.Ordinal))];
    }
}
