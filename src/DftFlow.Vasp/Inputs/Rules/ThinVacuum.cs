using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1312: an empty layer wider than those in crystals, but too thin to keep a slab from its images.</summary>
internal static class ThinVacuum
{
    // Layered crystals have gaps of 3 to 7 Å.
    private const double WidestGapOfCrystalsA = 7;
    private const double EnoughA = 10;

    // A vacuum of 10 Å, told in fractions of the cell, comes back as a little less.
    private const double RoundingA = 1e-3;

    public static IEnumerable<Finding> Check(VaspInput input)
    {
        var gaps = Vacuum.AlongAxes(input.Structure);
        for (var axis = 0; axis < 3; axis++)
            if (gaps[axis] is > WidestGapOfCrystalsA and < EnoughA - RoundingA)
                yield return new Finding("DF1312", Severity.Warning,
                    FormattableString.Invariant($"The vacuum along {"abc"[axis]} is {gaps[axis]:0.0} Å, less than {EnoughA} Å: a slab and its periodic images act on each other."),
                    "Make it 12 to 20 Å, and see whether the results still move.", "POSCAR");
    }
}
