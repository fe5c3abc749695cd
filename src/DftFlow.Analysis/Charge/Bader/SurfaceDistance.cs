using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>How near the surface of its volume comes to an atom.</summary>
internal static class SurfaceDistance
{
    private const double FirstRadiusA = 0.5, Growth = 1.3;

    /// <summary>
    /// For each atom the distance in Å to the nearest point of its own that has one of another atom among its 26 neighbours, as in ACF.dat;
    /// null where there is none within a cell's length.
    /// </summary>
    /// <param name="atomOf">The atom of each basin.</param>
    public static double?[] Of(BasinPartition partition, Lattice cell, ImmutableArray<Vector3D> positions, int[] atomOf)
    {
        var distances = new double?[positions.Length];
        Parallel.For(0, positions.Length, atom => distances[atom] = new Search(partition, cell, positions[atom], atom, atomOf).Nearest());
        return distances;
    }

    private sealed class Search(BasinPartition partition, Lattice cell, Vector3D centre, int atom, int[] atomOf)
    {
        private readonly int nx = partition.Grid.X, ny = partition.Grid.Y, nz = partition.Grid.Z;

        public double? Nearest()
        {
            var step = new[] { new Vector3D(1, 1, 1), new(1, 1, -1), new(1, -1, 1), new(-1, 1, 1) }.Max(v => cell.ToCartesian(new(v.X / nx, v.Y / ny, v.Z / nz)).Length);
            var longest = Math.Max(cell.A.Length, Math.Max(cell.B.Length, cell.C.Length));
            for (var radius = FirstRadiusA + step; radius < Growth * longest; radius *= Growth)
            {
                // Whose neighbour is another atom's is at most a step nearer than the nearest of those.
                if (Within(0, radius, (x, y, z) => AtomAt(x, y, z) is >= 0 and var other && other != atom) is not { } foreign) continue;
                if (Within(foreign - step, radius, (x, y, z) => AtomAt(x, y, z) == atom && IsEdge(x, y, z)) is { } edge) return edge;
            }
            return null;
        }

        /// <summary>The distance of the nearest point, between two distances, that is as wanted.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private double? Within(double from, double radius, Func<int, int, int, bool> isWanted)
        {
            // Planes of one fractional coordinate are 2π/|reciprocal vector| apart.
            double reachX = radius * cell.Reciprocal(0).Length / (2 * Math.PI), reachY = radius * cell.Reciprocal(1).Length / (2 * Math.PI), reachZ = radius * cell.Reciprocal(2).Length / (2 * Math.PI);
            var (least, best) = (from > 0 ? from * from : 0, radius * radius);
            var found = false;
            for (var z = (int)Math.Ceiling((centre.Z - reachZ) * nz); z <= (centre.Z + reachZ) * nz; z++)
                for (var y = (int)Math.Ceiling((centre.Y - reachY) * ny); y <= (centre.Y + reachY) * ny; y++)
                {
                    var row = cell.ToCartesian(new(-centre.X, (double)y / ny - centre.Y, (double)z / nz - centre.Z));
                    for (var x = (int)Math.Ceiling((centre.X - reachX) * nx); x <= (centre.X + reachX) * nx; x++)
                    {
                        var place = row + cell.A * ((double)x / nx);
                        var square = place.Dot(place);
                        if (square < least || square >= best || !isWanted(x, y, z)) continue;
                        (found, best) = (true, square);
                    }
                }
            return found ? Math.Sqrt(best) : null;
        }

        private bool IsEdge(int x, int y, int z)
        {
            for (var dz = -1; dz <= 1; dz++)
                for (var dy = -1; dy <= 1; dy++)
                    for (var dx = -1; dx <= 1; dx++)
                        if (AtomAt(x + dx, y + dy, z + dz) is >= 0 and var other && other != atom) return true;
            return false;
        }

        // -1 in the vacuum.
        private int AtomAt(int x, int y, int z) =>
            partition.BasinOf(partition.Grid.Index(GridNeighbours.Wrap(x, nx), GridNeighbours.Wrap(y, ny), GridNeighbours.Wrap(z, nz))) is >= 0 and var basin ? atomOf[basin] : -1;
    }
}
