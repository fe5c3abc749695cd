using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Reports.Figures;

/// <summary>Whether an atom may move in a relaxation.</summary>
internal enum Mobility
{
    Free,
    PartlyFixed,
    Fixed,
}

/// <summary>A thing of the scene. Places are to the right, upwards and towards the eye, in Å.</summary>
/// <param name="DepthA">Things of greater depth are drawn over those of smaller.</param>
internal abstract record SceneItem(double DepthA);

/// <param name="ArrowA">How far the arrow of the moment stands out above the sphere, or with a minus below it; 0 where there is none, or where another sphere hides the middle or an end of it.</param>
/// <param name="Haze">How much it lies in haze, from 0 (the foremost layer of the cell) to 1 (the last).</param>
/// <param name="HasFreeMiddle">No other sphere hides the middle, so that there is room for the symbol.</param>
internal sealed record SphereItem(int Site, Element Element, Vector3D Place, double RadiusA, Mobility Mobility, double ArrowA, double Haze, bool HasFreeMiddle) : SceneItem(Place.Z)
{
    /// <summary>How far from the middle the arrow begins, on the side that it does not point to.</summary>
    public double TailA => 0.85 * (RadiusA + Math.Abs(ArrowA));
}

/// <summary>Half a bond, from the surface of its atom to the bond's middle.</summary>
internal sealed record StickItem(Element Element, Vector3D From, Vector3D To, double Haze) : SceneItem((From.Z + To.Z) / 2)
{
    public const double RadiusA = 0.09;

    /// <summary>The cosine of the angle to the line of sight: positive towards the eye.</summary>
    public double Towards => (To.Z - From.Z) / (To - From).Length;
}

/// <summary>A structure as it is seen from one side, ordered for drawing from back to front.</summary>
/// <param name="Items">Without what another of its kind hides whole.</param>
/// <param name="Corners">Of the cell: a, b and c are the bits of the place in the list.</param>
internal sealed record StructureScene(StructureView View, ImmutableArray<SceneItem> Items, ImmutableArray<Vector3D> Corners, double LeftA, double RightA, double BottomA, double TopA)
{
    /// <summary>Smaller moments are none.</summary>
    public const double LeastMomentMuB = 0.05;

    // The parts of a sphere's radius that must be free for its symbol, and that lines keep away from it.
    private const double SymbolPart = 0.6, GapPart = 0.88;

    private const double ShortestArrowA = 0.1, LargestArrowA = 0.75;

    private const double ClearDepthA = 3;
    private const int HazeSteps = 6;

    // Of elements without a covalent radius.
    private const double UnknownRadiusA = 1.5;

    // Noise of rounding does not order what is equally deep.
    private const double SameDepthA = 1e-6;

    public double WidthA => RightA - LeftA;

    public double HeightA => TopA - BottomA;

    public static StructureScene Of(Structure structure, StructureAtoms drawn, StructureView view, double radiusFactor, bool moments)
    {
        var largest = moments ? structure.Sites.Max(site => Math.Abs(site.MomentMuB ?? 0)) : 0;
        var hazes = Hazes(structure.Lattice, drawn, view);
        var spheres = drawn.Atoms.Select((atom, index) =>
        {
            var site = structure.Sites[atom.Site];
            return new SphereItem(atom.Site, site.Element, view.Project(atom.Place), radiusFactor * (site.Element.CovalentRadiusA ?? UnknownRadiusA), MobilityOf(site), Arrow(site), hazes[index], HasFreeMiddle: true);
        }).ToArray();
        var corners = Enumerable.Range(0, 8).Select(i => view.Project(structure.Lattice.ToCartesian(new(i & 1, (i >> 1) & 1, i >> 2)))).ToImmutableArray();
        var items = Seen(spheres).Concat<SceneItem>(Seen(drawn.Bonds.SelectMany(bond => Sticks(spheres[bond.First], spheres[bond.Second])))).OrderBy(item => Math.Round(item.DepthA / SameDepthA));
        return new StructureScene(view, [.. items], corners,
            Math.Min(corners.Min(p => p.X), spheres.Min(s => s.Place.X - s.RadiusA)), Math.Max(corners.Max(p => p.X), spheres.Max(s => s.Place.X + s.RadiusA)),
            Math.Min(corners.Min(p => p.Y), spheres.Min(s => s.Place.Y - s.RadiusA - Math.Abs(s.ArrowA))), Math.Max(corners.Max(p => p.Y), spheres.Max(s => s.Place.Y + s.RadiusA + Math.Abs(s.ArrowA))));

        double Arrow(Site site) => site.MomentMuB is { } moment && largest > LeastMomentMuB && Math.Abs(moment) > LeastMomentMuB ? Math.Sign(moment) * ShortestArrowA + LargestArrowA * moment / largest : 0;
    }

