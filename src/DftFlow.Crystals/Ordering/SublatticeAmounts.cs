using System.Collections.Immutable;

namespace DftFlow.Crystals.Ordering;

/// <summary>How many atoms of an element a sublattice was to hold, and how many whole ones it holds.</summary>
/// <param name="Sublattice">The name of the sublattice.</param>
/// <param name="Element">Null for empty sites.</param>
/// <param name="Sites">The sites of the sublattice.</param>
/// <param name="Asked">In sites: any number.</param>
public sealed record PlacedAmount(string Sublattice, Element? Element, int Sites, double Asked, int Got)
{
    /// <summary>(got − asked) as a part of the sublattice's sites.</summary>
    public double Error => (Got - Asked) / Sites;
}

/// <summary>A sublattice and what it may hold or is to hold, in sites.</summary>
internal sealed record OpenSublattice(string Name, ImmutableArray<int> Sites, ImmutableArray<Element?> Takes)
{
    public override string ToString() => $"the sites of {Name}";
}

/// <summary>Amounts on sublattices: which element goes where, and whole numbers instead of fractions.</summary>
internal static class SublatticeAmounts
{
    private const double Tiny = 1e-6;
    private const int LargestMultiple = 1000;

    /// <summary>
    /// Distributes a composition over sublattices, where only one way is possible: a sublattice that takes one element more is filled
    /// with it, an element that has one sublattice left goes there; and so on.
    /// </summary>
    /// <returns>For each sublattice the amount of each species that it takes, in sites.</returns>
    /// <exception cref="DftFlowException">DF1233: the composition does not fit, or there are several ways.</exception>
    public static double[][] Distribute(Composition composition, IReadOnlyList<OpenSublattice> sublattices)
    {
        var scale = Scale(composition, sublattices);
        foreach (var element in composition.Elements)
            if (!sublattices.Any(sublattice => sublattice.Takes.Contains(element))) throw Error($"No site takes {element} of {composition.Formula}.", $"Add {element} to what a sublattice takes.");
        var left = composition.Elements.ToDictionary(element => element, element => composition[element] * scale);
        foreach (var element in sublattices.SelectMany(sublattice => sublattice.Takes).OfType<Element>()) left.TryAdd(element, 0);
        var room = sublattices.Select(sublattice => (double)sublattice.Sites.Length).ToArray();
        var amounts = sublattices.Select(sublattice => new double[sublattice.Takes.Length]).ToArray();
        var open = sublattices.SelectMany((sublattice, s) => sublattice.Takes.Select((_, t) => (Sublattice: s, Species: t))).ToList();
        while (open.Count > 0)
        {
            var filled = open.FindIndex(one => open.Count(other => other.Sublattice == one.Sublattice) == 1);
            var at = filled >= 0 ? filled : open.FindIndex(one => SpeciesOf(one) is { } element && open.Count(other => SpeciesOf(other) == element) == 1);
            if (at < 0)
                throw Error($"{composition.Formula} can be put on the sublattices in several ways: {string.Join(", ", open.Select(SpeciesOf).OfType<Element>().Distinct())} may go to {string.Join(" or ", open.Select(one => one.Sublattice).Distinct().Select(s => sublattices[s].ToString()))}.", "Give the amounts on each sublattice instead of what it takes.");
            var (sublattice, species) = open[at];
            var element = sublattices[sublattice].Takes[species];
            var amount = filled >= 0 ? room[sublattice] : left[element!];
            if (Math.Abs(amount) < Tiny * sublattices[sublattice].Sites.Length) amount = 0;
            if (amount < 0 || amount > room[sublattice] + Tiny * sublattices[sublattice].Sites.Length)
                throw Misfit(FormattableString.Invariant($"{sublattices[sublattice]} ({sublattices[sublattice].Sites.Length} of them) would take {amount:0.###} {element?.Symbol ?? "vacancies"} where there is room for {room[sublattice]:0.###}"));
            amounts[sublattice][species] = amount;
            room[sublattice] -= amount;
            if (element is not null) left[element] -= amount;
            open.RemoveAt(at);
        }
        foreach (var (element, rest) in left)
            if (Math.Abs(rest) > 1e-4 * sublattices.Sum(sublattice => sublattice.Sites.Length))
                throw Misfit(FormattableString.Invariant($"{Math.Abs(rest):0.###} {element} {(rest > 0 ? "find no site" : "are missing")}"));
        return amounts;

        Element? SpeciesOf((int Sublattice, int Species) one) => sublattices[one.Sublattice].Takes[one.Species];

        DftFlowException Misfit(string what) => Error($"{composition.Formula} does not fit the structure: {what}.", "Check the amounts, and which elements each sublattice takes; add vacancies where sites stay empty.");
    }

