using DftFlow.Analysis.Charge;

namespace DftFlow.Reports.Figures;

/// <summary>Which values a map's colours stand for, and at which of them lines and ticks are drawn.</summary>
/// <param name="Signed">Zero is in the middle.</param>
internal sealed record ColorScale(double Min, double Max, bool Signed, double Step)
{
    // Of the points, beyond the ends: densities and potentials are a thousand times as large at nuclei as where bonds are.
    private const double Beyond = 0.02, BeyondAtNuclei = 0.05;

    // Of the ends' size: with less between them, steps are lost in rounding.
    private const double LeastPart = 1e-9;

    // e/Å³.
    private const double Vacuum = 0.01;

    private const int Lines = 10;

    public static ColorScale Of(GridSlice slice, (double Min, double Max)? range)
    {
        var signed = slice.Quantity is SliceQuantity.DensityDifference or SliceQuantity.Magnetization;
        if (range is not { } given) return slice.Quantity == SliceQuantity.Elf ? new(0, 1, false, 0.1) : Chosen(slice, signed);
        if (!(double.IsFinite(given.Min) && double.IsFinite(given.Max) && given.Max - given.Min > LeastPart * Math.Max(Math.Abs(given.Min), Math.Abs(given.Max))))
            throw new DftFlowException("DF3233", "The colours' range is none.", "Give the lower and the upper value, as in --range=-0.05:0.05.");
        // Where zero is not in the middle it has no colour of its own.
        return new(given.Min, given.Max, signed && Math.Abs(given.Min + given.Max) < 1e-9 * given.Max, Nice((given.Max - given.Min) / Lines));
    }

    /// <summary>From 0 at the lower end to 1 at the upper one.</summary>
    public double Part(double value) => Math.Clamp((value - Min) / (Max - Min), 0, 1);

    /// <summary>Where contour lines are drawn: multiples of the step within the range. Of what has signs not at zero, where in a vacuum noise alone decides.</summary>
    public IEnumerable<double> Levels => Multiples(Step).Where(level => level > Min + Step / 10 && level < Max - Step / 10 && !(Signed && Math.Abs(level) < Step / 10));

    /// <summary>At both ends where whole numbers of steps allow it.</summary>
    public IEnumerable<double> Ticks => Multiples(Step * ((double[])[2, 2.5, 5, 1]).FirstOrDefault(times => Whole(Min / (times * Step)) && Whole(Max / (times * Step)), 2));

    private static bool Whole(double number) => Math.Abs(number - Math.Round(number)) < 1e-6;

    private IEnumerable<double> Multiples(double step)
    {
        for (var i = Math.Ceiling(Min / step - 1e-9); i * step <= Max + 1e-9 * step; i++) yield return i * step;
    }

    private static ColorScale Chosen(GridSlice slice, bool signed)
    {
        if (signed)
        {
            var sizes = slice.Values.Select(Math.Abs).Order().ToArray();
            var step = Nice(Quantile(sizes, 1 - Beyond) / (Lines / 2));
            var end = step * Math.Max(1, Math.Ceiling(Quantile(sizes, 1 - Beyond) / step - 1e-9));
            return new(-end, end, true, step);
        }
        var sorted = slice.Values.Order().ToArray();
        // A vacuum does not decide how high the atoms are drawn; of a potential the wells at the nuclei are cut.
        if (slice.Quantity == SliceQuantity.Density && sorted[^1] > Vacuum) sorted = [.. sorted.SkipWhile(value => value < Vacuum)];
        var (low, high) = slice.Quantity == SliceQuantity.Density ? (0, Quantile(sorted, 1 - BeyondAtNuclei)) : (Quantile(sorted, BeyondAtNuclei), Quantile(sorted, 1 - Beyond / 2));
        var between = Nice(Math.Max(high - low, LeastPart * Math.Max(Math.Abs(low), Math.Abs(high))) / Lines);
        return new(between * Math.Floor(low / between + 1e-9), between * Math.Max(Math.Floor(low / between + 1e-9) + 1, Math.Ceiling(high / between - 1e-9)), false, between);
    }

    private static double Quantile(double[] sorted, double part) => sorted[(int)Math.Round(part * (sorted.Length - 1))];

    // 1, 2 or 5 times a power of ten, not below the number.
    private static double Nice(double number)
    {
        if (!(number > 0)) return 1e-6;
        var power = Math.Pow(10, Math.Floor(Math.Log10(number)));
        return power * (number <= power * (1 + 1e-9) ? 1 : number <= 2 * power ? 2 : number <= 5 * power ? 5 : 10);
    }
}
