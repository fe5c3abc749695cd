using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using DftFlow.Crystals;

namespace DftFlow.Yaml;

/// <summary>
/// Turns nodes into blocks by the attributes of their types (see <see cref="KeyAttribute"/>). Everything that does not fit is
/// told; what does fit is bound all the same, so that one pass finds all problems.
/// </summary>
public sealed class Binder(Diagnostics diagnostics)
{
    /// <summary>Binds a mapping; null, with diagnostics, where the node is none.</summary>
    public T? Bind<T>(YamlNode node, string what) where T : Block => (T?)BindBlock(typeof(T), node, what);

    private object? BindBlock(Type type, YamlNode node, string what)
    {
        if (node is not YamlMapping mapping)
        {
            diagnostics.Error("DF1007", node.At, $"{Capital(what)} is a mapping of keys to values, not {Describe(node)}.", ExampleKeys(type));
            return null;
        }
        var shape = BlockShape.Of(type);
        var block = (Block)Activator.CreateInstance(type)!;
        block.Node = mapping;
        var others = new List<YamlEntry>();
        foreach (var entry in WithoutDecimalCommas(mapping))
        {
            var property = shape.Properties.FirstOrDefault(p => p.Name == entry.Key);
            if (property is not null)
            {
                if (entry.Value is YamlScalar { IsNull: true })
                    diagnostics.Error("DF1007", entry.At, $"'{entry.Key}' has no value.", "Give it one, or leave the key out.");
                else
                    Set(block, property, BindValue(property.Info.PropertyType, entry.Value, $"'{entry.Key}'", property.Info));
            }
            else if (shape.Others is not null) others.Add(entry);
            else UnknownKey(entry, what, [.. shape.Properties.Select(p => p.Name)]);
        }
        if (shape.Others is { } rest)
            Set(block, rest, BindOthers(rest, others, what, shape));
        foreach (var property in shape.Properties.Where(p => p.Required && mapping[p.Name] is null))
            diagnostics.Error("DF1009", mapping.At, $"{Capital(what)} lacks the key '{property.Name}': {property.Description}");
        if (shape.ExactlyOne is { What: var one })
        {
            var kinds = shape.Kinds.ToArray();
            var given = mapping.Entries.Where(e => kinds.Contains(e.Key)).ToArray();
            if (given.Length == 0)
                diagnostics.Error("DF1009", mapping.At, $"{Capital(what)} does not say {one}.", $"One of {string.Join(", ", kinds)} is needed.");
            foreach (var extra in given.Skip(1))
                diagnostics.Error("DF1006", extra.At, $"{Capital(what)} is '{given[0].Key}' already; '{extra.Key}' cannot stand beside it.", "Make it an entry of its own.");
        }
        return block;
    }

    /// <summary>
    /// Between braces a decimal comma ends the number, and what follows it is a key without a value: of both is told what they were meant to be,
    /// and neither is bound.
    /// </summary>
    private List<YamlEntry> WithoutDecimalCommas(YamlMapping mapping)
    {
        var entries = new List<YamlEntry>();
        foreach (var entry in mapping.Entries)
            if (entry is { Key: [>= '0' and <= '9', ..], Value: YamlScalar { IsNull: true } } && entries is [.., { Value: YamlScalar { Quoted: false, Text: [.., >= '0' and <= '9'] before } } last]
                && before.AsSpan().TrimStart("+-").IndexOfAnyExceptInRange('0', '9') < 0)
            {
                diagnostics.Error("DF1008", last.Value.At, $"'{last.Key}': '{before},{entry.Key}' has a decimal comma.", $"Write '{before}.{entry.Key}'.");
                entries.RemoveAt(entries.Count - 1);
            }
            else entries.Add(entry);
        return entries;
    }

    private object? BindOthers(BlockShape.Property rest, List<YamlEntry> entries, string what, BlockShape shape)
    {
        var attribute = rest.Info.GetCustomAttribute<OtherKeysAttribute>()!;
        if (attribute.Elements)
            foreach (var entry in entries.Where(e => !Element.TryParse(e.Key, out _)).ToArray())
            {
                UnknownKey(entry, what, [.. shape.Properties.Select(p => p.Name), .. Element.All.Select(e => e.Symbol)], "the keys above and element symbols");
                entries.Remove(entry);
            }
        return BindMap(rest.Info.PropertyType.GetGenericArguments()[0], entries, what, rest.Info);
    }

