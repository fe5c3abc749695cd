using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

/// <summary>Crystals of all seven systems, in their conventional cells, with at least five planes each.</summary>
internal static class SurfaceCrystals
{
    /// <summary>Fm-3m, a = 4.0263 Å (rock salt; R. W. G. Wyckoff, Crystal Structures 1, 1963).</summary>
    public static Structure LiF { get; } = FaceCentred(Crystal("4.0263 4.0263 4.0263 90 90 90", "Li 0 0 0", "F 0.5 0.5 0.5"));

    /// <summary>Pm-3m, a = 3.905 Å (perovskite; Yu. A. Abramov et al., Acta Cryst. B 51, 942 (1995)).</summary>
    public static Structure SrTiO3 { get; } = Crystal("3.905 3.905 3.905 90 90 90", "Sr 0 0 0", "Ti 0.5 0.5 0.5", "O 0.5 0.5 0", "O 0.5 0 0.5", "O 0 0.5 0.5");

    /// <summary>Fd-3m, a = 5.431 Å (diamond).</summary>
    public static Structure Si { get; } = FaceCentred(Crystal("5.431 5.431 5.431 90 90 90", "Si 0 0 0", "Si 0.25 0.25 0.25"));

    /// <summary>F-43m, a = 5.653 Å (zinc blende).</summary>
    public static Structure GaAs { get; } = FaceCentred(Crystal("5.653 5.653 5.653 90 90 90", "Ga 0 0 0", "As 0.25 0.25 0.25"));

    /// <summary>P4₂/mnm, a = 4.594, c = 2.959 Å, u = 0.3053 (rutile; Abrahams and Bernstein, J. Chem. Phys. 55, 3206 (1971)).</summary>
    public static Structure TiO2 { get; } = Crystal("4.594 4.594 2.959 90 90 90",
        "Ti 0 0 0", "Ti 0.5 0.5 0.5", "O 0.3053 0.3053 0", "O 0.6947 0.6947 0", "O 0.8053 0.1947 0.5", "O 0.1947 0.8053 0.5");

    /// <summary>R-3m in hexagonal axes, a = 2.8156, c = 14.0542 Å, z(O) = 0.23951 (J. Akimoto et al., J. Solid State Chem. 141, 298 (1998)).</summary>
    public static Structure LiCoO2 { get; } = Centred(Crystal("2.8156 2.8156 14.0542 90 90 120", "Li 0 0 0", "Co 0 0 0.5", "O 0 0 0.23951", "O 0 0 0.76049"),
        new(2 / 3.0, 1 / 3.0, 1 / 3.0), new(1 / 3.0, 2 / 3.0, 2 / 3.0));

    /// <summary>P6₃mc, a = 3.2495, c = 5.2069 Å, u = 0.3819 (wurtzite; S. C. Abrahams and J. L. Bernstein, Acta Cryst. B 25, 1233 (1969)).</summary>
    public static Structure ZnO { get; } = Crystal("3.2495 3.2495 5.2069 90 90 120",
        "Zn 0.333333333333333 0.666666666666667 0", "Zn 0.666666666666667 0.333333333333333 0.5", "O 0.333333333333333 0.666666666666667 0.3819", "O 0.666666666666667 0.333333333333333 0.8819");

    /// <summary>P3₁21 quartz, a = 4.9137, c = 5.4047 Å (G. A. Lager et al., J. Appl. Phys. 53, 6751 (1982)), with x = 0.4697; O at 0.4133, 0.2672, 0.1188.</summary>
    public static Structure Quartz { get; } = Crystal("4.9137 4.9137 5.4047 90 90 120",
        "Si 0.4697 0 0.333333333333333", "Si 0 0.4697 0.666666666666667", "Si 0.5303 0.5303 0",
        "O 0.4133 0.2672 0.452133333333333", "O 0.7328 0.1461 0.785466666666667", "O 0.8539 0.5867 0.1188",
        "O 0.2672 0.4133 0.547866666666667", "O 0.1461 0.7328 0.214533333333333", "O 0.5867 0.8539 0.8812");

    /// <summary>Pmmn, a = 2.806, b = 5.750, c = 4.572 Å (R. Hoppe et al., Z. Anorg. Allg. Chem. 418, 1 (1975)).</summary>
    public static Structure LiMnO2 { get; } = Crystal("2.806 5.750 4.572 90 90 90",
        "Li 0.25 0.25 0.126", "Li 0.75 0.75 0.874", "Mn 0.25 0.25 0.635", "Mn 0.75 0.75 0.365",
        "O 0.25 0.75 0.145", "O 0.75 0.25 0.855", "O 0.25 0.75 0.602", "O 0.75 0.25 0.398");

