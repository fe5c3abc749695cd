using System.Collections.Immutable;

namespace DftFlow.Crystals;

/// <summary>A place of a crystal that is shared: each element holds it in a part of all cells.</summary>
/// <param name="Species">Each element once, its occupancy above 0, CIFs' by electronegativity; what they leave to 1 is vacant.</param>
/// <param name="Label">The site's name in its source; images by symmetry share it.</param>
public sealed record DisorderedSite(ImmutableArray<(Element Element, double Occupancy)> Species, Vector3D Fractional, string? Label)
{
    /// <summary>The part of all cells in which the place is empty; 0 where the elements fill it.</summary>
    public double Vacancy => Math.Max(0, 1 - Species.Sum(species => species.Occupancy));

    /// <summary>One element holds the place in every cell.</summary>
    public bool IsOrdered => Species is [{ Occupancy: 1 }];

    public bool Equals(DisorderedSite? other) =>
        other is not null && Fractional == other.Fractional && Label == other.Label && Species.SequenceEqual(other.Species);

    public override int GetHashCode() => HashCode.Combine(Fractional, Label, Species.Length, Species.Length > 0 ? Species[0] : default);
}

/// <summary>A crystal as diffraction sees it: a cell and the average over all cells of what is on each place.</summary>
public sealed record DisorderedStructure(Lattice Lattice, ImmutableArray<DisorderedSite> Sites)
{
    public Composition Composition => new(Sites.SelectMany(site => site.Species).GroupBy(species => species.Element)
        .Select(group => KeyValuePair.Create(group.Key, group.Sum(species => species.Occupancy))));

    public bool IsOrdered => Sites.All(site => site.IsOrdered);

    /// <summary>The same crystal with whole atoms; null where a site is shared or partly vacant.</summary>
    public Structure? Ordered => IsOrdered ? new Structure(Lattice, [.. Sites.Select(site => new Site(site.Species[0].Element, site.Fractional))]) : null;

    public bool Equals(DisorderedStructure? other) => other is not null && Lattice == other.Lattice && Sites.SequenceEqual(other.Sites);

    public override int GetHashCode() => HashCode.Combine(Lattice, Sites.Length);
}
