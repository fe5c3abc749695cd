using System.Globalization;

namespace DftFlow.Crystals.Surfaces;

/// <summary>
/// The direction of a lattice plane by its Miller indices, in the axes of the cell that they are given for (usually the
/// conventional one). A common factor does not matter: (003) is the plane (001).
/// </summary>
public readonly record struct MillerPlane
{
    private const int LargestIndex = 100;

    /// <exception cref="DftFlowException">DF1611: all indices are zero, or one is beyond ±100.</exception>
    public MillerPlane(int h, int k, int l)
    {
        (H, K, L) = (h, k, l);
        if (h == 0 && k == 0 && l == 0)
            throw Error("(000) is no lattice plane.", "At least one Miller index is not zero.");
        if (Math.Max(Math.Abs((long)h), Math.Max(Math.Abs((long)k), Math.Abs((long)l))) > LargestIndex)
            throw Error($"{this} is a plane with an index beyond {LargestIndex}.", "Such a plane has hardly any atoms; give smaller indices.");
    }

    /// <summary>Three indices hkl, or the four hkil of hexagonal axes, of which i = −(h + k).</summary>
    /// <exception cref="DftFlowException">DF1611: these are not the indices of a plane.</exception>
    public static MillerPlane Of(IReadOnlyList<int> indices) => indices switch
    {
        [var h, var k, var l] => new(h, k, l),
        [var h, var k, var i, var l] when (long)h + k + i == 0 => new MillerPlane(h, k, l) with { HasFourIndices = true },
        [var h, var k, _, _] => throw Error(
            $"({Text(indices)}) is no plane: of four indices h, k, i, l the third is −(h + k), here {Text([-(long)h - k])}.", "Correct the third index, or leave it out."),
        _ => throw Error($"({Text(indices)}) is no plane.", "Give three Miller indices, as in [1, 0, 4], or four in hexagonal axes, as in [1, 0, -1, 4]."),
    };

    public int H { get; }

    public int K { get; }

    public int L { get; }

    /// <summary>Written as hkil: only in cells with hexagonal axes (a = b, γ = 120°).</summary>
    public bool HasFourIndices { get; private init; }

    /// <summary>As in (104), (-131), (10-14); with spaces where an index has two digits.</summary>
    public override string ToString()
    {
        int[] indices = HasFourIndices ? [H, K, -H - K, L] : [H, K, L];
        return $"({string.Join(indices.Any(index => index is < -9 or > 9) ? " " : "", indices.Select(index => index.ToString(CultureInfo.InvariantCulture)))})";
    }

    private static string Text<T>(IEnumerable<T> indices) where T : IFormattable =>
        string.Join(", ", indices.Select(index => index.ToString(null, CultureInfo.InvariantCulture)));

    internal static DftFlowException Error(string message, string hint) => new("DF1611", message, hint);
}