    private void UnknownKey(YamlEntry entry, string what, string[] known, string? knownInWords = null) =>
        diagnostics.Error("DF1006", entry.At, $"Unknown key '{entry.Key}' in {what}.",
            known.Contains("incar") && entry.Key.All(c => char.IsAsciiLetterUpper(c) || c is '_' || char.IsAsciiDigit(c)) ? $"A tag of INCAR stands under 'incar', as in incar: {{ {entry.Key}: … }}."
            : Spelling.Closest(entry.Key, known) is { } closest ? $"Did you mean '{closest}'?" : $"Known here: {knownInWords ?? string.Join(", ", known)}.");

    private object? BindValue(Type type, YamlNode node, string what, PropertyInfo info)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (typeof(Block).IsAssignableFrom(type)) return BindBlock(type, node, what);
        if (type.IsAssignableFrom(node.GetType()) && typeof(YamlNode).IsAssignableFrom(type)) return node;
        if (type.IsGenericType)
        {
            var inner = type.GetGenericArguments()[0];
            if (type.GetGenericTypeDefinition() == typeof(Located<>))
                return BindValue(inner, node, what, info) is { } value ? Activator.CreateInstance(type, value, node.At) : null;
            if (type.GetGenericTypeDefinition() == typeof(Map<>))
            {
                if (node is YamlMapping mapping) return BindMap(inner, WithoutDecimalCommas(mapping), what, info);
                diagnostics.Error("DF1007", node.At, $"{Capital(what)} is a mapping, not {Describe(node)}.");
                return null;
            }
            if (type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            {
                if (node is YamlSequence sequence) return BindArray(inner, sequence.Items, what, info);
                diagnostics.Error("DF1007", node.At, $"{Capital(what)} is a list, not {Describe(node)}.", Written(info) ?? "Write [a, b], or one item a line behind a dash.");
                return null;
            }
            if (type.GetGenericTypeDefinition() == typeof(OneOrMore<>))
            {
                var items = BindArray(inner, node is YamlSequence list ? list.Items : [node], what, info);
                return items is null ? null : Activator.CreateInstance(type, items);
            }
        }
        if (node is YamlScalar scalar) return BindScalar(type, scalar, what, info);
        diagnostics.Error("DF1007", node.At, $"{Capital(what)} is {Expected(type, info)}, not {Describe(node)}.");
        return null;
    }

