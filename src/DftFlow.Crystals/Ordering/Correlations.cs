using System.Collections.Immutable;

namespace DftFlow.Crystals.Ordering;

/// <summary>How near the occupation of one kind of pairs or triplets of sites is to that of the random alloy.</summary>
/// <param name="Bodies">2 for pairs, 3 for triplets.</param>
/// <param name="LongestA">The longest distance in it, in Å.</param>
/// <param name="PerCell">How many there are in the cell.</param>
/// <param name="Error">
/// Half of the sum over all sets of species of |fraction of the clusters that hold them − fraction in the random alloy|: 0 is random, 1
/// has nothing in common with it. For two species it is, of pairs, half the error of the correlation function of Zunger et al.
/// </param>
public sealed record ClusterCorrelation(int Bodies, double LongestA, int PerCell, double Error);

/// <summary>
/// Pairs and triplets of places by shells of distance, and how often they hold which species; to be compared with the alloy in which
/// each place holds a species with its probability, whatever its neighbours hold (A. Zunger et al., Phys. Rev. Lett. 65, 353 (1990)).
/// </summary>
internal sealed class Correlations
{
    public const int UsualPairShells = 6;
    private const int MostClusters = 5_000_000;

    // Distances that follow each other by less are one shell.
    private const double ShellGapA = 0.05;

    private readonly ArrangementSpace space;
    private readonly List<Kind> kinds = [];

    // Clusters as three places each; a pair names its second twice.
    private readonly List<(int Kind, int A, int B, int C)> clusters = [];
    private readonly int[][] clustersOf;

    private Correlations(ArrangementSpace space, int pairShells, int tripletShells, CancellationToken cancellation)
    {
        this.space = space;
        var neighbours = Neighbours(space, Math.Max(pairShells, tripletShells), cancellation);
        for (var i = 0; i < neighbours.Length; i++)
            foreach (var (j, shell, distance, vector) in neighbours[i])
                // Not the opposite pair as well.
                if (shell < pairShells && (j < i || (j == i && IsFirst(vector)))) Add((shell, -1, -1), distance, 1.0 / (shell + 1), j, i, i);
        for (var i = 0; i < neighbours.Length && tripletShells > 0; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Triplets(neighbours, i, tripletShells, pairShells);
        }
        foreach (var kind in kinds) kind.Close(space);
        var lists = Enumerable.Range(0, neighbours.Length).Select(_ => new List<int>()).ToArray();
        for (var number = 0; number < clusters.Count; number++)
            foreach (var place in new[] { clusters[number].A, clusters[number].B, clusters[number].C }.Distinct()) lists[place].Add(number);
        clustersOf = [.. lists.Select(list => list.ToArray())];
    }

    /// <param name="pairShells">How many shells of pairs count, the nearest first.</param>
    /// <param name="tripletShells">Triplets count where all three distances are of this many nearest shells.</param>
    public static Correlations Of(ArrangementSpace space, int pairShells = UsualPairShells, int tripletShells = 0, CancellationToken cancellation = default) =>
        new(space, pairShells, tripletShells, cancellation);

    /// <summary>How many clusters a place is in, on average and rounded up.</summary>
    public int ClustersPerPlace => clustersOf.Length == 0 ? 0 : (int)Math.Ceiling(clustersOf.Average(list => list.Length));

    public SwapObjective From(byte[] arrangement) => new Deviation(this, arrangement);

    public ImmutableArray<ClusterCorrelation> ErrorsOf(byte[] arrangement) => new Deviation(this, arrangement).Errors();

    private void Add((int, int, int) shells, double longest, double weight, int a, int b, int c)
    {
        if (clusters.Count >= MostClusters)
            throw new DftFlowException("DF1235", FormattableString.Invariant($"There are more than {MostClusters:N0} pairs and triplets of sites to compare with the random alloy."), "Ask for fewer shells, or order a smaller cell.");
        int[] parts = [space.SublatticeOf(a), space.SublatticeOf(b), shells.Item2 < 0 ? -1 : space.SublatticeOf(c)];
        Array.Sort(parts);
        var kind = kinds.FindIndex(known => known.Shells == shells && known.Sublattices.SequenceEqual(parts));
        if (kind < 0)
        {
            kind = kinds.Count;
            kinds.Add(new Kind(shells, parts, longest, weight));
        }
        clusters.Add((kind, a, b, c));
        kinds[kind].Count++;
    }

