namespace DftFlow.Vasp.Inputs.Rules;

/// <summary>DF1315: a cell that is much longer one way than another, sampled with a single k-point.</summary>
internal static class LongCellAtGamma
{
    private const double LargestRatio = 3;

    public static IEnumerable<Finding> Check(VaspInput input)
    {
        if (input.Kpoints is not { N1: 1, N2: 1, N3: 1 }) yield break;
        var lengths = input.Structure.Lattice.LengthsA;
        int shortest = 0, longest = 0;
        for (var axis = 1; axis < 3; axis++)
        {
            if (lengths[axis] < lengths[shortest]) shortest = axis;
            if (lengths[axis] > lengths[longest]) longest = axis;
        }
        if (lengths[longest] > LargestRatio * lengths[shortest])
            yield return new Finding("DF1315", Severity.Warning,
                FormattableString.Invariant($"One k-point samples a cell of {lengths[longest]:0.0} Å along {"abc"[longest]} and {lengths[shortest]:0.0} Å along {"abc"[shortest]}: what is fine along the one is coarse along the other."),
                FormattableString.Invariant($"Use about {Math.Ceiling(lengths[longest] / lengths[shortest]):0} divisions along {"abc"[shortest]}, fewer along longer vectors, and 1 along a vacuum."), "KPOINTS");
    }
}
