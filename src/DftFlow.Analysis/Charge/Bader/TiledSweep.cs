using System.Numerics;
using System.Runtime.CompilerServices;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>What is done at a point, once all that it waits for is done.</summary>
internal interface ISweepStep
{
    /// <param name="around">The places of its neighbours.</param>
    /// <returns>A bit for each neighbour that waits for this point.</returns>
    uint Visit(int point, ReadOnlySpan<int> around);
}

/// <summary>
/// Visits the points of a grid, each after the neighbours that it waits for, on all processors. The grid is cut into tiles that fit a
/// processor's cache; in one tile everything is done that can be, then what waits in the tiles around it is told. The order of visits
/// differs from run to run: steps must come to the same in any.
/// </summary>
internal sealed class TiledSweep
{
    // Long along x, where neighbours lie side by side. Smaller tiles fit better into caches, but wait for each other more often.
    private const int SizeX = 128, SizeY = 32, SizeZ = 32;

    /// <summary>The part of a point's byte that counts what it waits for.</summary>
    public const int Counter = 0x0F;

    private readonly GridDimensions grid;
    private readonly GridNeighbours neighbours;
    private readonly byte[] waiting;
    private readonly int tilesX, tilesY, tilesZ;
    private readonly Tile[] tiles;
    private readonly Queue<Tile> queue = new();
    private int working;

    private sealed class Tile(int x, int y, int z)
    {
        public readonly int X = x, Y = y, Z = z;
        public List<int> Inbox = [];
        public bool IsQueued, IsWorkedOn;
    }

    /// <param name="waiting">Of each point, in the bits of <see cref="Counter"/>, how many neighbours it waits for.</param>
    public TiledSweep(GridDimensions grid, GridNeighbours neighbours, byte[] waiting)
    {
        this.grid = grid;
        this.neighbours = neighbours;
        this.waiting = waiting;
        (tilesX, tilesY, tilesZ) = ((grid.X + SizeX - 1) / SizeX, (grid.Y + SizeY - 1) / SizeY, (grid.Z + SizeZ - 1) / SizeZ);
        tiles = [.. from z in Enumerable.Range(0, tilesZ) from y in Enumerable.Range(0, tilesY) from x in Enumerable.Range(0, tilesX) select new Tile(x * SizeX, y * SizeY, z * SizeZ)];
    }

    /// <param name="first">Points that wait for none.</param>
    /// <param name="expected">How many points will be visited, for the progress.</param>
    public void Run<TStep>(IEnumerable<int> first, TStep step, long expected, IProgress<double>? progress, CancellationToken cancellation) where TStep : struct, ISweepStep
    {
        foreach (var point in first)
        {
            // As if it waited for the message that it gets here.
            waiting[point]++;
            var row = point / grid.X;
            int x = point - row * grid.X, z = row / grid.Y, y = row - z * grid.Y;
            var tile = tiles[x / SizeX + tilesX * (y / SizeY + tilesY * (z / SizeZ))];
            tile.Inbox.Add(point);
            Enqueue(tile);
        }
        long visited = 0;
        Parallel.For(0, Environment.ProcessorCount, new ParallelOptions { CancellationToken = cancellation }, _ =>
        {
            var worker = new Worker<TStep>(this, step);
            List<int> messages = [];
            while (Take(ref messages) is { } tile)
            {
                var finished = false;
                try
                {
                    cancellation.ThrowIfCancellationRequested();
                    var count = worker.Work(tile, messages);
                    progress?.Report((double)Interlocked.Add(ref visited, count) / expected);
                    finished = true;
                }
                finally
                {
                    Release(tile, worker, finished);
                }
            }
        });
    }

    private void Enqueue(Tile tile)
    {
        if (tile.IsQueued) return;
        tile.IsQueued = true;
        if (tile.IsWorkedOn) return;
        queue.Enqueue(tile);
    }

