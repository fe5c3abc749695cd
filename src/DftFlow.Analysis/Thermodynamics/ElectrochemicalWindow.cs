using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>What a phase has turned into in equilibrium with the working ion.</summary>
/// <param name="VoltageV">From here up to the next step's.</param>
/// <param name="WorkingIonChange">Ions taken up (positive) or given up, per formula unit as given.</param>
public sealed record WindowStep(double VoltageV, double WorkingIonChange, BalancedReaction Reaction);

/// <summary>
/// The electrochemical stability window of a phase: the voltages against the working ion's metal at which it exchanges no
/// working ion.
/// </summary>
/// <param name="ReductionLimitV">Below it the phase takes up ions; zero where only the metal itself would plate.</param>
/// <param name="OxidationLimitV">Above it the phase gives up ions; null where it has none to give.</param>
/// <param name="AtReduction">What takes place at the limit; null where nothing but plating does.</param>
/// <param name="AtOxidation">What takes place at the limit; null where there is none.</param>
/// <param name="Profile">Always on the hull, by rising voltage from zero.</param>
/// <remarks>
/// Zhu, He, Mo, ACS Appl. Mater. Interfaces 7, 23685 (2015); Richards et al., Chem. Mater. 28, 266 (2016). With h(n) the hull's
/// energy at n working ions per formula unit (the metal's energy being zero), the voltage between two kinks of h is -Δh/(zΔn).
/// With the phase's own energy instead of h at its composition, each limit is the voltage at which the reaction to the
/// neighbouring kink balances.
/// </remarks>
public sealed record ElectrochemicalWindow(
    Reactant Phase,
    Element WorkingIon,
    ReactantEnergyKind ReactantEnergy,
    double ReductionLimitV,
    double? OxidationLimitV,
    BalancedReaction? AtReduction,
    BalancedReaction? AtOxidation,
    IReadOnlyList<WindowStep> Profile,
    string Definition,
    IReadOnlyList<string> Warnings)
{
    // Ions per atom of the rest of the phase.
    private const double SameContent = 1e-7;

    /// <exception cref="DftFlowException">DF3107 to DF3110.</exception>
    public static ElectrochemicalWindow Calculate(
        PhaseDiagram diagram,
        Composition phase,
        Element workingIon,
        ReactantEnergyKind reactantEnergy = ReactantEnergyKind.Hull,
        CancellationToken cancellation = default)
    {
        var charge = Thermodynamics.WorkingIon.Charge(workingIon);
        var host = new Composition(phase.Amounts.Where(pair => pair.Key != workingIon));
        if (host.IsEmpty)
            throw new DftFlowException("DF3108", $"{phase.Formula} consists of the working ion only, so it has no window.", "Give a phase with another element.");
        var warnings = new List<string>();
        var reactant = Reactant.Create(diagram, phase, reactantEnergy, warnings);
        var steps = Steps(diagram, host, workingIon, cancellation);

        var ions = phase[workingIon];
        var tolerance = SameContent * host.AtomCount;
        // The hull's kinks around the phase: the nearest with fewer ions, and the nearest with more.
        var below = steps.FindLastIndex(step => step.Ions < ions - tolerance);
        var above = steps.FindIndex(step => step.Ions > ions + tolerance);
        double? oxidation = below < 0 ? null : Voltage(below, below + 1);
        var reduction = above < 0 ? 0 : Voltage(above - 1, above);
        if (reactantEnergy == ReactantEnergyKind.Own)
        {
            var own = reactant.EnergyEvPerAtom * phase.AtomCount;
            if (below >= 0) oxidation = (steps[below].Energy - own) / (ions - steps[below].Ions) / charge;
            if (above >= 0) reduction = (own - steps[above].Energy) / (steps[above].Ions - ions) / charge;
            if (oxidation < reduction)
                warnings.Add($"{phase.Formula} is so far above the hull that the reaction that oxidises it balances below the one that reduces it: it has no window of its own.");
        }
        var profile = steps.Index().Reverse().Select(item => new WindowStep(Voltage(item.Index, item.Index + 1), Change(item.Item.Ions), Reaction(item.Item))).ToList();
        return new ElectrochemicalWindow(reactant, workingIon, reactantEnergy, reduction, oxidation,
            above < 0 ? null : Reaction(steps[above]), below < 0 ? null : Reaction(steps[below]), profile,
            Define(phase, workingIon, reactantEnergy), warnings);

        // Beyond the last kink only metal is added.
        double Voltage(int lower, int upper) => upper == steps.Count ? 0
            : (steps[lower].Energy - steps[upper].Energy) / (steps[upper].Ions - steps[lower].Ions) / charge;

        double Change(double content) => Math.Abs(content - ions) < tolerance ? 0 : content - ions;

        BalancedReaction Reaction(Step step) => BalancedReaction.Create([(phase, 1)], step.Products, [workingIon]);
    }

    /// <summary>A kink of h(n): ions and energy (eV, ions counting as metal) per formula unit, and the phases there.</summary>
    private sealed record Step(double Ions, double Energy, List<(Composition Formula, double Amount)> Products);

    private static List<Step> Steps(PhaseDiagram diagram, Composition host, Element workingIon, CancellationToken cancellation)
    {
        using var program = diagram.Program([workingIon, .. host.Elements]);
        program.SetLine(new Composition([KeyValuePair.Create(workingIon, 1.0)]), host);
        return [.. program.Kinks(cancellation).SkipLast(1).Select(point =>
        {
            var atoms = host.AtomCount / (1 - point.X);
            var products = point.Phases.Select(part =>
            {
                var formula = part.Entry.Composition.Reduced();
                return (formula, part.Fraction * atoms / formula.AtomCount);
            });
            return new Step(point.X * atoms, point.Energy * atoms, [.. products]);
        })];
    }

    private static string Define(Composition phase, Element ion, ReactantEnergyKind kind) =>
        $"Voltages against {ion} metal at 0 K between which {phase.Formula} exchanges no {ion}; "
        + (kind == ReactantEnergyKind.Hull
            ? "the phase's composition on the hull, so that a metastable phase's own energy does not enter."
            : "each limit is where the reaction to the neighbouring step of the profile balances with the energy of the phase's lowest entry.")
        + " The profile is the equilibrium on the hull: each step holds from its voltage up to the next.";
}
