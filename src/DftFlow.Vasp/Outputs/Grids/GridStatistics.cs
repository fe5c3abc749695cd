using System.Numerics;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>Sum and extremes of the values at some places of a grid. Extremes leave out what is not a number; a sum does not.</summary>
internal readonly record struct GridStatistics(double Sum, double Min, double Max)
{
    /// <summary>
    /// Values are summed in pieces of this length, counted from the block's first, so that the result depends neither on the
    /// number of threads nor on how the text is laid out. A multiple of all usual numbers of values a line.
    /// </summary>
    public const int Piece = 32_760;

    public static GridStatistics Of<T>(ReadOnlySpan<T> piece) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        double sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        var i = 0;
        for (; i + 4 <= piece.Length; i += 4)
        {
            double a = double.CreateTruncating(piece[i]), b = double.CreateTruncating(piece[i + 1]), c = double.CreateTruncating(piece[i + 2]), d = double.CreateTruncating(piece[i + 3]);
            (sum0, sum1, sum2, sum3) = (sum0 + a, sum1 + b, sum2 + c, sum3 + d);
            min = Lower(Lower(min, a), Lower(Lower(b, c), d));
            max = Higher(Higher(max, a), Higher(Higher(b, c), d));
        }
        for (; i < piece.Length; i++)
        {
            var value = double.CreateTruncating(piece[i]);
            sum0 += value;
            (min, max) = (Lower(min, value), Higher(max, value));
        }
        return new(sum0 + sum1 + (sum2 + sum3), min, max);

        static double Lower(double a, double b) => double.MinNumber(a, b);
        static double Higher(double a, double b) => double.MaxNumber(a, b);
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
            min = double.MinNumber(min, piece.Min);
            max = double.MaxNumber(max, piece.Max);
        }
        return min > max ? new(sum, double.NaN, double.NaN) : new(sum + lost, min, max);
    }
}
