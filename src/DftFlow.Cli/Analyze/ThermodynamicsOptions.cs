using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;

namespace DftFlow.Cli.Analyze;

/// <summary>What the commands about phases have in common: their options, and what those mean.</summary>
internal static class ThermodynamicsOptions
{
    public static Option<string[]> Also() => new("--also") { Description = "Other tables, each for itself: the same number from each stands in the sensitivity.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };

    public static Option<string[]> OwnEnergies() => new("--own-energy")
    {
        Description = "An energy to suppose for a phase, in the sensitivity: FORMULA=E (formation energy) or FORMULA=hull+E, in eV/atom.",
        HelpName = "FORMULA=E",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string> ReactantEnergy(string otherwise)
    {
        var option = new Option<string>("--reactant-energy") { Description = "own: the phase's entry, the lowest unless an id is given; hull: its composition on the hull.", HelpName = "own|hull", DefaultValueFactory = _ => otherwise };
        option.AcceptOnlyFromAmong("own", "hull");
        return option;
    }

    public static ReactantEnergyKind KindOf(string name) => name == "hull" ? ReactantEnergyKind.Hull : ReactantEnergyKind.Own;

    public static Option<string> WorkingIon() => new("--working-ion") { Description = "The element that is exchanged; voltages are against its metal.", HelpName = "El", DefaultValueFactory = _ => "Li" };

    public static Option<string?> Csv(string description) => new("--csv") { Description = description, HelpName = "FILE" };

    public static Option<string?> Svg(string description) => new("--svg") { Description = description, HelpName = "FILE" };

    public static Option<string?> Png() => new("--png") { Description = "The same as PNG at 300 dots an inch.", HelpName = "FILE" };

    public static Element ElementOf(string symbol) => Element.TryParse(symbol, out var element) ? element : throw new DftFlowException("DF1900", $"'{symbol}' is not an element.", "Write its symbol, as in Li or O.");

    public static VariationInputs Variations(IReadOnlyList<(string Path, PhaseDiagramFiles Files)> also, IEnumerable<string> ownEnergies, IReadOnlyList<ChosenPhase> asked) =>
        new([.. EntryFiles.ShortNames([.. also.Select(other => other.Path)]).Zip(also, (name, other) => (name, other.Files.Diagram))], [.. ownEnergies.Select(text => OwnEnergy.Parse(text).OfOne(asked.Select(phase => phase.Composition)))]);

    /// <summary>The chemical potentials of open elements, in eV relative to their references, and what they were made of.</summary>
    public static (Dictionary<Element, double> PotentialsEv, ImmutableArray<string> Definitions) Open(
        string[] open, double? voltageV, string workingIon, bool ionGiven, double? pressureBar, double? temperatureK)
    {
        var potentials = new Dictionary<Element, double>();
        var definitions = ImmutableArray.CreateBuilder<string>();
        foreach (var text in open)
        {
            if (text.Split('=') is not [var symbol, var number] || !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                throw Usage($"'{text}' gives no element a chemical potential.", "Write El=μ in eV relative to the element, as in Li=-2.5.");
            Add(ElementOf(symbol.Trim()), value);
        }
        if (ionGiven && voltageV is null) throw Usage($"There is no voltage that {workingIon} could be exchanged at.", $"Give --voltage V with --working-ion, or open the element by its chemical potential: --open {workingIon}=μ.");
        if (voltageV is { } voltage)
        {
            var ion = ElementOf(workingIon);
            Add(ion, Analysis.Thermodynamics.WorkingIon.ChemicalPotentialEv(ion, voltage));
            definitions.Add(string.Create(CultureInfo.InvariantCulture, $"{ion} at {voltage} V against {ion} metal: {potentials[ion]} eV."));
        }
        if (pressureBar is not null || temperatureK is not null)
        {
            if (pressureBar is not { } pressure || temperatureK is not { } temperature) throw Usage("O2 gas has a pressure and a temperature.", "Give --oxygen-pressure in bar and --temperature in K.");
            Add(OxygenGas.Oxygen, OxygenGas.ChemicalPotentialEv(temperature, pressure));
            definitions.Add(OxygenGas.Define(temperature, pressure));
        }
        return (potentials, definitions.ToImmutable());

        void Add(Element element, double potential)
        {
            if (!potentials.TryAdd(element, potential)) throw Usage($"{element} is given two chemical potentials.", "Give one by --open, --voltage or --oxygen-pressure.");
        }
    }

    public static DftFlowException Usage(string message, string hint) => new("DF1900", message, hint);
}
