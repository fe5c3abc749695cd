using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Electronic;

/// <summary>The average of a local potential over the planes at right angles to the axis along which a cell has vacuum.</summary>
/// <param name="Axis">0, 1 or 2: the lattice vector that leads through the vacuum.</param>
/// <param name="PeriodA">The height of the cell along the normal of the planes, in Å.</param>
/// <param name="AverageEv">The potential energy of an electron, one a plane of the grid, from height 0 on.</param>
/// <param name="BottomA">Where the slab begins: the height of its lowest atom in Å, from 0 to the period.</param>
/// <param name="TopA">Where it ends: the height of its highest atom, which may lie beyond the period.</param>
public sealed record PotentialProfile(int Axis, double PeriodA, ImmutableArray<double> AverageEv, double BottomA, double TopA)
{
    /// <summary>A thinner empty layer than this is no vacuum that a potential becomes flat in, in Å.</summary>
    public const double ThinnestVacuumA = 8;

    /// <summary>From the first block of a LOCPOT, along the axis with the widest vacuum.</summary>
    /// <exception cref="DftFlowException">DF3206: the cell has no vacuum, or values are no numbers.</exception>
    public static PotentialProfile Of(VolumetricData<float> locpot)
    {
        if (locpot.Blocks is not [{ Values: var values }, ..] || values.Length == 0)
            throw No("the LOCPOT is not complete", "Let the run finish, or give the LOCPOT whole.");
        var sites = locpot.Positions;
        var axis = VacuumAxis(locpot.Lattice, sites) ?? throw NoVacuum();
        var (nx, ny, nz) = locpot.Dimensions;
        var counts = new[] { nx, ny, nz };
        var sums = new double[counts[axis]];
        var at = 0;
        for (var k = 0; k < nz; k++)
            for (var j = 0; j < ny; j++)
            {
                if (axis == 0)
                    for (var i = 0; i < nx; i++) sums[i] += values[at + i];
                else
                {
                    var row = 0.0;
                    for (var i = 0; i < nx; i++) row += values[at + i];
                    sums[axis == 1 ? j : k] += row;
                }
                at += nx;
            }
        var inPlane = (double)values.Length / sums.Length;
        if (sums.Any(sum => !double.IsFinite(sum))) throw No("the LOCPOT holds values that are not numbers", "It is damaged, or the run diverged.");
        var (bottom, top) = Extent(sites, axis);
        var period = 2 * Math.PI / locpot.Lattice.Reciprocal(axis).Length;
        return new(axis, period, [.. sums.Select(sum => sum / inPlane)], bottom * period, top * period);
    }

    /// <summary>The axis along which a cell has the widest vacuum, of at least <see cref="ThinnestVacuumA"/>; null where there is none.</summary>
    public static int? VacuumAxis(Lattice lattice, IEnumerable<Vector3D> fractional)
    {
        var places = fractional.ToList();
        var widths = Enumerable.Range(0, 3).Select(axis => places.Count == 0 ? 0 : (1 - Height(places, axis)) * 2 * Math.PI / lattice.Reciprocal(axis).Length).ToArray();
        var widest = Array.IndexOf(widths, widths.Max());
        return widths[widest] >= ThinnestVacuumA ? widest : null;
    }

    internal static DftFlowException NoVacuum() => No(FormattableString.Invariant($"the cell has no vacuum of {ThinnestVacuumA} Å or more"), "Only a slab, a wire or a molecule in a box has a vacuum level.");

    private static double Height(List<Vector3D> places, int axis) => Extent(places, axis) is var (bottom, top) ? top - bottom : 0;

    // What the atoms take of the axis: all but the widest gap between two of them.
    private static (double Bottom, double Top) Extent(IReadOnlyList<Vector3D> places, int axis)
    {
        var heights = places.Select(place => place[axis] - Math.Floor(place[axis])).Order().ToArray();
        var (widest, first) = (heights[0] + 1 - heights[^1], 0);
        for (var i = 1; i < heights.Length; i++)
            if (heights[i] - heights[i - 1] > widest) (widest, first) = (heights[i] - heights[i - 1], i);
        return (heights[first], heights[first] + 1 - widest);
    }

    private static DftFlowException No(string reason, string hint) => new("DF3206", $"The zero of energy cannot be placed at the vacuum level: {reason}.", hint);
}
