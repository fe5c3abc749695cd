namespace DftFlow.Crystals;

/// <summary>Nine whole numbers, row by row: a rotation in fractional coordinates, or new lattice vectors in terms of old ones.</summary>
public readonly record struct IntegerMatrix(int M11, int M12, int M13, int M21, int M22, int M23, int M31, int M32, int M33)
{
    public static IntegerMatrix Identity { get; } = new(1, 0, 0, 0, 1, 0, 0, 0, 1);

    public int this[int row, int column] => (row * 3 + column, row is >= 0 and < 3 && column is >= 0 and < 3) switch
    {
        (0, true) => M11,
        (1, true) => M12,
        (2, true) => M13,
        (3, true) => M21,
        (4, true) => M22,
        (5, true) => M23,
        (6, true) => M31,
        (7, true) => M32,
        (8, true) => M33,
        _ => throw new ArgumentOutOfRangeException(nameof(row), (row, column), "Rows and columns are 0, 1 or 2."),
    };

    /// <exception cref="OverflowException">It does not fit.</exception>
    public long Determinant => checked(M11 * Cofactor(M22, M33, M23, M32) + M12 * Cofactor(M23, M31, M21, M33) + M13 * Cofactor(M21, M32, M22, M31));

    public int Trace => M11 + M22 + M33;

    public IntegerMatrix Transposed => new(M11, M21, M31, M12, M22, M32, M13, M23, M33);

    /// <summary>The determinant times the inverse: whole numbers.</summary>
    /// <exception cref="OverflowException">A number does not fit.</exception>
    public IntegerMatrix Adjugate
    {
        get
        {
            var m = this;
            return From((row, column) =>
            {
                int r1 = (column + 1) % 3, r2 = (column + 2) % 3, c1 = (row + 1) % 3, c2 = (row + 2) % 3;
                return Cofactor(m[r1, c1], m[r2, c2], m[r1, c2], m[r2, c1]);
            });
        }
    }

    /// <summary>The inverse of a matrix of determinant 1 or −1: whole numbers again.</summary>
    /// <exception cref="InvalidOperationException">The inverse is not a matrix of whole numbers.</exception>
    public IntegerMatrix Inverse => Determinant switch
    {
        1 => Adjugate,
        -1 => Adjugate * -1,
        _ => throw new InvalidOperationException("Only a matrix of determinant 1 or -1 has an inverse of whole numbers."),
    };

    public Vector3D Row(int row) => new(this[row, 0], this[row, 1], this[row, 2]);

    public Vector3D Column(int column) => new(this[0, column], this[1, column], this[2, column]);

    /// <summary>The matrix times a column of three numbers.</summary>
    public Vector3D Apply(Vector3D v) => new(
        M11 * v.X + M12 * v.Y + M13 * v.Z, M21 * v.X + M22 * v.Y + M23 * v.Z, M31 * v.X + M32 * v.Y + M33 * v.Z);

    /// <exception cref="OverflowException">A number does not fit.</exception>
    public static IntegerMatrix operator *(IntegerMatrix left, IntegerMatrix right) => From((row, column) =>
        checked((long)left[row, 0] * right[0, column] + (long)left[row, 1] * right[1, column] + (long)left[row, 2] * right[2, column]));

    public static IntegerMatrix operator *(IntegerMatrix matrix, int factor) => From((row, column) => (long)matrix[row, column] * factor);

    public static IntegerMatrix FromColumns(Vector3D first, Vector3D second, Vector3D third) =>
        From((row, column) => checked((long)Math.Round((column switch { 0 => first, 1 => second, _ => third })[row])));

    internal static IntegerMatrix From(Func<int, int, long> element)
    {
        return new(At(0, 0), At(0, 1), At(0, 2), At(1, 0), At(1, 1), At(1, 2), At(2, 0), At(2, 1), At(2, 2));

        int At(int row, int column) => checked((int)element(row, column));
    }

    private static long Cofactor(int a, int b, int c, int d) => (long)a * b - (long)c * d;
}
