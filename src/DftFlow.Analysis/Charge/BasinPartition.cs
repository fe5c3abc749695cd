using System.Collections.Immutable;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge;

/// <summary>A grid's points, parted into the basins of a density's maxima.</summary>
internal abstract class BasinPartition(GridDimensions grid)
{
    private const int MostSums = 1 << 22;

    public GridDimensions Grid => grid;

    /// <summary>The place of each basin's maximum; of one that consists of several points, the first of them.</summary>
    public ImmutableArray<int> Maxima { get; protected set; } = [];

    /// <summary>Of each point: its basin, or -1 in the vacuum, or -2 - n of the n-th point that several basins share.</summary>
    protected int[] Basins { get; init; } = [];

    /// <summary>The basin to which a point belongs, for the most part at least; -1 in the vacuum.</summary>
    public virtual int BasinOf(int point) => Basins[point];

    /// <summary>The sums of values over each basin, and behind the last over the vacuum, for each array of values. An empty array stands for ones: it gives numbers of points.</summary>
    public virtual double[][] Sum(IReadOnlyList<double[]> values, CancellationToken cancellation) => SumWhole(values, [], cancellation);

    /// <summary>Sums over the points that belong to one basin; what the others hold is put down in <paramref name="shared"/>, [point, values].</summary>
    protected double[][] SumWhole(IReadOnlyList<double[]> values, double[] shared, CancellationToken cancellation)
    {
        var quantities = values.Count;
        // As many pieces as there is room for sums of, however many processors there are: their number shows in the last digits.
        var pieces = Math.Clamp(MostSums / (quantities * (Maxima.Length + 1)), 1, Math.Min(grid.Z, 256));
        var partial = new double[pieces][][];
        Parallel.For(0, pieces, new ParallelOptions { CancellationToken = cancellation }, piece =>
        {
            int start = (int)(grid.Count * piece / pieces), end = (int)(grid.Count * (piece + 1) / pieces);
            partial[piece] = [.. values.Select((value, q) => SumPiece(q, value))];

            double[] SumPiece(int q, double[] value)
            {
                var sums = new double[Maxima.Length + 1];
                for (var point = start; point < end; point++)
                {
                    var basin = Basins[point];
                    var amount = value.Length == 0 ? 1 : value[point];
                    if (basin >= 0) sums[basin] += amount;
                    else if (basin == -1) sums[^1] += amount;
                    else shared[(-2L - basin) * quantities + q] = amount;
                }
                return sums;
            }
        });
        var all = partial[0];
        foreach (var sums in partial.Skip(1))
            for (var q = 0; q < quantities; q++)
                for (var basin = 0; basin <= Maxima.Length; basin++) all[q][basin] += sums[q][basin];
        return all;
    }
}
