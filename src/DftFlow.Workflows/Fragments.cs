using System.Collections.Immutable;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Workflows;

/// <summary>Makes the calculation of a part of another one's atoms: same cell, places, grid, k-points and settings, so that densities can be subtracted.</summary>
internal static class Fragments
{
    // What is told of electrons or bands belongs to the whole; other outputs are not needed.
    private static readonly ImmutableArray<string> OfTheWhole = ["NELECT", "NUPDOWN", "NBANDS", "LORBIT", "LAECHG", "LELF", "LVHAR", "LVTOT", "ISIF", "EDIFFG", "POTIM", "IBRION", "NSW", "FERWE", "FERDO"];

    private static readonly ImmutableArray<string> OfSites = ["MAGMOM", "M_CONSTR"];

    private static readonly ImmutableArray<string> OfElements = ["LDAUL", "LDAUU", "LDAUJ", "RWIGS", "ROPT", "POMASS"];

    public static PlannedCalculation Of(PlannedCalculation whole, AtomGroup part, string analysis)
    {
        var sites = whole.Input.Structure.Sites;
        var structure = whole.Input.Structure with { Sites = [.. part.Sites.Select(site => sites[site])] };
        var id = $"{analysis}{whole.Id[whole.Name.Length..]}.{part.Name}";
        var blocks = Poscar.Blocks(whole.Input.Structure);
        var kept = Enumerable.Range(0, blocks.Length).Where(block => structure.Sites.Any(site => site.Element == blocks[block].Element)).ToImmutableArray();
        var input = new VaspInput(Incar(whole.Input.Incar, part.Sites, sites.Length, kept, blocks.Length, $"rule: part '{part.Name}' of {whole.Id}").With("SYSTEM", id, "the calculation's name"),
            whole.Input.Kpoints, structure, [.. kept.Select(block => whole.Input.Potentials[block])], id);
        // The atoms are where the whole ends with them: where it begins, but in a relaxation.
        var relaxes = whole.Input.Incar.Whole("NSW") > 0;
        var (from, fingerprint) = relaxes ? (whole.Id, whole.InputFingerprint) : (whole.StructureFrom, whole.StructureFingerprint);
        return whole with
        {
            Id = id,
            Name = analysis,
            Labels = whole.Labels.SetItem("part", part.Name),
            Input = input,
            StructureFrom = from,
            StructureFingerprint = fingerprint,
            Sites = from is null ? null : part.Sites,
            InputFingerprint = Fingerprint.Of(input, whole.Engine, fingerprint, part.Sites),
        };
    }

    private static Incar Incar(Incar whole, ImmutableArray<int> sites, int siteCount, ImmutableArray<int> kept, int blockCount, string origin)
    {
        var incar = OfTheWhole.Aggregate(whole, (rest, tag) => rest.Without(tag));
        foreach (var tag in OfSites) incar = Shortened(incar, tag, sites, siteCount);
        foreach (var tag in OfElements) incar = Shortened(incar, tag, kept, blockCount);
        // Without an element that has a U there is no +U.
        if (incar.Numbers("LDAUU") is { } u && u.Concat(incar.Numbers("LDAUJ") ?? []).All(value => value == 0))
            foreach (var tag in (string[])["LDAU", "LDAUTYPE", "LDAUL", "LDAUU", "LDAUJ", "LDAUPRINT"]) incar = incar.Without(tag);
        return incar.With("NSW", 0, origin).With("IBRION", -1, origin).With("LCHARG", true, origin);
    }

    // One value, or one of each component, for each site or element.
    private static Incar Shortened(Incar incar, string name, ImmutableArray<int> kept, int count)
    {
        if (incar.Tag(name) is not { Value: IncarValue.List { Values: var values } } tag || count == 0 || values.Length % count != 0) return incar;
        var each = values.Length / count;
        return incar.With(new IncarTag(name, new IncarValue.List([.. kept.SelectMany(item => values.Skip(item * each).Take(each))]), tag.Origin));
    }
}
