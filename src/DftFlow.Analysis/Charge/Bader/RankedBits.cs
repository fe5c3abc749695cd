using System.Numerics;
using System.Runtime.CompilerServices;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>Some of many places, and for each of them how many come before it.</summary>
internal sealed class RankedBits
{
    private readonly ulong[] bits;
    private readonly int[] before;

    public RankedBits(int length, Func<int, bool> isIn)
    {
        bits = new ulong[(length + 63) / 64];
        before = new int[bits.Length + 1];
        Parallel.For(0, (bits.Length + 1023) / 1024, [MethodImpl(MethodImplOptions.AggressiveOptimization)] (piece) =>
        {
            for (var word = piece * 1024; word < Math.Min((piece + 1) * 1024, bits.Length); word++)
                for (var place = word * 64; place < Math.Min(length, (word + 1) * 64L); place++)
                    if (isIn(place)) bits[word] |= 1UL << place;
        });
        for (var word = 0; word < bits.Length; word++) before[word + 1] = before[word] + BitOperations.PopCount(bits[word]);
    }

    public int Count => before[^1];

    /// <summary>How many of them come before a place.</summary>
    public int Rank(int place) => before[place >> 6] + BitOperations.PopCount(bits[place >> 6] & ((1UL << place) - 1));
}
