using System.Numerics;

namespace DftFlow.Crystals;

/// <summary>
/// The only source of chance: xoshiro256** (D. Blackman, S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021)), seeded through
/// splitmix64. The same seed gives the same numbers on every machine and in every version of .NET, which System.Random does not promise.
/// </summary>
internal sealed class SeededRandom
{
    private ulong s0, s1, s2, s3;

    public SeededRandom(ulong seed)
    {
        s0 = SplitMix(ref seed);
        s1 = SplitMix(ref seed);
        s2 = SplitMix(ref seed);
        s3 = SplitMix(ref seed);
    }

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Below 1, and not below 0; a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Below the limit, and not below 0, each number as likely as any other (D. Lemire, ACM Trans. Model. Comput. Simul. 29, 3 (2019)).</summary>
    public int Next(int below)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(below, 1);
        while (true)
        {
            var product = (NextUInt64() >> 32) * (ulong)below;
            if ((uint)product >= (uint)(-below) % (uint)below) return (int)(product >> 32);
        }
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
