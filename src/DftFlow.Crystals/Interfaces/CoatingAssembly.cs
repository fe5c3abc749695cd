namespace DftFlow.Crystals.Interfaces;

/// <summary>Puts the parts of a coated slab into one cell.</summary>
/// <param name="Original">The cell of the bare slab: its c keeps its direction.</param>
/// <param name="KeepsVectors">The common cell is the slab's own, so that its vectors stay digit by digit.</param>
internal sealed record CoatingAssembly(Lattice Original, PlaneLattice Plane, (Vector2D A, Vector2D B) Cell, bool KeepsVectors, double VacuumA)
{
    public Structure Of(LayerAtom[] substrate, LayerAtom[] above, LayerAtom[] below)
    {
        double lowest = below.Select(atom => atom.HeightA).Append(0).Min(), highest = above.Max(atom => atom.HeightA);
        var height = highest - lowest + VacuumA;
        var c = Original.C * (height / Original.C.Dot(Plane.Normal));
        var lattice = KeepsVectors ? new Lattice(Original.A, Original.B, c) : new Lattice(Plane.ToSpace(Cell.A, 0), Plane.ToSpace(Cell.B, 0), c);
        var flags = substrate.Any(atom => atom.Site.Free is not null) ? new SelectiveDynamics(true, true, true) : (SelectiveDynamics?)null;
        return new(lattice,
        [
            .. substrate.Select(atom => Placed(atom, atom.Site with { Part = atom.Site.Part ?? "substrate" })),
            .. above.Concat(below).Select(atom => Placed(atom, atom.Site with { Part = "coating", Free = flags })),
        ]);

        Site Placed(LayerAtom atom, Site site)
        {
            var raised = atom.HeightA - lowest + VacuumA / 2;
            return site with { Fractional = Fractions.Wrapped(lattice.ToFractional(Plane.ToSpace(atom.Place, raised)) with { Z = raised / height }) };
        }
    }
}
