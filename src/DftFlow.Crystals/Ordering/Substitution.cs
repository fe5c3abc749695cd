using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals.Ordering;

/// <summary>Which of the sites that could be substituted are.</summary>
public enum SubstitutionArrangement
{
    /// <summary>The first ones, or the nearest ones.</summary>
    First,

    /// <summary>Those that give the lowest electrostatic energy.</summary>
    LowestEwald,

    /// <summary>Any of them.</summary>
    Random,

    /// <summary>One structure for each choice that symmetry leaves.</summary>
    SymmetryDistinct,
}

/// <summary>One of the structures that a substitution can give.</summary>
/// <param name="ChosenSites">Numbers of the substituted sites, from 1, in the structure before.</param>
/// <param name="CompensatedSites">Numbers of the sites that make up for the charge, in the structure before.</param>
/// <param name="Multiplicity">How many choices symmetry makes equal to this one; null where they were not listed.</param>
/// <param name="EnergyEv">Electrostatic, with formal charges; null where these are not known.</param>
public sealed record SubstitutedStructure(Structure Structure, ImmutableArray<int> ChosenSites, ImmutableArray<int> CompensatedSites, int? Multiplicity, double? EnergyEv);

/// <summary>A substitution carried out.</summary>
/// <param name="Alternatives">The structures, <see cref="Structure"/> first; one but for symmetry-distinct choices, which go by energy where charges are known.</param>
/// <param name="AskedCount">How many sites were asked for, which a fraction makes any number.</param>
/// <param name="ChargeBeforeE">The sum of the formal charges before; null where they are not known.</param>
/// <param name="ChargeAfterE">The same afterwards.</param>
public sealed record SubstitutionResult(
    ImmutableArray<SubstitutedStructure> Alternatives, double AskedCount, ArrangementReport Report, double? ChargeBeforeE, double? ChargeAfterE)
{
    public Structure Structure => Alternatives[0].Structure;

    public ImmutableArray<int> ChosenSites => Alternatives[0].ChosenSites;

    public ImmutableArray<int> CompensatedSites => Alternatives[0].CompensatedSites;
}

/// <summary>
/// Puts one element in the place of another: on the <see cref="Sites"/> named; or on a <see cref="Count"/> or <see cref="Fraction"/> of
/// the sites <see cref="Where"/> it says, chosen by <see cref="Arrangement"/>; or, where neither is given, on all of them.
/// </summary>
/// <remarks>The choice depends on nothing but the structure and the seed, and can be told with <see cref="ChosenSites"/>.</remarks>
public sealed record Substitution(Element From, Element To)
{
    /// <summary>Structures of symmetry-distinct choices at most.</summary>
    public const int MostAlternatives = 1_000;

    /// <summary>Numbers of sites, from 1, in the order of the structure.</summary>
    public ImmutableArray<int>? Sites { get; init; }

    /// <summary>How many sites.</summary>
    public int? Count { get; init; }

    /// <summary>How many of the sites there are, as a part of 1.</summary>
    public double? Fraction { get; init; }

    /// <summary>How far a whole number of sites may be from the <see cref="Fraction"/>, as a part of the sites.</summary>
    public double RoundingTolerance { get; init; } = Order.UsualTolerance;

    /// <summary>Among which sites.</summary>
    public SiteSelection Where { get; init; } = SiteSelection.All;

    /// <summary>
    /// With <see cref="SubstitutionArrangement.First"/>: take the sites with the shortest periodic distance to any site that now holds
    /// this element, for example one substituted before. Distances equal to 0.0001 Å are ties, and go by site number.
    /// </summary>
    public Element? Near { get; init; }

    public SubstitutionArrangement Arrangement { get; init; }

    /// <summary>Where chance begins, for <see cref="SubstitutionArrangement.Random"/> and where Monte Carlo looks for the lowest energy.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Charges; those that are not told are guessed where they are needed.</summary>
    public OxidationStates? OxidationStates { get; init; }

    public ChargeCompensation? Compensation { get; init; }

