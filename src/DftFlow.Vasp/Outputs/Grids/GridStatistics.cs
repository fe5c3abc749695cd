using System.Numerics;
using System.Runtime.CompilerServices;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>Sum and extremes of the values at some places of a grid. Extremes leave out what is not a number; a sum does not.</summary>
internal readonly record struct GridStatistics(double Sum, double Min, double Max)
{
    /// <summary>
    /// Values are summed in pieces of this length, counted from the block's first, so that the result depends neither on the
    /// number of threads nor on how the text is laid out. A multiple of all usual numbers of values a line.
    /// </summary>
    public const int Piece = 32_760;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static GridStatistics Of<T>(ReadOnlySpan<T> piece) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        double sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
        double min0 = double.PositiveInfinity, min1 = min0, max0 = double.NegativeInfinity, max1 = max0;
        var i = 0;
        for (; i + 4 <= piece.Length; i += 4)
        {
            double a = double.CreateTruncating(piece[i]), b = double.CreateTruncating(piece[i + 1]), c = double.CreateTruncating(piece[i + 2]), d = double.CreateTruncating(piece[i + 3]);
            (sum0, sum1, sum2, sum3) = (sum0 + a, sum1 + b, sum2 + c, sum3 + d);
            (min0, max0) = (Lower(a, min0), Higher(a, max0));
            (min1, max1) = (Lower(b, min1), Higher(b, max1));
            (min0, max0) = (Lower(c, min0), Higher(c, max0));
            (min1, max1) = (Lower(d, min1), Higher(d, max1));
        }
        for (; i < piece.Length; i++)
        {
            var value = double.CreateTruncating(piece[i]);
            sum0 += value;
            (min0, max0) = (Lower(value, min0), Higher(value, max0));
        }
        return new(sum0 + sum1 + (sum2 + sum3), Lower(min0, min1), Higher(max0, max1));
    }

    /// <summary>Of a whole block, with the sum's rounding compensated (Neumaier 1974).</summary>
    public static GridStatistics Of(IEnumerable<GridStatistics> pieces)
    {
        double sum = 0, lost = 0, min = double.PositiveInfinity, max = double.NegativeInfinity;
        foreach (var piece in pieces)
        {
            var next = sum + piece.Sum;
            if (double.IsFinite(next)) lost += Math.Abs(sum) >= Math.Abs(piece.Sum) ? sum - next + piece.Sum : piece.Sum - next + sum;
            sum = next;
            min = Lower(piece.Min, min);
            max = Higher(piece.Max, max);
        }
        return min > max ? new(sum, double.NaN, double.NaN) : new(sum + lost, min, max);
    }

    // What is not a number is never lower nor higher.
    private static double Lower(double a, double b) => a < b ? a : b;

    private static double Higher(double a, double b) => a > b ? a : b;
}
