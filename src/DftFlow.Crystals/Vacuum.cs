namespace DftFlow.Crystals;

/// <summary>Empty space in a cell.</summary>
public static class Vacuum
{
    /// <summary>
    /// For each lattice axis the widest layer without an atom's centre, in Å, measured at right angles to the plane of the other two
    /// lattice vectors. A bulk crystal shows the distance of its atomic planes; a slab its vacuum.
    /// </summary>
    public static Vector3D AlongAxes(Structure structure) => new(Along(structure, 0), Along(structure, 1), Along(structure, 2));

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
