using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>A phase and the share of all atoms that it holds.</summary>
public sealed record PhaseFraction(Entry Entry, double AtomicFraction);

/// <summary>The lower convex hull at one composition.</summary>
/// <param name="FormationEnergyEvPerAtom">Of the hull, relative to the elements' references.</param>
/// <param name="Decomposition">The phases in equilibrium; their fractions add up to one.</param>
public sealed record HullPoint(double FormationEnergyEvPerAtom, IReadOnlyList<PhaseFraction> Decomposition);

/// <summary>How stable a phase is.</summary>
/// <param name="Entry">Null where a composition was asked for that has no entry: then its energies are the hull's.</param>
public sealed record PhaseStability(
    string Formula, Entry? Entry, double FormationEnergyEvPerAtom, double EnergyAboveHullEvPerAtom, IReadOnlyList<PhaseFraction> Decomposition);

/// <summary>
/// Computed phases as a phase diagram at 0 K: formation energies, the convex hull, decompositions. Energies are eV per atom;
/// an element's reference is its entry of lowest energy.
/// </summary>
/// <remarks>
/// The hull's energy at a composition is the least energy of any mixture of entries with it, a linear program (Ong et al.,
/// Chem. Mater. 20, 1798 (2008); Akbarzadeh, Ozoliņš, Wolverton, Adv. Mater. 19, 3233 (2007)). An instance does not change
/// and may be used by several threads.
/// </remarks>
public sealed class PhaseDiagram
{
    /// <summary>An entry that is no more than this above the hull lies on it; the rest is round-off (eV/atom).</summary>
    public const double StableWithinEvPerAtom = 1e-8;

    private const double SameFraction = 1e-6;

    private readonly Dictionary<Element, Entry> references = [];
    private readonly List<Phase> phases = [];

    // Of the compounds with one composition the lowest; none without a reference for each element.
    private readonly List<Phase> lowest;
    private readonly Lazy<List<Phase>> stable;

    public PhaseDiagram(IReadOnlyList<Entry> entries)
    {
        Entries = entries;
        foreach (var entry in entries)
        {
            var phase = new Phase(entry);
            phases.Add(phase);
            if (phase.Fractions is not [var (element, _)]) continue;
            if (!references.TryGetValue(element, out var best) || entry.EnergyPerAtomEv < best.EnergyPerAtomEv) references[element] = entry;
        }
        foreach (var phase in phases)
            phase.FormationEnergy = phase.Entry.EnergyPerAtomEv
                - phase.Fractions.Sum(part => part.Fraction * (references.GetValueOrDefault(part.Element)?.EnergyPerAtomEv ?? double.NaN));
        lowest = [.. phases.Where(phase => phase.Fractions.Length > 1 && !double.IsNaN(phase.FormationEnergy)).GroupBy(phase => phase.Key, StringComparer.Ordinal)
            .Select(group => group.MinBy(phase => phase.FormationEnergy)!)];
        stable = new(() => [.. Systems(lowest, CancellationToken.None).Where(item => item.Phase.FormationEnergy - item.Hull.FormationEnergyEvPerAtom <= StableWithinEvPerAtom).Select(item => item.Phase)]);
    }

    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>The elements that have an entry of their own, so that their phases can be placed.</summary>
    public IEnumerable<Element> Elements => references.Keys.Order();

    /// <summary>The entry whose energy an element's chemical potential and all formation energies count from.</summary>
    /// <exception cref="DftFlowException">DF3107: the element has no entry.</exception>
    public Entry Reference(Element element) => references.GetValueOrDefault(element)
        ?? throw new DftFlowException("DF3107", $"The entries hold no {element} as an element, so energies of phases with {element} have nothing to be counted from.",
            $"Add a row for elemental {element} on the same energy scale (zero where the energies are formation energies), or leave {element} out.");

    /// <summary>eV per atom, relative to the elements' references.</summary>
    /// <exception cref="DftFlowException">DF3107: an element of it has no entry.</exception>
    public double FormationEnergyEvPerAtom(Entry entry) => entry.EnergyPerAtomEv
        - entry.Composition.Elements.Sum(element => entry.Composition.AtomicFraction(element) * Reference(element).EnergyPerAtomEv);

    /// <summary>The entry of lowest energy among those with this composition in any multiple; null where there is none.</summary>
    public Entry? LowestEntry(Composition composition)
    {
        var elements = ElementMask(composition.Elements);
        return phases.Where(phase => phase.Elements == elements && IsOf(phase, composition)).MinBy(phase => phase.Entry.EnergyPerAtomEv)?.Entry;
    }

    /// <summary>The same phases and one more, such as a phase with an energy of one's own.</summary>
    public PhaseDiagram With(Entry entry) => new([.. Entries, entry]);

    /// <summary>The same phases but those with a composition.</summary>
    public PhaseDiagram Without(Composition composition)
    {
        var elements = ElementMask(composition.Elements);
        return new([.. phases.Where(phase => phase.Elements != elements || !IsOf(phase, composition)).Select(phase => phase.Entry)]);
    }

    /// <summary>The hull at a composition, whether or not a phase has it.</summary>
    /// <exception cref="DftFlowException">DF3107: an element has no reference; DF3110: the linear program could not be solved.</exception>
    public HullPoint Hull(Composition composition) => Hull(Program([.. composition.Elements]), composition);

    /// <summary>The stability of the chosen entry, else of the lowest with this composition, or of the composition itself where it has none.</summary>
    /// <exception cref="DftFlowException">DF3107, DF3110.</exception>
    public PhaseStability Stability(ChosenPhase phase)
    {
        var hull = Hull(phase.Composition);
        return (phase.Entry ?? LowestEntry(phase.Composition)) is { } entry ? Stability(entry, hull)
            : new PhaseStability(phase.Formula, null, hull.FormationEnergyEvPerAtom, 0, hull.Decomposition);
    }

