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
    private const double SameFraction = 1e-6;

    private readonly Dictionary<Element, Entry> references = [];
    private readonly List<Phase> phases = [];

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
    }

    public IReadOnlyList<Entry> Entries { get; }

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
        return phases
            .Where(phase => phase.Elements == elements && phase.Fractions.All(part => Math.Abs(composition.AtomicFraction(part.Element) - part.Fraction) < SameFraction))
            .MinBy(phase => phase.Entry.EnergyPerAtomEv)?.Entry;
    }

    /// <summary>The hull at a composition, whether or not a phase has it.</summary>
    /// <exception cref="DftFlowException">DF3107: an element has no reference; DF3110: the linear program could not be solved.</exception>
    public HullPoint Hull(Composition composition)
    {
        using var program = Program([.. composition.Elements]);
        return Hull(program, composition);
    }

    /// <summary>The stability of the lowest entry with this composition, or of the composition itself where it has none.</summary>
    public PhaseStability Stability(Composition composition)
    {
        var hull = Hull(composition);
        return LowestEntry(composition) is { } entry ? Stability(entry, hull)
            : new PhaseStability(composition.ReducedFormula, null, hull.FormationEnergyEvPerAtom, 0, hull.Decomposition);
    }

    /// <summary>The stability of every entry, in the order of <see cref="Entries"/>.</summary>
    public IReadOnlyList<PhaseStability> Stabilities(CancellationToken cancellation = default)
    {
        var result = new PhaseStability[phases.Count];
        foreach (var system in phases.Index().GroupBy(item => item.Item.Elements))
        {
            // One program for a chemical system, solved anew for each composition in it.
            using var program = Program([.. system.First().Item.Entry.Composition.Elements]);
            var hulls = new Dictionary<string, HullPoint>(StringComparer.Ordinal);
            foreach (var (index, phase) in system)
            {
                cancellation.ThrowIfCancellationRequested();
                var formula = phase.Entry.Formula;
                if (!hulls.TryGetValue(formula, out var hull)) hulls[formula] = hull = Hull(program, phase.Entry.Composition);
                result[index] = Stability(phase.Entry, hull);
            }
        }
        return result;
    }

    /// <summary>
    /// The linear program for mixtures within some elements. For open elements, given by their chemical potentials in eV
    /// relative to their references, it minimises the grand potential per atom of the other elements.
    /// </summary>
    internal HullProgram Program(IReadOnlyList<Element> elements, IReadOnlyDictionary<Element, double>? open = null)
    {
        foreach (var element in open is null ? elements : elements.Concat(open.Keys)) Reference(element);
        var space = ElementMask(open is null ? elements : elements.Concat(open.Keys));
        return new HullProgram(elements, open, phases.Where(phase => (phase.Elements & ~space) == 0));
    }

    private static HullPoint Hull(HullProgram program, Composition composition)
    {
        program.SetLine(composition, composition);
        var point = program.At(0);
        return new HullPoint(point.Energy, [.. point.Phases.Select(part => new PhaseFraction(part.Entry, part.Fraction))]);
    }

    private PhaseStability Stability(Entry entry, HullPoint hull)
    {
        var formation = FormationEnergyEvPerAtom(entry);
        // The entry itself is among those that span the hull, so what is below zero is round-off.
        return new PhaseStability(entry.Formula, entry, formation, Math.Max(0, formation - hull.FormationEnergyEvPerAtom), hull.Decomposition);
    }

    private static UInt128 ElementMask(IEnumerable<Element> elements) =>
        elements.Aggregate(UInt128.Zero, (mask, element) => mask | (UInt128.One << element.AtomicNumber));

    /// <summary>An entry with what the programs need of it at hand.</summary>
    internal sealed class Phase(Entry entry)
    {
        public Entry Entry { get; } = entry;

        public IReadOnlyList<(Element Element, double Fraction)> Fractions { get; } =
            [.. entry.Composition.Elements.Select(element => (element, entry.Composition.AtomicFraction(element)))];

        public UInt128 Elements { get; } = ElementMask(entry.Composition.Elements);

        /// <summary>Not a number where an element has no reference; such phases never enter a program.</summary>
        public double FormationEnergy { get; set; }
    }
}
