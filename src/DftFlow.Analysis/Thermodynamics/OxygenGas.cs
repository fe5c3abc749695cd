using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>The chemical potential of oxygen in O2 gas of a pressure and a temperature.</summary>
/// <remarks>
/// μ_O(T, p) - ½ E(O2) = ½ [H(T) - H(0 K) - T S(T) + k T ln(p / 1 bar)] of the ideal gas, as in Reuter and Scheffler, Phys. Rev. B 65, 035406
/// (2001), whose Table I it gives to its two digits. Enthalpy and entropy by the Shomate equation with the coefficients of the NIST Chemistry
/// WebBook (SRD 69; M. W. Chase, NIST-JANAF Thermochemical Tables, 1998), and H(298.15 K) - H(0 K) = 8.683 kJ/mol of the same tables.
/// </remarks>
public static class OxygenGas
{
    public const double LowestTemperatureK = 100;
    public const double HighestTemperatureK = 6000;

    private const double GasConstantJPerMolK = 8.314462618;
    private const double JoulePerMolAndEv = 96485.33212;
    private const double EnthalpyFromZeroKJPerMol = 8.683;

    // Up to this temperature, and A to G of Cp = A + B t + C t² + D t³ + E / t², t = T / 1000 K.
    private static readonly (double UpToK, double A, double B, double C, double D, double E, double F, double G)[] Shomate =
    [
        (700, 31.32234, -20.23531, 57.86644, -36.50624, -0.007374, -8.903471, 246.7945),
        (2000, 30.03235, 8.772972, -3.988133, 0.788313, -0.741599, -11.32468, 236.1663),
        (HighestTemperatureK, 20.91111, 10.72071, -2.020498, 0.146449, 9.245722, 5.337651, 237.6185),
    ];

    public static Element Oxygen { get; } = Element.Parse("O");

    /// <summary>eV relative to half an O2 molecule at 0 K.</summary>
    /// <param name="temperatureK">100 to 6000 K.</param>
    /// <param name="pressureBar">The partial pressure.</param>
    /// <exception cref="DftFlowException">DF3112: the equation does not hold there.</exception>
    public static double ChemicalPotentialEv(double temperatureK, double pressureBar)
    {
        if (!(temperatureK is >= LowestTemperatureK and <= HighestTemperatureK))
            throw new DftFlowException("DF3112", $"The enthalpy of O2 is not known at {Text(temperatureK)} K.", "Give a temperature from 100 to 6000 K; at 0 K the chemical potential is zero: --open O=0.");
        if (!(pressureBar > 0 && double.IsFinite(pressureBar)))
            throw new DftFlowException("DF3112", $"{Text(pressureBar)} bar is not a pressure of O2.", "Give a partial pressure above zero, in bar: 0.21 for air.");
        var (_, a, b, c, d, e, f, g) = Shomate.First(range => temperatureK <= range.UpToK);
        var t = temperatureK / 1000;
        var enthalpy = a * t + b * t * t / 2 + c * t * t * t / 3 + d * t * t * t * t / 4 - e / t + f + EnthalpyFromZeroKJPerMol;
        var entropy = a * Math.Log(t) + b * t + c * t * t / 2 + d * t * t * t / 3 - e / (2 * t * t) + g;
        return (enthalpy * 1000 - temperatureK * entropy + GasConstantJPerMolK * temperatureK * Math.Log(pressureBar)) / 2 / JoulePerMolAndEv;
    }

    /// <summary>What the number is, for those who read it.</summary>
    public static string Define(double temperatureK, double pressureBar) =>
        $"O at {Text(pressureBar)} bar of O2 and {Text(temperatureK)} K: {Text(ChemicalPotentialEv(temperatureK, pressureBar))} eV relative to half an O2 molecule at 0 K "
        + "(ideal gas; Shomate equation of the NIST Chemistry WebBook; Reuter and Scheffler, Phys. Rev. B 65, 035406 (2001)).";

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
