using System.Collections.Immutable;
using System.Numerics;

namespace DftFlow.Crystals.Ordering;

/// <summary>One of arrangements that symmetry makes equal, the first by species numbers, and how many they are.</summary>
internal sealed record Arrangement(byte[] Species, int Multiplicity);

/// <summary>
/// Lists the arrangements that no symmetry operation turns into each other. Places are filled one after the other; as soon as an
/// operation is sure to turn what there is into a smaller row of species, everything that begins so is left out: it is listed
/// elsewhere (orderly generation: R. C. Read, Ann. Discrete Math. 2, 107 (1978)).
/// </summary>
internal sealed class DistinctArrangements
{
    /// <summary>Arrangements listed at most.</summary>
    public const int MostDistinct = 1_000_000;

    /// <summary>Arrangements, symmetry apart, among which they are looked for at most.</summary>
    public static readonly BigInteger MostTotal = 1_000_000_000;

    private readonly ArrangementSpace space;
    private readonly int[][] permutations;
    private readonly CancellationToken cancellation;
    private readonly byte[] species;
    private readonly int[][] left;

    // For each depth the operations that do not yet decide, and the place up to which their image is equal.
    private readonly int[][] undecided, equalUpTo;
    private readonly List<Arrangement> found = [];
    private int steps;

    private DistinctArrangements(ArrangementSpace space, int[][] permutations, CancellationToken cancellation)
    {
        (this.space, this.permutations, this.cancellation) = (space, permutations, cancellation);
        species = new byte[space.Sites.Length];
        left = [.. space.Counts.Select(counts => counts.ToArray())];
        undecided = new int[species.Length + 1][];
        equalUpTo = new int[species.Length + 1][];
        for (var depth = 0; depth <= species.Length; depth++)
            (undecided[depth], equalUpTo[depth]) = (new int[permutations.Length], new int[permutations.Length]);
    }

    /// <param name="permutations">A group, the identity first: <see cref="ArrangementSpace.Permutations"/>.</param>
    /// <returns>In ascending order of their species' numbers, place by place; the multiplicities add up to all arrangements.</returns>
    /// <exception cref="DftFlowException">DF1235: there are too many.</exception>
    public static ImmutableArray<Arrangement> List(ArrangementSpace space, int[][] permutations, CancellationToken cancellation = default)
    {
        if (Number(space, permutations) is not { } number)
            throw TooMany(FormattableString.Invariant($"{(space.Total < 1_000_000_000_000_000 ? space.Total.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) : $"about 10^{space.Total.ToString(System.Globalization.CultureInfo.InvariantCulture).Length - 1}")} arrangements, symmetry apart, are too many to list; up to {(long)MostTotal:N0} are looked through."));
        if (number > MostDistinct) throw TooMany(FormattableString.Invariant($"{number:N0} arrangements differ by symmetry; up to {MostDistinct:N0} are listed."));
        var search = new DistinctArrangements(space, permutations, cancellation);
        for (var operation = 1; operation < permutations.Length; operation++) search.undecided[0][operation - 1] = operation;
        search.Fill(0, permutations.Length - 1);
        if (search.found.Count != number) throw new ArgumentException("The permutations form no group.", nameof(permutations));
        return [.. search.found];
    }

    /// <summary>
    /// How many arrangements symmetry leaves: the mean number of those that an operation does not change (the lemma of Cauchy,
    /// Frobenius and Burnside). Null where the arrangements are too many to be listed.
    /// </summary>
    public static long? Number(ArrangementSpace space, int[][] permutations)
    {
        if (space.Total > MostTotal) return null;
        var known = new Dictionary<string, Int128>();
        Int128 sum = 0;
        foreach (var permutation in permutations)
        {
            var cycles = Cycles(space, permutation);
            var key = string.Join('|', cycles.Select(lengths => string.Join(',', lengths)));
            if (!known.TryGetValue(key, out var unchanged))
                known[key] = unchanged = cycles.Select((lengths, sublattice) => Fillings(lengths, space.Counts[sublattice])).Aggregate((Int128)1, (product, ways) => product * ways);
            sum += unchanged;
        }
        return (long)(sum / permutations.Length);
    }

    private void Fill(int place, int open)
    {
        if ((++steps & 0xFFF) == 0) cancellation.ThrowIfCancellationRequested();
        if (place == species.Length)
        {
            // What is undecided at the end leaves the arrangement as it is; so does the identity.
            found.Add(new([.. species], permutations.Length / (open + 1)));
            return;
        }
        var counts = left[space.SublatticeOf(place)];
        for (var candidate = 0; candidate < counts.Length; candidate++)
        {
            if (counts[candidate] == 0) continue;
            species[place] = (byte)candidate;
            var stillOpen = Compare(place, open);
            if (stillOpen < 0) continue;
            counts[candidate]--;
            Fill(place + 1, stillOpen);
            counts[candidate]++;
        }
    }

    /// <summary>How many operations decide nothing yet; −1 where one makes the row smaller.</summary>
    private int Compare(int place, int open)
    {
        int[] from = undecided[place], reached = equalUpTo[place], to = undecided[place + 1], reachedNext = equalUpTo[place + 1];
        var stillOpen = 0;
        for (var i = 0; i < open; i++)
        {
            var images = permutations[from[i]];
            var at = reached[i];
            var difference = 0;
            while (at <= place && images[at] <= place && (difference = species[images[at]] - species[at]) == 0) at++;
            if (difference < 0) return -1;
            if (difference > 0) continue;
            (to[stillOpen], reachedNext[stillOpen]) = (from[i], at);
            stillOpen++;
        }
        return stillOpen;
    }

    private static List<int>[] Cycles(ArrangementSpace space, int[] permutation)
    {
        var cycles = space.Counts.Select(_ => new List<int>()).ToArray();
        var seen = new bool[permutation.Length];
        for (var start = 0; start < permutation.Length; start++)
        {
            var length = 0;
            for (var at = start; !seen[at]; at = permutation[at], length++) seen[at] = true;
            if (length > 0) cycles[space.SublatticeOf(start)].Add(length);
        }
        foreach (var lengths in cycles) lengths.Sort();
        return cycles;
    }

    /// <summary>In how many ways the cycles can be given to species, so that each gets as many places as it should.</summary>
    private static Int128 Fillings(List<int> lengths, int[] counts)
    {
        // The species with most places takes what the others leave.
        var most = Array.IndexOf(counts, counts.Max());
        int[] limits = [.. counts.Where((count, i) => i != most && count > 0)];
        var strides = new int[limits.Length];
        var states = 1;
        for (var i = 0; i < limits.Length; i++)
        {
            strides[i] = states;
            states *= limits[i] + 1;
        }
        var ways = new Int128[states];
        ways[0] = 1;
        foreach (var length in lengths)
            // From the full end, so that a cycle is used once.
            for (var state = states - 1; state >= 0; state--)
                for (var i = 0; i < limits.Length; i++)
                    if (state / strides[i] % (limits[i] + 1) >= length) ways[state] += ways[state - length * strides[i]];
        return ways[states - 1];
    }

    private static DftFlowException TooMany(string message) =>
        new("DF1235", message, "Choose a method that does not list them (`lowest-ewald` by Monte Carlo, `random`, `sqs`), fewer sites, or a smaller cell.");
}
