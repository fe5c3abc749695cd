using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

public sealed partial record EntryTable
{
    private const int MostNamed = 3;

    /// <summary>What all entries are on; null where the source does not say, or scales were mixed by force.</summary>
    public EnergyScale? Scale { get; private init; }

    /// <summary>The scale in words, for definitions: with the U of the calculations where no correction has mixed them.</summary>
    public string ScaleText { get; private init; } = "not stated";

    /// <summary>Where the entries come from, as their sources say: database, version, date, licence; empty where they do not.</summary>
    public ImmutableArray<string> Provenance { get; init; } = [];

    /// <summary>A table of entries that come from one source.</summary>
    /// <exception cref="DftFlowException">DF3150: they are on several scales, and <paramref name="mixScales"/> does not force it.</exception>
    public static EntryTable Of(IReadOnlyList<Entry> entries, IReadOnlyList<string> warnings, bool mixScales = false) =>
        Checked(entries, warnings, [.. entries.Select(entry => entry.Scale?.ToString() ?? "a scale that is not stated")], mixScales);

    /// <summary>
    /// Several tables as one, in their order. A table that does not say its scale is on one of its own. Where scales are mixed by force, one
    /// phase may stand in several tables under one id: then each is called after its table too.
    /// </summary>
    /// <param name="tables">Each with the name of its source, for messages.</param>
    /// <exception cref="DftFlowException">
    /// DF3106: two entries have one id. DF3150: the entries are on several scales, and <paramref name="mixScales"/> does not force it.
    /// </exception>
    public static EntryTable Join(IReadOnlyList<(string Name, EntryTable Table)> tables, bool mixScales = false)
    {
        if (tables is [var only]) return only.Table;
        var sources = new Dictionary<(string Id, string Scale), string>();
        foreach (var (name, table) in tables)
            foreach (var entry in table.Entries)
                if ((entry.EntryId, ScaleOf(entry, name)) is var key && !sources.TryAdd(key, name))
                    throw new DftFlowException("DF3106", $"The entry '{entry.EntryId}' stands in {sources[key]} already.", "Give each entry its own id, or leave one of the files out.", file: name);
        // Only together do they hold the elements that the others are looked at against.
        var told = tables.SelectMany(table => table.Table.Warnings).ToArray();
        var suspicious = Suspicious([.. tables.SelectMany(table => table.Table.Entries)], _ => "").Where(warning => !told.Any(known => known.EndsWith(warning, StringComparison.Ordinal)));
        string[] warnings = [.. tables.SelectMany(table => table.Table.Warnings.Select(warning => $"{table.Name}: {warning}")), .. suspicious];
        (tables, var renamed) = ToldApart(tables);
        return Checked([.. tables.SelectMany(table => table.Table.Entries)], renamed is null ? warnings : [.. warnings, renamed],
            [.. tables.SelectMany(table => table.Table.Entries.Select(entry => ScaleOf(entry, table.Name)))], mixScales)
            with { Provenance = [.. tables.SelectMany(table => table.Table.Provenance).Distinct()] };
    }

    private static string ScaleOf(Entry entry, string table) => entry.Scale?.ToString() ?? $"the scale of {table}, which is not stated";

    /// <summary>The tables with other ids where one id stands for entries on several scales, and what was done.</summary>
    private static (IReadOnlyList<(string Name, EntryTable Table)> Tables, string? Told) ToldApart(IReadOnlyList<(string Name, EntryTable Table)> tables)
    {
        var equal = tables.SelectMany(table => table.Table.Entries).GroupBy(entry => entry.EntryId, StringComparer.Ordinal).Where(same => same.Skip(1).Any()).Select(same => same.Key).ToHashSet(StringComparer.Ordinal);
        if (equal.Count == 0) return (tables, null);
        var renamed = tables.Zip(EntryFiles.ShortNames([.. tables.Select(table => table.Name)]), (table, name) => (table.Name, table.Table with
        {
            Entries = [.. table.Table.Entries.Select(entry => equal.Contains(entry.EntryId) ? entry with { EntryId = $"{name}:{entry.EntryId}" } : entry)],
        })).ToArray();
        var example = renamed.SelectMany(table => table.Item2.Entries).Zip(tables.SelectMany(table => table.Table.Entries)).First(pair => pair.First.EntryId != pair.Second.EntryId);
        return (renamed, string.Create(CultureInfo.InvariantCulture, $"{equal.Count} {(equal.Count == 1 ? "id stands" : "ids stand")} for entries on several scales, told apart by their tables: {example.Second.EntryId} is now {example.First.EntryId}."));
    }