    /// <summary>The structure with the substitution made; the order of the sites stays.</summary>
    /// <exception cref="DftFlowException">As <see cref="Build"/>.</exception>
    public Structure Apply(Structure structure) => Build(structure).Structure;

    /// <summary>The numbers of the sites, from 1, that <see cref="Apply"/> changes, in ascending order.</summary>
    /// <exception cref="DftFlowException">As <see cref="Build"/>.</exception>
    public ImmutableArray<int> ChosenSites(Structure structure) => Build(structure).ChosenSites;

    /// <summary>Makes the substitution, and tells what it consisted of.</summary>
    /// <exception cref="DftFlowException">
    /// DF1230: the sites asked for are not there; DF1231: charges are needed and not known; DF1232: no electrostatic energy; DF1234: no
    /// whole number is near the fraction; DF1235: too many choices; DF1236: the charge cannot be made up for.
    /// </exception>
    public SubstitutionResult Build(Structure structure, CancellationToken cancellation = default)
    {
        var (candidates, count, asked) = Candidates(structure);
        var states = States(structure);
        var compensated = Compensation is { } compensation && states is not null ? compensation.CountFor(count * (states.ChargeOf(To) - states.ChargeOf(From)), states) : 0;
        ArrangementReport report;
        ImmutableArray<SubstitutedStructure> alternatives;
        if (Arrangement == SubstitutionArrangement.First || count == candidates.Length)
        {
            ImmutableArray<int> chosen = Near is { } near && count < candidates.Length ? ChargeCompensation.Nearest(structure, candidates, SitesOf(structure, near), count) : candidates[..count];
            report = new(null, ArrangementSearch.None);
            alternatives = [Compensated(structure, chosen, compensated, states, null, ref report, cancellation)];
        }
        else if (Arrangement == SubstitutionArrangement.SymmetryDistinct)
        {
            var space = new ArrangementSpace(structure, [Split(candidates, count, To, From)]);
            var distinct = new Arranger(space, states).Distinct(cancellation);
            if (distinct.Length > MostAlternatives)
                throw new DftFlowException("DF1235", Text($"{distinct.Length:N0} choices of sites differ by symmetry; structures are made of up to {MostAlternatives:N0}."), "Substitute fewer sites, restrict where, or take `lowest-ewald` or `random`.");
            report = new(null, ArrangementSearch.Enumeration) { Arrangements = space.Total, Distinct = distinct.Length };
            alternatives = LowestFirst(space, distinct);
        }
        else
        {
            ImmutableArray<int> others = Compensation is { Placement: CompensationPlacement.LowestEwald } lowest && compensated > 0 ? SitesOf(structure, lowest.Of) : [];
            var together = Arrangement == SubstitutionArrangement.LowestEwald && others.Length >= compensated && compensated > 0 && others.Length > 0 && !others.Intersect(candidates).Any();
            var space = new ArrangementSpace(structure, together ? [Split(candidates, count, To, From), Split(others, compensated, Compensation!.By, Compensation.Of)] : [Split(candidates, count, To, From)]);
            (var arrangement, report) = new Arranger(space, states) { Seed = Seed }.Choose(Arrangement == SubstitutionArrangement.Random ? ArrangementMethod.Random : ArrangementMethod.LowestEwald, cancellation);
            if (!together && compensated > 0 && Compensation!.Placement == CompensationPlacement.Nearest && report is { Method: ArrangementMethod.LowestEwald, Search: ArrangementSearch.Enumeration, Distinct: <= MostAlternatives })
            {
                // The lowest before the charge is made up for need not be the lowest after.
                var ordered = LowestFirst(space, new Arranger(space, states).Distinct(cancellation));
                alternatives = [ordered[0] with { Multiplicity = null }];
                report = report with { EqualInEnergy = ordered.Count(each => each.EnergyEv <= ordered.Min(other => other.EnergyEv) + ArrangementEnergy.EqualEv) };
            }
            else
            {
                var chosen = Chosen(space, arrangement);
                alternatives = [together
                    ? Made(structure, chosen, [.. others.Where(site => space.Species[arrangement[Array.IndexOf(space.Sites, site - 1)]] == Compensation!.By)], states, null, cancellation)
                    : Compensated(structure, chosen, compensated, states, null, ref report, cancellation)];
                report = report with { BeforeCompensation = !together && compensated > 0 && report.Method == ArrangementMethod.LowestEwald };
            }
        }
        var (before, after) = (ChargeOf(structure, states), ChargeOf(alternatives[0].Structure, states));
        return new(alternatives, asked, report with { EnergyEv = alternatives[0].EnergyEv, ChargeE = after }, before, after);

        ImmutableArray<SubstitutedStructure> LowestFirst(ArrangementSpace space, (byte[] Arrangement, int Multiplicity, double? EnergyEv)[] distinct) =>
            [.. distinct
                .Select(each => Compensated(structure, Chosen(space, each.Arrangement), compensated, states, each.Multiplicity, ref report, cancellation))
                .OrderBy(each => Math.Round((each.EnergyEv ?? 0) / ArrangementEnergy.EqualEv))];
    }

