using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
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
/// <param name="Orbital">As <see cref="OrbitalNames"/> reads it: s, p, d or f, one of them by its magnetic name, t2g or eg, or several. Null: all orbitals.</param>
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
    /// DF3201: the run has no DOS, or none projected, or the file stops before it. DF3203: a site that the run has not. DF3204: no site is selected.
    /// DF3205: no orbital of that name. DF3208: the DOS holds something that is no number.
    /// </exception>
    public DosCurve Sum(DosRun run) => run.Sum(this, () => SumOf(run));

    private DosCurve SumOf(DosRun run)
    {
        if (run.Dos is not { } dos)
            throw new DftFlowException("DF3201", $"The run has no density of states{Stops(run)}.", "A run that stopped early has none; otherwise read the DOS with the file.");
        if (IsTotal)
            return Checked(new DosCurve([.. dos.EnergiesEv], [.. dos.Density.Select(density => density.ToImmutableArray())], run.Sites.Length));
        if (dos.Projected is not { } projected)
            throw new DftFlowException("DF3201", $"The run has no density of states projected on sites and orbitals{Stops(run)}.",
                run.Truncated is null ? "Set LORBIT = 11 in the INCAR and run it again." : "Take the file whole: let the run finish, or copy it again.");
        var sites = SelectedSites(run);
        if (sites.FindIndex(site => site >= projected.SiteCount || !projected.Has(site)) is var missing and >= 0)
            throw new DftFlowException("DF3201", string.Create(CultureInfo.InvariantCulture, $"The density of states projected on site {sites[missing] + 1} is not there{Stops(run)}."), "Take the file whole, or leave the site out.");
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
            sums.Add(ImmutableCollectionsMarshal.AsImmutableArray(sum));
        }
        return Checked(new DosCurve([.. dos.EnergiesEv], sums.MoveToImmutable(), sites.Count));
    }

    /// <summary>Reads as in <c>O p DOS</c>, <c>total DOS</c>.</summary>
    public override string ToString() => IsTotal ? "total DOS" : $"{Element?.Symbol ?? "all elements"} {(Orbital is null ? "all orbitals" : OrbitalNames.Describe(Orbital))} DOS";

    /// <summary>Nothing is named: the total DOS.</summary>
    public bool IsTotal => Element is null && Orbital is null && Sites.IsDefaultOrEmpty;

    private static string Stops(DosRun run) => run.Truncated is { } truncated ? string.Create(CultureInfo.InvariantCulture, $": the file stops at byte {truncated.Byte} ({truncated.Reason})") : "";

    private DosCurve Checked(DosCurve curve)
    {
        foreach (var (spin, density) in curve.Density.Index())
            for (var i = 0; i < density.Length; i++)
                if (!double.IsFinite(density[i]) || !double.IsFinite(curve.EnergiesEv[i]))
                    throw new DftFlowException("DF3208", string.Create(CultureInfo.InvariantCulture, $"The {this} holds something that is no number, at point {i + 1} of {density.Length} ({curve.EnergiesEv[i]:0.###} eV on the file's own scale{(curve.Density.Length == 2 ? spin == 0 ? ", spin up" : ", spin down" : "")})."),
                        "The file is damaged, or the number did not fit its column (****); select other sites or orbitals, or write the DOS anew.");
        return curve;
    }

    private List<int> SelectedSites(DosRun run)
    {
        var count = run.Sites.Length;
        if (!Sites.IsDefaultOrEmpty && Sites.FirstOrDefault(site => site < 1 || site > count, 0) is var wrong and not 0)
            throw new DftFlowException("DF3203", $"There is no site {wrong}: the run has sites 1 to {count}.", "Sites are numbered from 1, in the order of the POSCAR.");
        var asked = Sites.IsDefaultOrEmpty ? null : Sites.ToHashSet();
        var sites = Enumerable.Range(0, count).Where(site => asked?.Contains(site + 1) ?? true).Where(site => Element is null || ReferenceEquals(run.Sites[site], Element)).ToList();
        if (sites.Count > 0) return sites;
        if (run.Sites.All(site => site is null)) throw new DftFlowException("DF3204", "The file does not name the elements of its sites.", "Put the POSCAR or CONTCAR of the run beside the DOSCAR, or select sites by number.");
        var present = string.Join(", ", run.Sites.Select(site => site?.Symbol ?? "?").Distinct());
        throw new DftFlowException("DF3204", $"No {(asked is null ? "site" : "selected site")} is {Element?.Symbol}: the run has {present}.", "Name an element that the structure has.");
    }

    private List<int> SelectedOrbitals(ProjectedDos projected)
    {
        var matches = Orbital is null ? _ => true : OrbitalNames.Matching(Orbital);
        var orbitals = Enumerable.Range(0, projected.Orbitals.Length).Where(i => matches?.Invoke(projected.Orbitals[i]) ?? false).ToList();
        return orbitals.Count > 0 ? orbitals : throw new DftFlowException("DF3205",
            $"The projected DOS has no orbital '{Orbital}': it has {string.Join(", ", projected.Orbitals)}.",
            "Name s, p, d or f, t2g or eg, or one orbital as listed. LORBIT = 11 writes px, py, pz apart, LORBIT = 10 does not; f appears where a potential has f projectors.");
    }
}
