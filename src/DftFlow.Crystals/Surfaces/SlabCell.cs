namespace DftFlow.Crystals.Surfaces;

/// <summary>Where a slab lies along c.</summary>
public enum SlabPosition
{
    /// <summary>The middle between lowest and highest atom is at c = 0.5.</summary>
    Centre,

    /// <summary>The lowest atom is at c = 0.</summary>
    Bottom,
}

/// <summary>Changes the cell about a slab, and leaves the slab as it is.</summary>
public static class SlabCell
{
    /// <summary>More than this leads to no result that could be looked at, in atoms.</summary>
    public const int MostAtoms = 1_000_000;

    /// <summary>More than this is a slip of the pen, in Å.</summary>
    public const double MostVacuumA = 1000;

    private const int LargestMultiple = 10_000;

    /// <summary>Below this, in Å, a slab's images are likely to feel each other.</summary>
    public const double LeastVacuumA = 10;

    /// <summary>
    /// The slab with its vacuum set, measured between the outermost atoms' centres at right angles to the surface, in Å. a, b and the
    /// side-step of c stay. The slab is what lies between the widest gap and its next image.
    /// </summary>
    /// <exception cref="DftFlowException">DF1610: not a vacuum, or no atoms.</exception>
    public static Structure WithVacuum(Structure slab, double vacuumA, SlabPosition position = SlabPosition.Centre)
    {
        Check(vacuumA);
        var layers = Layers(slab);
        return Placed(slab, layers, slab.Lattice.C + layers.Normal * (vacuumA - layers.VacuumA), position);
    }

    /// <summary>The slab moved along c.</summary>
    /// <exception cref="DftFlowException">DF1610: there are no atoms.</exception>
    public static Structure Placed(Structure slab, SlabPosition position) => Placed(slab, Layers(slab), slab.Lattice.C, position);

    /// <summary>
    /// The slab with a′ = m11·a + m12·b and b′ = m21·a + m22·b; c stays. The atoms of one original follow each other.
    /// </summary>
    /// <exception cref="DftFlowException">DF1610: the matrix keeps no area, or turns the cell's hand; or too many atoms.</exception>
    public static Structure InPlane(Structure slab, int m11, int m12, int m21, int m22)
    {
        if (new[] { m11, m12, m21, m22 }.Any(number => number is < -LargestMultiple or > LargestMultiple))
            throw Error(FormattableString.Invariant($"The in-plane cell [[{m11}, {m12}], [{m21}, {m22}]] has a number beyond {LargestMultiple}."), "Give smaller multiples of a and b.");
        var cells = (long)m11 * m22 - (long)m12 * m21;
        if (cells < 1)
            throw Error(FormattableString.Invariant($"The in-plane cell [[{m11}, {m12}], [{m21}, {m22}]] has the determinant {cells}."),
                "It is the number of cells: at least 1. Exchange the two rows where it is negative.");
        if (cells > MostAtoms / Math.Max(1, slab.Sites.Length)) throw TooManyAtoms((double)cells * slab.Sites.Length);
        if (cells == 1 && (m11, m12, m21, m22) == (1, 0, 0, 1)) return slab;
        var (a, b) = (slab.Lattice.A, slab.Lattice.B);
        var lattice = new Lattice(a * m11 + b * m12, a * m21 + b * m22, slab.Lattice.C);
        // Cells that are not images of each other: b recurs after the greatest common divisor of its numbers, and a then fills the area.
        var alongB = GreatestCommonDivisor(Math.Abs((long)m12), Math.Abs((long)m22));
        var alongA = cells / alongB;
        return new(lattice, [.. slab.Sites.SelectMany(site =>
            from i in Enumerable.Range(0, (int)alongA)
            from j in Enumerable.Range(0, (int)alongB)
            let f = site.Fractional + new Vector3D(i, j, 0)
            select site with { Fractional = Fractions.Wrapped(new Vector3D((f.X * m22 - f.Y * m21) / cells, (f.Y * m11 - f.X * m12) / cells, f.Z)) })]);

        static long GreatestCommonDivisor(long x, long y) => y == 0 ? x : GreatestCommonDivisor(y, x % y);
    }

    internal static void Check(double vacuumA)
    {
        if (double.IsFinite(vacuumA) && vacuumA > MostVacuumA)
            throw Error(FormattableString.Invariant($"{vacuumA:G6} Å of vacuum are more than the {MostVacuumA} Å that are built."), "Every Å of it costs plane waves; 15 Å is usual.");
        if (!(vacuumA > 0) || !double.IsFinite(vacuumA))
            throw Error(FormattableString.Invariant($"{vacuumA} Å is not a vacuum."), "Give the distance between the outermost atoms of the slab and of its next image in Å, above zero; 15 Å is usual.");
    }

    internal static DftFlowException TooManyAtoms(double atoms) => Error(
        FormattableString.Invariant($"The slab would have {atoms:0} atoms; the limit is {MostAtoms}."), "Make it thinner, or take a smaller cell in the plane.");

    internal static DftFlowException Error(string message, string hint) => new("DF1610", message, hint);

    private static AtomicLayers Layers(Structure slab) =>
        slab.Sites.IsEmpty ? throw Error("A slab without atoms cannot be placed.", "Check the structure that it is built from.") : AtomicLayers.Of(slab);

    private static Structure Placed(Structure slab, AtomicLayers layers, Vector3D c, SlabPosition position)
    {
        var lattice = new Lattice(slab.Lattice.A, slab.Lattice.B, c);
        var period = c.Dot(layers.Normal);
        var bottom = Enumerable.Range(1, slab.Sites.Length).Min(layers.HeightA);
        var start = position == SlabPosition.Bottom ? 0 : (period - layers.ThicknessA) / 2;
        return new(lattice, [.. slab.Sites.Select((site, i) =>
        {
            // The image of the atom that belongs to the slab, moved along the normal.
            var height = layers.HeightA(i + 1);
            var image = Math.Round(height / layers.PeriodA - site.Fractional.Z);
            var place = slab.Lattice.ToCartesian(site.Fractional + new Vector3D(0, 0, image)) + layers.Normal * (start - bottom);
            var f = lattice.ToFractional(place);
            return site with { Fractional = Fractions.Wrapped(f with { Z = (height - bottom + start) / period }) };
        })]);
    }
}
