using System.Collections.Immutable;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Surfaces;

/// <summary>
/// A crystal in the smallest cell that has a lattice plane for its base: a and b are the shortest vectors of the crystal's lattice
/// in the plane, c the shortest that leads to the next plane. Its volume is that of the primitive cell.
/// </summary>
/// <remarks>
/// The whole-number vectors in a plane are the null space of its indices, found with Euclid's extended algorithm, then reduced
/// after Gauss; W. Sun and G. Ceder, Surf. Sci. 617, 53 (2013) give the aim. a lies along x, b in the xy plane, the plane's normal
/// (of positive h, k, l) along +z; the cell is right-handed, a is not longer than b; where both are of one length, γ is from 90 to
/// 120°. The crystal is turned, never reflected.
/// </remarks>
/// <param name="Structure">The atoms of the primitive cell, in its order.</param>
/// <param name="Rows">a, b and c in the axes of the cell that the crystal was given in: whole numbers where that is primitive.</param>
public sealed record OrientedCell(MillerPlane Plane, Structure Structure, ImmutableArray<Vector3D> Rows)
{
    private const long LargestPrimitiveIndex = 10_000;

    // Lengths that agree so far, relatively, are equal.
    private const double SameLength = 1e-9;

    /// <summary>The area of one cell of the plane, in Å².</summary>
    public double AreaA2 => Structure.Lattice.A.Cross(Structure.Lattice.B).Length;

    /// <summary>The distance of neighbouring lattice planes, in Å: the crystal's repeat, as far as it goes along the normal.</summary>
    public double SpacingA => Structure.Lattice.C.Z;

    /// <param name="crystal">In any cell; the indices refer to its axes.</param>
    /// <exception cref="DftFlowException">DF1611: four indices, and the cell has no hexagonal axes. DF1220: atoms lie on each other. DF1610: there are none.</exception>
    public static OrientedCell Of(Structure crystal, MillerPlane plane)
    {
        if (crystal.Sites.IsEmpty) throw new DftFlowException("DF1610", "A crystal without atoms has no surface.");
        if (MinimumDistances.Check(crystal).FirstOrDefault(finding => finding.Severity == Severity.Error) is { } overlap)
            throw new DftFlowException(overlap.Code, overlap.Message, overlap.Hint);
        CheckAxes(crystal.Lattice, plane);

        var primitive = PrimitiveCell.Of(crystal);
        var indices = IndicesIn(primitive.Lattice, crystal.Lattice, plane);
        if (Math.Max(Math.Abs(indices.H), Math.Max(Math.Abs(indices.K), Math.Abs(indices.L))) > LargestPrimitiveIndex)
            throw MillerPlane.Error(FormattableString.Invariant($"{plane} is the plane ({indices.H} {indices.K} {indices.L}) of the primitive cell: it has hardly any atoms."),
                "The cell is very skewed; give the crystal in its conventional cell.");
        var (u, v, w) = PlaneBasis(indices);
        var normal = Normal(crystal.Lattice, plane);
        (u, v) = LatticeReduction.ReduceInPlane(Vector(u.X, u.Y, u.Z), Vector(v.X, v.Y, v.Z));
        (u, v) = Chosen(u, v, normal, crystal.Lattice);
        w = LatticeReduction.ClosestToPlaneOrigin(u, v, Vector(w.X, w.Y, w.Z));

        ImmutableArray<Vector3D> vectors = [Exact(u), Exact(v), Exact(w)];
        var rows = vectors.Select(crystal.Lattice.ToFractional).Select(Tidied);
        return new(plane, new(Turned(vectors), InBasis(primitive, u, v, w)), [.. rows]);

        LatticeVector Vector(long x, long y, long z) => new(primitive.Lattice.ToCartesian(new(x, y, z)), x, y, z);

        // From the whole numbers once more, without the rounding of the steps.
        Vector3D Exact(LatticeVector vector) => primitive.Lattice.ToCartesian(new(vector.X, vector.Y, vector.Z));

        static Vector3D Tidied(Vector3D f) => new(Math.Round(f.X, 9) + 0.0, Math.Round(f.Y, 9) + 0.0, Math.Round(f.Z, 9) + 0.0);
    }

    internal static void CheckAxes(Lattice lattice, MillerPlane plane)
    {
        if (plane.HasFourIndices && !HasHexagonalAxes(lattice))
            throw MillerPlane.Error($"{plane} has four indices, but the cell has no hexagonal axes (a = b, γ = 120°).", "Give three indices, or the crystal in hexagonal axes.");
    }

    private static bool HasHexagonalAxes(Lattice lattice) =>
        Math.Abs(lattice.A.Length / lattice.B.Length - 1) < 1e-3 && Math.Abs(lattice.AnglesDegrees.Z - 120) < 0.1;

