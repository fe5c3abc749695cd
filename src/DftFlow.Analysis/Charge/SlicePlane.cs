using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Analysis.Charge;

/// <summary>A rectangle in space that a grid is cut along.</summary>
/// <param name="OriginA">Its lower left corner, in Å.</param>
/// <param name="Right">A unit vector.</param>
/// <param name="Up">A unit vector at a right angle to it.</param>
/// <param name="Description">As in <c>(001) at 0.5</c>.</param>
public sealed record SlicePlane(Vector3D OriginA, Vector3D Right, Vector3D Up, double WidthA, double HeightA, string Description)
{
    private const double MarginA = 2, LargestA = 1000;

    // A lattice plane shows so much at least, in whole cells.
    private const double LeastA = 5;

    /// <summary>Towards who looks at it.</summary>
    public Vector3D Normal => Right.Cross(Up);

    /// <summary>Through three atoms, each at the image nearest to the first. The first two lie level, with room around all three.</summary>
    /// <param name="sites">Numbers from 1.</param>
    /// <exception cref="DftFlowException">DF3233: there are no such atoms, or they span no plane.</exception>
    public static SlicePlane Through(Structure structure, IReadOnlyList<int> sites)
    {
        if (sites.Count != 3) throw Error(FormattableString.Invariant($"A plane goes through three atoms, not {sites.Count}."), "Give three numbers of sites, as in --through 1,5,9.");
        foreach (var site in sites)
            if (site < 1 || site > structure.Sites.Length) throw Error(FormattableString.Invariant($"There is no site {site}: the structure has {structure.Sites.Length}, counted from 1."), "See their order in the POSCAR.");
        var first = structure.Lattice.ToCartesian(structure.Sites[sites[0] - 1].Fractional);
        var (second, third) = (AtomPairs.Nearest(structure, sites[0] - 1, sites[1] - 1), AtomPairs.Nearest(structure, sites[0] - 1, sites[2] - 1));
        var across = second.Cross(third).Length;
        if (sites.Distinct().Count() < 3 || !(across > 0.02 * second.Length * third.Length))
            throw Error(FormattableString.Invariant($"Sites {sites[0]}, {sites[1]} and {sites[2]} lie on one line: they span no plane."), "Choose another atom, or give the plane by its indices (--plane h,k,l --at …).");
        var right = second * (1 / second.Length);
        var up = third - right * third.Dot(right);
        up *= 1 / up.Length;
        double left = Math.Min(0, third.Dot(right)), end = Math.Max(second.Length, third.Dot(right)), top = third.Dot(up);
        return new(first + right * (left - MarginA) - up * MarginA, right, up, end - left + 2 * MarginA, top + 2 * MarginA,
            FormattableString.Invariant($"through {Name(0)}, {Name(1)} and {Name(2)}"));

        string Name(int i) => FormattableString.Invariant($"{structure.Sites[sites[i] - 1].Element}{sites[i]}");
    }

    /// <summary>A lattice plane, with the direction nearer to c upwards: a cell of it, or as many as 5 Å take.</summary>
    /// <param name="at">How far from the origin: in Å, or as a part of the distance to the next plane.</param>
    /// <exception cref="DftFlowException">DF1611: the indices are none of the cell's. DF3233: the height is none.</exception>
    public static SlicePlane Of(Lattice lattice, MillerPlane plane, double at, bool atIsA)
    {
        var (u, v) = PlaneVectors.Of(lattice, plane);
        var spacing = PlaneVectors.Spacing(lattice, plane);
        var place = Checked(at) * (atIsA ? 1 / spacing.Length : 1);
        // What goes along the higher-numbered axis stands upright.
        if (Rank(u).CompareTo(Rank(v)) > 0) (u, v) = (v, u);
        if (Leading(u) < 0) u = -u;
        if (Leading(v) < 0) v = -v;
        return Cells(spacing * place, u, v, FormattableString.Invariant($"{plane} at {Height(at, atIsA)}"));

        (double, double) Rank(Vector3D vector) => (Part(vector, 2), Part(vector, 1));

        double Part(Vector3D vector, int axis) => Math.Round(Math.Abs(vector.Dot(lattice[axis])) / (vector.Length * lattice[axis].Length), 6);

        // The sign of the last whole number that is not zero.
        double Leading(Vector3D vector)
        {
            var whole = lattice.ToFractional(vector);
            return Math.Abs(whole.Z) > 0.5 ? whole.Z : Math.Abs(whole.Y) > 0.5 ? whole.Y : whole.X;
        }
    }

    /// <summary>At a right angle to a lattice vector: seen are the two others, as far as they lie in the plane, or more of it where that is little.</summary>
    /// <param name="axis">0, 1 or 2.</param>
    /// <param name="at">How far along the vector: in Å, or as a part of its length.</param>
    /// <exception cref="DftFlowException">DF3233: the height is none.</exception>
    public static SlicePlane Across(Lattice lattice, int axis, double at, bool atIsA)
    {
        var along = lattice[axis] * (1 / lattice[axis].Length);
        var origin = along * (Checked(at) * (atIsA ? 1 : lattice[axis].Length));
        var (first, second) = axis switch { 0 => (1, 2), 1 => (0, 2), _ => (0, 1) };
        var (u, v) = (Flat(lattice[first]), Flat(lattice[second]));
        return Cells(origin, u, v, $"perpendicular to {"abc"[axis]} at {Height(at, atIsA)}");

        Vector3D Flat(Vector3D vector) => vector - along * vector.Dot(along);
    }

    /// <summary>The same plane with a window of another size about the same centre; null keeps a side as it is.</summary>
    /// <exception cref="DftFlowException">DF3233: a side is no length.</exception>
    public SlicePlane Sized(double? widthA, double? heightA)
    {
        double width = widthA ?? WidthA, height = heightA ?? HeightA;
        if (!(width > 0 && width <= LargestA && height > 0 && height <= LargestA))
            throw Error(FormattableString.Invariant($"A window of {width} by {height} Å cannot be drawn."), FormattableString.Invariant($"Give lengths up to {LargestA} Å."));
        return this with { OriginA = OriginA + Right * ((WidthA - width) / 2) + Up * ((HeightA - height) / 2), WidthA = width, HeightA = height };
    }

    /// <summary>Where a place in Å lies: to the right and upwards from the corner, and in front of the plane.</summary>
    public Vector3D InPlane(Vector3D placeA) => new((placeA - OriginA).Dot(Right), (placeA - OriginA).Dot(Up), (placeA - OriginA).Dot(Normal));

    // What holds the parallelogram of u and v, u lying level; more of it where that is little.
    private static SlicePlane Cells(Vector3D origin, Vector3D u, Vector3D v, string description)
    {
        var right = u * (1 / u.Length);
        var up = v - right * v.Dot(right);
        up *= 1 / up.Length;
        var left = Math.Min(0, v.Dot(right));
        var width = Math.Max(u.Length, u.Length + v.Dot(right)) - left;
        return new(origin + right * left, right, up, width + u.Length * Math.Ceiling(Math.Max(0, LeastA - width) / u.Length), v.Dot(up) * Math.Max(1, Math.Ceiling(LeastA / v.Dot(up))), description);
    }

    private static double Checked(double at) => double.IsFinite(at) && Math.Abs(at) <= LargestA ? at : throw Error("The height of the plane is no number.", "Give --at as a part of the distance (0.5), or in Å (2.5A).");

    private static string Height(double at, bool atIsA) => FormattableString.Invariant($"{at:0.######}{(atIsA ? " Å" : "")}");

    private static DftFlowException Error(string message, string hint) => new("DF3233", message, hint);
}
