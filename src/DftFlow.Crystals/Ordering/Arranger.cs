using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Ordering;

/// <summary>Chooses an arrangement by a method, and tells how.</summary>
internal sealed record Arranger(ArrangementSpace Space, OxidationStates? States)
{
    /// <summary>Up to so many distinct arrangements are compared one by one.</summary>
    public const int MostCompared = 200_000;

    private const int MostRandomSteps = 200_000;

    // Of the pairs and triplets that are looked at anew with each exchange, in the steps of a run and in its descent. A descent tries all
    // pairs of sites, again and again, and would otherwise grow with their square: cells of more than about 500 shared sites feel it.
    private const long MostVisitsInSteps = 60_000_000, MostVisitsInDescent = 20_000_000;

    // Numbers in the table of permutations.
    private const long LargestGroup = 10_000_000;

    public ulong Seed { get; init; } = 1;

    public int? Steps { get; init; }

    public int PairShells { get; init; } = Correlations.UsualPairShells;

    public int TripletShells { get; init; }

    public (byte[] Arrangement, ArrangementReport Report) Choose(ArrangementMethod method, CancellationToken cancellation)
    {
        if (method == ArrangementMethod.Auto)
            method = States is not null && ArrangementEnergy.Differ(Space, SpeciesCharges()) ? ArrangementMethod.LowestEwald : ArrangementMethod.Sqs;
        return method switch
        {
            ArrangementMethod.LowestEwald => LowestEnergy(cancellation),
            ArrangementMethod.Sqs => MostRandom(cancellation),
            _ => Told(Space.Random(new SeededRandom(Seed)), new(method, ArrangementSearch.Random) { Seed = Seed }, cancellation),
        };
    }

    /// <summary>All arrangements that symmetry leaves, with their energies where charges are known, lowest first.</summary>
    /// <exception cref="DftFlowException">DF1235: they are too many.</exception>
    public (byte[] Arrangement, int Multiplicity, double? EnergyEv)[] Distinct(CancellationToken cancellation)
    {
        var list = DistinctArrangements.List(Space, Permutations() ?? throw new DftFlowException("DF1235", "The cell has too many symmetry operations and sites to list its distinct arrangements.", "Take a smaller cell, or another arrangement."), cancellation);
        if (States is null) return [.. list.Select(arrangement => (arrangement.Species, arrangement.Multiplicity, (double?)null))];
        var energies = Energy(cancellation).EnergiesEv(list, cancellation);
        return [.. list.Zip(energies, (arrangement, energy) => (arrangement.Species, arrangement.Multiplicity, (double?)energy)).OrderBy(found => Math.Round(found.Item3!.Value / ArrangementEnergy.EqualEv))];
    }

    private (byte[], ArrangementReport) LowestEnergy(CancellationToken cancellation)
    {
        var energy = Energy(cancellation);
        var report = new ArrangementReport(ArrangementMethod.LowestEwald, ArrangementSearch.Enumeration);
        var permutations = Space.Total <= DistinctArrangements.MostTotal ? Permutations() : null;
        if (permutations is not null) report = report with { Distinct = DistinctArrangements.Number(Space, permutations) };
        if (report.Distinct <= MostCompared)
        {
            var list = DistinctArrangements.List(Space, permutations!, cancellation);
            var energies = energy.EnergiesEv(list, cancellation);
            var lowest = energies.Min() + ArrangementEnergy.EqualEv;
            var first = Array.FindIndex(energies, each => each <= lowest);
            return Told(list[first].Species, report with { EqualInEnergy = energies.Count(each => each <= lowest) }, cancellation);
        }
        var steps = Steps ?? Annealing.UsualSteps(Space);
        var (arrangement, _, settled) = Annealing.Run(Space, energy.From, Seed, steps, cancellation: cancellation);
        return Told(arrangement, report with { Search = ArrangementSearch.MonteCarlo, Seed = Seed, Steps = steps, IsSettled = settled }, cancellation);
    }

    private (byte[], ArrangementReport) MostRandom(CancellationToken cancellation)
    {
        var correlations = Correlations.Of(Space, PairShells, TripletShells, cancellation);
        var visits = Math.Max(1, correlations.ClustersPerPlace);
        var steps = Steps ?? (int)Math.Min(Math.Min(Annealing.UsualSteps(Space), MostRandomSteps), MostVisitsInSteps / visits);
        var (arrangement, _, settled) = Annealing.Run(Space, correlations.From, Seed, steps, MostVisitsInDescent / visits, cancellation);
        return Told(arrangement, new(ArrangementMethod.Sqs, ArrangementSearch.MonteCarlo) { Seed = Seed, Steps = steps, IsSettled = settled, Correlations = correlations.ErrorsOf(arrangement) }, cancellation);
    }

    private (byte[], ArrangementReport) Told(byte[] arrangement, ArrangementReport report, CancellationToken cancellation)
    {
        var (energy, charge) = Electrostatics(Space.Realise(arrangement), States, cancellation);
        return (arrangement, report with { Arrangements = Space.Total, EnergyEv = energy, ChargeE = charge });
    }

    /// <summary>Energy (eV) and charge of a structure as far as they can be told; the energy up to as many sites as can be ordered by it.</summary>
    public static (double? EnergyEv, double? ChargeE) Electrostatics(Structure structure, OxidationStates? states, CancellationToken cancellation)
    {
        if (states is null) return (null, null);
        var charges = states.ChargesOf(structure);
        return (structure.Sites.Length <= EwaldMatrix.MostSites ? Ewald.EnergyEv(structure, charges, cancellation) : null, Rounded(charges.Sum()));
    }

    // A sum of whole charges and thirds has no digits but noise after the ninth.
    public static double Rounded(double charge) => Math.Round(charge, 9) + 0.0;

    private ArrangementEnergy Energy(CancellationToken cancellation)
    {
        var states = States ?? throw new InvalidOperationException("An energy needs charges.");
        var places = Space.Sites.ToHashSet();
        return new(Space, SpeciesCharges(), Space.Structure.Sites.Select((site, i) => places.Contains(i) ? 0 : states.ChargeOf(site.Element)), cancellation);
    }

    private double[] SpeciesCharges() => [.. Space.Species.Select(species => species is null ? 0 : States!.ChargeOf(species))];

    /// <summary>Null where the group is too large to hold.</summary>
    private int[][]? Permutations()
    {
        var group = SpaceGroup.Of(Space.Structure);
        return (long)group.OperationCount * Space.Structure.Sites.Length > LargestGroup ? null : Space.Permutations(Enumerable.Range(0, group.OperationCount).Select(group.Permutation));
    }
}