    // Of two opposite vectors one.
    private static bool IsFirst(Vector3D v) => Math.Abs(v.X) > 1e-6 ? v.X > 0 : Math.Abs(v.Y) > 1e-6 ? v.Y > 0 : v.Z > 0;

    private void Triplets(List<(int J, int Shell, double DistanceA, Vector3D Vector)>[] neighbours, int i, int shells, int pairShells)
    {
        // From each of its three corners a triangle is found once.
        var near = neighbours[i].Where(neighbour => neighbour.Shell < shells).ToArray();
        for (var first = 0; first < near.Length; first++)
            for (var second = 0; second < first; second++)
            {
                var across = (near[second].Vector - near[first].Vector).Length;
                var third = neighbours[near[first].J].FindIndex(neighbour => neighbour.J == near[second].J && neighbour.Shell < shells && Math.Abs(neighbour.DistanceA - across) < 1e-3);
                if (third < 0) continue;
                var opposite = neighbours[near[first].J][third];
                int[] sorted = [near[first].Shell, near[second].Shell, opposite.Shell];
                Array.Sort(sorted);
                Add((sorted[0], sorted[1], sorted[2]), Math.Max(across, Math.Max(near[first].DistanceA, near[second].DistanceA)), 1.0 / (pairShells + sorted[2] + 1), i, near[first].J, near[second].J);
            }
    }

