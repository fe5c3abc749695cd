using System.Collections.Immutable;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Crystals.Interfaces;

/// <summary>A match of one of the coating's planes.</summary>
public sealed record PlaneMatch(MillerPlane Plane, LatticeMatch Match);

/// <summary>A plane of the coating that was passed over, and why.</summary>
public sealed record SkippedPlane(MillerPlane Plane, string Reason);

/// <summary>A coated slab, and all that the choice of it consisted of.</summary>
public sealed record CoatedSlab
{
    /// <summary>The substrate's sites first, then those of the coating above, then those of the coating below. The cell is that of the substrate, repeated in the plane and higher; the atoms are in its middle.</summary>
    public required Structure Structure { get; init; }

    /// <summary>The coating's plane; its normal points away from the substrate.</summary>
    public required MillerPlane Plane { get; init; }

    /// <summary>
    /// The coating as it was cut, before it was turned over, repeated and strained: <see cref="BuiltSlab.Top"/> is the termination that
    /// touches the substrate, <see cref="BuiltSlab.BottomId"/> that at the vacuum.
    /// </summary>
    public required BuiltSlab Coating { get; init; }

    /// <summary>The common cell and the whole misfit; the coating's vectors are those of <see cref="Coating"/> turned over about a.</summary>
    public required LatticeMatch Match { get; init; }

    /// <summary>The place of the match in <see cref="Matches"/>, from 1.</summary>
    public required int MatchNumber { get; init; }

    /// <summary>The matches of all planes, the best first: by area, then as <see cref="LatticeMatchSearch.Find"/> says, then by the order of planes.</summary>
    public required ImmutableArray<PlaneMatch> Matches { get; init; }

    public required ImmutableArray<SkippedPlane> SkippedPlanes { get; init; }

    /// <summary>What was done to the coating, its rotation with it.</summary>
    public required PlaneDeformation CoatingStrain { get; init; }

    /// <summary>What was done to the substrate.</summary>
    public required PlaneDeformation SubstrateStrain { get; init; }

    public required Registry Registry { get; init; }

    /// <summary>Between the centres of the outermost atoms of both, along the normal, in Å.</summary>
    public required double GapA { get; init; }

    /// <summary>The shortest distances across the interface by pairs of elements; first the substrate's.</summary>
    public required ImmutableArray<PairDistance> Contacts { get; init; }

    public required int SubstrateAtoms { get; init; }

    public required int CoatingAtoms { get; init; }

    /// <summary>Of the interface, in Å².</summary>
    public required double AreaA2 { get; init; }

    /// <summary>From the lowest atom's centre to the highest's, in Å.</summary>
    public required double CoatingThicknessA { get; init; }

    public required double VacuumA { get; init; }

    /// <summary>The operation that made the coating below of that above: <c>inversion</c>, <c>reflection</c>, <c>rotation</c> or <c>rotoinversion</c>; null where one side is coated.</summary>
    public required string? SidesExchangedBy { get; init; }

    /// <summary>
    /// The dipole of the coating as it was cut, of one cell of <see cref="Coating"/>, in e·Å: positive where plus is at the vacuum. Along the
    /// substrate's outward normal, which is the opposite of the one that <see cref="BuiltSlab.DipoleEA"/> refers to. Null where no charges were given.
    /// </summary>
    // Subtracted, so that nothing is not told as −0.
    public double? CoatingDipoleEA => 0.0 - Coating.DipoleEA;

    /// <summary>The same per area, in e/Å.</summary>
    public double? CoatingDipolePerAreaEPerA => 0.0 - Coating.DipolePerAreaEPerA;

    /// <summary>DF1615: the coating is polar. DF1616: it is not stoichiometric.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    public Composition SubstrateComposition => Part(0, SubstrateAtoms);

    public Composition CoatingComposition => Part(SubstrateAtoms, CoatingAtoms);

    private Composition Part(int first, int count) => (Structure with { Sites = Structure.Sites[first..(first + count)] }).Composition;
}
