using System.Collections.Immutable;
using System.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>The settings of a VASP calculation (VASP wiki: INCAR). A tag occurs once; the order is that in which tags were added.</summary>
public sealed class Incar : IEquatable<Incar>
{
    private readonly ImmutableDictionary<string, int> places;

    private Incar(ImmutableArray<IncarTag> tags)
    {
        Tags = tags;
        places = tags.Index().ToImmutableDictionary(pair => pair.Item.Name, pair => pair.Index);
    }

    public static Incar Empty { get; } = new([]);

    /// <summary>An INCAR of these tags; of several with one name the last is taken.</summary>
    public static Incar Of(params IEnumerable<IncarTag> tags)
    {
        var list = new List<IncarTag>();
        var places = new Dictionary<string, int>();
        foreach (var tag in tags)
        {
            if (places.TryAdd(tag.Name, list.Count)) list.Add(tag);
            else list[places[tag.Name]] = tag;
        }
        return new([.. list]);
    }

    public ImmutableArray<IncarTag> Tags { get; }

    /// <summary>A tag's value, null where it is not set; names are compared without case.</summary>
    public IncarValue? this[string name] => Tag(name)?.Value;

    public IncarTag? Tag(string name) => places.TryGetValue(name.ToUpperInvariant(), out var place) ? Tags[place] : null;

    /// <summary>The value of a logical tag; null where it is absent or no logical.</summary>
    public bool? Logical(string name) => this[name] is IncarValue.Logical { Value: var value } ? value : null;

    /// <summary>The value of a whole-number tag; null where it is absent or no whole number.</summary>
    public int? Whole(string name) => this[name] is IncarValue.Whole { Value: var value } ? value : null;

    /// <summary>The value of a number tag; null where it is absent or no number.</summary>
    public double? Real(string name) => this[name] is { } value ? Number(value) : null;

    /// <summary>The value of a text tag; null where it is absent or no text.</summary>
    public string? Text(string name) => this[name] is IncarValue.Text { Value: var value } ? value : null;

    /// <summary>The numbers of a list tag (one number is a list too); null where it is absent or holds something else.</summary>
    public ImmutableArray<double>? Numbers(string name)
    {
        if (this[name] is not { } value) return null;
        var numbers = value is IncarValue.List { Values: var values } ? values.Select(Number).ToArray() : [Number(value)];
        return numbers.All(number => number is not null) ? [.. numbers.Select(number => number!.Value)] : null;
    }

    /// <summary>The same settings with this one set, in the place of the tag of that name if there is one.</summary>
    public Incar With(IncarTag tag) => new(places.TryGetValue(tag.Name, out var place) ? Tags.SetItem(place, tag) : Tags.Add(tag));

    /// <inheritdoc cref="With(IncarTag)"/>
    public Incar With(string name, IncarValue value, string? origin = null) => With(new IncarTag(name, value, origin));

    /// <summary>The same settings without this one.</summary>
    public Incar Without(string name) => Tag(name) is { } tag ? new(Tags.Remove(tag)) : this;

    /// <summary>Reads an INCAR as VASP does: of several settings of one tag the first counts, lines without "=" are comments.</summary>
    /// <param name="findings">Takes what the user should know: tags set twice (DF1241), settings without "=" (DF1242).</param>
    /// <exception cref="DftFlowException">DF1240: a statement cannot be read.</exception>
    public static Incar Parse(string text, ICollection<Finding>? findings = null) => IncarReader.Read(text, findings);

    /// <inheritdoc cref="Parse"/>
    public static Incar Read(Stream stream, ICollection<Finding>? findings = null, CancellationToken cancellation = default) =>
        Parse(InputText.Read(stream, IncarReader.LongestText, "DF1240", "INCAR", cancellation), findings);

    /// <summary>
    /// The text of the file: tags in groups by theme, in a fixed order, so that equal settings give equal bytes.
    /// </summary>
    /// <param name="withOrigins">Add where each tag comes from as a comment.</param>
    public string ToText(bool withOrigins = false)
    {
        var text = new StringBuilder();
        var nameWidth = Tags.Select(tag => tag.Name.Length).DefaultIfEmpty(0).Max();
        var valueWidth = withOrigins ? Tags.Where(tag => tag.Origin is not null).Select(tag => tag.Text().Length).Where(length => length <= 40).DefaultIfEmpty(0).Max() : 0;
        foreach (var theme in Tags.GroupBy(tag => IncarTags.ThemeOf(tag.Name)).OrderBy(group => group.Key))
        {
            if (text.Length > 0) text.Append('\n');
            text.Append("# ").Append(IncarTags.Title(theme.Key)).Append('\n');
            foreach (var tag in theme.OrderBy(tag => IncarTags.Order(tag.Name)).ThenBy(tag => tag.Name, StringComparer.Ordinal))
            {
                var line = $"{tag.Name.PadRight(nameWidth)} = {tag.Text()}";
                if (withOrigins && tag.Origin is { } origin)
                    line = $"{line.PadRight(nameWidth + 3 + valueWidth)}  # {origin.ReplaceLineEndings(" ")}";
                text.Append(line.TrimEnd()).Append('\n');
            }
        }
        return text.ToString();
    }

    /// <summary>The same tags with the same values, in whatever order and from wherever.</summary>
    public bool Equals(Incar? other) => other is not null && Tags.Length == other.Tags.Length && Tags.All(tag => tag.Value == other[tag.Name]);

    public override bool Equals(object? obj) => Equals(obj as Incar);

    public override int GetHashCode() => Tags.Aggregate(0, (hash, tag) => hash ^ HashCode.Combine(tag.Name, tag.Value));

    private static double? Number(IncarValue value) => value switch
    {
        IncarValue.Whole { Value: var whole } => whole,
        IncarValue.Real { Value: var real } => real,
        _ => null,
    };
}
