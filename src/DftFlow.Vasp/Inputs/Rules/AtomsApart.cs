using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1220, DF1221: atoms on or unusually near each other.</summary>
internal static class AtomsApart
{
    public static IEnumerable<Finding> Check(VaspInput input) => MinimumDistances.Check(input.Structure);
}
