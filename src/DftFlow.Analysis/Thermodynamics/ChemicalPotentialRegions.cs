using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>Where one phase is the stable one.</summary>
/// <param name="Corners">Of a convex polygon, anticlockwise.</param>
public sealed record ChemicalPotentialRegion(Entry Phase, ImmutableArray<(double XEv, double YEv)> Corners);

/// <summary>
/// A chemical potential diagram: which phase of a third element is stable at given chemical potentials of two others, at 0 K.
/// </summary>
/// <param name="Host">The element whose phases compete.</param>
/// <param name="FixedEv">Chemical potentials of further elements, eV relative to their references.</param>
/// <param name="RangeXEv">What is looked at, up to the element's own reference at zero.</param>
/// <remarks>
/// At each point the phase of least grand potential per atom of the host, φ = (E − Σ μ_i n_i)/n_host. Where the reservoirs would
/// react with each other, or deposit as elements, nothing is stable. Method: Yokokawa, J. Phase Equilib. 20, 258 (1999); Todd et
/// al., J. Am. Chem. Soc. 143, 15185 (2021).
/// </remarks>
public sealed record ChemicalPotentialRegions(
    Element X, Element Y, Element Host, IReadOnlyDictionary<Element, double> FixedEv, (double From, double To) RangeXEv, (double From, double To) RangeYEv, ImmutableArray<ChemicalPotentialRegion> Regions)
{
    // eV, beyond the outermost corner; and what a system without compounds shows.
    private const double Margin = 0.15, Least = 1;

    // eV²; smaller regions are round-off.
    private const double LeastArea = 1e-9;

    /// <summary>The element of a system whose phases compete: the one that is neither on an axis nor fixed.</summary>
    /// <exception cref="DftFlowException">DF3181: there is none, or there are several.</exception>
    public static Element HostOf(IEnumerable<Element> system, Element x, Element y, IEnumerable<Element> open)
    {
        var rest = system.Except([x, y, .. open]).Order().ToArray();
        return x != y && rest is [var host] ? host : throw new DftFlowException("DF3181",
            x == y ? $"Both axes of the chemical potential diagram are {x}."
                : $"A chemical potential diagram over {x} and {y} has the phases of one element more; here are {(rest.Length == 0 ? "none" : string.Join(", ", rest.AsEnumerable()))}.",
            "Name two different elements for the axes, a system with one more, and give each further element a chemical potential.");
    }

    /// <exception cref="DftFlowException">DF3107: an element has no reference; DF3181: the three elements are not different, or fixed besides.</exception>
    public static ChemicalPotentialRegions Calculate(
        PhaseDiagram diagram, Element x, Element y, Element host, IReadOnlyDictionary<Element, double>? fixedEv = null, CancellationToken cancellation = default)
    {
        var given = fixedEv ?? new Dictionary<Element, double>();
        if (x == y || x == host || y == host || given.Keys.Any(element => element == x || element == y || element == host))
            throw new DftFlowException("DF3181", $"A chemical potential diagram over {x} and {y} of phases with {host} needs three different elements, none of them fixed.",
                "Name one element for each axis and a third one whose phases compete.");
        var corners = PhaseRegions.Create(diagram, [x, y, host], given, cancellation).Regions;
        var (rangeX, rangeY) = (Range(corners.Min(corner => corner.ChemicalPotentialsEv[0])), Range(corners.Min(corner => corner.ChemicalPotentialsEv[1])));
        var lines = diagram.Entries.Where(entry => entry.Composition.Elements.All(element => element == x || element == y || element == host || given.ContainsKey(element)))
            .Select(entry => (Entry: entry, Line: Line.Of(entry, diagram.FormationEnergyEvPerAtom(entry), x, y, host, given)))
            .GroupBy(phase => (Rounded(phase.Line.X), Rounded(phase.Line.Y), phase.Line.OfHost)).Select(same => same.MinBy(phase => phase.Line.Constant)).ToList();
        (double X, double Y)[] frame = [(rangeX.From, rangeY.From), (rangeX.To, rangeY.From), (rangeX.To, rangeY.To), (rangeX.From, rangeY.To)];
        // A reservoir's phase grows where its own φ, counted per atom, is below zero.
        foreach (var (_, line) in lines.Where(phase => !phase.Line.OfHost)) frame = Clip(frame, new(-line.Constant, -line.X, -line.Y, false));
        var competing = lines.Where(phase => phase.Line.OfHost).ToList();
        var regions = competing.Select(phase =>
        {
            cancellation.ThrowIfCancellationRequested();
            var polygon = competing.Where(other => other.Entry != phase.Entry).Aggregate(frame, (rest, other) => Clip(rest, phase.Line - other.Line));
            return new ChemicalPotentialRegion(phase.Entry, [.. polygon]);
        }).Where(region => Area(region.Corners) > LeastArea);
        return new ChemicalPotentialRegions(x, y, host, given, rangeX, rangeY, [.. regions]);
    }

    /// <summary>Half of Σ (x_i y_i+1 − x_i+1 y_i).</summary>
    internal static double Area(ImmutableArray<(double X, double Y)> corners) =>
        corners.Select((corner, i) => corners[(i + 1) % corners.Length] is var next ? (corner.X * next.Y - next.X * corner.Y) / 2 : 0).Sum();

    private static long Rounded(double value) => (long)Math.Round(value * 1e6);

    private static (double From, double To) Range(double lowest) => lowest < -LeastArea ? (1.05 * lowest - Margin, 0) : (-Least, 0);

    /// <summary>φ(μx, μy) = Constant + X μx + Y μy.</summary>
    private readonly record struct Line(double Constant, double X, double Y, bool OfHost)
    {
        public static Line Of(Entry entry, double formationEv, Element x, Element y, Element host, IReadOnlyDictionary<Element, double> given)
        {
            var composition = entry.Composition;
            var of = composition.AtomicFraction(host);
            var per = of > 0 ? of : 1;
            var constant = formationEv - given.Sum(pair => pair.Value * composition.AtomicFraction(pair.Key));
            return new(constant / per, -composition.AtomicFraction(x) / per, -composition.AtomicFraction(y) / per, of > 0);
        }

        public static Line operator -(Line left, Line right) => new(left.Constant - right.Constant, left.X - right.X, left.Y - right.Y, false);

        public double At((double X, double Y) point) => Constant + X * point.X + Y * point.Y;
    }

    /// <summary>What of a convex polygon has the line's value at or below zero.</summary>
    private static (double X, double Y)[] Clip((double X, double Y)[] polygon, Line line)
    {
        var kept = new List<(double X, double Y)>();
        for (var i = 0; i < polygon.Length; i++)
        {
            var (from, to) = (polygon[i], polygon[(i + 1) % polygon.Length]);
            var (a, b) = (line.At(from), line.At(to));
            if (a <= 0) kept.Add(from);
            if (a < 0 && b > 0 || a > 0 && b < 0) kept.Add((from.X + (to.X - from.X) * a / (a - b), from.Y + (to.Y - from.Y) * a / (a - b)));
        }
        return [.. kept];
    }
}
