using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals.Interfaces;

/// <summary>Which radii tell how near two atoms come.</summary>
public enum ContactRadii
{
    /// <summary>The sum of covalent radii (Cordero et al., Dalton Trans. 2008, 2832).</summary>
    Covalent,

    /// <summary>
    /// The sum of the radii of ions (R. D. Shannon, Acta Cryst. A 32, 751 (1976); effective ionic radii, six-fold coordination, high spin,
    /// the usual charge). Two cations, which do not touch in crystals: the sum of their covalent radii.
    /// </summary>
    Ionic,
}

internal static class Contacts
{
    // Elements of a crystal that differ by so much on Pauling's scale are taken for ions.
    private const double IonicDifference = 1.5;

    private const double UnknownRadiusA = 1.5;

    private static readonly ImmutableDictionary<string, (int Charge, double RadiusA)> Ions = Table
        .Split(',', StringSplitOptions.TrimEntries)
        .Select(entry => entry.Split(' '))
        .ToImmutableDictionary(entry => entry[0], entry => (int.Parse(entry[1], CultureInfo.InvariantCulture), double.Parse(entry[2], CultureInfo.InvariantCulture)), StringComparer.Ordinal);

    /// <summary>Ionic where each of the two has elements that differ by 1.5 or more in electronegativity.</summary>
    public static ContactRadii Usual(IEnumerable<Element> substrate, IEnumerable<Element> coating) =>
        IsIonic(substrate) && IsIonic(coating) ? ContactRadii.Ionic : ContactRadii.Covalent;

    /// <summary>How near two atoms come, in Å.</summary>
    public static double LengthA(Element first, Element second, ContactRadii radii)
    {
        if (radii == ContactRadii.Ionic && Ions.TryGetValue(first.Symbol, out var one) && Ions.TryGetValue(second.Symbol, out var other) && (one.Charge < 0 || other.Charge < 0))
            return one.RadiusA + other.RadiusA;
        return (first.CovalentRadiusA ?? UnknownRadiusA) + (second.CovalentRadiusA ?? UnknownRadiusA);
    }

    /// <summary>The charge in e of the ion that an element usually is; 0 where it is none.</summary>
    public static int UsualCharge(Element element) => Ions.TryGetValue(element.Symbol, out var ion) ? ion.Charge : 0;

    private static bool IsIonic(IEnumerable<Element> elements)
    {
        var values = elements.Select(element => element.Electronegativity).OfType<double>().ToArray();
        return values.Length > 0 && values.Max() - values.Min() >= IonicDifference - 1e-9;
    }

    // Symbol, charge, radius in Å. N³⁻: four-fold coordination, the only one there is. Of hydrogen there is no radius of use.
    private const string Table = """
        Li 1 0.76, Be 2 0.45, B 3 0.27, C 4 0.16, N -3 1.46, O -2 1.40, F -1 1.33, Na 1 1.02, Mg 2 0.72, Al 3 0.535, Si 4 0.40, P 5 0.38, S -2 1.84, Cl -1 1.81,
        K 1 1.38, Ca 2 1.00, Sc 3 0.745, Ti 4 0.605, V 4 0.58, Cr 3 0.615, Mn 3 0.645, Fe 3 0.645, Co 3 0.61, Ni 2 0.69, Cu 2 0.73, Zn 2 0.74, Ga 3 0.62, Ge 4 0.53,
        As 5 0.46, Se -2 1.98, Br -1 1.96, Rb 1 1.52, Sr 2 1.18, Y 3 0.90, Zr 4 0.72, Nb 5 0.64, Mo 6 0.59, Tc 4 0.645, Ru 4 0.62, Rh 3 0.665, Pd 2 0.86, Ag 1 1.15,
        Cd 2 0.95, In 3 0.80, Sn 4 0.69, Sb 5 0.60, Te -2 2.21, I -1 2.20, Cs 1 1.67, Ba 2 1.35, La 3 1.032, Ce 3 1.01, Pr 3 0.99, Nd 3 0.983, Pm 3 0.97, Sm 3 0.958,
        Eu 3 0.947, Gd 3 0.938, Tb 3 0.923, Dy 3 0.912, Ho 3 0.901, Er 3 0.89, Tm 3 0.88, Yb 3 0.868, Lu 3 0.861, Hf 4 0.71, Ta 5 0.64, W 6 0.60, Re 4 0.63, Os 4 0.63,
        Ir 4 0.625, Pt 4 0.625, Au 3 0.85, Hg 2 1.02, Tl 3 0.885, Pb 2 1.19, Bi 3 1.03, Th 4 0.94, Pa 5 0.78, U 4 0.89, Np 4 0.87, Pu 4 0.86, Am 3 0.975, Cm 3 0.97
        """;
}