    /// <summary>The sites among which to choose, how many of them, and how many were asked for.</summary>
    private (ImmutableArray<int> Sites, int Count, double Asked) Candidates(Structure structure)
    {
        if (Sites is not null && (Count is not null || Near is not null || Fraction is not null || Where != SiteSelection.All))
            throw Error($"The substitution of {From} by {To} names sites and also a count or a neighbour.", "Give `sites`, or `count` with or without `near`.");
        if (From == To) throw Error($"{From} is to be substituted by {To}: nothing would change.", $"Name another element, as in `{{ {From}: Al }}`, or leave the step out.");
        if (Sites is { IsEmpty: true }) throw Error($"The substitution of {From} by {To} names no site.", "Name at least one, as in `sites: [1]`; or leave `sites` out for all, or give `count`.");
        if (Count is not null && Fraction is not null) throw Error($"The substitution of {From} by {To} has a count and a fraction.", "Give one of the two.");
        if (Near is not null && Count is null && Fraction is null)
            throw Error($"The substitution of {From} by {To} near {Near} does not say how many sites.", "Add `count`.");
        if (Near is not null && Arrangement != SubstitutionArrangement.First)
            throw Error($"The substitution of {From} by {To} is to be near {Near} and arranged in another way.", "Give `near` or an arrangement.");
        if (Sites is { } named)
        {
            Check(structure, named);
            return (named.Sort(), named.Length, named.Length);
        }
        if (SitesOf(structure, From).IsEmpty) throw Error($"There is no {From} to substitute.", $"The structure holds {string.Join(", ", structure.Elements)}.");
        var candidates = Where.Of(structure, From);
        if (candidates.IsEmpty) throw Error($"There is no {From} at '{Where}'.", Text($"{From} is on sites {Numbers(SitesOf(structure, From))}."));
        var asked = Fraction * candidates.Length ?? Count ?? candidates.Length;
        if (Fraction is not null && !(Fraction > 0 && Fraction <= 1)) throw Error(Text($"{Fraction} is not a fraction of the sites."), "`fraction` is above 0 and at most 1.");
        var count = (int)Math.Round(asked);
        if (Fraction is not null && (count < 1 || Math.Abs(asked - count) > RoundingTolerance * candidates.Length + 1e-9))
            throw new DftFlowException("DF1234", Text($"A fraction of {Fraction} of {candidates.Length} {From} is {asked:0.###} atoms; {count} are off by {Math.Abs(asked - count) / candidates.Length:0.0%} of the sites, where {RoundingTolerance:0.0%} is allowed."), "Build a larger supercell, or give `count`.");
        if (count < 1) throw Error(Text($"{count} sites cannot be substituted."), "`count` is at least 1.");
        if (count > candidates.Length)
            throw Error(Text($"{count} {From} are to be substituted by {To}, but the structure has {candidates.Length}{(Where == SiteSelection.All ? "" : $" at '{Where}'")}."), "Ask for fewer, or build a larger supercell.");
        if (Near is { } near && SitesOf(structure, near).IsEmpty)
            throw Error($"There is no {near} to be near to.", $"Substitute {near} first; the structure holds {string.Join(", ", structure.Elements)}.");
        return (candidates, count, asked);
    }

