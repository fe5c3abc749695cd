using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

public sealed record SlabBlock : Block
{
    [Key("miller", "The plane: [1, 0, 4].", Required = true)]
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
    [Key("with", "The structure that is laid on: a crystal.", Required = true)]
    public Located<string>? With { get; init; }

    [Key("thickness", "Of the coating, at least: 6 Å, or 2 layers.", Required = true)]
    public Located<Extent>? Thickness { get; init; }

    [Key("gap", "Between the slab's highest and the coating's lowest atom; 2 Å where not given.")]
    [Quantity(Dimension.Length)]
    public Located<double>? GapA { get; init; }

    [Key("planes", "Planes of the coating that may face the slab: [[0, 0, 1], [1, 0, 0]].")]
    public Located<ImmutableArray<ImmutableArray<int>>>? Planes { get; init; }

    [Key("max-strain", "The largest von Mises strain of a match.")]
    [Quantity(Dimension.Fraction)]
    public Located<double>? MaxStrain { get; init; }

    [Key("max-area", "The largest area of the common cell.")]
    [Quantity(Dimension.Area)]
    public Located<double>? MaxAreaA2 { get; init; }

    [Key("match", "Which of the matches, in the order of their area and strain, from 1.")]
    public Located<int>? Match { get; init; }

    [Key("termination", "Which termination of the coating, from 1.")]
    public Located<int>? Termination { get; init; }

    [Key("registry", "A shift of the coating in fractions of the common cell; where not given, the best of a grid.")]
    public Located<ImmutableArray<double>>? Registry { get; init; }

    [Key("slab-share", "How much of the strain the slab takes: 0 % where not given, 50 % for equal shares.")]
    [Quantity(Dimension.Fraction)]
    public Located<double>? SlabShare { get; init; }

    [Key("both-sides", "true: coat the lower side of a symmetric slab too.")]
    public Located<bool>? BothSides { get; init; }
}
