using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>The value of an INCAR tag: a logical, a whole number, a real number, text, or a list of the first three.</summary>
public abstract record IncarValue
{
    private IncarValue()
    {
    }

    public sealed record Logical(bool Value) : IncarValue;

    public sealed record Whole(int Value) : IncarValue;

    /// <exception cref="ArgumentException">Not a finite number.</exception>
    public sealed record Real(double Value) : IncarValue
    {
        public double Value { get; } = double.IsFinite(Value) ? Value : throw new ArgumentException("An INCAR holds finite numbers only.", nameof(Value));
    }

    public sealed record Text(string Value) : IncarValue;

    /// <summary>Several values; none of them is text or a list.</summary>
    public sealed record List(ImmutableArray<IncarValue> Values) : IncarValue
    {
        public bool Equals(List? other) => other is not null && Values.SequenceEqual(other.Values);

        public override int GetHashCode() => Values.Aggregate(0, HashCode.Combine);
    }

    public static implicit operator IncarValue(bool value) => new Logical(value);

    public static implicit operator IncarValue(int value) => new Whole(value);

    public static implicit operator IncarValue(double value) => new Real(value);

    public static implicit operator IncarValue(string value) => new Text(value);

    public static implicit operator IncarValue(int[] values) => new List([.. values.Select(value => new Whole(value))]);

    public static implicit operator IncarValue(double[] values) => new List([.. values.Select(value => new Real(value))]);

    public static implicit operator IncarValue(bool[] values) => new List([.. values.Select(value => new Logical(value))]);

    /// <summary>As it stands in an INCAR.</summary>
    public string ToText() => ToText(countRuns: false);

    /// <param name="countRuns">Write equal neighbours of a list as <c>n*x</c>.</param>
    internal string ToText(bool countRuns) => this switch
    {
        Logical { Value: var value } => value ? ".TRUE." : ".FALSE.",
        Whole { Value: var value } => value.ToString(CultureInfo.InvariantCulture),
        Real { Value: var value } => FortranNumber.Text(value),
        Text { Value: var value } => value == "{" || value.AsSpan().ContainsAny("\n;#!\\") ? $"\"{value}\"" : value,
        List { Values: var values } => string.Join(' ', countRuns ? Runs(values) : values.Select(value => value.ToText())),
        _ => throw new InvalidOperationException(),
    };

    public sealed override string ToString() => ToText();

    private static IEnumerable<string> Runs(ImmutableArray<IncarValue> values)
    {
        for (int start = 0, end; start < values.Length; start = end)
        {
            for (end = start + 1; end < values.Length && values[end] == values[start];) end++;
            var text = values[start].ToText();
            yield return end - start == 1 ? text : string.Create(CultureInfo.InvariantCulture, $"{end - start}*{text}");
        }
    }
}
