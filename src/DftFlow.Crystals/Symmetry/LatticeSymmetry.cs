namespace DftFlow.Crystals.Symmetry;

/// <summary>Which vectors of a lattice can take the places of given ones without changing lengths and angles.</summary>
internal static class LatticeSymmetry
{
    /// <summary>The rotations, proper and improper, that leave the lattice as it is (its holohedry), for fractional coordinates of the basis.</summary>
    public static IEnumerable<IntegerMatrix> Rotations(Lattice reduced, double toleranceA) =>
        Maps(reduced, reduced, toleranceA).Where(map => map.Determinant is 1 or -1);

    /// <summary>
    /// All sets of three vectors of a lattice, as columns in terms of its basis, that are as long as the three vectors of a cell, and so
    /// are their sums and differences, within the tolerance in Å: the cell is one of the lattice, or of a sublattice.
    /// </summary>
    public static IEnumerable<IntegerMatrix> Maps(Lattice lattice, Lattice cell, double toleranceA)
    {
        var asLongAs = Enumerable.Range(0, 3).Select(axis => OfLength(lattice, cell[axis].Length, toleranceA)).ToArray();
        foreach (var a in asLongAs[0])
            foreach (var b in asLongAs[1])
            {
                if (!SamePair(a, b, cell.A, cell.B)) continue;
                foreach (var c in asLongAs[2])
                    if (SamePair(a, c, cell.A, cell.C) && SamePair(b, c, cell.B, cell.C))
                        yield return IntegerMatrix.FromColumns(a.Numbers, b.Numbers, c.Numbers);
            }

        bool SamePair((Vector3D Numbers, Vector3D Cartesian) u, (Vector3D Numbers, Vector3D Cartesian) v, Vector3D left, Vector3D right) =>
            Same(u.Cartesian + v.Cartesian, left + right) && Same(u.Cartesian - v.Cartesian, left - right);

        bool Same(Vector3D u, Vector3D v) => Math.Abs(u.Length - v.Length) <= toleranceA;
    }

    private static List<(Vector3D Numbers, Vector3D Cartesian)> OfLength(Lattice lattice, double lengthA, double toleranceA)
    {
        var found = new List<(Vector3D, Vector3D)>();
        double longest = lengthA + toleranceA, shortest = Math.Max(lengthA - toleranceA, 0), cc = lattice.C.Dot(lattice.C);
        int mostX = Most(0), mostY = Most(1);
        for (var x = -mostX; x <= mostX; x++)
            for (var y = -mostY; y <= mostY; y++)
            {
                // Along c a line of lattice points, which enters and leaves the shell between two spheres.
                var start = lattice.A * x + lattice.B * y;
                var foot = -start.Dot(lattice.C) / cc;
                var aside = start.Dot(start) - foot * foot * cc;
                if (aside > longest * longest) continue;
                var outer = Math.Sqrt((longest * longest - aside) / cc);
                var inner = Math.Sqrt(Math.Max(shortest * shortest - aside, 0) / cc);
                var last = Math.Floor(foot - inner);
                for (var z = Math.Ceiling(foot - outer); z <= last; z++) found.Add((new(x, y, z), start + lattice.C * z));
                for (var z = Math.Max(Math.Ceiling(foot + inner), last + 1); z <= foot + outer; z++) found.Add((new(x, y, z), start + lattice.C * z));
            }
        return found;

        int Most(int axis) => (int)(longest * lattice.Reciprocal(axis).Length / (2 * Math.PI));
    }
}
