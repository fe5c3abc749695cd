namespace DftFlow.Crystals.Cells;

/// <summary>A site and a site, or an image of one or of itself; sites are counted from 0.</summary>
/// <param name="VectorA">From site I to site J or its image, in Å.</param>
public readonly record struct AtomPair(int I, int J, Vector3D VectorA)
{
    public double DistanceA => VectorA.Length;

    /// <summary>How many lattice vectors the image of J lies from J itself.</summary>
    public (int A, int B, int C) ImageIn(Structure structure)
    {
        var cells = structure.Lattice.ToFractional(VectorA) - (structure.Sites[J].Fractional - structure.Sites[I].Fractional);
        return ((int)Math.Round(cells.X), (int)Math.Round(cells.Y), (int)Math.Round(cells.Z));
    }
}

/// <summary>The neighbours in a periodic structure, pair by pair.</summary>
public static class AtomPairs
{
    /// <summary>Every pair not farther apart than so many Å, periodic images included, each once and with I ≤ J.</summary>
    /// <exception cref="DftFlowException">DF1220: atoms lie on each other.</exception>
    public static IEnumerable<AtomPair> Within(Structure structure, double radiusA)
    {
        if (MinimumDistances.Check(structure) is [{ Severity: Severity.Error } overlap, ..]) throw new DftFlowException(overlap.Code, overlap.Message, overlap.Hint);
        return radiusA > 0 ? NeighbourPairs.VectorsWithin(structure, radiusA).Select(pair => new AtomPair(pair.I, pair.J, pair.VectorA)) : [];
    }

    /// <summary>The shortest vector in Å from one site (counted from 0) to another or an image of it.</summary>
    public static Vector3D Nearest(Structure structure, int i, int j)
    {
        var pair = new Structure(structure.Lattice, [structure.Sites[i], structure.Sites[j]]);
        // What rounding may take away.
        var reach = pair.DistanceA(0, 1) * (1 + 1e-9) + 1e-9;
        return NeighbourPairs.VectorsWithin(pair, reach).Where(near => (near.I, near.J) == (0, 1)).MinBy(near => near.VectorA.Length).VectorA;
    }
}
