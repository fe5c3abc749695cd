using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Surfaces;

/// <summary>What the symmetry of a crystal does to its layers along a normal.</summary>
internal static class StackingSymmetry
{
    /// <summary>
    /// The operations that keep the normal's direction take layer i to layer i + <c>Period</c> or a multiple of it; those that turn
    /// it around take layer i to layer <c>Reversal</c> − i, modulo the period. Reversal is null where there are none of those.
    /// </summary>
    public static (int Period, int? Reversal) Of(OrientedCell cell, PlaneStacking stacking)
    {
        var period = stacking.Count;
        int? reversal = null;
        var first = stacking.MeanHeightA(0);
        foreach (var (rotation, translation) in SpaceGroup.Of(cell.Structure).PointOperations)
        {
            if (rotation.M31 != 0 || rotation.M32 != 0) continue;
            var image = stacking.LayerAt(rotation.M33 * first + translation.Z * cell.SpacingA);
            if (rotation.M33 > 0) period = GreatestCommonDivisor(period, image);
            else reversal = image;
        }
        return (period, reversal % period);

        static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
    }
}
