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

/// <summary>Reads <c>qstat -f</c>.</summary>
internal static partial class PbsListing
{
    public static List<PbsEntry> Read(string text)
    {
        var entries = new List<PbsEntry>();
        PbsEntry? entry = null;
        string? last = null;
        var whole = true;
        foreach (var line in Answers.WholeLines(text))
        {
            if (line.StartsWith("Job Id: ", StringComparison.Ordinal))
            {
                (entry, last, whole) = (Id().IsMatch(line[8..].Trim()) ? new(line[8..].Trim()) : null, null, false);
                if (entry is not null) entries.Add(entry);
            }
            // Long lines go on behind a tab.
            else if (line.StartsWith('\t') && last is not null) entry?.Continue(last, line[1..]);
            else if (Attribute().Match(line) is { Success: true } match)
                last = entry?.Add(match.Groups["name"].Value, match.Groups["value"].Value) == true ? match.Groups["name"].Value : null;
            else (last, whole) = (null, whole || line.Length == 0);
        }
        // An empty line ends each job: without it, what is told of its end may be half of it.
        if (!whole && entry is not null) entries.Remove(entry);
        return entries;
    }

    [GeneratedRegex(@"^[0-9]+(?:\[[0-9,:-]*\])?(?:\.[A-Za-z0-9][A-Za-z0-9._-]*)?$")]
    private static partial Regex Id();

    [GeneratedRegex(@"^    (?<name>[A-Za-z_][A-Za-z0-9_.]*) = (?<value>.*)$")]
    private static partial Regex Attribute();
}
