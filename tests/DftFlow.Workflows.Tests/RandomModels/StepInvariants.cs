using System.Text.Json.Nodes;
using DftFlow.Crystals;
using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows.RandomModels;

/// <summary>What must hold between a model and the one that a step makes of it, computed anew from the atoms.</summary>
internal static class StepInvariants
{
    private const double SameA = 1e-6;

    public static void Check(Structure before, Structure after, ModelStep step)
    {
        switch (step.Name)
        {
            case "supercell": Supercell(before, after, step.Facts); break;
            case "strain": Strain(before, after, step.Facts); break;
            case "perturb": Perturbed(before, after, step.Facts); break;
            case "sort" or "wrap": SamePlaces(before, after); break;
            case "freeze": Frozen(before, after, step.Facts); break;
            case "substitute": Substituted(before, after, step.Facts); break;
            case "order": Ordered(before, after, step.Facts); break;
            case "slab": Slab(before, after, step.Facts); break;
            case "magnetic-order": Magnetic(before, after, step.Facts); break;
            case "coat": Coated(before, after, step.Facts); break;
            default: Assert.Fail($"What must hold of '{step.Name}'?"); break;
        }
    }

    private static void Supercell(Structure before, Structure after, JsonObject facts)
    {
        var m = facts["matrix"]!.AsArray().Select(row => row!.AsArray().Select(n => (int)n!).ToArray()).ToArray();
        var cells = Math.Abs(m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]));
        Assert.Equal(cells * before.Sites.Length, after.Sites.Length);
        Assert.Equal(cells * before.Lattice.Volume, after.Lattice.Volume, 1e-8 * after.Lattice.Volume);
        Assert.Equal(before.Composition * cells, after.Composition);
        for (var axis = 0; axis < 3; axis++) Near(before.Lattice.ToCartesian(new(m[axis][0], m[axis][1], m[axis][2])), after.Lattice[axis]);
        // Each atom of the crystal is there once in each of the cells.
        var images = new int[before.Sites.Length];
        foreach (var site in after.Sites)
        {
            var place = before.Lattice.ToFractional(after.Lattice.ToCartesian(site.Fractional));
            images[Enumerable.Range(0, images.Length).Single(i => Alike(before.Sites[i], site) && DistanceA(before.Lattice, before.Sites[i].Fractional, place) < SameA)]++;
        }
        Assert.All(images, count => Assert.Equal(cells, count));
    }

    private static void Strain(Structure before, Structure after, JsonObject facts)
    {
        var strain = facts["strain"]!.AsArray().Select(n => 1 + (double)n!).ToArray();
        for (var axis = 0; axis < 3; axis++) Near(before.Lattice[axis] * strain[axis], after.Lattice[axis]);
        Assert.Equal(before.Sites, after.Sites);
        Assert.Equal(after.Lattice.Volume / before.Lattice.Volume, (double)facts["volume_ratio"]!, 1e-9);
    }

    private static void Perturbed(Structure before, Structure after, JsonObject facts)
    {
        Assert.Equal(before.Lattice, after.Lattice);
        foreach (var (old, site) in before.Sites.Zip(after.Sites))
        {
            Assert.True(Alike(old, site));
            Assert.Equal(old.Free is { X: false } ? 0 : (double)facts["distance_a"]!, DistanceA(before.Lattice, site.Fractional, old.Fractional), SameA);
        }
    }

    private static void SamePlaces(Structure before, Structure after)
    {
        Assert.Equal(before.Lattice, after.Lattice);
        Assert.Equal(before.Sites.Length, after.Sites.Length);
        var left = before.Sites.ToList();
        foreach (var site in after.Sites)
            Assert.True(left.Remove(left.First(old => Alike(old, site) && DistanceA(before.Lattice, old.Fractional, site.Fractional) < SameA)));
    }

    private static void Frozen(Structure before, Structure after, JsonObject facts)
    {
        Assert.Equal(before.Sites.Select(site => site with { Free = null }), after.Sites.Select(site => site with { Free = null }));
        var frozen = facts["sites"]!.AsArray().Select(n => (int)n!).ToHashSet();
        Assert.NotEmpty(frozen);
        Assert.All(after.Sites.Index(), pair => Assert.Equal(frozen.Contains(pair.Index + 1) ? new(false, false, false) : before.Sites[pair.Index].Free ?? new(true, true, true), pair.Item.Free));
    }

    private static void Substituted(Structure before, Structure after, JsonObject facts)
    {
        Assert.Equal(before.Lattice, after.Lattice);
        var (from, to) = (Element.Parse((string)facts["from"]!), Element.Parse((string)facts["to"]!));
        var chosen = facts["sites"]!.AsArray().Select(n => (int)n!).ToHashSet();
        Assert.NotEmpty(chosen);
        foreach (var (i, (old, site)) in before.Sites.Zip(after.Sites).Index())
        {
            Assert.Equal(old.Fractional, site.Fractional);
            if (!chosen.Contains(i + 1)) Assert.Equal(old, site);
            else Assert.Equal((from, to, old.Free, old.Part), (old.Element, site.Element, site.Free, site.Part));
        }
    }

    private static void Ordered(Structure before, Structure after, JsonObject facts)
    {
        Assert.Equal(before.Lattice, after.Lattice);
        Assert.Equal(after.Composition.Formula, (string)facts["formula"]!);
        foreach (var amount in facts["amounts"]!.AsArray())
        {
            var element = Element.Parse((string)amount!["element"]!);
            Assert.Equal((int)amount["got"]!, after.Sites.Zip(before.Sites).Count(pair => pair.First.Element == element && pair.Second.Element.Symbol == (string)amount["sublattice"]!));
            Assert.True(Math.Abs((double)amount["asked"]! - (int)amount["got"]!) < 1 + 1e-9, amount.ToJsonString());
        }
        var shared = facts["amounts"]!.AsArray().Select(amount => (string)amount!["sublattice"]!).ToHashSet();
        foreach (var (old, site) in before.Sites.Zip(after.Sites))
        {
            Assert.Equal(old.Fractional, site.Fractional);
            if (!shared.Contains(old.Element.Symbol)) Assert.Equal(old, site);
        }
    }

    private static void Slab(Structure before, Structure after, JsonObject facts)
    {
        var (a, b, c) = (after.Lattice.A, after.Lattice.B, after.Lattice.C);
        Assert.Equal((0.0, 0.0, 0.0, 0.0, 0.0), (a.Y, a.Z, b.Z, c.X, c.Y));
        var (thickness, vacuum) = ((double)facts["thickness_a"]!, (double)facts["vacuum_a"]!);
        Assert.Equal(c.Length, thickness + vacuum, SameA);
        Assert.Equal(a.Cross(b).Length, (double)facts["surface_area_a2"]!, SameA);
        var heights = after.Sites.Select(site => site.Fractional.Z * c.Length).ToArray();
        Assert.Equal(thickness, heights.Max() - heights.Min(), SameA);
        // Layers are told apart by gaps of 0.3 Å, where there are such.
        var layers = 1 + heights.Order().Zip(heights.Order().Skip(1)).Count(pair => pair.Second - pair.First > 0.3);
        if (layers > 1) Assert.Equal((int)facts["layers"]!, layers);
        if ((bool)facts["stoichiometric"]!) Assert.Equal(before.Composition.Reduced(), after.Composition.Reduced());
        Assert.Equal((bool)facts["stoichiometric"]!, facts["excess"] is null);
    }

    private static void Magnetic(Structure before, Structure after, JsonObject facts)
    {
        Assert.Equal(before.Sites.Select(site => site with { MomentMuB = null }), after.Sites.Select(site => site with { MomentMuB = null }));
        Assert.Equal(after.Sites.Sum(site => site.MomentMuB!.Value), (double)facts["total_mub"]!, SameA);
        Assert.All(after.Sites.GroupBy(site => site.Element), group => Assert.Single(group.Select(site => Math.Abs(site.MomentMuB!.Value)).Distinct()));
        if ((string)facts["kind"]! == "ferromagnetic") Assert.All(after.Sites, site => Assert.True(site.MomentMuB >= 0));
        else Assert.Contains(after.Sites, site => site.MomentMuB < 0);
    }

    private static void Coated(Structure before, Structure after, JsonObject facts)
    {
        var (substrate, coating) = (after.Sites.Where(site => site.Part == "substrate").ToArray(), after.Sites.Where(site => site.Part == "coating").ToArray());
        Assert.Equal(((int)facts["substrate_atoms"]!, (int)facts["coating_atoms"]!), (substrate.Length, coating.Length));
        Assert.Equal(after.Sites.Length, substrate.Length + coating.Length);
        Assert.Equal(0, substrate.Length % before.Sites.Length);
        Assert.Equal(before.Composition * (substrate.Length / before.Sites.Length), (after with { Sites = [.. substrate] }).Composition);
        Assert.Equal((string)facts["coating_formula"]!, (after with { Sites = [.. coating] }).Composition.Formula);
        double Height(Site site) => site.Fractional.Z * after.Lattice.C.Z;
        var top = substrate.Max(Height);
        Assert.Equal((double)facts["gap_a"]!, coating.Select(Height).Where(height => height > (top + substrate.Min(Height)) / 2).Min() - top, SameA);
        Assert.Equal((double)facts["vacuum_a"]!, after.Lattice.C.Z - (after.Sites.Max(Height) - after.Sites.Min(Height)), SameA);
        Assert.Equal((double)facts["interface_area_a2"]!, after.Lattice.A.Cross(after.Lattice.B).Length, SameA);
        var contacts = BruteForce.Shortest(after, 4, (one, other) => one.Part != other.Part);
        foreach (var (pair, distance) in facts["contacts_a"]!.AsObject())
        {
            var elements = pair.Split('-');
            if ((double)distance! < 4) Assert.Equal((double)distance!, contacts[(elements[0], elements[1])], SameA);
        }
    }

    /// <summary>All but where it is; what rounding leaves of a place is not compared.</summary>
    private static bool Alike(Site one, Site other) => one with { Fractional = default } == other with { Fractional = default };

    private static void Near(Vector3D expected, Vector3D actual) => Assert.True((expected - actual).Length < SameA, $"{expected} is not {actual}");

    private static double DistanceA(Lattice lattice, Vector3D one, Vector3D other)
    {
        var d = one - other;
        return lattice.ToCartesian(new(d.X - Math.Round(d.X), d.Y - Math.Round(d.Y), d.Z - Math.Round(d.Z))).Length;
    }
}

