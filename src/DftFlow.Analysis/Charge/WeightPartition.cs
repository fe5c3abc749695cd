using System.Numerics;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge;

/// <summary>
/// The weight method of Yu and Trinkle (J. Chem. Phys. 134, 064111 (2011)): from the Voronoi cell of each point density flows to its
/// higher neighbours, in proportion to the area of the face between them and to the slope across it. A point belongs to a basin
/// by the part of its flow that ends there.
/// </summary>
/// <remarks>
/// The paper sorts the points. Here a point is settled as soon as all its higher neighbours are, which visits memory in shells
/// around the maxima and not at random. Weights are not kept either: where only sums over basins are wanted, what the points hold
/// is carried uphill, through the shared points only, in the reverse of the order in which they were settled. Points of equal value
/// exchange nothing; a maximum may consist of several; a level stretch drains along itself to where it rises.
/// </remarks>
internal sealed class WeightPartition : BasinPartition
{
    // Of a point that is not settled: Unset, or Level + k where its neighbour k is where a level stretch drains to.
    private const int Unset = int.MinValue, Level = Unset + 1, LastUnsettled = Level + 26;
    private const byte AtBorder = 0x80;

    private readonly double[] density;
    private readonly GridNeighbours neighbours;
    private readonly byte[] pending;
    private readonly List<int> shared = [];
    private readonly List<int> mostly = [];
    private readonly Dictionary<int, int> drains = [];
    private readonly List<int> maxima = [];

    public WeightPartition(GridDimensions grid, Lattice cell, double[] density, double vacuumBelow, IProgress<double>? progress, CancellationToken cancellation)
        : base(grid)
    {
        this.density = density;
        neighbours = GridNeighbours.AcrossFaces(grid, cell);
        pending = GC.AllocateUninitializedArray<byte>(density.Length);
        Basins = GC.AllocateUninitializedArray<int>(density.Length);
        Array.Fill(Basins, Unset);
        var tops = CountHigher(vacuumBelow, cancellation);
        progress?.Report(0.2);
        Settle(FindMaxima(tops), progress, cancellation);
    }

    public override int BasinOf(int point) => Basins[point] is var basin && basin >= -1 ? basin : mostly[-2 - basin];

    /// <summary>Whether the whole of a point belongs to its basin.</summary>
    public bool IsWhole(int point) => Basins[point] >= -1;

    /// <summary>Counts each point's higher neighbours, and finds those that have none.</summary>
    private List<int> CountHigher(double vacuumBelow, CancellationToken cancellation)
    {
        int nx = Grid.X, ny = Grid.Y, nz = Grid.Z;
        var tops = new List<int>[nz];
        Parallel.For(0, nz, new ParallelOptions { CancellationToken = cancellation }, z =>
        {
            var found = tops[z] = [];
            var counts = new long[nx];
            Span<int> places = stackalloc int[neighbours.Count];
            for (var y = 0; y < ny; y++)
            {
                var start = nx * (y + ny * z);
                var own = density.AsSpan(start, nx);
                Array.Clear(counts);
                for (var k = 0; k < neighbours.Count; k++)
                {
                    var step = neighbours.Steps[k];
                    var other = density.AsSpan(nx * (GridNeighbours.Wrap(y + step.Y, ny) + ny * GridNeighbours.Wrap(z + step.Z, nz)), nx);
                    var shift = GridNeighbours.Wrap(step.X, nx);
                    // The row of neighbours, turned so that each stands beside its point.
                    AddHigher(own[..(nx - shift)], other[shift..], counts);
                    AddHigher(own[(nx - shift)..], other[..shift], counts.AsSpan(nx - shift));
                }
                for (var x = 0; x < nx; x++)
                {
                    var point = start + x;
                    if (own[x] <= vacuumBelow)
                    {
                        Basins[point] = -1;
                        pending[point] = byte.MaxValue;
                        continue;
                    }
                    if (counts[x] == 0) found.Add(point);
                    pending[point] = (byte)((int)counts[x] | (neighbours.IsInner(x, y, z) ? 0 : AtBorder));
                }
            }
        });
        return [.. tops.SelectMany(found => found)];
    }

    private static void AddHigher(ReadOnlySpan<double> own, ReadOnlySpan<double> other, Span<long> counts)
    {
        var i = 0;
        for (; i + Vector<double>.Count <= own.Length; i += Vector<double>.Count)
        {
            var sum = new Vector<long>(counts[i..]) - Vector.GreaterThan(new Vector<double>(other[i..]), new Vector<double>(own[i..]));
            sum.CopyTo(counts[i..]);
        }
        for (; i < own.Length; i++)
            if (other[i] > own[i]) counts[i]++;
    }

