namespace DftFlow.Crystals.Interfaces;

/// <summary>Where the lowest atom of a coating lies against the highest one of the substrate, in fractions of the substrate's a and b.</summary>
public readonly record struct Registry(double AlongA, double AlongB)
{
    /// <summary>On top of it.</summary>
    public static Registry OnTop { get; }
}

/// <summary>
/// How a substrate and a coating fit at each registry. All that matters of a shift is what is left of it once both lattices'
/// vectors are taken off: between an atom of the one and an atom of the other, all the vectors of the finest lattice that holds both
/// lattices occur somewhere in the common cell, each as often as the other.
/// </summary>
internal sealed class RegistrySearch
{
    // Atoms farther behind the faces than this, both depths together, are not what touches.
    private const double DeepestA = 6;

    // The shifts tried: multiples of a sixth hold the places of all symmetries, and are no farther apart than this.
    private const double StepA = 0.25;
    private const int Sixth = 6, MostSteps = 96;

    private readonly record struct Pair(double DepthA, Vector2D Difference, double ContactA, PairEnergy? Energy);

    private readonly PlaneBasis finest;
    private readonly Pair[] pairs;
    private readonly double longestA;
    private readonly bool ionic;

    /// <param name="cell">The common cell, in the plane of the substrate.</param>
    public RegistrySearch(LatticeMatch match, (Vector2D A, Vector2D B) cell, PlaneLayer substrate, PlaneLayer coating, PlaneDeformation onSubstrate, PlaneDeformation onCoating, ContactRadii radii)
    {
        finest = Finest(match, cell);
        ionic = radii == ContactRadii.Ionic;
        Anchor = onSubstrate.Apply(Highest(substrate).Place) - onCoating.Apply(Lowest(coating).Place);
        var energies = new Dictionary<(Element, Element), PairEnergy>();
        pairs = [.. from upper in coating.Atoms
                    where upper.HeightA <= DeepestA
                    from lower in substrate.Atoms
                    let depth = upper.HeightA + substrate.ThicknessA - lower.HeightA
                    where depth <= DeepestA
                    orderby depth
                    select new Pair(depth, onCoating.Apply(upper.Place) - onSubstrate.Apply(lower.Place) + Anchor, Contacts.LengthA(upper.Site.Element, lower.Site.Element, radii), ionic ? Energy(upper.Site.Element, lower.Site.Element) : null)];
        longestA = pairs.Max(pair => pair.ContactA);

        PairEnergy Energy(Element first, Element second) =>
            energies.TryGetValue((first, second), out var known) ? known : energies[(first, second)] = new(first, second);
    }

    /// <summary>What brings the lowest atom of the coating above the highest one of the substrate; heights that differ by 0.01 Å are equal, and go by number.</summary>
    public Vector2D Anchor { get; }

    /// <summary>The smallest distance of the faces, not below zero, at which no two atoms are nearer than their radii say.</summary>
    public double ContactGapA(Vector2D shift)
    {
        double gap = 0;
        foreach (var pair in pairs)
        {
            if (gap + pair.DepthA >= longestA) break;
            if (pair.ContactA * pair.ContactA - (gap + pair.DepthA) * (gap + pair.DepthA) is var room && room <= 0) continue;
            var across = Nearest(pair.Difference + shift);
            if (across * across < room) gap = Math.Sqrt(pair.ContactA * pair.ContactA - across * across) - pair.DepthA;
        }
        return gap;
    }

    /// <summary>
    /// Of a grid of shifts the first of the lowest <see cref="PairEnergy"/> for ions; otherwise at which the coating lies nearest, or,
    /// where the gap is given, its atoms farthest from those of the substrate. Equal: a millionth.
    /// </summary>
    public Vector2D Best(double? gapA, CancellationToken cancellation)
    {
        var best = default(Vector2D);
        // All places are alike.
        if (finest.B.Length < StepA) return best;
        int stepsA = Steps(finest.A), stepsB = Steps(finest.B);
        var least = double.MaxValue;
        for (var i = 0; i < stepsA; i++)
            for (var j = 0; j < stepsB; j++)
            {
                cancellation.ThrowIfCancellationRequested();
                var shift = finest.A * ((double)i / stepsA) + finest.B * ((double)j / stepsB);
                var score = ionic ? EnergyPerPlace(shift, gapA ?? ContactGapA(shift)) : gapA is { } gap ? -Closeness(shift, gap) : ContactGapA(shift);
                if (score < least - 1e-6 * Math.Max(1, Math.Abs(score))) (best, least) = (shift, score);
            }
        return best;

        static int Steps(Vector2D v) => Math.Min(MostSteps, Sixth * (int)Math.Ceiling(v.Length / (Sixth * StepA) - 1e-9));
    }