    /// <summary>What is to be seen of the cell's edges, with gaps for symbols; nothing is before them.</summary>
    public IEnumerable<(Vector3D From, Vector3D To)> Edges(Predicate<SphereItem> hasSymbol)
    {
        SphereItem[] spheres = [.. Items.OfType<SphereItem>()];
        StickItem[] sticks = [.. Items.OfType<StickItem>()];
        foreach (var axis in (int[])[1, 2, 4])
            for (var corner = 0; corner < 8; corner++)
            {
                if ((corner & axis) != 0) continue;
                var (from, to) = (Corners[corner], Corners[corner | axis]);
                var along = to - from;
                var hidden = spheres.Select(sphere => HiddenBy(sphere, from, along))
                    .Concat(sticks.Select(stick => HiddenBy(stick, from, along)))
                    .Concat(spheres.Where(sphere => hasSymbol(sphere)).Select(sphere => Crossing(sphere, GapPart * sphere.RadiusA, from, along)))
                    .Where(stretch => stretch.End > stretch.Begin).OrderBy(stretch => stretch.Begin);
                var free = 0.0;
                foreach (var (begin, end) in hidden)
                {
                    if (begin > free) yield return (from + along * free, from + along * begin);
                    free = Math.Max(free, end);
                }
                if (free < 1) yield return (from + along * free, to);
            }
    }

    /// <summary>
    /// By lattice plane and not by depth, so that what is equal within a layer looks equal in skewed cells too. The foremost layers are clear.
    /// </summary>
    private static double[] Hazes(Lattice lattice, StructureAtoms drawn, StructureView view)
    {
        var normal = Enumerable.Range(0, 3).Select(axis => lattice.Reciprocal(axis) * (1 / lattice.Reciprocal(axis).Length)).MaxBy(normal => Math.Round(Math.Abs(normal.Dot(view.Towards)), 9));
        if (normal.Dot(view.Towards) < 0) normal = -normal;
        var heights = drawn.Atoms.Select(atom => normal.Dot(atom.Place)).ToArray();
        double near = heights.Max(), range = near - heights.Min();
        return [.. heights.Select(height => range < 2 * ClearDepthA ? 0 : Math.Round(Math.Max(0, near - height - ClearDepthA) / (range - ClearDepthA) * HazeSteps) / HazeSteps)];
    }

    public static Mobility MobilityOf(Site site) => site.Free switch
    {
        null or { X: true, Y: true, Z: true } => Mobility.Free,
        { X: false, Y: false, Z: false } => Mobility.Fixed,
        _ => Mobility.PartlyFixed,
    };

    /// <summary>
    /// The spheres without those that lie whole behind another one. Of spheres that do not cut each other the one whose centre is nearer
    /// hides the other: a line of sight meets each in a stretch about the depth of its centre, and the stretches have no point in common.
    /// </summary>
    private static List<SphereItem> Seen(SphereItem[] spheres)
    {
        var box = Math.Max(0.1, 2 * spheres.Max(sphere => sphere.RadiusA));
        var before = new Dictionary<(int, int), List<SphereItem>>();
        var seen = new List<SphereItem>();
        foreach (var sphere in spheres.OrderByDescending(sphere => Math.Round(sphere.DepthA / SameDepthA)))
        {
            int x = (int)Math.Floor(sphere.Place.X / box), y = (int)Math.Floor(sphere.Place.Y / box);
            var (hidden, free) = (false, true);
            for (var i = x - 1; i <= x + 1; i++)
                for (var j = y - 1; j <= y + 1; j++)
                    foreach (var other in before.GetValueOrDefault((i, j), []))
                    {
                        var apart = Math.Sqrt(Math.Pow(other.Place.X - sphere.Place.X, 2) + Math.Pow(other.Place.Y - sphere.Place.Y, 2));
                        hidden |= apart + sphere.RadiusA <= other.RadiusA + SameDepthA;
                        free &= apart >= other.RadiusA + SymbolPart * sphere.RadiusA;
                    }
            if (hidden) continue;
            var up = Math.Sign(sphere.ArrowA);
            // An arrow of which only an end looked out would seem to be that of the sphere before it.
            var shown = free && !Covered(sphere.Place.X, sphere.Place.Y + sphere.ArrowA + up * sphere.RadiusA) && !Covered(sphere.Place.X, sphere.Place.Y - up * sphere.TailA);
            seen.Add(sphere with { HasFreeMiddle = free, ArrowA = shown ? sphere.ArrowA : 0 });
            if (!before.TryGetValue((x, y), out var list)) before[(x, y)] = list = [];
            list.Add(sphere);
        }
        seen.Reverse();
        return seen;

        bool Covered(double x, double y)
        {
            int column = (int)Math.Floor(x / box), row = (int)Math.Floor(y / box);
            for (var i = column - 1; i <= column + 1; i++)
                for (var j = row - 1; j <= row + 1; j++)
                    if (before.GetValueOrDefault((i, j), []).Any(other => Math.Pow(other.Place.X - x, 2) + Math.Pow(other.Place.Y - y, 2) < other.RadiusA * other.RadiusA)) return true;
            return false;
        }
    }

