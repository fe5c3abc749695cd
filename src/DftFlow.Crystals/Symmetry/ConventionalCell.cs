using System.Collections.Immutable;

namespace DftFlow.Crystals.Symmetry;

/// <summary>Makes the conventional cell of a crystal: that of its space group's standard setting.</summary>
public static class ConventionalCell
{
    /// <summary>
    /// The crystal in the standard setting (see <see cref="SpaceGroupType"/>), its origin where that has it: the primitive cell's atoms
    /// in the order of the structure, each with its centred images. Not turned in space, and no atom moved.
    /// </summary>
    /// <param name="symprecA">How far, in Å, an image may lie from its atom.</param>
    /// <exception cref="DftFlowException">DF1280: no atoms, atoms on each other; DF1281: the operations fit no space group.</exception>
    public static Structure Of(Structure structure, double symprecA = SpaceGroup.DefaultSymprecA) => Of(SpaceGroup.Of(structure, symprecA));

    /// <inheritdoc cref="Of(Structure, double)"/>
    public static Structure Of(SpaceGroup group)
    {
        var (setting, primitive) = (group.Setting, group.Primitive);
        var sites = ImmutableArray.CreateBuilder<Site>(primitive.Sites.Length * setting.Type.Hall.Centrings.Length);
        foreach (var site in primitive.Sites)
        {
            var place = setting.ToFractional(primitive.Lattice.ToCartesian(site.Fractional));
            foreach (var centring in setting.Type.Hall.Centrings)
                sites.Add(site with { Fractional = Fractions.Wrapped(place + centring.Translation) });
        }
        return new(setting.Lattice, sites.MoveToImmutable());
    }
}
