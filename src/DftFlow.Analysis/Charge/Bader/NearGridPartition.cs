using System.Runtime.CompilerServices;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>
/// The near-grid method of Tang, Sanville and Henkelman (J. Phys.: Condens. Matter 21, 084204 (2009)): from a point one follows the
/// gradient from grid point to grid point, and carries along by how much each step has missed it.
/// </summary>
/// <remarks>
/// A path that is joined half way is not the path from there, and the paper therefore refines the surfaces until nothing changes. Here
/// every point that could end in more than one basin follows its own path from its beginning, so there is nothing to refine: the
/// points that do not share flow by the weight method can only end where they do.
/// </remarks>
internal sealed class NearGridPartition : BasinPartition
{
    // Of the gradient along a lattice vector, per step of the grid: below it there is no direction.
    private const double Flat = 1e-30;

    private readonly double[] density;
    private readonly GridNeighbours around;
    private readonly WeightPartition weights;

    // From the slopes along the three lattice vectors to the gradient in steps of the grid: the inverse of the steps' metric.
    private readonly Vector3D rowX, rowY, rowZ;

    public NearGridPartition(GridDimensions grid, Lattice cell, double[] density, WeightPartition weights, IProgress<double>? progress, CancellationToken cancellation)
        : base(grid)
    {
        this.density = density;
        this.weights = weights;
        Maxima = weights.Maxima;
        around = GridNeighbours.Around(grid, cell);
        var step = new Lattice(cell.A * (1.0 / grid.X), cell.B * (1.0 / grid.Y), cell.C * (1.0 / grid.Z));
        Vector3D x = step.Reciprocal(0), y = step.Reciprocal(1), z = step.Reciprocal(2);
        (rowX, rowY, rowZ) = (new(x.Dot(x), x.Dot(y), x.Dot(z)), new(y.Dot(x), y.Dot(y), y.Dot(z)), new(z.Dot(x), z.Dot(y), z.Dot(z)));
        Basins = GC.AllocateUninitializedArray<int>(density.Length);
        var layer = grid.X * grid.Y;
        var done = 0;
        Parallel.For(0, grid.Z, new ParallelOptions { CancellationToken = cancellation }, () => new HashSet<int>(), (z, _, passed) =>
        {
            for (var point = z * layer; point < (z + 1) * layer; point++) Basins[point] = weights.IsWhole(point) ? weights.BasinOf(point) : weights.BasinOf(EndOf(point, passed));
            progress?.Report((double)Interlocked.Increment(ref done) / grid.Z);
            return passed;
        }, _ => { });
    }

    /// <summary>Where a path from a point ends: at a maximum, or at a point that belongs to one basin only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int EndOf(int start, HashSet<int> passed)
    {
        passed.Clear();
        var (point, missed) = (start, default(Vector3D));
        while (!weights.IsWhole(point))
        {
            passed.Add(point);
            if (Gradient(point) is { } gradient)
            {
                var whole = Rounded(gradient);
                missed += gradient - whole;
                var made = Rounded(missed);
                missed -= made;
                var next = At(point, whole + made);
                if (!passed.Contains(next))
                {
                    point = next;
                    continue;
                }
            }
            // Where there is no direction, or it leads round in a circle, the steepest step is taken, which always rises.
            var up = around.Steepest(density, point);
            if (up == point) break;
            (point, missed) = (up, default);
        }
        return point;
    }

    /// <summary>The gradient's direction in steps of the grid, the longest component one; null where the density is flat.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector3D? Gradient(int point)
    {
        var row = point / Grid.X;
        int x = point - row * Grid.X, z = row / Grid.Y, y = row - z * Grid.Y;
        var here = density[point];
        var slopes = new Vector3D(
            Slope(density[Grid.Index(GridNeighbours.Wrap(x - 1, Grid.X), y, z)], here, density[Grid.Index(GridNeighbours.Wrap(x + 1, Grid.X), y, z)]),
            Slope(density[Grid.Index(x, GridNeighbours.Wrap(y - 1, Grid.Y), z)], here, density[Grid.Index(x, GridNeighbours.Wrap(y + 1, Grid.Y), z)]),
            Slope(density[Grid.Index(x, y, GridNeighbours.Wrap(z - 1, Grid.Z))], here, density[Grid.Index(x, y, GridNeighbours.Wrap(z + 1, Grid.Z))]));
        var gradient = new Vector3D(rowX.Dot(slopes), rowY.Dot(slopes), rowZ.Dot(slopes));
        var longest = Math.Max(Math.Abs(gradient.X), Math.Max(Math.Abs(gradient.Y), Math.Abs(gradient.Z)));
        return longest < Flat ? null : gradient * (1 / longest);
    }

    // None along a direction in which the point is a maximum.
    private static double Slope(double before, double here, double after) => before < here && after < here ? 0 : (after - before) / 2;

    private static Vector3D Rounded(Vector3D v) => new(Math.Round(v.X, MidpointRounding.AwayFromZero), Math.Round(v.Y, MidpointRounding.AwayFromZero), Math.Round(v.Z, MidpointRounding.AwayFromZero));

    private int At(int point, Vector3D step)
    {
        var row = point / Grid.X;
        int x = point - row * Grid.X, z = row / Grid.Y, y = row - z * Grid.Y;
        return Grid.Index(GridNeighbours.Wrap(x + (int)step.X, Grid.X), GridNeighbours.Wrap(y + (int)step.Y, Grid.Y), GridNeighbours.Wrap(z + (int)step.Z, Grid.Z));
    }
}
