using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Analysis.Charge;

/// <summary>
/// The electron localisation function (A. D. Becke and K. E. Edgecombe, J. Chem. Phys. 92, 5397 (1990)) along straight bonds. Around
/// each atom a core is left out, where it tells of shells and not of the bond, and where VASP's ELF is that of smooth functions.
/// </summary>
public sealed class ElfAlongBonds
{
    /// <summary>Of the stretch between the cores, at least.</summary>
    public const int LeastPoints = 200;

    // The whole line has so many times the points of the stretch at most: cores that nearly meet leave hardly any bond.
    private const int MostPoints = 20_000;

    private const double LargestDistanceA = 15, Rounding = 1e-12;

    private readonly PeriodicField elf;
    private readonly Structure structure;

    /// <exception cref="DftFlowException">DF3232: a pair's element is not there, or a limit or radius is none. DF1220: atoms lie on each other.</exception>
    public ElfAlongBonds(PeriodicField elf, Structure structure, ElfBondOptions? options = null)
    {
        (this.elf, this.structure) = (elf, structure);
        options ??= new();
        Check(options);
        CoreRadiiA = structure.Elements.ToImmutableDictionary(element => element, element => options.CoreRadiiA.TryGetValue(element, out var given) ? given : options.CoreFraction * Radius(element));
        var wanted = Wanted(options);
        var longest = wanted.Select(pair => pair.LimitA).DefaultIfEmpty(0).Max();
        var found = wanted.ToDictionary(pair => pair.Name, _ => new List<ElfBond>());
        foreach (var near in AtomPairs.Within(structure, longest))
        {
            Element a = structure.Sites[near.I].Element, b = structure.Sites[near.J].Element;
            foreach (var pair in wanted)
            {
                if (near.DistanceA > pair.LimitA || ((a, b) != (pair.First, pair.Second) && (b, a) != (pair.First, pair.Second))) continue;
                found[pair.Name].Add(Along(pair.Name, a == pair.First ? near : new(near.J, near.I, -near.VectorA)));
            }
        }
        // Of those that were not asked for only what there is.
        if (options.Pairs.IsEmpty) wanted = [.. wanted.Where(pair => found[pair.Name].Count > 0)];
        Bonds = [.. wanted.SelectMany(pair => found[pair.Name].OrderBy(bond => bond.I).ThenBy(bond => bond.J).ThenBy(bond => bond.Image))];
        ByPair = [.. wanted.Select(pair => Statistics(pair.Name, found[pair.Name]))];
        LimitsA = wanted.ToImmutableDictionary(pair => pair.Name, pair => pair.LimitA);
    }

    /// <summary>By pairs in the order asked for, then by sites.</summary>
    public ImmutableArray<ElfBond> Bonds { get; }

    public ImmutableArray<ElfOfPair> ByPair { get; }

    public ImmutableDictionary<Element, double> CoreRadiiA { get; }

    /// <summary>The longest bond that counted, in Å, of each pair.</summary>
    public ImmutableDictionary<string, double> LimitsA { get; }

    /// <summary>Places from I in Å and the ELF there, from atom to atom, evenly spaced.</summary>
    public IEnumerable<(double AtA, double Elf, bool InCore)> Profile(ElfBond bond)
    {
        var (start, steps) = (structure.Lattice.ToCartesian(structure.Sites[bond.I].Fractional), Steps(bond.DistanceA, bond.CoreIA, bond.CoreJA));
        // Counted from the middle, so that both halves of a symmetric bond have the same places.
        var middle = start + bond.VectorA * 0.5;
        for (var step = -steps; step <= steps; step++)
        {
            var at = bond.DistanceA * (steps + step) / (2 * steps);
            yield return (at, elf.AtCartesian(middle + bond.VectorA * (step / (2.0 * steps))), at < bond.CoreIA || bond.DistanceA - at < bond.CoreJA);
        }
    }

