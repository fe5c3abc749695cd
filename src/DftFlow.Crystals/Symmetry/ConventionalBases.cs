namespace DftFlow.Crystals.Symmetry;

/// <summary>
/// Candidates for the conventional lattice vectors of a crystal, as columns in terms of the primitive ones: along the axes of its
/// rotations or at right angles to them, as short as can be, right-handed; the preferred ones first.
/// </summary>
internal static class ConventionalBases
{
    public static IEnumerable<IntegerMatrix> Of(Lattice primitive, CrystalSystem system, IReadOnlyList<IntegerMatrix> rotations)
    {
        var proper = rotations.Select(rotation => rotation.Determinant == 1 ? rotation : rotation * -1).Distinct().ToArray();
        return system switch
        {
            CrystalSystem.Triclinic => [NiggliCell.Reduce(primitive).Basis],
            CrystalSystem.Monoclinic => Monoclinic(primitive, proper.First(rotation => Order(rotation) == 2)),
            CrystalSystem.Orthorhombic => Orthorhombic(primitive, [.. proper.Where(rotation => Order(rotation) == 2).Select(Axis)]),
            CrystalSystem.Tetragonal => AboutAxis(primitive, proper.First(rotation => Order(rotation) == 4)),
            CrystalSystem.Trigonal or CrystalSystem.Hexagonal => AboutAxis(primitive, proper.First(rotation => Order(rotation) == 3)),
            _ => Cubic(proper),
        };
    }

    // The shortest a and c at right angles to b, with an obtuse angle; centrings and glide planes may ask for one of the next.
    private static IEnumerable<IntegerMatrix> Monoclinic(Lattice primitive, IntegerMatrix rotation)
    {
        var b = Axis(rotation);
        var (u, v) = Plane(primitive, rotation);
        Vector3D[] vectors = [u, v, u + v, u - v];
        return
            from a in vectors
            from other in vectors
            from c in new[] { other, -other }
            let basis = RightHandedB(a, b, c)
            where basis.Determinant > 0 && Math.Abs(basis.Determinant) == Math.Abs(RightHandedB(u, b, v).Determinant)
            let cosine = primitive.ToCartesian(a).Dot(primitive.ToCartesian(c))
            orderby Rounded(LengthA(primitive, a) + LengthA(primitive, c)), Rounded(cosine) > 0, Rounded(LengthA(primitive, a))
            select basis;

        static IntegerMatrix RightHandedB(Vector3D a, Vector3D b, Vector3D c) =>
            IntegerMatrix.FromColumns(a, b, c) is { Determinant: > 0 } basis ? basis : IntegerMatrix.FromColumns(a, -b, c);
    }

    private static IEnumerable<IntegerMatrix> Orthorhombic(Lattice primitive, Vector3D[] axes)
    {
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        return orders
            .Select(order => RightHanded(axes[order[0]], axes[order[1]], axes[order[2]]))
            .OrderBy(basis => Rounded(LengthA(primitive, basis.Column(0)))).ThenBy(basis => Rounded(LengthA(primitive, basis.Column(1))));
    }

    private static IEnumerable<IntegerMatrix> AboutAxis(Lattice primitive, IntegerMatrix rotation)
    {
        var a = Plane(primitive, rotation).Shortest;
        var c = Axis(rotation);
        var basis = RightHanded(a, rotation.Apply(a), c);
        // The other is turned by 180°: what is reverse is obverse there.
        return [basis, IntegerMatrix.FromColumns(-basis.Column(0), -basis.Column(1), basis.Column(2))];
    }

    private static IEnumerable<IntegerMatrix> Cubic(IntegerMatrix[] proper)
    {
        var order = proper.Any(rotation => Order(rotation) == 4) ? 4 : 2;
        var axes = new List<Vector3D>();
        foreach (var rotation in proper.Where(rotation => Order(rotation) == order))
            if (Axis(rotation) is var axis && !axes.Contains(axis) && !axes.Contains(-axis)) axes.Add(axis);
        // The other is turned by 90°, which classes without fourfold axes tell apart.
        return [RightHanded(axes[0], axes[1], axes[2]), RightHanded(axes[1], axes[0], axes[2])];
    }

