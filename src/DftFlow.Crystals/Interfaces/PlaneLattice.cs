using System.Collections.Immutable;

namespace DftFlow.Crystals.Interfaces;

/// <summary>A place or a direction in a plane, in Å.</summary>
internal readonly record struct Vector2D(double X, double Y)
{
    public double Length => Math.Sqrt(X * X + Y * Y);

    public double Dot(Vector2D other) => X * other.X + Y * other.Y;

    public double Cross(Vector2D other) => X * other.Y - Y * other.X;

    public static Vector2D operator +(Vector2D a, Vector2D b) => new(a.X + b.X, a.Y + b.Y);

    public static Vector2D operator -(Vector2D a, Vector2D b) => new(a.X - b.X, a.Y - b.Y);

    public static Vector2D operator -(Vector2D a) => new(-a.X, -a.Y);

    public static Vector2D operator *(Vector2D a, double factor) => new(a.X * factor, a.Y * factor);
}

/// <summary>The lattice of a crystal's plane: two vectors in Å, and the side of the plane that is looked at.</summary>
/// <remarks>Inside the plane, x goes along the first vector, and y is at a right angle to it, counter-clockwise seen from above.</remarks>
public sealed class PlaneLattice
{
    // How far, as a part of a length, a lattice may be from a symmetric one and still count as such.
    private const double SymmetryTolerance = 1e-4;

    /// <param name="up">A direction on the side from which the plane is seen; the side of a × b where it is not given.</param>
    /// <exception cref="ArgumentException">The vectors span no area, or are not numbers.</exception>
    public PlaneLattice(Vector3D a, Vector3D b, Vector3D? up = null)
    {
        var normal = a.Cross(b);
        if (!a.IsFinite || !b.IsFinite || !(normal.Length > 1e-10 * a.Length * b.Length)) throw new ArgumentException("The vectors span no area.");
        Normal = normal * ((up is { } side && side.Dot(normal) < 0 ? -1 : 1) / normal.Length);
        AxisX = a * (1 / a.Length);
        AxisY = Normal.Cross(AxisX);
        (A, B) = (new(a.Length, 0), ToPlane(b));
        Reduced = PlaneBasis.Reduce(new(A, B, PlaneSupercell.Identity));
        Symmetries = OwnSymmetries();
    }

    /// <summary>The plane of the first two vectors of a cell, seen from where the third one points.</summary>
    public static PlaneLattice Of(Lattice lattice) => new(lattice.A, lattice.B, lattice.C);

    /// <summary>At right angles to the plane, of length 1.</summary>
    public Vector3D Normal { get; }

    /// <summary>In Å².</summary>
    public double AreaA2 => Math.Abs(A.Cross(B));

    /// <summary>
    /// The rotations and reflections that leave what lies on the plane as it is, in its own vectors; those of the lattice itself
    /// where nothing is said. Matches that differ by them are one.
    /// </summary>
    public ImmutableArray<PlaneSupercell> Symmetries { get; init; }

    internal Vector2D A { get; }

    internal Vector2D B { get; }

    internal Vector3D AxisX { get; }

    internal Vector3D AxisY { get; }

    internal PlaneBasis Reduced { get; }

    internal Vector2D ToPlane(Vector3D cartesian) => new(cartesian.Dot(AxisX), cartesian.Dot(AxisY));

    internal Vector3D ToSpace(Vector2D inPlane, double height) => AxisX * inPlane.X + AxisY * inPlane.Y + Normal * height;

    internal PlaneBasis Basis(PlaneSupercell supercell) => new(
        A * supercell.Aa + B * supercell.Ab, A * supercell.Ba + B * supercell.Bb, supercell);

    // In a reduced basis no operation needs other numbers than −1, 0 and 1.
    private ImmutableArray<PlaneSupercell> OwnSymmetries()
    {
        var toReduced = Reduced.Numbers;
        var determinant = toReduced.Determinant;
        var back = new PlaneSupercell(toReduced.Bb * determinant, -toReduced.Ab * determinant, -toReduced.Ba * determinant, toReduced.Aa * determinant);
        var found = ImmutableArray.CreateBuilder<PlaneSupercell>();
        for (var code = 0; code < 81; code++)
        {
            var operation = new PlaneSupercell(code / 27 - 1, code / 9 % 3 - 1, code / 3 % 3 - 1, code % 3 - 1);
            if (operation.Multiple != 1) continue;
            Vector2D a = Reduced.A * operation.Aa + Reduced.B * operation.Ab, b = Reduced.A * operation.Ba + Reduced.B * operation.Bb;
            if (Same(a.Length, Reduced.A.Length) && Same(b.Length, Reduced.B.Length) && Same((a + b).Length, (Reduced.A + Reduced.B).Length))
                found.Add(back * operation * toReduced);
        }
        return found.ToImmutable();

        static bool Same(double x, double y) => Math.Abs(x - y) <= SymmetryTolerance * y;
    }
}

/// <summary>Two vectors in a plane, and what they are in the vectors of some lattice.</summary>
internal readonly record struct PlaneBasis(Vector2D A, Vector2D B, PlaneSupercell Numbers)
{
    // A step must shorten by more than rounding does; otherwise equal choices would follow each other for ever.
    private const double Shorter = 1 - 1e-9;

    /// <summary>The shortest vectors of the same lattice (Gauss), the shorter one first, counter-clockwise; a basis that is so already stays.</summary>
    public static PlaneBasis Reduce(PlaneBasis basis)
    {
        var (a, b, n) = basis;
        if (a.Cross(b) < 0) (b, n) = (-b, n with { Ba = -n.Ba, Bb = -n.Bb });
        while (true)
        {
            if (b.Length < a.Length * Shorter) (a, b, n) = (b, -a, new(n.Ba, n.Bb, -n.Aa, -n.Ab));
            var times = (int)Math.Round(a.Dot(b) / a.Dot(a));
            var shorter = b - a * times;
            if (times == 0 || !(shorter.Length < b.Length * Shorter)) return new(a, b, n);
            (b, n) = (shorter, n with { Ba = n.Ba - times * n.Aa, Bb = n.Bb - times * n.Ab });
        }
    }
}
