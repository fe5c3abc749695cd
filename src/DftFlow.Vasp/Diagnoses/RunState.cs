using System.Collections.Immutable;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Vasp.Diagnoses;

/// <summary>
/// How a run stands, as its files tell: from here comes what no message says. Whoever has read other files than these (a
/// vasprun.xml) fills in the rest.
/// </summary>
public sealed record RunState
{
    // Far beyond the energy of any atom in a pseudopotential calculation (below 30 eV bound), far below what a diverging loop prints.
    private const double RunawayEvPerAtom = 1000, RunawayEv = 1e6;

    /// <summary>Steps to look back on, and how often the energy must turn in them, to call a loop oscillating.</summary>
    private const int Window = 16, FewestTurns = 4;

    private const double SmallestSwingEv = 1e-3;

    /// <summary>In the first steps of a loop the energy is still anything.</summary>
    private const int FirstSteps = 5;

    /// <summary>The files end as a finished run's do.</summary>
    public bool Complete { get; init; }

    /// <summary>Of the last finished ionic step; null where unknown.</summary>
    public bool? ElectronicConverged { get; init; }

    /// <summary>False where a relaxation used up its steps; null where unknown.</summary>
    public bool? IonicConverged { get; init; }

    /// <summary>A STOPCAR ended it.</summary>
    public bool Stopped { get; init; }

    /// <summary>The run gave a reason for not finishing.</summary>
    public bool SaidWhy { get; init; }

    public int? AtomCount { get; init; }

    public int IonicStepCount { get; init; }

    /// <summary>TOTEN of the last finished ionic step; null without one.</summary>
    public double? EnergyEv { get; init; }

    /// <summary>NELM.</summary>
    public int? ElectronicStepLimit { get; init; }

    /// <summary>Of the last ionic step, finished or not.</summary>
    public ImmutableArray<OszicarElectronicStep> LastLoop { get; init; } = [];

    /// <summary>The state as an OUTCAR tells it, with the steps of an OSZICAR or of a standard output.</summary>
    public static RunState Of(Outcar? outcar, IReadOnlyList<OszicarElectronicStep>? steps) => new()
    {
        Complete = outcar?.Complete ?? false,
        ElectronicConverged = outcar?.ElectronicConverged,
        IonicConverged = outcar?.Ending switch
        {
            OutcarEnding.StepsUsedUp => false,
            OutcarEnding.RequiredAccuracy or OutcarEnding.Finished => true,
            _ => null,
        },
        Stopped = outcar?.StoppedByUser ?? false,
        SaidWhy = outcar is { Complete: false, StopMessage: not null },
        AtomCount = outcar?.AtomCount,
        IonicStepCount = outcar?.IonicSteps.Length ?? 0,
        EnergyEv = outcar?.LastStep?.Energies.FreeEnergyEv,
        ElectronicStepLimit = outcar?.Parameters.Whole("NELM"),
        LastLoop = steps is [.., var last] ? [.. steps.Where(step => step.IonicStep == last.IonicStep)] : [],
    };

    /// <summary>What the numbers show, added to what the messages say; each diagnosis once.</summary>
    /// <param name="messages">Of all files that were read.</param>
    public ImmutableArray<Diagnosis> Diagnose(IEnumerable<Diagnosis> messages)
    {
        List<Diagnosis> all = [];
        foreach (var diagnosis in messages.Concat(FromNumbers()))
            if (!all.Exists(other => other.Id == diagnosis.Id)) all.Add(diagnosis);
        // Where the machine or the run itself said what happened, that the files end early is no news.
        var isExplained = SaidWhy || all.Exists(diagnosis => diagnosis.Id is "time-limit" or "out-of-memory" or "disk-full" or "segmentation-fault");
        if (!Complete && !isExplained) all.Add(KnownDiagnoses.Found("cut-off", $"the files end after {IonicStepCount} finished ionic steps, without a reason"));
        return [.. all];
    }

    private IEnumerable<Diagnosis> FromNumbers()
    {
        if (ElectronicConverged == false)
            yield return KnownDiagnoses.Found("electronic-unconverged", LastLoop is [.., var step]
                ? (FormattableString)$"ionic step {IonicStepCount} ended after {LastLoop.Length} electronic steps (NELM = {ElectronicStepLimit}), the last of which changed the energy by {step.EnergyChangeEv:0.0E+00} eV"
                : $"ionic step {IonicStepCount} ended at NELM = {ElectronicStepLimit}");
        if (ElectronicConverged != true && Swing() is { } swing)
            yield return KnownDiagnoses.Found("scf-oscillating", $"over the last {Window} electronic steps the energy went up and down by {swing:0.000} eV on average");
        var last = EnergyEv ?? (LastLoop.Length > FirstSteps ? LastLoop[^1].EnergyEv : null);
        var runaway = last is { } energy && !(Math.Abs(energy) <= (AtomCount is > 0 and var atoms ? atoms * RunawayEvPerAtom : RunawayEv));
        if (runaway) yield return KnownDiagnoses.Found("runaway-energy", $"the last energy is {last} eV");
        // A single atom has nothing to be bound to.
        else if (last > 0 && AtomCount != 1) yield return KnownDiagnoses.Found("positive-energy", $"the last energy is {last} eV");
        if (IonicConverged == false && Complete && !Stopped)
            yield return KnownDiagnoses.Found("ionic-unconverged", $"{IonicStepCount} ionic steps were made without reaching EDIFFG");
        if (Stopped) yield return KnownDiagnoses.Found("stopped", $"a STOPCAR after {IonicStepCount} ionic steps");
    }

    /// <summary>The mean change of the energy in the last steps where it changes sign time and again and does not get smaller by half; else null.</summary>
    private double? Swing()
    {
        if (LastLoop.Length < FirstSteps + Window) return null;
        int half = Window / 2, turns = 0;
        double earlier = 0, later = 0;
        for (var i = 0; i < Window; i++)
        {
            var change = LastLoop[LastLoop.Length - Window + i].EnergyChangeEv;
            if (i > 0 && change * LastLoop[LastLoop.Length - Window + i - 1].EnergyChangeEv < 0) turns++;
            if (i < half) earlier += Math.Abs(change) / half;
            else later += Math.Abs(change) / half;
        }
        return turns >= FewestTurns && later >= earlier / 2 && later > SmallestSwingEv ? (earlier + later) / 2 : null;
    }
}
