using System.Globalization;

namespace DftFlow.Analysis.Electronic;

/// <summary>Where a window begins and ends in a run's density of states.</summary>
internal static class WindowLimits
{
    /// <summary>On the scale of <paramref name="energies"/>, on which the Fermi level lies at <paramref name="fermi"/>.</summary>
    public static (double Min, double Max) Resolve(DosRun run, BandCentreRequest request, ReadOnlySpan<double> energies, double? fermi)
    {
        var (window, element) = (request.Window, request.Selection.Element);
        var min = window.MinEv ?? energies[0];
        var max = window.MaxEv ?? energies[^1];
        if (window.Part == BandPart.All) return (min, max);
        var level = fermi ?? throw new DftFlowException("DF3202", "The occupied states have no end: the file has no Fermi level.", "A run that stopped early has none: let it finish.");
        if (window.Part != BandPart.Manifold) max = Math.Min(max, level);
        if (window.Part == BandPart.Occupied) return (min, max);
        if (OccupiedBands.Of(run, element, run.FermiEnergyEv!.Value) is not [.., var band])
            throw Unbounded(window, $"there is no valence band: {element?.Symbol ?? "the cell"} has no states below the Fermi level", "Choose another window.");
        if (band.First == 0)
            throw Unbounded(window, "it has no lower end: the density of states begins within it", "Widen the DOS downwards (EMIN), or give the window's limits.");
        min = Math.Max(min, energies[band.First - 1]);
        if (window.Part == BandPart.Valence) return (min, max);
        var top = OccupiedBands.Top(run, element, run.FermiEnergyEv.Value, band.Last)
            ?? throw Unbounded(window, string.Create(CultureInfo.InvariantCulture, $"no gap of {OccupiedBands.SmallestGapAboveEv} eV in its projected DOS ends it above, up to {energies[^1]:0.###} eV where the DOS ends"), "Take the window occupied or valence, give its limits, or widen the DOS upwards (EMAX).");
        return (min, Math.Min(max, energies[top + 1]));
    }

    // A manifold that does not exist is an answer; a valence band that cannot be found is a window that cannot.
    private static DftFlowException Unbounded(EnergyWindow window, string reason, string hint) =>
        window.Part == BandPart.Manifold ? new("DF3209", $"Gaps do not bound the manifold: {reason}.", hint) : new("DF3202", $"The valence band cannot be told: {reason}.", hint);

    public static (int First, int Last) PointsWithin(ReadOnlySpan<double> energies, double min, double max)
    {
        int first = 0, last = energies.Length - 1;
        while (first < energies.Length && !(energies[first] >= min)) first++;
        while (last >= 0 && !(energies[last] <= max)) last--;
        if (last - first >= 1) return (first, last);
        throw new DftFlowException("DF3202", string.Create(CultureInfo.InvariantCulture,
            $"The window from {min:0.###} to {max:0.###} eV holds fewer than two points of the DOS, which has {energies.Length} from {energies[0]:0.###} to {energies[^1]:0.###} eV, relative to the zero."),
            "Choose a window within the DOS, or write a finer or wider one (NEDOS, EMIN, EMAX).");
    }

    public static string Describe(BandCentreRequest request)
    {
        var whose = request.Selection.Element?.Symbol ?? "all";
        return request.Window switch
        {
            { MinEv: null, MaxEv: null, Part: BandPart.All } => "the whole range of the DOS, on which the value depends:",
            { Part: BandPart.Occupied } => "the occupied states, semicore ones included:",
            { Part: BandPart.Valence } => string.Create(CultureInfo.InvariantCulture,
                $"the valence band, which ends at the Fermi level and begins where the projected DOS of {whose} leaves a gap of at least {OccupiedBands.SmallestGapEv} eV (below {OccupiedBands.EmptyFraction} of its maximum):"),
            { Part: BandPart.Manifold } => string.Create(CultureInfo.InvariantCulture,
                $"the manifold that gaps bound in the projected DOS of {whose} (below {OccupiedBands.EmptyFraction} of its maximum): of at least {OccupiedBands.SmallestGapEv} eV below the valence band, and of at least {OccupiedBands.SmallestGapAboveEv} eV at or above the Fermi level:"),
            _ => "the closed window",
        };
    }
}
