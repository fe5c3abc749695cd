namespace DftFlow.Crystals.Ordering;

/// <summary>The complementary error function of numbers not below 0, to about 1e-16 (absolute).</summary>
internal static class ErrorFunction
{
    // Taylor series about the points of a grid: the step to the nearest is at most 1/128, so that eight terms are enough.
    private const int PerUnit = 64, Terms = 8;
    private const double Last = 6.5;

    private static readonly double[] Coefficients = Tabulated();

    public static double Complement(double x)
    {
        if (!(x < Last)) return 0;
        var nearest = (int)(x * PerUnit + 0.5);
        var step = x - nearest * (1.0 / PerUnit);
        var row = Coefficients.AsSpan(nearest * Terms, Terms);
        var sum = row[Terms - 1];
        for (var term = Terms - 2; term >= 0; term--) sum = sum * step + row[term];
        return sum;
    }

    private static double[] Tabulated()
    {
        var points = (int)(Last * PerUnit) + 1;
        var table = new double[points * Terms];
        for (var point = 0; point < points; point++)
        {
            var x = point * (1.0 / PerUnit);
            table[point * Terms] = Exact(x);
            // d^n/dx^n erfc = −2/√π (−1)^(n−1) H(n−1; x) e^(−x²), with the physicists' Hermite polynomials.
            double hermite = 1, before = 0, factor = -2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x);
            for (var n = 1; n < Terms; n++)
            {
                factor /= n;
                table[point * Terms + n] = factor * hermite;
                (hermite, before) = (2 * x * hermite - 2 * (n - 1) * before, hermite);
                factor = -factor;
            }
        }
        return table;
    }

    // Abramowitz, Stegun, Handbook of Mathematical Functions, 7.1.6 (all terms positive) and 7.1.14 (continued fraction).
    private static double Exact(double x)
    {
        if (x < 2)
        {
            double term = x, sum = x;
            for (var n = 1; term > 1e-18 * sum; n++) sum += term *= 2 * x * x / (2 * n + 1);
            return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
        }
        var fraction = x;
        for (var n = 120; n >= 1; n--) fraction = x + n / 2.0 / fraction;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
    }
}
