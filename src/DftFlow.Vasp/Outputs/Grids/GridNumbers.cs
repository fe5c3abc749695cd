using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs.Grids;

/// <summary>What reading a stretch of numbers gave.</summary>
/// <param name="Count">How many were read.</param>
/// <param name="Consumed">Bytes up to the end of the last of them.</param>
/// <param name="NotFinite">How many are stars, NaN or infinite.</param>
/// <param name="FirstNotFinite">Where the first of those begins.</param>
/// <param name="Stopped">Something that is no number follows.</param>
internal readonly record struct NumberRun(int Count, int Consumed, int NotFinite, int FirstNotFinite, bool Stopped);

/// <summary>Reads blank-separated numbers in bulk.</summary>
internal static class GridNumbers
{
    // Sign, digit, point, eight digits, and eight bytes of the rest.
    private const int LongestForm = 20;
    private const ulong Zeros = 0x3030303030303030;

    /// <summary>Reads numbers until the array is full or the text ends, which must not be within a number.</summary>
    // Optimised at once: a file may be read before the runtime notices that this is worth it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static NumberRun Read<T>(ReadOnlySpan<byte> text, Span<T> into) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var longForm = true;
        int at = 0, end = 0, count = 0, notFinite = 0, firstNotFinite = 0;
        for (; count < into.Length; count++)
        {
            while (at < text.Length && text[at] <= ' ') at++;
            if (at == text.Length) break;
            var start = at;
            // A file keeps to one of the two forms.
            if (text.Length - at >= LongestForm && (TryForm(longForm, text.Slice(at, LongestForm), out var value, out var length) || TryForm(longForm = !longForm, text.Slice(at, LongestForm), out value, out length))) at += length;
            else
            {
                length = FortranNumber.Read(text[at..], out value);
                if (length == 0) return Run(stopped: true);
                at += length;
                if (!double.IsFinite(value) && notFinite++ == 0) firstNotFinite = start;
            }
            end = at;
            into[count] = T.CreateTruncating(value);
        }
        return Run(stopped: false);

        NumberRun Run(bool stopped) => new(count, end, notFinite, firstNotFinite, stopped);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryForm(bool longForm, ReadOnlySpan<byte> text, out double value, out int length) =>
        longForm ? TryLong(text, out value, out length) : TryShort(text, out value, out length);

    /// <summary>
    /// The form of CHGCAR, AECCAR and LOCPOT: <c>0.12345678901E-02</c>, <c>-.12345678901E+02</c> or <c>1.23456789012E+01</c>: eleven decimals
    /// and two digits of exponent.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLong(ReadOnlySpan<byte> text, out double value, out int length)
    {
        var sign = text[0] == '-' ? 1 : 0;
        // Signs come as they like, so what depends on them has no branch.
        var leading = text[sign] == '.' ? 0 : 1;
        var first = (uint)leading * (uint)(text[sign] - '0');
        var at = sign + leading;
        value = 0;
        length = at + 16;
        if (text[at] != '.' || first > 9) return false;
        var digits = Eight(text[(at + 1)..]) ^ Zeros;
        // Three digits, E, a sign, two digits, and what follows, against "000E+00".
        var rest = Eight(text[(at + 9)..]) ^ 0x0030302B45303030;
        if (((digits | (digits + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0) != 0) return false;
        if (((rest | (rest + 0x0006060000060606)) & 0x00F0F000FFF0F0F0) != 0) return false;
        var exponentSign = (rest >> 32) & 0xFF;
        if (exponentSign is not (0 or 6) || rest >> 56 is >= '0' and <= '9') return false;
        var mantissa = (ulong)first * 100_000_000_000 + Number(digits) * 1000 + (rest & 0xF) * 100 + ((rest >> 8) & 0xF) * 10 + ((rest >> 16) & 0xF);
        var exponent = (int)(((rest >> 40) & 0xF) * 10 + ((rest >> 48) & 0xF));
        if (!PowersOfTen.TryNearest(mantissa, (exponentSign == 0 ? exponent : -exponent) - 11, out var magnitude)) return false;
        value = sign == 0 ? magnitude : -magnitude;
        return true;
    }

    /// <summary>The forms of CHG and ELFCAR: <c>152.46</c>, <c>-.10542</c> or <c>0.10284E-07</c>, at most seven digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryShort(ReadOnlySpan<byte> text, out double value, out int length)
    {
        var sign = text[0] == '-' ? 1 : 0;
        var eight = Eight(text[sign..]);
        value = 0;
        length = 0;
        // The place of the point in bits: the lowest byte that is none but for it.
        var points = eight ^ 0x2E2E2E2E2E2E2E2E;
        points = (points - 0x0101010101010101) & ~points & 0x8080808080808080;
        if (points == 0) return false;
        var point = BitOperations.TrailingZeroCount(points) - 7;
        var before = (1UL << point) - 1;
        // The point is taken out, and what is no digit ends the number.
        var digits = ((eight & before) | ((eight >> 8) & ~before)) ^ Zeros;
        var others = ((digits | (digits + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0) | 0xF0UL << 56;
        var bits = BitOperations.TrailingZeroCount(others) & ~7;
        if (bits is 0 or 56 || bits < point) return false;
        var mantissa = Number(digits << (64 - bits));
        var power = -(bits - point) / 8;
        length = sign + bits / 8 + 1;
        if (text[length] > ' ')
        {
            int ten = text[length + 2] - '0', one = text[length + 3] - '0';
            if (text[length] != 'E' || text[length + 1] is not ((byte)'+' or (byte)'-') || (uint)ten > 9 || (uint)one > 9 || text[length + 4] is >= (byte)'0' and <= (byte)'9') return false;
            power += (ten * 10 + one) * (text[length + 1] == '-' ? -1 : 1);
            length += 4;
        }
        if (!PowersOfTen.TryNearest(mantissa, power, out var magnitude)) return false;
        value = sign == 0 ? magnitude : -magnitude;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ReadOnlySpan<byte> text) => BinaryPrimitives.ReadUInt64LittleEndian(text);

    // Of eight digits, the first in the lowest byte, without their '0': pairs, then fours, then all.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Number(ulong digits)
    {
        digits = digits * 10 + (digits >> 8);
        return (uint)((((digits & 0x000000FF000000FF) * 0x000F424000000064) + (((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32);
    }
}
