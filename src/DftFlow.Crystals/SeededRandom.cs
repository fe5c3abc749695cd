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

    /// <summary>
    /// A deviate of the standard normal distribution (C. F. F. Karney, ACM Trans. Math. Softw. 42, 3 (2016), algorithm N). It compares
    /// and adds, and takes no logarithm, whose last digit differs between machines.
    /// </summary>
    public double NextNormal()
    {
        while (true)
        {
            var k = 0;
            while (TrueByHalfE()) k++;
            if (!AllTrue(k * (k - 1))) continue;
            var x = NextDouble();
            var accepted = true;
            for (var i = 0; i <= k && accepted; i++) accepted = TrueByShape(k, x);
            if (accepted) return NextUInt64() >> 63 == 0 ? k + x : -(k + x);
        }
    }

    private bool AllTrue(int trials)
    {
        for (var i = 0; i < trials; i++)
            if (!TrueByHalfE()) return false;
        return true;
    }

    // With the probability exp(-1/2): falling runs from 1/2 of even length (von Neumann).
    private bool TrueByHalfE()
    {
        var even = true;
        for (double last = 0.5, next; (next = NextDouble()) < last; last = next) even = !even;
        return even;
    }

    // With the probability exp(-x(2k + x)/(2k + 2)).
    private bool TrueByShape(int k, double x)
    {
        var even = true;
        for (double last = x, next; (next = NextDouble()) < last && NextDouble() * (2 * k + 2) < 2 * k + x; last = next) even = !even;
        return even;
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
