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
