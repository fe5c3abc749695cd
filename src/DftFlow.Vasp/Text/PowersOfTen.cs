using System.Numerics;
using System.Runtime.CompilerServices;

namespace DftFlow.Vasp.Text;

/// <summary>
/// Decimal digits to the nearest double and back with one multiplication of 64 by 64 bits, after Lemire (Software: Practice and
/// Experience 51, 1700, 2021): a power of ten is kept to 64 bits, which decides the rounding of all but about one number in a
/// thousand; what it does not decide is said, and left to the slow and exact way.
/// </summary>
internal static class PowersOfTen
{
    private const int Lowest = -90, Highest = 90;

    // Powers of ten that are exact in double precision, so that one multiplication or division rounds once (Clinger 1990).
    private static ReadOnlySpan<double> Exact =>
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    // The 64 leading bits of each power, cut off and not rounded; the highest bit is set.
    private static readonly ulong[] Leading = [.. Enumerable.Range(Lowest, Highest - Lowest + 1).Select(LeadingBits)];

    /// <summary>The double nearest to digits · 10^power; false where this way cannot tell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryNearest(ulong digits, int power, out double value)
    {
        if (digits > 1UL << 53 || power is < -22 or > 22) return TryRounded(digits, power, out value);
        value = power < 0 ? (long)digits / Exact[-power] : (long)digits * Exact[power];
        return true;
    }

    private static bool TryRounded(ulong digits, int power, out double value)
    {
        value = 0;
        if (digits == 0) return true;
        if (power is < Lowest or > Highest) return false;
        var zeros = BitOperations.LeadingZeroCount(digits);
        var normalised = digits << zeros;
        var high = Math.BigMul(normalised, Leading[power - Lowest], out ulong low);
        // The true product is less than one unit of `high` above this one.
        var cut = 10 + (int)(high >> 63);
        var half = 1UL << (cut - 1);
        var rest = high & (2 * half - 1);
        if (rest == half ? low == 0 : rest == half - 1 && low + normalised < low) return false;
        var mantissa = (high >> cut) + (rest >= half ? 1UL : 0UL);
        var exponent = BinaryExponent(power) + 1 - zeros + cut;
        if (mantissa == 1UL << 53) (mantissa, exponent) = (mantissa >> 1, exponent + 1);
        // Powers within the table with at most 20 digits stay well within the range of normal doubles.
        value = BitConverter.UInt64BitsToDouble(((ulong)(exponent + 1075) << 52) | (mantissa & ((1UL << 52) - 1)));
        return true;
    }

    /// <summary>
    /// A positive number as <paramref name="count"/> decimal digits (at most 17), d.ddd · 10^exponent, rounded to the nearest;
    /// false where this way cannot tell.
    /// </summary>
    public static bool TryDigits(double value, int count, out ulong digits, out int exponent)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var binary = (int)(bits >> 52);
        digits = 0;
        // log10(2) from below: the estimate is right or one too small.
        exponent = (int)Math.Floor((binary - 1023) * 0.30102999566398114);
        if (binary is 0 or 0x7FF) return false;
        var normalised = (bits << 11) | (1UL << 63);
        var limit = IntegerPower(count);
        while (true)
        {
            var power = count - 1 - exponent;
            if (power is < Lowest or > Highest) return false;
            var high = Math.BigMul(normalised, Leading[power - Lowest], out ulong _);
            // value = normalised · 2^(binary - 1086), and the power of ten = Leading · 2^(BinaryExponent - 63).
            var cut = -(binary - 1086 + BinaryExponent(power) + 1);
            if (cut is < 4 or > 62) return false;
            digits = high >> cut;
            if (digits >= limit)
            {
                exponent++;
                continue;
            }
            var half = 1UL << (cut - 1);
            var rest = high & (2 * half - 1);
            // The true product is less than one unit of `high` above this one.
            if (rest == half - 1 || rest == half || rest == 2 * half - 1) return false;
            if (rest > half) digits++;
            if (digits == limit) (digits, exponent) = (limit / 10, exponent + 1);
            return true;
        }
    }

    private static ulong IntegerPower(int count)
    {
        var power = 1UL;
        for (var i = 0; i < count; i++) power *= 10;
        return power;
    }

    // floor(log2(10^power)), exact for all powers in the table.
    private static int BinaryExponent(int power) => (power * 217706) >> 16;

    private static ulong LeadingBits(int power)
    {
        var magnitude = BigInteger.Pow(10, Math.Abs(power));
        // 2^k / 10^|power| has 64 bits where k = 63 - floor(log2(10^power)).
        return power < 0
            ? (ulong)((BigInteger.One << (63 - BinaryExponent(power))) / magnitude)
            : (ulong)(BinaryExponent(power) is var bits && bits > 63 ? magnitude >> (bits - 63) : magnitude << (63 - bits));
    }
}
