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

    /// <summary>The vectors of a length, by their numbers. The effort is that of the layers of lines through the sphere, not of its volume.</summary>
    private static List<(Vector3D Numbers, Vector3D Cartesian)> OfLength(Lattice lattice, double lengthA, double toleranceA)
    {
        double longest = lengthA + toleranceA, shortest = Math.Max(lengthA - toleranceA, 0);
        int[] most = [.. Enumerable.Range(0, 3).Select(axis => (int)(longest * lattice.Reciprocal(axis).Length / (2 * Math.PI)))];
        // Lines of lattice points run along the axis with the most of them: in a cell of 3 × 3 × 10,000 Å they are thousands, not millions.
        var along = Array.IndexOf(most, most.Max());
        int first = along == 0 ? 1 : 0, second = along == 2 ? 1 : 2;
        var line = lattice[along];
        var squared = line.Dot(line);
        var found = new List<(Vector3D Numbers, Vector3D Cartesian)>();
        for (var m = -most[first]; m <= most[first]; m++)
            for (var n = -most[second]; n <= most[second]; n++)
            {
                // It enters and leaves the shell between two spheres.
                var start = lattice[first] * m + lattice[second] * n;
                var foot = -start.Dot(line) / squared;
                var aside = start.Dot(start) - foot * foot * squared;
                if (aside > longest * longest) continue;
                var outer = Math.Sqrt((longest * longest - aside) / squared);
                var inner = Math.Sqrt(Math.Max(shortest * shortest - aside, 0) / squared);
                var last = Math.Floor(foot - inner);
                for (var step = Math.Ceiling(foot - outer); step <= last; step++) Add(m, n, step);
                for (var step = Math.Max(Math.Ceiling(foot + inner), last + 1); step <= foot + outer; step++) Add(m, n, step);
            }
        // Whatever the lines run along, operations come in one order.
        return [.. found.OrderBy(vector => vector.Numbers.X).ThenBy(vector => vector.Numbers.Y).ThenBy(vector => vector.Numbers.Z)];

        void Add(double m, double n, double step)
        {
            Vector3D numbers = along switch { 0 => new(step, m, n), 1 => new(m, step, n), _ => new(m, n, step) };
            found.Add((numbers, lattice.ToCartesian(numbers)));
        }
    }
}