    private static EntryTable Checked(IReadOnlyList<Entry> entries, IReadOnlyList<string> warnings, IReadOnlyList<string> scales, bool mixScales)
    {
        var byScale = entries.Zip(scales).GroupBy(pair => pair.Second, pair => pair.First, StringComparer.Ordinal).ToArray();
        var conflict = byScale.Length > 1
            ? $"The entries are on {byScale.Length} energy scales: {string.Join("; ", byScale.Take(MostNamed + 1).Select(group => $"{group.Key} ({Some(group)})"))}{(byScale.Length > MostNamed + 1 ? "; …" : "")}."
            : Conflict(entries);
        if (conflict is null)
            return new(entries, warnings) { Scale = entries is [{ Scale: { } scale }, ..] ? scale : null, ScaleText = TextOf(entries) };
        if (!mixScales)
            throw new DftFlowException("DF3150", conflict + " Their energies must not be subtracted from each other.",
                "Keep to one scale: leave the others out, or bring all to one correction scheme. To mix them all the same, say so; every result then bears a warning.");
        return new(entries, [.. warnings, $"{conflict} They were mixed because that was asked for: energies between them mean nothing until shown otherwise."])
        {
            ScaleText = "mixed by force: " + string.Join("; ", byScale.Select(group => group.Key)),
        };
    }

    // Where no corrections mix them, U and potential of an element must be the same everywhere; a scheme has looked at both itself.
    private static string? Conflict(IReadOnlyList<Entry> entries)
    {
        Dictionary<Element, (CalculationSettings Settings, Entry Entry)> hubbard = [];
        Dictionary<Element, (string Name, Entry Entry)> potentials = [];
        foreach (var entry in entries)
        {
            if (entry is not { Settings: { } settings, Scale.CorrectionScheme: EnergyScale.NoScheme }) continue;
            foreach (var element in entry.Composition.Elements)
            {
                if (!hubbard.TryAdd(element, (settings, entry)) && hubbard[element] is var first && !first.Settings.HasSameHubbard(settings, element))
                    return $"U of {element} is {first.Settings.HubbardText(element)} in {Named(first.Entry)} and {settings.HubbardText(element)} in {Named(entry)}, and no correction scheme makes up for it.";
                if (settings.Potentials.TryGetValue(element, out var name) && !potentials.TryAdd(element, (name, entry)) && potentials[element] is var other && other.Name != name)
                    return $"{element} has the potential {other.Name} in {Named(other.Entry)} and {name} in {Named(entry)}.";
            }
        }
        return null;

        static string Named(Entry entry) => $"{entry.EntryId} ({entry.Formula})";
    }

    private static string TextOf(IReadOnlyList<Entry> entries)
    {
        if (entries is not [{ Scale: { } scale }, ..]) return "not stated";
        if (scale.CorrectionScheme != EnergyScale.NoScheme) return scale.ToString();
        var withU = entries.SelectMany(entry => entry.Composition.Elements.Where(element => entry.Settings?.HasHubbard(element) == true).Select(element => (Element: element, Text: entry.Settings!.HubbardText(element))))
            .DistinctBy(u => u.Element).OrderBy(u => u.Element).Select(u => $"{u.Element} {u.Text}").ToArray();
        return withU.Length == 0 ? scale.ToString() : $"{scale}, U: {string.Join(", ", withU)}";
    }

    private static string Some(IEnumerable<Entry> entries)
    {
        var all = entries.ToArray();
        return string.Join(", ", all.Take(MostNamed).Select(entry => entry.EntryId)) + (all.Length > MostNamed ? $" and {all.Length - MostNamed} more" : "");
    }
}
