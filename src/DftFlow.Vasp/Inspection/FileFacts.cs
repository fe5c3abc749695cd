using System.Collections.Immutable;
using System.Runtime.InteropServices;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Vasp.Inspection;

/// <summary>The facts of one file: here of those that a run writes as it goes.</summary>
/// <param name="Name">Of the file, without its folder.</param>
/// <param name="Truncated">Where it stops short.</param>
internal sealed partial record FileFacts(string Name, RunFacts Facts, Truncation? Truncated = null)
{
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Without what a standard output tells worse than other files do: whether the run is done (it need not say), and steps (lines may be garbled).</summary>
    public FileFacts Beside => this with { Facts = Facts with { Complete = null, Steps = null } };

    private static FileFacts Of(string name, Vasprun run)
    {
        // A file that stops before its parameters says nothing of what was wanted.
        var known = run.Parameters.All.Count > 0;
        // GW, response functions and the like: VASP writes no energies.
        var hasEnergies = run.IonicSteps.Any(step => step.ElectronicSteps > 0 || !double.IsNaN(step.EnergyEv));
        return new(name, WithAtoms(run.Atoms.Select(type => run.AtomTypes[type].Element)) with
        {
            Program = run.Program,
            Version = run.Version,
            Steps = known ? new StepFacts(run.IonicSteps.Length, hasEnergies ? [.. run.IonicSteps.Select(step => step.EnergyEv)] : [], hasEnergies ? run.LastStep?.FreeEnergyEv : null,
                run.LastStep?.ElectronicSteps ?? run.Truncated?.ElectronicSteps, run.IonicSteps.IsEmpty ? null : run.ElectronicConverged, run.IonicConverged) : null,
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

    private static FileFacts Of(string name, Outcar outcar)
    {
        var known = outcar.Parameters.All.Count > 0;
        var (program, version) = ProgramOf(outcar.Program);
        var atoms = outcar.AtomTypes.Sum(type => (long)type.Count) == outcar.AtomCount ? WithAtoms(outcar.AtomTypes.SelectMany(type => Enumerable.Repeat(type.Element, type.Count))) : new();
        return new(name, atoms with
        {
            AtomCount = outcar.AtomCount,
            Program = program,
            Version = version,
            Steps = new StepFacts(outcar.IonicSteps.Length, [.. outcar.IonicSteps.Select(step => step.Energies.EnergyEv)], outcar.LastStep?.Energies.FreeEnergyEv,
                (outcar.LastStep?.Energies ?? outcar.UnfinishedStep)?.ElectronicSteps, outcar.ElectronicConverged, known ? IsRelaxed(outcar) : null),
            FermiEnergyEv = outcar.FermiEnergyEv,
            Complete = outcar.Complete,
            SpinPolarized = known ? outcar.SpinPolarized : null,
            Noncollinear = known ? outcar.Noncollinear : null,
            KPointCount = outcar.KPointCount,
            BandCount = outcar.Eigenvalues?.BandCount ?? outcar.Parameters.Whole("NBANDS"),
            Edges = outcar.Eigenvalues is { } eigenvalues ? BandEdges.Of(eigenvalues) : null,
            TotalMagnetizationMub = outcar.MagnetizationMub,
            SiteMagnetizationsMub = SiteMoments(outcar.SiteMagnetizations),
            Parameters = known ? outcar.Parameters : null,
            Stopped = outcar.StoppedByUser,
            StopMessage = outcar.StopMessage,
            Diagnoses = outcar.Diagnoses,
        }, outcar.Truncated) { Warnings = outcar.Warnings };
    }

    private static FileFacts Of(string name, Oszicar oszicar) =>
        // One that ends after an ionic step may be whole or not.
        new(name, Steps(oszicar.ElectronicSteps, oszicar.IonicSteps) with { Complete = oszicar.Truncated is null ? null : false }, oszicar.Truncated) { Warnings = oszicar.Warnings };

    private static FileFacts Of(string name, StandardOutput output)
    {
        var (program, version) = ProgramOf(output.Program);
        var steps = output.Steps.ElectronicSteps.Count + output.Steps.IonicSteps.Count > 0 ? Steps(output.Steps.ElectronicSteps, output.Steps.IonicSteps) : new();
        return new(name, steps with { Program = program, Version = version, Complete = output.Finished, StopMessage = output.StopMessage, Diagnoses = output.Diagnoses });
    }

    private static RunFacts Steps(IReadOnlyList<OszicarElectronicStep> electronic, IReadOnlyList<OszicarIonicStep> ionic)
    {
        var last = ionic is [.., var step] ? step : null;
        ImmutableArray<OszicarElectronicStep> loop = electronic is [.., var end] ? [.. electronic.Where(other => other.IonicStep == end.IonicStep)] : [];
        return new()
        {
            Steps = new StepFacts(ionic.Count, [.. ionic.Select(done => done.EnergyEv)], last?.FreeEnergyEv,
                electronic.LastOrDefault(other => ionic.Count == 0 || other.IonicStep == ionic.Count)?.Step),
            TotalMagnetizationMub = last?.MagnetizationMub ?? [],
            LastLoop = loop,
        };
    }

    private static bool IsRelaxed(Outcar outcar) => !outcar.IsRelaxation || outcar.Ending is OutcarEnding.RequiredAccuracy or OutcarEnding.Finished;

    // `vasp.6.4.1 05Apr23 (build …) complex`, `vasp.5.4.4.18Apr17-6-g9f103f2a35 (build …`, `gpaw-vasp 1.0.0, GPAW 22.8.0 …`.
    private static (string? Program, string? Version) ProgramOf(string? line)
    {
        if (line is null) return (null, null);
        if (line.StartsWith("vasp.", StringComparison.Ordinal)) return ("vasp", line["vasp.".Length..].Split(' ')[0]);
        return line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries) is [var program, var version, ..] && char.IsAsciiDigit(version[0]) ? (program, version) : (line, null);
    }

    private static ImmutableArray<ImmutableArray<double>> SiteMoments(ImmutableArray<SiteTable> tables)
    {
        if (tables.IsEmpty) return [];
        var components = tables.Select(table => table.Totals).ToArray();
        var sites = components.Min(totals => totals.Length);
        return [.. Enumerable.Range(0, sites).Select(site => components.Select(totals => totals[site]).ToImmutableArray())];
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

    private static RunFacts WithAtoms(IEnumerable<Element?> elements)
    {
        var all = elements.ToArray();
        var known = Array.TrueForAll(all, element => element is not null);
        return new()
        {
            AtomCount = all.Length == 0 ? null : all.Length,
            Composition = known && all.Length > 0 ? new(all.CountBy(element => element!).Select(counted => KeyValuePair.Create(counted.Key, (double)counted.Value))) : null,
            Atoms = known ? ImmutableCollectionsMarshal.AsImmutableArray<Element>(all!) : [],
        };
    }
}
