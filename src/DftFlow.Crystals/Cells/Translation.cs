namespace DftFlow.Crystals.Cells;

/// <summary>Moves all atoms together, and back into the cell; constraints, moments and parts stay with their atoms.</summary>
public static class Translation
{
    /// <summary>By fractions of the lattice vectors.</summary>
    /// <exception cref="DftFlowException">DF1286: not a translation.</exception>
    public static Structure ByFractions(Structure structure, Vector3D shift) => shift.IsFinite
        ? structure with { Sites = [.. structure.Sites.Select(site => site with { Fractional = Wrapping.IntoCell(site.Fractional + shift) })] }
        : throw new DftFlowException("DF1286", "A translation needs three numbers.", null);

    /// <summary>By a vector in Å.</summary>
    /// <exception cref="DftFlowException">DF1286: not a translation.</exception>
    public static Structure ByA(Structure structure, Vector3D shiftA) => ByFractions(structure, structure.Lattice.ToFractional(shiftA));
}
