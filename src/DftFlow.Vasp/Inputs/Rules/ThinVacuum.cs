using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1312: an empty layer wider than those in crystals, but too thin to keep a slab from its images.</summary>
internal static class ThinVacuum
{
    public static IEnumerable<Finding> Check(VaspInput input) => Vacuum.Check(input.Structure);
}
