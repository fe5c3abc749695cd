using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>Neighbours of the points of a periodic grid; of each the one opposite is as far from the list's end.</summary>
internal sealed class GridNeighbours
{
    private readonly int nx, ny, nz;
    private readonly ImmutableArray<(int X, int Y, int Z)> steps;
    private readonly int[] offsets;
    private readonly int marginX, marginY, marginZ;

    private GridNeighbours(GridDimensions grid, ImmutableArray<(int X, int Y, int Z)> steps, double[] weights)
    {
        (nx, ny, nz) = (grid.X, grid.Y, grid.Z);
        this.steps = steps;
        Weights = weights;
        offsets = [.. steps.Select(step => grid.Index(step.X, step.Y, step.Z))];
        (marginX, marginY, marginZ) = (steps.Max(step => Math.Abs(step.X)), steps.Max(step => Math.Abs(step.Y)), steps.Max(step => Math.Abs(step.Z)));
    }

    public int Count => steps.Length;

    /// <summary>What a difference of values counts: see the makers.</summary>
    public double[] Weights { get; }

    public ImmutableArray<(int X, int Y, int Z)> Steps => steps;

    /// <summary>
    /// Across the faces of the points' Voronoi cells; weights are area over distance, in units of the smallest: no difference of values,
    /// however small, comes to nothing by its weight.
    /// </summary>
    public static GridNeighbours AcrossFaces(GridDimensions grid, Lattice cell)
    {
        var faces = VoronoiCell.FacesOf(new Lattice(cell.A * (1.0 / grid.X), cell.B * (1.0 / grid.Y), cell.C * (1.0 / grid.Z)));
        var smallest = faces.Min(face => face.AreaA2 / face.DistanceA);
        return new(grid, [.. faces.Select(face => (face.X, face.Y, face.Z))], [.. faces.Select(face => face.AreaA2 / face.DistanceA / smallest)]);
    }

    /// <summary>The 26 that are one step away along none, one, two or three vectors; weights are 1/distance, 1/Å.</summary>
    public static GridNeighbours Around(GridDimensions grid, Lattice cell)
    {
        var steps = (from x in Enumerable.Range(-1, 3) from y in Enumerable.Range(-1, 3) from z in Enumerable.Range(-1, 3) where (x, y, z) != (0, 0, 0) select (x, y, z)).ToImmutableArray();
        return new(grid, steps, [.. steps.Select(step => 1 / cell.ToCartesian(new((double)step.x / grid.X, (double)step.y / grid.Y, (double)step.z / grid.Z)).Length)]);
    }

    /// <summary>Whether all neighbours of the point lie within a box.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsWithin(int x, int y, int z, int startX, int endX, int startY, int endY, int startZ, int endZ) =>
        x >= startX + marginX && x < endX - marginX && y >= startY + marginY && y < endY - marginY && z >= startZ + marginZ && z < endZ - marginZ;

    /// <summary>For inner points: what to add to a point's place in the array.</summary>
    public ReadOnlySpan<int> Offsets => offsets;

    /// <summary>The places of all neighbours of any point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(int point, Span<int> places)
    {
        var row = point / nx;
        int x = point - row * nx, z = row / ny, y = row - z * ny;
        if (IsWithin(x, y, z, 0, nx, 0, ny, 0, nz))
            for (var k = 0; k < offsets.Length; k++) places[k] = point + offsets[k];
        else
            for (var k = 0; k < offsets.Length; k++) places[k] = Wrap(x + steps[k].X, nx) + nx * (Wrap(y + steps[k].Y, ny) + ny * Wrap(z + steps[k].Z, nz));
    }

    /// <summary>The neighbour to which the values rise most steeply by the weights; the point itself where none is higher.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Steepest(double[] values, int point)
    {
        Span<int> around = stackalloc int[offsets.Length];
        Find(point, around);
        var (best, most) = (point, 0.0);
        for (var k = 0; k < around.Length; k++)
        {
            var rise = (values[around[k]] - values[point]) * Weights[k];
            if (rise > most) (best, most) = (around[k], rise);
        }
        return best;
    }

    public static int Wrap(int i, int n)
    {
        if ((uint)i < (uint)n) return i;
        var rest = i % n;
        return rest < 0 ? rest + n : rest;
    }
}
