using System.Collections.Immutable;

namespace DftFlow.Crystals.Ordering;

/// <summary>A sublattice that elements share: the sites that hold an element in the prototype, or sites by number.</summary>
/// <param name="Of">The element in the prototype, which also gives the sublattice its name.</param>
public sealed record OrderedSites(Element Of)
{
    /// <summary>Only these sites (numbers from 1); they hold <see cref="Of"/>. All where none are named.</summary>
    public ImmutableArray<int>? Sites { get; init; }

    /// <summary>With a composition of the whole crystal: which elements these sites take.</summary>
    public ImmutableArray<Element> Takes { get; init; } = [];

    /// <summary>With a composition of the whole crystal: whether sites may stay empty.</summary>
    public bool TakesVacancies { get; init; }

    /// <summary>Without one: how much of each element on a site; what is missing to 1 stays empty.</summary>
    public Composition? Amounts { get; init; }
}

/// <summary>An ordered model of a disordered crystal, and what the choice of it consisted of.</summary>
/// <param name="Amounts">What each sublattice was to hold and holds.</param>
public sealed record OrderResult(Structure Structure, ImmutableArray<PlacedAmount> Amounts, ArrangementReport Report);

/// <summary>
/// Puts the elements of a composition on the sublattices of a structure, in whole atoms: by electrostatic energy, at random, or as
/// nearly random as the cell allows. The cell is taken as it is: build the supercell before.
/// </summary>
public sealed record Order(ImmutableArray<OrderedSites> On)
{
    /// <summary>How far, as a part of a sublattice's sites, whole numbers may be from the amounts asked for, where nothing is said.</summary>
    public const double UsualTolerance = 0.02;

    /// <summary>Of the whole crystal, in any number of formula units; null where each sublattice has its amounts.</summary>
    public Composition? Composition { get; init; }

    public ArrangementMethod Method { get; init; }

    /// <summary>Where chance begins.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Exchanges to be tried in each of four runs of Monte Carlo; null: by the number of sites.</summary>
    public int? Steps { get; init; }

    /// <summary>With <see cref="ArrangementMethod.Sqs"/>: how many shells of neighbours are compared with the random alloy.</summary>
    public int PairShells { get; init; } = Correlations.UsualPairShells;

    /// <summary>With <see cref="ArrangementMethod.Sqs"/>: triplets are compared too, those whose distances are of so many shells.</summary>
    public int TripletShells { get; init; }

    /// <summary>Charges; those that are not told are guessed.</summary>
    public OxidationStates? OxidationStates { get; init; }

    /// <summary>How far the number of atoms of an element may be from what is asked, as a part of its sublattice's sites.</summary>
    public double RoundingTolerance { get; init; } = UsualTolerance;

    /// <exception cref="DftFlowException">
    /// DF1231: charges are not known; DF1232: no electrostatic energy; DF1233: the composition does not fit the sites; DF1234: whole
    /// atoms are too far from it; DF1235: too many neighbours.
    /// </exception>
    public OrderResult Build(Structure structure, CancellationToken cancellation = default)
    {
        if (On.IsEmpty) throw SublatticeAmounts.Error("No sublattice is named that elements share.", "Name at least one, by the element that holds it in the prototype.");
        var open = On.Select(sites => Open(structure, sites)).ToList();
        var twice = open.SelectMany(sublattice => sublattice.Sites).GroupBy(site => site).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw SublatticeAmounts.Error(FormattableString.Invariant($"Site {twice.Key} is in two sublattices."), "Name every sublattice once, or its sites.");
        double[][] amounts;
        if (Composition is { } composition)
        {
            if (On.FirstOrDefault(sites => sites.Amounts is not null) is { } both) throw SublatticeAmounts.Error($"The sites of {both.Of} have amounts, and so has the whole crystal.", "Give one of the two.");
            // What is not named stays as it is, and counts.
            var named = open.SelectMany(sublattice => sublattice.Sites).ToHashSet();
            List<OpenSublattice> all = [.. open, .. structure.Elements
                .Select(element => new OpenSublattice(element.Symbol, [.. Enumerable.Range(1, structure.Sites.Length).Where(site => structure.Sites[site - 1].Element == element && !named.Contains(site))], [element]))
                .Where(sublattice => !sublattice.Sites.IsEmpty)];
            amounts = SublatticeAmounts.Distribute(composition, all);
        }
        else
        {
            amounts = [.. On.Zip(open, (sites, sublattice) => sublattice.Takes
                .Select(element => (element is null ? Math.Max(0, 1 - sites.Amounts!.AtomCount) : sites.Amounts![element]) * sublattice.Sites.Length).ToArray())];
        }
        return Arranged(structure, open, amounts, cancellation);
    }

