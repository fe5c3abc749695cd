using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Diagnoses;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Vasp.Inspection;

/// <summary>The ionic steps that came to an end.</summary>
/// <param name="EnergiesEv">energy(sigma→0) of each; empty where the file has no energies.</param>
/// <param name="FreeEnergyEv">TOTEN of the last; null without one.</param>
/// <param name="ElectronicStepsInLast">Null where the file does not count them.</param>
/// <param name="IonicConverged">True where nothing was to be relaxed.</param>
public sealed record StepFacts(int Count, ImmutableArray<double> EnergiesEv, double? FreeEnergyEv = null, int? ElectronicStepsInLast = null, bool? ElectronicConverged = null, bool? IonicConverged = null)
{
    public double? FinalEnergyEv => EnergiesEv is [.., var last] ? last : null;
}

/// <summary>A volumetric file.</summary>
/// <param name="Name">Of the file, without its folder.</param>
/// <param name="Blocks">Without their values.</param>
public sealed record GridFacts(string Name, GridDimensions Dimensions, ImmutableArray<GridBlock<double>> Blocks);

/// <summary>What one file tells of a run, or all of them together. Null or empty where there is no source.</summary>
public sealed record RunFacts
{
    public Composition? Composition { get; init; }

    public int? AtomCount { get; init; }

    /// <summary>For each atom, in the order of the POSCAR; empty where unknown.</summary>
    public ImmutableArray<Element> Atoms { get; init; } = [];

    public string? Program { get; init; }

    public string? Version { get; init; }

    public StepFacts? Steps { get; init; }

    public double? FermiEnergyEv { get; init; }

    /// <summary>The file ends as a finished run's does.</summary>
    public bool? Complete { get; init; }

    public bool? SpinPolarized { get; init; }

    public bool? Noncollinear { get; init; }

    public int? KPointCount { get; init; }

    public int? BandCount { get; init; }

    public BandEdges? Edges { get; init; }

    /// <summary>One number; three where non-collinear; none without spin.</summary>
    public ImmutableArray<double> TotalMagnetizationMub { get; init; } = [];

    /// <summary>For each site one number, or three where non-collinear.</summary>
    public ImmutableArray<ImmutableArray<double>> SiteMagnetizationsMub { get; init; } = [];

    public VaspParameters? Parameters { get; init; }

    /// <summary>The electronic steps of the last ionic step, finished or not.</summary>
    public ImmutableArray<OszicarElectronicStep> LastLoop { get; init; } = [];

    /// <summary>A STOPCAR ended the run.</summary>
    public bool? Stopped { get; init; }

    /// <summary>What the run said of why it stopped; a run that is complete went on regardless.</summary>
    public string? StopMessage { get; init; }

    /// <summary>What is known to go wrong, as messages and numbers show it.</summary>
    public ImmutableArray<Diagnosis> Diagnoses { get; init; } = [];

    /// <summary>The volumetric files that were read, by name.</summary>
    public ImmutableArray<GridFacts> Grids { get; init; } = [];

    /// <summary>Complete, and converged in both respects; null where one of these is unknown.</summary>
    public bool? Converged => Complete & Steps?.ElectronicConverged & Steps?.IonicConverged;
}
