namespace DftFlow.Crystals;

/// <summary>Empty space in a cell.</summary>
public static class Vacuum
{
    // Layered crystals have gaps of 3 to 7 Å.
    private const double WidestGapOfCrystalsA = 7;
    private const double EnoughA = 10;

    // A vacuum of 10 Å, told in fractions of the cell, comes back as a little less.
    private const double RoundingA = 1e-3;

    /// <summary>
    /// For each lattice axis the widest layer without an atom's centre, in Å, measured at right angles to the plane of the other two
    /// lattice vectors. A bulk crystal shows the distance of its atomic planes; a slab its vacuum.
    /// </summary>
    public static Vector3D AlongAxes(Structure structure) => new(Along(structure, 0), Along(structure, 1), Along(structure, 2));

    /// <summary>
    /// A warning (DF1312) for each axis along which a slab may feel its images: less than 10 Å are empty, and more than between the
    /// layers of crystals. Empty where all is well.
    /// </summary>
    /// <param name="isSlab">Along c lies the vacuum of a slab, however thin.</param>
    public static IEnumerable<Finding> Check(Structure structure, bool isSlab = false)
    {
        var gaps = AlongAxes(structure);
        for (var axis = 0; axis < 3; axis++)
            if (gaps[axis] < EnoughA - RoundingA && (gaps[axis] > WidestGapOfCrystalsA || (isSlab && axis == 2)))
                yield return new Finding("DF1312", Severity.Warning,
                    FormattableString.Invariant($"The vacuum along {"abc"[axis]} is {gaps[axis]:0.0} Å, less than {EnoughA} Å: a slab and its periodic images act on each other."),
                    "Make it 12 to 20 Å, and see whether the results still move.", "POSCAR");
    }

    private static double Along(Structure structure, int axis)
    {
        var spacing = 2 * Math.PI / structure.Lattice.Reciprocal(axis).Length;
        var heights = structure.Sites.Select(site => site.Fractional[axis] - Math.Floor(site.Fractional[axis])).Order().ToArray();
        if (heights.Length == 0) return spacing;
        var widest = heights[0] + 1 - heights[^1];
        for (var i = 1; i < heights.Length; i++) widest = Math.Max(widest, heights[i] - heights[i - 1]);
        return widest * spacing;
    }
}