    private static IEnumerable<StickItem> Sticks(SphereItem first, SphereItem second)
    {
        var middle = (first.Place + second.Place) * 0.5;
        var length = (second.Place - first.Place).Length;
        foreach (var end in (SphereItem[])[first, second])
        {
            // Where a cylinder of the stick's radius leaves the sphere.
            var surface = Math.Sqrt(Math.Max(0, end.RadiusA * end.RadiusA - StickItem.RadiusA * StickItem.RadiusA));
            if (surface < length / 2) yield return new StickItem(end.Element, end.Place + (middle - end.Place) * (surface / (length / 2)), middle, end.Haze);
        }
    }

    /// <summary>In a crystal seen along an axis most bonds lie behind their like.</summary>
    private static IEnumerable<StickItem> Seen(IEnumerable<StickItem> sticks) =>
        sticks.OrderByDescending(stick => Math.Round(stick.DepthA / SameDepthA)).DistinctBy(stick => (Rounded(stick.From.X), Rounded(stick.From.Y), Rounded(stick.To.X), Rounded(stick.To.Y), stick.Element));

    private static long Rounded(double lengthA) => (long)Math.Round(lengthA * 1000);

    // What a sphere or a stick hides, itself and all behind it, is convex: it takes one stretch of an edge.
    private static (double Begin, double End) HiddenBy(SphereItem sphere, Vector3D from, Vector3D along)
    {
        var start = from - sphere.Place;
        var inside = Roots(along.Dot(along), start.Dot(along), start.Dot(start) - sphere.RadiusA * sphere.RadiusA);
        return Union(inside, Both(Crossing(sphere, sphere.RadiusA, from, along), NotAbove(start.Z, along.Z)));
    }

    /// <summary>Where the edge is seen to cross a disc about the sphere's middle, before or behind it.</summary>
    private static (double Begin, double End) Crossing(SphereItem sphere, double radius, Vector3D from, Vector3D along)
    {
        Vector3D start = (from - sphere.Place) with { Z = 0 }, flat = along with { Z = 0 };
        return Roots(flat.Dot(flat), start.Dot(flat), start.Dot(start) - radius * radius);
    }

    private static (double Begin, double End) HiddenBy(StickItem stick, Vector3D from, Vector3D along)
    {
        var axis = (stick.To - stick.From) with { Z = 0 };
        if (axis.Length < 1e-9) return (0, 0);
        var direction = axis * (1 / axis.Length);
        var across = new Vector3D(-direction.Y, direction.X, 0);
        var start = from - stick.From;
        // How far along the stick, to its side, and above its axis each point of the edge is: all change evenly.
        double length = axis.Length, rise = (stick.To.Z - stick.From.Z) / length;
        double onStick = start.Dot(direction), onStickStep = along.Dot(direction), beside = start.Dot(across), besideStep = along.Dot(across);
        return Both(Both(Both(NotAbove(-onStick, -onStickStep), NotAbove(onStick - length, onStickStep)),
            Both(NotAbove(beside - StickItem.RadiusA, besideStep), NotAbove(-beside - StickItem.RadiusA, -besideStep))),
            NotAbove(start.Z - rise * onStick, along.Z - rise * onStickStep));
    }

    /// <summary>Where in 0 to 1 value + t·step is at most zero; an end before the beginning where nowhere.</summary>
    private static (double Begin, double End) NotAbove(double value, double step)
    {
        if (Math.Abs(step) < 1e-12) return value <= 0 ? (0, 1) : (1, 0);
        var zero = -value / step;
        return step > 0 ? (0, Math.Min(1, zero)) : (Math.Max(0, zero), 1);
    }

    /// <summary>Where in 0 to 1 a·t² + 2b·t + c is at most zero, a ≥ 0.</summary>
    private static (double Begin, double End) Roots(double a, double b, double c)
    {
        if (a < 1e-12) return c <= 0 ? (0, 1) : (1, 0);
        var root = b * b - a * c;
        return root <= 0 ? (1, 0) : (Math.Max(0, (-b - Math.Sqrt(root)) / a), Math.Min(1, (-b + Math.Sqrt(root)) / a));
    }

    private static (double Begin, double End) Both((double Begin, double End) a, (double Begin, double End) b) => (Math.Max(a.Begin, b.Begin), Math.Min(a.End, b.End));

    private static (double Begin, double End) Union((double Begin, double End) a, (double Begin, double End) b) =>
        a.End <= a.Begin ? b : b.End <= b.Begin ? a : (Math.Min(a.Begin, b.Begin), Math.Max(a.End, b.End));
}
