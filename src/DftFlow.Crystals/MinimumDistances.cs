using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals;

/// <summary>The shortest distance between two elements' sites, and a pair of sites (from 1) where it occurs.</summary>
public sealed record PairDistance(Element First, Element Second, int FirstSite, int SecondSite, double DistanceA);

/// <summary>How close atoms come to each other, periodic images included; and whether that is too close.</summary>
public static class MinimumDistances
{
    /// <summary>Atoms closer than this lie on each other, in Å: the shortest bond there is, H2's, is 0.74 Å.</summary>
    public const double OverlapA = 0.5;

    /// <summary>Atoms closer than this part of the sum of their covalent radii deserve a look.</summary>
    public const double CloseFactor = 0.7;

    private const int MostReported = 10;

    /// <summary>For each pair of elements the shortest distance, where there is one within the radius (Å), by first appearance.</summary>
    /// <exception cref="DftFlowException">DF1220: atoms lie on each other.</exception>
    public static ImmutableArray<PairDistance> ByElementPair(Structure structure, double withinA = 5)
    {
        if (Overlaps(structure) is [var overlap, ..]) throw new DftFlowException(overlap.Code, overlap.Message, overlap.Hint);
        return Shortest(structure, withinA);
    }

    /// <summary>
    /// Errors (DF1220) for atoms that lie on each other, at most ten; otherwise a warning (DF1221) for each pair of elements that comes
    /// unusually close. Empty where all is well.
    /// </summary>
    public static ImmutableArray<Finding> Check(Structure structure)
    {
        if (Overlaps(structure) is { IsEmpty: false } overlaps) return overlaps;
        var widest = structure.Elements.Select(element => element.CovalentRadiusA ?? 0).DefaultIfEmpty().Max() * 2 * CloseFactor;
        if (widest < OverlapA) return [];
        return [.. Shortest(structure, widest)
            .Where(pair => pair.DistanceA < CloseFactor * (pair.First.CovalentRadiusA + pair.Second.CovalentRadiusA))
            .Select(pair => new Finding("DF1221", Severity.Warning,
                $"{Name(structure, pair.FirstSite)} and {Name(structure, pair.SecondSite)} are {Angstrom(pair.DistanceA)} apart, unusually close: their covalent radii add up to {Angstrom(pair.First.CovalentRadiusA!.Value + pair.Second.CovalentRadiusA!.Value)}.",
                "Check the scale factor, the lattice and the coordinates; a rounded special position or a wrong setting looks like this."))];
    }

    private static ImmutableArray<PairDistance> Shortest(Structure structure, double withinA)
    {
        var shortest = new Dictionary<(Element, Element), PairDistance>();
        var order = structure.Elements.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        foreach (var (i, j, distance) in NeighbourPairs.Within(structure, withinA))
        {
            var (first, second) = order[structure.Sites[i].Element] <= order[structure.Sites[j].Element] ? (i, j) : (j, i);
            var key = (structure.Sites[first].Element, structure.Sites[second].Element);
            // Rounding must not decide which of equal pairs is named.
            if (!shortest.TryGetValue(key, out var known) || distance < known.DistanceA - 1e-6)
                shortest[key] = new PairDistance(key.Item1, key.Item2, first + 1, second + 1, distance);
        }
        return [.. shortest.Values.OrderBy(pair => order[pair.First]).ThenBy(pair => order[pair.Second])];
    }

    private static ImmutableArray<Finding> Overlaps(Structure structure)
    {
        const string hint = "Check the scale factor, the lattice, Direct against Cartesian, and sites that are listed twice.";
        if (structure.Sites.IsEmpty) return [];
        // In a cell thinner than this every atom overlaps with its own images, and looking at all of those would never end.
        var thinnest = LatticeReduction.Reduced(structure.Lattice).A.Length;
        if (thinnest < OverlapA)
            return [new Finding("DF1220", Severity.Error, $"Every atom lies on an image of itself: the cell's shortest lattice vector is {Angstrom(thinnest)} long.", hint)];
        return [.. NeighbourPairs.Within(structure, OverlapA).Take(MostReported).Select(pair => new Finding("DF1220", Severity.Error,
            $"{Name(structure, pair.I + 1)} and {Name(structure, pair.J + 1)} lie on each other: {Angstrom(pair.DistanceA)} apart.", hint))];
    }

    private static string Name(Structure structure, int site) =>
        string.Create(CultureInfo.InvariantCulture, $"{structure.Sites[site - 1].Element} (site {site})");

    private static string Angstrom(double distance) => distance.ToString("0.000", CultureInfo.InvariantCulture) + " Å";
}
