using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>A structure model: where it comes from, and what is done to it.</summary>
public sealed record StructureBlock : Block
{
    [Key("file", "A POSCAR, CIF or extended XYZ, relative to the workflow's file.")]
    public Located<string>? File { get; init; }

    [Key("from", "Another structure of this workflow.")]
    public Located<string>? From { get; init; }

    [Key("prototype", "A crystal that comes with DftFlow: Li2MnO3, LiMO2, Li3ScF6, ….")]
    public Located<string>? Prototype { get; init; }

    [Key("species", "With a prototype that leaves elements open: { M: Mn }.")]
    public Map<Element> Species { get; init; } = Map<Element>.Empty;

    [Key("lattice", "A cell of its own, with sites.")]
    public LatticeBlock? Lattice { get; init; }

    [Key("sites", "With lattice: the atoms of the cell, as in [{ Li: [0, 0, 0] }, { O: [0.5, 0.5, 0.5] }].")]
    public ImmutableArray<Map<ImmutableArray<double>>> Sites { get; init; } = [];

    [Key("coordinates", "Of the sites: direct (fractions of the cell), or cartesian (Å).")]
    public CoordinateKind Coordinates { get; init; } = CoordinateKind.Direct;

    [Key("operations", "With sites: symmetry operations that make the other sites of the cell, as in a CIF: ['x,y,z', '-x,-y,-z'].")]
    public ImmutableArray<string> Operations { get; init; } = [];

    [Key("elements", "The elements of a POSCAR that does not name them, in its order.")]
    public ImmutableArray<Element>? Elements { get; init; }

    [Key("cell", "as-given, primitive, conventional, or niggli.")]
    public CellChoice? Cell { get; init; }

    [Key("oxidation-states", "The charge of each element's ions; guessed where not given, where only one guess makes the model neutral.")]
    [ElementKeys]
    public Map<double> OxidationStates { get; init; } = Map<double>.Empty;

    [Key("build", "What is done to it, step by step.")]
    public ImmutableArray<BuildStepBlock> Build { get; init; } = [];
}

/// <summary>Lengths and angles, or three vectors.</summary>
public sealed record LatticeBlock : Block
{
    [Key("a", "The length of the first vector.")]
    [Quantity(Dimension.Length)]
    public double? AA { get; init; }

    [Key("b", "The length of the second vector; as a where it is not given.")]
    [Quantity(Dimension.Length)]
    public double? BA { get; init; }

    [Key("c", "The length of the third vector; as a where it is not given.")]
    [Quantity(Dimension.Length)]
    public double? CA { get; init; }

    [Key("alpha", "Between b and c; 90 ° where it is not given.")]
    [Quantity(Dimension.Angle)]
    public double AlphaDegrees { get; init; } = 90;

    [Key("beta", "Between a and c; 90 ° where it is not given.")]
    [Quantity(Dimension.Angle)]
    public double BetaDegrees { get; init; } = 90;

    [Key("gamma", "Between a and b; 90 ° where it is not given.")]
    [Quantity(Dimension.Angle)]
    public double GammaDegrees { get; init; } = 90;

    [Key("vectors", "Three vectors of three numbers, in Å.")]
    public ImmutableArray<ImmutableArray<double>>? VectorsA { get; init; }
}

public enum CoordinateKind
{
    Direct,
    Cartesian,
}

public enum CellChoice
{
    AsGiven,
    Primitive,
    Conventional,
    Niggli,
}
