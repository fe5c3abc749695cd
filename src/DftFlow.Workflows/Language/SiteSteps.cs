using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

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

    [Key("arrangement", "Which of the sites: first, lowest-ewald, random; or symmetry-distinct, every choice that symmetry leaves, as models NAME.1, NAME.2, ….")]
    public Located<SubstitutionArrangement>? Arrangement { get; init; }

    [Key("seed", "Of what is drawn at random; 1.")]
    public Located<int>? Seed { get; init; }

    [Key("compensate", "What keeps the sum of the oxidation states as it was: { remove: Li }, or { O: F }.")]
    public CompensateBlock? Compensate { get; init; }
}

public sealed record CompensateBlock : Block
{
    [Key("remove", "Take away atoms of this element.")]
    public Located<Element>? Remove { get; init; }

    [OtherKeys("Put another element on sites of one: O: F.", Elements = true)]
    public Map<Located<Element>> Replace { get; init; } = Map<Located<Element>>.Empty;

    [Key("count", "How many; as many as the charge asks for where not given.")]
    public Located<int>? Count { get; init; }

    [Key("placement", "Which of them: nearest to the sites substituted, or lowest-ewald.")]
    public CompensationPlacement Placement { get; init; }
}

public sealed record OrderBlock : Block
{
    [Key("composition", "What the cell is to have: Li1.2Mn0.54Ni0.13Co0.13O2, or x Li2MnO3 · (1-x) LiNi1/3Co1/3Mn1/3O2. Not given where the file has occupancies.")]
    public Located<string>? Composition { get; init; }

    [Key("x", "What x stands for in the composition.")]
    public Located<double>? X { get; init; }

    [Key("sites", "Which elements share the sites of an element: { Co: [Li, Mn, Ni, Co] }.")]
    [ElementKeys]
    public Map<ImmutableArray<Element>> Sites { get; init; } = Map<ImmutableArray<Element>>.Empty;

    [Key("arrangement", "auto, lowest-ewald, random, or sqs: special quasi-random.")]
    public ArrangementMethod Arrangement { get; init; }

    [Key("seed", "Of what is drawn at random; 1.")]
    public Located<int>? Seed { get; init; }

    [Key("tolerance", "How far an element's share of its sites may be from what is asked for, since atoms are whole; 2 %.")]
    [Quantity(Dimension.Fraction)]
    public Located<double>? Tolerance { get; init; }
}
