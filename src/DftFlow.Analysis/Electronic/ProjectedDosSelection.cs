using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Analysis.Electronic;

/// <summary>A density of states, summed over what was selected.</summary>
/// <param name="EnergiesEv">The file's own grid.</param>
/// <param name="Density">States/eV, one array a spin channel: up and down, or one.</param>
/// <param name="SiteCount">How many sites were summed.</param>
public sealed record DosCurve(ImmutableArray<double> EnergiesEv, ImmutableArray<ImmutableArray<double>> Density, int SiteCount)
{
    /// <summary>Both spins together, states/eV.</summary>
    public double[] Total()
    {
        var total = Density[0].ToArray();
        foreach (var density in Density.Skip(1))
            for (var i = 0; i < total.Length; i++) total[i] += density[i];
        return total;
    }
}

/// <summary>
/// Which part of a density of states: sites of an element, sites by number, an orbital. With nothing named it is the total DOS;
/// with an element and sites named, those of the sites that are of the element.
/// </summary>
/// <param name="Orbital">s, p, d or f; or one of them by its magnetic name, as in <c>pz</c> or <c>dx2-y2</c>. Null: all orbitals.</param>
/// <param name="Sites">From 1, in the order of the POSCAR. Empty: all sites.</param>
public sealed record ProjectedDosSelection(Element? Element = null, string? Orbital = null, ImmutableArray<int> Sites = default)
{
    private const int MostSites = 1_000_000;

    /// <summary>Reads sites written as <c>1,4-8</c>.</summary>
    /// <exception cref="DftFlowException">DF3203: the text is no list of sites.</exception>
    public static ImmutableArray<int> ParseSites(string text)
    {
        var sites = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var last)
                || first < 1 || last < first || last > MostSites)
                throw new DftFlowException("DF3203", $"'{part.Trim()}' is not a site or a range of sites.", "Write sites as 1,4-8: numbers from 1, in the order of the POSCAR.");
            for (var site = first; site <= last; site++) sites.Add(site);
        }
        return [.. sites];
    }

    /// <summary>Sums the selected part of a run's density of states.</summary>
    /// <exception cref="DftFlowException">
    /// DF3201: the run has no DOS, or none projected. DF3203: a site that the run has not. DF3204: no site is selected.
    /// DF3205: no orbital of that name.
    /// </exception>
    public DosCurve Sum(Vasprun run)
    {
        if (run.Dos is not { } dos)
            throw new DftFlowException("DF3201", "The run has no density of states.", "A run that stopped early has none; otherwise read the DOS with the file.");
        if (IsTotal)
            return new DosCurve([.. dos.EnergiesEv], [.. dos.Density.Select(density => density.ToImmutableArray())], run.Atoms.Length);
        if (dos.Projected is not { } projected)
            throw new DftFlowException("DF3201", "The run has no density of states projected on sites and orbitals.", "Set LORBIT = 11 in the INCAR and run it again.");
        var sites = SelectedSites(run, projected);
        var orbitals = SelectedOrbitals(projected);
        // Of the four components of a non-collinear run only the first is a density.
        var spins = projected.ComponentCount == 2 ? 2 : 1;
        var sums = ImmutableArray.CreateBuilder<ImmutableArray<double>>(spins);
        for (var spin = 0; spin < spins; spin++)
        {
            var sum = new double[dos.EnergiesEv.Length];
            foreach (var site in sites)
                foreach (var orbital in orbitals)
                {
                    var density = projected[site, spin, orbital];
                    for (var i = 0; i < sum.Length; i++) sum[i] += density[i];
                }
            sums.Add([.. sum]);
        }
        return new DosCurve([.. dos.EnergiesEv], sums.MoveToImmutable(), sites.Count);
    }

    /// <summary>Reads as in <c>O p DOS</c>, <c>total DOS</c>.</summary>
    public override string ToString() => IsTotal ? "total DOS" : $"{Element?.Symbol ?? "all elements"} {Orbital ?? "all orbitals"} DOS";

    private bool IsTotal => Element is null && Orbital is null && Sites.IsDefaultOrEmpty;

    private List<int> SelectedSites(Vasprun run, ProjectedDos projected)
    {
        var count = Math.Min(projected.SiteCount, run.Atoms.Length);
        if (!Sites.IsDefaultOrEmpty && Sites.FirstOrDefault(site => site < 1 || site > count, 0) is var wrong and not 0)
            throw new DftFlowException("DF3203", $"There is no site {wrong}: the run has sites 1 to {count}.", "Sites are numbered from 1, in the order of the POSCAR.");
        var sites = Enumerable.Range(0, count)
            .Where(site => Sites.IsDefaultOrEmpty || Sites.Contains(site + 1))
            .Where(site => Element is null || ReferenceEquals(run.AtomTypes[run.Atoms[site]].Element, Element))
            .ToList();
        if (sites.Count > 0) return sites;
        var present = string.Join(", ", run.AtomTypes.Select(type => type.Symbol).Distinct());
        throw new DftFlowException("DF3204", $"No {(Sites.IsDefaultOrEmpty ? "site" : "selected site")} is {Element?.Symbol}: the run has {present}.", "Name an element that the structure has.");
    }

    private List<int> SelectedOrbitals(ProjectedDos projected)
    {
        var orbitals = Enumerable.Range(0, projected.Orbitals.Length)
            .Where(i => Orbital is null || projected.Orbitals[i] == Orbital || (Orbital.Length == 1 && projected.Orbitals[i].StartsWith(Orbital[0])))
            .ToList();
        return orbitals.Count > 0 ? orbitals : throw new DftFlowException("DF3205",
            $"The projected DOS has no orbital '{Orbital}': it has {string.Join(", ", projected.Orbitals)}.",
            "Name s, p, d or f, or one orbital as listed. LORBIT = 11 writes px, py, pz apart, LORBIT = 10 does not; f appears where a potential has f projectors.");
    }
}
