namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1309: an INCAR tag that VASP's list does not hold. VASP ignores such a tag without a word.</summary>
internal static class KnownTags
{
    public static IEnumerable<Finding> Check(VaspInput input)
    {
        foreach (var tag in input.Incar.Tags.Where(tag => !IncarTags.IsKnown(tag.Name)))
            yield return new Finding("DF1309", Severity.Warning, $"{tag.Name} is no INCAR tag that is known here; VASP ignores what it does not know.",
                IncarTags.Suggest(tag.Name) is { } meant ? $"Did you mean {meant}?" : "Check the spelling; a tag of your own build of VASP is passed on as it is.", tag.Name);
    }
}
