using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics.Sources;

/// <summary>One entry of a list in JSON.</summary>
/// <param name="number">From 1, for messages.</param>
internal sealed class JsonEntry(JsonElement json, int number)
{
    private static readonly string[] Classes = ["ComputedEntry", "ComputedStructureEntry", "PDEntry"];

    public int Number => number;

    /// <summary>A document of the Materials Project that does not tell GGA from r2SCAN.</summary>
    public bool FunctionalUnsaid { get; private set; }

    public SourcedEntry Read()
    {
        var read = ReadAny();
        return Math.Abs(read.AsGiven.EnergyPerAtomEv) <= EntryTable.LargestEnergyEv ? read : throw Bad(string.Create(CultureInfo.InvariantCulture, $"{read.AsGiven.EnergyPerAtomEv:G4} eV/atom is no energy of a phase"));
    }

    private SourcedEntry ReadAny()
    {
        if (json.ValueKind != JsonValueKind.Object) throw Bad("it is no object");
        if (Text(json, "@class") is { } kind && !Classes.Contains(kind)) throw Bad($"it is a {Shorten(kind)}, which is not read");
        if (Has("unit_cell_formula") || Has("pretty_formula")) return LegacyDocument();
        return Has("energy") && Has("composition") ? Computed() : Document();
    }

    private SourcedEntry Computed()
    {
        var composition = Composition("composition");
        var uncorrected = Value(json, "energy") / composition.AtomCount ?? throw Bad("it has no energy");
        var id = Id("entry_id", "material_id") ?? string.Create(CultureInfo.InvariantCulture, $"entry-{number}");
        var parameters = json.TryGetProperty("parameters", out var given) && given.ValueKind == JsonValueKind.Object ? given : default;
        var adjustments = Adjustments(composition);
        var functional = Functional(Text(parameters, "run_type") ?? (Hubbards(parameters).IsEmpty ? null : "GGA+U"));
        var phase = functional is null ? null : Phase(id, composition, uncorrected, functional, parameters);
        return new(new Entry(id, composition, uncorrected + adjustments.Sum(part => part.EnergyEvPerAtom))
        {
            Scale = Scale(functional, adjustments),
            Adjustments = adjustments,
            Settings = phase?.Settings,
        }, phase);
    }

    /// <summary>Of materials/thermo or materials/summary.</summary>
    private SourcedEntry Document()
    {
        var composition = Has("composition") ? Composition("composition") : Has("composition_reduced") ? Composition("composition_reduced") : Composition("formula_pretty");
        var id = Id("thermo_id", "material_id") ?? throw Bad("it has neither thermo_id nor material_id");
        var (total, formation) = (Value(json, "energy_per_atom"), Value(json, "formation_energy_per_atom"));
        var scale = EntryJson.ScaleOfDocument(Text(json, "energy_type"), Text(json, "thermo_type"));
        FunctionalUnsaid = scale is null;
        if (total is null && scale is not null) scale = scale with { Origin = EnergyOrigin.Elements };
        var correction = total - Value(json, "uncorrected_energy_per_atom") is { } difference && Math.Abs(difference) > 1e-12 ? difference : (double?)null;
        return new(new Entry(id, composition, total ?? formation ?? throw Bad("it has neither energy_per_atom nor formation_energy_per_atom"))
        {
            Scale = scale,
            Adjustments = correction is { } sum ? [new($"{scale?.CorrectionScheme ?? "corrections"}, all together", sum)] : [],
        }, null);
    }

    /// <summary>Of the Materials Project's API up to 2022: energies without corrections.</summary>
    private SourcedEntry LegacyDocument()
    {
        var composition = Has("unit_cell_formula") ? Composition("unit_cell_formula") : Has("full_formula") ? Composition("full_formula") : Composition("pretty_formula");
        var id = Id("task_id", "material_id", "mp_id") ?? throw Bad("it has neither task_id nor material_id");
        if ((Value(json, "energy_per_atom") ?? (Has("unit_cell_formula") || Has("full_formula") ? Value(json, "energy") / composition.AtomCount : null)) is not { } energy)
            return new(new Entry(id, composition, Value(json, "formation_energy_per_atom") ?? throw Bad("it has no energy")), null);
        if (!Has("hubbards") && !Has("run_type")) return new(new Entry(id, composition, energy), null);
        var phase = Phase(id, composition, energy, Functional(Text(json, "run_type") ?? "GGA")!, json);
        return new(phase.Uncorrected(), phase);
    }