    /// <summary>The stability of every entry, in the order of <see cref="Entries"/>.</summary>
    public IReadOnlyList<PhaseStability> Stabilities(CancellationToken cancellation = default)
    {
        var result = new Dictionary<Phase, PhaseStability>(phases.Count);
        foreach (var (phase, hull) in Systems(phases, cancellation)) result[phase] = Stability(phase.Entry, hull);
        return [.. phases.Select(phase => result[phase])];
    }

    /// <summary>
    /// The energy of a composition's lowest entry (of the hull where it has none) relative to mixtures of phases of other compositions: below zero
    /// by how much a stable phase is stable, above zero the energy above hull of others. eV per atom; of an element zero.
    /// </summary>
    /// <remarks>Bartel et al., npj Comput. Mater. 6, 97 (2020) call it the decomposition enthalpy.</remarks>
    /// <exception cref="DftFlowException">DF3107, DF3110.</exception>
    public double PhaseSeparationEnergyEvPerAtom(Composition composition) => Separation(composition, lowest);

    /// <summary>
    /// The same relative to the other stable phases alone, as pymatgen's equilibrium reaction energy; null where the composition has no stable entry.
    /// It differs where a phase is metastable only because of this one.
    /// </summary>
    /// <exception cref="DftFlowException">DF3107, DF3110.</exception>
    public double? EquilibriumReactionEnergyEvPerAtom(Composition composition) =>
        LowestEntry(composition) is { } entry && FormationEnergyEvPerAtom(entry) - Hull(composition).FormationEnergyEvPerAtom <= StableWithinEvPerAtom ? Separation(composition, stable.Value) : null;

    /// <summary>
    /// The linear program for mixtures within some elements. For open elements, given by their chemical potentials in eV
    /// relative to their references, it minimises the grand potential per atom of the other elements.
    /// </summary>
    internal HullProgram Program(IReadOnlyList<Element> elements, IReadOnlyDictionary<Element, double>? open = null) => Program(elements, open, lowest);

    private HullProgram Program(IReadOnlyList<Element> elements, IReadOnlyDictionary<Element, double>? open, IEnumerable<Phase> candidates)
    {
        var space = ElementMask(open is null ? elements : elements.Concat(open.Keys));
        return new HullProgram(elements, open, elements.Select(Reference), candidates.Where(phase => (phase.Elements & ~space) == 0));
    }

    private double Separation(Composition composition, List<Phase> candidates)
    {
        if (composition.Amounts.Count == 1) return 0;
        var elements = ElementMask(composition.Elements);
        var others = Program([.. composition.Elements], null, candidates.Where(phase => phase.Elements != elements || !IsOf(phase, composition)));
        var energy = LowestEntry(composition) is { } entry ? FormationEnergyEvPerAtom(entry) : Hull(composition).FormationEnergyEvPerAtom;
        return energy - others.At(composition).Energy;
    }

    /// <summary>The hull at each phase, chemical system by chemical system; one program serves all phases of a system, and one solution all polymorphs.</summary>
    private IEnumerable<(Phase Phase, HullPoint Hull)> Systems(IEnumerable<Phase> asked, CancellationToken cancellation)
    {
        foreach (var system in asked.GroupBy(phase => phase.Elements))
        {
            var program = Program([.. system.First().Entry.Composition.Elements]);
            var hulls = new Dictionary<string, HullPoint>(StringComparer.Ordinal);
            foreach (var phase in system)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!hulls.TryGetValue(phase.Key, out var hull)) hulls[phase.Key] = hull = Hull(program, phase.Entry.Composition);
                yield return (phase, hull);
            }
        }
    }

    private static HullPoint Hull(HullProgram program, Composition composition)
    {
        var point = program.At(composition);
        return new HullPoint(point.Energy, [.. point.Phases.Select(part => new PhaseFraction(part.Entry, part.Fraction))]);
    }

    private PhaseStability Stability(Entry entry, HullPoint hull)
    {
        var formation = FormationEnergyEvPerAtom(entry);
        // The entry itself is among those that span the hull, so what is below zero is round-off.
        return new PhaseStability(entry.Formula, entry, formation, Math.Max(0, formation - hull.FormationEnergyEvPerAtom), hull.Decomposition);
    }

    private static bool IsOf(Phase phase, Composition composition) =>
        phase.Fractions.All(part => Math.Abs(composition.AtomicFraction(part.Element) - part.Fraction) < SameFraction);

    private static UInt128 ElementMask(IEnumerable<Element> elements) =>
        elements.Aggregate(UInt128.Zero, (mask, element) => mask | (UInt128.One << element.AtomicNumber));

    /// <summary>An entry with what the programs need of it at hand.</summary>
    internal sealed class Phase
    {
        public Phase(Entry entry)
        {
            (Entry, Elements) = (entry, ElementMask(entry.Composition.Elements));
            var atoms = entry.Composition.AtomCount;
            Fractions = [.. entry.Composition.Amounts.Select(part => (part.Key, part.Value / atoms))];
            Key = string.Join(' ', Fractions.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Element.Symbol}{Math.Round(part.Fraction * 1e9)}")));
        }

        public Entry Entry { get; }

        public (Element Element, double Fraction)[] Fractions { get; }

        public UInt128 Elements { get; }

        /// <summary>The same for all multiples of a composition.</summary>
        public string Key { get; }

        /// <summary>Not a number where an element has no reference; such phases never enter a program.</summary>
        public double FormationEnergy { get; set; }
    }
}