    /// <summary>A tile with messages; null when there will be none any more.</summary>
    private Tile? Take(ref List<int> messages)
    {
        lock (queue)
        {
            while (queue.Count == 0)
            {
                if (working == 0) return null;
                Monitor.Wait(queue);
            }
            var tile = queue.Dequeue();
            (tile.IsQueued, tile.IsWorkedOn) = (false, true);
            messages.Clear();
            (messages, tile.Inbox) = (tile.Inbox, messages);
            working++;
            return tile;
        }
    }

    private void Release<TStep>(Tile tile, Worker<TStep> worker, bool finished) where TStep : struct, ISweepStep
    {
        lock (queue)
        {
            working--;
            tile.IsWorkedOn = false;
            // Whoever fails or is interrupted ends the others too.
            if (!finished) queue.Clear();
            else
            {
                foreach (var (index, outbox) in worker.Outboxes)
                {
                    if (outbox.Count == 0) continue;
                    tiles[index].Inbox.AddRange(outbox);
                    outbox.Clear();
                    Enqueue(tiles[index]);
                }
                if (tile.IsQueued) queue.Enqueue(tile);
            }
            Monitor.PulseAll(queue);
        }
    }

    private sealed class Worker<TStep>(TiledSweep sweep, TStep step) where TStep : struct, ISweepStep
    {
        private readonly TStep step = step;
        private readonly Stack<int> ready = new();

        /// <summary>Messages for other tiles.</summary>
        public Dictionary<int, List<int>> Outboxes { get; } = [];

        // Optimised at once, as the steps are: the loop runs for seconds before the runtime would notice.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public int Work(Tile tile, List<int> messages)
        {
            var (grid, neighbours, waiting) = (sweep.grid, sweep.neighbours, sweep.waiting);
            var count = neighbours.Count;
            Span<int> around = stackalloc int[count];
            var offsets = neighbours.Offsets;
            int endX = Math.Min(tile.X + SizeX, grid.X), endY = Math.Min(tile.Y + SizeY, grid.Y), endZ = Math.Min(tile.Z + SizeZ, grid.Z);
            foreach (var point in messages)
                if ((--waiting[point] & Counter) == 0) ready.Push(point);
            var visited = 0;
            while (ready.TryPop(out var point))
            {
                visited++;
                var row = (int)((uint)point / (uint)grid.X);
                int x = point - row * grid.X, z = (int)((uint)row / (uint)grid.Y), y = row - z * grid.Y;
                if (neighbours.IsWithin(x, y, z, tile.X, endX, tile.Y, endY, tile.Z, endZ))
                {
                    for (var k = 0; k < around.Length; k++) around[k] = point + offsets[k];
                    for (var bits = step.Visit(point, around); bits != 0; bits &= bits - 1)
                    {
                        var other = around[BitOperations.TrailingZeroCount(bits)];
                        if ((--waiting[other] & Counter) == 0) ready.Push(other);
                    }
                    continue;
                }
                neighbours.Find(point, around);
                for (var bits = step.Visit(point, around); bits != 0; bits &= bits - 1)
                {
                    var k = BitOperations.TrailingZeroCount(bits);
                    var other = around[k];
                    var (stepX, stepY, stepZ) = neighbours.Steps[k];
                    int otherX = GridNeighbours.Wrap(x + stepX, grid.X), otherY = GridNeighbours.Wrap(y + stepY, grid.Y), otherZ = GridNeighbours.Wrap(z + stepZ, grid.Z);
                    if (otherX >= tile.X && otherX < endX && otherY >= tile.Y && otherY < endY && otherZ >= tile.Z && otherZ < endZ)
                    {
                        if ((--waiting[other] & Counter) == 0) ready.Push(other);
                    }
                    else Outbox(otherX / SizeX + sweep.tilesX * (otherY / SizeY + sweep.tilesY * (otherZ / SizeZ))).Add(other);
                }
            }
            return visited;
        }

        private List<int> Outbox(int tile)
        {
            if (Outboxes.TryGetValue(tile, out var outbox)) return outbox;
            // Those of tiles far off are empty by now.
            if (Outboxes.Count > 256)
                foreach (var old in Outboxes.Where(box => box.Value.Count == 0).Select(box => box.Key).ToArray()) Outboxes.Remove(old);
            return Outboxes[tile] = [];
        }
    }
}
