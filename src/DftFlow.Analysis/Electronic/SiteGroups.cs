using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Analysis.Electronic;

/// <summary>Some of the selected sites that belong together.</summary>
/// <param name="Name">As in <c>layer 3</c>, <c>bonded to 2 Sc</c>.</param>
/// <param name="HeightA">Of a layer, in Å above the origin of the cell; null of others.</param>
/// <param name="Sites">From 1.</param>
public sealed record SiteGroup(string Name, double? HeightA, ImmutableArray<int> Sites);

/// <summary>The band centre of a group.</summary>
/// <param name="Centre">Null where it cannot be had.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record SiteGroupCentre(SiteGroup Group, BandCentre? Centre, string? Reason);

/// <summary>Divides the selected sites by where they are, so that each part has a band centre of its own.</summary>
public static class SiteGroups
{
    /// <summary>Layers of the selected sites along an axis, from the lowest up: see <see cref="AtomicLayers"/>.</summary>
    /// <param name="axis">a, b or c: at right angles to the plane of the other two vectors. x, y or z where that is the same.</param>
    /// <exception cref="DftFlowException">DF3210: the axis or the tolerance is none, or no file tells the structure.</exception>
    public static ImmutableArray<SiteGroup> Layers(DosRun run, ProjectedDosSelection selection, string axis, double toleranceA = AtomicLayers.DefaultToleranceA) =>
        Layers(StructureOf(run), SitesOf(run, selection), axis, toleranceA);

    /// <param name="sites">From 1: those that are divided.</param>
    /// <inheritdoc cref="Layers(DosRun, ProjectedDosSelection, string, double)"/>
    public static ImmutableArray<SiteGroup> Layers(Structure structure, IReadOnlyList<int> sites, string axis, double toleranceA = AtomicLayers.DefaultToleranceA)
    {
        if (!(toleranceA >= 0 && double.IsFinite(toleranceA))) throw Bad(string.Create(CultureInfo.InvariantCulture, $"{toleranceA} Å is not the tolerance of a layer"), "Give a length in Å, as in c:0.3.");
        var index = AxisOf(structure.Lattice, axis);
        // The axis in the third place, the others in an order that keeps the hand.
        var (i, j) = ((index + 1) % 3, (index + 2) % 3);
        var vectors = structure.Lattice;
        var turned = new Structure(new Lattice(VectorOf(vectors, i), VectorOf(vectors, j), VectorOf(vectors, index)),
            [.. sites.Select(site => structure.Sites[site - 1]).Select(site => site with { Fractional = new(site.Fractional[i], site.Fractional[j], site.Fractional[index]) })]);
        return [.. AtomicLayers.Of(turned, toleranceA).Layers.Select((layer, n) =>
            new SiteGroup(string.Create(CultureInfo.InvariantCulture, $"layer {n + 1}"), layer.HeightA, [.. layer.Sites.Select(site => sites[site - 1])]))];
    }

    /// <summary>The selected sites by how many atoms of an element they are bonded to, and all that are bonded to any.</summary>
    /// <param name="longestA">Counts every atom of it up to this distance in Å; null: by covalent radii, as <see cref="Coordination"/> does.</param>
    /// <exception cref="DftFlowException">DF3210: the structure has none of the element, or no file tells it. DF1290: not a distance.</exception>
    public static ImmutableArray<SiteGroup> BondedTo(DosRun run, ProjectedDosSelection selection, Element other, double? longestA = null) =>
        BondedTo(StructureOf(run), SitesOf(run, selection), other, longestA);

    /// <param name="sites">From 1: those that are divided.</param>
    /// <inheritdoc cref="BondedTo(DosRun, ProjectedDosSelection, Element, double?)"/>
    public static ImmutableArray<SiteGroup> BondedTo(Structure structure, IReadOnlyList<int> sites, Element other, double? longestA = null)
    {
        if (!structure.Elements.Contains(other)) throw Bad($"the structure has no {other.Symbol} to be bonded to", $"It has {string.Join(", ", structure.Elements)}.");
        var counts = new int[structure.Sites.Length];
        foreach (var group in new Coordination { LongestA = longestA }.Of(structure).Groups)
            foreach (var site in group.Sites) counts[site - 1] = (int)(group.Neighbours?[other] ?? 0);
        var groups = sites.GroupBy(site => counts[site - 1]).OrderBy(group => group.Key)
            .Select(group => new SiteGroup(group.Key == 0 ? $"not bonded to {other}" : string.Create(CultureInfo.InvariantCulture, $"bonded to {group.Key} {other}"), null, [.. group])).ToList();
        if (groups.Count(group => !group.Name.StartsWith("not", StringComparison.Ordinal)) > 1)
            groups.Add(new($"bonded to {other}", null, [.. sites.Where(site => counts[site - 1] > 0)]));
        return [.. groups];
    }

    public static ImmutableArray<SiteGroupCentre> Centres(DosRun run, BandCentreRequest request, IEnumerable<SiteGroup> groups) => [.. groups.Select(group =>
    {
        try
        {
            // Window and zero are those of all selected sites, so that groups compare.
            return new SiteGroupCentre(group, BandCentre.Compute(run, request with { Selection = request.Selection with { Sites = group.Sites } }), null);
        }
        catch (DftFlowException error)
        {
            return new SiteGroupCentre(group, null, error.Message);
        }
    })];

    private static Structure StructureOf(DosRun run) => run.Structure is { } structure && structure.Sites.Length == run.Sites.Length ? structure
        : throw Bad("no file tells where the atoms are", "Give the directory of the run, with its vasprun.xml, CONTCAR or POSCAR.");

    private static List<int> SitesOf(DosRun run, ProjectedDosSelection selection) =>
        [.. Enumerable.Range(1, run.Sites.Length).Where(site => selection.Element is null || run.Sites[site - 1] == selection.Element).Where(site => selection.Sites.IsDefaultOrEmpty || selection.Sites.Contains(site))];

    private static int AxisOf(Lattice lattice, string axis)
    {
        if (axis is ['a' or 'b' or 'c']) return axis[0] - 'a';
        if (axis is not ['x' or 'y' or 'z']) throw Bad($"'{axis}' is not an axis", "Layers lie along a, b or c; or x, y, z where these are at right angles to two lattice vectors.");
        var cartesian = axis[0] - 'x';
        for (var index = 0; index < 3; index++)
            if (lattice.Reciprocal(index) is var normal && Math.Abs(normal[cartesian]) > (1 - 1e-6) * normal.Length) return index;
        throw Bad($"no two lattice vectors span a plane at right angles to {axis}", "Name the lattice vector instead: a, b or c.");
    }

    private static Vector3D VectorOf(Lattice lattice, int axis) => lattice.ToCartesian(new(axis == 0 ? 1 : 0, axis == 1 ? 1 : 0, axis == 2 ? 1 : 0));

    private static DftFlowException Bad(string reason, string hint) => new("DF3210", $"The sites cannot be grouped: {reason}.", hint);
}
