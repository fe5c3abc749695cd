using System.Collections.Immutable;

namespace DftFlow.Crystals.Symmetry;

/// <summary>Makes the smallest cell of a crystal whose cell holds translations of its own, as a centred conventional cell does.</summary>
public static class PrimitiveCell
{
    /// <summary>
    /// The primitive cell: lattice vectors as short as can be (Minkowski-reduced, by length, right-handed, in the directions that
    /// they had), and of each set of sites that are translations of one another the first. The same structure where there is no
    /// smaller cell. The result depends on nothing but the structure.
    /// </summary>
    /// <param name="toleranceA">How far, in Å, a translated atom may lie from the atom that it is to coincide with.</param>
    public static Structure Of(Structure structure, double toleranceA = 0.01) => WithSites(structure, toleranceA).Primitive;

    /// <summary>The primitive cell, and for each site of the structure the number, from 0, of the primitive cell's site that it repeats.</summary>
    internal static (Structure Primitive, int[] PrimitiveSites) WithSites(Structure structure, double toleranceA)
    {
        var sites = Enumerable.Range(0, structure.Sites.Length).ToArray();
        if (sites.Length == 0) return (structure, sites);
        // One translation after the other: each step at least halves the cell, so that large supercells take no longer than small ones.
        while (Divided(structure, toleranceA) is var (smaller, kept))
            (structure, sites) = (smaller, Array.ConvertAll(sites, site => kept[site]));
        return (structure, sites);
    }

    /// <summary>The cell divided by the multiples of its first own translation; null where it has none.</summary>
    private static (Structure, int[])? Divided(Structure structure, double tolerance)
    {
        var places = new SitePlaces(structure, tolerance);
        // Every translation takes the first atom of the rarest kind to one of that kind.
        var rarest = structure.Sites.GroupBy(site => site.Kind).MinBy(group => group.Count())!.ToArray();
        var order = structure.Sites.ToArray();
        foreach (var site in rarest.Skip(1))
        {
            var t = SitePlaces.Nearest(site.Fractional - rarest[0].Fractional);
            if (!IsOwn(t)) continue;
            // The m-fold of a translation is a lattice vector for an m that divides the number of atoms: t is a whole number of m-ths.
            for (var m = 2; m <= rarest.Length; m++)
            {
                if (rarest.Length % m != 0) continue;
                long[] numerators = [Whole(t.X * m), Whole(t.Y * m), Whole(t.Z * m)];
                var exact = new Vector3D((double)numerators[0] / m, (double)numerators[1] / m, (double)numerators[2] / m);
                if (structure.Lattice.ToCartesian(exact - t).Length <= tolerance && IsOwn(exact) && Divided(structure, numerators, m, tolerance) is { } smaller)
                    return smaller;
            }
        }
        return null;

        bool IsOwn(Vector3D translation)
        {
            for (var i = 0; i < order.Length; i++)
            {
                if (places.Holds(order[i], order[i].Fractional + translation)) continue;
                // The atom that tells is asked first the next time: a defect in a large cell is found at once.
                (order[0], order[i]) = (order[i], order[0]);
                return false;
            }
            return true;
        }

        static long Whole(double value) => (long)Math.Round(value);
    }

    private static (Structure, int[])? Divided(Structure structure, long[] numerators, int m, double tolerance)
    {
        var basis = new LatticeCosets([[m, 0, 0], [0, m, 0], [0, 0, m], numerators]);
        if (basis.Count != (long)m * m) return null;
        var (a, b, c) = LatticeReduction.Reduce(Vector(basis.Rows[0]), Vector(basis.Rows[1]), Vector(basis.Rows[2]));
        var lattice = new Lattice(Cartesian(a), Cartesian(b), Cartesian(c));
        var kept = ImmutableArray.CreateBuilder<Site>();
        var places = new SitePlaces(lattice, 2 * tolerance);
        var images = new int[structure.Sites.Length];
        foreach (var (i, site) in structure.Sites.Index())
        {
            var fractional = Fractions.Wrapped(lattice.ToFractional(structure.Lattice.ToCartesian(site.Fractional)));
            images[i] = places.Find(site, fractional);
            if (images[i] >= 0) continue;
            images[i] = kept.Count;
            places.Add(site, fractional);
            kept.Add(site with { Fractional = fractional });
        }
        // Where the tolerance lets atoms coincide that are no images of one another, the cell is better left alone.
        return kept.Count * m == structure.Sites.Length ? (new Structure(lattice, kept.ToImmutable()), images) : null;

        LatticeVector Vector(long[] row) => new(
            structure.Lattice.ToCartesian(new((double)row[0] / m, (double)row[1] / m, (double)row[2] / m)), row[0], row[1], row[2]);

        // From the whole numbers once more, so that no rounding of the steps is left.
        Vector3D Cartesian(LatticeVector v) => structure.Lattice.ToCartesian(new((double)v.X / m, (double)v.Y / m, (double)v.Z / m));
    }
}