    /// <summary>C2/m, a = 4.937, b = 8.532, c = 5.030 Å, β = 109.46° (P. Strobel and B. Lambert-Andron, J. Solid State Chem. 75, 90 (1988)).</summary>
    public static Structure Li2MnO3 { get; } = Centred(Crystal("4.937 8.532 5.030 90 109.46 90",
        "Li 0 0.5 0", "Li 0 0 0.5", "Li 0 0.6606 0.5", "Li 0 0.3394 0.5", "Mn 0 0.16708 0", "Mn 0 0.83292 0",
        "O 0.2189 0 0.2273", "O 0.7811 0 0.7727", "O 0.2540 0.32119 0.2233", "O 0.7460 0.32119 0.7767", "O 0.2540 0.67881 0.2233", "O 0.7460 0.67881 0.7767"),
        new Vector3D(0.5, 0.5, 0));

    /// <summary>P-1, made up: two formula units AB2 related by an inversion, in a cell without other symmetry.</summary>
    public static Structure Triclinic { get; } = Crystal("5.1 6.3 7.4 82 97 104",
        "Ca 0.21 0.13 0.32", "Ca 0.79 0.87 0.68", "F 0.42 0.61 0.09", "F 0.58 0.39 0.91", "F 0.11 0.74 0.53", "F 0.89 0.26 0.47");

    /// <summary>P1, made up: no symmetry at all.</summary>
    public static Structure Asymmetric { get; } = Crystal("4.1 5.2 6.3 80 95 103", "Li 0.05 0.1 0.15", "Co 0.52 0.61 0.4", "O 0.13 0.58 0.72", "O 0.6 0.08 0.9");

    public static ImmutableArray<(string Name, Structure Crystal)> All { get; } =
    [
        ("LiF", LiF), ("SrTiO3", SrTiO3), ("Si", Si), ("GaAs", GaAs), ("TiO2", TiO2), ("LiCoO2", LiCoO2), ("ZnO", ZnO), ("Quartz", Quartz),
        ("LiMnO2", LiMnO2), ("Li2MnO3", Li2MnO3), ("Triclinic", Triclinic), ("Asymmetric", Asymmetric),
    ];

    /// <summary>Fm-3m, a = 5.4626 Å (fluorite; R. W. G. Wyckoff, Crystal Structures 1, 1963).</summary>
    public static Structure CaF2 { get; } = FaceCentred(Crystal("5.4626 5.4626 5.4626 90 90 90", "Ca 0 0 0", "F 0.25 0.25 0.25", "F 0.75 0.75 0.75"));

    public static Structure Named(string name) => name == "CaF2" ? CaF2 : All.Single(pair => pair.Name == name).Crystal;

    public static ImmutableArray<MillerPlane> PlanesOf(string name) => name switch
    {
        "LiCoO2" => [new(0, 0, 3), new(1, 0, 4), new(0, 1, 2), new(1, 1, 0), new(1, 0, 1)],
        "ZnO" or "Quartz" => [new(0, 0, 1), new(1, 0, 0), new(1, 1, 0), new(1, 0, 1), new(1, 0, 2)],
        "Li2MnO3" => [new(0, 0, 1), new(1, 1, 0), new(-1, 3, 1), new(0, 1, 0), new(1, 0, 0)],
        _ => [new(0, 0, 1), new(1, 1, 0), new(1, 1, 1), new(2, 1, 0), new(-1, 2, 1)],
    };

    /// <param name="cell">Lengths in Å and angles in degrees.</param>
    /// <param name="sites">An element and its fractional coordinates each.</param>
    public static Structure Crystal(string cell, params string[] sites)
    {
        var p = Numbers(cell);
        return new(Lattice.FromParameters(p[0], p[1], p[2], p[3], p[4], p[5]), [.. sites.Select(site =>
        {
            var space = site.IndexOf(' ', StringComparison.Ordinal);
            return Numbers(site[space..]) is [var x, var y, var z] ? new Site(Element.Parse(site[..space]), new(x, y, z)) : throw new FormatException(site);
        })]);

        static double[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static Structure FaceCentred(Structure primitive) => Centred(primitive, new(0, 0.5, 0.5), new(0.5, 0, 0.5), new(0.5, 0.5, 0));

    private static Structure Centred(Structure crystal, params Vector3D[] centrings) => crystal with
    {
        Sites = [.. crystal.Sites.SelectMany(site => centrings.Prepend(default).Select(centring => site with { Fractional = site.Fractional + centring }))],
    };
}
