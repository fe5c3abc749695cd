using System.Collections.Frozen;
using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>The ion that a battery shuttles; voltages count against its metal.</summary>
public static class WorkingIon
{
    private static readonly FrozenDictionary<string, int> Charges = new Dictionary<string, int>
    {
        ["Li"] = 1, ["Na"] = 1, ["K"] = 1, ["Rb"] = 1, ["Cs"] = 1, ["Mg"] = 2, ["Ca"] = 2, ["Zn"] = 2, ["Al"] = 3, ["Y"] = 3,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Elementary charges that one ion carries.</summary>
    /// <exception cref="DftFlowException">DF3109: the element is no working ion.</exception>
    public static int Charge(Element ion) => Charges.TryGetValue(ion.Symbol, out var charge) ? charge
        : throw new DftFlowException("DF3109", $"{ion} is no working ion that DftFlow knows the charge of.",
            $"Known are {string.Join(", ", Charges.Keys.Order(StringComparer.Ordinal))}; give the chemical potential of another element instead of a voltage.");

    /// <summary>μ = -zV: eV relative to the metal, for a voltage against it.</summary>
    /// <exception cref="DftFlowException">DF3109: the element is no working ion, or the voltage no finite number.</exception>
    public static double ChemicalPotentialEv(Element ion, double voltageV) => double.IsFinite(voltageV) ? -Charge(ion) * voltageV
        : throw new DftFlowException("DF3109", $"The voltage is {voltageV.ToString(CultureInfo.InvariantCulture)}; it must be a finite number.",
            $"Give volts against {ion} metal.");
}
