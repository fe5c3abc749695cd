namespace DftFlow.Analysis.Electronic;

/// <summary>Moments of a density over a window, by the trapezoid rule.</summary>
/// <param name="States">∫g.</param>
/// <param name="CentreEv">∫gE/∫g.</param>
/// <param name="WidthEv">σ, the square root of the second central moment; NaN where that is negative.</param>
/// <param name="Skewness">The third central moment over σ³; NaN where there is no width.</param>
/// <param name="Kurtosis">The fourth central moment over σ⁴: 3 of a Gaussian, 1.8 of a rectangle; NaN where there is no width.</param>
internal readonly record struct BandMoments(double States, double CentreEv, double WidthEv, double Skewness, double Kurtosis)
{
    public static BandMoments Of(ReadOnlySpan<double> energies, ReadOnlySpan<double> density, int first, int last)
    {
        var states = Trapezoid.Moment(energies, density, first, last, 0, 0);
        var centre = Trapezoid.Moment(energies, density, first, last, 0, 1) / states;
        var variance = Trapezoid.Moment(energies, density, first, last, centre, 2) / states;
        // A density that a smearing of Methfessel and Paxton makes negative in places can turn a narrow band's variance below zero.
        var width = variance >= 0 ? Math.Sqrt(variance) : double.NaN;
        return new(states, centre, width,
            Trapezoid.Moment(energies, density, first, last, centre, 3) / states / (width * width * width),
            Trapezoid.Moment(energies, density, first, last, centre, 4) / states / (width * width * width * width));
    }
}
