namespace DftFlow.Crystals;

/// <summary>Fractional coordinates as they are written down.</summary>
internal static class Fractions
{
    private const double Noise = 1e-12;

    /// <summary>In the cell: from 0 to below 1, and without the noise of the last digits, so that 0.99999999999999989 is 0.</summary>
    public static Vector3D Wrapped(Vector3D f) => new(Wrapped(f.X), Wrapped(f.Y), Wrapped(f.Z));

    public static double Wrapped(double coordinate)
    {
        var rounded = Math.Round(coordinate - Math.Floor(coordinate), 14);
        return rounded is < Noise or > 1 - Noise ? 0 : rounded;
    }
}
