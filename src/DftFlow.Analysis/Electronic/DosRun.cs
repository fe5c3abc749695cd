using System.Collections.Concurrent;
using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Analysis.Electronic;

/// <summary>What analyses of a density of states need of a run, from whichever of its files it comes.</summary>
public sealed class DosRun
{
    private readonly ConcurrentDictionary<(Element?, string?, string), DosCurve> sums = new();
    private readonly ConcurrentDictionary<(Element, char), Lazy<SemicoreLevel>> semicores = new();

    /// <summary>Null where the run has none.</summary>
    public DensityOfStates? Dos { get; init; }

    /// <summary>Null where the files have none.</summary>
    public double? FermiEnergyEv { get; init; }

    /// <summary>The element of each site, in the order of the POSCAR; null for one that no file names.</summary>
    public ImmutableArray<Element?> Sites { get; init; } = [];

    /// <summary>After the last step; null where no file tells it.</summary>
    public Structure? Structure { get; init; }

    /// <summary>Null where no file has eigenvalues with occupations.</summary>
    public BandEdges? Edges { get; init; }

    /// <summary>Null where they were not read or no file has them.</summary>
    public CoreLevels? Core { get; init; }

    /// <summary>The planar average of the potential; null where it was not read or there is none.</summary>
    public PotentialProfile? Potential { get; init; }

    /// <summary>Why there is no <see cref="Potential"/>, where that is known.</summary>
    public DftFlowException? NoPotential { get; init; }

    /// <summary>Where the file that the DOS comes from stops short.</summary>
    public Truncation? Truncated { get; init; }

    /// <summary>What is doubtful about the run as such.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The run as its vasprun.xml has it, as far as that was read.</summary>
    public static DosRun FromVasprun(Vasprun run) => new()
    {
        Dos = run.Dos,
        FermiEnergyEv = run.FermiEnergyEv,
        Sites = [.. run.Atoms.Select(type => run.AtomTypes[type].Element)],
        Structure = run.FinalStructure,
        Edges = run.Eigenvalues is { } eigenvalues ? BandEdges.Of(eigenvalues) : null,
        Truncated = run.Truncated,
        Warnings = !run.Complete ? ["The vasprun.xml is not complete: the DOS may not be that of the final state."]
            : !run.ElectronicConverged ? ["The run did not converge electronically."] : [],
    };

    public static implicit operator DosRun(Vasprun run) => FromVasprun(run);

    /// <summary>This with levels from other files of the run.</summary>
    public DosRun With(CoreLevels? core, PotentialProfile? potential, DftFlowException? noPotential = null) => new()
    {
        Dos = Dos, FermiEnergyEv = FermiEnergyEv, Sites = Sites, Structure = Structure, Edges = Edges, Truncated = Truncated, Warnings = Warnings,
        Core = core, Potential = potential, NoPotential = noPotential,
    };

    // Tables ask for the same sums again and again.
    internal DosCurve Sum(ProjectedDosSelection selection, Func<DosCurve> sum)
    {
        var key = (selection.Element, selection.Orbital, selection.Sites.IsDefaultOrEmpty ? "" : string.Join(',', selection.Sites));
        return sums.TryGetValue(key, out var known) ? known : sums[key] = sum();
    }

    internal SemicoreLevel Semicore(Element element, char shell) => semicores.GetOrAdd((element, shell), _ => new(() => SemicoreLevel.Find(this, element, shell))).Value;
}
