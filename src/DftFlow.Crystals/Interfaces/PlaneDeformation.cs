namespace DftFlow.Crystals.Interfaces;

/// <summary>
/// What takes one plane lattice to another: r′ = F·r in the plane, nothing out of it. x goes along the first vector of the lattice
/// deformed, y′ and x′ likewise in the other plane.
/// </summary>
public readonly record struct PlaneDeformation(double Xx, double Xy, double Yx, double Yy)
{
    public static PlaneDeformation None { get; } = new(1, 0, 0, 1);

    /// <summary>Green–Lagrange strain E = (FᵀF − 1)/2, component xx. E = 0 for a mere rotation.</summary>
    public double StrainXx => (Xx * Xx + Yx * Yx - 1) / 2;

    /// <inheritdoc cref="StrainXx"/>
    public double StrainYy => (Xy * Xy + Yy * Yy - 1) / 2;

    /// <summary>Green–Lagrange strain, component xy: half of the engineering shear.</summary>
    public double StrainXy => (Xx * Xy + Yx * Yy) / 2;

    /// <summary>
    /// Equivalent strain √(⅔ e:e), e the deviator of the Green–Lagrange strain with no strain along the normal. An equal stretch of
    /// both directions by a small x gives ⅔ x.
    /// </summary>
    public double VonMisesStrain
    {
        get
        {
            double xx = StrainXx, yy = StrainYy, xy = StrainXy, mean = (xx + yy) / 3;
            return Math.Sqrt(((xx - mean) * (xx - mean) + (yy - mean) * (yy - mean) + mean * mean + 2 * xy * xy) * 2 / 3);
        }
    }

    /// <summary>The smallest change of a length in any in-plane direction, as a part of it: the smaller singular value of F, minus one.</summary>
    public double SmallestStretch => Stretches.Small - 1;

    /// <summary>The largest change of a length in any in-plane direction, as a part of it.</summary>
    public double LargestStretch => Stretches.Large - 1;

    /// <summary>The largest of both without its sign: no direction is stretched or compressed by more.</summary>
    public double LargestStrain => Math.Max(Math.Abs(SmallestStretch), Math.Abs(LargestStretch));

    /// <summary>The rotation of F = R·U, counter-clockwise, above −180° and up to 180°.</summary>
    public double RotationDegrees => Math.Atan2(Yx - Xy, Xx + Yy) * (180 / Math.PI) is var angle and > -180 + 1e-9 ? angle : 180;

    /// <summary>Area after, over area before.</summary>
    public double AreaRatio => Xx * Yy - Xy * Yx;

    // sqrt(((xx+yy)² + (yx−xy)²)/4) ± sqrt(((xx−yy)² + (xy+yx)²)/4): exact where the stretches are equal, as roots of eigenvalues are not.
    private (double Small, double Large) Stretches
    {
        get
        {
            double even = Hypot(Xx + Yy, Yx - Xy) / 2, odd = Hypot(Xx - Yy, Xy + Yx) / 2;
            return (even - odd, even + odd);
        }
    }

    /// <summary>The same rotation with the stretch to a power from 0 (only the rotation) to 1 (all of it): R·Uᵖ.</summary>
    public PlaneDeformation WithStretch(double power)
    {
        var (small, large) = Stretches;
        var angle = Math.Atan2(Yx - Xy, Xx + Yy);
        double cos = Math.Cos(angle), sin = Math.Sin(angle);
        // U = RᵀF, symmetric; its power by its two projectors.
        double xx = cos * Xx + sin * Yx, xy = cos * Xy + sin * Yy, yy = -sin * Xy + cos * Yy;
        var (atLarge, atSmall) = (Math.Pow(large, power), Math.Pow(small, power));
        var slope = large - small > 1e-12 ? (atLarge - atSmall) / (large - small) : power * Math.Pow(large, power - 1);
        var (pxx, pxy, pyy) = (atSmall + slope * (xx - small), slope * xy, atSmall + slope * (yy - small));
        return new(cos * pxx - sin * pxy, cos * pxy - sin * pyy, sin * pxx + cos * pxy, sin * pxy + cos * pyy);
    }

    public PlaneDeformation Inverse => new(Yy / AreaRatio, -Xy / AreaRatio, -Yx / AreaRatio, Xx / AreaRatio);

    public static PlaneDeformation operator *(PlaneDeformation left, PlaneDeformation right) => new(
        left.Xx * right.Xx + left.Xy * right.Yx, left.Xx * right.Xy + left.Xy * right.Yy,
        left.Yx * right.Xx + left.Yy * right.Yx, left.Yx * right.Xy + left.Yy * right.Yy);

    internal Vector2D Apply(Vector2D v) => new(Xx * v.X + Xy * v.Y, Yx * v.X + Yy * v.Y);

    /// <summary>The one that takes one pair of vectors to another.</summary>
    internal static PlaneDeformation Between(Vector2D fromA, Vector2D fromB, Vector2D toA, Vector2D toB)
    {
        var d = fromA.Cross(fromB);
        return new((toA.X * fromB.Y - toB.X * fromA.Y) / d, (toB.X * fromA.X - toA.X * fromB.X) / d,
            (toA.Y * fromB.Y - toB.Y * fromA.Y) / d, (toB.Y * fromA.X - toA.Y * fromB.X) / d);
    }

    private static double Hypot(double x, double y) => Math.Sqrt(x * x + y * y);
}