    /// <summary>Formula units in the cell: from all sites; where some may stay empty, from sublattices that hold their elements alone and fully.</summary>
    private static double Scale(Composition composition, IReadOnlyList<OpenSublattice> sublattices)
    {
        if (!sublattices.Any(sublattice => sublattice.Takes.Contains(null))) return sublattices.Sum(sublattice => sublattice.Sites.Length) / composition.AtomCount;
        var full = sublattices.Where(sublattice => !sublattice.Takes.Contains(null)).ToList();
        // What also goes where sites may be empty, or shares a sublattice with such, cannot tell how many formula units there are.
        while (full.RemoveAll(sublattice => sublattices.Except(full).Any(other => other.Takes.Intersect(sublattice.Takes).Any())) > 0) { }
        var amount = full.SelectMany(sublattice => sublattice.Takes).Distinct().Sum(element => composition[element!]);
        return amount > 0 ? full.Sum(sublattice => sublattice.Sites.Length) / amount : throw Error($"It is not clear how many formula units {composition.Formula} the cell holds: every sublattice may have vacancies, or shares elements with one that may.", "Give the amounts on each sublattice.");
    }

    /// <summary>Whole numbers that add up to the number of sites: what is cut off goes to the largest remainders (Hamilton's method).</summary>
    public static int[] Rounded(double[] asked, int sites)
    {
        int[] whole = [.. asked.Select(amount => (int)Math.Floor(amount + Tiny))];
        var missing = sites - whole.Sum();
        foreach (var i in Enumerable.Range(0, asked.Length).OrderByDescending(i => Math.Round(asked[i] - whole[i], 6)).ThenBy(i => i).Take(Math.Max(0, missing))) whole[i]++;
        return whole;
    }

    /// <summary>The rounded amounts of a sublattice.</summary>
    /// <exception cref="DftFlowException">DF1234: they are farther from what is asked than the tolerance.</exception>
    public static ImmutableArray<PlacedAmount> Place(OpenSublattice sublattice, double[] asked, double tolerance)
    {
        var got = Rounded(asked, sublattice.Sites.Length);
        ImmutableArray<PlacedAmount> placed = [.. sublattice.Takes.Select((element, i) => new PlacedAmount(sublattice.Name, element, sublattice.Sites.Length, asked[i], got[i]))];
        if (placed.MaxBy(amount => Math.Abs(amount.Error)) is not { } worst || Math.Abs(worst.Error) <= tolerance + 1e-9) return placed;
        var multiple = Enumerable.Range(2, LargestMultiple).Cast<int?>().FirstOrDefault(m => Fits([.. asked.Select(amount => amount * m!.Value)], sublattice.Sites.Length * m!.Value));
        throw new DftFlowException("DF1234",
            FormattableString.Invariant($"Whole atoms on {sublattice} ({sublattice.Sites.Length} of them) cannot give the composition: {string.Join(", ", placed.Where(amount => amount.Asked > 0).Select(amount => FormattableString.Invariant($"{amount.Asked:0.###} → {amount.Got} {amount.Element?.Symbol ?? "vacancies"}")))}; {worst.Element?.Symbol ?? "vacancies"} is off by {Math.Abs(worst.Error):0.0%} of the sites, where {tolerance:0.0%} is allowed."),
            multiple is { } times ? FormattableString.Invariant($"A supercell {times} times as large is near enough ({sublattice.Sites.Length * times} such sites); or allow a coarser rounding.") : "Allow a coarser rounding.");

        bool Fits(double[] amounts, int sites) => amounts.Zip(Rounded(amounts, sites), (a, whole) => Math.Abs(a - whole) / sites).All(error => error <= tolerance + 1e-9);
    }

    public static DftFlowException Error(string message, string hint) => new("DF1233", message, hint);
}
