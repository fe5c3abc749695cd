namespace DftFlow.Crystals;

/// <summary>Answers at once whether an atom of a kind lies at a place of the periodic cell, within a tolerance in Å.</summary>
internal sealed class SitePlaces
{
    // Wide enough that a place seldom lies near two boxes, small enough to hold an atom or none.
    private const double BoxWidthA = 0.5;

    private readonly Lattice lattice;
    private readonly double toleranceA;
    private readonly int[] boxes = new int[3];
    private readonly double[] reach = new double[3];
    private readonly Dictionary<(Site, int, int, int), List<Vector3D>> places = [];

    public SitePlaces(Lattice lattice, double toleranceA)
    {
        this.lattice = lattice;
        this.toleranceA = toleranceA;
        for (var axis = 0; axis < 3; axis++)
        {
            var spacing = 2 * Math.PI / lattice.Reciprocal(axis).Length;
            boxes[axis] = (int)Math.Clamp(spacing / BoxWidthA, 1, 1 << 20);
            reach[axis] = toleranceA / spacing;
        }
    }

    public void Add(Site site, Vector3D fractional)
    {
        var key = (site.Kind, Box(fractional, 0), Box(fractional, 1), Box(fractional, 2));
        if (!places.TryGetValue(key, out var list)) places[key] = list = [];
        list.Add(fractional);
    }

    public bool Holds(Site site, Vector3D fractional)
    {
        var extent = new Vector3D(reach[0], reach[1], reach[2]);
        Vector3D low = fractional - extent, high = fractional + extent;
        foreach (var x in Boxes(low, high, 0))
            foreach (var y in Boxes(low, high, 1))
                foreach (var z in Boxes(low, high, 2))
                    if (places.TryGetValue((site.Kind, x, y, z), out var list)
                        && list.Exists(place => Coincide(lattice, place, fractional, toleranceA))) return true;
        return false;
    }

    /// <summary>Whether two places, or images of them, are at most so far apart. Exact while lattice planes are farther apart than twice that.</summary>
    public static bool Coincide(Lattice lattice, Vector3D left, Vector3D right, double toleranceA) =>
        lattice.ToCartesian(Nearest(left - right)).Length <= toleranceA;

    /// <summary>A difference of fractional coordinates without whole lattice vectors.</summary>
    public static Vector3D Nearest(Vector3D difference) => new(
        difference.X - Math.Round(difference.X), difference.Y - Math.Round(difference.Y), difference.Z - Math.Round(difference.Z));

    private ReadOnlySpan<int> Boxes(Vector3D low, Vector3D high, int axis)
    {
        int first = Box(low, axis), last = Box(high, axis);
        return first == last ? new[] { first } : new[] { first, last };
    }

    private int Box(Vector3D f, int axis) => Math.Clamp((int)((f[axis] - Math.Floor(f[axis])) * boxes[axis]), 0, boxes[axis] - 1);
}
