using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>A mixing ratio at which the products change, or an end.</summary>
/// <param name="X">Atomic fraction of the first reactant: its atoms over all atoms of both, open elements not counted.</param>
/// <param name="XMole">Molar fraction of the first reactant, in formula units as given.</param>
/// <param name="EnergyEvPerAtom">Reaction energy of the mixture, per atom of it that belongs to no open element.</param>
/// <param name="MutualEnergyEvPerAtom">The same without what the reactants would gain decomposing each by itself; never above zero.</param>
public sealed record InterfaceKink(double X, double XMole, double EnergyEvPerAtom, double MutualEnergyEvPerAtom, BalancedReaction Reaction)
{
    /// <summary>Atoms that belong to no open element in one formula unit of the mixture: XMole of the first reactant as given, the rest of the second.</summary>
    public double AtomsPerFormulaUnit { get; init; } = double.NaN;

    /// <summary>The reaction energy by the other normalisation: eV per formula unit of the mixture, that is per mole of the reaction as written.</summary>
    public double EnergyEvPerFormulaUnit => EnergyEvPerAtom * AtomsPerFormulaUnit;

    public double MutualEnergyEvPerFormulaUnit => MutualEnergyEvPerAtom * AtomsPerFormulaUnit;
}

/// <summary>A kink where an energy is least.</summary>
public sealed record InterfaceMinimum(double X, double EnergyEvPerAtom, BalancedReaction Reaction);

