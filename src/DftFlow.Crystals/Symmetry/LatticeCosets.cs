namespace DftFlow.Crystals.Symmetry;

/// <summary>
/// The classes of whole-number vectors of which two are the same where they differ by vectors of a sublattice: the primitive cells
/// in a supercell. The sublattice's basis is kept in Hermite form (triangular).
/// </summary>
internal sealed class LatticeCosets
{
    private readonly long[][] rows;

    /// <param name="vectors">Vectors that span the sublattice; at least three, not in one plane.</param>
    public LatticeCosets(IEnumerable<long[]> vectors)
    {
        rows = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
        foreach (var vector in vectors) Add(vector);
        for (var column = 0; column < 3; column++)
            if (rows[column][column] < 0) rows[column] = [-rows[column][0], -rows[column][1], -rows[column][2]];
    }

    public IReadOnlyList<long[]> Rows => rows;

    /// <summary>How many classes there are; 0 where the vectors lie in a plane.</summary>
    public long Count => rows[0][0] * rows[1][1] * rows[2][2];

    /// <summary>The number of a vector's class, from 0 to below <see cref="Count"/>.</summary>
    public long Number(long x, long y, long z)
    {
        var times = Floor(x, rows[0][0]);
        (x, y, z) = (x - times * rows[0][0], y - times * rows[0][1], z - times * rows[0][2]);
        times = Floor(y, rows[1][1]);
        (y, z) = (y - times * rows[1][1], z - times * rows[1][2]);
        z -= Floor(z, rows[2][2]) * rows[2][2];
        return (x * rows[1][1] + y) * rows[2][2] + z;

        static long Floor(long number, long divisor) => number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor);
    }

    /// <summary>A vector of each class, in the order of their numbers.</summary>
    public IEnumerable<(int X, int Y, int Z)> Representatives()
    {
        for (var x = 0; x < rows[0][0]; x++)
            for (var y = 0; y < rows[1][1]; y++)
                for (var z = 0; z < rows[2][2]; z++)
                    yield return (x, y, z);
    }

    private void Add(long[] vector)
    {
        for (var column = 0; column < 3; column++)
        {
            var row = rows[column];
            // Euclid's algorithm on the leading numbers leaves their greatest common divisor in the basis.
            while (vector[column] != 0)
            {
                var times = row[column] / vector[column];
                var (r, v) = (row, vector);
                (row, vector) = (v, [r[0] - times * v[0], r[1] - times * v[1], r[2] - times * v[2]]);
            }
            rows[column] = row;
        }
    }
}
