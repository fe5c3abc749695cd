using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals;

/// <summary>
/// Puts one element in the place of another: on the <see cref="Sites"/> named; or on <see cref="Count"/> sites, the first ones or
/// those nearest to the element <see cref="Near"/>; or, where neither is given, on all.
/// </summary>
/// <remarks>The choice depends on nothing but the structure, and can be told with <see cref="ChosenSites"/>.</remarks>
public sealed record Substitution(Element From, Element To)
{
    /// <summary>Numbers of sites, from 1, in the order of the structure.</summary>
    public ImmutableArray<int>? Sites { get; init; }

    /// <summary>How many sites.</summary>
    public int? Count { get; init; }

    /// <summary>
    /// With <see cref="Count"/>: take the sites with the shortest periodic distance to any site that now holds this element, for
    /// example one substituted before. Distances equal to 0.0001 Å are ties, and go by site number.
    /// </summary>
    public Element? Near { get; init; }

    /// <summary>The structure with the substitution made; the order of the sites stays.</summary>
    /// <exception cref="DftFlowException">DF1230: the sites asked for are not there.</exception>
    public Structure Apply(Structure structure)
    {
        var sites = structure.Sites.ToBuilder();
        foreach (var number in ChosenSites(structure)) sites[number - 1] = sites[number - 1] with { Element = To };
        return structure with { Sites = sites.ToImmutable() };
    }

    /// <summary>The numbers of the sites, from 1, that <see cref="Apply"/> changes, in ascending order.</summary>
    /// <exception cref="DftFlowException">DF1230: the sites asked for are not there.</exception>
    public ImmutableArray<int> ChosenSites(Structure structure)
    {
        if (Sites is not null && (Count is not null || Near is not null))
            throw Error($"The substitution of {From} by {To} names sites and also a count or a neighbour.", "Give `sites`, or `count` with or without `near`.");
        if (Near is not null && Count is null)
            throw Error($"The substitution of {From} by {To} near {Near} does not say how many sites.", "Add `count`.");
        return Sites is { } named ? Checked(structure, named) : Counted(structure);
    }

    private ImmutableArray<int> Checked(Structure structure, ImmutableArray<int> named)
    {
        foreach (var number in named)
        {
            if (number < 1 || number > structure.Sites.Length)
                throw Error(Text($"There is no site {number}: the structure has sites 1 to {structure.Sites.Length}."), "Sites are counted from 1, in the order of the source structure.");
            if (structure.Sites[number - 1].Element is var there && there != From)
                throw Error(Text($"Site {number} holds {there}, not {From}."), Text($"{From} is on sites {Numbers(SitesOf(structure, From))}."));
        }
        if (named.Distinct().Count() != named.Length) throw Error($"A site is named twice in the substitution of {From} by {To}.", null);
        return named.Sort();
    }

    private ImmutableArray<int> Counted(Structure structure)
    {
        var candidates = SitesOf(structure, From);
        if (candidates.IsEmpty)
            throw Error($"There is no {From} to substitute.", $"The structure holds {string.Join(", ", structure.Elements)}.");
        if (Count is not { } count) return candidates;
        if (count < 1) throw Error(Text($"{count} sites cannot be substituted."), "`count` is at least 1.");
        if (count > candidates.Length)
            throw Error(Text($"{count} {From} are to be substituted by {To}, but the structure has {candidates.Length}."), "Ask for fewer, or build a larger supercell.");
        if (Near is not { } near) return candidates[..count];
        var centres = SitesOf(structure, near);
        if (centres.IsEmpty)
            throw Error($"There is no {near} to be near to.", $"Substitute {near} first; the structure holds {string.Join(", ", structure.Elements)}.");
        return [.. candidates
            .OrderBy(number => Math.Round(centres.Where(centre => centre != number).Select(centre => structure.DistanceA(number - 1, centre - 1)).DefaultIfEmpty(0).Min(), 4))
            .ThenBy(number => number).Take(count).Order()];
    }

    private static ImmutableArray<int> SitesOf(Structure structure, Element element) =>
        [.. structure.Sites.Index().Where(pair => pair.Item.Element == element).Select(pair => pair.Index + 1)];

    private static string Numbers(ImmutableArray<int> sites) => sites.Length switch
    {
        0 => "none",
        <= 20 => string.Join(", ", sites.Select(site => site.ToString(CultureInfo.InvariantCulture))),
        _ => Text($"{sites[0]} to {sites[^1]}, {sites.Length} of them"),
    };

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private static DftFlowException Error(string message, string? hint) => new("DF1230", message, hint);
}
