using System.Globalization;
using System.Text;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>Computed phases on one energy scale (see <see cref="EnergyScale"/>; mixed only where that was forced).</summary>
/// <param name="Entries">In the order of the file.</param>
/// <param name="Warnings">What was read but looks wrong, with its line; what was left out; that scales are mixed.</param>
public sealed partial record EntryTable(IReadOnlyList<Entry> Entries, IReadOnlyList<string> Warnings)
{
    private static readonly string[] EnergyColumns = ["energy_per_atom_ev", "formation_energy_per_atom_ev"];
    private static readonly string[] SchemeColumns = ["correction_scheme", "scheme"];

    // No solid has more, and no compound differs so much from its elements (LaF3: about -4.5).
    private const double ImplausibleEnergyEv = 100;
    private const double ImplausibleFormationEv = 20;
    private const int MostWarnings = 20;

    // With all electrons, uranium has not quite a million eV; sums with larger numbers lose the digits that a hull is made of.
    internal const double LargestEnergyEv = 1e6;

    /// <summary>
    /// Reads CSV (RFC 4180, UTF-8) with a header that names at least <c>entry_id</c>, <c>composition</c> and
    /// <c>energy_per_atom_ev</c> or <c>formation_energy_per_atom_ev</c> (the first is taken where both stand). Header names are
    /// read without regard to case (<c>eV</c> is <c>ev</c>). <c>functional</c> and <c>correction_scheme</c> (or <c>scheme</c>) tell the
    /// energy scale; other columns are passed over.
    /// </summary>
    /// <param name="mixScales">Take rows on several scales, with a warning.</param>
    /// <exception cref="DftFlowException">DF3101 to DF3106, with line and column; DF3150: the rows are on several scales.</exception>
    public static EntryTable Read(Stream stream, bool mixScales = false)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return Read(reader, mixScales);
    }

    /// <inheritdoc cref="Read(Stream, bool)"/>
    public static EntryTable Read(TextReader reader, bool mixScales = false)
    {
        var csv = new CsvReader(reader);
        var header = csv.ReadRow()
            ?? throw new DftFlowException("DF3101", "The table of entries is empty.", "Give a CSV file with a header and one row for each computed phase.");
        var (id, composition, energy, functional, scheme) = Columns(header);
        var origin = header[energy].Text.Trim().Equals(EnergyColumns[0], StringComparison.OrdinalIgnoreCase) ? EnergyOrigin.Total : EnergyOrigin.Elements;
        var entries = new List<Entry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (csv.ReadRow() is { } row)
        {
            if (row.Count != header.Count)
                throw new DftFlowException("DF3103", $"This row has {row.Count} fields, the header {header.Count}.",
                    "Write a comma inside a field as part of a quoted field.", row[0].Line, row[0].Column);
            var entry = new Entry(Id(row[id]), Formula(row[composition]), Energy(row[energy]))
            {
                Scale = ScaleOf(functional < 0 ? "" : row[functional].Text.Trim(), scheme < 0 ? "" : row[scheme].Text.Trim(), origin),
            };
            if (!lines.TryAdd(entry.EntryId, row[id].Line))
                throw new DftFlowException("DF3106", $"The entry '{entry.EntryId}' stands in line {lines[entry.EntryId]} already.",
                    "Give each row its own entry_id; polymorphs of one composition are rows of their own.", row[id].Line, row[id].Column);
            entries.Add(entry);
        }
        if (entries.Count == 0)
            throw new DftFlowException("DF3101", "The table of entries has a header but no row.", "Add one row for each computed phase.", line: 1);
        return Of(entries, Suspicious(entries, entry => $"Line {lines[entry.EntryId]}: "), mixScales);
    }

    private static EnergyScale? ScaleOf(string functional, string scheme, EnergyOrigin origin) => (functional, scheme) is ("", "") ? null
        : new(functional.Length > 0 ? functional : "functional not stated", scheme.Length > 0 ? scheme : "corrections not stated", origin);

    private static (int Id, int Composition, int Energy, int Functional, int Scheme) Columns(IReadOnlyList<CsvField> header)
    {
        var names = header.Select(field => field.Text.Trim().ToLowerInvariant()).ToList();
        for (var i = 0; i < names.Count; i++)
            if (names[i].Length > 0 && names.IndexOf(names[i]) < i)
                throw new DftFlowException("DF3102", $"The column '{names[i]}' stands twice in the header.", "Keep one of them.", header[i].Line, header[i].Column);
        var energy = EnergyColumns.Select(name => names.IndexOf(name)).FirstOrDefault(index => index >= 0, -1);
        return (Require("entry_id", names.IndexOf("entry_id")), Require("composition", names.IndexOf("composition")),
            Require(string.Join(" or ", EnergyColumns), energy), names.IndexOf("functional"),
            SchemeColumns.Select(name => names.IndexOf(name)).FirstOrDefault(index => index >= 0, -1));

        int Require(string name, int index) => index >= 0 ? index
            : throw new DftFlowException("DF3102", $"The header has no column {name}.",
                $"It has: {Shorten(string.Join(", ", names))}. Rename or add the column; the separator is a comma.", header[0].Line, header[0].Column);
    }

    private static string Id(CsvField field) => field.Text.Trim() is { Length: > 0 } id ? id
        : throw new DftFlowException("DF3106", "This row has no entry_id.", "Give each row its own entry_id.", field.Line, field.Column);

    private static Composition Formula(CsvField field) =>
        Composition.TryParse(field.Text.Trim(), out var composition, out var problem) ? composition
            : throw new DftFlowException("DF3104", problem, "Write the composition as a formula: Li4 Mn2 O6.", field.Line, field.Column);

    private static double Energy(CsvField field) =>
        double.TryParse(field.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= LargestEnergyEv ? value
            : throw new DftFlowException("DF3105", $"'{Shorten(field.Text)}' is not {(double.IsFinite(value) && value != 0 ? "the energy of an atom in eV" : "a finite energy")}.",
                "Write eV per atom with a decimal point; leave out phases without an energy.", field.Line, field.Column);

    /// <summary>What looks wrong; <paramref name="place"/> says where an entry stands, for the beginning of a sentence.</summary>
    internal static List<string> Suspicious(IReadOnlyList<Entry> entries, Func<Entry, string> place)
    {
        var references = entries.Where(entry => entry.Composition.Amounts.Count == 1)
            .GroupBy(entry => entry.Composition.Amounts[0].Key)
            .ToDictionary(group => group.Key, group => group.Min(entry => entry.EnergyPerAtomEv));
        var warnings = new List<string>();
        foreach (var entry in entries)
        {
            var (id, composition, energy) = entry;
            var subject = $"{place(entry)}{id} ({composition.ReducedFormula})";
            if (energy > ImplausibleEnergyEv)
                warnings.Add($"{subject} has {Text(energy)} eV/atom, more than any solid; it was read as it is.");
            else if (composition.Elements.All(references.ContainsKey)
                && energy - composition.Elements.Sum(element => composition.AtomicFraction(element) * references[element]) is var formation
                && Math.Abs(formation) > ImplausibleFormationEv)
                warnings.Add($"{subject} lies {Text(Math.Abs(formation))} eV/atom {(formation < 0 ? "below" : "above")} its elements, more than any compound; "
                    + "is it, or an element's, the energy of the whole cell?");
        }
        if (warnings.Count > MostWarnings)
            warnings = [.. warnings.Take(MostWarnings), $"{warnings.Count - MostWarnings} more entries have implausible energies."];
        return warnings;
    }

    private static string Text(double energy) => energy.ToString("G6", CultureInfo.InvariantCulture);

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..77] + "…";
}
