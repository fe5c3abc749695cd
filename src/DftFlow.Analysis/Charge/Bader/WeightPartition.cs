using System.Numerics;
using System.Runtime.CompilerServices;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>
/// The weight method of Yu and Trinkle (J. Chem. Phys. 134, 064111 (2011)): from the Voronoi cell of each point density flows to its
/// higher neighbours, in proportion to the area of the face between them and to the slope across it. A point belongs to a basin
/// by the part of its flow that ends there.
/// </summary>
/// <remarks>
/// The paper sorts the points. Here a point is settled as soon as all its higher neighbours are. Weights are not kept either: since only
/// sums over basins are wanted, what the points hold is carried uphill, through those alone that several basins share. Points of
/// equal value exchange nothing; a maximum may consist of several; a level stretch drains along itself to where it rises.
/// </remarks>
internal sealed class WeightPartition : BasinPartition
{
    private const int Unset = int.MinValue;

    private readonly double[] density;
    private readonly GridNeighbours neighbours;

    // Of a point, in the lower half, how many neighbours it waits for; in the upper 1 + k where it lies in a level stretch and drains
    // to its neighbour k.
    private readonly byte[] waiting;

    private readonly RankedBits shared;

    public WeightPartition(GridDimensions grid, Lattice cell, double[] density, double vacuumBelow, IProgress<double>? progress, CancellationToken cancellation)
        : base(grid)
    {
        this.density = density;
        neighbours = GridNeighbours.AcrossFaces(grid, cell);
        waiting = GC.AllocateUninitializedArray<byte>(density.Length);
        Basins = GC.AllocateUninitializedArray<int>(density.Length);
        var first = FindMaxima(CountHigher(vacuumBelow, cancellation));
        new TiledSweep(grid, neighbours, waiting).Run(first, new Settling(this), density.Length, progress, cancellation);
        shared = new RankedBits(density.Length, point => Basins[point] <= -2);
    }

    /// <summary>Whether the whole of a point belongs to its basin.</summary>
    public bool IsWhole(int point) => Basins[point] >= -1;

