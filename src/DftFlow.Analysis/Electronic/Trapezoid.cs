namespace DftFlow.Analysis.Electronic;

/// <summary>Integrals over points of a grid, by the trapezoid rule.</summary>
internal static class Trapezoid
{
    /// <summary>∫ g(E) (E − origin)^power dE from the point <paramref name="first"/> to the point <paramref name="last"/>.</summary>
    public static double Moment(ReadOnlySpan<double> energies, ReadOnlySpan<double> density, int first, int last, double origin, int power)
    {
        var sum = 0.0;
        for (var i = first + 1; i <= last; i++)
            sum += (energies[i] - energies[i - 1]) * (Weighted(density[i - 1], energies[i - 1]) + Weighted(density[i], energies[i])) / 2;
        return sum;

        double Weighted(double value, double energy)
        {
            for (var i = 0; i < power; i++) value *= energy - origin;
            return value;
        }
    }
}
