using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics.Corrections;

/// <summary>Energies for each oxygen, by how the oxygens of a phase are bonded to each other.</summary>
public sealed record OxygenCorrections(double OxideEv, double PeroxideEv, double SuperoxideEv, double OzonideEv);

/// <summary>Up to which distance in Å two oxygens are bonded as in a superoxide or a peroxide, and a hydrogen to an oxygen.</summary>
public sealed record OxygenBonds(double SuperoxideA, double PeroxideA, double HydroxideA);

/// <summary>Which metals have a Hubbard U where, and what makes their energies comparable with those without.</summary>
/// <param name="In">The anions: where one of them is the most electronegative element, U is used.</param>
public sealed record HubbardMixing(ImmutableArray<Element> In, ImmutableSortedDictionary<Element, double> HubbardUEv, ImmutableSortedDictionary<Element, double> CorrectionsEv);

/// <summary>
/// What is added to calculated energies so that reaction energies come near to measured ones, and so that GGA and GGA+U may be
/// mixed: a file that people can read, <c>templates/schemes/mp2020.yaml</c> or one of their own.
/// </summary>
/// <remarks>
/// MP2020: A. Wang et al., Sci. Rep. 11, 15496 (2021); the rules are those of pymatgen's MaterialsProject2020Compatibility. One is
/// ours: without a structure and without a word of the source, sulphur is corrected where it is an anion, as other elements are,
/// and not in every compound.
/// </remarks>
public sealed partial record CorrectionScheme
{
    /// <summary>What scales are called after: MP2020.</summary>
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Of the calculations that it is made for.</summary>
    public required string Functional { get; init; }

    /// <summary>What the functional is called behind the corrections: GGA/GGA+U.</summary>
    public required string ScaleFunctional { get; init; }

    public required string Source { get; init; }

    public OxygenCorrections? Oxygen { get; init; }

    public OxygenBonds? OxygenBonds { get; init; }

    public ImmutableArray<Composition> Peroxides { get; init; } = [];

    public ImmutableArray<Composition> Superoxides { get; init; } = [];

    public ImmutableArray<Composition> Ozonides { get; init; } = [];

    /// <summary>For each atom that is an anion.</summary>
    public ImmutableSortedDictionary<Element, double> AnionsEv { get; init; } = ImmutableSortedDictionary<Element, double>.Empty;

    /// <summary>In place of the calculated energy of an element, per atom: references of gases that are fitted.</summary>
    public ImmutableSortedDictionary<Element, double> ElementsEv { get; init; } = ImmutableSortedDictionary<Element, double>.Empty;

    public HubbardMixing? Mixing { get; init; }

    /// <summary>Empty where any will do.</summary>
    public ImmutableSortedDictionary<Element, string> Potentials { get; init; } = ImmutableSortedDictionary<Element, string>.Empty;

    internal LikelyOxidationStates OxidationStates { get; init; } = new(ImmutableDictionary<Element, ImmutableArray<(int, double)>>.Empty);

    /// <summary>Energies with these corrections.</summary>
    public EnergyScale Scale => new(ScaleFunctional, Name);

    /// <summary>The phase with its corrections.</summary>
    /// <exception cref="DftFlowException">DF3154: the scheme is not made for such a calculation.</exception>
    public Entry Correct(CalculatedPhase phase)
    {
        if (Objection(phase) is { } why)
            throw new DftFlowException("DF3154", $"{phase.EntryId} ({phase.Composition.ReducedFormula}) cannot be corrected with {Name}: {why}",
                "Calculate it with the settings of the scheme, use a scheme that is made for these settings, or compare uncorrected energies of one kind.");
        var adjustments = Adjustments(phase).Select(part => new EnergyAdjustment(part.Name, part.EnergyEv / phase.Composition.AtomCount)).ToImmutableArray();
        return new(phase.EntryId, phase.Composition, phase.EnergyPerAtomEv + adjustments.Sum(part => part.EnergyEvPerAtom))
        {
            Scale = Scale,
            Adjustments = adjustments,
            Settings = phase.Settings,
        };
    }

    /// <summary>Why the scheme is not made for a calculation; null where it is.</summary>
    public string? Objection(CalculatedPhase phase)
    {
        if (phase.Functional != Functional) return $"it was calculated with {phase.Functional}, and the scheme is for {Functional}.";
        var withU = Mixing is { } mixing && mixing.In.Contains(MostElectronegative(phase.Composition)) && phase.Composition.Amounts.Count > 1 ? mixing.HubbardUEv : ImmutableSortedDictionary<Element, double>.Empty;
        foreach (var element in phase.Composition.Elements)
        {
            var (has, wants) = (phase.Settings.HubbardUEv.GetValueOrDefault(element), withU.GetValueOrDefault(element));
            if (Math.Abs(has - wants) > 1e-6 || phase.Settings.OtherHubbard.ContainsKey(element))
                return FormattableString.Invariant($"U of {element} is {phase.Settings.HubbardText(element)}, and the scheme is for {wants} eV after Dudarev in such a phase.");
            if (phase.Settings.Potentials.TryGetValue(element, out var potential) && Potentials.TryGetValue(element, out var wanted) && potential != wanted)
                return $"it was calculated with the potential {potential}, and the scheme is for {wanted}.";
        }
        return null;
    }

    private IEnumerable<(string Name, double EnergyEv)> Adjustments(CalculatedPhase phase)
    {
        var composition = phase.Composition;
        if (composition.Amounts is [var (only, amount)])
        {
            if (ElementsEv.TryGetValue(only, out var fitted)) yield return ($"{Name} reference ({only})", (fitted - phase.EnergyPerAtomEv) * amount);
            yield break;
        }
        var chief = MostElectronegative(composition);
        var oxygen = OxygenBonding.Oxygen;
        if (Oxygen is { } corrections && composition[oxygen] > 0)
        {
            var kind = OxygenBonding.Of(phase, this);
            var energy = kind switch
            {
                OxideKind.Peroxide => corrections.PeroxideEv,
                OxideKind.Superoxide => corrections.SuperoxideEv,
                OxideKind.Ozonide => corrections.OzonideEv,
                _ => corrections.OxideEv,
            };
            yield return ($"{Name} anion correction ({kind.ToString().ToLowerInvariant()})", energy * composition[oxygen]);
        }
        var states = new Lazy<ImmutableSortedDictionary<Element, double>?>(() => phase.OxidationStates ?? OxidationStates.Guess(composition));
        foreach (var (anion, energy) in AnionsEv)
            if (composition[anion] > 0 && IsAnion(anion)) yield return ($"{Name} anion correction ({anion})", energy * composition[anion]);
        if (Mixing is { } mixing && mixing.In.Contains(chief))
            foreach (var (metal, energy) in mixing.CorrectionsEv)
                if (composition[metal] > 0) yield return ($"{Name} GGA/GGA+U mixing correction ({metal})", energy * composition[metal]);

        bool IsAnion(Element element) =>
            element.Symbol == "S" && SulfurBonding.IsSulfide(phase) is { } told ? told
            : element == chief || states.Value?.GetValueOrDefault(element) < 0;
    }

    // Of two alike (C and Se, Cu and Si) the last by its symbol, as in pymatgen, whose formulas are in that order.
    private static Element MostElectronegative(Composition composition) =>
        composition.Elements.OrderBy(element => element.Electronegativity ?? 0).ThenBy(element => element.Symbol, StringComparer.Ordinal).Last();
}
