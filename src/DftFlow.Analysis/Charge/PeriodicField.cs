using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge;

/// <summary>Values on a grid that spans a periodic cell, and between its points by trilinear interpolation.</summary>
public sealed class PeriodicField
{
    private readonly double[] values;
    private readonly GridDimensions grid;

    /// <param name="values">x fastest.</param>
    /// <exception cref="ArgumentException">There are not as many values as the grid has points.</exception>
    public PeriodicField(Lattice lattice, GridDimensions grid, double[] values)
    {
        if (values.Length != grid.Count || values.Length == 0) throw new ArgumentException("There must be as many values as the grid has points.", nameof(values));
        (Lattice, this.grid, this.values) = (lattice, grid, values);
    }

    public Lattice Lattice { get; }

    public GridDimensions Grid => grid;

    /// <summary>The value at a place in Å.</summary>
    public double AtCartesian(Vector3D placeA) => At(Lattice.ToFractional(placeA));

    /// <summary>The value at a place in fractions of the lattice vectors, in whichever cell it lies.</summary>
    public double At(Vector3D fractional)
    {
        var (x0, x1, x) = Between(fractional.X, grid.X);
        var (y0, y1, y) = Between(fractional.Y, grid.Y);
        var (z0, z1, z) = Between(fractional.Z, grid.Z);
        return Mix(Mix(Row(y0, z0), Row(y1, z0), y), Mix(Row(y0, z1), Row(y1, z1), y), z);

        double Row(int j, int k) => Mix(values[grid.Index(x0, j, k)], values[grid.Index(x1, j, k)], x);
    }

    /// <summary>
    /// The same by cubic convolution over 64 points (R. G. Keys, IEEE Trans. Acoust. Speech Signal Process. 29, 1153 (1981), a = −1/2): without
    /// kinks, equal to the values at the points, exact for what is linear. It can swing a little beyond the values around.
    /// </summary>
    /// <param name="fractional">In fractions of the lattice vectors.</param>
    public double Smooth(Vector3D fractional)
    {
        Span<int> places = stackalloc int[12];
        Span<double> weights = stackalloc double[12];
        Around(fractional.X, grid.X, places[..4], weights[..4]);
        Around(fractional.Y, grid.Y, places[4..8], weights[4..8]);
        Around(fractional.Z, grid.Z, places[8..], weights[8..]);
        var sum = 0.0;
        for (var k = 8; k < 12; k++)
            for (var j = 4; j < 8; j++)
            {
                var row = grid.Index(0, places[j], places[k]);
                var along = values[row + places[0]] * weights[0] + values[row + places[1]] * weights[1] + values[row + places[2]] * weights[2] + values[row + places[3]] * weights[3];
                sum += along * weights[j] * weights[k];
            }
        return sum;
    }

    private static void Around(double fraction, int points, Span<int> places, Span<double> weights)
    {
        var (low, high, t) = Between(fraction, points);
        (places[0], places[1], places[2], places[3]) = (low == 0 ? points - 1 : low - 1, low, high, high + 1 == points ? 0 : high + 1);
        weights[0] = t * (-0.5 + t * (1 - 0.5 * t));
        weights[1] = 1 + t * t * (-2.5 + 1.5 * t);
        weights[2] = t * (0.5 + t * (2 - 1.5 * t));
        weights[3] = t * t * (-0.5 + 0.5 * t);
    }

    // The points on either side, and how far the place is from the first.
    private static (int Low, int High, double Part) Between(double fraction, int points)
    {
        var at = (fraction - Math.Floor(fraction)) * points;
        var low = (int)at;
        // Rounding can wrap a fraction to 1 itself.
        if (low == points) return (0, points == 1 ? 0 : 1, 0);
        return (low, low + 1 == points ? 0 : low + 1, at - low);
    }

    private static double Mix(double a, double b, double part) => a + (b - a) * part;
}