    /// <summary>The same for a crystal whose sites are shared or partly vacant: sites with the same occupancies are one sublattice.</summary>
    /// <exception cref="DftFlowException">As above.</exception>
    public OrderResult Build(DisorderedStructure structure, CancellationToken cancellation = default)
    {
        if (!On.IsEmpty || Composition is not null) throw SublatticeAmounts.Error("The occupancies of a disordered structure say what its sites hold; sublattices or a composition are given as well.", "Leave those out, or order a structure without occupancies.");
        // The name of the mixture keeps sites of different mixtures from being equal by symmetry.
        var parent = new Structure(structure.Lattice, [.. structure.Sites.Select(site => new Site(Main(site), site.Fractional) { Part = site.IsOrdered ? null : Mixture(site) })]);
        var groups = structure.Sites.Index().Where(pair => !pair.Item.IsOrdered).GroupBy(pair => Mixture(pair.Item)).ToArray();
        var open = groups.Select(group => new OpenSublattice(group.Key, [.. group.Select(pair => pair.Index + 1)], [.. Ordered(group.First().Item).Select(species => species.Element), .. group.First().Item.Vacancy > 1e-6 ? [null] : Array.Empty<Element?>()])).ToList();
        var amounts = groups.Select((group, i) => open[i].Takes.Select(element => (element is null ? group.First().Item.Vacancy : Ordered(group.First().Item).First(species => species.Element == element).Occupancy) * open[i].Sites.Length).ToArray()).ToArray();
        var result = Arranged(parent, open, amounts, cancellation);
        return result with { Structure = result.Structure with { Sites = [.. result.Structure.Sites.Select(site => site with { Part = null })] } };

        static IEnumerable<(Element Element, double Occupancy)> Ordered(DisorderedSite site) => site.Species.OrderBy(species => species.Element);

        static Element Main(DisorderedSite site) => Ordered(site).MaxBy(species => species.Occupancy).Element;

        static string Mixture(DisorderedSite site) => string.Join(' ', Ordered(site).Select(species => FormattableString.Invariant($"{species.Element}{species.Occupancy:0.######}")));
    }

