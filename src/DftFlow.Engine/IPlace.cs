using System.Collections.Immutable;
using DftFlow.Clusters;
using DftFlow.Clusters.Potentials;
using DftFlow.Vasp.Outputs;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>Where calculations run.</summary>
internal interface IPlace : IAsyncDisposable
{
    /// <summary>How many slots there are together.</summary>
    int Slots { get; }

    /// <summary>How many a calculation of so many MPI ranks takes.</summary>
    int SlotsOf(int ranks);

    /// <summary>The ranks that it can have of those it asks for.</summary>
    int RanksOf(int asked);

    /// <summary>Makes sure that an engine can run, before the first calculation that needs it.</summary>
    Task EnsureReadyAsync(string engine, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a calculation whose input files lie in a folder of this machine, to its end; its outputs lie there too then. On
    /// cancellation nothing of it goes on.
    /// </summary>
    /// <exception cref="DftFlowException">It did not come to an end of its own.</exception>
    Task<JobOutcome> RunAsync(PlacedCalculation placed, CancellationToken cancellationToken);
}

/// <param name="Folder">Full path on this machine.</param>
/// <param name="Oszicar">Gets what OSZICAR says while it grows, as far as the place sees it.</param>
/// <param name="Report">Tells that something is new, with what it waits for where it does.</param>
internal sealed record PlacedCalculation(PlannedCalculation Calculation, int Ranks, string Folder, OszicarReader Oszicar, Action<string?> Report);

/// <param name="SchedulerJobId">Null where no scheduler was asked.</param>
internal sealed record JobOutcome(ProcessExit Exit, string? SchedulerJobId = null)
{
    /// <summary>What POTCAR was made of, in its order; empty for an engine that needs none.</summary>
    public ImmutableArray<LibraryPotential> Potentials { get; init; } = [];
}
