using System.Text.Json;
using System.Text.RegularExpressions;

namespace DftFlow.Clusters.Schedulers;

/// <summary>A job of <c>qstat -f</c> with its attributes; those of a list have its name before a dot.</summary>
internal sealed record PbsEntry(string Id)
{
    private readonly Dictionary<string, string> attributes = new(StringComparer.Ordinal);

    public string? this[string name] => attributes.GetValueOrDefault(name);

    /// <summary>The first counts: what comes later by the same name is of a variable with line breaks in it.</summary>
    public bool Add(string name, string value) => attributes.TryAdd(name, value);

    public void Continue(string name, string more)
    {
        if (attributes.TryGetValue(name, out var value)) attributes[name] = value + more;
    }
}

/// <summary>Reads <c>qstat -f</c>, as JSON and as text.</summary>
internal static partial class PbsListing
{
    /// <summary>Null, with the problem, where the listing is not whole.</summary>
    public static List<PbsEntry>? Read(string text, out string? problem)
    {
        problem = null;
        var start = JsonStart().Match(text);
        if (!start.Success) return ReadText(text, out problem);
        var json = text[start.Index..Math.Max(start.Index, text.LastIndexOf('}') + 1)];
        // Some versions do not escape what is in the job's variables, of which nothing is asked.
        if ((Parse(json) ?? Parse(Variables().Replace(json, ""))) is not { } document)
        {
            problem = "qstat's answer is no whole JSON.";
            return null;
        }
        using (document) return [.. ReadJson(document.RootElement)];
    }

    private static JsonDocument? Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<PbsEntry> ReadJson(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("Jobs", out var jobs) || jobs.ValueKind != JsonValueKind.Object) yield break;
        foreach (var job in jobs.EnumerateObject())
        {
            if (!Id().IsMatch(job.Name) || job.Value.ValueKind != JsonValueKind.Object) continue;
            var entry = new PbsEntry(job.Name);
            foreach (var attribute in job.Value.EnumerateObject())
            {
                if (attribute.Value.ValueKind != JsonValueKind.Object) entry.Add(attribute.Name, attribute.Value.ToString());
                else foreach (var member in attribute.Value.EnumerateObject()) entry.Add($"{attribute.Name}.{member.Name}", member.Value.ToString());
            }
            yield return entry;
        }
    }

    private static List<PbsEntry>? ReadText(string text, out string? problem)
    {
        problem = Answers.IsCut(text) ? "qstat's answer stops in the middle of a line." : null;
        if (problem is not null) return null;
        var entries = new List<PbsEntry>();
        string? last = null;
        foreach (var line in Answers.WholeLines(text))
        {
            if (line.StartsWith("Job Id: ", StringComparison.Ordinal))
            {
                last = null;
                if (Id().IsMatch(line[8..].Trim())) entries.Add(new PbsEntry(line[8..].Trim()));
            }
            else if (entries.Count == 0) continue;
            // Long lines go on behind a tab.
            else if (line.StartsWith('\t') && last is not null) entries[^1].Continue(last, line[1..]);
            else if (Attribute().Match(line) is { Success: true } match)
                last = entries[^1].Add(match.Groups["name"].Value, match.Groups["value"].Value) ? match.Groups["name"].Value : null;
            else last = null;
        }
        return entries;
    }

    [GeneratedRegex(@"^\s*\{", RegexOptions.Multiline)]
    private static partial Regex JsonStart();

    [GeneratedRegex("^[ \\t]*\"Variable_List\":[ \\t]*\\{.*?^[ \\t]*\\},?[ \\t]*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Variables();

    [GeneratedRegex(@"^[0-9]+(?:\[[0-9,:-]*\])?(?:\.[A-Za-z0-9][A-Za-z0-9._-]*)?$")]
    private static partial Regex Id();

    [GeneratedRegex(@"^    (?<name>[A-Za-z_][A-Za-z0-9_.]*) = (?<value>.*)$")]
    private static partial Regex Attribute();
}
