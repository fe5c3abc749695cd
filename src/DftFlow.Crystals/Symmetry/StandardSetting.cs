namespace DftFlow.Crystals.Symmetry;

/// <summary>The standard setting of a crystal's space group: conventional lattice vectors in Å, and its origin in Å.</summary>
public sealed record StandardSetting(SpaceGroupType Type, Lattice Lattice, Vector3D OriginA)
{
    /// <summary>From a place in Å to the fractional coordinates of the standard setting.</summary>
    public Vector3D ToFractional(Vector3D cartesian) => Lattice.ToFractional(cartesian - OriginA);
}

/// <summary>
/// Tells which of the 230 types a group of operations has (after R. W. Grosse-Kunstleve, Acta Cryst. A55, 383 (1999)): rotations tell
/// the crystal class, their axes the conventional lattice vectors; then a type fits where one shift of the origin gives all of its
/// generators the translations that were found.
/// </summary>
internal static class StandardSettings
{
    // Translations that no shift of the origin takes away are at least sixths in the equations below; noise is much smaller.
    private const double LargestResidual = 0.08;

    private static readonly Lazy<ILookup<string, SpaceGroupType>> TypesOfClass =
        new(() => SpaceGroupType.All.ToLookup(type => CrystalClass(type.Rotations)));

    /// <summary>Null where no type fits.</summary>
    public static StandardSetting? Find(Lattice primitive, IReadOnlyList<SymmetryOperation> operations)
    {
        var found = operations.ToDictionary(operation => operation.Rotation, operation => operation.Translation);
        foreach (var type in TypesOfClass.Value[CrystalClass(found.Keys)])
            foreach (var basis in ConventionalBases.Of(primitive, type.CrystalSystem, [.. found.Keys]))
                if (Origin(type, basis, found) is { } origin)
                    return new(type, new(Cartesian(basis, 0), Cartesian(basis, 1), Cartesian(basis, 2)), primitive.ToCartesian(Fractions.Wrapped(origin)));
        return null;

        Vector3D Cartesian(IntegerMatrix basis, int column) => primitive.ToCartesian(basis.Column(column));
    }

    /// <summary>How many rotations of each kind there are, which differs for all 32 classes.</summary>
    private static string CrystalClass(IEnumerable<IntegerMatrix> rotations) =>
        string.Join(' ', rotations.Select(rotation => rotation.Determinant * 10 + rotation.Trace).Order());

    /// <summary>The type's origin in the primitive basis; null where basis and type do not fit what was found.</summary>
    private static Vector3D? Origin(SpaceGroupType type, IntegerMatrix basis, Dictionary<IntegerMatrix, Vector3D> found)
    {
        var determinant = (int)basis.Determinant;
        if (determinant != type.Hall.Centrings.Length) return null;
        foreach (var centring in type.Hall.Centrings)
            if (basis.Apply(centring.Translation) is var point && SitePlaces.Nearest(point).Length > 1e-6) return null;
        var equations = new CongruenceSystem(LargestResidual);
        foreach (var generator in type.Hall.Generators)
        {
            var scaled = basis * generator.Rotation * basis.Adjugate;
            var rotation = IntegerMatrix.From((row, column) => scaled[row, column] / determinant);
            if (rotation * determinant != scaled || !found.TryGetValue(rotation, out var translation)) return null;
            // x ↦ R x + t about the origin p has the translation t + R p − p.
            var shift = basis.Apply(generator.Translation) - translation;
            for (var row = 0; row < 3; row++)
                equations.Add([rotation[row, 0] - (row == 0 ? 1 : 0), rotation[row, 1] - (row == 1 ? 1 : 0), rotation[row, 2] - (row == 2 ? 1 : 0)], shift[row]);
        }
        return equations.Solve();
    }
}

/// <summary>Equations a·x = b for three unknowns, with whole numbers a, that are to hold but for whole numbers.</summary>
internal sealed class CongruenceSystem(double largestResidual)
{
    private readonly List<(long[] Left, double Right)> rows = [];

    public void Add(long[] left, double right) => rows.Add((left, right));

    /// <summary>A solution, zero along directions that are free; null where there is none. Eliminates rows and columns (Smith's form).</summary>
    public Vector3D? Solve()
    {
        // New unknowns y, x = columns · y, that stand alone in their equations.
        long[][] columns = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
        var y = new double[3];
        for (var k = 0; k < 3; k++)
            while (Pivot(k) is var (row, column))
            {
                (rows[k], rows[row]) = (rows[row], rows[k]);
                foreach (var left in rows.Select(r => r.Left).Concat(columns)) (left[k], left[column]) = (left[column], left[k]);
                var (pivot, right) = rows[k];
                var alone = true;
                for (var i = k + 1; i < rows.Count; i++)
                {
                    var times = rows[i].Left[k] / pivot[k];
                    for (var j = k; j < 3; j++) rows[i].Left[j] -= times * pivot[j];
                    var rest = rows[i].Right - times * right;
                    rows[i] = (rows[i].Left, rest - Math.Round(rest));
                    alone &= rows[i].Left[k] == 0;
                }
                for (var j = k + 1; j < 3; j++)
                {
                    var times = pivot[j] / pivot[k];
                    foreach (var left in rows.Select(r => r.Left).Concat(columns)) left[j] -= times * left[k];
                    alone &= pivot[j] == 0;
                }
                if (!alone) continue;
                y[k] = right / pivot[k];
                break;
            }
        for (var i = 0; i < rows.Count; i++)
            if (rows[i].Left.All(number => number == 0) && Math.Abs(rows[i].Right - Math.Round(rows[i].Right)) > largestResidual) return null;
        return new(At(0), At(1), At(2));

        double At(int unknown) => columns[unknown][0] * y[0] + columns[unknown][1] * y[1] + columns[unknown][2] * y[2];
    }

    /// <summary>The smallest number that is not zero in the rows and columns from k on.</summary>
    private (int Row, int Column)? Pivot(int k)
    {
        (int, int)? found = null;
        var smallest = long.MaxValue;
        for (var row = k; row < rows.Count; row++)
            for (var column = k; column < 3; column++)
                if (Math.Abs(rows[row].Left[column]) is > 0 and var size && size < smallest) (found, smallest) = ((row, column), size);
        return found;
    }
}
