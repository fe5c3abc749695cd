using System.Collections.Immutable;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Interfaces;

/// <summary>The lattice planes of a crystal that its symmetry does not make of each other.</summary>
public static class DistinctPlanes
{
    /// <summary>More planes than anybody looks through.</summary>
    public const int LargestMaxIndex = 6;

    /// <summary>
    /// Those with no index beyond ±<paramref name="maxIndex"/>, without common factor, one of each set, by h² + k² + l², then by
    /// descending indices. (hkl) and its opposite are two where no operation turns the one into the other: a polar direction.
    /// </summary>
    /// <exception cref="DftFlowException">DF1620: the largest index is out of range. DF1280: the crystal has no symmetry to speak of.</exception>
    public static ImmutableArray<MillerPlane> UpTo(int maxIndex, Structure crystal)
    {
        if (maxIndex is < 1 or > LargestMaxIndex)
            throw new DftFlowException("DF1620", FormattableString.Invariant($"{maxIndex} is no largest Miller index."), FormattableString.Invariant($"Give 1 to {LargestMaxIndex}, or the planes themselves.")) { Setting = nameof(Coating.MaxIndex) };
        var rotations = SpaceGroup.Of(crystal, elementsOnly: true).PointOperations.Select(operation => operation.Rotation.Transposed).ToArray();
        var known = new HashSet<(int, int, int)>();
        var planes = ImmutableArray.CreateBuilder<MillerPlane>();
        for (var h = maxIndex; h >= -maxIndex; h--)
            for (var k = maxIndex; k >= -maxIndex; k--)
                for (var l = maxIndex; l >= -maxIndex; l--)
                {
                    if (GreatestCommonDivisor(GreatestCommonDivisor(Math.Abs(h), Math.Abs(k)), Math.Abs(l)) != 1 || known.Contains((h, k, l))) continue;
                    planes.Add(new(h, k, l));
                    foreach (var rotation in rotations)
                    {
                        var image = rotation.Apply(new(h, k, l));
                        known.Add(((int)image.X, (int)image.Y, (int)image.Z));
                    }
                }
        return [.. planes.OrderBy(plane => plane.H * plane.H + plane.K * plane.K + plane.L * plane.L)];

        static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
    }
}
