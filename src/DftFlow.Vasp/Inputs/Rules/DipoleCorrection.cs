using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1313: a slab whose two sides differ, without the correction of the field that its dipole makes in the vacuum.</summary>
internal static class DipoleCorrection
{
    // Wider than the gaps in layered crystals.
    private const double VacuumA = 8;

    // Relaxed slabs are symmetric less exactly than built ones.
    private const double ToleranceA = 0.05;

    public static IEnumerable<Finding> Check(VaspInput input)
    {
        var gaps = Vacuum.AlongAxes(input.Structure);
        var empty = Enumerable.Range(0, 3).Where(axis => gaps[axis] > VacuumA).ToArray();
        // With a vacuum along two axes it is a chain or a molecule.
        if (empty is not [var normal] || input.Incar.Logical("LDIPOL") is true || input.Incar.Whole("IDIPOL") is not null) yield break;
        if (SpaceGroup.Of(input.Structure, ToleranceA, elementsOnly: true).PointOperations.Any(operation => operation.Rotation[normal, normal] == -1)) yield break;
        yield return new Finding("DF1313", Severity.Warning,
            FormattableString.Invariant($"The two sides of the slab (vacuum along {"abc"[normal]}) are not alike, and no dipole correction is on: its dipole makes a field in the vacuum and shifts energies and levels."),
            FormattableString.Invariant($"Set LDIPOL = .TRUE. and IDIPOL = {normal + 1}, or build the slab with 'symmetric: true'."), "POSCAR");
    }
}