    /// <summary>Counts each point's higher neighbours, and finds those that have none.</summary>
    private List<int> CountHigher(double vacuumBelow, CancellationToken cancellation)
    {
        int nx = Grid.X, ny = Grid.Y, nz = Grid.Z;
        var tops = new List<int>[nz];
        Parallel.For(0, nz, new ParallelOptions { CancellationToken = cancellation }, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (z) =>
        {
            var found = tops[z] = [];
            var counts = new long[nx];
            for (var y = 0; y < ny; y++)
            {
                var start = nx * (y + ny * z);
                var own = density.AsSpan(start, nx);
                Array.Clear(counts);
                foreach (var step in neighbours.Steps)
                {
                    var other = density.AsSpan(nx * (GridNeighbours.Wrap(y + step.Y, ny) + ny * GridNeighbours.Wrap(z + step.Z, nz)), nx);
                    var shift = GridNeighbours.Wrap(step.X, nx);
                    // The row of neighbours, turned so that each stands beside its point.
                    AddHigher(own[..(nx - shift)], other[shift..], counts);
                    AddHigher(own[(nx - shift)..], other[..shift], counts.AsSpan(nx - shift));
                }
                for (var x = 0; x < nx; x++)
                {
                    var isVacuum = own[x] <= vacuumBelow;
                    Basins[start + x] = isVacuum ? -1 : Unset;
                    // The vacuum never comes to be visited, however many neighbours tell it.
                    waiting[start + x] = (byte)(isVacuum ? TiledSweep.Counter : counts[x]);
                    if (!isVacuum && counts[x] == 0) found.Add(start + x);
                }
            }
        });
        return [.. tops.SelectMany(found => found)];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddHigher(ReadOnlySpan<double> own, ReadOnlySpan<double> other, Span<long> counts)
    {
        var i = 0;
        for (; i + Vector<double>.Count <= own.Length; i += Vector<double>.Count)
            (new Vector<long>(counts[i..]) - Vector.GreaterThan(new Vector<double>(other[i..]), new Vector<double>(own[i..]))).CopyTo(counts[i..]);
        for (; i < own.Length; i++)
            if (other[i] > own[i]) counts[i]++;
    }

    /// <summary>Of the points without higher neighbours, the maxima; level stretches that rise somewhere are told where to drain to.</summary>
    /// <returns>The points of the maxima.</returns>
    private List<int> FindMaxima(List<int> tops)
    {
        var first = new List<int>();
        var maxima = new List<int>();
        Span<int> around = stackalloc int[neighbours.Count];
        var stretch = new List<int>();
        var outlets = new Queue<(int Point, int Toward)>();
        foreach (var top in tops)
        {
            if (Basins[top] != Unset || waiting[top] != 0) continue;
            // All level points that hang together, itself included.
            stretch.Clear();
            stretch.Add(top);
            var basin = maxima.Count;
            Basins[top] = basin;
            for (var i = 0; i < stretch.Count; i++)
            {
                neighbours.Find(stretch[i], around);
                for (var k = 0; k < around.Length; k++)
                {
                    if (density[around[k]] != density[top] || Basins[around[k]] == basin) continue;
                    if (waiting[around[k]] > 0) outlets.Enqueue((stretch[i], k));
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
                if (waiting[outlet.Point] != 0) continue;
                waiting[outlet.Point] = (byte)(((outlet.Toward + 1) << 4) + 1);
                neighbours.Find(outlet.Point, around);
                for (var k = 0; k < around.Length; k++)
                    if (density[around[k]] == density[top] && waiting[around[k]] == 0) outlets.Enqueue((around[k], around.Length - 1 - k));
            }
        }
        Maxima = [.. maxima];
        return first;
    }

    // Whether a point lies in a level stretch and drains to its neighbour that stands at a place among its own neighbours.
    private bool DrainsFrom(int other, int k) => waiting[other] >> 4 == neighbours.Count - k;

    /// <summary>Gives a point to the basin of its higher neighbours, or to none where these are of several.</summary>
    private readonly struct Settling(WeightPartition it) : ISweepStep
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public uint Visit(int point, ReadOnlySpan<int> around)
        {
            var (density, basins) = (it.density, it.Basins);
            var value = density[point];
            var (isKnown, common, waits) = (basins[point] != Unset, Unset, 0u);
            for (var k = 0; k < around.Length; k++)
            {
                var other = around[k];
                if (density[other] < value) waits |= 1u << k;
                else if (density[other] > value)
                {
                    var basin = basins[other];
                    common = common == Unset ? basin : basin == common ? common : -2;
                }
                else if (it.DrainsFrom(other, k)) waits |= 1u << k;
            }
            if (isKnown) return waits;
            basins[point] = it.waiting[point] >> 4 is > 0 and var drain ? basins[around[drain - 1]]
                : common >= 0 ? common
                : -2 - it.BasinOf(SteepestOf(value, around));
            return waits;
        }

        private int SteepestOf(double value, ReadOnlySpan<int> around)
        {
            var (best, most) = (-1, 0.0);
            for (var k = 0; k < around.Length; k++)
            {
                var flow = (it.density[around[k]] - value) * it.neighbours.Weights[k];
                if (flow > most) (best, most) = (around[k], flow);
            }
            return best;
        }
    }

    public override double[][] Sum(IReadOnlyList<double[]> values, CancellationToken cancellation)
    {
        // What comes to each shared point from below and from itself, and the flow that leaves it.
        var lifted = new double[(long)shared.Count * (values.Count + 1)];
        var first = CountLower(cancellation);
        new TiledSweep(Grid, neighbours, waiting).Run(first, new Lifting(this, values, lifted), shared.Count, null, cancellation);
        return SumBasins(values, lifted, cancellation);
    }

    /// <summary>Counts for each shared point those that drain to it, and finds the lowest.</summary>
    private List<int> CountLower(CancellationToken cancellation)
    {
        var layer = Grid.X * Grid.Y;
        var lowest = new List<int>[Grid.Z];
        Parallel.For(0, Grid.Z, new ParallelOptions { CancellationToken = cancellation }, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (z) =>
        {
            var found = lowest[z] = [];
            Span<int> around = stackalloc int[neighbours.Count];
            for (var point = z * layer; point < (z + 1) * layer; point++)
            {
                if (IsWhole(point)) continue;
                neighbours.Find(point, around);
                var count = 0;
                for (var k = 0; k < around.Length; k++)
                    if (!IsWhole(around[k]) && (density[around[k]] < density[point] || (density[around[k]] == density[point] && DrainsFrom(around[k], k)))) count++;
                waiting[point] = (byte)((waiting[point] & ~TiledSweep.Counter) | count);
                if (count == 0) found.Add(point);
            }
        });
        return [.. lowest.SelectMany(found => found)];
    }

    /// <summary>Adds to what a shared point holds what flows to it from lower ones.</summary>
    private readonly struct Lifting(WeightPartition it, IReadOnlyList<double[]> values, double[] lifted) : ISweepStep
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public uint Visit(int point, ReadOnlySpan<int> around)
        {
            var (density, weights, quantities) = (it.density, it.neighbours.Weights, values.Count);
            var value = density[point];
            var into = lifted.AsSpan(it.shared.Rank(point) * (quantities + 1), quantities + 1);
            for (var q = 0; q < quantities; q++) into[q] = values[q].Length == 0 ? 1 : values[q][point];
            var (waits, flow) = (0u, 0.0);
            for (var k = 0; k < around.Length; k++)
            {
                var other = around[k];
                var rise = density[other] - value;
                if (rise > 0)
                {
                    flow += weights[k] * rise;
                    if (!it.IsWhole(other)) waits |= 1u << k;
                }
                else if (!it.IsWhole(other) && (rise < 0 || it.DrainsFrom(other, k)))
                {
                    var from = lifted.AsSpan(it.shared.Rank(other) * (quantities + 1), quantities + 1);
                    var part = rise < 0 ? -rise * weights[k] / from[quantities] : 1;
                    for (var q = 0; q < quantities; q++) into[q] += part * from[q];
                }
            }
            if (it.waiting[point] >> 4 is > 0 and var drain)
                return it.IsWhole(around[drain - 1]) ? 0 : 1u << (drain - 1);
            into[quantities] = flow;
            return waits;
        }
    }

    /// <summary>What basins hold wholly, and what flows into them from shared points.</summary>
    private double[][] SumBasins(IReadOnlyList<double[]> values, double[] lifted, CancellationToken cancellation)
    {
        var quantities = values.Count;
        return SumPieces(quantities, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, sums) =>
        {
            Span<int> around = stackalloc int[neighbours.Count];
            for (var point = start; point < end; point++)
            {
                var basin = Basins[point];
                if (basin >= -1)
                {
                    for (var q = 0; q < quantities; q++) sums[q][basin >= 0 ? basin : Maxima.Length] += values[q].Length == 0 ? 1 : values[q][point];
                    continue;
                }
                neighbours.Find(point, around);
                var from = lifted.AsSpan(shared.Rank(point) * (quantities + 1), quantities + 1);
                for (var k = 0; k < around.Length; k++)
                {
                    var rise = density[around[k]] - density[point];
                    var part = rise > 0 ? rise * neighbours.Weights[k] / from[quantities] : waiting[point] >> 4 == k + 1 ? 1 : 0;
                    if (part == 0 || !IsWhole(around[k])) continue;
                    for (var q = 0; q < quantities; q++) sums[q][Basins[around[k]]] += part * from[q];
                }
            }
        }, cancellation);
    }
}
