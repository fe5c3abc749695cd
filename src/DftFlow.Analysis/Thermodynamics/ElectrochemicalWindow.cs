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
    /// <exception cref="DftFlowException">DF3107 to DF3110.</exception>
    public static ElectrochemicalWindow Calculate(
        PhaseDiagram diagram,
        ChosenPhase chosen,
        Element workingIon,
        ReactantEnergyKind reactantEnergy = ReactantEnergyKind.Hull,
        CancellationToken cancellation = default)
    {
        var phase = chosen.Composition;
        var charge = Thermodynamics.WorkingIon.Charge(workingIon);
        if (phase.Elements.All(element => element == workingIon))
            throw new DftFlowException("DF3108", $"{chosen.Formula} consists of the working ion only, so it has no window.", "Give a phase with another element.");
        var warnings = new List<string>();
        var reactant = Reactant.Create(diagram, chosen, reactantEnergy, warnings);
        var exchange = ElementExchange.Calculate(diagram, chosen, workingIon, cancellation);

        // The steps around the phase: the nearest with fewer ions, and the nearest with more.
        var steps = exchange.Steps;
        var above = steps.FindLastIndex(step => step.Change > 0);
        var below = steps.FindIndex(step => step.Change < 0);
        double? oxidation = below < 0 ? null : Voltage(below);
        // A step ends where the next begins.
        var reduction = above < 0 ? 0 : Voltage(above + 1);
        if (reactantEnergy == ReactantEnergyKind.Own)
        {
            var own = reactant.EnergyEvPerAtom * phase.AtomCount;
            if (below >= 0) oxidation = (steps[below].EnergyEv - own) / -steps[below].Change / charge;
            if (above >= 0) reduction = (own - steps[above].EnergyEv) / steps[above].Change / charge;
            if (oxidation < reduction)
                warnings.Add($"{chosen.Formula} is so far above the hull that the reaction that oxidises it balances below the one that reduces it: it has no window of its own.");
        }
        return new ElectrochemicalWindow(reactant, workingIon, reactantEnergy, reduction, oxidation,
            above < 0 ? null : steps[above].Reaction, below < 0 ? null : steps[below].Reaction,
            [.. steps.Select((step, index) => new WindowStep(Voltage(index), step.Change, step.Reaction))],
            Define(chosen, workingIon, reactantEnergy), warnings);

        // Zero has no sign here.
        double Voltage(int step) => -steps[step].ChemicalPotentialEv / charge + 0.0;
    }

    private static string Define(ChosenPhase phase, Element ion, ReactantEnergyKind kind) =>
        $"Voltages against {ion} metal at 0 K between which {phase.Formula} exchanges no {ion}; "
        + (kind == ReactantEnergyKind.Hull
            ? "the phase's composition on the hull, so that a metastable phase's own energy does not enter."
            : "each limit is where the reaction to the neighbouring step of the profile balances with the energy of the phase's entry, the lowest unless one is chosen.")
        + " The profile is the equilibrium on the hull: each step holds from its voltage up to the next.";
}
