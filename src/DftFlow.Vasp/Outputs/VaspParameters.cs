using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>The value of an INCAR tag, of the type that the code reports it with.</summary>
public abstract record ParameterValue
{
    private ParameterValue()
    {
    }

    /// <summary>A whole number. One that did not fit its column (<c>******</c>) is a <see cref="Real"/> that is not a number.</summary>
    public sealed record Whole(long Value) : ParameterValue;

    public sealed record Real(double Value) : ParameterValue;

    public sealed record Flag(bool Value) : ParameterValue;

    public sealed record Text(string Value) : ParameterValue;

    /// <summary>Several values, all of one of the types above.</summary>
    public sealed record List(ImmutableArray<ParameterValue> Values) : ParameterValue
    {
        public bool Equals(List? other) => other is not null && Values.SequenceEqual(other.Values);

        public override int GetHashCode() => Values.Length;
    }
}

/// <summary>INCAR tags and their values as a vasprun.xml reports them, in the order of the file.</summary>
/// <remarks>VASP writes a few tags twice, the second time for its response functions: the first one counts.</remarks>
public sealed class VaspParameters
{
    private readonly OrderedDictionary<string, ParameterValue> values = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, ParameterValue> All => values;

    /// <summary>The value of a tag that is a number, or a list that begins with one; null where there is none.</summary>
    public double? Number(string tag) => First(tag) switch
    {
        ParameterValue.Whole { Value: var value } => value,
        ParameterValue.Real { Value: var value } => value,
        _ => null,
    };

    public int? Whole(string tag) =>
        Number(tag) is { } value && Math.Abs(value) <= int.MaxValue && value == Math.Truncate(value) ? (int)value : null;

    public bool? Flag(string tag) => First(tag) is ParameterValue.Flag { Value: var value } ? value : null;

    public string? Text(string tag) => First(tag) is ParameterValue.Text { Value: var value } ? value : null;

    internal void Add(string tag, ParameterValue value) => values.TryAdd(tag, value);

    private ParameterValue? First(string tag) => values.GetValueOrDefault(tag) switch
    {
        ParameterValue.List { Values: [var first, ..] } => first,
        var value => value,
    };
}
