using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace DftFlow.Yaml;

/// <summary>A key of a mapping, and what it is for.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KeyAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    public bool Required { get; init; }

    /// <summary>How it is written, for a hint where something of another shape stands there.</summary>
    public string? Example { get; init; }
}

/// <summary>The property takes every key that no other property names; its type is a <see cref="Map{T}"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OtherKeysAttribute(string description) : Attribute
{
    public string Description { get; } = description;

    /// <summary>What the keys are, where not any word: elements.</summary>
    public bool Elements { get; init; }
}

/// <summary>The number has a unit and is kept in its dimension's base unit.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class QuantityAttribute(Dimension dimension) : Attribute
{
    public Dimension Dimension { get; } = dimension;
}

/// <summary>The keys of the map are element symbols.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ElementKeysAttribute : Attribute;

/// <summary>Exactly one of the keys of this block is given: it says what kind of thing it is.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ExactlyOneAttribute(string what) : Attribute
{
    public string What { get; } = what;

    /// <summary>Every key says what kind of thing it is; otherwise those that hold blocks do.</summary>
    public bool EveryKey { get; init; }
}

/// <summary>A type with a way of its own to be written as one scalar: <c>6 layers</c>, <c>top 4 Å</c>.</summary>
public interface IScalar<TSelf> where TSelf : IScalar<TSelf>
{
    /// <summary>What is expected, in words that go on after "is": <c>a length or a number of layers</c>.</summary>
    static abstract string Expected { get; }

    /// <summary>An example or what else helps to write it.</summary>
    static abstract string Hint { get; }

    /// <summary>A regular expression for editors.</summary>
    static abstract string Pattern { get; }

    static abstract bool TryParse(string text, [MaybeNullWhen(false)] out TSelf value);
}

/// <summary>A mapping with fixed keys; it knows where each of them stands.</summary>
public abstract record Block
{
    /// <summary>What the block was read from.</summary>
    public YamlMapping Node { get; internal set; } = new([], default);

    public Mark At => Node.At;

    public Mark MarkOf(string key) => Node.MarkOf(key);
}

/// <summary>A value and where it stands.</summary>
public sealed record Located<T>(T Value, Mark At)
{
    public override string ToString() => Value?.ToString() ?? "";
}

/// <summary>A mapping whose keys are the user's, in the order in which they stand.</summary>
public sealed record Map<T>(ImmutableArray<MapEntry<T>> Entries)
{
    public static Map<T> Empty { get; } = new([]);

    public IEnumerable<string> Keys => Entries.Select(entry => entry.Key);

    public MapEntry<T>? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);
}

public sealed record MapEntry<T>(string Key, Mark At, T Value);

/// <summary>One value or a list of them, as in <c>zero: fermi</c> or <c>zero: [fermi, semicore]</c>.</summary>
public sealed record OneOrMore<T>(ImmutableArray<T> Items);

/// <summary>The keys of a block type, read from its attributes once.</summary>
public sealed record BlockShape(ImmutableArray<BlockShape.Property> Properties, BlockShape.Property? Others, ExactlyOneAttribute? ExactlyOne)
{
    /// <summary>The keys that say what kind a block is of, where exactly one of them is given.</summary>
    public IEnumerable<string> Kinds => Properties.Where(p => ExactlyOne is { EveryKey: true } || typeof(Block).IsAssignableFrom(p.Info.PropertyType)).Select(p => p.Name);

    private static readonly ConcurrentDictionary<Type, BlockShape> Known = new();

    public sealed record Property(string Name, string Description, bool Required, PropertyInfo Info);

    public static BlockShape Of(Type type) => Known.GetOrAdd(type, static type =>
    {
        var keys = ImmutableArray.CreateBuilder<Property>();
        Property? others = null;
        // A base type's keys come first.
        var levels = new Stack<Type>();
        for (var level = type; level is not null; level = level.BaseType) levels.Push(level);
        foreach (var info in levels.SelectMany(level => level.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)))
        {
            if (info.GetCustomAttribute<KeyAttribute>() is { } key) keys.Add(new(key.Name, key.Description, key.Required, info));
            if (info.GetCustomAttribute<OtherKeysAttribute>() is { } other) others = new("", other.Description, Required: false, info);
        }
        return new BlockShape(keys.ToImmutable(), others, type.GetCustomAttribute<ExactlyOneAttribute>());
    });

    /// <summary>An enumeration's member as YAML writes it: BandCentre is band-centre.</summary>
    public static string Kebab(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
