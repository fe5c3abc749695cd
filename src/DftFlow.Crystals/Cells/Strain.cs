namespace DftFlow.Crystals.Cells;

/// <summary>A strained cell. Volume: the new one divided by the old one.</summary>
public sealed record StrainResult(Structure Structure, double VolumeRatio);

/// <summary>Deforms the cell; the atoms keep their fractional coordinates.</summary>
public static class Strain
{
    /// <summary>
    /// Makes each lattice vector longer by a part of its length: 0.01 is one in a hundred, −0.01 shorter. Directions and angles stay.
    /// </summary>
    /// <exception cref="DftFlowException">DF1285: not a deformation.</exception>
    public static StrainResult AlongLatticeVectors(Structure structure, double a, double b, double c)
    {
        var lattice = structure.Lattice;
        return a > -1 && b > -1 && c > -1 ? Result(structure, lattice.A * (1 + a), lattice.B * (1 + b), lattice.C * (1 + c)) : throw Error("A strain of −1 or below leaves nothing of the lattice vector.");
    }

    /// <summary>Applies a deformation gradient F to Cartesian space, r' = F·r (columns), given by its rows.</summary>
    /// <exception cref="DftFlowException">DF1285: not a deformation: the determinant is not positive.</exception>
    public static StrainResult Deformed(Structure structure, Vector3D rowX, Vector3D rowY, Vector3D rowZ)
    {
        if (!(rowX.Dot(rowY.Cross(rowZ)) > 0)) throw Error("The determinant of a deformation is positive; this one's is not.");
        return Result(structure, Image(structure.Lattice.A), Image(structure.Lattice.B), Image(structure.Lattice.C));

        Vector3D Image(Vector3D v) => new(rowX.Dot(v), rowY.Dot(v), rowZ.Dot(v));
    }

    /// <summary>
    /// Applies F = 1 + ε with the symmetric strain ε in Voigt's order: εxx, εyy, εzz, and the engineering shears γyz = 2εyz, γxz, γxy
    /// (J. F. Nye, Physical Properties of Crystals, Oxford 1985, chapter VIII). No dimension; 0.01 is one in a hundred.
    /// </summary>
    /// <exception cref="DftFlowException">DF1285: not a deformation.</exception>
    public static StrainResult Voigt(Structure structure, double xx, double yy, double zz, double yz, double xz, double xy) =>
        Deformed(structure, new(1 + xx, xy / 2, xz / 2), new(xy / 2, 1 + yy, yz / 2), new(xz / 2, yz / 2, 1 + zz));

    private static StrainResult Result(Structure structure, Vector3D a, Vector3D b, Vector3D c)
    {
        try
        {
            var lattice = new Lattice(a, b, c);
            return new(structure with { Lattice = lattice }, lattice.Volume / structure.Lattice.Volume);
        }
        catch (ArgumentException)
        {
            throw Error("The deformation leaves a cell without volume.");
        }
    }

    private static DftFlowException Error(string message) => new("DF1285", message, "Strains are small numbers without a unit: 0.01 is 1 %.");
}
