using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Electronic;

/// <summary>
/// A reference for energies of different cells: the centre of the states of one element and shell that lie below the valence band,
/// such as O 2s, found in the projected density of states.
/// </summary>
/// <remarks>
/// Of the element's <see cref="OccupiedBands"/> below the valence band, the manifold is all in which the shell holds at least half
/// of the element's projected states, and at least <see cref="SmallestShare"/> of what it holds in the one where it holds most: several, where bonds split the
/// level (O 2s in PO4). The centre is ∫gE/∫g of the shell's density over these bands, by the trapezoid rule.
/// </remarks>
/// <param name="CentreEv">On the file's own scale.</param>
/// <param name="FromEv">The lowest energy of the manifold.</param>
/// <param name="ToEv">The highest energy of the manifold.</param>
/// <param name="StatesPerAtom">∫g of the shell over the manifold; near 2(2l+1), but the spheres of the projection neither hold all of a state nor part neighbours.</param>
public sealed record SemicoreLevel(Element Element, char Shell, double CentreEv, double FromEv, double ToEv, double StatesPerAtom)
{
    public const double SmallestShare = 0.05;

    /// <summary>Finds the level of an element's shell (s, p, d or f).</summary>
    /// <exception cref="DftFlowException">DF3206: there is no such manifold, and why. Others as <see cref="ProjectedDosSelection.Sum"/>.</exception>
    public static SemicoreLevel Find(DosRun run, Element element, char shell)
    {
        var curve = new ProjectedDosSelection(element, shell.ToString()).Sum(run);
        var energies = curve.EnergiesEv;
        var shellDensity = curve.Total();
        var allDensity = new ProjectedDosSelection(element).Sum(run).Total();
        if (run.FermiEnergyEv is not { } fermi) throw NotFound(element, shell, "the file has no Fermi level");
        var bands = OccupiedBands.Of(run, element, fermi);
        if (bands.Count < 2)
            throw NotFound(element, shell, string.Create(CultureInfo.InvariantCulture, $"no gap of {OccupiedBands.SmallestGapEv} eV parts any states below the valence band from it"));
        bands.RemoveAt(bands.Count - 1);
        var candidates = bands
            .Select(band => (band.First, band.Last,
                Shell: Moment(energies.AsSpan(), shellDensity, band.First, band.Last, 0),
                All: Moment(energies.AsSpan(), allDensity, band.First, band.Last, 0)))
            .Where(band => band.All > 0 && band.Shell >= band.All / 2)
            .ToList();
        if (candidates.Count == 0) throw NotFound(element, shell, "no band below the valence band is mainly of that shell");
        var most = candidates.Max(band => band.Shell);
        candidates.RemoveAll(band => band.Shell < SmallestShare * most);
        if (candidates[0].First == 0)
            throw NotFound(element, shell, "the density of states begins within it");
        double states = 0, moment = 0;
        foreach (var band in candidates)
        {
            states += band.Shell;
            moment += Moment(energies.AsSpan(), shellDensity, band.First, band.Last, 1);
        }
        return new SemicoreLevel(element, shell, moment / states, energies[candidates[0].First], energies[candidates[^1].Last], states / curve.SiteCount);
    }

    // The empty points beside a band belong to its flanks.
    private static double Moment(ReadOnlySpan<double> energies, double[] density, int first, int last, int power) =>
        Trapezoid.Moment(energies, density, Math.Max(first - 1, 0), Math.Min(last + 1, energies.Length - 1), 0, power);

    private static DftFlowException NotFound(Element element, char shell, string reason) => new("DF3206",
        $"The {element.Symbol} {shell} semicore level cannot serve as the zero: {reason}.",
        "Widen the DOS downwards (EMIN), refine it (NEDOS), choose another level whose states lie apart below the valence band, or another zero.");
}
