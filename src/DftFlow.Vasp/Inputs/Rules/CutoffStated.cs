namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>
/// DF1307: without ENCUT, VASP takes the highest ENMAX of the potentials (VASP wiki: ENCUT), so the cutoff changes with the elements and
/// energies of different structures cannot be subtracted.
/// </summary>
internal static class CutoffStated
{
    public static IEnumerable<Finding> Check(VaspInput input)
    {
        if (input.Incar["ENCUT"] is null && input.Incar["ENMAX"] is null)
            yield return new Finding("DF1307", Severity.Warning, "ENCUT is not set: the cutoff would depend on the potentials.", "Set ENCUT, the same for all calculations that are compared.", "ENCUT");
    }
}
