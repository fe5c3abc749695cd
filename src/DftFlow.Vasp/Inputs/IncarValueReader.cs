using System.Collections.Immutable;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>What the text behind a tag's "=" means, by the tag's kind; for a tag without a known kind, by what the text looks like.</summary>
internal static class IncarValueReader
{
    public const int MostValues = 1_000_000;

    /// <param name="rest">What is left of the text: VASP takes it for a comment. Blank for a value that is complete.</param>
    public static IncarValue Read(IncarKind? kind, string text, out string rest)
    {
        rest = "";
        if (kind == IncarKind.Text) return text;
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) return "";
        if (kind is IncarKind.Word or IncarKind.Logical or IncarKind.Whole or IncarKind.Real or IncarKind.LogicalOrWord)
        {
            rest = string.Join(' ', words[1..]);
            return (kind == IncarKind.Word ? null : Scalar(words[0])) ?? words[0];
        }
        var values = ImmutableArray.CreateBuilder<IncarValue>();
        var read = 0;
        for (; read < words.Length; read++)
        {
            var star = words[read].IndexOf('*', StringComparison.Ordinal);
            var times = 1;
            if (star >= 0 && !(FortranNumber.TryReadInteger(words[read].AsSpan(0, star), out times) && times > 0)) break;
            if (Scalar(words[read][(star + 1)..]) is not { } value || values.Count + (long)times > MostValues) break;
            values.AddRange(Enumerable.Repeat(value, times));
        }
        // Text, or a tag that is not known: a list only if it is nothing but values.
        if (values.Count == 0 || (kind is null && read < words.Length)) return text;
        rest = string.Join(' ', words[read..]);
        return new IncarValue.List(values.ToImmutable());
    }

    private static IncarValue? Scalar(string word)
    {
        if (FortranNumber.TryReadInteger(word, out var whole)) return whole;
        if (FortranNumber.TryReadReal(word, out var real)) return real;
        return FortranNumber.TryReadLogical(word, out var logical) ? logical : null;
    }
}