    private void Check(Structure structure, ImmutableArray<int> named)
    {
        foreach (var number in named)
        {
            if (number < 1 || number > structure.Sites.Length)
                throw Error(Text($"There is no site {number}: the structure has sites 1 to {structure.Sites.Length}."), "Sites are counted from 1, in the order of the source structure.");
            if (structure.Sites[number - 1].Element is var there && there != From)
                throw Error(Text($"Site {number} holds {there}, not {From}."), Text($"{From} is on sites {Numbers(SitesOf(structure, From))}."));
        }
        if (named.Distinct().Count() != named.Length) throw Error($"A site is named twice in the substitution of {From} by {To}.", null);
    }

    /// <summary>Charges where they are needed or told; a choice by symmetry or chance does without.</summary>
    private OxidationStates? States(Structure structure)
    {
        if (Arrangement != SubstitutionArrangement.LowestEwald && Compensation is null && OxidationStates is null) return null;
        return Ordering.OxidationStates.Complete(structure.Composition, OxidationStates, Compensation?.By is { } by ? [To, by] : [To]);
    }

    private SubstitutedStructure Compensated(Structure structure, ImmutableArray<int> chosen, int count, OxidationStates? states, int? multiplicity, ref ArrangementReport report, CancellationToken cancellation)
    {
        if (Compensation is not { } compensation || count == 0) return Made(structure, chosen, [], states, multiplicity, cancellation);
        ImmutableArray<int> candidates = [.. SitesOf(structure, compensation.Of).Except(chosen)];
        if (count > candidates.Length)
            throw ChargeCompensation.Error(Text($"{count} {compensation.Of} are needed to make up for the charge, but the structure has {candidates.Length}."), "Substitute fewer sites, or make up for the charge in another way.");
        if (compensation.Placement == CompensationPlacement.Nearest || count == candidates.Length)
            return Made(structure, chosen, ChargeCompensation.Nearest(structure, candidates, chosen, count), states, multiplicity, cancellation);
        var space = new ArrangementSpace(Substituted(structure, chosen), [Split(candidates, count, compensation.By, compensation.Of)]);
        var (arrangement, found) = new Arranger(space, states) { Seed = Seed }.Choose(ArrangementMethod.LowestEwald, cancellation);
        if (report.Search == ArrangementSearch.None) report = found;
        return Made(structure, chosen, [.. candidates.Where((_, i) => space.Species[arrangement[i]] == compensation.By)], states, multiplicity, cancellation);
    }

    private SubstitutedStructure Made(Structure structure, ImmutableArray<int> chosen, ImmutableArray<int> compensated, OxidationStates? states, int? multiplicity, CancellationToken cancellation)
    {
        Site?[] sites = [.. Substituted(structure, chosen).Sites];
        foreach (var number in compensated) sites[number - 1] = Compensation!.By is { } by ? sites[number - 1]!.Holding(by) : null;
        var made = structure with { Sites = [.. sites.OfType<Site>()] };
        return new(made, chosen, compensated, multiplicity, Arranger.Electrostatics(made, states, cancellation).EnergyEv);
    }

    private Structure Substituted(Structure structure, ImmutableArray<int> chosen)
    {
        var sites = structure.Sites.ToBuilder();
        foreach (var number in chosen) sites[number - 1] = sites[number - 1].Holding(To);
        return structure with { Sites = sites.ToImmutable() };
    }

    private static Sublattice Split(ImmutableArray<int> sites, int count, Element? to, Element from) =>
        new(sites, [new(to, count), new(from, sites.Length - count)]);

    private ImmutableArray<int> Chosen(ArrangementSpace space, byte[] arrangement) =>
        [.. Enumerable.Range(0, arrangement.Length).Where(place => space.SublatticeOf(place) == 0 && space.Species[arrangement[place]] == To).Select(place => space.Sites[place] + 1)];

    private static double? ChargeOf(Structure structure, OxidationStates? states) => states is null ? null : Arranger.Rounded(states.ChargeOf(structure.Composition));

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
