using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Vasp.Inspection;

/// <summary>The ionic steps that came to an end.</summary>
/// <param name="EnergiesEv">energy(sigma→0) of each.</param>
/// <param name="FreeEnergyEv">TOTEN of the last; null without one.</param>
/// <param name="ElectronicStepsInLast">Null where the file does not count them.</param>
public sealed record StepFacts(ImmutableArray<double> EnergiesEv, double? FreeEnergyEv, int? ElectronicStepsInLast, bool? ElectronicConverged, bool? IonicConverged)
{
    public int Count => EnergiesEv.Length;

    public double? FinalEnergyEv => EnergiesEv is [.., var last] ? last : null;
}

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

    /// <summary>The change of the energy in each electronic step of the last ionic step, for a look at how it converged.</summary>
    public ImmutableArray<double> ElectronicChangesEv { get; init; } = [];

    /// <summary>Complete, and converged in both respects; null where one of these is unknown.</summary>
    public bool? Converged => Complete & Steps?.ElectronicConverged & Steps?.IonicConverged;
}

/// <summary>The facts of one file.</summary>
/// <param name="Name">Of the file, without its folder.</param>
/// <param name="Truncated">Where it stops short.</param>
internal sealed record FileFacts(string Name, RunFacts Facts, Truncation? Truncated = null)
{
    public ImmutableArray<string> Warnings { get; init; } = [];

    public static FileFacts Of(string name, Vasprun run)
    {
        var known = run.Parameters.All.Count > 0;
        var elements = run.Atoms.Select(type => run.AtomTypes[type].Element).ToArray();
        return new(name, new RunFacts
        {
            Composition = CompositionOf(elements),
            Atoms = elements.All(element => element is not null) ? [.. elements.OfType<Element>()] : [],
            AtomCount = run.Atoms.IsEmpty ? null : run.Atoms.Length,
            Program = run.Program,
            Version = run.Version,
            Steps = known ? new StepFacts([.. run.IonicSteps.Select(step => step.EnergyEv)], run.LastStep?.FreeEnergyEv, run.LastStep?.ElectronicSteps ?? run.Truncated?.ElectronicSteps,
                run.ElectronicConverged, run.IonicConverged) : null,
            FermiEnergyEv = run.FermiEnergyEv,
            Complete = run.Complete,
            SpinPolarized = known ? run.SpinPolarized : null,
            Noncollinear = known ? run.Noncollinear : null,
            KPointCount = run.KPoints.IsEmpty ? null : run.KPoints.Length,
            BandCount = run.Eigenvalues?.BandCount ?? run.Parameters.Whole("NBANDS"),
            Edges = run.Eigenvalues is { } eigenvalues ? BandEdges.Of(eigenvalues) : null,
            Parameters = known || run.Incar.All.Count > 0 ? AsReported(run.Parameters, run.Incar) : null,
        }, run.Truncated) { Warnings = run.Warnings };
    }

    public static FileFacts Of(string name, OszicarReader oszicar)
    {
        var last = oszicar.IonicSteps is [.., var step] ? step : null;
        var lastSteps = oszicar.ElectronicSteps is [.., var electronic] ? oszicar.ElectronicSteps.Where(other => other.IonicStep == electronic.IonicStep).ToArray() : [];
        return new(name, new RunFacts
        {
            Steps = new StepFacts([.. oszicar.IonicSteps.Select(ionic => ionic.EnergyEv)], last?.FreeEnergyEv, lastSteps is [.., var end] ? end.Step : null, null, null),
            TotalMagnetizationMub = last?.MagnetizationMub ?? [],
            ElectronicChangesEv = [.. lastSteps.Select(other => other.EnergyChangeEv)],
        });
    }

    /// <summary>What the code chose; its list cuts long texts off, which the list of what was set has in full.</summary>
    private static VaspParameters AsReported(VaspParameters parameters, VaspParameters incar)
    {
        var all = new VaspParameters();
        foreach (var (tag, value) in parameters.All)
            all.Add(tag, value is ParameterValue.Text { Value: var text } && incar.All.GetValueOrDefault(tag) is ParameterValue.Text { Value: var whole } set
                && whole.Length > text.Length && whole.StartsWith(text, StringComparison.OrdinalIgnoreCase) ? set : value);
        foreach (var (tag, value) in incar.All) all.Add(tag, value);
        return all;
    }

    internal static Composition? CompositionOf(IReadOnlyCollection<Element?> elements) =>
        elements.Count == 0 || elements.Any(element => element is null) ? null
        : new(elements.GroupBy(element => element!).Select(group => KeyValuePair.Create(group.Key, (double)group.Count())));
}
