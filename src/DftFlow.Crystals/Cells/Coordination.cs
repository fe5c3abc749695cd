using System.Collections.Immutable;

namespace DftFlow.Crystals.Cells;

/// <summary>The bonds between two elements: how many there are in the cell, and their lengths in Å.</summary>
public sealed record BondLengths(Element First, Element Second, int Count, double MinA, double MeanA, double MaxA);

/// <summary>Sites of one element that have the same neighbours in number and kind, and the lengths of their bonds in Å.</summary>
/// <param name="Number">The coordination number.</param>
/// <param name="Neighbours">How many of each element; null without any.</param>
/// <param name="Sites">Numbers of the sites, from 1.</param>
public sealed record CoordinationGroup(Element Element, int Number, Composition? Neighbours, ImmutableArray<int> Sites, double MinA, double MeanA, double MaxA);

/// <summary>Bonds and coordination numbers of a structure.</summary>
/// <param name="Bonds">By pairs of elements, in the order of first appearance; the element that appears first comes first.</param>
/// <param name="Groups">By elements in the order of first appearance, then by coordination number, highest first.</param>
/// <param name="Numbers">The coordination number of each site.</param>
public sealed record CoordinationTable(ImmutableArray<BondLengths> Bonds, ImmutableArray<CoordinationGroup> Groups, ImmutableArray<int> Numbers);

/// <summary>
/// Finds the bonds of a structure. Two atoms are bonded if their distance is at most <see cref="Factor"/> times the sum of their
/// covalent radii (Cordero et al., Dalton Trans. 2008, 2832). In a structure that holds a non-metal (H, B, C, N, O, F, Si, P, S, Cl,
/// As, Se, Br, Te, I), two metal atoms are not: in a salt they touch no more than its anions do.
/// </summary>
/// <remarks>Every periodic image counts as a neighbour of its own: in a small cell a site may be bonded to one site several times.</remarks>
public sealed record Coordination
{
    /// <summary>Long Jahn–Teller bonds (Mn–O 2.3 Å) are within this, second neighbours in salts (above 3 Å) are not.</summary>
    public double Factor { get; init; } = 1.3;

    /// <summary>Counts all pairs of atoms up to this distance in Å, whatever they are, instead.</summary>
    public double? LongestA { get; init; }

    private const double LargestFactor = 3, LargestDistanceA = 15;

    private static readonly ImmutableHashSet<string> NonMetals = ["H", "B", "C", "N", "O", "F", "Si", "P", "S", "Cl", "As", "Se", "Br", "Te", "I"];

    /// <exception cref="DftFlowException">DF1220: atoms lie on each other; DF1290: the limit is no limit, or an element has no covalent radius.</exception>
    public CoordinationTable Of(Structure structure)
    {
        if (MinimumDistances.Check(structure) is [{ Severity: Severity.Error } overlap, ..]) throw new DftFlowException(overlap.Code, overlap.Message, overlap.Hint);
        var elements = structure.Elements.ToList();
        var limits = Limits(elements);
        var order = elements.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var kind = structure.Sites.Select(site => order[site.Element]).ToArray();
        var bonds = new Tally[elements.Count, elements.Count];
        var sites = new Tally[structure.Sites.Length];
        var neighbours = new int[structure.Sites.Length, elements.Count];
        var longest = limits.Cast<double>().DefaultIfEmpty(0).Max();
        foreach (var (i, j, distance) in longest > 0 ? NeighbourPairs.Within(structure, longest) : [])
        {
            if (distance > limits[kind[i], kind[j]]) continue;
            bonds[Math.Min(kind[i], kind[j]), Math.Max(kind[i], kind[j])].Add(distance);
            foreach (var (site, other) in ((int, int)[])[(i, j), (j, i)])
            {
                sites[site].Add(distance);
                neighbours[site, kind[other]]++;
            }
        }
        return new CoordinationTable(
            [.. from a in Enumerable.Range(0, elements.Count) from b in Enumerable.Range(a, elements.Count - a) where bonds[a, b].Count > 0
                select new BondLengths(elements[a], elements[b], bonds[a, b].Count, bonds[a, b].Min, bonds[a, b].Mean, bonds[a, b].Max)],
            Groups(), [.. sites.Select(site => site.Count)]);

        ImmutableArray<CoordinationGroup> Groups() => [.. Enumerable.Range(0, sites.Length)
            .GroupBy(site => (Kind: kind[site], Neighbours: string.Join(' ', Enumerable.Range(0, elements.Count).Select(e => neighbours[site, e]))))
            .Select(group =>
            {
                var (first, bonded) = (group.First(), default(Tally));
                foreach (var site in group) bonded.Merge(sites[site]);
                var around = new Composition(elements.Index().Select(e => KeyValuePair.Create(e.Item, (double)neighbours[first, e.Index])));
                return new CoordinationGroup(elements[group.Key.Kind], sites[first].Count, around.IsEmpty ? null : around, [.. group.Select(site => site + 1)], bonded.Min, bonded.Mean, bonded.Max);
            })
            .OrderBy(group => order[group.Element]).ThenByDescending(group => group.Number).ThenBy(group => group.Sites[0])];
    }

    /// <summary>Up to which distance in Å two of the elements are bonded in a structure of them all; 0 where they never are.</summary>
    /// <exception cref="DftFlowException">DF1290: as for <see cref="Of"/>.</exception>
    public double[,] Limits(IReadOnlyList<Element> elements)
    {
        if (LongestA is { } given && !(given > 0 && given <= LargestDistanceA))
            throw Error(FormattableString.Invariant($"Bonds up to {given} Å cannot be counted."), FormattableString.Invariant($"Give a distance up to {LargestDistanceA} Å."));
        if (!(Factor > 0 && Factor <= LargestFactor))
            throw Error(FormattableString.Invariant($"{Factor} times the covalent radii is no limit for bonds."), FormattableString.Invariant($"Give a factor up to {LargestFactor}; 1.3 is usual."));
        var salt = elements.Any(element => NonMetals.Contains(element.Symbol));
        var limits = new double[elements.Count, elements.Count];
        for (var a = 0; a < elements.Count; a++)
            for (var b = 0; b < elements.Count; b++)
                limits[a, b] = LongestA ?? (salt && !NonMetals.Contains(elements[a].Symbol) && !NonMetals.Contains(elements[b].Symbol)
                    ? 0 : Factor * (Radius(elements[a]) + Radius(elements[b])));
        return limits;
    }

    private static double Radius(Element element) => element.CovalentRadiusA
        ?? throw Error($"No covalent radius of {element} is tabulated.", "Give the longest distance of a bond instead.");

    private static DftFlowException Error(string message, string hint) => new("DF1290", message, hint);

    private record struct Tally(int Count, double Sum, double Min, double Max)
    {
        public readonly double Mean => Count == 0 ? 0 : Sum / Count;

        public void Add(double length) => Merge(new(1, length, length, length));

        public void Merge(Tally other)
        {
            if (other.Count == 0) return;
            (Min, Max) = Count == 0 ? (other.Min, other.Max) : (Math.Min(Min, other.Min), Math.Max(Max, other.Max));
            (Count, Sum) = (Count + other.Count, Sum + other.Sum);
        }
    }
}