    private object? BindMap(Type inner, IEnumerable<YamlEntry> entries, string what, PropertyInfo info)
    {
        var elementKeys = info.GetCustomAttribute<ElementKeysAttribute>() is not null;
        var entryType = typeof(MapEntry<>).MakeGenericType(inner);
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(entryType))!;
        foreach (var entry in entries)
        {
            if (elementKeys && !Element.TryParse(entry.Key, out _))
            {
                diagnostics.Error("DF1010", entry.At, $"'{entry.Key}' in {what} is not the symbol of an element.",
                    Spelling.Closest(entry.Key, Element.All.Select(e => e.Symbol)) is { } closest ? $"Did you mean '{closest}'?" : null);
                continue;
            }
            if (BindValue(inner, entry.Value, $"'{entry.Key}'", info) is { } value)
                list.Add(Activator.CreateInstance(entryType, entry.Key, entry.At, value));
        }
        return Activator.CreateInstance(typeof(Map<>).MakeGenericType(inner), ToImmutable(entryType, list));
    }

    private object? BindArray(Type inner, IEnumerable<YamlNode> nodes, string what, PropertyInfo info)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(inner))!;
        var whole = true;
        foreach (var node in nodes)
        {
            if (BindValue(inner, node, what, info) is { } value) list.Add(value);
            else whole = false;
        }
        return whole ? ToImmutable(inner, list) : null;
    }

    private object? BindScalar(Type type, YamlScalar scalar, string what, PropertyInfo info)
    {
        var text = scalar.Text;
        if (type == typeof(string)) return text;
        if (info.GetCustomAttribute<QuantityAttribute>() is { Dimension: var dimension } && type == typeof(double))
        {
            if (Quantities.TryParse(text, dimension, out var quantity, out var problem, out var hint)) return quantity;
            diagnostics.Error("DF1008", scalar.At, $"{Capital(what)}: {problem}", hint);
            return null;
        }
        if (type == typeof(double) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
        if (type == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (type == typeof(bool))
        {
            if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
            if (text.Equals("false", StringComparison.OrdinalIgnoreCase)) return false;
        }
        if (type == typeof(Element))
        {
            if (Element.TryParse(text, out var element)) return element;
            diagnostics.Error("DF1010", scalar.At, $"{Capital(what)}: '{text}' is not the symbol of an element.",
                Spelling.Closest(text, Element.All.Select(e => e.Symbol)) is { } closest ? $"Did you mean '{closest}'?" : null);
            return null;
        }
        if (OwnScalar(type) is not null)
            return typeof(Binder).GetMethod(nameof(BindOwn), BindingFlags.NonPublic | BindingFlags.Instance)!.MakeGenericMethod(type).Invoke(this, [scalar, what]);
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type);
            if (names.FirstOrDefault(name => BlockShape.Kebab(name) == text) is { } match) return Enum.Parse(type, match);
            diagnostics.Error("DF1007", scalar.At, $"{Capital(what)} cannot be '{text}'.", Diagnostics.Suggest(text, [.. names.Select(BlockShape.Kebab)]));
            return null;
        }
        diagnostics.Error("DF1007", scalar.At, $"{Capital(what)} is {Expected(type, info)}, not '{text}'.", Written(info));
        return null;
    }

    private static string? Written(PropertyInfo info) => info.GetCustomAttribute<KeyAttribute>()?.Example is { } example ? $"Write {example}." : null;

    private object? BindOwn<T>(YamlScalar scalar, string what) where T : IScalar<T>
    {
        if (T.TryParse(scalar.Text, out var value)) return value;
        diagnostics.Error("DF1007", scalar.At, $"{Capital(what)} is {T.Expected}, not '{scalar.Text}'.", T.Hint);
        return null;
    }

    /// <summary>The interface by which the type says how it is written; null where it does not.</summary>
    internal static Type? OwnScalar(Type type) => type.GetInterfaces().FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IScalar<>));

    private static object ToImmutable(Type inner, IList list)
    {
        var array = Array.CreateInstance(inner, list.Count);
        list.CopyTo(array, 0);
        return typeof(ImmutableArray).GetMethods()
            .Single(m => m.Name == nameof(ImmutableArray.Create) && m.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(inner).Invoke(null, [array])!;
    }

    private static void Set(Block block, BlockShape.Property property, object? value)
    {
        if (value is not null) property.Info.SetValue(block, value);
    }

    private static string Expected(Type type, PropertyInfo info) =>
        info.GetCustomAttribute<QuantityAttribute>() is { } quantity && type == typeof(double) ? $"a number with a unit ({Quantities.BaseUnit(quantity.Dimension)})"
        : type == typeof(double) ? "a number"
        : type == typeof(int) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(string) ? "a word or a text"
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(BlockShape.Kebab))}"
        : type == typeof(Element) ? "the symbol of an element"
        : OwnScalar(type) is not null ? (string)type.GetProperty(nameof(IScalar<>.Expected))!.GetValue(null)!
        : type == typeof(YamlScalar) ? "a word or a number"
        : type == typeof(YamlSequence) ? "a list"
        : "a mapping";

    private static string Describe(YamlNode node) => node switch
    {
        YamlScalar { IsNull: true } => "empty",
        YamlScalar scalar => $"'{(scalar.Text.Length <= 40 ? scalar.Text : scalar.Text[..39] + "…")}'",
        YamlSequence => "a list",
        _ => "a mapping",
    };

    private static string? ExampleKeys(Type type) =>
        BlockShape.Of(type).Properties is { IsEmpty: false } keys ? $"Its keys: {string.Join(", ", keys.Take(12).Select(k => k.Name))}." : null;

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
