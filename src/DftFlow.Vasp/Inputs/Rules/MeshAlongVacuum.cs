using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1305: more than one k-point along a direction with vacuum, where bands have no dispersion: costs time and changes nothing.</summary>
internal static class MeshAlongVacuum
{
    /// <summary>A wider empty layer than this is vacuum; layered crystals have gaps of 3 to 7 Å.</summary>
    private const double VacuumA = 8;

    public static IEnumerable<Finding> Check(VaspInput input)
    {
        var gaps = Vacuum.AlongAxes(input.Structure);
        for (var axis = 0; axis < 3; axis++)
            if (gaps[axis] > VacuumA && input.Kpoints[axis] > 1)
                yield return new Finding("DF1305", Severity.Warning,
                    FormattableString.Invariant($"{input.Kpoints[axis]} k-points lie along the lattice vector {"abc"[axis]}, where {gaps[axis]:0.0} Å are empty."),
                    $"Use 1 division along {"abc"[axis]}.", "KPOINTS");
    }
}
