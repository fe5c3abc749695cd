namespace DftFlow.Crystals.Surfaces;

/// <summary>The bonds that a surface breaks, without a table of radii.</summary>
internal static class NearestBonds
{
    /// <summary>How much longer than the shortest distance of an atom a distance may be that still is a bond of it.</summary>
    public const double Reach = 1.2;

    private const double FirstRadiusA = 3;

    /// <summary>
    /// The pairs of atoms not farther apart than <see cref="Reach"/> times the distance of the nearest neighbour of one of the two,
    /// so that the oxygen of a perovskite is bonded to both cations though they are at very different distances. Each pair once.
    /// </summary>
    /// <remarks>No two atoms of the structure lie on each other.</remarks>
    public static List<(int I, int J, Vector3D VectorA)> Of(Structure structure)
    {
        for (var radius = FirstRadiusA; ; radius *= 1.5)
        {
            var pairs = NeighbourPairs.VectorsWithin(structure, radius).ToList();
            var nearest = Enumerable.Repeat(double.PositiveInfinity, structure.Sites.Length).ToArray();
            foreach (var (i, j, vector) in pairs)
            {
                nearest[i] = Math.Min(nearest[i], vector.Length);
                nearest[j] = Math.Min(nearest[j], vector.Length);
            }
            // Every atom has images of itself: the radius grows no further than to the longest of the cell's shortest vectors.
            if (nearest.Max() * Reach > radius) continue;
            return pairs.FindAll(pair => pair.VectorA.Length <= Reach * Math.Max(nearest[pair.I], nearest[pair.J]));
        }
    }
}
