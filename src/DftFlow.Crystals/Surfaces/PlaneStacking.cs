using System.Collections.Immutable;

namespace DftFlow.Crystals.Surfaces;

/// <summary>An atom of the oriented cell in one of its images along c.</summary>
internal readonly record struct StackedAtom(int Site, int Image, double HeightA);

/// <summary>
/// How a crystal's atomic layers follow each other along a plane's normal. Layers are numbered upwards through all of the crystal;
/// layer <c>i + Count</c> is layer i one spacing higher. Cut i lies between layers i and i + 1, never within a layer.
/// </summary>
internal sealed class PlaneStacking
{
    // Gaps that differ by less are equally wide.
    private const double GapNoiseA = 0.01;

    // What rounding may do to heights.
    private const double NoiseA = 1e-6;

    private readonly OrientedCell cell;
    private readonly ImmutableArray<ImmutableArray<StackedAtom>> layers;

    public PlaneStacking(OrientedCell cell, double toleranceA)
    {
        this.cell = cell;
        var spacing = cell.SpacingA;
        var atoms = cell.Structure.Sites.Select((site, i) => Atom(i, site.Fractional.Z)).OrderBy(atom => atom.HeightA).ThenBy(atom => atom.Site).ToArray();
        var gaps = atoms.Select((atom, i) => (i + 1 < atoms.Length ? atoms[i + 1].HeightA : atoms[0].HeightA + spacing) - atom.HeightA).ToArray();
        // Where no gap is wider than the tolerance, the repeat is one layer and ends at its widest gap; or at each of equally wide ones.
        var least = Math.Min(toleranceA + NoiseA, gaps.Max() - GapNoiseA);
        var first = (Array.FindIndex(gaps, gap => gap > least) + 1) % atoms.Length;

        var found = ImmutableArray.CreateBuilder<ImmutableArray<StackedAtom>>();
        var layer = ImmutableArray.CreateBuilder<StackedAtom>();
        for (var i = 0; i < atoms.Length; i++)
        {
            var (atom, gap) = (atoms[(first + i) % atoms.Length], gaps[(first + i) % atoms.Length]);
            layer.Add(first + i < atoms.Length ? atom : Lifted(atom, 1));
            if (gap <= least) continue;
            found.Add(layer.DrainToImmutable());
        }
        layers = found.DrainToImmutable();

        StackedAtom Atom(int site, double fraction) => spacing - fraction * spacing < NoiseA ? new(site, -1, (fraction - 1) * spacing) : new(site, 0, fraction * spacing);
    }

    /// <summary>The number of layers in one spacing.</summary>
    public int Count => layers.Length;

    /// <summary>The atoms of a layer by height, then site.</summary>
    public ImmutableArray<StackedAtom> this[int layer]
    {
        get
        {
            var (number, lift) = Split(layer);
            return lift == 0 ? layers[number] : [.. layers[number].Select(atom => Lifted(atom, lift))];
        }
    }

    public double BottomA(int layer) => At(layer, layers[Split(layer).Number][0].HeightA);

    public double TopA(int layer) => At(layer, layers[Split(layer).Number][^1].HeightA);

    /// <summary>From the lowest atom of one layer to the highest of another, in Å.</summary>
    public double ThicknessA(int bottom, int top) => TopA(top) - BottomA(bottom);

    /// <summary>The distance from a layer's highest atom to the next layer's lowest, in Å.</summary>
    public double GapAboveA(int layer) => BottomA(layer + 1) - TopA(layer);

    public Composition Composition(int layer) =>
        new(layers[Split(layer).Number].Select(atom => KeyValuePair.Create(cell.Structure.Sites[atom.Site].Element, 1.0)));

    public int AtomCount(int layer) => layers[Split(layer).Number].Length;

    /// <summary>How many of the bonds cross each cut, per cell of the plane; by the number of the layer below the cut, from 0.</summary>
    public int[] Crossings(IEnumerable<(int Site, Vector3D VectorA)> bonds)
    {
        var crossings = new int[Count];
        var heights = Enumerable.Range(0, Count).Select(cut => TopA(cut) + GapAboveA(cut) / 2).ToArray();
        foreach (var (site, vector) in bonds)
        {
            var start = cell.Structure.Sites[site].Fractional.Z * cell.SpacingA;
            // A bond that is longer than the spacing crosses the images of a cut several times.
            for (var cut = 0; cut < Count; cut++)
                crossings[cut] += (int)Math.Abs(Math.Floor((start + vector.Z - heights[cut]) / cell.SpacingA) - Math.Floor((start - heights[cut]) / cell.SpacingA));
        }
        return crossings;
    }

    /// <summary>The layer, modulo <see cref="Count"/>, whose mean height lies nearest to the given one, images along the normal included.</summary>
    public int LayerAt(double heightA) => Enumerable.Range(0, Count).MinBy(layer =>
    {
        var difference = (heightA - MeanHeightA(layer)) / cell.SpacingA;
        return Math.Abs(difference - Math.Round(difference));
    });

    public double MeanHeightA(int layer) => At(layer, layers[Split(layer).Number].Average(atom => atom.HeightA));

    private (int Number, int Lift) Split(int layer)
    {
        var number = ((layer % Count) + Count) % Count;
        return (number, (layer - number) / Count);
    }

    private double At(int layer, double heightInFirst) => heightInFirst + Split(layer).Lift * cell.SpacingA;

    private StackedAtom Lifted(StackedAtom atom, int images) =>
        new(atom.Site, atom.Image + images, atom.HeightA + images * cell.SpacingA);
}
