using System.Collections.Immutable;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>One pair of many: what is kept of its reaction.</summary>
/// <param name="Minimum">Null where there is no reaction, as the mutual one; then the error says why.</param>
public sealed record InterfacePair(ChosenPhase First, ChosenPhase Second, InterfaceMinimum? Minimum, InterfaceMinimum? MutualMinimum, IReadOnlyList<string> Warnings, DftFlowException? Error);

/// <summary>The reactions of many pairs, on all processors; the order is that of the pairs, whatever finishes first.</summary>
public static class InterfaceMatrix
{
    /// <param name="calculate">One pair.</param>
    /// <param name="progress">Gets how many pairs are done, from several threads.</param>
    public static ImmutableArray<InterfacePair> Calculate(
        IReadOnlyList<(ChosenPhase First, ChosenPhase Second)> pairs, Func<ChosenPhase, ChosenPhase, InterfaceReaction> calculate, Action<int>? progress = null, CancellationToken cancellation = default)
    {
        var results = new InterfacePair[pairs.Count];
        var done = 0;
        Parallel.For(0, pairs.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, index =>
        {
            var (first, second) = pairs[index];
            try
            {
                var reaction = calculate(first, second);
                results[index] = new(first, second, reaction.Minimum, reaction.MutualMinimum, reaction.Warnings, null);
            }
            catch (DftFlowException error)
            {
                results[index] = new(first, second, null, null, [], error);
            }
            progress?.Invoke(Interlocked.Increment(ref done));
        });
        return ImmutableArray.Create(results);
    }
}
