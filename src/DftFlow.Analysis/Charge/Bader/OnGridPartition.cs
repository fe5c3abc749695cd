using System.Runtime.CompilerServices;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>
/// The on-grid method of Henkelman, Arnaldsson and Jónsson (Comput. Mater. Sci. 36, 354 (2006)): from each point one steps to that of
/// its 26 neighbours to which the density rises most steeply, until it does not rise. Its surfaces follow the grid's directions, however
/// fine the grid: for comparison only.
/// </summary>
internal sealed class OnGridPartition : BasinPartition
{
    private const int Unset = int.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public OnGridPartition(GridDimensions grid, Lattice cell, double[] density, double vacuumBelow, IProgress<double>? progress, CancellationToken cancellation)
        : base(grid)
    {
        var neighbours = GridNeighbours.Around(grid, cell);
        Basins = GC.AllocateUninitializedArray<int>(density.Length);
        // First where one steps to, as -2 - place; then, path by path, where it ends.
        Parallel.For(0, grid.Z, new ParallelOptions { CancellationToken = cancellation }, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (z) =>
        {
            var layer = grid.X * grid.Y;
            for (var point = z * layer; point < (z + 1) * layer; point++)
                Basins[point] = density[point] <= vacuumBelow ? -1 : neighbours.Steepest(density, point) is var next && next == point ? Unset : -2 - next;
        });
        progress?.Report(0.7);
        var maxima = new List<int>();
        var path = new List<int>();
        for (var start = 0; start < Basins.Length; start++)
        {
            var point = start;
            for (path.Clear(); Basins[point] <= -2 && Basins[point] != Unset; point = -2 - Basins[point]) path.Add(point);
            if (Basins[point] == Unset)
            {
                Basins[point] = maxima.Count;
                maxima.Add(point);
            }
            foreach (var passed in path) Basins[passed] = Basins[point];
        }
        Maxima = [.. maxima];
    }
}
