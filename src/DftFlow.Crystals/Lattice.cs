namespace DftFlow.Crystals;

/// <summary>A cell: three lattice vectors in Å, not in one plane.</summary>
public sealed record Lattice
{
    private readonly Vector3D dualA, dualB, dualC;

    /// <exception cref="ArgumentException">The vectors span no volume, or are not numbers.</exception>
    public Lattice(Vector3D a, Vector3D b, Vector3D c)
    {
        (A, B, C) = (a, b, c);
        var signedVolume = a.Dot(b.Cross(c));
        // Relative, so that a tiny cell is not taken for a flat one.
        if (!a.IsFinite || !b.IsFinite || !c.IsFinite || !(Math.Abs(signedVolume) > 1e-9 * a.Length * b.Length * c.Length))
            throw new ArgumentException("The lattice vectors span no volume.");
        Volume = Math.Abs(signedVolume);
        dualA = b.Cross(c) * (1 / signedVolume);
        dualB = c.Cross(a) * (1 / signedVolume);
        dualC = a.Cross(b) * (1 / signedVolume);
    }

    public Vector3D A { get; }

    public Vector3D B { get; }

    public Vector3D C { get; }

    /// <summary>In Å³; positive for a left-handed cell too.</summary>
    public double Volume { get; }

    public Vector3D this[int axis] => axis switch
    {
        0 => A,
        1 => B,
        2 => C,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), axis, "An axis is 0, 1 or 2."),
    };

    /// <summary>Lengths of the vectors, in Å.</summary>
    public Vector3D LengthsA => new(A.Length, B.Length, C.Length);

    /// <summary>α (between b and c), β (a and c) and γ (a and b), in degrees.</summary>
    public Vector3D AnglesDegrees => new(AngleDegrees(B, C), AngleDegrees(A, C), AngleDegrees(A, B));

    /// <summary>The cell with the given lengths (Å) and angles (degrees): a along x, b in the xy plane.</summary>
    /// <exception cref="ArgumentException">There is no such cell.</exception>
    public static Lattice FromParameters(double a, double b, double c, double alpha, double beta, double gamma)
    {
        double cosAlpha = CosineOfDegrees(alpha), cosBeta = CosineOfDegrees(beta), cosGamma = CosineOfDegrees(gamma);
        var sinGamma = Math.Sqrt(1 - cosGamma * cosGamma);
        var cy = (cosAlpha - cosBeta * cosGamma) / sinGamma;
        var czSquared = 1 - cosBeta * cosBeta - cy * cy;
        if (!(a > 0 && b > 0 && c > 0 && czSquared > 0))
            throw new ArgumentException("There is no cell with these lengths and angles.");
        return new Lattice(
            new Vector3D(a, 0, 0),
            new Vector3D(b * cosGamma, b * sinGamma, 0),
            new Vector3D(c * cosBeta, c * cy, c * Math.Sqrt(czSquared)));
    }

    /// <summary>From fractions of the lattice vectors to Å.</summary>
    public Vector3D ToCartesian(Vector3D fractional) => A * fractional.X + B * fractional.Y + C * fractional.Z;

    /// <summary>From Å to fractions of the lattice vectors.</summary>
    public Vector3D ToFractional(Vector3D cartesian) => new(dualA.Dot(cartesian), dualB.Dot(cartesian), dualC.Dot(cartesian));

    /// <summary>A reciprocal lattice vector in Å⁻¹, with the factor 2π.</summary>
    public Vector3D Reciprocal(int axis) => axis switch
    {
        0 => dualA,
        1 => dualB,
        2 => dualC,
        _ => throw new ArgumentOutOfRangeException(nameof(axis), axis, "An axis is 0, 1 or 2."),
    } * (2 * Math.PI);

    /// <summary>
    /// The length in Å of the shortest of all vectors that lead from one site to a periodic image of another; exact for skewed
    /// cells too: every image within the first guess' sphere is looked at, in a reduced basis where the cell is very flat.
    /// </summary>
    /// <param name="difference">The difference of the two sites' fractional coordinates.</param>
    /// <param name="excludeSelf">Leave out the zero vector: the distance of a site to its own nearest image.</param>
    public double ShortestDistance(Vector3D difference, bool excludeSelf = false)
    {
        var start = NearestImage(difference);
        var reach = Reach(start, excludeSelf);
        if (Math.Max(reach.A, Math.Max(reach.B, reach.C)) <= MostImages) return Shortest(start, reach, excludeSelf);
        var reduced = LatticeReduction.Reduced(this);
        start = NearestImage(reduced.ToFractional(ToCartesian(start)));
        return reduced.Shortest(start, reduced.Reach(start, excludeSelf), excludeSelf);
    }

    // Along each axis; a reduced basis needs no more.
    private const int MostImages = 4;

    private static Vector3D NearestImage(Vector3D difference) => new(
        difference.X - Math.Round(difference.X), difference.Y - Math.Round(difference.Y), difference.Z - Math.Round(difference.Z));

    // A vector no longer than the guess has a component along axis i of at most guess·|dual i| in fractions.
    private (int A, int B, int C) Reach(Vector3D start, bool excludeSelf)
    {
        var guess = Guess(start, excludeSelf);
        return (Along(dualA, start.X), Along(dualB, start.Y), Along(dualC, start.Z));

        int Along(Vector3D dual, double offset) => (int)Math.Min(MostImages + 1, Math.Ceiling(guess * dual.Length + Math.Abs(offset)));
    }

    private double Guess(Vector3D start, bool excludeSelf) =>
        excludeSelf ? Math.Min(A.Length, Math.Min(B.Length, C.Length)) : ToCartesian(start).Length;

    private double Shortest(Vector3D start, (int A, int B, int C) reach, bool excludeSelf)
    {
        var best = Guess(start, excludeSelf);
        for (var i = -reach.A; i <= reach.A; i++)
            for (var j = -reach.B; j <= reach.B; j++)
                for (var k = -reach.C; k <= reach.C; k++)
                {
                    var length = ToCartesian(start + new Vector3D(i, j, k)).Length;
                    if (excludeSelf && length < 1e-9) continue;
                    best = Math.Min(best, length);
                }
        return best;
    }

    private static double AngleDegrees(Vector3D u, Vector3D v) =>
        Math.Acos(Math.Clamp(u.Dot(v) / (u.Length * v.Length), -1, 1)) * (180 / Math.PI);

    // Exact where crystals need it, so that a hexagonal or cubic cell has no noise in its zeros.
    private static double CosineOfDegrees(double degrees) => degrees switch
    {
        90 => 0,
        60 => 0.5,
        120 => -0.5,
        _ => Math.Cos(degrees * (Math.PI / 180)),
    };
}
