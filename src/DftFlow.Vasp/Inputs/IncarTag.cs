namespace DftFlow.Vasp.Inputs;

/// <summary>One setting of an INCAR, and where it comes from: a preset, a rule, line 17 of the user's file.</summary>
/// <remarks>
/// Name and value have one form each: the name in capitals; a number as the tag's kind wants it (ENCUT = 500 is a real number), and
/// for tags that <see cref="IncarTags"/> does not know a whole number wherever it is one. So writing and reading gives the same tag.
/// </remarks>
public sealed record IncarTag
{
    /// <exception cref="DftFlowException">DF1240: name or value cannot stand in an INCAR.</exception>
    public IncarTag(string name, IncarValue value, string? origin = null)
    {
        Name = name.Trim().ToUpperInvariant();
        if (!IsName(Name))
            throw new DftFlowException("DF1240", $"'{(name.Length > 40 ? name[..37] + "…" : name)}' is not the name of an INCAR tag.", "Names are made of letters, digits and underscores.");
        Value = Normalised(Name, value);
        Origin = origin;
    }

    public string Name { get; }

    public IncarValue Value { get; }

    public string? Origin { get; init; }

    /// <summary>ENCUT, ML_LMLFF, KERNEL_TRUNCATION/LTRUNCATE.</summary>
    internal static bool IsName(string name) =>
        name.Length <= 60 && name.Split('/').All(part => part is [>= 'A' and <= 'Z', ..] && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));

    /// <summary>As it stands in an INCAR, equal neighbours in VASP's lists of one value per atom or band counted: 4*5 8*0.6.</summary>
    internal string Text() => Value.ToText(countRuns: Name is "MAGMOM" or "M_CONSTR" or "FERWE" or "FERDO");

    private static IncarValue Normalised(string name, IncarValue value)
    {
        var kind = IncarTags.KindOf(name);
        if (kind == IncarKind.Text && value is not IncarValue.Text) value = value.ToText();
        if (value is IncarValue.Text { Value: var given })
        {
            var text = given.Trim();
            if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) || text is ['"', ..] || (text.Contains('"', StringComparison.Ordinal) && text.AsSpan().ContainsAny("\n;#!\\")))
                throw new DftFlowException("DF1240", $"The text of {name} cannot be written in an INCAR.", "Leave out quotation marks and control characters.");
            // Text of another kind of tag is its number, logical or list if it is nothing else: a workflow's scalars are text.
            value = IncarValueReader.Read(kind, text, out var rest) is var read && rest.Length == 0 ? read : text;
        }
        if (value is IncarValue.List { Values: var values })
        {
            if (values.Length is 0 or > IncarValueReader.MostValues || values.Any(item => item is IncarValue.Text or IncarValue.List))
                throw new DftFlowException("DF1240", $"The list of {name} is empty, too long or holds text or lists.", "A list holds numbers or logicals.");
            return values is [var only] && kind is not (IncarKind.WholeList or IncarKind.RealList or IncarKind.LogicalList)
                ? Number(kind, only)
                : new IncarValue.List([.. values.Select(item => Number(kind, item))]);
        }
        if (kind == IncarKind.Word && value is IncarValue.Whole or IncarValue.Real) return value.ToText();
        var scalar = Number(kind, value);
        return kind is IncarKind.WholeList or IncarKind.RealList or IncarKind.LogicalList && scalar is not IncarValue.Text ? new IncarValue.List([scalar]) : scalar;
    }

    private static IncarValue Number(IncarKind? kind, IncarValue value) => value switch
    {
        IncarValue.Whole { Value: var whole } when kind is IncarKind.Real or IncarKind.RealList => (double)whole,
        IncarValue.Real { Value: var real } when kind is not (IncarKind.Real or IncarKind.RealList) && real is >= int.MinValue and <= int.MaxValue && real == Math.Floor(real) => (int)real,
        _ => value,
    };
}
