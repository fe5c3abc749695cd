namespace DftFlow.Crystals;

/// <summary>A lattice vector: in Å, and as whole numbers of some basis.</summary>
internal readonly record struct LatticeVector(Vector3D Cartesian, long X, long Y, long Z)
{
    public double Length => Cartesian.Length;

    public LatticeVector Less(LatticeVector other, long times) =>
        new(Cartesian - other.Cartesian * times, X - times * other.X, Y - times * other.Y, Z - times * other.Z);

    public static LatticeVector operator -(LatticeVector v) => new(-v.Cartesian, -v.X, -v.Y, -v.Z);
}

/// <summary>
/// The shortest vectors that span a lattice (a Minkowski-reduced basis: Semaev, Lecture Notes in Computer Science 2146, 181 (2001)).
/// In such a basis the volume is at least half of the product of the lengths, so no two lattice planes are much closer than the
/// shortest vector is long.
/// </summary>
internal static class LatticeReduction
{
    // A step must shorten by more than rounding does; otherwise equal choices would follow each other for ever.
    private const double Shorter = 1 - 1e-9;
    private const int MostSteps = 10_000;

    public static Lattice Reduced(Lattice lattice)
    {
        var (a, b, c) = Reduce(new(lattice.A, 1, 0, 0), new(lattice.B, 0, 1, 0), new(lattice.C, 0, 0, 1));
        return new Lattice(a.Cartesian, b.Cartesian, c.Cartesian);
    }

    /// <summary>Vectors by length; all angles acute, or none; right-handed. The same input always gives the same choice.</summary>
    public static (LatticeVector A, LatticeVector B, LatticeVector C) Reduce(LatticeVector a, LatticeVector b, LatticeVector c)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            (a, b, c) = ByLength(a, b, c);
            var shorterB = b.Less(a, Nearest(a.Cartesian.Dot(b.Cartesian) / a.Cartesian.Dot(a.Cartesian)));
            if (shorterB.Length < b.Length * Shorter)
            {
                b = shorterB;
                continue;
            }
            var shorterC = ClosestToPlaneOrigin(a, b, c);
            if (!(shorterC.Length < c.Length * Shorter)) break;
            c = shorterC;
        }
        return Oriented(a, b, c);
    }

    /// <summary>The shortest two vectors that span the same plane lattice, the shorter first (Gauss' reduction).</summary>
    public static (LatticeVector A, LatticeVector B) ReduceInPlane(LatticeVector a, LatticeVector b)
    {
        for (var step = 0; step < MostSteps; step++)
        {
            if (b.Length < a.Length * Shorter) (a, b) = (b, a);
            var shorterB = b.Less(a, Nearest(a.Cartesian.Dot(b.Cartesian) / a.Cartesian.Dot(a.Cartesian)));
            if (!(shorterB.Length < b.Length * Shorter)) break;
            b = shorterB;
        }
        return (a, b);
    }

    /// <summary>Of c and what a reduced a and b can make of it, the shortest: the whole numbers around the foot of the perpendicular.</summary>
    public static LatticeVector ClosestToPlaneOrigin(LatticeVector a, LatticeVector b, LatticeVector c)
    {
        double aa = a.Cartesian.Dot(a.Cartesian), ab = a.Cartesian.Dot(b.Cartesian), bb = b.Cartesian.Dot(b.Cartesian);
        double ac = a.Cartesian.Dot(c.Cartesian), bc = b.Cartesian.Dot(c.Cartesian), determinant = aa * bb - ab * ab;
        var x = Nearest((ac * bb - bc * ab) / determinant);
        var y = Nearest((bc * aa - ac * ab) / determinant);
        var best = c;
        for (var i = x - 1; i <= x + 1; i++)
            for (var j = y - 1; j <= y + 1; j++)
            {
                var candidate = c.Less(a, i).Less(b, j);
                if (candidate.Length < best.Length * Shorter) best = candidate;
            }
        return best;
    }

    private static (LatticeVector, LatticeVector, LatticeVector) ByLength(LatticeVector a, LatticeVector b, LatticeVector c)
    {
        if (b.Length < a.Length * Shorter) (a, b) = (b, a);
        if (c.Length < b.Length * Shorter) (b, c) = (c, b);
        if (b.Length < a.Length * Shorter) (a, b) = (b, a);
        return (a, b, c);
    }

    private static (LatticeVector, LatticeVector, LatticeVector) Oriented(LatticeVector a, LatticeVector b, LatticeVector c)
    {
        // Turning one vector turns two of the three angles' signs: their product stays, and decides between acute and obtuse.
        int ab = Sign(a, b), ac = Sign(a, c), bc = Sign(b, c);
        var wanted = ab * ac * bc > 0 ? 1 : -1;
        if (ab * wanted < 0) (b, bc) = (-b, -bc);
        if (ac * wanted < 0) (c, bc) = (-c, -bc);
        if (ab == 0 && bc * wanted < 0)
        {
            // b is free to turn: it is at a right angle to a.
            b = -b;
        }
        else if (ac == 0 && bc * wanted < 0)
        {
            c = -c;
        }
        if (a.Cartesian.Dot(b.Cartesian.Cross(c.Cartesian)) > 0) return (a, b, c);
        // Exchanging vectors of one length keeps their directions; otherwise all three are turned.
        if (!(a.Length < b.Length * Shorter)) return (b, a, c);
        return !(b.Length < c.Length * Shorter) ? (a, c, b) : (-a, -b, -c);

        static int Sign(LatticeVector u, LatticeVector v)
        {
            var cosine = u.Cartesian.Dot(v.Cartesian) / (u.Length * v.Length);
            return Math.Abs(cosine) < 1e-9 ? 0 : Math.Sign(cosine);
        }
    }

    private static long Nearest(double value) => (long)Math.Clamp(Math.Round(value), -1e15, 1e15);
}