    /// <summary>For each place its neighbours in the nearest shells, periodic images included.</summary>
    private static List<(int J, int Shell, double DistanceA, Vector3D Vector)>[] Neighbours(ArrangementSpace space, int shells, CancellationToken cancellation)
    {
        if (space.Sites.Length == 0) return [];
        var reduced = LatticeReduction.Reduced(space.Structure.Lattice);
        Vector3D[] places = [.. space.Sites.Select(site => reduced.ToFractional(space.Structure.Lattice.ToCartesian(space.Structure.Sites[site].Fractional)))];
        var radius = 1.5 * Math.Cbrt(reduced.Volume / Math.Max(1, places.Length));
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var found = Within(reduced, places, radius);
            var starts = new List<double>();
            var last = double.NegativeInfinity;
            foreach (var distance in found.SelectMany(list => list).Select(pair => pair.DistanceA).Order())
            {
                if (distance > last + ShellGapA) starts.Add(distance);
                last = distance;
            }
            // A shell is complete where the next has begun.
            if (starts.Count > shells)
                return [.. found.Select(list => list.Where(pair => pair.DistanceA < starts[shells] - 1e-9)
                    .Select(pair => (pair.J, starts.FindLastIndex(start => start <= pair.DistanceA + 1e-9), pair.DistanceA, pair.Vector)).ToList())];
            radius *= 1.3;
        }
    }

    private static List<(int J, double DistanceA, Vector3D Vector)>[] Within(Lattice lattice, Vector3D[] places, double radius)
    {
        var found = places.Select(_ => new List<(int, double, Vector3D)>()).ToArray();
        double[] reach = [.. Enumerable.Range(0, 3).Select(axis => radius * lattice.Reciprocal(axis).Length / (2 * Math.PI))];
        var total = 0;
        for (var i = 0; i < places.Length; i++)
            for (var j = 0; j < places.Length; j++)
            {
                var d = SitePlaces.Nearest(places[j] - places[i]);
                for (var x = Math.Ceiling(-reach[0] - d.X); x <= reach[0] - d.X; x++)
                    for (var y = Math.Ceiling(-reach[1] - d.Y); y <= reach[1] - d.Y; y++)
                        for (var z = Math.Ceiling(-reach[2] - d.Z); z <= reach[2] - d.Z; z++)
                        {
                            var vector = lattice.ToCartesian(d + new Vector3D(x, y, z));
                            if (vector.Length > radius || vector.Length < 1e-6) continue;
                            if (++total > MostClusters)
                                throw new DftFlowException("DF1235", FormattableString.Invariant($"There are more than {MostClusters:N0} pairs of sites to compare with the random alloy."), "Ask for fewer shells, or order a smaller cell.");
                            found[i].Add((j, vector.Length, vector));
                        }
            }
        return found;
    }

    /// <summary>Clusters of one shape on the same sublattices, with the fractions that the random alloy has of each set of species.</summary>
    private sealed class Kind((int, int, int) shells, int[] sublattices, double longest, double weight)
    {
        public (int, int, int) Shells => shells;

        public int[] Sublattices => sublattices;

        public double LongestA => longest;

        public double Weight => weight;

        public int Bodies => sublattices[0] < 0 ? 2 : 3;

        public int Count { get; set; }

        // Sets of species by their number: of species a ≤ b ≤ c, (c·s + b)·s + a.
        public int[] Bins { get; private set; } = [];

        public double[] Random { get; private set; } = [];

        public void Close(ArrangementSpace space)
        {
            var fractions = new SortedDictionary<int, double>();
            int[] parts = [.. sublattices.Where(part => part >= 0)];
            Visit(0, 1, []);
            Bins = new int[space.Species.Length * space.Species.Length * space.Species.Length];
            foreach (var (number, set) in fractions.Keys.Index()) Bins[set] = number;
            Random = [.. fractions.Values];

            void Visit(int depth, double probability, int[] species)
            {
                if (depth == parts.Length)
                {
                    var set = SetOf(space.Species.Length, species[0], species[1], species[^1], Bodies);
                    fractions[set] = fractions.GetValueOrDefault(set) + probability;
                    return;
                }
                var counts = space.Counts[parts[depth]];
                for (var s = 0; s < counts.Length; s++)
                    if (counts[s] > 0) Visit(depth + 1, probability * counts[s] / counts.Sum(), [.. species, s]);
            }
        }

        public static int SetOf(int species, int a, int b, int c, int bodies)
        {
            if (a > b) (a, b) = (b, a);
            if (bodies == 2) return b * species + a;
            if (b > c) (b, c) = (c, b);
            if (a > b) (a, b) = (b, a);
            return (c * species + b) * species + a;
        }
    }

    private sealed class Deviation : SwapObjective
    {
        private readonly Correlations all;
        private readonly int[][] held;
        private readonly byte[] species;

        public Deviation(Correlations all, byte[] arrangement) : base(arrangement)
        {
            this.all = all;
            species = [.. arrangement];
            held = [.. all.kinds.Select(kind => new int[kind.Random.Length])];
            for (var cluster = 0; cluster < all.clusters.Count; cluster++) Count(cluster, 1);
            Begin(Total());
        }

        public override double Resolution => 1e-12;

        public override bool IsPerfect => Value < 1e-9;

        public override double Change(int i, int j)
        {
            Update(i, j);
            var changed = Total();
            Update(i, j);
            return changed - Value;
        }

        public ImmutableArray<ClusterCorrelation> Errors() => [.. all.kinds.Index()
            .Select(pair => (Kind: pair.Item, Error: Error(pair.Index)))
            .OrderBy(pair => pair.Kind.Bodies).ThenBy(pair => Math.Round(pair.Kind.LongestA, 4)).ThenBy(pair => pair.Kind.Shells)
            .Select(pair => new ClusterCorrelation(pair.Kind.Bodies, pair.Kind.LongestA, pair.Kind.Count / (pair.Kind.Bodies == 3 ? 3 : 1), pair.Error))];

        protected override void Update(int i, int j)
        {
            foreach (var cluster in all.clustersOf[i]) Count(cluster, -1);
            foreach (var cluster in all.clustersOf[j]) if (!Holds(cluster, i)) Count(cluster, -1);
            (species[i], species[j]) = (species[j], species[i]);
            foreach (var cluster in all.clustersOf[i]) Count(cluster, 1);
            foreach (var cluster in all.clustersOf[j]) if (!Holds(cluster, i)) Count(cluster, 1);
        }

        private bool Holds(int cluster, int place)
        {
            var (_, a, b, c) = all.clusters[cluster];
            return a == place || b == place || c == place;
        }

        private void Count(int cluster, int by)
        {
            var (number, a, b, c) = all.clusters[cluster];
            var kind = all.kinds[number];
            held[number][kind.Bins[Kind.SetOf(all.space.Species.Length, species[a], species[b], species[c], kind.Bodies)]] += by;
        }

        private double Total()
        {
            var total = 0.0;
            for (var kind = 0; kind < held.Length; kind++) total += all.kinds[kind].Weight * Error(kind);
            return total;
        }

        private double Error(int number)
        {
            var kind = all.kinds[number];
            var sum = 0.0;
            for (var bin = 0; bin < kind.Random.Length; bin++) sum += Math.Abs((double)held[number][bin] / kind.Count - kind.Random[bin]);
            return sum / 2;
        }
    }
}
