using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using DftFlow.Crystals;

namespace DftFlow.Yaml;

/// <summary>The mapping's values are bound later, as this type: said for the schema. In place of a mapping that any node may be, a name or a list of names may stand.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoundLaterAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}

/// <summary>
/// Makes a JSON Schema (draft 2020-12) of the types that <see cref="Binder"/> reads, for editors: completion, descriptions, and
/// red ink under what is wrong. What only the loader can know, such as references, it leaves to the loader.
/// </summary>
public sealed class JsonSchema
{
    private const string Parameter = @"^\$[A-Za-z0-9]";

    private readonly JsonObject definitions = [];

    private JsonSchema()
    {
    }

    /// <summary>The schema of a block type, indented, ending in a line feed.</summary>
    public static string Of(Type block, string title)
    {
        var schema = new JsonSchema();
        var reference = schema.Reference(block);
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = title,
            ["$ref"] = reference["$ref"]!.DeepClone(),
            ["$defs"] = schema.definitions,
        };
        return root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private JsonObject Reference(Type block)
    {
        var name = BlockShape.Kebab(block.Name.EndsWith("Block", StringComparison.Ordinal) ? block.Name[..^5] : block.Name);
        if (!definitions.ContainsKey(name))
        {
            // Before its properties, which may refer to it.
            definitions[name] = null;
            definitions[name] = Block(block);
        }
        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    private JsonObject Block(Type type)
    {
        var shape = BlockShape.Of(type);
        var properties = new JsonObject();
        foreach (var property in shape.Properties)
        {
            var value = Value(property.Info.PropertyType, property.Info);
            value["description"] = property.Description;
            properties[property.Name] = value;
        }
        var block = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (shape.Others is { } others)
        {
            var inner = Value(others.Info.PropertyType.GetGenericArguments()[0], others.Info);
            inner["description"] = others.Description;
            block[others.Info.GetCustomAttribute<OtherKeysAttribute>()!.Elements ? "patternProperties" : "additionalProperties"] =
                others.Info.GetCustomAttribute<OtherKeysAttribute>()!.Elements ? new JsonObject { [ElementPattern] = inner } : inner;
        }
        if (shape.Others is null || shape.Others.Info.GetCustomAttribute<OtherKeysAttribute>()!.Elements) block["additionalProperties"] = false;
        if (shape.Properties.Where(p => p.Required).ToArray() is { Length: > 0 } required)
            block["required"] = new JsonArray([.. required.Select(p => JsonValue.Create(p.Name))]);
        if (shape.ExactlyOne is not null)
            block["oneOf"] = new JsonArray([.. shape.Kinds.Select(kind => new JsonObject { ["required"] = new JsonArray(kind) })]);
        return block;
    }

    private JsonObject Value(Type type, PropertyInfo info)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (typeof(Block).IsAssignableFrom(type)) return Reference(type);
        if (type == typeof(YamlNode))
            return info.GetCustomAttribute<BoundLaterAttribute>() is { Type: var mapping }
                ? new JsonObject { ["anyOf"] = new JsonArray(Name(), new JsonObject { ["type"] = "array", ["items"] = Name() }, Reference(mapping)) } : [];
        if (type == typeof(YamlSequence)) return new JsonObject { ["type"] = "array" };
        if (type == typeof(YamlMapping)) return info.GetCustomAttribute<BoundLaterAttribute>() is { Type: var later } ? Reference(later) : new JsonObject { ["type"] = "object" };
        if (type == typeof(YamlScalar) || type == typeof(string)) return Name();
        if (type.IsGenericType)
        {
            var inner = type.GetGenericArguments()[0];
            var kind = type.GetGenericTypeDefinition();
            if (kind == typeof(Located<>)) return Value(inner, info);
            if (kind == typeof(ImmutableArray<>)) return new JsonObject { ["type"] = "array", ["items"] = Value(inner, info) };
            if (kind == typeof(OneOrMore<>))
                return new JsonObject { ["anyOf"] = new JsonArray(Value(inner, info), new JsonObject { ["type"] = "array", ["items"] = Value(inner, info) }) };
            if (kind == typeof(Map<>))
            {
                var map = new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(inner, info) };
                if (info.GetCustomAttribute<ElementKeysAttribute>() is not null) map["propertyNames"] = new JsonObject { ["pattern"] = ElementPattern };
                return map;
            }
        }
        if (info.GetCustomAttribute<QuantityAttribute>() is { Dimension: var dimension } && type == typeof(double))
            return Text($@"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*({string.Join('|', Quantities.Units(dimension).Select(System.Text.RegularExpressions.Regex.Escape))})\s*$");
        if (type == typeof(double)) return OrParameter(new JsonObject { ["type"] = "number" });
        if (type == typeof(int)) return OrParameter(new JsonObject { ["type"] = "integer" });
        if (type == typeof(bool)) return OrParameter(new JsonObject { ["type"] = "boolean" });
        if (type == typeof(Element)) return Text(ElementPattern);
        if (Binder.OwnScalar(type) is not null) return Text((string)type.GetProperty("Pattern")!.GetValue(null)!);
        if (type.IsEnum) return OrParameter(new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(BlockShape.Kebab(name)))]) });
        throw new NotSupportedException($"{info.DeclaringType?.Name}.{info.Name} is of a type that no schema is made for: {type}.");
    }

    private static JsonObject Name() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static string ElementPattern { get; } = $"^({string.Join('|', Element.All.Select(e => e.Symbol))})$";

    // A parameter may stand where a value does; its own value is checked by the loader.
    private static JsonObject OrParameter(JsonObject schema) => new() { ["anyOf"] = new JsonArray(schema, Text(null)) };

    private static JsonObject Text(string? pattern) =>
        new() { ["type"] = "string", ["pattern"] = pattern is null ? Parameter : $"({pattern})|({Parameter})" };
}
