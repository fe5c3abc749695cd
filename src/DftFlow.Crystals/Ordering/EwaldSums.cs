namespace DftFlow.Crystals.Ordering;

/// <summary>
/// The two fast converging sums into which Ewald splits the potential of a periodic set of charges (P. P. Ewald, Ann. Phys. 369, 253
/// (1921)): Gaussians that screen, summed over the lattice, and those that make up for them, summed over the reciprocal lattice. Both
/// are cut where the terms fall below 1e-14.
/// </summary>
internal sealed class EwaldSums
{
    /// <summary>e²/(4π ε0) in eV Å (CODATA 2018).</summary>
    public const double CoulombEvA = 14.399645478425668;

    /// <summary>Sites closer than this (Å) have no electrostatic energy that means anything.</summary>
    public const double CoincidentA = 0.01;

    // erfc(5.8) and exp(−5.8²) are about 2e-15.
    private const double Cutoff = 5.8;
    private const double MostTerms = 3e10, MostWaves = 1e7;

    private readonly Lattice lattice;
    private readonly double alpha, cutoffA;
    private readonly (double X, double Y, double Z) reach;
    private readonly Vector3D[] fractions;

    /// <param name="workRatio">
    /// α³V: large where a term of the reciprocal sum is cheap in comparison with one of the real sum. The result does not hang on it.
    /// </param>
    public EwaldSums(Structure structure, double workRatio)
    {
        lattice = LatticeReduction.Reduced(structure.Lattice);
        fractions = [.. structure.Sites.Select(site => lattice.ToFractional(structure.Lattice.ToCartesian(site.Fractional)))];
        alpha = Math.Cbrt(workRatio / lattice.Volume);
        cutoffA = Cutoff / alpha;
        reach = (cutoffA * lattice.Reciprocal(0).Length / (2 * Math.PI), cutoffA * lattice.Reciprocal(1).Length / (2 * Math.PI), cutoffA * lattice.Reciprocal(2).Length / (2 * Math.PI));
        var images = (2 * reach.X + 1) * (2 * reach.Y + 1) * (2 * reach.Z + 1);
        (double X, double Y, double Z) most = (Most(lattice.A), Most(lattice.B), Most(lattice.C));
        if (lattice.A.Length < 2 * CoincidentA || !(images * Count * Count < MostTerms && (2 * most.X + 1) * (2 * most.Y + 1) * (2 * most.Z + 1) < MostWaves))
            throw new DftFlowException("DF1232", "The cell is too flat or too long for its electrostatic energy: the sums over its images do not end in time.", "Give a cell whose shortest lattice vector is not thousands of times shorter than its longest.");
        foreach (var (i, j, _) in NeighbourPairs.Within(structure, CoincidentA))
            throw new DftFlowException("DF1232", FormattableString.Invariant($"Sites {i + 1} and {j + 1} lie on each other: their electrostatic energy has no bounds."), "Remove one of the two, or correct the coordinates.");
        Waves = HalfSpace((int)most.X, (int)most.Y, (int)most.Z);

        double Most(Vector3D vector) => Math.Floor(2 * alpha * Cutoff * vector.Length / (2 * Math.PI));
    }

    public int Count => fractions.Length;

    /// <summary>
    /// One of each pair of opposite reciprocal lattice vectors, as whole numbers, and what its cosine is multiplied by in the
    /// interaction of two charges, in eV.
    /// </summary>
    public (int H, int K, int L, double Weight)[] Waves { get; }

    public Vector3D Fraction(int site) => fractions[site];

    /// <summary>What every pair, a site with itself too, gets from the background that makes a charged cell neutral, in eV.</summary>
    public double Background => -Math.PI / (lattice.Volume * alpha * alpha) * CoulombEvA;

    /// <summary>What the Gaussian of a site does to the site itself, in eV.</summary>
    public double Self => -2 * alpha / Math.Sqrt(Math.PI) * CoulombEvA;

    /// <summary>The sum over the images of site j seen from site i, without the site itself, in eV.</summary>
    public double Real(int i, int j)
    {
        var d = fractions[j] - fractions[i];
        d = new(d.X - Math.Round(d.X), d.Y - Math.Round(d.Y), d.Z - Math.Round(d.Z));
        var sum = 0.0;
        for (var x = Math.Ceiling(-reach.X - d.X); x <= reach.X - d.X; x++)
            for (var y = Math.Ceiling(-reach.Y - d.Y); y <= reach.Y - d.Y; y++)
            {
                var row = lattice.A * (d.X + x) + lattice.B * (d.Y + y);
                for (var z = Math.Ceiling(-reach.Z - d.Z); z <= reach.Z - d.Z; z++)
                {
                    var vector = row + lattice.C * (d.Z + z);
                    var squared = vector.Dot(vector);
                    // What is that close is the site itself.
                    if (squared > cutoffA * cutoffA || squared < CoincidentA * CoincidentA) continue;
                    var distance = Math.Sqrt(squared);
                    sum += ErrorFunction.Complement(alpha * distance) / distance;
                }
            }
        return sum * CoulombEvA;
    }

    private (int, int, int, double)[] HalfSpace(int mostX, int mostY, int mostZ)
    {
        var waves = new List<(int, int, int, double)>();
        var limit = 4 * alpha * alpha * Cutoff * Cutoff;
        for (var h = 0; h <= mostX; h++)
            for (var k = h == 0 ? 0 : -mostY; k <= mostY; k++)
                for (var l = h == 0 && k == 0 ? 1 : -mostZ; l <= mostZ; l++)
                {
                    var g = lattice.Reciprocal(0) * h + lattice.Reciprocal(1) * k + lattice.Reciprocal(2) * l;
                    var squared = g.Dot(g);
                    if (squared <= limit) waves.Add((h, k, l, 8 * Math.PI / lattice.Volume * Math.Exp(-squared / (4 * alpha * alpha)) / squared * CoulombEvA));
                }
        return [.. waves];
    }
}
