using System.Collections.Immutable;

namespace DftFlow.Crystals.Surfaces;

/// <summary>
/// One way in which a crystal can end at a plane, seen from outside: a cut between two atomic layers with the crystal below it.
/// Cuts that an operation of the crystal takes to each other, without turning the normal around, are one termination.
/// </summary>
public sealed record Termination
{
    /// <summary>From 1, fewest broken bonds first.</summary>
    public required int Number { get; init; }

    /// <summary>
    /// What the outermost layer is made of, as in <c>O</c>; with the layers below it where several are alike so far, as in
    /// <c>O-Co</c> and <c>O-Li</c>; with a number where layers do not tell them apart, as in <c>O.2</c>.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>What the layers are made of, from the outermost inwards, until they repeat; at most 50.</summary>
    public required ImmutableArray<string> Layers { get; init; }

    /// <summary>The distance in Å, in the crystal, of the outermost atom to the first one that was cut off.</summary>
    public required double GapA { get; init; }

    /// <summary>Bonds cut per cell of the plane. A bond is no longer than 1.2 times the nearest neighbour's distance of one of its atoms.</summary>
    public required int BrokenBonds { get; init; }

    public required double BrokenBondsPerA2 { get; init; }

    /// <summary>
    /// The smallest number of atomic layers of a slab that has this termination on both sides, equal by an operation of the crystal;
    /// null where there is none. With <see cref="CrystalSurface.LayersPerPeriod"/> more it is so again.
    /// </summary>
    public required int? SymmetricLayers { get; init; }

    /// <summary>What <see cref="SurfacePolarity"/> says; null where no charges were given.</summary>
    public required SurfacePolarity? Polarity { get; init; }

    /// <summary>The layer below the cut, in the numbering of the stacking.</summary>
    internal int TopLayer { get; init; }
}

/// <summary>How polar a surface is by the charges of its atoms (P. W. Tasker, J. Phys. C 12, 4977 (1979)).</summary>
/// <param name="TaskerType">
/// 1: every layer is neutral. 2: layers are charged, but the repeat unit that ends here has no dipole. 3: it has one, so that the
/// field in a thick slab does not fall off: such a surface is stable only where charge or atoms move.
/// </param>
/// <param name="RepeatDipoleEA">The dipole of the repeat unit below the surface along the outward normal, per cell of the plane, in e·Å.</param>
/// <param name="RepeatDipolePerAreaEPerA">The same per area, in e/Å.</param>
public sealed record SurfacePolarity(int TaskerType, double RepeatDipoleEA, double RepeatDipolePerAreaEPerA)
{
    // By how much positive and negative charges may be apart, on average, in a repeat unit without a dipole: what symmetry is held to.
    private const double NoDipoleA = 0.01;

    private const double NeutralE = 1e-3;

    internal static SurfacePolarity Of(OrientedCell cell, PlaneStacking stacking, int topLayer, Func<Site, double> chargeOf)
    {
        double dipole = 0, total = 0;
        var neutralLayers = true;
        for (var layer = topLayer - stacking.Count + 1; layer <= topLayer; layer++)
        {
            double charge = 0;
            foreach (var atom in stacking[layer])
            {
                var q = chargeOf(cell.Structure.Sites[atom.Site]);
                charge += q;
                total += Math.Abs(q);
                dipole += q * atom.HeightA;
            }
            neutralLayers &= Math.Abs(charge) < NeutralE;
        }
        var type = Math.Abs(dipole) > NoDipoleA * total ? 3 : neutralLayers ? 1 : 2;
        return new(type, type == 3 ? dipole : 0, type == 3 ? dipole / cell.AreaA2 : 0);
    }
}
