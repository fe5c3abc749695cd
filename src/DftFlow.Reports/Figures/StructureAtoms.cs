using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Reports.Figures;

/// <summary>An atom that is drawn: a site, or an image of one on the cell's border.</summary>
/// <param name="Site">Number of the site, from 0.</param>
/// <param name="Place">In Å.</param>
internal readonly record struct DrawnAtom(int Site, Vector3D Place);

/// <summary>Which atoms and bonds of a structure are drawn, whatever they are looked at from.</summary>
/// <param name="Bonds">Pairs of numbers of atoms, from 0.</param>
internal sealed record StructureAtoms(ImmutableArray<DrawnAtom> Atoms, ImmutableArray<(int First, int Second)> Bonds)
{
    // An atom this near to a face of the cell lies on it.
    private const double OnFaceA = 0.05;

    // An empty layer so wide parts the images of a slab: what lies at its one side does not belong to the other too.
    private const double VacuumA = 6;

    // More are no picture of bonds but of atoms that lie on each other.
    private const int MostBonds = 200_000;

    /// <param name="borders">Draw atoms on the cell's faces, edges and corners at the opposite ones too.</param>
    public static StructureAtoms Of(Structure structure, bool borders, bool bonds)
    {
        var lattice = structure.Lattice;
        var vacuum = Vacuum.AlongAxes(structure);
        var atoms = ImmutableArray.CreateBuilder<DrawnAtom>();
        foreach (var (index, site) in structure.Sites.Index())
        {
            var images = new double[3][];
            for (var axis = 0; axis < 3; axis++)
            {
                var onFace = OnFaceA * lattice.Reciprocal(axis).Length / (2 * Math.PI);
                var inCell = site.Fractional[axis] - Math.Floor(site.Fractional[axis]);
                if (inCell > 1 - onFace) inCell -= 1;
                images[axis] = borders && inCell < onFace && vacuum[axis] < VacuumA ? [inCell, inCell + 1] : [inCell];
            }
            foreach (var x in images[0])
                foreach (var y in images[1])
                    foreach (var z in images[2])
                        atoms.Add(new DrawnAtom(index, lattice.ToCartesian(new(x, y, z))));
        }
        var drawn = atoms.ToImmutable();
        return new StructureAtoms(drawn, bonds ? BondsOf(structure, drawn) : []);
    }

    private static ImmutableArray<(int, int)> BondsOf(Structure structure, ImmutableArray<DrawnAtom> atoms)
    {
        var elements = structure.Elements.ToArray();
        if (elements.Any(element => element.CovalentRadiusA is null)) return [];
        var limits = new Coordination().Limits(elements);
        var longest = limits.Cast<double>().Max();
        if (longest == 0) return [];
        var kinds = elements.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var boxes = atoms.Index().GroupBy(atom => Box(atom.Item.Place), atom => atom.Index).ToDictionary(group => group.Key, group => group.ToArray());
        var bonds = ImmutableArray.CreateBuilder<(int, int)>();
        for (var i = 0; i < atoms.Length; i++)
        {
            if (bonds.Count > MostBonds) return [];
            var (x, y, z) = Box(atoms[i].Place);
            for (var dx = -1; dx <= 1; dx++)
                for (var dy = -1; dy <= 1; dy++)
                    for (var dz = -1; dz <= 1; dz++)
                        foreach (var j in boxes.GetValueOrDefault((x + dx, y + dy, z + dz), []))
                            if (i < j && Bonded(atoms[i], atoms[j])) bonds.Add((i, j));
        }
        return bonds.ToImmutable();

        (int, int, int) Box(Vector3D place) => ((int)Math.Floor(place.X / longest), (int)Math.Floor(place.Y / longest), (int)Math.Floor(place.Z / longest));

        bool Bonded(DrawnAtom a, DrawnAtom b) => (a.Place - b.Place).Length <= limits[kinds[structure.Sites[a.Site].Element], kinds[structure.Sites[b.Site].Element]];
    }
}
