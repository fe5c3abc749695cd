using System.Collections.Immutable;

namespace DftFlow.Crystals;

/// <summary>Which Cartesian or lattice directions of a site may move: the three flags of VASP's selective dynamics.</summary>
public readonly record struct SelectiveDynamics(bool X, bool Y, bool Z);

/// <summary>An atom in a cell, at fractional coordinates.</summary>
/// <param name="Free">Null where the structure has no selective dynamics: the site moves freely.</param>
public sealed record Site(Element Element, Vector3D Fractional, SelectiveDynamics? Free = null)
{
    /// <summary>The moment that a calculation begins with, in Bohr magnetons; null where the model says nothing of it.</summary>
    public double? MomentMuB { get; init; }

    /// <summary>What the site belongs to where a model is made of parts (<c>substrate</c>, <c>coating</c>); null where it is not.</summary>
    public string? Part { get; init; }

    /// <summary>The site with another element; the moment goes with the atom that it belonged to.</summary>
    internal Site Holding(Element element) => element == Element ? this : this with { Element = element, MomentMuB = null };

    /// <summary>All of the site but where it is: two sites of one kind may be images of each other.</summary>
    internal Site Kind => this with { Fractional = default };
}

/// <summary>A crystal: a cell and its atoms, in the order in which files list them.</summary>
public sealed record Structure(Lattice Lattice, ImmutableArray<Site> Sites)
{
    public Composition Composition => new(Sites.GroupBy(site => site.Element).Select(group => KeyValuePair.Create(group.Key, (double)group.Count())));

    /// <summary>The elements in order of first appearance.</summary>
    public IEnumerable<Element> Elements => Sites.Select(site => site.Element).Distinct();

    /// <summary>The same atoms, those of one element together, elements in order of first appearance: one POSCAR block each.</summary>
    public Structure GroupedByElement()
    {
        var order = Elements.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        return this with { Sites = [.. Sites.OrderBy(site => order[site.Element])] };
    }

    /// <summary>The shortest distance between sites i and j or their images, in Å; of a site to its own nearest image where i = j.</summary>
    public double DistanceA(int i, int j) =>
        Lattice.ShortestDistance(Sites[j].Fractional - Sites[i].Fractional, excludeSelf: i == j);

    public bool Equals(Structure? other) => other is not null && Lattice == other.Lattice && Sites.SequenceEqual(other.Sites);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Lattice);
        foreach (var site in Sites) hash.Add(site);
        return hash.ToHashCode();
    }
}