    private CalculatedPhase Phase(string id, Composition composition, double energy, string functional, JsonElement parameters)
    {
        var data = json.TryGetProperty("data", out var given) && given.ValueKind == JsonValueKind.Object ? given : json;
        return new(id, composition, energy, functional)
        {
            Settings = new(Hubbards(parameters), JsonParameters.Potentials(parameters)),
            Structure = JsonParameters.Structure(json),
            OxideType = Text(data, "oxide_type") is { } oxide && oxide != "None" ? oxide : null,
            SulfideType = Text(data, "sulfide_type") is { Length: > 0 } sulfide ? sulfide : null,
            OxidationStates = JsonParameters.ByElement(data, "oxidation_states"),
        };
    }

    private static ImmutableSortedDictionary<Element, double> Hubbards(JsonElement parameters) =>
        JsonParameters.ByElement(parameters, "hubbards")?.Where(u => u.Value != 0).ToImmutableSortedDictionary() ?? ImmutableSortedDictionary<Element, double>.Empty;

    private ImmutableArray<EnergyAdjustment> Adjustments(Composition composition)
    {
        var adjustments = ImmutableArray.CreateBuilder<EnergyAdjustment>();
        if (json.TryGetProperty("energy_adjustments", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0)
        {
            foreach (var adjustment in list.EnumerateArray())
            {
                if (adjustment.ValueKind != JsonValueKind.Object) throw Bad("an energy adjustment is no object");
                var energy = Value(adjustment, "value")
                    ?? Value(adjustment, "adj_per_atom") * Value(adjustment, "n_atoms")
                    ?? Value(adjustment, "adj_per_deg") * Value(adjustment, "temp") * Value(adjustment, "n_atoms")
                    ?? throw Bad("an energy adjustment has neither a value nor one for each atom");
                adjustments.Add(new(Shorten(Text(adjustment, "name") ?? "adjustment without a name"), energy / composition.AtomCount));
            }
        }
        else if (Value(json, "correction") is { } correction and not 0) adjustments.Add(new("correction", correction / composition.AtomCount));
        return adjustments.ToImmutable();
    }

    private static EnergyScale? Scale(string? functional, ImmutableArray<EnergyAdjustment> adjustments)
    {
        var names = adjustments.Select(adjustment => adjustment.Name).ToArray();
        if (names.Any(name => name.Contains("R2SCAN", StringComparison.OrdinalIgnoreCase))) return new("GGA/GGA+U/r2SCAN", "MP r2SCAN mixing");
        if (names.Any(name => name.StartsWith("MP2020", StringComparison.Ordinal))) return new(EntryJson.MixedFunctional, "MP2020");
        if (names.Any(name => name.StartsWith("MP ", StringComparison.Ordinal))) return new(EntryJson.MixedFunctional, "MP legacy");
        return functional is null ? null : new(functional, names.Length == 0 ? EnergyScale.NoScheme : "corrections not stated");
    }

    // Only for calculations in the way of the Materials Project, whose GGA is PBE.
    private static string? Functional(string? runType) => runType switch
    {
        "GGA" or "GGA+U" or "PBE" or "PBE+U" => "PBE",
        "R2SCAN" or "r2SCAN" => "r2SCAN",
        { Length: > 40 } => runType[..40],
        _ => runType,
    };

    private Composition Composition(string key)
    {
        if (!json.TryGetProperty(key, out var value)) throw Bad("it has no composition");
        if (value.ValueKind == JsonValueKind.String)
            return DftFlow.Crystals.Composition.TryParse(value.GetString()!, out var parsed, out var problem) ? parsed : throw Bad($"of its composition: {problem}");
        if (value.ValueKind != JsonValueKind.Object) throw Bad($"its {key} is neither a formula nor an object");
        var amounts = new List<KeyValuePair<Element, double>>();
        foreach (var part in value.EnumerateObject())
        {
            if (!Element.TryParse(JsonParameters.Symbol(part.Name), out var element)) throw Bad($"'{Shorten(part.Name)}' in its composition is not the symbol of an element");
            if (part.Value.ValueKind != JsonValueKind.Number || !part.Value.TryGetDouble(out var amount) || amount is not (>= 0 and <= 1e9)) throw Bad($"the amount of {element} is not a number from 0 to a billion");
            amounts.Add(new(element, amount));
        }
        return new Composition(amounts) is { IsEmpty: false } composition ? composition : throw Bad("its composition is empty");
    }

    private string? Id(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
            if (json.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number && value.ToString().Trim() is { Length: > 0 and < 500 } id) return id;
        return null;
    }

    private bool Has(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string? Text(JsonElement of, string key) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private double? Value(JsonElement of, string key)
    {
        if (!of.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Bad($"'{key}' is not a finite number");
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "…";

    private DftFlowException Bad(string what) => new("DF3152", string.Create(CultureInfo.InvariantCulture, $"Entry {number} of the list cannot be used: {what}."),
        "An entry has an energy of its cell in eV and a composition, as pymatgen and the Materials Project write them.");
}
