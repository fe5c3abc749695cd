namespace DftFlow.Crystals;

/// <summary>Answers at once which atom of a kind lies at a place of the periodic cell, within a tolerance in Å.</summary>
internal sealed class SitePlaces
{
    // Wide enough that a place seldom lies near two boxes, small enough to hold an atom or none.
    private const double BoxWidthA = 0.5;

    private readonly Lattice lattice;
    private readonly double toleranceA;
    private readonly int[] boxes = new int[3];
    private readonly double[] reach = new double[3];
    private readonly Dictionary<Site, int> kinds = new(new SameKind());
    private readonly Dictionary<(int, int, int, int), List<(Vector3D Place, int Number)>> places = [];
    private int count;

    public SitePlaces(Lattice lattice, double toleranceA)
    {
        this.lattice = lattice;
        this.toleranceA = toleranceA;
        for (var axis = 0; axis < 3; axis++)
        {
            var spacing = 2 * Math.PI / lattice.Reciprocal(axis).Length;
            boxes[axis] = (int)Math.Clamp(spacing / Math.Max(BoxWidthA, 2 * toleranceA), 1, 1 << 20);
            reach[axis] = toleranceA / spacing;
        }
    }

    public SitePlaces(Structure structure, double toleranceA)
        : this(structure.Lattice, toleranceA)
    {
        foreach (var site in structure.Sites) Add(site, site.Fractional);
    }

    public void Add(Site site, Vector3D fractional)
    {
        if (!kinds.TryGetValue(site, out var kind)) kinds[site] = kind = kinds.Count;
        var key = (kind, Box(fractional, 0), Box(fractional, 1), Box(fractional, 2));
        if (!places.TryGetValue(key, out var list)) places[key] = list = [];
        list.Add((fractional, count++));
    }

    public bool Holds(Site site, Vector3D fractional) => Find(site, fractional) >= 0;

    /// <summary>The nearest site of the kind within the tolerance, counted from 0 in the order of adding; −1 where there is none.</summary>
    public int Find(Site site, Vector3D fractional)
    {
        if (!kinds.TryGetValue(site, out var kind)) return -1;
        var extent = new Vector3D(reach[0], reach[1], reach[2]);
        Vector3D low = fractional - extent, high = fractional + extent;
        int lowX = Box(low, 0), lowY = Box(low, 1), lowZ = Box(low, 2), highX = Box(high, 0), highY = Box(high, 1), highZ = Box(high, 2);
        int found = -1;
        var nearest = double.PositiveInfinity;
        for (var x = lowX; ; x = highX)
        {
            for (var y = lowY; ; y = highY)
            {
                for (var z = lowZ; ; z = highZ)
                {
                    if (places.TryGetValue((kind, x, y, z), out var list))
                        foreach (var (place, number) in list)
                        {
                            var distance = lattice.ToCartesian(Nearest(place - fractional)).Length;
                            if (distance <= toleranceA && distance < nearest) (found, nearest) = (number, distance);
                        }
                    if (z == highZ) break;
                }
                if (y == highY) break;
            }
            if (x == highX) break;
        }
        return found;
    }

    /// <summary>Whether two places, or images of them, are at most so far apart. Exact while lattice planes are farther apart than twice that.</summary>
    public static bool Coincide(Lattice lattice, Vector3D left, Vector3D right, double toleranceA) =>
        lattice.ToCartesian(Nearest(left - right)).Length <= toleranceA;

    /// <summary>A difference of fractional coordinates without whole lattice vectors.</summary>
    public static Vector3D Nearest(Vector3D difference) => new(
        difference.X - Math.Round(difference.X), difference.Y - Math.Round(difference.Y), difference.Z - Math.Round(difference.Z));

    private int Box(Vector3D f, int axis) => Math.Clamp((int)((f[axis] - Math.Floor(f[axis])) * boxes[axis]), 0, boxes[axis] - 1);

    /// <summary>Compares all of two sites but where they are.</summary>
    private sealed class SameKind : IEqualityComparer<Site>
    {
        public bool Equals(Site? x, Site? y) => ReferenceEquals(x, y)
            || (x is not null && y is not null && x.Element == y.Element && (x with { Fractional = y.Fractional }) == y);

        public int GetHashCode(Site site) => HashCode.Combine(site.Element, site.MomentMuB, site.Part);
    }
}
