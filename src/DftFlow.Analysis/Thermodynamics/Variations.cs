using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>What is done otherwise.</summary>
public enum VariationKind
{
    /// <summary>Nothing: the number as it was asked for.</summary>
    Asked,

    /// <summary>The reactants enter with the other energy: own instead of hull, or hull instead of own.</summary>
    ReactantEnergy,

    /// <summary>One of the phases that take part is left out of the entries.</summary>
    WithoutPhase,

    /// <summary>Other entries: another functional, other corrections, another date.</summary>
    Entries,

    /// <summary>A reactant with an energy that is supposed.</summary>
    OwnEnergy,
}

/// <summary>A result with one thing done otherwise.</summary>
/// <param name="Result">Null where there is none; then the reason says why.</param>
public sealed record Variation<T>(VariationKind Kind, string Name, T? Result, string? Reason) where T : class;

/// <summary>What else to try: other tables of entries by name, and supposed energies.</summary>
public sealed record VariationInputs(IReadOnlyList<(string Name, PhaseDiagram Diagram)> OtherEntries, IReadOnlyList<OwnEnergy> OwnEnergies)
{
    public static VariationInputs None { get; } = new([], []);
}

/// <summary>A number's dependence on the entries and the treatment: the same once more with one thing done otherwise at a time.</summary>
public static class Variations
{
    /// <summary>Of a reaction: without each phase of the products at either minimum, and of those that a reactant is taken as on the hull.</summary>
    public static ImmutableArray<Variation<InterfaceReaction>> Of(
        PhaseDiagram diagram, ChosenPhase first, ChosenPhase second, InterfaceReaction asked, VariationInputs inputs, CancellationToken cancellation = default) =>
        Of(diagram, [first, second], asked, asked.ReactantEnergy, [asked.First, asked.Second],
            [.. asked.Minimum.Reaction.Products.Concat(asked.MutualMinimum.Reaction.Products).Select(term => term.Formula), .. FromHull(asked.First), .. FromHull(asked.Second)],
            inputs, (of, phases, kind) => InterfaceReaction.Calculate(of, phases[0], phases[1], kind, asked.ChemicalPotentialsEv, cancellation), cancellation);

    /// <summary>Of a window: without each phase of the products at its limits, and within it.</summary>
    public static ImmutableArray<Variation<ElectrochemicalWindow>> Of(
        PhaseDiagram diagram, ChosenPhase phase, ElectrochemicalWindow asked, VariationInputs inputs, CancellationToken cancellation = default) =>
        Of(diagram, [phase], asked, asked.ReactantEnergy, [asked.Phase],
            [.. new[] { asked.AtReduction, asked.AtOxidation }.OfType<BalancedReaction>().SelectMany(reaction => reaction.Products).Select(term => term.Formula), .. asked.Phase.Decomposition.Select(part => part.Entry.Formula)],
            inputs, (of, phases, kind) => ElectrochemicalWindow.Calculate(of, phases[0], asked.WorkingIon, kind, cancellation), cancellation);

    private static ImmutableArray<Variation<T>> Of<T>(
        PhaseDiagram diagram, ChosenPhase[] phases, T asked, ReactantEnergyKind kind, Reactant[] reactants, ImmutableArray<string> products, VariationInputs inputs,
        Func<PhaseDiagram, ChosenPhase[], ReactantEnergyKind, T> calculate, CancellationToken cancellation) where T : class
    {
        var other = kind == ReactantEnergyKind.Own ? ReactantEnergyKind.Hull : ReactantEnergyKind.Own;
        var rows = ImmutableArray.CreateBuilder<Variation<T>>();
        rows.Add(new(VariationKind.Asked, "as asked", asked, null));
        // Without an entry there is but one energy.
        if (reactants.Any(reactant => reactant.EntryId is not null))
            Add(VariationKind.ReactantEnergy, other == ReactantEnergyKind.Hull ? "reactants on the hull" : "reactants with their own energy", () => calculate(diagram, phases, other));
        // Elements are what energies count from, and the reactants are what is asked about.
        foreach (var left in products.Distinct().Select(Composition.Parse).Where(product => product.Amounts.Count > 1 && phases.All(phase => !IsSame(phase.Composition, product))))
            Add(VariationKind.WithoutPhase, $"without {left.ReducedFormula}", () => calculate(diagram.Without(left), phases, kind));
        foreach (var (name, entries) in inputs.OtherEntries)
            Add(VariationKind.Entries, name, () => calculate(entries, [.. phases.Select(phase => In(entries, phase))], kind));
        foreach (var own in inputs.OwnEnergies.Where(own => phases.Any(phase => own.IsOf(phase.Composition))))
            Add(VariationKind.OwnEnergy, own.ToString(), () =>
            {
                var entry = own.EntryIn(diagram);
                return calculate(diagram.With(entry), [.. phases.Select(phase => own.IsOf(phase.Composition) ? phase with { Entry = entry } : phase)], ReactantEnergyKind.Own);
            });
        return rows.ToImmutable();

        void Add(VariationKind of, string name, Func<T> result)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                rows.Add(new(of, name, result(), null));
            }
            catch (DftFlowException error)
            {
                rows.Add(new(of, name, null, error.Message));
            }
        }
    }

    private static IEnumerable<string> FromHull(Reactant reactant) =>
        reactant.TakenOnHull ? reactant.Decomposition.Select(part => part.Entry.Formula) : [];

    /// <summary>A chosen entry is another one elsewhere: that of the same id.</summary>
    private static ChosenPhase In(PhaseDiagram entries, ChosenPhase phase) => phase.Entry is not { } chosen ? phase
        : phase with { Entry = entries.Entries.FirstOrDefault(entry => entry.EntryId == chosen.EntryId) ?? throw new DftFlowException("DF3111", $"There is no entry {chosen.EntryId} in this table.") };

    private static bool IsSame(Composition one, Composition two) =>
        one.Amounts.Count == two.Amounts.Count && one.Elements.All(element => Math.Abs(one.AtomicFraction(element) - two.AtomicFraction(element)) < 1e-6);
}
