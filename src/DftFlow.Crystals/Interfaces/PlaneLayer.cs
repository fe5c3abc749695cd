using System.Collections.Immutable;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Crystals.Interfaces;

/// <summary>An atom of a layer: where it is in the plane, and its height above the layer's lowest atom.</summary>
internal readonly record struct LayerAtom(Site Site, Vector2D Place, double HeightA);

/// <summary>A slab without its vacuum: periodic in the plane only.</summary>
internal sealed record PlaneLayer(PlaneLattice Lattice, ImmutableArray<LayerAtom> Atoms)
{
    public double ThicknessA { get; } = Atoms.Max(atom => atom.HeightA);

    /// <param name="group">The symmetry of the slab: what it does to the plane are the symmetries of the layer's lattice.</param>
    public static PlaneLayer Of(Structure slab, AtomicLayers layers, SpaceGroup group)
    {
        var lattice = new PlaneLattice(slab.Lattice.A, slab.Lattice.B, slab.Lattice.C)
        {
            Symmetries = [.. group.PointOperations.Where(operation => KeepsPlane(operation.Rotation) && operation.Rotation.M33 == 1).Select(operation => InPlane(operation.Rotation)).Distinct()],
        };
        var bottom = Enumerable.Range(1, slab.Sites.Length).Min(layers.HeightA);
        return new(lattice, [.. slab.Sites.Select((site, i) =>
        {
            // The image of the atom that belongs to the slab.
            var height = layers.HeightA(i + 1);
            var image = Math.Round(height / layers.PeriodA - site.Fractional.Z);
            return new LayerAtom(site, lattice.ToPlane(slab.Lattice.ToCartesian(site.Fractional + new Vector3D(0, 0, image))), height - bottom);
        })]);
    }

    public static bool KeepsPlane(IntegerMatrix rotation) => rotation.M31 == 0 && rotation.M32 == 0;

    /// <summary>What an operation makes of the vectors a and b.</summary>
    public static PlaneSupercell InPlane(IntegerMatrix rotation) => new(rotation.M11, rotation.M21, rotation.M12, rotation.M22);

    /// <summary>Turned by 180° about a: what was at the bottom is at the top. The vectors, and what symmetry makes of them, turn along.</summary>
    public PlaneLayer TurnedOver()
    {
        var lattice = new PlaneLattice(new(Lattice.A.X, 0, 0), new(Lattice.B.X, -Lattice.B.Y, 0), new Vector3D(0, 0, 1)) { Symmetries = Lattice.Symmetries };
        return new(lattice, [.. Atoms.Select(atom => atom with { Place = new(atom.Place.X, -atom.Place.Y), HeightA = ThicknessA - atom.HeightA })]);
    }

    /// <summary>The atoms of a supercell, those of one original after each other.</summary>
    public IEnumerable<LayerAtom> AtomsOf(PlaneSupercell supercell)
    {
        var (steps, _) = PlaneSupercell.Hermite(supercell, PlaneSupercell.Identity);
        foreach (var atom in Atoms)
            for (var i = 0; i < steps.Aa; i++)
                for (var j = 0; j < steps.Bb; j++)
                    yield return atom with { Place = atom.Place + Lattice.A * i + Lattice.B * j };
    }
}
