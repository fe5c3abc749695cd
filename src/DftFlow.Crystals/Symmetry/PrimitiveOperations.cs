namespace DftFlow.Crystals.Symmetry;

/// <summary>An operation of a primitive cell: it takes site i to <c>Images[i]</c>, in the cell <c>Shifts[i]</c>.</summary>
internal sealed record PrimitiveOperation(SymmetryOperation Operation, int[] Images, (int X, int Y, int Z)[] Shifts);

/// <summary>
/// Finds the space group's operations in a primitive cell: each rotation of the lattice, with each translation that takes the first
/// atom of the rarest kind to one of its kind, is held against all atoms (as in A. Togo, K. Shinohara, I. Tanaka, Sci. Technol.
/// Adv. Mater. Meth. 4, 2384822 (2024)).
/// </summary>
internal static class PrimitiveOperations
{
    /// <summary>
    /// The operations, the identity first; null where those within the tolerance form no group, because some atoms are about as far
    /// from symmetric places as the tolerance allows. Atoms of one kind are at least two tolerances apart, and the basis is reduced.
    /// </summary>
    public static List<PrimitiveOperation>? Find(Structure primitive, double toleranceA)
    {
        var rarest = primitive.Sites.GroupBy(site => site.Kind).MinBy(group => group.Count())!.ToArray();
        var order = Enumerable.Range(0, primitive.Sites.Length).ToArray();
        var places = new SitePlaces(primitive, toleranceA);
        var operations = new List<PrimitiveOperation>();
        foreach (var rotation in LatticeSymmetry.Rotations(primitive.Lattice, toleranceA))
        {
            var start = rotation.Apply(rarest[0].Fractional);
            foreach (var site in rarest)
                if (IsOwn(rotation, site.Fractional - start))
                {
                    operations.Add(Operation(rotation, site.Fractional - start));
                    break;
                }
        }
        var identity = operations.FindIndex(operation => operation.Operation.Rotation == IntegerMatrix.Identity);
        (operations[0], operations[identity]) = (operations[identity], operations[0]);
        return FormGroup(operations) ? operations : null;

        bool IsOwn(IntegerMatrix rotation, Vector3D translation)
        {
            for (var i = 0; i < order.Length; i++)
            {
                var site = primitive.Sites[order[i]];
                if (places.Holds(site, rotation.Apply(site.Fractional) + translation)) continue;
                // The atom that tells is asked first the next time: a defect in a large cell is found at once.
                (order[0], order[i]) = (order[i], order[0]);
                return false;
            }
            return true;
        }

        PrimitiveOperation Operation(IntegerMatrix rotation, Vector3D translation)
        {
            var images = new int[order.Length];
            var shifts = new (int, int, int)[order.Length];
            var differences = default(Vector3D);
            for (var i = 0; i < order.Length; i++)
            {
                var place = rotation.Apply(primitive.Sites[i].Fractional) + translation;
                images[i] = places.Find(primitive.Sites[i], place);
                var there = primitive.Sites[images[i]].Fractional;
                var shift = place - there;
                shifts[i] = ((int)Math.Round(shift.X), (int)Math.Round(shift.Y), (int)Math.Round(shift.Z));
                differences += SitePlaces.Nearest(-shift);
            }
            // The translation that fits all atoms best, where one atom alone gave the first guess. Its whole cells go with the shifts.
            var mean = translation + differences * (1.0 / order.Length);
            var wrapped = Fractions.Wrapped(mean);
            var (x, y, z) = ((int)Math.Round(wrapped.X - mean.X), (int)Math.Round(wrapped.Y - mean.Y), (int)Math.Round(wrapped.Z - mean.Z));
            for (var i = 0; i < shifts.Length; i++) shifts[i] = (shifts[i].Item1 + x, shifts[i].Item2 + y, shifts[i].Item3 + z);
            return new(new(rotation, wrapped), images, shifts);
        }
    }

    private static bool FormGroup(List<PrimitiveOperation> operations)
    {
        var images = operations.ToDictionary(operation => operation.Operation.Rotation, operation => operation.Images);
        foreach (var left in operations)
            foreach (var right in operations)
            {
                if (!images.TryGetValue(left.Operation.Rotation * right.Operation.Rotation, out var product)) return false;
                for (var i = 0; i < product.Length; i++)
                    if (product[i] != left.Images[right.Images[i]]) return false;
            }
        return true;
    }
}
