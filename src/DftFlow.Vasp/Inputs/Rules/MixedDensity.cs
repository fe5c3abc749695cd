namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>
/// DF1304: with DFT+U the density inside the spheres must be mixed and stored up to twice the l of the states that U acts on: LMAXMIX
/// 4 for d, 6 for f; the default is 2 (VASP wiki: LMAXMIX). Without it the calculation converges slowly or to another state, and one
/// that starts from its CHGCAR is wrong.
/// </summary>
internal static class MixedDensity
{
    public static IEnumerable<Finding> Check(VaspInput input)
    {
        var incar = input.Incar;
        if (incar.Logical("LDAU") is not true || incar.Numbers("LDAUL") is not { } l) yield break;
        var highest = l.Index().Where(pair => incar.Numbers("LDAUU") is not { } u || pair.Index >= u.Length || u[pair.Index] != 0).Select(pair => (int)pair.Item).DefaultIfEmpty(-1).Max();
        if (highest is not (2 or 3)) yield break;
        var needed = 2 * highest;
        if (incar.Whole("LMAXMIX") is { } set && set >= needed) yield break;
        var readsDensity = incar.Whole("ICHARG") is 1 or >= 10;
        yield return new Finding("DF1304", readsDensity ? Severity.Error : Severity.Warning,
            FormattableString.Invariant($"U acts on {(highest == 2 ? "d" : "f")} states, but LMAXMIX is {incar.Whole("LMAXMIX") ?? 2}{(readsDensity ? ", and this calculation starts from a stored density" : "")}."),
            FormattableString.Invariant($"Set LMAXMIX = {needed}, in the calculation that writes the density too."), "LMAXMIX");
    }
}
