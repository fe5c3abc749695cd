using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>One thing that is done to a structure.</summary>
[ExactlyOne("what is built", EveryKey = true)]
public sealed record BuildStepBlock : Block
{
    [Key("supercell", "Three multiples, [2, 2, 1], or three rows of whole numbers: the new vectors in terms of the old ones.", Example = "[2, 2, 1]")]
    public YamlSequence? Supercell { get; init; }

    [Key("strain", "Stretch or compress the cell: { a: 1 %, c: -0.5 % }.")]
    public StrainBlock? Strain { get; init; }

    [Key("sort", "Put the atoms in order.")]
    public SortBlock? Sort { get; init; }

    [Key("wrap", "true: bring every atom into the cell.")]
    public Located<bool>? Wrap { get; init; }

    [Key("perturb", "Move every atom a little, at random: { distance: 0.02 Å, seed: 1 }.")]
    public PerturbBlock? Perturb { get; init; }

    [Key("order", "Share sites among elements so that the cell has a composition.")]
    public OrderBlock? Order { get; init; }

    [Key("slab", "Cut a slab along a lattice plane.")]
    public SlabBlock? Slab { get; init; }

    [Key("freeze", "Hold atoms where they are in relaxations: { bottom: 2 layers }.")]
    public FreezeBlock? Freeze { get; init; }

    [Key("substitute", "Put another element on some sites: { Mn: Sc, count: 1 }.")]
    public SubstituteBlock? Substitute { get; init; }

    [Key("coat", "Lay another crystal on the slab.")]
    public CoatBlock? Coat { get; init; }

    [Key("magnetic-order", "The moments that a calculation begins with.")]
    public MagneticOrderBlock? MagneticOrder { get; init; }
}