    // The vector of the reciprocal lattice, without 2π.
    private static Vector3D Normal(Lattice lattice, MillerPlane plane) =>
        (lattice.Reciprocal(0) * plane.H + lattice.Reciprocal(1) * plane.K + lattice.Reciprocal(2) * plane.L) * (1 / (2 * Math.PI));

    /// <summary>The plane's indices in the primitive axes, without a common factor.</summary>
    private static (long H, long K, long L) IndicesIn(Lattice primitive, Lattice given, MillerPlane plane)
    {
        // A primitive vector is a whole number of n-ths of the given ones, n the number of primitive cells in the given one.
        var cells = Math.Round(given.Volume / primitive.Volume);
        var normal = Normal(given, plane) * cells;
        long h = Whole(primitive.A), k = Whole(primitive.B), l = Whole(primitive.C);
        var divisor = Euclid(Euclid(h, k).Divisor, l).Divisor;
        return (h / divisor, k / divisor, l / divisor);

        long Whole(Vector3D vector) => (long)Math.Round(normal.Dot(vector));
    }

    /// <summary>Two vectors that span the plane and one that leads to the next plane, as whole numbers of the axes that the indices refer to.</summary>
    internal static (LatticeVector U, LatticeVector V, LatticeVector W) PlaneBasis((long H, long K, long L) plane)
    {
        var (h, k, l) = plane;
        if (h == 0 && k == 0) return (new(default, 1, 0, 0), new(default, 0, 1, 0), new(default, 0, 0, l));
        var (divisor, s, t) = Euclid(h, k);
        var (_, x, y) = Euclid(divisor, l);
        return (new(default, k / divisor, -h / divisor, 0), new(default, -s * l, -t * l, divisor), new(default, s * x, t * x, y));
    }

    /// <summary>The greatest common divisor, not negative, and whole numbers with s·a + t·b = divisor.</summary>
    private static (long Divisor, long S, long T) Euclid(long a, long b)
    {
        (long s, long t, long nextS, long nextT) = (1, 0, 0, 1);
        while (b != 0)
        {
            var times = a / b;
            (a, b) = (b, a - times * b);
            (s, nextS) = (nextS, s - times * nextS);
            (t, nextT) = (nextT, t - times * nextT);
        }
        return a < 0 ? (-a, -s, -t) : (a, s, t);
    }

    /// <summary>Of the ways to write the shortest two vectors, the one that the remarks state; then that whose a has the larger components in the given cell.</summary>
    private static (LatticeVector A, LatticeVector B) Chosen(LatticeVector u, LatticeVector v, Vector3D normal, Lattice given)
    {
        List<(LatticeVector A, LatticeVector B)> ways = [(u, v), (u, -v), (-u, v), (-u, -v)];
        if (!(u.Length < v.Length * (1 - SameLength))) ways.AddRange([(v, u), (v, -u), (-v, u), (-v, -u)]);
        return ways.Where(way => way.A.Cartesian.Cross(way.B.Cartesian).Dot(normal) > 0)
            .OrderBy(way => way.A.Cartesian.Dot(way.B.Cartesian) <= SameLength * u.Length * v.Length ? 0 : 1)
            .ThenByDescending(way => Component(way.A, 0)).ThenByDescending(way => Component(way.A, 1)).ThenByDescending(way => Component(way.A, 2))
            .First();

        double Component(LatticeVector vector, int axis) => Math.Round(given.ToFractional(vector.Cartesian)[axis], 6);
    }

    private static Lattice Turned(ImmutableArray<Vector3D> vectors)
    {
        var (a, b, c) = (vectors[0], vectors[1], vectors[2]);
        var x = a * (1 / a.Length);
        var z = a.Cross(b) * (1 / a.Cross(b).Length);
        var y = z.Cross(x);
        return new(new(a.Length, 0, 0), new(Clean(b.Dot(x)), b.Dot(y), 0), new(Clean(c.Dot(x)), Clean(c.Dot(y)), c.Dot(z)));

        double Clean(double value) => Math.Abs(value) < 1e-12 * a.Length ? 0 : value;
    }

    // Fractions in the new basis: times the inverse of its whole numbers, which are whole numbers too (the determinant is 1).
    private static ImmutableArray<Site> InBasis(Structure primitive, LatticeVector a, LatticeVector b, LatticeVector c)
    {
        Vector3D rowA = new(a.X, a.Y, a.Z), rowB = new(b.X, b.Y, b.Z), rowC = new(c.X, c.Y, c.Z);
        var sign = rowA.Dot(rowB.Cross(rowC));
        var (dualA, dualB, dualC) = (rowB.Cross(rowC) * sign, rowC.Cross(rowA) * sign, rowA.Cross(rowB) * sign);
        return [.. primitive.Sites.Select(site => site with
        {
            Fractional = Fractions.Wrapped(new Vector3D(dualA.Dot(site.Fractional), dualB.Dot(site.Fractional), dualC.Dot(site.Fractional))),
        })];
    }
}
