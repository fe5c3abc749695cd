using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Charge;

/// <summary>Which bonds are looked at, and what of them is left out.</summary>
public sealed record ElfBondOptions
{
    /// <summary>Pairs of elements, in the order in which they are written; empty: those that are bonded, see <see cref="Crystals.Cells.Coordination"/>.</summary>
    public ImmutableArray<(Element First, Element Second)> Pairs { get; init; } = [];

    /// <summary>The longest bond in Å; null: 1.3 times the sum of the covalent radii.</summary>
    public double? MaxDistanceA { get; init; }

    /// <summary>The radius of a core as a part of the covalent radius.</summary>
    public double CoreFraction { get; init; } = 0.5;

    /// <summary>Radii of cores in Å that are given outright.</summary>
    public ImmutableDictionary<Element, double> CoreRadiiA { get; init; } = ImmutableDictionary<Element, double>.Empty;
}

/// <summary>The ELF along the straight line from one atom to another.</summary>
/// <param name="Pair">As in <c>Sc-O</c>: the element of I first.</param>
/// <param name="I">Number of the site, from 0.</param>
/// <param name="J">Number of the site, from 0.</param>
/// <param name="Image">How many lattice vectors the image of J that is meant lies from J itself.</param>
/// <param name="VectorA">From I to that image, in Å.</param>
/// <param name="CoreIA">The core radius of I in Å.</param>
/// <param name="CoreJA">The core radius of J in Å.</param>
/// <param name="Max">Of the stretch between the cores; null where they leave none. So are the next three.</param>
/// <param name="MaxAtA">How far from I it lies, in Å.</param>
/// <param name="Mid">Half-way between the atoms.</param>
public sealed record ElfBond(
    string Pair, int I, int J, (int A, int B, int C) Image, Vector3D VectorA, double CoreIA, double CoreJA, double? Max, double? MaxAtA, double? Min, double? MinAtA, double Mid)
{
    public double DistanceA => VectorA.Length;
}

/// <summary>All bonds of a pair of elements. Without bonds, all but their number is null.</summary>
public sealed record ElfOfPair(string Pair, int Count, MeanAndSpread? DistanceA, MeanAndSpread? Max, MeanAndSpread? Min, MeanAndSpread? Mid);

/// <summary>Of a set of numbers.</summary>
/// <param name="Spread">The standard deviation of the set itself (divided by n).</param>
public sealed record MeanAndSpread(double Mean, double Spread, double Smallest, double Largest)
{
    public static MeanAndSpread? Of(IEnumerable<double?> numbers)
    {
        var known = numbers.OfType<double>().ToArray();
        if (known.Length == 0) return null;
        var mean = known.Average();
        return new(mean, Math.Sqrt(known.Average(number => (number - mean) * (number - mean))), known.Min(), known.Max());
    }
}