    private static ElfOfPair Statistics(string pair, List<ElfBond> bonds) => new(pair, bonds.Count, MeanAndSpread.Of(bonds.Select(bond => (double?)bond.DistanceA)),
        MeanAndSpread.Of(bonds.Select(bond => bond.Max)), MeanAndSpread.Of(bonds.Select(bond => bond.Min)), MeanAndSpread.Of(bonds.Select(bond => (double?)bond.Mid)));

    private ElfBond Along(string name, AtomPair pair)
    {
        double coreI = CoreRadiiA[structure.Sites[pair.I].Element], coreJ = CoreRadiiA[structure.Sites[pair.J].Element];
        var bond = new ElfBond(name, pair.I, pair.J, pair.ImageIn(structure), pair.VectorA, coreI, coreJ, null, null, null, null, 0);
        (double AtA, double Elf)? max = null, min = null;
        foreach (var (at, value, inCore) in Profile(bond))
        {
            if (inCore) continue;
            // Of two equal ones, but for rounding, the first.
            if (max is null || value > max.Value.Elf + Rounding) max = (at, value);
            if (min is null || value < min.Value.Elf - Rounding) min = (at, value);
        }
        var middle = elf.AtCartesian(structure.Lattice.ToCartesian(structure.Sites[pair.I].Fractional) + pair.VectorA * 0.5);
        return bond with { Max = max?.Elf, MaxAtA = max?.AtA, Min = min?.Elf, MinAtA = min?.AtA, Mid = middle };
    }

    // Of half the bond.
    private static int Steps(double distanceA, double coreIA, double coreJA)
    {
        var stretch = distanceA - coreIA - coreJA;
        return stretch <= 0 ? LeastPoints : (int)Math.Min(MostPoints, Math.Ceiling(LeastPoints * distanceA / stretch));
    }

    private ImmutableArray<(string Name, Element First, Element Second, double LimitA)> Wanted(ElfBondOptions options)
    {
        var elements = structure.Elements.Order().ToArray();
        var bonded = new Coordination().Limits(elements);
        if (options.Pairs.IsEmpty)
            return [.. from a in Enumerable.Range(0, elements.Length) from b in Enumerable.Range(a, elements.Length - a) where bonded[a, b] > 0
                select ($"{elements[a]}-{elements[b]}", elements[a], elements[b], options.MaxDistanceA ?? bonded[a, b])];
        return [.. options.Pairs.Select(pair =>
        {
            foreach (var element in (Element[])[pair.First, pair.Second])
                if (!elements.Contains(element)) throw Error($"There is no {element} in the structure, which is {structure.Composition.Formula}.", "Name elements that it holds, as in --pairs Sc-O,Mn-O.");
            return ($"{pair.First}-{pair.Second}", pair.First, pair.Second, options.MaxDistanceA ?? new Coordination().Factor * (Radius(pair.First) + Radius(pair.Second)));
        }).DistinctBy(pair => pair.Item1)];
    }

    private static void Check(ElfBondOptions options)
    {
        if (options.MaxDistanceA is { } longest && !(longest > 0 && longest <= LargestDistanceA))
            throw Error(FormattableString.Invariant($"Bonds up to {longest} Å cannot be looked at."), FormattableString.Invariant($"Give a distance up to {LargestDistanceA} Å."));
        if (!(options.CoreFraction >= 0 && options.CoreFraction <= 1))
            throw Error(FormattableString.Invariant($"{options.CoreFraction} times the covalent radius is no core."), "Give a part from 0 to 1; 0.5 is the default.");
        foreach (var (element, radius) in options.CoreRadiiA)
            if (!(radius >= 0 && radius <= LargestDistanceA)) throw Error(FormattableString.Invariant($"{radius} Å is no core radius of {element}."), "Give a radius in Å, as in Sc=0.9.");
    }

    private static double Radius(Element element) => element.CovalentRadiusA ?? throw Error($"No covalent radius of {element} is tabulated.", $"Give --core-radius {element}=… and --max-distance in Å.");

    private static DftFlowException Error(string message, string hint) => new("DF3232", message, hint);
}