/// <summary>Distances by looking at every pair and every image.</summary>
internal static class BruteForce
{
    /// <summary>The shortest by pair of elements up to the radius; of a contact between parts, first the element of the first part.</summary>
    public static Dictionary<(string, string), double> Shortest(Structure structure, double withinA, Func<Site, Site, bool>? counts = null)
    {
        var lattice = structure.Lattice;
        // A sphere reaches over so many planes of the lattice; half a cell more for the difference itself.
        var reach = Enumerable.Range(0, 3).Select(axis => (int)Math.Ceiling(withinA * lattice.Reciprocal(axis).Length / (2 * Math.PI) + 0.5)).ToArray();
        var images = (from i in Enumerable.Range(-reach[0], 2 * reach[0] + 1) from j in Enumerable.Range(-reach[1], 2 * reach[1] + 1) from k in Enumerable.Range(-reach[2], 2 * reach[2] + 1) select lattice.ToCartesian(new(i, j, k))).ToArray();
        var shortest = new Dictionary<(string, string), double>();
        for (var i = 0; i < structure.Sites.Length; i++)
            for (var j = i; j < structure.Sites.Length; j++)
            {
                var (one, other) = (structure.Sites[i], structure.Sites[j]);
                if (counts?.Invoke(one, other) == false) continue;
                var d = other.Fractional - one.Fractional;
                var start = lattice.ToCartesian(new(d.X - Math.Round(d.X), d.Y - Math.Round(d.Y), d.Z - Math.Round(d.Z)));
                var least = double.MaxValue;
                foreach (var image in images)
                {
                    var length = (start + image).Length;
                    if (length < least && !(i == j && length < 1e-9)) least = length;
                }
                if (least > withinA) continue;
                foreach (var key in counts is null && one.Element != other.Element ? new[] { (one.Element.Symbol, other.Element.Symbol), (other.Element.Symbol, one.Element.Symbol) } : [(one.Element.Symbol, other.Element.Symbol)])
                    shortest[key] = Math.Min(least, shortest.GetValueOrDefault(key, double.MaxValue));
            }
        return shortest;
    }
}
