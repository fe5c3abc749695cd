using System.Collections.Immutable;

namespace DftFlow.Crystals;

/// <summary>A face of a lattice's Voronoi cell, half way to a neighbouring lattice point.</summary>
/// <param name="X">The neighbour, in whole numbers of the lattice's vectors.</param>
/// <param name="Y"/>
/// <param name="Z"/>
/// <param name="AreaA2">Å².</param>
/// <param name="DistanceA">To the neighbour, Å.</param>
public readonly record struct VoronoiFace(int X, int Y, int Z, double AreaA2, double DistanceA);

/// <summary>
/// The space that is nearer to one lattice point than to any other (Voronoi or Wigner–Seitz cell): 6 to 14 faces, in opposite pairs.
/// </summary>
public static class VoronoiCell
{
    // Faces that symmetry makes points or edges come out as large as rounding.
    private const double SmallestArea = 1e-9;

    /// <summary>The faces; the one opposite to face i is the i-th from the end.</summary>
    public static ImmutableArray<VoronoiFace> FacesOf(Lattice lattice)
    {
        var (a, b, c) = LatticeReduction.Reduce(new(lattice.A, 1, 0, 0), new(lattice.B, 0, 1, 0), new(lattice.C, 0, 0, 1));
        // In a Minkowski-reduced basis of three dimensions all neighbours across faces have coefficients -1, 0 and 1 (Conway and
        // Sloane, Proc. R. Soc. A 436, 55 (1992): there are at most seven pairs, sums of an obtuse superbase).
        var around = new List<LatticeVector>();
        for (var i = -1; i <= 1; i++)
            for (var j = -1; j <= 1; j++)
                for (var k = -1; k <= 1; k++)
                    if ((i, j, k) != (0, 0, 0)) around.Add(new LatticeVector(default, 0, 0, 0).Less(a, -i).Less(b, -j).Less(c, -k));
        var half = new List<VoronoiFace>();
        foreach (var neighbour in around.Take(around.Count / 2))
        {
            var area = AreaOfFace(neighbour, around);
            if (area > SmallestArea * neighbour.Length * neighbour.Length) half.Add(new((int)neighbour.X, (int)neighbour.Y, (int)neighbour.Z, area, neighbour.Length));
        }
        // Opposite faces are exactly as large.
        return [.. half, .. half.AsEnumerable().Reverse().Select(face => face with { X = -face.X, Y = -face.Y, Z = -face.Z })];
    }

    /// <summary>The plane half way to the neighbour, cut by those half way to all others.</summary>
    private static double AreaOfFace(LatticeVector neighbour, List<LatticeVector> around)
    {
        var normal = neighbour.Cartesian * (1 / neighbour.Length);
        var u = normal.Cross(Math.Abs(normal.X) < 0.6 ? new(1, 0, 0) : new(0, 1, 0));
        u *= 1 / u.Length;
        var v = normal.Cross(u);
        var centre = neighbour.Cartesian * 0.5;
        var size = 2 * around.Max(other => other.Length);
        List<Vector3D> polygon = [centre + (u + v) * size, centre + (v - u) * size, centre - (u + v) * size, centre + (u - v) * size];
        foreach (var other in around)
        {
            if (other == neighbour) continue;
            var limit = other.Cartesian.Dot(other.Cartesian) / 2;
            var cut = new List<Vector3D>();
            for (var i = 0; i < polygon.Count; i++)
            {
                Vector3D from = polygon[i], to = polygon[(i + 1) % polygon.Count];
                double before = limit - from.Dot(other.Cartesian), after = limit - to.Dot(other.Cartesian);
                if (before >= 0) cut.Add(from);
                if (before > 0 && after < 0 || before < 0 && after > 0) cut.Add(from + (to - from) * (before / (before - after)));
            }
            polygon = cut;
            if (polygon.Count < 3) return 0;
        }
        var twice = new Vector3D(0, 0, 0);
        for (var i = 0; i < polygon.Count; i++) twice += (polygon[i] - centre).Cross(polygon[(i + 1) % polygon.Count] - centre);
        return twice.Length / 2;
    }
}
