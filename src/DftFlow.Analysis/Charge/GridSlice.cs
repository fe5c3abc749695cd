using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Analysis.Charge;

/// <summary>What the values of a slice are.</summary>
public enum SliceQuantity
{
    /// <summary>The electron localisation function, without unit.</summary>
    Elf,

    /// <summary>Electrons per Å³.</summary>
    Density,

    /// <summary>A difference of densities, in electrons per Å³: of either sign.</summary>
    DensityDifference,

    /// <summary>Spin up minus spin down, or a component of it, in µB per Å³.</summary>
    Magnetization,

    /// <summary>In eV.</summary>
    Potential,
}

/// <summary>An atom near a plane.</summary>
/// <param name="Site">Number of the site, from 0.</param>
/// <param name="XA">To the right from the window's corner.</param>
/// <param name="YA">Upwards.</param>
/// <param name="DistanceA">In front of the plane, or behind it (negative).</param>
public readonly record struct SliceAtom(int Site, Element? Element, double XA, double YA, double DistanceA);

/// <summary>Values of a periodic field on a rectangle, on points one step apart in both directions: 1 Å is 1 Å.</summary>
/// <param name="Values">Row by row from below; points at both ends of each side.</param>
/// <param name="Atoms">The atoms and their images not farther from the plane than was asked for, farthest behind first.</param>
/// <param name="Bonds">Pairs of those atoms, from 0.</param>
public sealed record GridSlice(
    SlicePlane Plane, SliceQuantity Quantity, int Columns, int Rows, double[] Values, ImmutableArray<SliceAtom> Atoms, ImmutableArray<(int First, int Second)> Bonds)
{
    public const double DefaultAtomsWithinA = 0.3, DefaultStepA = 0.02;

    /// <summary>On the longer side.</summary>
    public const int MostPoints = 4000;

    private const int LeastPoints = 200, FewestSteps = 10, MostAtoms = 5000;

    // An atom whose centre lies this far outside the window is still on its edge.
    private const double EdgeA = 1e-3;

    public double StepXA => Plane.WidthA / (Columns - 1);

    public double StepYA => Plane.HeightA / (Rows - 1);

    public double Min => Values.Min();

    public double Max => Values.Max();

    public double this[int column, int row] => Values[row * Columns + column];

    /// <param name="stepA">Between points; smaller where the window has so few of them, larger where there are too many.</param>
    /// <param name="atomsWithinA">How far from the plane atoms are shown.</param>
    /// <param name="smooth">Cubic between the points of the grid, for lines without kinks; trilinear otherwise. An ELF stays between 0 and 1.</param>
    /// <exception cref="DftFlowException">As <see cref="StepOf"/>.</exception>
    public static GridSlice Of(PeriodicField field, SliceQuantity quantity, SlicePlane plane, Structure? structure, double? stepA = null, double atomsWithinA = DefaultAtomsWithinA, bool smooth = false, CancellationToken cancellation = default)
    {
        var step = StepOf(plane, stepA, atomsWithinA);
        // Ends on both sides; the two steps agree as far as whole numbers let them.
        int columns = Points(plane.WidthA), rows = Points(plane.HeightA);
        var values = new double[columns * rows];
        Parallel.For(0, rows, new ParallelOptions { CancellationToken = cancellation }, row =>
        {
            var start = plane.OriginA + plane.Up * (plane.HeightA * row / (rows - 1));
            for (var column = 0; column < columns; column++) values[row * columns + column] = At(field.Lattice.ToFractional(start + plane.Right * (plane.WidthA * column / (columns - 1))));
        });
        var atoms = structure is null ? [] : Near(structure, plane, atomsWithinA);
        return new(plane, quantity, columns, rows, values, atoms, structure is null ? [] : BondsOf(structure, atoms));

        double At(Vector3D place) => !smooth ? field.At(place) : quantity == SliceQuantity.Elf ? Math.Clamp(field.Smooth(place), 0, 1) : field.Smooth(place);

        int Points(double lengthA) => Math.Max(2, (int)Math.Round(lengthA / step) + 1);
    }

    /// <summary>The distance of points that a plane is shown with.</summary>
    /// <exception cref="DftFlowException">DF3233: a step or distance is none, or the window has too few points to tell anything between them.</exception>
    public static double StepOf(SlicePlane plane, double? stepA, double atomsWithinA = DefaultAtomsWithinA)
    {
        double longer = Math.Max(plane.WidthA, plane.HeightA), shorter = Math.Min(plane.WidthA, plane.HeightA);
        if (stepA is { } given && !(given > 0 && double.IsFinite(given))) throw new DftFlowException("DF3233", "The step of the points is no length.", "Give it in Å, as in 0.05.");
        if (stepA > shorter / FewestSteps)
            throw new DftFlowException("DF3233", FormattableString.Invariant($"Points {stepA} Å apart are too few for a map of {plane.WidthA:0.###} by {plane.HeightA:0.###} Å: what lies between them would be made up."),
                FormattableString.Invariant($"Give a step of {shorter / FewestSteps:0.###} Å at most; 0.05 Å is usual."));
        if (!(atomsWithinA >= 0 && atomsWithinA <= 100)) throw new DftFlowException("DF3233", "The distance of atoms is no length.", "Give it in Å, as in 0.5.");
        return Math.Max(stepA ?? Math.Min(DefaultStepA, longer / LeastPoints), longer / MostPoints);
    }

    /// <summary>What is to be told where points cannot lie as close as was asked for; else null.</summary>
    public string? Coarsened(double? askedStepA) => askedStepA * MostPoints < Math.Max(Plane.WidthA, Plane.HeightA) ? FormattableString.Invariant($"A side has {MostPoints} points at most: they lie {StepXA:0.####} Å apart.") : null;

    private static ImmutableArray<SliceAtom> Near(Structure structure, SlicePlane plane, double withinA)
    {
        var lattice = structure.Lattice;
        Vector3D[] corners = [.. from x in (double[])[0, plane.WidthA] from y in (double[])[0, plane.HeightA] from z in (double[])[-withinA, withinA]
            select lattice.ToFractional(plane.OriginA + plane.Right * x + plane.Up * y + plane.Normal * z)];
        var atoms = new List<SliceAtom>();
        foreach (var (index, site) in structure.Sites.Index())
        {
            var (a, b, c) = (Images(0), Images(1), Images(2));
            for (var i = a.From; i <= a.To; i++)
                for (var j = b.From; j <= b.To; j++)
                    for (var k = c.From; k <= c.To; k++)
                    {
                        var place = plane.InPlane(lattice.ToCartesian(site.Fractional + new Vector3D(i, j, k)));
                        if (place.X >= -EdgeA && place.X <= plane.WidthA + EdgeA && place.Y >= -EdgeA && place.Y <= plane.HeightA + EdgeA && Math.Abs(place.Z) <= withinA + EdgeA)
                            atoms.Add(new(index, site.Element, place.X, place.Y, place.Z));
                    }

            (int From, int To) Images(int axis) => ((int)Math.Floor(corners.Min(corner => corner[axis]) - site.Fractional[axis]), (int)Math.Ceiling(corners.Max(corner => corner[axis]) - site.Fractional[axis]));
        }
        return [.. atoms.OrderBy(atom => atom.DistanceA).ThenBy(atom => atom.Site).Take(MostAtoms)];
    }

    private static ImmutableArray<(int, int)> BondsOf(Structure structure, ImmutableArray<SliceAtom> atoms)
    {
        var elements = structure.Elements.ToArray();
        if (elements.Any(element => element.CovalentRadiusA is null)) return [];
        var limits = new Coordination().Limits(elements);
        var kinds = elements.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var bonds = ImmutableArray.CreateBuilder<(int, int)>();
        for (var i = 0; i < atoms.Length; i++)
            for (var j = i + 1; j < atoms.Length; j++)
            {
                var (a, b) = (atoms[i], atoms[j]);
                var limit = limits[kinds[a.Element!], kinds[b.Element!]];
                var (x, y, z) = (a.XA - b.XA, a.YA - b.YA, a.DistanceA - b.DistanceA);
                if (x * x + y * y + z * z <= limit * limit) bonds.Add((i, j));
            }
        return bonds.ToImmutable();
    }
}
