using System.Globalization;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1303: MAGMOM does not hold one moment for each atom, or three in a non-collinear calculation (VASP wiki: MAGMOM).</summary>
internal static class MagmomCount
{
    public static IEnumerable<Finding> Check(VaspInput input)
    {
        if (input.Incar.Numbers("MAGMOM") is not { } moments) yield break;
        var noncollinear = SpinWanted.IsNoncollinear(input.Incar);
        var atoms = input.Structure.Sites.Length;
        var wanted = noncollinear ? 3 * atoms : atoms;
        if (moments.Length != wanted)
            yield return new Finding("DF1303", Severity.Error,
                string.Create(CultureInfo.InvariantCulture, $"MAGMOM has {moments.Length} values; {wanted} are needed{(noncollinear ? ", three for each" : ", one for each")} of the {atoms} atoms."),
                "Write n*x for n equal moments, in the order of POSCAR's atoms.", "MAGMOM");
    }
}
