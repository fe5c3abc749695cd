namespace DftFlow.Crystals.Symmetry;

/// <summary>The rotations, proper and improper, that leave a lattice as it is: its holohedry.</summary>
internal static class LatticeSymmetry
{
    // In a reduced basis vectors as long as the basis vectors have no larger numbers; one more for those almost as long.
    private const int LargestNumber = 2;

    /// <summary>
    /// The rotations as matrices for fractional coordinates of the basis, which is to be Minkowski-reduced. The images of the basis
    /// vectors, their sums and their differences are as long as those are, within the tolerance in Å.
    /// </summary>
    public static List<IntegerMatrix> Rotations(Lattice reduced, double toleranceA)
    {
        var candidates = new List<Vector3D>[] { [], [], [] };
        for (var x = -LargestNumber; x <= LargestNumber; x++)
            for (var y = -LargestNumber; y <= LargestNumber; y++)
                for (var z = -LargestNumber; z <= LargestNumber; z++)
                {
                    var vector = new Vector3D(x, y, z);
                    for (var axis = 0; axis < 3; axis++)
                        if (SameLength(vector, Unit(axis))) candidates[axis].Add(vector);
                }
        var rotations = new List<IntegerMatrix>();
        foreach (var a in candidates[0])
            foreach (var b in candidates[1])
            {
                if (!SamePair(a, b, Unit(0), Unit(1))) continue;
                foreach (var c in candidates[2])
                {
                    if (!SamePair(a, c, Unit(0), Unit(2)) || !SamePair(b, c, Unit(1), Unit(2))) continue;
                    var rotation = IntegerMatrix.FromColumns(a, b, c);
                    if (rotation.Determinant is 1 or -1) rotations.Add(rotation);
                }
            }
        return rotations;

        bool SamePair(Vector3D u, Vector3D v, Vector3D u0, Vector3D v0) => SameLength(u + v, u0 + v0) && SameLength(u - v, u0 - v0);

        bool SameLength(Vector3D u, Vector3D v) => Math.Abs(reduced.ToCartesian(u).Length - reduced.ToCartesian(v).Length) <= toleranceA;

        static Vector3D Unit(int axis) => new(axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, axis == 2 ? 1 : 0);
    }
}
