namespace DftFlow.Crystals.Ordering;

/// <summary>What an arrangement is judged by, smaller being better, and how it changes when two places exchange their species.</summary>
internal abstract class SwapObjective(byte[] arrangement)
{
    public byte[] Arrangement { get; } = arrangement;

    public double Value { get; private set; }

    /// <summary>Changes that are smaller are none.</summary>
    public abstract double Resolution { get; }

    /// <summary>Nothing can be better.</summary>
    public virtual bool IsPerfect => false;

    /// <summary>What the exchange would do to the value.</summary>
    public abstract double Change(int i, int j);

    public void Swap(int i, int j, double change)
    {
        Update(i, j);
        (Arrangement[i], Arrangement[j]) = (Arrangement[j], Arrangement[i]);
        Value += change;
    }

    protected void Begin(double value) => Value = value;

    /// <summary>Takes note of the exchange, before the arrangement shows it.</summary>
    protected abstract void Update(int i, int j);
}

/// <summary>
/// Looks for the arrangement of the smallest value by exchanges at a temperature that falls (S. Kirkpatrick, C. D. Gelatt, M. P.
/// Vecchi, Science 220, 671 (1983)); then takes every exchange that still helps. Several runs from different beginnings; the best counts.
/// </summary>
internal static class Annealing
{
    public const int Runs = 4;

    // From a temperature at which most exchanges are accepted to one at which none is.
    private const double First = 1, Last = 1e-4;
    private const int Probes = 200;

    /// <summary>Exchanges that are tried in each run where nothing is said.</summary>
    public static int UsualSteps(ArrangementSpace space) => Math.Clamp(5_000 * space.Sites.Length, 20_000, 1_000_000);

    /// <param name="mostDescent">How many exchanges each run looks at in its descent, after the steps.</param>
    /// <returns>The arrangement, its value, and whether its descent went on until no exchange helped.</returns>
    public static (byte[] Arrangement, double Value, bool IsSettled) Run(
        ArrangementSpace space, Func<byte[], SwapObjective> begin, ulong seed, int steps, long mostDescent = long.MaxValue, CancellationToken cancellation = default)
    {
        var ends = new (SwapObjective State, bool IsSettled)[Runs];
        Parallel.For(0, Runs, new ParallelOptions { CancellationToken = cancellation }, run => ends[run] = RunOnce(space, begin, new SeededRandom(seed + ((ulong)run << 32)), steps, mostDescent, cancellation));
        var best = ends[0];
        foreach (var end in ends)
            if (end.State.Value < best.State.Value - 100 * end.State.Resolution) best = end;
        return (best.State.Arrangement, best.State.Value, best.IsSettled);
    }

    private static (SwapObjective State, bool IsSettled) RunOnce(
        ArrangementSpace space, Func<byte[], SwapObjective> begin, SeededRandom random, int steps, long mostDescent, CancellationToken cancellation)
    {
        var state = begin(space.Random(random));
        var places = space.Counts.Select((counts, sublattice) => counts.Count(count => count > 0) > 1 ? space.PlacesOf(sublattice) : []).ToArray();
        int[] movable = [.. places.SelectMany(of => of)];
        if (movable.Length == 0) return (state, true);

        var scale = 0.0;
        for (var probe = 0; probe < Probes; probe++)
            if (Draw() is var (i, j)) scale = Math.Max(scale, Math.Abs(state.Change(i, j)));
        var cooling = Math.Pow(Last / First, 1.0 / steps);
        var temperature = First * scale;
        var best = state.Arrangement.ToArray();
        var bestValue = state.Value;
        for (var step = 0; step < steps && !state.IsPerfect; step++, temperature *= cooling)
        {
            if ((step & 0xFFF) == 0) cancellation.ThrowIfCancellationRequested();
            if (Draw() is not var (i, j)) continue;
            var change = state.Change(i, j);
            // Rounding must not decide about an exchange that symmetry makes no change.
            if (change > state.Resolution && random.NextDouble() >= Math.Exp(-change / temperature)) continue;
            state.Swap(i, j, change);
            if (state.Value < bestValue - 100 * state.Resolution)
            {
                bestValue = state.Value;
                state.Arrangement.CopyTo(best, 0);
            }
        }
        state = begin(best);
        var left = mostDescent;
        while (!state.IsPerfect && Improve()) { }
        return (state, left >= 0);

        (int, int)? Draw()
        {
            var i = movable[random.Next(movable.Length)];
            var of = places[space.SublatticeOf(i)];
            var j = of[random.Next(of.Length)];
            return state.Arrangement[i] == state.Arrangement[j] ? null : (i, j);
        }

        bool Improve()
        {
            var improved = false;
            foreach (var of in places)
                for (var a = 0; a < of.Length; a++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    for (var b = 0; b < a; b++)
                    {
                        if (state.Arrangement[of[a]] == state.Arrangement[of[b]]) continue;
                        if (--left < 0) return false;
                        var change = state.Change(of[a], of[b]);
                        if (!(change < -100 * state.Resolution)) continue;
                        state.Swap(of[a], of[b], change);
                        improved = true;
                    }
                }
            return improved;
        }
    }
}
