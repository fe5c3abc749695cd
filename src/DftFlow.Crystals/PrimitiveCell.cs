using System.Collections.Immutable;

namespace DftFlow.Crystals;

/// <summary>Makes the smallest cell of a crystal whose cell holds translations of its own, as a centred conventional cell does.</summary>
public static class PrimitiveCell
{
    /// <summary>
    /// The primitive cell: lattice vectors as short as can be (Minkowski-reduced, by length, right-handed, in the directions that
    /// they had), and of each set of sites that are translations of one another the first. The same structure where there is no
    /// smaller cell. The result depends on nothing but the structure.
    /// </summary>
    /// <param name="toleranceA">How far, in Å, a translated atom may lie from the atom that it is to coincide with.</param>
    public static Structure Of(Structure structure, double toleranceA = 0.01)
    {
        if (structure.Sites.IsEmpty) return structure;
        // One translation after the other: each step at least halves the cell, so that large supercells take no longer than small ones.
        while (Divided(structure, toleranceA) is { } smaller) structure = smaller;
        return structure;
    }

    /// <summary>The cell divided by the multiples of its first own translation; null where it has none.</summary>
    private static Structure? Divided(Structure structure, double tolerance)
    {
        var places = new SitePlaces(structure.Lattice, tolerance);
        foreach (var site in structure.Sites) places.Add(site, site.Fractional);
        // Every translation takes the first atom of the rarest kind to one of that kind.
        var rarest = structure.Sites.GroupBy(site => site.Kind).MinBy(group => group.Count())!.ToArray();
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

        bool IsOwn(Vector3D translation) => structure.Sites.All(site => places.Holds(site, site.Fractional + translation));

        static long Whole(double value) => (long)Math.Round(value);
    }

    private static Structure? Divided(Structure structure, long[] numerators, int m, double tolerance)
    {
        var basis = new Basis(m);
        basis.Add(numerators);
        if (basis.Determinant != (long)m * m) return null;
        var (a, b, c) = LatticeReduction.Reduce(Vector(basis.Rows[0]), Vector(basis.Rows[1]), Vector(basis.Rows[2]));
        var lattice = new Lattice(Cartesian(a), Cartesian(b), Cartesian(c));
        var kept = ImmutableArray.CreateBuilder<Site>();
        var places = new SitePlaces(lattice, 2 * tolerance);
        foreach (var site in structure.Sites)
        {
            var fractional = Tidied(lattice.ToFractional(structure.Lattice.ToCartesian(site.Fractional)));
            if (places.Holds(site, fractional)) continue;
            places.Add(site, fractional);
            kept.Add(site with { Fractional = fractional });
        }
        // Where the tolerance lets atoms coincide that are no images of one another, the cell is better left alone.
        return kept.Count * m == structure.Sites.Length ? new Structure(lattice, kept.ToImmutable()) : null;

        LatticeVector Vector(long[] row) => new(
            structure.Lattice.ToCartesian(new((double)row[0] / m, (double)row[1] / m, (double)row[2] / m)), row[0], row[1], row[2]);

        // From the whole numbers once more, so that no rounding of the steps is left.
        Vector3D Cartesian(LatticeVector v) => structure.Lattice.ToCartesian(new((double)v.X / m, (double)v.Y / m, (double)v.Z / m));
    }

    private static Vector3D Tidied(Vector3D f) => new(Tidied(f.X), Tidied(f.Y), Tidied(f.Z));

    // Without the noise of the last digits, 0.99999999999999989 is 0 and stays in the cell.
    private static double Tidied(double coordinate)
    {
        var rounded = Math.Round(coordinate - Math.Floor(coordinate), 14);
        return rounded >= 1 ? 0 : rounded;
    }

    /// <summary>A basis in Hermite form (triangular) of all whole-number combinations of the vectors added.</summary>
    private sealed class Basis(long m)
    {
        public long[][] Rows { get; } = [[m, 0, 0], [0, m, 0], [0, 0, m]];

        public long Determinant => Math.Abs(Rows[0][0] * Rows[1][1] * Rows[2][2]);

        public void Add(long[] vector)
        {
            for (var column = 0; column < 3; column++)
            {
                var row = Rows[column];
                // Euclid's algorithm on the leading numbers leaves their greatest common divisor in the basis.
                while (vector[column] != 0)
                {
                    var times = row[column] / vector[column];
                    var rest = row.Zip(vector, (r, v) => r - times * v).ToArray();
                    (row, vector) = (vector, rest);
                }
                Rows[column] = row;
            }
        }
    }
}
