namespace DftFlow.Crystals;

/// <summary>Pairs of neighbouring sites, found by sorting the sites into boxes, so that the effort grows with the number of sites.</summary>
internal static class NeighbourPairs
{
    private const int MostBoxesAlongAxis = 1 << 20;

    /// <summary>
    /// Every pair of a site and a site (or an image of one, or of itself) not farther apart than the radius in Å, each pair once,
    /// i ≤ j, counted from 0.
    /// </summary>
    /// <remarks>The caller makes sure that the lattice's shortest vector is not tiny against the radius.</remarks>
    public static IEnumerable<(int I, int J, double DistanceA)> Within(Structure structure, double radiusA) =>
        VectorsWithin(structure, radiusA).Select(pair => (pair.I, pair.J, pair.VectorA.Length));

    /// <summary>The same with the vector in Å that leads from site i to site j, or its image.</summary>
    public static IEnumerable<(int I, int J, Vector3D VectorA)> VectorsWithin(Structure structure, double radiusA)
    {
        var lattice = LatticeReduction.Reduced(structure.Lattice);
        int[] boxes = new int[3], reach = new int[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var spacing = 2 * Math.PI / lattice.Reciprocal(axis).Length;
            boxes[axis] = (int)Math.Clamp(Math.Floor(spacing / radiusA), 1, MostBoxesAlongAxis);
            reach[axis] = (int)Math.Ceiling(radiusA * boxes[axis] / spacing);
        }
        var places = structure.Sites.Select(site => Wrapped(lattice.ToFractional(structure.Lattice.ToCartesian(site.Fractional)))).ToArray();
        var sitesOfBox = new Dictionary<(int, int, int), List<int>>();
        for (var i = 0; i < places.Length; i++)
        {
            var key = (Box(places[i].X, boxes[0]), Box(places[i].Y, boxes[1]), Box(places[i].Z, boxes[2]));
            if (!sitesOfBox.TryGetValue(key, out var sites)) sitesOfBox[key] = sites = [];
            sites.Add(i);
        }
        for (var i = 0; i < places.Length; i++)
        {
            int x = Box(places[i].X, boxes[0]), y = Box(places[i].Y, boxes[1]), z = Box(places[i].Z, boxes[2]);
            for (var dx = -reach[0]; dx <= reach[0]; dx++)
                for (var dy = -reach[1]; dy <= reach[1]; dy++)
                    for (var dz = -reach[2]; dz <= reach[2]; dz++)
                    {
                        var (boxX, imageX) = Image(x + dx, boxes[0]);
                        var (boxY, imageY) = Image(y + dy, boxes[1]);
                        var (boxZ, imageZ) = Image(z + dz, boxes[2]);
                        if (!sitesOfBox.TryGetValue((boxX, boxY, boxZ), out var sites)) continue;
                        foreach (var j in sites)
                        {
                            // A site and its images come in opposite pairs: one of the two is enough, and none for the site itself.
                            if (j < i || (j == i && (imageX, imageY, imageZ).CompareTo((0, 0, 0)) <= 0)) continue;
                            var vector = lattice.ToCartesian(places[j] - places[i] + new Vector3D(imageX, imageY, imageZ));
                            if (vector.Length <= radiusA) yield return (i, j, vector);
                        }
                    }
        }
    }

    private static Vector3D Wrapped(Vector3D f) => new(f.X - Math.Floor(f.X), f.Y - Math.Floor(f.Y), f.Z - Math.Floor(f.Z));

    // Rounding can wrap a coordinate to 1 itself.
    private static int Box(double coordinate, int boxes) => Math.Min((int)(coordinate * boxes), boxes - 1);

    private static (int Box, int Image) Image(int box, int boxes)
    {
        var image = (int)Math.Floor((double)box / boxes);
        return (box - image * boxes, image);
    }
}
