using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Interfaces;

/// <summary>An operation of a slab that exchanges its two sides: in the plane a matrix and a shift, along the normal about the middle.</summary>
internal sealed record SideExchange(string Name, PlaneDeformation InPlane, Vector2D Shift, double ThicknessA)
{
    public LayerAtom Apply(LayerAtom atom) => atom with { Place = InPlane.Apply(atom.Place) + Shift, HeightA = ThicknessA - atom.HeightA };

    /// <summary>Of those that leave the common cell as it is, an inversion, otherwise a reflection, otherwise the first.</summary>
    /// <exception cref="DftFlowException">DF1624: there is none.</exception>
    public static SideExchange Of(Structure substrate, PlaneLayer layer, SpaceGroup group, PlaneSupercell cell, PlaneDeformation onSubstrate)
    {
        var exchanging = group.PointOperations.Where(operation => PlaneLayer.KeepsPlane(operation.Rotation) && operation.Rotation.M33 == -1).ToArray();
        if (exchanging.Length == 0)
            throw new DftFlowException("DF1624", "Both sides of the slab are to be coated, but no operation exchanges them: they are not alike.",
                "Build a symmetric slab (`symmetric: true`) and keep it so: what orders, substitutes or freezes after the cut has to do the same on both sides. Or coat one side.");
        var found = exchanging.Select(operation => Exchange(operation, substrate, layer, onSubstrate)).OfType<SideExchange>()
            .OrderBy(exchange => exchange.Name switch { "inversion" => 0, "reflection" => 1, _ => 2 })
            .FirstOrDefault(exchange => Keeps(exchange, layer.Lattice.Basis(cell), onSubstrate));
        return found ?? throw new DftFlowException("DF1624", "Both sides of the slab are to be coated, but the operations that exchange them do not leave the common cell as it is.",
            "Choose another match, or put no strain on the substrate.");
    }

    private static SideExchange? Exchange(SymmetryOperation operation, Structure substrate, PlaneLayer layer, PlaneDeformation onSubstrate)
    {
        var lattice = layer.Lattice;
        var images = lattice.Basis(PlaneLayer.InPlane(operation.Rotation));
        var inPlane = onSubstrate * PlaneDeformation.Between(lattice.A, lattice.B, images.A, images.B) * onSubstrate.Inverse;
        // A strained slab need not have the operation any more.
        if (Math.Abs(inPlane.LargestStretch) > 1e-6 || Math.Abs(inPlane.SmallestStretch) > 1e-6 && Math.Abs(inPlane.SmallestStretch + 2) > 1e-6) return null;
        // Where it takes the first atom, there lies one of its kind at the mirrored height: that tells the shift, also where c is not upright.
        var first = layer.Atoms[0];
        var image = substrate.Lattice.ToCartesian(operation.Apply(first.Site.Fractional));
        var period = substrate.Lattice.C.Dot(lattice.Normal);
        var from = substrate.Lattice.ToCartesian(first.Site.Fractional);
        // The height of the layer's bottom, and how many cells the image is off.
        var bottom = from.Dot(lattice.Normal) - first.HeightA;
        var off = (image.Dot(lattice.Normal) - bottom - (layer.ThicknessA - first.HeightA)) / period;
        var cells = Math.Round(off);
        if (Math.Abs(off - cells) * period > 0.1) return null;
        var place = lattice.ToPlane(image - substrate.Lattice.C * cells);
        return new(Named(operation.Rotation), inPlane, onSubstrate.Apply(place) - inPlane.Apply(onSubstrate.Apply(first.Place)), layer.ThicknessA);
    }

    private static string Named(IntegerMatrix rotation) => rotation switch
    {
        { Determinant: 1 } => "rotation",
        { Trace: -3 } => "inversion",
        { M11: 1, M12: 0, M21: 0, M22: 1 } => "reflection",
        _ => "rotoinversion",
    };

    private static bool Keeps(SideExchange exchange, PlaneBasis cell, PlaneDeformation onSubstrate)
    {
        Vector2D a = onSubstrate.Apply(cell.A), b = onSubstrate.Apply(cell.B);
        var area = a.Cross(b);
        return IsWhole(exchange.InPlane.Apply(a)) && IsWhole(exchange.InPlane.Apply(b));

        bool IsWhole(Vector2D v) => Near(v.Cross(b) / area) && Near(a.Cross(v) / area);

        static bool Near(double value) => Math.Abs(value - Math.Round(value)) < 1e-4;
    }
}
