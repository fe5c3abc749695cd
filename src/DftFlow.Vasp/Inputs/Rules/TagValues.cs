namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1311: the value of a tag is not of the tag's kind. VASP stops when it reads it.</summary>
internal static class TagValues
{
    public static IEnumerable<Finding> Check(VaspInput input)
    {
        foreach (var tag in input.Incar.Tags)
            if (Wanted(IncarTags.KindOf(tag.Name), tag.Value) is { } wanted)
                yield return new Finding("DF1311", Severity.Error, $"{tag.Name} = {Shortened(tag.Value.ToText())}: {wanted} is needed.", null, tag.Name);
    }

    private static string? Wanted(IncarKind? kind, IncarValue value) => (kind, value) switch
    {
        (null or IncarKind.Text, _) => null,
        (IncarKind.Logical, not IncarValue.Logical) => "a logical, .TRUE. or .FALSE.,",
        (IncarKind.Whole, not IncarValue.Whole) => "a whole number",
        (IncarKind.Real, not IncarValue.Real) => "a number",
        (IncarKind.Word, not IncarValue.Text) or (IncarKind.Word, IncarValue.Text { Value: "" }) => "a word",
        (IncarKind.Word or IncarKind.LogicalOrWord, IncarValue.Text { Value: var word }) when word.Any(char.IsWhiteSpace) => "one word",
        (IncarKind.LogicalOrWord, IncarValue.List or IncarValue.Text { Value: "" }) => "a logical or a word",
        (IncarKind.LogicalList, var list) when !All<IncarValue.Logical>(list) => "a list of logicals",
        (IncarKind.WholeList, var list) when !All<IncarValue.Whole>(list) => "a list of whole numbers",
        (IncarKind.RealList, var list) when !All<IncarValue.Real>(list) => "a list of numbers",
        _ => null,
    };

    private static bool All<T>(IncarValue value) where T : IncarValue => value is IncarValue.List { Values: var values } && values.All(item => item is T);

    private static string Shortened(string text) => text.Length <= 60 ? text : text[..57] + "…";
}
