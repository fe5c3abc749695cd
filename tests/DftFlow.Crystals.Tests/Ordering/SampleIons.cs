using DftFlow.Crystals;

namespace DftFlow.Tests.Crystals.Ordering;

/// <summary>Small crystals and the charges of their ions.</summary>
internal static class SampleIons
{
    public static Structure Crystal(Lattice lattice, params (string Element, double X, double Y, double Z)[] sites) =>
        new(lattice, [.. sites.Select(site => new Site(Element.Parse(site.Element), new(site.X, site.Y, site.Z)))]);

    public static Lattice Cubic(double a) => Lattice.FromParameters(a, a, a, 90, 90, 90);

    /// <summary>The face-centred lattice in its primitive cell, half of the cubic edge along two axes at a time.</summary>
    public static Lattice FaceCentred(double a) => new(new(0, a / 2, a / 2), new(a / 2, 0, a / 2), new(a / 2, a / 2, 0));

    public static Structure RockSalt(string cation, string anion, double a) => Crystal(FaceCentred(a), (cation, 0, 0, 0), (anion, 0.5, 0.5, 0.5));

    public static Structure RockSaltCube(string cation, string anion, double a) => Crystal(Cubic(a),
        (cation, 0, 0, 0), (cation, 0, 0.5, 0.5), (cation, 0.5, 0, 0.5), (cation, 0.5, 0.5, 0),
        (anion, 0.5, 0.5, 0.5), (anion, 0.5, 0, 0), (anion, 0, 0.5, 0), (anion, 0, 0, 0.5));

    /// <summary>LiMO2 in the hexagonal setting of R-3m: three layers of the transition metal M, three of lithium.</summary>
    public static Structure Layered(string metal = "Co", double a = 2.816, double c = 14.054, double z = 0.2396) => Crystal(Lattice.FromParameters(a, a, c, 90, 90, 120),
    [
        .. Centred("Li", 0.5), .. Centred(metal, 0), .. Centred("O", z), .. Centred("O", -z),
    ]);

    private static IEnumerable<(string, double, double, double)> Centred(string element, double z) =>
        [(element, 0, 0, Wrapped(z)), (element, 2 / 3.0, 1 / 3.0, Wrapped(z + 1 / 3.0)), (element, 1 / 3.0, 2 / 3.0, Wrapped(z + 2 / 3.0))];

    private static double Wrapped(double z) => z - Math.Floor(z);

    /// <summary>A supercell, sites of one kind together, translations in the order of x, y, z.</summary>
    public static Structure Repeat(Structure structure, int x, int y, int z) => new(
        new(structure.Lattice.A * x, structure.Lattice.B * y, structure.Lattice.C * z),
        [.. from site in structure.Sites
            from i in Enumerable.Range(0, x)
            from j in Enumerable.Range(0, y)
            from k in Enumerable.Range(0, z)
            select site with { Fractional = new((site.Fractional.X + i) / x, (site.Fractional.Y + j) / y, (site.Fractional.Z + k) / z) }]);

    /// <summary>The same crystal on the lattice vectors a, b + m a, c + n a + k b.</summary>
    public static Structure Skewed(Structure structure, int m, int n, int k)
    {
        var lattice = new Lattice(structure.Lattice.A, structure.Lattice.B + structure.Lattice.A * m, structure.Lattice.C + structure.Lattice.A * n + structure.Lattice.B * k);
        return new(lattice, [.. structure.Sites.Select(site => site with { Fractional = lattice.ToFractional(structure.Lattice.ToCartesian(site.Fractional)) })]);
    }

    public static double[] Charges(Structure structure, params (string Element, double Charge)[] charges) =>
        [.. structure.Sites.Select(site => charges.First(pair => pair.Element == site.Element.Symbol).Charge)];
}
