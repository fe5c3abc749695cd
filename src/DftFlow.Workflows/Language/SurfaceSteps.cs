using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

public sealed record SlabBlock : Block
{
    [Key("miller", "The plane: [1, 0, 4].", Required = true, Example = "[1, 0, 4] for (104), [1, 0, -4] for (10-4) or (1 0 -4)")]
    public Located<ImmutableArray<int>>? Miller { get; init; }

    [Key("thickness", "At least: 12 Å, or 6 layers.", Required = true)]
    public Located<Extent>? Thickness { get; init; }

    [Key("vacuum", "Between the outermost atoms and their images.", Required = true)]
    [Quantity(Dimension.Length)]
    public Located<double>? VacuumA { get; init; }

    [Key("symmetric", "true: both sides are the same surface.")]
    public bool Symmetric { get; init; }

    [Key("stoichiometric", "false: layers may be left off one side, so that the composition is not the crystal's.")]
    public bool Stoichiometric { get; init; } = true;

    [Key("termination", "The top: an id or number of those that 'dftflow plan' lists, or its layers from the outside in, as in O or Li-O.")]
    public Located<string>? Termination { get; init; }

    [Key("position", "Where the slab lies in the cell: centre, or bottom.")]
    public SlabPosition Position { get; init; } = SlabPosition.Centre;

    [Key("keep", "Bonds that are not cut: [[P, O]].")]
    public Located<ImmutableArray<ImmutableArray<Element>>>? Keep { get; init; }
}

public sealed record CoatBlock : Block
{
    [Key("with", "The structure that is laid on: a crystal, in the cell that the planes refer to.", Required = true)]
    public Located<string>? With { get; init; }

    [Key("thickness", "Of the coating, at least: 6 Å, or 2 layers.", Required = true)]
    public Located<Extent>? Thickness { get; init; }

    [Key("planes", "Planes of the coating that may lie on the slab: [[0, 0, 1], [1, 0, 0]]; all up to max-index where not given.", Example = "[[1, 0, 4]] for (104), [[1, 0, -4]] for (10-4) or (1 0 -4)")]
    public Located<ImmutableArray<ImmutableArray<int>>>? Planes { get; init; }

    [Key("max-index", "The largest Miller index where no planes are given; 1.")]
    public Located<int>? MaxIndex { get; init; }

    [Key("max-strain", "How far any length in the plane may change, as a part of itself; 5 %.")]
    [Quantity(Dimension.Fraction)]
    public Located<double>? MaxStrain { get; init; }

    [Key("max-area", "The largest area of the common cell; 200 Å².")]
    [Quantity(Dimension.Area)]
    public Located<double>? MaxAreaA2 { get; init; }

    [Key("match", "Which of the matches, from 1, the smallest cell first, then the least strain.")]
    public Located<int>? Match { get; init; }

    [Key("termination", "What of the coating touches the slab: an id, a number, or its layers.")]
    public Located<string>? Termination { get; init; }

    [Key("stoichiometric", "false: layers of the coating may be left off one side.")]
    public bool Stoichiometric { get; init; } = true;

    [Key("gap", "Between the slab's outermost atom and the coating's; where not given, so that the ions touch.")]
    [Quantity(Dimension.Length)]
    public Located<double>? GapA { get; init; }

    [Key("registry", "Where the coating lies, in fractions of the slab's cell: [0.5, 0]; the best of a grid where not given.")]
    public Located<ImmutableArray<double>>? Registry { get; init; }

    [Key("strain-on-slab", "The share of the strain that the slab takes; 0 %.")]
    [Quantity(Dimension.Fraction)]
    public Located<double>? StrainOnSlab { get; init; }

    [Key("both-sides", "true: coat the lower side of a symmetric slab too.")]
    public bool BothSides { get; init; }

    [Key("vacuum", "Between the outermost atoms and their images; as wide as the slab's where not given.")]
    [Quantity(Dimension.Length)]
    public Located<double>? VacuumA { get; init; }
}
