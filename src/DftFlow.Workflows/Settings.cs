using System.Collections.Immutable;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Settings from which calculations inherit, and what they are called when a tag's origin is told.</summary>
public sealed record SettingsLayer(SettingsBlock Block, string Name)
{
    /// <summary>Where a key stands, in the words that <c>plan</c> shows.</summary>
    public string Origin(Mark at) => $"{Name}, line {at.Line}";
}

/// <summary>
/// A calculation's settings: the preset's, then the workflow's, then its own; the last one that gives a key wins. Maps by element
/// and INCAR tags are merged entry by entry.
/// </summary>
public sealed record Settings(ImmutableArray<SettingsLayer> Layers)
{
    /// <summary>The value of the last layer that gives it, and where that stands.</summary>
    public (T Value, string Origin, Mark Mark)? Find<T>(string key, Func<SettingsBlock, T?> read)
        where T : class
    {
        for (var i = Layers.Length - 1; i >= 0; i--)
            if (read(Layers[i].Block) is { } value)
                return (value, Layers[i].Origin(Layers[i].Block.MarkOf(key)), Layers[i].Block.MarkOf(key));
        return null;
    }

    /// <summary>The entries of a map over all layers, the last layer's winning, in the order in which they first appear.</summary>
    public ImmutableArray<(string Key, T Value, string Origin, Mark Mark)> Merge<T>(Func<SettingsBlock, Map<T>?> read)
    {
        var merged = new OrderedDictionary<string, (string, T, string, Mark)>(StringComparer.Ordinal);
        foreach (var layer in Layers)
            foreach (var entry in read(layer.Block)?.Entries ?? [])
                merged[entry.Key] = (entry.Key, entry.Value, layer.Origin(entry.At), entry.At);
        return [.. merged.Values];
    }
}