/// <summary>
/// The reaction between two phases at an interface, over all mixing ratios: with f the hull along the line between them,
/// ΔE(x) = f(x) - x E_1 - (1 - x) E_2. f is convex and piecewise linear, so its kinks tell everything.
/// </summary>
/// <remarks>
/// Richards et al., Chem. Mater. 28, 266 (2016); Xiao et al., Nat. Rev. Mater. 5, 105 (2020). With open elements, energies are
/// grand potentials at the given chemical potentials.
/// </remarks>
public sealed record InterfaceReaction(
    Reactant First,
    Reactant Second,
    IReadOnlyDictionary<Element, double> ChemicalPotentialsEv,
    ReactantEnergyKind ReactantEnergy,
    IReadOnlyList<InterfaceKink> Kinks,
    InterfaceMinimum Minimum,
    InterfaceMinimum MutualMinimum,
    string Definition,
    IReadOnlyList<string> Warnings)
{
    // Differences below this are round-off: of equal minima the one at the smallest x is told.
    private const double Tie = 1e-10;

    // No reservoir lies so far from its element (10 kbar O2 at 6000 K: under 20 eV), and energies beside a larger number lose their digits.
    private const double FarthestPotentialEv = 100;

    /// <param name="diagram">Has to hold every competing phase, and a reference for each element.</param>
    /// <param name="firstPhase">The reactant at x = 1.</param>
    /// <param name="secondPhase">The reactant at x = 0.</param>
    /// <param name="reactantEnergy">Which energy the reactants enter with.</param>
    /// <param name="chemicalPotentialsEv">Of each open element, eV relative to its reference; none for a closed system.</param>
    /// <exception cref="DftFlowException">DF3107 to DF3110.</exception>
    public static InterfaceReaction Calculate(
        PhaseDiagram diagram,
        ChosenPhase firstPhase,
        ChosenPhase secondPhase,
        ReactantEnergyKind reactantEnergy = ReactantEnergyKind.Own,
        IReadOnlyDictionary<Element, double>? chemicalPotentialsEv = null,
        CancellationToken cancellation = default)
    {
        var open = chemicalPotentialsEv ?? new Dictionary<Element, double>();
        foreach (var (element, potential) in open)
        {
            if (!(Math.Abs(potential) <= FarthestPotentialEv))
                throw new DftFlowException("DF3109", $"The chemical potential of {element} is {potential.ToString(CultureInfo.InvariantCulture)} eV; it must be a finite number, from -{FarthestPotentialEv} to {FarthestPotentialEv}.",
                    $"Give eV relative to elemental {element}: zero or below.");
            diagram.Reference(element);
        }
        var (first, second) = (firstPhase.Composition, secondPhase.Composition);
        var (firstAtoms, secondAtoms) = (ClosedAtoms(firstPhase, open), ClosedAtoms(secondPhase, open));
        var elements = first.Elements.Union(second.Elements).Where(element => !open.ContainsKey(element)).Order().ToList();

        var warnings = new List<string>();
        WarnOfReservoirs(diagram, open, warnings);
        var reactants = (First: Reactant.Create(diagram, firstPhase, reactantEnergy, warnings), Second: Reactant.Create(diagram, secondPhase, reactantEnergy, warnings));
        var firstEnergy = GrandPotential(first, reactants.First.EnergyEvPerAtom, open) / firstAtoms;
        var secondEnergy = GrandPotential(second, reactants.Second.EnergyEvPerAtom, open) / secondAtoms;

        var points = diagram.Program(elements, open).Kinks(first, second, cancellation);
        var kinks = points.Select(point =>
        {
            var x = point.X;
            var (firstAmount, secondAmount) = (x / firstAtoms, (1 - x) / secondAtoms);
            var units = firstAmount + secondAmount;
            return new InterfaceKink(x, firstAmount / units,
                point.Energy - x * firstEnergy - (1 - x) * secondEnergy,
                Math.Min(0, point.Energy - x * points[^1].Energy - (1 - x) * points[0].Energy),
                BalancedReaction.Create(
                    [(firstPhase, firstAmount / units), (secondPhase, secondAmount / units)],
                    point.Phases.Select(part => Product(part.Entry, part.Fraction / units, open)),
                    open.Keys)) { AtomsPerFormulaUnit = 1 / units };
        }).ToList();
        return new InterfaceReaction(reactants.First, reactants.Second, open, reactantEnergy, kinks,
            Least(kinks, kink => kink.EnergyEvPerAtom), Least(kinks, kink => kink.MutualEnergyEvPerAtom),
            Define(firstPhase, secondPhase, reactantEnergy, open), warnings);
    }

    private static InterfaceMinimum Least(List<InterfaceKink> kinks, Func<InterfaceKink, double> energy)
    {
        var least = kinks.Min(energy);
        var kink = kinks.First(candidate => energy(candidate) <= least + Tie);
        return new InterfaceMinimum(kink.X, energy(kink), kink.Reaction);
    }

    private static double ClosedAtoms(ChosenPhase phase, IReadOnlyDictionary<Element, double> open)
    {
        var composition = phase.Composition;
        var atoms = composition.AtomCount - open.Keys.Sum(element => composition[element]);
        return composition.Elements.Any(element => !open.ContainsKey(element)) ? atoms
            : throw new DftFlowException("DF3108", $"The reactant {phase.Formula} consists of open elements only, so nothing of it is left to count a fraction of.",
                "Close one of its elements, or leave the reactant out: the reservoir is it already.");
    }

    private static double GrandPotential(Composition composition, double energyEvPerAtom, IReadOnlyDictionary<Element, double> open) =>
        energyEvPerAtom * composition.AtomCount - open.Sum(pair => pair.Value * composition[pair.Key]);

    private static (ChosenPhase, double) Product(Entry entry, double closedAtoms, IReadOnlyDictionary<Element, double> open)
    {
        var formula = entry.Composition.Reduced();
        return (formula, closedAtoms / ClosedAtoms(formula, open));
    }

    /// <summary>Where reservoirs would react with each other, or a potential exceeds the element's own, no equilibrium exists.</summary>
    private static void WarnOfReservoirs(PhaseDiagram diagram, IReadOnlyDictionary<Element, double> open, List<string> warnings)
    {
        if (open.Count == 0) return;
        var worst = diagram.Entries
            .Where(entry => entry.Composition.Elements.All(open.ContainsKey))
            .Select(entry => (Entry: entry, Gain: GrandPotential(entry.Composition, diagram.FormationEnergyEvPerAtom(entry), open) / entry.Composition.AtomCount))
            .MinBy(item => item.Gain);
        if (worst.Gain < -1e-6)
            warnings.Add($"At these chemical potentials the reservoir itself would form {worst.Entry.Formula} ({worst.Gain.ToString("G4", CultureInfo.InvariantCulture)} eV/atom); "
                + "phases of open elements only are left out.");
    }

    /// <summary>What the energies of such a reaction are, in words.</summary>
    public static string Define(ChosenPhase first, ChosenPhase second, ReactantEnergyKind kind, IReadOnlyDictionary<Element, double> open)
    {
        var atom = open.Count == 0 ? "atom" : $"atom other than {string.Join(", ", open.Keys.Order())}";
        var energy = kind == ReactantEnergyKind.Own ? "its entry's energy (the lowest unless one is chosen; the hull's where it has none)" : "the hull's energy at its composition";
        var reservoir = open.Count == 0 ? "closed system" : "open to " + string.Join(", ", open.OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Key} at {pair.Value.ToString("R", CultureInfo.InvariantCulture)} eV relative to its elemental reference"));
        return $"Reaction energy at 0 K of x {first.Formula} with (1 - x) {second.Formula}, x an atomic fraction, in eV per {atom} of the mixture; "
            + $"each reactant with {energy}; {reservoir}. Mutual energy: minus what each reactant gains decomposing by itself.";
    }
}
