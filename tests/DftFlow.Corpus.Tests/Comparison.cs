using System.Globalization;
using System.Text.Json;

namespace DftFlow.Tests.Corpus;

/// <summary>What a reader found, in a tree of the shape of a case's stated values.</summary>
internal sealed class Found : Dictionary<string, object?>;

internal enum Outcome
{
    Met,

    /// <summary>Another value, for a reason that <see cref="KnownDifferences"/> gives.</summary>
    Explained,
    Differs,

    /// <summary>No view says what we find for it.</summary>
    Missing,
}

/// <summary>One stated value against ours. A list of numbers is one value.</summary>
/// <param name="Deviation">The largest one, of numbers.</param>
internal sealed record Row(string Case, string File, string Kind, string Path, string Stated, string Ours, double? Deviation, Outcome Outcome, string? Reason)
{
    public override string ToString() => $"{Case}/{File} {Path}: {Stated} stated, {Ours} found ({Outcome})";
}

/// <summary>Walks the stated values of a file and holds what was found against each of them.</summary>
internal sealed class Comparison(string caseName, string file, string kind)
{
    // How the values were come by: words for people, and what another program made of the file.
    private static readonly HashSet<string> Remarks =
        ["how", "call", "second_call", "message", "meaning", "note", "structure_note", "precision_note", "pdos_how", "note_noncollinear", "pymatgen_raises", "_seconds", "strict", "species_taken_from", "handler", "from"];

    // Facts about the text and not about the run: lines, tags, the looks of numbers.
    private static readonly HashSet<string> OfTheText =
    [
        "n_lines", "first_line", "last_line", "header_line1", "line6", "line7", "line8", "scale_line", "first_grid_line_number", "values_on_first_data_line", "keys", "layout",
        "has_semicolon", "has_backslash_continuation", "n_numbers_without_exponent_letter", "energies_as_printed_are_equidistant", "last_F_line", "n_dos_blocks",
        "ediff_reached_lines", "ediff_not_reached_lines", "EDIFF_is_reached", "n_magnetization_x_tables", "empty_or_header_only",
    ];

    public List<Row> Rows { get; } = [];

    public void Compare(JsonElement stated, object? found) => Compare(stated, found, "");

    private void Compare(JsonElement stated, object? found, string path)
    {
        if (stated.ValueKind == JsonValueKind.Object && !stated.TryGetProperty("pymatgen_raises", out _))
        {
            foreach (var member in stated.EnumerateObject())
            {
                if (Remarks.Contains(member.Name) || OfTheText.Contains(member.Name)) continue;
                var below = path.Length == 0 ? member.Name : $"{path}/{member.Name}";
                if (found is Found tree && tree.TryGetValue(member.Name, out var ours)) Compare(member.Value, ours, below);
                else Compare(member.Value, Absent.Value, below);
            }
        }
        else if (stated.ValueKind == JsonValueKind.Array && stated.GetArrayLength() > 0 && stated[0].ValueKind == JsonValueKind.Object)
        {
            var ours = found is IEnumerable<object?> list ? list.ToArray() : [];
            for (var i = 0; i < stated.GetArrayLength(); i++)
            {
                // Of long runs the corpus states the first steps and the last ones.
                var index = stated[i].TryGetProperty("index", out var given) ? given.GetInt32() : i;
                Compare(stated[i], index < ours.Length ? ours[index] : Absent.Value, $"{path}[{index}]");
            }
        }
        else if (stated.ValueKind != JsonValueKind.Object) AddRow(stated, found, path);
    }

    private void AddRow(JsonElement stated, object? found, string path)
    {
        var wanted = Flat(stated).ToArray();
        var ours = Flat(found).ToArray();
        // A list that pymatgen takes for text.
        if (wanted is [string text] && ours.Length > 1 && Words(text).Length == ours.Length) wanted = Words(text);
        var (met, deviation) = Agreement(wanted, ours);
        var reason = met ? null : KnownDifferences.Reason(caseName, file, kind, path);
        var outcome = met ? Outcome.Met : reason is not null ? Outcome.Explained : found is Absent ? Outcome.Missing : Outcome.Differs;
        Rows.Add(new Row(caseName, file, kind, path, Text(wanted), found is Absent ? "" : Text(ours), deviation, outcome, reason));
    }

    private static (bool Met, double? Deviation) Agreement(object?[] wanted, object?[] ours)
    {
        if (wanted.Length != ours.Length) return (false, null);
        double? largest = null;
        var met = true;
        for (var i = 0; i < wanted.Length; i++)
        {
            // Raw text of numbers is compared as the numbers that it says.
            if (Number(ours[i]) is { } number && Number(wanted[i]) is { } stated)
            {
                var deviation = number.Equals(stated) ? 0 : Math.Abs(number - stated);
                largest = Math.Max(largest ?? 0, deviation);
                met &= deviation == 0 || deviation <= Math.Max(1e-8, 1e-9 * Math.Abs(stated));
            }
            else met &= Same(wanted[i], ours[i]);
        }
        return (met, largest);
    }

    // Words of VASP's mean the same in either case, and blanks in any number.
    private static bool Same(object? wanted, object? ours) => (wanted, ours) switch
    {
        (string a, string b) => Words(a).SequenceEqual(Words(b), StringComparer.OrdinalIgnoreCase),
        (string a, bool b) => a.Trim('.') is ['T', ..] == b,
        _ => Equals(wanted, ours),
    };

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static double? Number(object? value) => value switch
    {
        double number => number,
        int number => number,
        long number => number,
        string text when double.TryParse(text.Replace("Infinity", "∞", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static IEnumerable<object?> Flat(JsonElement stated) => stated.ValueKind switch
    {
        JsonValueKind.Array => stated.EnumerateArray().SelectMany(Flat),
        JsonValueKind.Null => [null],
        JsonValueKind.True or JsonValueKind.False => [stated.GetBoolean()],
        JsonValueKind.Number => [stated.GetDouble()],
        _ => [stated.GetString()],
    };

    private static IEnumerable<object?> Flat(object? found) => found switch
    {
        Absent => [],
        null or string => [found],
        Crystals.Vector3D v => [v.X, v.Y, v.Z],
        System.Collections.IEnumerable list => list.Cast<object?>().SelectMany(Flat),
        _ => [found],
    };

    private static string Text(object?[] values)
    {
        var shown = string.Join(' ', values.Take(9).Select(Text));
        return values.Length > 9 ? FormattableString.Invariant($"{shown} … ({values.Length})") : shown;
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>No view gives a value here; null is a value.</summary>
    private sealed class Absent
    {
        public static readonly Absent Value = new();
    }
}
