using System.Collections.Immutable;
using System.Numerics;

namespace DftFlow.Crystals.Ordering;

/// <summary>How many sites of a sublattice an element takes; without an element, how many stay empty.</summary>
public readonly record struct Occupant(Element? Element, int Count)
{
    internal string Name => Element?.Symbol ?? "vacancies";
}

/// <summary>Sites (numbers from 1) and what they hold all together.</summary>
internal sealed record Sublattice(ImmutableArray<int> Sites, ImmutableArray<Occupant> Occupants);

/// <summary>All the ways in which the occupants of sublattices can be put on their sites.</summary>
/// <remarks>
/// An arrangement is a row of bytes: for each place, the number of the species on it. Places are the sites of the sublattices by
/// number. Species are all occupants, each named once, in the order in which the sublattices name them.
/// </remarks>
internal sealed class ArrangementSpace
{
    public const int MostSpecies = 64;

    private readonly int[] sublatticeOf;

    public ArrangementSpace(Structure structure, IEnumerable<Sublattice> sublattices)
    {
        Structure = structure;
        Sublattice[] parts = [.. sublattices];
        Species = [.. parts.SelectMany(part => part.Occupants).Select(occupant => occupant.Element).Distinct()];
        if (Species.Length > MostSpecies) throw new ArgumentException(FormattableString.Invariant($"There are {Species.Length} species; {MostSpecies} at most."), nameof(sublattices));
        var places = parts.SelectMany((part, number) => part.Sites.Select(site => (Site: site - 1, Sublattice: number))).OrderBy(place => place.Site).ToArray();
        Sites = [.. places.Select(place => place.Site)];
        sublatticeOf = [.. places.Select(place => place.Sublattice)];
        Counts = [.. parts.Select(part => Species.Select(species => part.Occupants.Where(occupant => occupant.Element == species).Sum(occupant => occupant.Count)).ToArray())];
        for (var number = 0; number < parts.Length; number++)
            if (Counts[number].Sum() != parts[number].Sites.Length || Counts[number].Any(count => count < 0))
                throw new ArgumentException(FormattableString.Invariant($"{Counts[number].Sum()} occupants for the {parts[number].Sites.Length} sites of sublattice {number + 1}."), nameof(sublattices));
        if (Sites.Distinct().Count() != Sites.Length) throw new ArgumentException("A site is in two sublattices.", nameof(sublattices));
        Total = Counts.Aggregate(BigInteger.One, (product, counts) => product * Multinomial(counts));
    }

    public Structure Structure { get; }

    /// <summary>The sites of the structure, from 0, on which the places are.</summary>
    public int[] Sites { get; }

    /// <summary>Null stands for an empty site.</summary>
    public Element?[] Species { get; }

    /// <summary>For each sublattice how many places each species takes.</summary>
    public int[][] Counts { get; }

    /// <summary>How many arrangements there are, symmetry apart.</summary>
    public BigInteger Total { get; }

    public int SublatticeOf(int place) => sublatticeOf[place];

    /// <summary>The species of each sublattice in order, one after the other.</summary>
    public byte[] First()
    {
        var left = Counts.Select(counts => counts.ToArray()).ToArray();
        return [.. Enumerable.Range(0, Sites.Length).Select(place =>
        {
            var counts = left[sublatticeOf[place]];
            var species = Array.FindIndex(counts, count => count > 0);
            counts[species]--;
            return (byte)species;
        })];
    }

    /// <summary>An arrangement like any other: each sublattice shuffled (R. A. Fisher, F. Yates; D. E. Knuth's Algorithm P).</summary>
    public byte[] Random(SeededRandom random)
    {
        var arrangement = First();
        for (var sublattice = 0; sublattice < Counts.Length; sublattice++)
        {
            var places = PlacesOf(sublattice);
            for (var i = places.Length - 1; i > 0; i--)
            {
                var j = random.Next(i + 1);
                (arrangement[places[i]], arrangement[places[j]]) = (arrangement[places[j]], arrangement[places[i]]);
            }
        }
        return arrangement;
    }

    public int[] PlacesOf(int sublattice) => [.. Enumerable.Range(0, Sites.Length).Where(place => sublatticeOf[place] == sublattice)];

    /// <summary>The structure with an arrangement on its sites; sites that stay empty are left out.</summary>
    public Structure Realise(byte[] arrangement)
    {
        Site?[] sites = [.. Structure.Sites];
        for (var place = 0; place < Sites.Length; place++)
            sites[Sites[place]] = Species[arrangement[place]] is { } element ? sites[Sites[place]]!.Holding(element) : null;
        return Structure with { Sites = [.. sites.OfType<Site>()] };
    }

    /// <summary>
    /// Where each operation takes each place, for the operations that leave every sublattice as it is; each permutation once, the
    /// identity first. Operations are permutations of the structure's sites, from 0.
    /// </summary>
    public int[][] Permutations(IEnumerable<ImmutableArray<int>> operations)
    {
        var placeOf = new int[Structure.Sites.Length];
        Array.Fill(placeOf, -1);
        for (var place = 0; place < Sites.Length; place++) placeOf[Sites[place]] = place;
        var found = new List<int[]> { Enumerable.Range(0, Sites.Length).ToArray() };
        var seen = new HashSet<string> { Key(found[0]) };
        foreach (var operation in operations)
        {
            int[] images = [.. Sites.Select(site => placeOf[operation[site]])];
            var inside = true;
            for (var place = 0; place < images.Length && inside; place++)
                inside = images[place] >= 0 && sublatticeOf[images[place]] == sublatticeOf[place];
            if (inside && seen.Add(Key(images))) found.Add(images);
        }
        return [.. found];

        static string Key(int[] permutation) => string.Create(permutation.Length, permutation, (text, numbers) =>
        {
            for (var i = 0; i < numbers.Length; i++) text[i] = (char)numbers[i];
        });
    }

    private static BigInteger Multinomial(int[] counts)
    {
        BigInteger result = 1;
        var placed = 0;
        foreach (var count in counts)
            for (var i = 1; i <= count; i++) result = result * ++placed / i;
        return result;
    }
}
