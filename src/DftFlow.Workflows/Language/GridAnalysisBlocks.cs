using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Crystals;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

public sealed record BaderBlock : Block
{
    [Key("of", "A calculation with outputs: [charge, all-electron-charge].", Required = true)]
    public Located<string>? Of { get; init; }

    [Key("groups", "Sites whose mean is told beside each element's: parts of the model as a list, or { name: { element: O, sites: [1, 2], part: coating } }.")]
    public YamlNode? Groups { get; init; }

    [Key("method", "weight, near-grid or on-grid.")]
    public BaderMethod Method { get; init; } = BaderMethod.Weight;

    [Key("vacuum", "Where the reference density is at most this, in e/Å³, belongs to no atom.")]
    public Located<double>? Vacuum { get; init; }
}

/// <summary>Sites that have all that is said of them.</summary>
public sealed record SiteGroupBlock : Block
{
    [Key("element", "Of this element, or one of several.")]
    public OneOrMore<Located<Element>>? Element { get; init; }

    [Key("sites", "These, numbered from 1 in the POSCAR.")]
    public ImmutableArray<int>? Sites { get; init; }

    [Key("part", "Of this part of the model: coating, substrate.")]
    public Located<string>? Part { get; init; }
}

public sealed record ElfBlock : Block
{
    [Key("of", "A calculation with outputs: [elf].", Required = true)]
    public Located<string>? Of { get; init; }

    [Key("pairs", "Pairs of elements: [Sc-O, Mn-O].", Required = true)]
    public ImmutableArray<Located<string>> Pairs { get; init; } = [];

    [Key("max-distance", "The longest bond; 1.3 times the sum of the covalent radii if not given.")]
    [Quantity(Dimension.Length)]
    public Located<double>? MaxDistanceA { get; init; }

    [Key("spin", "up, down, or both: their mean.")]
    public GridSpin Spin { get; init; } = GridSpin.Both;
}

/// <summary>A plane, and how it is drawn.</summary>
public record CutBlock : Block
{
    [Key("through", "Three atoms that the plane goes through: [1, 5, 9], numbered from 1 in the POSCAR.")]
    public ImmutableArray<int>? Through { get; init; }

    [Key("plane", "Miller indices of a lattice plane: [1, 1, 0].")]
    public ImmutableArray<int>? Plane { get; init; }

    [Key("axis", "The plane at a right angle to this lattice vector: a, b or c.")]
    public CellAxis? Axis { get; init; }

    [Key("at", "The plane's height from the origin: a part of the distance of neighbouring planes (of the lattice vector), or a length.")]
    public YamlScalar? Place { get; init; }

    [Key("width", "Of what is shown, about its centre.")]
    [Quantity(Dimension.Length)]
    public Located<double>? WidthA { get; init; }

    [Key("height", "Of what is shown, about its centre.")]
    [Quantity(Dimension.Length)]
    public Located<double>? HeightA { get; init; }

    [Key("step", "The distance of points; 0.05 Å.")]
    [Quantity(Dimension.Length)]
    public Located<double>? StepA { get; init; }

    [Key("atoms-within", "How far from the plane atoms are drawn; 0.3 Å.")]
    [Quantity(Dimension.Length)]
    public Located<double>? AtomsWithinA { get; init; }

    [Key("range", "The values at the ends of the colours: [0, 0.5]; chosen if not given.")]
    public Located<ImmutableArray<double>>? Range { get; init; }

    [Key("smooth", "Cubics instead of straight lines between the grid's points.")]
    public bool Smooth { get; init; }
}

public enum CellAxis
{
    A,
    B,
    C,
}

public sealed record SliceBlock : CutBlock
{
    [Key("of", "A calculation that writes the file.", Required = true)]
    public Located<string>? Of { get; init; }

    [Key("file", "ELFCAR, CHGCAR, AECCAR0, AECCAR2 or LOCPOT.", Required = true)]
    public Located<string>? File { get; init; }

    [Key("spin", "up, down or both.")]
    public GridSpin? Spin { get; init; }

    [Key("block", "Of a density: total, or magnetization.")]
    public DensityBlock? Block { get; init; }
}

public enum DensityBlock
{
    Total,
    Magnetization,
}

public sealed record ChargeDifferenceBlock : Block
{
    [Key("of", "The calculation of the whole, with outputs: [charge].", Required = true)]
    public Located<string>? Of { get; init; }

    [Key("parts", "What is taken away: parts of the model as a list ([substrate, coating]), or { name: { element: F, sites: [1, 2], part: coating } }. Together they are the whole.", Required = true)]
    public YamlNode? Parts { get; init; }

    [Key("axis", "The average is over the planes that the other two lattice vectors span; c.")]
    public CellAxis Axis { get; init; } = CellAxis.C;

    [Key("macroscopic", "Averages the curve over this length besides: the distance of the layers.")]
    [Quantity(Dimension.Length)]
    public Located<double>? MacroscopicA { get; init; }

    [Key("map", "A plane in which the difference is drawn: { plane: [0, 1, 0], at: 0.5 }.")]
    public CutBlock? Map { get; init; }
}
