using System.Collections.Immutable;

namespace DftFlow.Crystals.Surfaces;

/// <summary>A slab, and all that the choice of it consisted of.</summary>
public sealed record BuiltSlab
{
    /// <summary>a along x, b in the xy plane, c along the outward normal z. Elements in the crystal's order, atoms of one from the bottom up.</summary>
    public required Structure Structure { get; init; }

    /// <summary>The plane, its layers, and all terminations, the chosen one among them.</summary>
    public required CrystalSurface Surface { get; init; }

    public required Termination Top { get; init; }

    /// <summary>The id of the termination at the bottom; where the crystal's two sides are unlike, what the lowest layer is made of.</summary>
    public required string BottomId { get; init; }

    /// <summary>How many atomic layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Of one side, in Å².</summary>
    public required double AreaA2 { get; init; }

    /// <summary>From the lowest atom's centre to the highest's, in Å.</summary>
    public required double ThicknessA { get; init; }

    /// <summary>From the highest atom's centre to the lowest's of the next image, in Å.</summary>
    public required double VacuumA { get; init; }

    /// <summary>An operation of the crystal exchanges the two sides: the slab has no dipole.</summary>
    public required bool IsSymmetric { get; init; }

    /// <summary>The slab has the composition of the crystal.</summary>
    public bool IsStoichiometric => Excess.IsEmpty;

    /// <summary>The largest number of formula units of the crystal that the slab holds.</summary>
    public required double FormulaUnits { get; init; }

    /// <summary>What the slab holds beside those, both sides together; empty where it is stoichiometric.</summary>
    public required Composition Excess { get; init; }

    /// <summary>The sum of the charges in e; null where none were given. Not zero only where the slab is not stoichiometric.</summary>
    public required double? ChargeE { get; init; }

    /// <summary>The dipole along the normal, of the charges about the middle between the outermost atoms, in e·Å; null where none were given.</summary>
    public required double? DipoleEA { get; init; }

    /// <summary>The same per area, in e/Å.</summary>
    public double? DipolePerAreaEPerA => DipoleEA / AreaA2;

    /// <summary>DF1312: thin vacuum. DF1615: polar. DF1616: not stoichiometric.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }
}