    private OrderResult Arranged(Structure structure, List<OpenSublattice> open, double[][] asked, CancellationToken cancellation)
    {
        if (Steps is < 1 or > 100_000_000) throw SublatticeAmounts.Error(FormattableString.Invariant($"{Steps} steps of Monte Carlo cannot be made."), "Give 1 to 100,000,000, or leave them out.");
        if (PairShells is < 1 or > 100 || TripletShells is < 0 or > 20) throw SublatticeAmounts.Error("Pairs are compared for 1 to 100 shells, triplets for 0 to 20.", "Leave the shells out, or give fewer.");
        ImmutableArray<PlacedAmount> placed = [.. open.SelectMany((sublattice, i) => SublatticeAmounts.Place(sublattice, asked[i], RoundingTolerance))];
        var sites = structure.Sites.ToArray();
        var shared = new List<Sublattice>();
        var empty = new HashSet<int>();
        foreach (var sublattice in open)
        {
            ImmutableArray<Occupant> occupants = [.. placed.Where(amount => amount.Sublattice == sublattice.Name && amount.Got > 0).Select(amount => new Occupant(amount.Element, amount.Got))];
            if (occupants is not [var only]) shared.Add(new(sublattice.Sites, occupants));
            else
                foreach (var site in sublattice.Sites)
                    if (only.Element is { } element) sites[site - 1] = sites[site - 1].Holding(element);
                    else empty.Add(site);
        }
        if (empty.Count > 0) throw SublatticeAmounts.Error("All sites of a sublattice would stay empty.", "Take them out of the structure first.");
        structure = structure with { Sites = [.. sites] };
        var space = new ArrangementSpace(structure, shared);
        var states = States(space, structure);
        var arranger = new Arranger(space, states) { Seed = Seed, Steps = Steps, PairShells = PairShells, TripletShells = TripletShells };
        if (shared.Count == 0)
        {
            var (energy, charge) = Arranger.Electrostatics(structure, states, cancellation);
            return new(structure, placed, new(null, ArrangementSearch.None) { EnergyEv = energy, ChargeE = charge });
        }
        var (arrangement, report) = arranger.Choose(Method, cancellation);
        return new(space.Realise(arrangement), placed, report);
    }

    /// <summary>Charges are needed to order by energy; otherwise they are told where they can be.</summary>
    private OxidationStates? States(ArrangementSpace space, Structure structure)
    {
        var composition = space.Realise(space.First()).Composition;
        var needed = Method is ArrangementMethod.LowestEwald or ArrangementMethod.Auto && space.Sites.Length > 0;
        try
        {
            return Ordering.OxidationStates.Complete(composition, OxidationStates);
        }
        catch (DftFlowException error) when (error.Code == "DF1231" && !needed && OxidationStates is null)
        {
            return null;
        }
        catch (DftFlowException error) when (error.Code == "DF1231" && needed)
        {
            throw new DftFlowException(error.Code, error.Message, error.Hint + " Without charges, choose the method `sqs` or `random`.");
        }
    }

    private OpenSublattice Open(Structure structure, OrderedSites sites)
    {
        ImmutableArray<int> of = [.. Enumerable.Range(1, structure.Sites.Length).Where(site => structure.Sites[site - 1].Element == sites.Of)];
        if (sites.Sites is { } named)
        {
            foreach (var site in named)
                if (!of.Contains(site)) throw SublatticeAmounts.Error(FormattableString.Invariant($"Site {site} does not hold {sites.Of}."), "Sites are counted from 1, in the order of the structure.");
            of = [.. named.Distinct().Order()];
        }
        if (of.IsEmpty) throw SublatticeAmounts.Error($"The structure has no {sites.Of}.", $"It holds {string.Join(", ", structure.Elements)}.");
        if (Composition is null && (sites.Amounts is null || sites.Amounts.AtomCount > 1 + 1e-6))
            throw SublatticeAmounts.Error(sites.Amounts is null ? $"Nothing says what the sites of {sites.Of} hold." : FormattableString.Invariant($"The sites of {sites.Of} would hold {sites.Amounts.AtomCount:0.######} atoms each."), "Give a composition and what the sites take; or amounts that add up to 1, less where sites stay empty.");
        if (Composition is not null && sites.Takes.IsEmpty) throw SublatticeAmounts.Error($"Nothing says which elements the sites of {sites.Of} take.", $"Write {sites.Of}: [..].");
        var elements = sites.Amounts is { } amounts ? amounts.Elements : sites.Takes.Distinct();
        var vacancies = sites.Amounts is { } given ? given.AtomCount < 1 - 1e-6 : sites.TakesVacancies;
        return new(sites.Sites is null ? sites.Of.Symbol : $"{sites.Of} ({of[0].ToString(System.Globalization.CultureInfo.InvariantCulture)}…)", of, [.. elements, .. vacancies ? [null] : Array.Empty<Element?>()]);
    }
}
