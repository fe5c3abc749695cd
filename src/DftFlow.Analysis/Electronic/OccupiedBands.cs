using DftFlow.Crystals;

namespace DftFlow.Analysis.Electronic;

/// <summary>
/// The bands into which the occupied states fall: stretches of the projected DOS of an element (all its sites, orbitals and spins;
/// of the total DOS without one), up to the Fermi level, parted by at least <see cref="SmallestGapEv"/> in which it stays below
/// <see cref="EmptyFraction"/> of its maximum. The uppermost is the valence band.
/// </summary>
internal static class OccupiedBands
{
    public const double SmallestGapEv = 1;
    public const double EmptyFraction = 1e-3;

    /// <summary>The gap of a semiconductor, which ends a band at or above the Fermi level.</summary>
    public const double SmallestGapAboveEv = 0.25;

    /// <summary>First and last point of each band on the file's grid, by rising energy; those beside belong to its flanks.</summary>
    public static List<(int First, int Last)> Of(DosRun run, Element? element, double fermi)
    {
        var curve = new ProjectedDosSelection(element).Sum(run);
        var energies = curve.EnergiesEv.AsSpan();
        var density = curve.Total();
        var greatest = 0.0;
        for (var i = 0; i < energies.Length && energies[i] <= fermi; i++) greatest = Math.Max(greatest, density[i]);
        var bands = new List<(int First, int Last)>();
        for (var i = 0; i < energies.Length && energies[i] <= fermi; i++)
        {
            if (!(density[i] > EmptyFraction * greatest)) continue;
            if (bands is [.., var open] && (i == open.Last + 1 || energies[i] - energies[open.Last] < SmallestGapEv)) bands[^1] = open with { Last = i };
            else bands.Add((i, i));
        }
        return bands;
    }

    /// <summary>
    /// The last point of the valence band when what is above the Fermi level counts too: before the first gap there. Null where no gap is found
    /// within the DOS.
    /// </summary>
    public static int? Top(DosRun run, Element? element, double fermi, int lastOccupied)
    {
        var curve = new ProjectedDosSelection(element).Sum(run);
        var energies = curve.EnergiesEv.AsSpan();
        var density = curve.Total();
        var greatest = 0.0;
        for (var i = 0; i < energies.Length && energies[i] <= fermi; i++) greatest = Math.Max(greatest, density[i]);
        var top = lastOccupied;
        for (var i = lastOccupied + 1; i < energies.Length; i++)
        {
            if (density[i] > EmptyFraction * greatest) top = i;
            // From one point with states to the next that may have some; the Fermi level lies within the gap, or below it.
            else if (energies[i] >= fermi && energies[i] - energies[top] >= SmallestGapAboveEv) return top;
        }
        return null;
    }
}