    /// <summary>Of the points without higher neighbours, the maxima; level stretches that rise somewhere are told where to drain to.</summary>
    /// <returns>The points from which the others are settled.</returns>
    private List<int> FindMaxima(List<int> tops)
    {
        var first = new List<int>();
        Span<int> around = stackalloc int[neighbours.Count];
        var stretch = new List<int>();
        foreach (var top in tops)
        {
            if (Basins[top] != Unset) continue;
            // All level points that hang together, itself included.
            stretch.Clear();
            stretch.Add(top);
            var basin = maxima.Count;
            Basins[top] = basin;
            var outlets = new Queue<(int Point, int Toward)>();
            for (var i = 0; i < stretch.Count; i++)
            {
                neighbours.Find(stretch[i], around);
                for (var k = 0; k < around.Length; k++)
                {
                    if (density[around[k]] != density[top] || Basins[around[k]] == basin) continue;
                    if ((pending[around[k]] & ~AtBorder) > 0) outlets.Enqueue((stretch[i], k));
                    else
                    {
                        Basins[around[k]] = basin;
                        stretch.Add(around[k]);
                    }
                }
            }
            if (outlets.Count == 0)
            {
                maxima.Add(top);
                first.AddRange(stretch);
                continue;
            }
            foreach (var point in stretch) Basins[point] = Unset;
            // The shortest way out: from the outlets inwards.
            while (outlets.TryDequeue(out var outlet))
            {
                if (Basins[outlet.Point] != Unset) continue;
                Basins[outlet.Point] = Level + outlet.Toward;
                neighbours.Find(outlet.Point, around);
                for (var k = 0; k < around.Length; k++)
                    if (density[around[k]] == density[top] && Basins[around[k]] == Unset && (pending[around[k]] & ~AtBorder) == 0) outlets.Enqueue((around[k], around.Length - 1 - k));
            }
        }
        Maxima = [.. maxima];
        return first;
    }

    private void Settle(List<int> first, IProgress<double>? progress, CancellationToken cancellation)
    {
        var count = neighbours.Count;
        Span<int> around = stackalloc int[count];
        var ready = new Queue<int>();
        var settled = 0;
        foreach (var start in first)
        {
            ready.Enqueue(start);
            while (ready.TryDequeue(out var point))
            {
                if ((++settled & 0xFFFFF) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress?.Report(0.2 + 0.7 * settled / density.Length);
                }
                if ((pending[point] & AtBorder) != 0) neighbours.Find(point, around);
                else for (var k = 0; k < count; k++) around[k] = point + neighbours.Offsets[k];
                var value = density[point];
                var basin = Basins[point];
                if (basin <= LastUnsettled) Basins[point] = basin = Belonging(point, value, around);
                for (var k = 0; k < count; k++)
                {
                    var other = around[k];
                    if (density[other] < value)
                    {
                        if ((--pending[other] & ~AtBorder) == 0) ready.Enqueue(other);
                    }
                    else if (density[other] == value && Basins[other] == Level + (count - 1 - k)) ready.Enqueue(other);
                }
            }
        }
    }

    private int Belonging(int point, double value, ReadOnlySpan<int> around)
    {
        var common = Unset;
        if (Basins[point] != Unset)
        {
            var toward = Basins[point] - Level;
            common = Basins[around[toward]];
            if (common >= 0) return common;
            drains.Add(shared.Count, toward);
            return Share(point, BasinOf(around[toward]));
        }
        for (var k = 0; k < around.Length; k++)
            if (density[around[k]] > value)
            {
                var basin = Basins[around[k]];
                if (common == Unset) common = basin;
                if (basin == common && basin >= 0) continue;
                return Share(point, BasinOf(neighbours.Steepest(density, point)));
            }
        return common;
    }

    private int Share(int point, int basin)
    {
        shared.Add(point);
        mostly.Add(basin);
        return -1 - shared.Count;
    }

    public override double[][] Sum(IReadOnlyList<double[]> values, CancellationToken cancellation)
    {
        var quantities = values.Count;
        // What each shared point holds of each quantity; then what flows through it.
        var held = new double[(long)shared.Count * quantities];
        var sums = SumWhole(values, held, cancellation);
        Span<int> around = stackalloc int[neighbours.Count];
        Span<double> flows = stackalloc double[neighbours.Count];
        for (var n = shared.Count - 1; n >= 0; n--)
        {
            if ((n & 0xFFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            var point = shared[n];
            neighbours.Find(point, around);
            var total = 0.0;
            if (drains.TryGetValue(n, out var toward))
            {
                flows.Clear();
                flows[toward] = total = 1;
            }
            else
                for (var k = 0; k < around.Length; k++)
                {
                    flows[k] = Math.Max(0, neighbours.Weights[k] * (density[around[k]] - density[point]));
                    total += flows[k];
                }
            for (var k = 0; k < around.Length; k++)
            {
                if (flows[k] == 0) continue;
                var part = flows[k] / total;
                var basin = Basins[around[k]];
                for (var q = 0; q < quantities; q++)
                {
                    var amount = part * held[(long)n * quantities + q];
                    if (basin >= 0) sums[q][basin] += amount;
                    else held[(-2L - basin) * quantities + q] += amount;
                }
            }
        }
        return sums;
    }
}
