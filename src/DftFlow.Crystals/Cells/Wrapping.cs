namespace DftFlow.Crystals.Cells;

/// <summary>Brings sites back into the cell.</summary>
public static class Wrapping
{
    // What rounding leaves of a whole number.
    private const double Noise = 1e-12;

    /// <summary>The same crystal with all fractional coordinates from 0 to below 1; those within 1e-12 of 0 or 1 are 0.</summary>
    public static Structure Apply(Structure structure) =>
        structure with { Sites = [.. structure.Sites.Select(site => site with { Fractional = IntoCell(site.Fractional) })] };

    internal static Vector3D IntoCell(Vector3D fractional) => new(IntoCell(fractional.X), IntoCell(fractional.Y), IntoCell(fractional.Z));

    private static double IntoCell(double coordinate)
    {
        var inside = coordinate - Math.Floor(coordinate);
        return inside is < Noise or > 1 - Noise ? 0 : inside;
    }
}
