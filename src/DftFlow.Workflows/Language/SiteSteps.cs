using System.Collections.Immutable;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>Which of the possible arrangements of atoms on sites is taken.</summary>
public enum Arrangement
{
    /// <summary>The first sites, in the structure's order.</summary>
    First,

    /// <summary>The lowest electrostatic energy of the ions as point charges.</summary>
    LowestEwald,

    /// <summary>Any, by the seed.</summary>
    Random,

    /// <summary>The one whose neighbours are most like those of a random alloy.</summary>
    SpecialQuasiRandom,
}

public sealed record SubstituteBlock : Block
{
    [OtherKeys("Which element is replaced by which: Mn: Sc.", Elements = true)]
    public Map<Located<string>> Replace { get; init; } = Map<Located<string>>.Empty;

    [Key("count", "How many sites; all of them where neither count, fraction nor sites is given.")]
    public Located<int>? Count { get; init; }

    [Key("fraction", "How many of the sites that come into question: 25 %.")]
    [Quantity(Dimension.Fraction)]
    public Located<double>? Fraction { get; init; }

    [Key("sites", "Which sites, numbered from 1 in the order of the structure.")]
    public ImmutableArray<int>? Sites { get; init; }

    [Key("where", "all, surface, bulk, or as in top 4 Å, bottom 2 layers, middle 3 layers.")]
    public Located<Region>? Where { get; init; }

    [Key("near", "With count: the sites nearest to the atoms of this element.")]
    public Located<string>? Near { get; init; }

    [Key("arrangement", "Which of the sites: first, lowest-ewald, random, or special-quasi-random.")]
    public Located<Arrangement>? Arrangement { get; init; }

    [Key("alternatives", "true: every arrangement that no symmetry makes from another is a model of its own, NAME.1, NAME.2, …, lowest Ewald energy first.")]
    public Located<bool>? Alternatives { get; init; }

    [Key("seed", "Of what is drawn at random.")]
    public Located<int>? Seed { get; init; }

    [Key("compensate", "What keeps the cell neutral: { remove: Li }, or { O: F }.")]
    public CompensateBlock? Compensate { get; init; }
}

public sealed record CompensateBlock : Block
{
    [Key("remove", "Take away atoms of this element, as many as the charge needs.")]
    public Located<string>? Remove { get; init; }

    [OtherKeys("Put another element on sites of one: O: F.", Elements = true)]
    public Map<Located<string>> Replace { get; init; } = Map<Located<string>>.Empty;
}

public sealed record OrderBlock : Block
{
    [Key("composition", "What the cell is to have: Li1.2Mn0.54Ni0.13Co0.13O2.")]
    public Located<string>? Composition { get; init; }

    [Key("mixture", "The composition as parts: { Li2MnO3: 0.5, LiNi0.3333Mn0.3333Co0.3333O2: 0.5 }.")]
    public Map<double> Mixture { get; init; } = Map<double>.Empty;

    [Key("on", "Which elements the sites of an element are shared by: { Co: [Li, Mn, Ni, Co] }.")]
    [ElementKeys]
    public Map<ImmutableArray<DftFlow.Crystals.Element>> On { get; init; } = Map<ImmutableArray<DftFlow.Crystals.Element>>.Empty;

    [Key("arrangement", "lowest-ewald, random, or special-quasi-random.")]
    public Located<Arrangement>? Arrangement { get; init; }

    [Key("seed", "Of what is drawn at random.")]
    public Located<int>? Seed { get; init; }

    [Key("tolerance", "How far the share of an element may be from what is asked for, since the number of sites is whole.")]
    [Quantity(Dimension.Fraction)]
    public Located<double>? Tolerance { get; init; }
}
