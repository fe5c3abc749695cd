using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Diagnoses;

namespace DftFlow.Vasp.Inspection;

/// <summary>Puts together what several files tell: the first that has a value gives it, and later ones that differ are told of.</summary>
internal sealed class Merging(IReadOnlyList<FileFacts> files, ICollection<string> warnings)
{
    // As much as the files round: OSZICAR to eight digits, OUTCAR's Fermi level to four decimals and its last electronic step's.
    private const double EnergyToleranceEv = 2e-5, FermiToleranceEv = 0.02, MomentToleranceMub = 2e-3;

    public RunFacts Merge()
    {
        var steps = Steps();
        var merged = new RunFacts
        {
            Composition = (Composition?)First(f => f.Composition, "formula"),
            AtomCount = (int?)First(f => f.AtomCount, "n_atoms"),
            Atoms = With(f => !f.Atoms.IsEmpty)?.Atoms ?? [],
            Program = (string?)First(f => f.Program, "program"),
            Version = (string?)First(f => f.Version, "version"),
            Steps = steps,
            FermiEnergyEv = (double?)First(f => f.FermiEnergyEv, "fermi_energy_ev", FermiToleranceEv),
            Complete = (bool?)First(f => f.Complete, "complete"),
            SpinPolarized = (bool?)First(f => f.SpinPolarized, "spin_polarized"),
            Noncollinear = (bool?)First(f => f.Noncollinear, "noncollinear"),
            KPointCount = (int?)First(f => f.KPointCount, "n_kpoints"),
            BandCount = (int?)First(f => f.BandCount, "n_bands"),
            Edges = With(f => f.Edges is not null)?.Edges,
            TotalMagnetizationMub = Moments(),
            SiteMagnetizationsMub = With(f => !f.SiteMagnetizationsMub.IsEmpty)?.SiteMagnetizationsMub ?? [],
            Parameters = With(f => f.Parameters is not null)?.Parameters,
            LastLoop = With(f => !f.LastLoop.IsEmpty)?.LastLoop ?? [],
            Stopped = (With(f => f.Stopped == true) ?? With(f => f.Stopped is not null))?.Stopped,
            StopMessage = With(f => f.StopMessage is not null)?.StopMessage,
            Grids = [.. files.SelectMany(f => f.Facts.Grids)],
        };
        return merged with { Diagnoses = Diagnoses(merged) };
    }

    /// <summary>What the messages of all files say, and what the numbers show.</summary>
    private ImmutableArray<Diagnosis> Diagnoses(RunFacts merged) => new RunState
    {
        // Of a grid or an input nobody knows, and nothing is wrong with that.
        Complete = merged.Complete ?? true,
        ElectronicConverged = merged.Steps?.ElectronicConverged,
        IonicConverged = merged.Steps?.IonicConverged,
        Stopped = merged.Stopped ?? false,
        SaidWhy = merged is { Complete: false, StopMessage: not null },
        AtomCount = merged.AtomCount,
        IonicStepCount = merged.Steps?.Count ?? 0,
        EnergyEv = merged.Steps?.FreeEnergyEv,
        ElectronicStepLimit = merged.Parameters?.Whole("NELM"),
        LastLoop = merged.LastLoop,
    }.Diagnose(files.SelectMany(f => f.Facts.Diagnoses));

    /// <summary>All from one file: the first with a finished step.</summary>
    private StepFacts? Steps()
    {
        var source = files.FirstOrDefault(f => f.Facts.Steps is { Count: > 0 }) ?? files.FirstOrDefault(f => f.Facts.Steps is not null);
        if (source?.Facts.Steps is not { } steps) return null;
        foreach (var other in files)
        {
            if (other == source || other.Facts.Steps is not { } theirs) continue;
            if (theirs.Count != steps.Count) Disagree("n_ionic_steps", other, Text(theirs.Count), source, Text(steps.Count));
            // Of different steps they may differ.
            else if (theirs.FinalEnergyEv is { } b && steps.FinalEnergyEv is { } a && Math.Abs(a - b) > Math.Max(EnergyToleranceEv, 1e-7 * Math.Abs(a)))
                Disagree("final_energy_ev", other, Text(b), source, Text(a));
            if (theirs.ElectronicConverged is { } converged && steps.ElectronicConverged is { } said && converged != said)
                Disagree("electronic_converged", other, Text(converged), source, Text(said));
            if (!Decides(other, steps) && theirs.IonicConverged is { } relaxed && steps.IonicConverged is { } claimed && relaxed != claimed)
                Disagree("ionic_converged", other, Text(relaxed), source, Text(claimed));
            // What the source does not say.
            steps = steps with
            {
                ElectronicStepsInLast = steps.ElectronicStepsInLast ?? theirs.ElectronicStepsInLast,
                ElectronicConverged = steps.ElectronicConverged ?? theirs.ElectronicConverged,
                IonicConverged = steps.IonicConverged ?? theirs.IonicConverged,
                EnergiesEv = steps.EnergiesEv.IsEmpty ? theirs.EnergiesEv : steps.EnergiesEv,
            };
        }
        if (files.FirstOrDefault(f => Decides(f, steps))?.Facts.Steps?.IonicConverged is { } known) steps = steps with { IonicConverged = known };
        return steps;
    }

    // A vasprun.xml that a STOPCAR ended looks like one that reached EDIFFG, and one that reached it with the last step that NSW allows
    // like one that did not. OUTCAR, which alone tells of a STOPCAR, knows: that of the same run.
    private static bool Decides(FileFacts file, StepFacts steps) =>
        file.Facts is { Stopped: { } stopped, Complete: true, Steps: { } theirs } && (stopped || theirs.Count == steps.Count);

    private ImmutableArray<double> Moments()
    {
        ImmutableArray<double> taken = [];
        FileFacts? source = null;
        foreach (var file in files)
        {
            var theirs = file.Facts.TotalMagnetizationMub;
            if (theirs.IsEmpty) continue;
            if (source is null) (taken, source) = (theirs, file);
            else if (theirs.Length == taken.Length && theirs.Zip(taken, (a, b) => Math.Abs(a - b)).Any(difference => difference > MomentToleranceMub))
                Disagree("total_magnetization_mub", file, string.Join(' ', theirs.Select(m => Text(m))), source, string.Join(' ', taken.Select(m => Text(m))));
        }
        return taken;
    }

    /// <summary>The first file's facts of which something is true.</summary>
    private RunFacts? With(Func<RunFacts, bool> isTrue) => files.FirstOrDefault(f => isTrue(f.Facts))?.Facts;

    // Boxed, so that nothing has to be compiled for each type when the command starts.
    private object? First(Func<RunFacts, object?> of, string key, double tolerance = 0)
    {
        object? taken = null;
        FileFacts? source = null;
        foreach (var file in files)
        {
            if (of(file.Facts) is not { } value) continue;
            if (source is null) (taken, source) = (value, file);
            else if (!(value is double b && taken is double a ? Math.Abs(a - b) <= tolerance : value.Equals(taken))) Disagree(key, file, Text(value), source, Text(taken!));
        }
        return taken;
    }

    private void Disagree(string key, FileFacts other, string theirs, FileFacts source, string taken) =>
        warnings.Add($"{key}: {other.Name} says {theirs}, {source.Name} {taken}, which is taken.");

    private static string Text(object value) => value switch
    {
        bool truth => truth ? "true" : "false",
        Composition composition => composition.ReducedFormula,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