    /// <summary>With the last vector turned round where that makes the three right-handed.</summary>
    private static IntegerMatrix RightHanded(Vector3D a, Vector3D b, Vector3D c) =>
        IntegerMatrix.FromColumns(a, b, c) is { Determinant: > 0 } basis ? basis : IntegerMatrix.FromColumns(a, b, -c);

    /// <summary>Of a proper rotation: 1, 2, 3, 4 or 6.</summary>
    private static int Order(IntegerMatrix rotation) => rotation.Trace switch
    {
        3 => 1,
        -1 => 2,
        0 => 3,
        1 => 4,
        _ => 6,
    };

    /// <summary>The sum of a rotation's powers: it leaves of a vector what lies along the axis.</summary>
    private static IntegerMatrix SumOfPowers(IntegerMatrix rotation)
    {
        var (power, sum) = (rotation, rotation);
        while (power != IntegerMatrix.Identity)
        {
            power *= rotation;
            var (left, right) = (sum, power);
            sum = IntegerMatrix.From((row, column) => left[row, column] + right[row, column]);
        }
        return sum;
    }

    /// <summary>The shortest lattice vector along the axis.</summary>
    private static Vector3D Axis(IntegerMatrix rotation)
    {
        var sum = SumOfPowers(rotation);
        return Primitive(Enumerable.Range(0, 3).Select(sum.Column).First(column => column != default));
    }

    /// <summary>Two vectors, as short as can be, that span the lattice plane at right angles to the axis.</summary>
    private static (Vector3D Shortest, Vector3D Next) Plane(Lattice primitive, IntegerMatrix rotation)
    {
        var sum = SumOfPowers(rotation);
        var (p, q, r) = Primitive(Enumerable.Range(0, 3).Select(sum.Row).First(row => row != default)) switch { var w => ((long)w.X, (long)w.Y, (long)w.Z) };
        // Whole numbers with p x + q y + r z = 0.
        var (g, alpha, beta) = Bezout(p, q);
        var h = Math.Max(Gcd(g, r), 1);
        Vector3D u = g == 0 ? new(1, 0, 0) : new((double)q / g, -(double)p / g, 0);
        Vector3D v = g == 0 ? new(0, 1, 0) : new(-alpha * r / h, -beta * r / h, (double)g / h);
        while (true)
        {
            if (LengthA(primitive, v) < LengthA(primitive, u) * (1 - 1e-9)) (u, v) = (v, u);
            Vector3D x = primitive.ToCartesian(u), y = primitive.ToCartesian(v);
            var times = Math.Round(x.Dot(y) / x.Dot(x));
            var shorter = v - u * times;
            if (!(LengthA(primitive, shorter) < LengthA(primitive, v) * (1 - 1e-9))) return (u, v);
            v = shorter;
        }
    }

    private static Vector3D Primitive(Vector3D v) => v * (1.0 / Gcd(Gcd((long)v.X, (long)v.Y), (long)v.Z));

    private static long Gcd(long a, long b) => b == 0 ? Math.Abs(a) : Gcd(b, a % b);

    /// <summary>The greatest common divisor g = α·a + β·b.</summary>
    private static (long G, long Alpha, long Beta) Bezout(long a, long b)
    {
        if (b == 0) return (Math.Abs(a), Math.Sign(a), 0);
        var (g, alpha, beta) = Bezout(b, a % b);
        return (g, beta, alpha - a / b * beta);
    }

    private static double LengthA(Lattice lattice, Vector3D numbers) => lattice.ToCartesian(numbers).Length;

    // Lengths that are equal but for noise are ties, which the order of the candidates decides.
    private static double Rounded(double value) => Math.Round(value, 3);
}
