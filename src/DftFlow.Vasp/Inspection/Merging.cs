using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
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
            Composition = First(f => f.Composition, (a, b) => a.Equals(b), c => c.ReducedFormula, "formula"),
            AtomCount = Value(f => f.AtomCount, "n_atoms"),
            Atoms = List(f => f.Atoms),
            Program = First(f => f.Program, (a, b) => a == b, p => p, "program"),
            Version = First(f => f.Version, (a, b) => a == b, v => v, "version"),
            Steps = steps,
            FermiEnergyEv = Number(f => f.FermiEnergyEv, FermiToleranceEv, "fermi_energy_ev"),
            Complete = Value(f => f.Complete, "complete"),
            SpinPolarized = Value(f => f.SpinPolarized, "spin_polarized"),
            Noncollinear = Value(f => f.Noncollinear, "noncollinear"),
            KPointCount = Value(f => f.KPointCount, "n_kpoints"),
            BandCount = Value(f => f.BandCount, "n_bands"),
            Edges = files.Select(f => f.Facts.Edges).FirstOrDefault(e => e is not null),
            TotalMagnetizationMub = Moments(),
            SiteMagnetizationsMub = List(f => f.SiteMagnetizationsMub),
            Parameters = files.Select(f => f.Facts.Parameters).FirstOrDefault(p => p is not null),
            LastLoop = List(f => f.LastLoop),
            Stopped = files.Any(f => f.Facts.Stopped == true) ? true : files.Select(f => f.Facts.Stopped).FirstOrDefault(stopped => stopped is not null),
            StopMessage = files.Select(f => f.Facts.StopMessage).FirstOrDefault(message => message is not null),
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
                Disagree("total_magnetization_mub", file, string.Join(' ', theirs.Select(Text)), source, string.Join(' ', taken.Select(Text)));
        }
        return taken;
    }

    private ImmutableArray<T> List<T>(Func<RunFacts, ImmutableArray<T>> of) => files.Select(f => of(f.Facts)).FirstOrDefault(list => !list.IsEmpty, []);

    private T? Value<T>(Func<RunFacts, T?> of, string key) where T : struct, IEquatable<T> => Pick(of, (a, b) => a.Equals(b), v => Text(v), key);

    private double? Number(Func<RunFacts, double?> of, double tolerance, string key) => Pick(of, (a, b) => Math.Abs(a - b) <= tolerance, v => Text(v), key);

    private T? Pick<T>(Func<RunFacts, T?> of, Func<T, T, bool> same, Func<T, string> text, string key) where T : struct =>
        First(f => of(f) is { } value ? new StrongBox<T>(value) : null, (a, b) => same(a.Value, b.Value), v => text(v.Value), key)?.Value;

    private T? First<T>(Func<RunFacts, T?> of, Func<T, T, bool> same, Func<T, string> text, string key) where T : class
    {
        T? taken = null;
        FileFacts? source = null;
        foreach (var file in files)
        {
            if (of(file.Facts) is not { } value) continue;
            if (source is null) (taken, source) = (value, file);
            else if (!same(taken!, value)) Disagree(key, file, text(value), source, text(taken!));
        }
        return taken;
    }

    private void Disagree(string key, FileFacts other, string theirs, FileFacts source, string taken) =>
        warnings.Add($"{key}: {other.Name} says {theirs}, {source.Name} {taken}, which is taken.");

    private static string Text<T>(T value) => value switch
    {
        bool truth => truth ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}
