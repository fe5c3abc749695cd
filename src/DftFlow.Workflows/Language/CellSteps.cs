using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>Strain of the cell; the atoms follow it.</summary>
public sealed record StrainBlock : Block
{
    [Key("a", "Of the length of the first lattice vector.")]
    [Quantity(Dimension.Fraction)]
    public double A { get; init; }

    [Key("b", "Of the length of the second.")]
    [Quantity(Dimension.Fraction)]
    public double B { get; init; }

    [Key("c", "Of the length of the third.")]
    [Quantity(Dimension.Fraction)]
    public double C { get; init; }
}

public sealed record SortBlock : Block
{
    [Key("elements", "Their order; those that are not named come after, in order of first appearance.")]
    public ImmutableArray<Element> Elements { get; init; } = [];

    [Key("along", "Atoms of one element by their height along the normal of the other two vectors: a, b or c, lowest first.")]
    public Axis? Along { get; init; }
}

public enum Axis
{
    A,
    B,
    C,
}

public sealed record PerturbBlock : Block
{
    [Key("distance", "How far each atom moves.", Required = true)]
    [Quantity(Dimension.Length)]
    public Located<double>? DistanceA { get; init; }

    [Key("seed", "Another seed gives other directions.")]
    public Located<int>? Seed { get; init; }
}

public sealed record FreezeBlock : Block
{
    [Key("bottom", "From the lowest atom up: 2 layers, or 4 Å.")]
    public Located<Extent>? Bottom { get; init; }

    [Key("top", "From the highest atom down.")]
    public Located<Extent>? Top { get; init; }

    [Key("middle", "Around the middle of the slab.")]
    public Located<Extent>? Middle { get; init; }
}

public sealed record MagneticOrderBlock : Block
{
    [Key("kind", "ferromagnetic, or layered-antiferromagnetic.", Required = true)]
    public MagneticOrderKind? Kind { get; init; }

    [Key("moments", "Of each element's ions, in Bohr magnetons; from their oxidation states where not given.")]
    [ElementKeys]
    public Map<double> MomentsMuB { get; init; } = Map<double>.Empty;

    [Key("miller", "The plane whose layers alternate; [0, 0, 1], the layers along c, where not given.", Example = "[1, 0, 4] for (104), [1, 0, -4] for (10-4) or (1 0 -4)")]
    public Located<ImmutableArray<int>>? Miller { get; init; }

    [Key("alternating", "The elements that make the layers; all with a moment where not given.")]
    public ImmutableArray<Element> Alternating { get; init; } = [];
}

public enum MagneticOrderKind
{
    Ferromagnetic,
    LayeredAntiferromagnetic,
}
