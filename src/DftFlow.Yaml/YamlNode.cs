using System.Collections.Immutable;

namespace DftFlow.Yaml;

/// <summary>A place in a file; line and column count from 1.</summary>
public readonly record struct Mark(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>What a YAML document is made of. Scalars are text: what a type makes of them is the schema's business.</summary>
public abstract record YamlNode(Mark At);

/// <param name="Quoted">Written in quotes or as a block: never taken for an absent value.</param>
public sealed record YamlScalar(string Text, bool Quoted, Mark At) : YamlNode(At)
{
    /// <summary>An empty value, or the word null.</summary>
    public bool IsNull => !Quoted && Text is "" or "~" or "null";
}

public sealed record YamlSequence(ImmutableArray<YamlNode> Items, Mark At) : YamlNode(At);

public sealed record YamlMapping(ImmutableArray<YamlEntry> Entries, Mark At) : YamlNode(At)
{
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;

    /// <summary>Where a key stands; where the mapping begins if it does not occur.</summary>
    public Mark MarkOf(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.At ?? At;
}

public sealed record YamlEntry(string Key, Mark At, YamlNode Value);