    /// <summary>The smallest distance of two atoms as a part of what their radii say.</summary>
    private double Closeness(Vector2D shift, double gapA)
    {
        var least = double.MaxValue;
        foreach (var pair in pairs)
        {
            var height = gapA + pair.DepthA;
            if (height >= least * longestA) break;
            var across = Nearest(pair.Difference + shift);
            least = Math.Min(least, Math.Sqrt(across * across + height * height) / pair.ContactA);
        }
        return least;
    }

    /// <summary>The sum over all pairs of a substrate's and a coating's atom, for one cell of the finest lattice.</summary>
    private double EnergyPerPlace(Vector2D shift, double gapA)
    {
        var area = finest.A.Cross(finest.B);
        double sum = 0;
        foreach (var pair in pairs)
        {
            var height = gapA + pair.DepthA;
            var within = PairEnergy.ReachA * PairEnergy.ReachA - height * height;
            if (within <= 0) break;
            var start = Wrapped(pair.Difference + shift);
            int reachA = (int)(Math.Sqrt(within) * finest.B.Length / area) + 1, reachB = (int)(Math.Sqrt(within) * finest.A.Length / area) + 1;
            for (var i = -reachA; i <= reachA; i++)
                for (var j = -reachB; j <= reachB; j++)
                {
                    var across = start + finest.A * i + finest.B * j;
                    if (across.Dot(across) < within) sum += pair.Energy!.At(across.Dot(across) + height * height);
                }
        }
        return sum;
    }

    private Vector2D Wrapped(Vector2D v)
    {
        var area = finest.A.Cross(finest.B);
        return v - finest.A * Math.Round(v.Cross(finest.B) / area) - finest.B * Math.Round(finest.A.Cross(v) / area);
    }

    private double Nearest(Vector2D v)
    {
        v = Wrapped(v);
        var least = double.MaxValue;
        for (var i = -1; i <= 1; i++)
            for (var j = -1; j <= 1; j++) least = Math.Min(least, (v + finest.A * i + finest.B * j).Length);
        return least;
    }

    private static LayerAtom Highest(PlaneLayer layer) => layer.Atoms.First(atom => atom.HeightA > layer.ThicknessA - 0.01);

    private static LayerAtom Lowest(PlaneLayer layer) => layer.Atoms.First(atom => atom.HeightA < 0.01);

    /// <summary>The lattice that both lattices' vectors span: in parts of the common cell's vectors, the inverse matrices' rows.</summary>
    private static PlaneBasis Finest(LatticeMatch match, (Vector2D A, Vector2D B) cell)
    {
        long s = match.Substrate.Determinant, t = match.Coating.Determinant, all = Math.Abs(s * t);
        List<(long X, long Y)> rows = [];
        foreach (var (m, factor) in new[] { (match.Substrate, t * Math.Sign(s * t)), (match.Coating, s * Math.Sign(s * t)) })
            rows.AddRange([(m.Bb * factor, -m.Ab * factor), (-m.Ba * factor, m.Aa * factor)]);
        // Euclid's algorithm, first for the first numbers, then for the second ones of what has no first number left.
        var (first, rest) = ((X: 0L, Y: 0L), 0L);
        foreach (var row in rows)
        {
            var other = row;
            while (other.X != 0) (first, other) = (other, (first.X % other.X, first.Y - first.X / other.X * other.Y));
            for (var divisor = other.Y; divisor != 0;) (rest, divisor) = (divisor, rest % divisor);
        }
        Vector2D a = (cell.A * first.X + cell.B * (first.Y % rest)) * (1.0 / all), b = cell.B * ((double)rest / all);
        return PlaneBasis.Reduce(new(a, b, PlaneSupercell.Identity));
    }
}
