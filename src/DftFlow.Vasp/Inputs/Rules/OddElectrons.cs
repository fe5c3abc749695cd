namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>
/// DF1314: an odd number of electrons without spin. Whatever the potential leaves in its core, it takes electrons in pairs, so that the
/// sum of the atomic numbers tells odd from even where NELECT does not.
/// </summary>
internal static class OddElectrons
{
    public static IEnumerable<Finding> Check(VaspInput input)
    {
        if (input.Incar.Whole("ISPIN") is 2 || SpinWanted.IsNoncollinear(input.Incar)) yield break;
        var electrons = input.Incar.Real("NELECT") is { } given ? given : input.Structure.Sites.Sum(site => (double)site.Element.AtomicNumber);
        if (Math.Abs(electrons % 2) != 1) yield break;
        yield return new Finding("DF1314", Severity.Warning, "The number of electrons is odd, and the calculation has no spin (ISPIN = 1): half an electron of each spin fills the last level.",
            "Set ISPIN = 2 (spin-polarized: true). If the model should have closed shells, an atom or its charge compensation is missing.", "ISPIN");
    }
}
