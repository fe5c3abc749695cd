using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge;

/// <summary>
/// A density's average over the planes that the two other lattice vectors span, times their area: what a slice holds for each Å along
/// their normal. Right in skewed cells; its sum over the cell is the integral of the density.
/// </summary>
public sealed class PlanarAverage
{
    private readonly double[] perA;

    // Integrals from the origin to each point, and behind the last to the cell's end: trapezoids of the periodic curve.
    private readonly double[] integrals;

    /// <param name="block">A density times the volume.</param>
    /// <param name="axis">0, 1 or 2: the lattice vector that leads from plane to plane.</param>
    public PlanarAverage(Lattice lattice, GridDimensions grid, GridBlock<double> block, int axis)
    {
        PeriodA = 2 * Math.PI / lattice.Reciprocal(axis).Length;
        perA = Means(grid, block.Values, axis);
        // A value is a density times the volume: over the height it is what a plane holds for each Å.
        for (var i = 0; i < perA.Length; i++) perA[i] /= PeriodA;
        integrals = new double[perA.Length + 1];
        for (var i = 0; i < perA.Length; i++) integrals[i + 1] = integrals[i] + (perA[i] + perA[(i + 1) % perA.Length]) / 2 * StepA;
    }

    /// <summary>The height of the cell at right angles to the planes.</summary>
    public double PeriodA { get; }

    public int Count => perA.Length;

    public double StepA => PeriodA / perA.Length;

    /// <summary>The heights of the planes in Å above the origin of the cell.</summary>
    public ImmutableArray<double> HeightsA => [.. Enumerable.Range(0, Count).Select(i => i * StepA)];

    /// <summary>Electrons (or µB) for each Å.</summary>
    public ImmutableArray<double> PerA => [.. perA];

    /// <summary>Over the whole cell.</summary>
    public double Integral => integrals[^1];

    /// <summary>What lies between a height and each of the planes, negative below it: the charge that went across them, if none went across that height.</summary>
    public ImmutableArray<double> IntegralFrom(double heightA)
    {
        var start = IntegralTo(heightA);
        return [.. integrals[..Count].Select(integral => integral - start)];
    }

    /// <summary>
    /// The macroscopic average (A. Baldereschi, S. Baroni and R. Resta, Phys. Rev. Lett. 61, 734 (1988)): at each height the mean over one
    /// period around it, with straight lines between the planes.
    /// </summary>
    public ImmutableArray<double> Macroscopic(double lengthA) =>
        [.. Enumerable.Range(0, Count).Select(i => (IntegralTo(i * StepA + lengthA / 2) - IntegralTo(i * StepA - lengthA / 2)) / lengthA)];

    /// <summary>The middle of the widest layer without atoms' centres, as a part of the cell's height: in the vacuum of a slab. 0 without atoms.</summary>
    /// <param name="positions">In fractions of the lattice vectors.</param>
    public static double AtomFreePart(IEnumerable<Vector3D> positions, int axis)
    {
        double[] parts = [.. positions.Select(place => place[axis] - Math.Floor(place[axis])).Order()];
        if (parts.Length == 0) return 0;
        var widest = Enumerable.Range(0, parts.Length).Select(i => (From: parts[i], To: i + 1 < parts.Length ? parts[i + 1] : parts[0] + 1)).MaxBy(layer => Math.Round(layer.To - layer.From, 9));
        var middle = (widest.From + widest.To) / 2;
        return middle - Math.Floor(middle);
    }

    // From the origin to any height, also in other cells.
    private double IntegralTo(double heightA)
    {
        var cells = Math.Floor(heightA / PeriodA);
        var at = (heightA - cells * PeriodA) / StepA;
        var i = Math.Min((int)at, Count - 1);
        var part = at - i;
        var (low, high) = (perA[i], perA[(i + 1) % Count]);
        return cells * Integral + integrals[i] + StepA * part * (low + (high - low) * part / 2);
    }

    private static double[] Means(GridDimensions grid, double[] values, int axis)
    {
        var count = axis switch { 0 => grid.X, 1 => grid.Y, _ => grid.Z };
        // Plane by plane of z, so that nothing hangs on who adds first.
        var planes = new double[grid.Z][];
        Parallel.For(0, grid.Z, k =>
        {
            var sums = planes[k] = new double[axis == 2 ? 1 : count];
            for (var j = 0; j < grid.Y; j++)
            {
                var row = values.AsSpan(grid.Index(0, j, k), grid.X);
                if (axis == 0) for (var i = 0; i < row.Length; i++) sums[i] += row[i];
                else
                {
                    var sum = 0.0;
                    foreach (var value in row) sum += value;
                    sums[axis == 1 ? j : 0] += sum;
                }
            }
        });
        var means = new double[count];
        foreach (var (k, sums) in planes.Index())
            for (var i = 0; i < sums.Length; i++) means[axis == 2 ? k : i] += sums[i];
        for (var i = 0; i < count; i++) means[i] /= grid.Count / count;
        return means;
    }
}
