using System.Numerics;

namespace DftFlow.Crystals.Ordering;

/// <summary>
/// The electrostatic energy of point charges in a periodic cell, in eV, exact to about 1e-12 of the sum of its parts. The sum at
/// infinity is that of a crystal in a conductor (no surface term, as in VASP and pymatgen): a slab with a dipole feels its images. A
/// charged cell is made neutral by an even background, whose energy is counted.
/// </summary>
/// <remarks>M. P. Tosi, Solid State Phys. 16, 1 (1964); the background as in M. Leslie, M. J. Gillan, J. Phys. C 18, 973 (1985).</remarks>
public static class Ewald
{
    public const int MostSites = 20_000;

    /// <param name="charges">Of each site, in units of the elementary charge.</param>
    /// <returns>The energy of the cell, in eV.</returns>
    /// <exception cref="DftFlowException">DF1232: sites lie on each other, or the cell is too large or too flat.</exception>
    public static double EnergyEv(Structure structure, IReadOnlyList<double> charges, CancellationToken cancellation = default)
    {
        Check(structure, charges.Count, MostSites);
        if (structure.Sites.IsEmpty) return 0;
        var q = charges.ToArray();
        // A term of the real sum takes about 60 times as long as one of the reciprocal sum.
        var sums = new EwaldSums(structure, 6 * Math.Sqrt(q.Length) + 20);
        var options = new ParallelOptions { CancellationToken = cancellation };

        var ofSites = new double[q.Length];
        Parallel.For(0, q.Length, options, i =>
        {
            var potential = 0.5 * q[i] * sums.Real(i, i);
            for (var j = 0; j < i; j++) potential += q[j] * sums.Real(i, j);
            ofSites[i] = q[i] * potential;
        });

        var phases = Phases.Of(sums);
        var ofWaves = new double[sums.Waves.Length];
        Parallel.For(0, ofWaves.Length, options, wave =>
        {
            var (h, k, l, weight) = sums.Waves[wave];
            var factor = Complex.Zero;
            for (var i = 0; i < q.Length; i++) factor += q[i] * phases[i, h, k, l];
            ofWaves[wave] = 0.5 * weight * (factor.Real * factor.Real + factor.Imaginary * factor.Imaginary);
        });

        // One after the other, so that the number of processors does not show.
        double total = q.Sum(), squares = q.Sum(charge => charge * charge);
        return ofSites.Sum() + ofWaves.Sum() + 0.5 * sums.Self * squares + 0.5 * sums.Background * total * total;
    }

    internal static void Check(Structure structure, int charges, int mostSites)
    {
        if (charges != structure.Sites.Length)
            throw new ArgumentException(FormattableString.Invariant($"There are {charges} charges for {structure.Sites.Length} sites."), nameof(charges));
        if (charges > mostSites)
            throw new DftFlowException("DF1232", FormattableString.Invariant($"The cell has {charges} sites; the electrostatic energies of up to {mostSites} are computed."), "Order a smaller cell and repeat it, or choose the method `random` or `sqs`.");
    }
}

/// <summary>e^(2πi n f) for each site, axis and whole number that a set of waves needs.</summary>
internal sealed class Phases
{
    private readonly int[] most = new int[3];
    private readonly Complex[][] tables = new Complex[3][];

    public static Phases Of(EwaldSums sums)
    {
        var phases = new Phases();
        for (var axis = 0; axis < 3; axis++)
        {
            foreach (var (h, k, l, _) in sums.Waves)
                phases.most[axis] = Math.Max(phases.most[axis], Math.Abs(axis switch { 0 => h, 1 => k, _ => l }));
            var width = 2 * phases.most[axis] + 1;
            var table = phases.tables[axis] = new Complex[sums.Count * width];
            for (var site = 0; site < sums.Count; site++)
                for (var n = 0; n < width; n++)
                {
                    var (sine, cosine) = Math.SinCos(2 * Math.PI * (n - phases.most[axis]) * sums.Fraction(site)[axis]);
                    table[site * width + n] = new(cosine, sine);
                }
        }
        return phases;
    }

    public Complex this[int site, int h, int k, int l] => At(0, site, h) * At(1, site, k) * At(2, site, l);

    private Complex At(int axis, int site, int n) => tables[axis][site * (2 * most[axis] + 1) + most[axis] + n];
}
