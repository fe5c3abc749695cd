using System.Collections.Immutable;
using System.Numerics;

namespace DftFlow.Crystals.Ordering;

/// <summary>How atoms are put on the sites that they share.</summary>
public enum ArrangementMethod
{
    /// <summary>By electrostatic energy where the species that share sites differ in charge, otherwise as random as can be.</summary>
    Auto,

    /// <summary>The lowest electrostatic energy: of all arrangements while they can be listed, otherwise by Monte Carlo.</summary>
    LowestEwald,

    /// <summary>Any arrangement with the same probability.</summary>
    Random,

    /// <summary>A special quasi-random structure: pairs of neighbours as frequent as in the random alloy, by Monte Carlo.</summary>
    Sqs,
}

/// <summary>How the arrangement was found.</summary>
public enum ArrangementSearch
{
    /// <summary>The sites were given, or taken in order.</summary>
    None,

    /// <summary>All arrangements that symmetry leaves were compared.</summary>
    Enumeration,

    /// <summary>Simulated annealing; the seed and the number of steps tell which.</summary>
    MonteCarlo,

    /// <summary>One draw.</summary>
    Random,
}

/// <summary>What the choice of an arrangement consisted of.</summary>
/// <param name="Method">What was done: not <see cref="ArrangementMethod.Auto"/>; null where the sites were given or taken in order.</param>
public sealed record ArrangementReport(ArrangementMethod? Method, ArrangementSearch Search)
{
    /// <summary>How many arrangements there are, symmetry apart.</summary>
    public BigInteger Arrangements { get; init; } = 1;

    /// <summary>How many of them symmetry leaves; null where they were not counted.</summary>
    public long? Distinct { get; init; }

    /// <summary>Of the distinct ones, how many have the lowest energy within 1e-6 eV; null where they were not compared.</summary>
    public int? EqualInEnergy { get; init; }

    /// <summary>
    /// The energies compared were those before atoms made up for the charge of a substitution; <see cref="EnergyEv"/> is that after, and
    /// another arrangement may have a lower one.
    /// </summary>
    public bool BeforeCompensation { get; init; }

    public ulong? Seed { get; init; }

    /// <summary>Exchanges tried in each of the four runs.</summary>
    public int? Steps { get; init; }

    /// <summary>
    /// Of Monte Carlo: no exchange of two sites makes the arrangement better. False where the cell is so large that the last descent was
    /// ended before; null for other searches.
    /// </summary>
    public bool? IsSettled { get; init; }

    /// <summary>The electrostatic energy of the cell with formal charges, in eV; null where the charges are not known.</summary>
    public double? EnergyEv { get; init; }

    /// <summary>The sum of the formal charges, which a background makes up for in the energy; null where they are not known.</summary>
    public double? ChargeE { get; init; }

    /// <summary>How far pairs (and triplets) are from the random alloy, shell by shell; empty but for the method Sqs.</summary>
    public ImmutableArray<ClusterCorrelation> Correlations { get; init; } = [];
}
