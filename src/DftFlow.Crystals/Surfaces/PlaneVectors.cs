namespace DftFlow.Crystals.Surfaces;

/// <summary>The lattice vectors that lie in a plane of a given cell.</summary>
public static class PlaneVectors
{
    /// <summary>The two shortest lattice vectors in Å that span the plane, the shorter first. The cell is taken as it is, be it primitive or not.</summary>
    /// <exception cref="DftFlowException">DF1611: the plane has four indices, and the cell has no hexagonal axes.</exception>
    public static (Vector3D U, Vector3D V) Of(Lattice lattice, MillerPlane plane)
    {
        OrientedCell.CheckAxes(lattice, plane);
        var (h, k, l) = Smallest(plane);
        var (u, v, _) = OrientedCell.PlaneBasis((h, k, l));
        (u, v) = LatticeReduction.ReduceInPlane(Vector(u), Vector(v));
        return (u.Cartesian, v.Cartesian);

        LatticeVector Vector(LatticeVector whole) => whole with { Cartesian = lattice.ToCartesian(new(whole.X, whole.Y, whole.Z)) };
    }

    /// <summary>The vector at right angles to the plane, on the side of positive indices, as long as neighbouring planes are apart, in Å.</summary>
    public static Vector3D Spacing(Lattice lattice, MillerPlane plane)
    {
        var (h, k, l) = Smallest(plane);
        var reciprocal = (lattice.Reciprocal(0) * h + lattice.Reciprocal(1) * k + lattice.Reciprocal(2) * l) * (1 / (2 * Math.PI));
        return reciprocal * (1 / reciprocal.Dot(reciprocal));
    }

    private static (long H, long K, long L) Smallest(MillerPlane plane)
    {
        var divisor = Divisor(Divisor(Math.Abs(plane.H), Math.Abs(plane.K)), Math.Abs(plane.L));
        return (plane.H / divisor, plane.K / divisor, plane.L / divisor);
    }

    private static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
}
