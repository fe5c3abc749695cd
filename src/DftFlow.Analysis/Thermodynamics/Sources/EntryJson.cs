using System.Globalization;

namespace DftFlow.Analysis.Thermodynamics.Sources;

/// <summary>
/// Entries in JSON: pymatgen's ComputedEntry, ComputedStructureEntry and PDEntry as dictionaries; documents of the Materials Project's
/// API (<c>materials/thermo</c>, <c>materials/summary</c>) and of its older one.
/// </summary>
/// <remarks>
/// What is not said in an entry is taken from its neighbours: an element of a list that is corrected with MP2020 has no correction of
/// its own, but is on that scale.
/// </remarks>
internal sealed record EntryJson(IReadOnlyList<SourcedEntry> Entries, IReadOnlyList<string> Provenance, IReadOnlyList<string> Warnings)
{
    /// <summary>What MP calls its calculations with and without U, once corrections have mixed them.</summary>
    internal const string MixedFunctional = "GGA/GGA+U";

    private static readonly EnergyScale Mp2020 = new(MixedFunctional, "MP2020");

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="DftFlowException">DF3151: no JSON with a list. DF3152: an entry lacks something. DF3101: there is none. DF3106: two have one id.</exception>
    public static EntryJson Read(Stream stream, CancellationToken cancellation = default)
    {
        var items = new JsonItems(stream);
        var entries = new List<SourcedEntry>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var unsaid = 0;
        while (items.Next() is { } document)
        {
            using (document)
            {
                cancellation.ThrowIfCancellationRequested();
                var item = new JsonEntry(document.RootElement, entries.Count + 1);
                var entry = item.Read();
                if (item.FunctionalUnsaid) unsaid++;
                if (!ids.Add(entry.AsGiven.EntryId))
                    throw new DftFlowException("DF3106", $"Two entries have the id '{entry.AsGiven.EntryId}'; the second is entry {item.Number}.", "Keep one of them; fetch one thermo type at a time.");
                entries.Add(entry);
            }
        }
        if (entries.Count == 0) throw new DftFlowException("DF3101", "The list holds no entry.", "Is it the right file?");
        return new(OnOneScheme(entries), Provenances(items.Header), unsaid == 0 ? [] :
        [
            string.Create(CultureInfo.InvariantCulture, $"{unsaid} of {entries.Count} documents do not say which functional their energy is of. The Materials Project mixes GGA/GGA+U and r2SCAN in them, one for each chemical system; energies of different systems may not be comparable."),
        ]);
    }

    // A list is corrected as a whole: entries that the scheme has nothing to add to carry no sign of it.
    private static List<SourcedEntry> OnOneScheme(List<SourcedEntry> entries)
    {
        var schemes = entries.Select(entry => entry.AsGiven.Scale).OfType<EnergyScale>().Where(scale => scale.CorrectionScheme != EnergyScale.NoScheme).Distinct().ToArray();
        if (schemes is not [{ Functional: MixedFunctional } only]) return entries;
        return [.. entries.Select(entry => entry.AsGiven.Scale is { Functional: "PBE", CorrectionScheme: EnergyScale.NoScheme } ? entry with { AsGiven = entry.AsGiven with { Scale = only } } : entry)];
    }

    private static string[] Provenances(Dictionary<string, string> header)
    {
        if (!header.TryGetValue("source", out var source)) return [];
        var parts = new[] { source, Part("database_version", "database "), Part("retrieved", "fetched "), Part("chemsys", ""), Part("thermo_type", ""), Part("license", "") };
        return [string.Join(", ", parts.OfType<string>())];

        string? Part(string key, string prefix) => header.TryGetValue(key, out var text) && text.Length is > 0 and < 200 ? prefix + text : null;
    }

    /// <summary>The scale that a thermo document names.</summary>
    internal static EnergyScale? ScaleOfDocument(string? energyType, string? thermoType) => (energyType ?? thermoType) switch
    {
        "GGA" or "GGA+U" or "GGA_GGA+U" => Mp2020,
        { } name when name.Equals("R2SCAN", StringComparison.OrdinalIgnoreCase) => new EnergyScale("r2SCAN", EnergyScale.NoScheme),
        _ => null,
    };
}
