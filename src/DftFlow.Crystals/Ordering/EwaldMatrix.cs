using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DftFlow.Crystals.Ordering;

/// <summary>
/// How each site of a cell and its images act on each other, so that the energy of any charges on the same sites is E = ½ qᵀ M q, in
/// eV: the exchange of two charges then takes no more than a few multiplications. Conventions as in <see cref="Ewald"/>.
/// </summary>
public sealed class EwaldMatrix
{
    public const int MostSites = 4096;

    // Waves are taken so many at a time, so that the rows that are multiplied stay in the processor's cache.
    private const int Block = 128;

    private readonly double[] elements;

    private EwaldMatrix(double[] elements, int count) => (this.elements, Count) = (elements, count);

    public int Count { get; }

    /// <summary>The interaction of unit charges on two sites (counted from 0), in eV.</summary>
    public double this[int i, int j] => elements[i * Count + j];

    /// <exception cref="DftFlowException">DF1232: sites lie on each other, or the cell is too large or too flat.</exception>
    public static EwaldMatrix Of(Structure structure, CancellationToken cancellation = default)
    {
        var n = structure.Sites.Length;
        Ewald.Check(structure, n, MostSites);
        var elements = new double[n * n];
        if (n == 0) return new(elements, 0);
        var sums = new EwaldSums(structure, 90);
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, n, options, i =>
        {
            for (var j = 0; j <= i; j++) elements[i * n + j] = sums.Real(i, j) + sums.Background + (i == j ? sums.Self : 0);
        });
        var phases = Phases.Of(sums);
        var rows = new double[n * 2 * Block];
        foreach (var waves in sums.Waves.Chunk(Block))
        {
            Parallel.For(0, n, options, i =>
            {
                var row = rows.AsSpan(i * 2 * Block, 2 * Block);
                row.Clear();
                for (var wave = 0; wave < waves.Length; wave++)
                {
                    var phase = phases[i, waves[wave].H, waves[wave].K, waves[wave].L] * Math.Sqrt(waves[wave].Weight);
                    (row[wave], row[Block + wave]) = (phase.Real, phase.Imaginary);
                }
            });
            Parallel.For(0, n, options, i =>
            {
                for (var j = 0; j <= i; j++) elements[i * n + j] += Dot(rows.AsSpan(i * 2 * Block, 2 * Block), rows.AsSpan(j * 2 * Block, 2 * Block));
            });
        }
        for (var i = 0; i < n; i++)
            for (var j = 0; j < i; j++) elements[j * n + i] = elements[i * n + j];
        return new(elements, n);
    }

    /// <summary>The energy of the cell with these charges (of each site, in units of the elementary charge), in eV.</summary>
    public double EnergyEv(IReadOnlyList<double> charges)
    {
        var potentials = PotentialsV(charges);
        var energy = 0.0;
        for (var i = 0; i < Count; i++) energy += charges[i] * potentials[i];
        return energy / 2;
    }

    /// <summary>The potential at each site of all charges and their images, a site's own charge left out but for its images, in V.</summary>
    public double[] PotentialsV(IReadOnlyList<double> charges)
    {
        if (charges.Count != Count) throw new ArgumentException(FormattableString.Invariant($"There are {charges.Count} charges for {Count} sites."), nameof(charges));
        var q = charges.ToArray();
        var potentials = new double[Count];
        for (var i = 0; i < Count; i++)
            for (var j = 0; j < Count; j++) potentials[i] += elements[i * Count + j] * q[j];
        return potentials;
    }

    // The width of the vectors is fixed, and so is the order of the additions, whatever the processor has.
    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var a = MemoryMarshal.Cast<double, Vector256<double>>(left);
        var b = MemoryMarshal.Cast<double, Vector256<double>>(right);
        Vector256<double> even = Vector256<double>.Zero, odd = Vector256<double>.Zero;
        for (var i = 0; i + 1 < a.Length; i += 2)
        {
            even += a[i] * b[i];
            odd += a[i + 1] * b[i + 1];
        }
        var sum = even + odd;
        return sum[0] + sum[1] + (sum[2] + sum[3]);
    }
}
