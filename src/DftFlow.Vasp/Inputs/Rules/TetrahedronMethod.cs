namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>
/// DF1308: the tetrahedron method (ISMEAR −5, −4) needs at least four k-points, or VASP stops; and its forces are not variational for
/// metals (VASP wiki: ISMEAR).
/// </summary>
internal static class TetrahedronMethod
{
    private const int FewestPoints = 4;

    public static IEnumerable<Finding> Check(VaspInput input)
    {
        if (input.Incar.Whole("ISMEAR") is not (-4 or -5)) yield break;
        var mesh = input.Kpoints;
        var points = input.Incar.Whole("ISYM") is -1 ? mesh.Count : mesh.CountWithTimeReversal;
        if (points < FewestPoints)
            yield return new Finding("DF1308", Severity.Error,
                FormattableString.Invariant($"The tetrahedron method needs {FewestPoints} k-points; of the {mesh.N1}×{mesh.N2}×{mesh.N3} mesh at most {points} are independent."),
                "Use a denser mesh that holds Γ, or ISMEAR = 0 with a small SIGMA.", "ISMEAR");
        if (input.Incar.Whole("NSW") is > 0 && input.Incar.Whole("IBRION") is not -1)
            yield return new Finding("DF1308", Severity.Info, "The tetrahedron method gives forces that are wrong by some percent for metals.", "For a metal relax with ISMEAR = 1 or 0; for insulators all is well.", "ISMEAR");
    }
}
