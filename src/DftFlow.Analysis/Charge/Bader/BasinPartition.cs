using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>A grid's points, parted into the basins of a density's maxima.</summary>
internal abstract class BasinPartition(GridDimensions grid)
{
    private const int MostSums = 1 << 22, MostPieces = 256;

    public GridDimensions Grid => grid;

    /// <summary>The place of each basin's maximum; of one that consists of several points, the first of them.</summary>
    public ImmutableArray<int> Maxima { get; protected set; } = [];

    /// <summary>Of each point: its basin, or -1 in the vacuum, or -2 - b where several share it and b has most.</summary>
    protected int[] Basins { get; init; } = [];

    /// <summary>The basin to which a point belongs, for the most part at least; -1 in the vacuum.</summary>
    public int BasinOf(int point) => Basins[point] is var basin && basin >= -1 ? basin : -2 - basin;

    /// <summary>The sums of values over each basin, and behind the last over the vacuum, for each array of values. An empty array stands for ones: it gives numbers of points.</summary>
    public virtual double[][] Sum(IReadOnlyList<double[]> values, CancellationToken cancellation) => SumPieces(values.Count, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (start, end, sums) =>
    {
        foreach (var (q, value) in values.Index())
            for (var point = start; point < end; point++) sums[q][Basins[point] is >= 0 and var basin ? basin : Maxima.Length] += value.Length == 0 ? 1 : value[point];
    }, cancellation);

    /// <param name="add">Adds what belongs to the points from a start to before an end.</param>
    protected double[][] SumPieces(int quantities, Action<int, int, double[][]> add, CancellationToken cancellation)
    {
        // As many pieces as there is room for sums of, however many processors there are: their number shows in the last digits.
        var pieces = Math.Clamp(MostSums / (quantities * (Maxima.Length + 1)), 1, MostPieces);
        var partial = new double[pieces][][];
        Parallel.For(0, pieces, new ParallelOptions { CancellationToken = cancellation }, piece =>
        {
            partial[piece] = [.. Enumerable.Range(0, quantities).Select(_ => new double[Maxima.Length + 1])];
            add((int)(grid.Count * piece / pieces), (int)(grid.Count * (piece + 1) / pieces), partial[piece]);
        });
        var all = partial[0];
        foreach (var sums in partial.Skip(1))
            for (var q = 0; q < quantities; q++)
                for (var basin = 0; basin <= Maxima.Length; basin++) all[q][basin] += sums[q][basin];
        return all;
    }
}
