using System.Collections.Immutable;

namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>The checks of a VASP input before it runs. Each rule is a file of its own, its code a page in <c>docs/errors</c>.</summary>
public static class InputRules
{
    private static readonly ImmutableArray<Func<VaspInput, IEnumerable<Finding>>> Rules =
    [
        AtomsApart.Check,
        HubbardVectors.Check,
        MagmomCount.Check,
        MixedDensity.Check,
        MeshAlongVacuum.Check,
        ThinVacuum.Check,
        DipoleCorrection.Check,
        LongCellAtGamma.Check,
        SpinWanted.Check,
        OddElectrons.Check,
        CutoffStated.Check,
        TetrahedronMethod.Check,
        KnownTags.Check,
        PotentialOrder.Check,
        TagValues.Check,
    ];

    /// <summary>What the rules find, errors first, otherwise in the order of the rules.</summary>
    public static IReadOnlyList<Finding> Check(VaspInput input) => [.. Rules.SelectMany(rule => rule(input)).OrderByDescending(finding => finding.Severity)];
}
