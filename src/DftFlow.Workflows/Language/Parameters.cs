using System.Collections.Immutable;
using DftFlow.Yaml;

namespace DftFlow.Workflows.Language;

/// <summary>Puts the values of parameters and axes where <c>$name</c> stands, before anything is given a type.</summary>
public static class Parameters
{
    /// <summary>
    /// A scalar that is <c>$name</c>, unquoted, becomes the value of that name; other scalars stay as they are. A reference to a
    /// calculation has a dot in it (<c>$relax.structure</c>) and stays too.
    /// </summary>
    public static YamlNode Substitute(YamlNode node, IReadOnlyDictionary<string, YamlScalar> values, Diagnostics diagnostics) => node switch
    {
        YamlScalar { Quoted: false, Text: ['$', .. var name] } scalar when name.Length > 0 && !name.Contains('.', StringComparison.Ordinal) =>
            values.TryGetValue(name, out var value) ? value with { At = scalar.At } : Unknown(scalar, name, values, diagnostics),
        YamlSequence sequence => sequence with { Items = [.. sequence.Items.Select(item => Substitute(item, values, diagnostics))] },
        YamlMapping mapping => mapping with { Entries = [.. mapping.Entries.Select(entry => entry with { Value = Substitute(entry.Value, values, diagnostics) })] },
        _ => node,
    };

    /// <summary>The parameters of a workflow with those that the command line sets.</summary>
    public static Dictionary<string, YamlScalar> Of(YamlNode root, IReadOnlyDictionary<string, string> overrides, Diagnostics diagnostics)
    {
        var values = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        if ((root as YamlMapping)?["parameters"] is YamlMapping parameters)
            foreach (var entry in parameters.Entries)
                if (entry.Value is YamlScalar scalar) values[entry.Key] = scalar;
        foreach (var (name, text) in overrides)
        {
            if (values.TryGetValue(name, out var declared)) values[name] = new YamlScalar(text, Quoted: true, declared.At);
            else
                diagnostics.Error("DF1011", new Mark("--set", 1, 1), $"The workflow has no parameter '{name}'.", Diagnostics.Suggest(name, values.Keys));
        }
        return values;
    }

    private static YamlScalar Unknown(YamlScalar scalar, string name, IReadOnlyDictionary<string, YamlScalar> values, Diagnostics diagnostics)
    {
        diagnostics.Error("DF1011", scalar.At, $"'${name}' is neither a parameter nor an axis here.",
            Diagnostics.Suggest(name, values.Keys.ToImmutableArray()));
        return scalar;
    }
}
