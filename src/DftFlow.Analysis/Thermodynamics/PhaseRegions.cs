using System.Collections.Immutable;
using System.Numerics;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>A phase in a phase diagram.</summary>
/// <param name="Fractions">Of the diagram's elements, in their order; they add up to one, open elements not counted.</param>
/// <param name="FormationEnergyEvPerAtom">
/// Relative to the lowest phases at the diagram's corners: the formation energy, or with open elements the same of grand
/// potentials. Per atom that belongs to no open element.
/// </param>
/// <param name="Stable">On the hull; of several entries with one composition only the lowest.</param>
public sealed record RegionPhase(Entry Entry, ImmutableArray<double> Fractions, double FormationEnergyEvPerAtom, double EnergyAboveHullEvPerAtom, bool Stable);

/// <summary>Phases that coexist at an invariant point, which is a facet of the hull.</summary>
/// <param name="Phases">Numbers of phases: as many as there are elements, more where the hull is flat.</param>
/// <param name="ChemicalPotentialsEv">Of the diagram's elements, in their order, relative to their references.</param>
public sealed record PhaseRegion(ImmutableArray<int> Phases, ImmutableArray<double> ChemicalPotentialsEv);

/// <summary>Which phases coexist: the facets and edges of the lower convex hull of up to four elements.</summary>
/// <remarks>
/// By duality. Chemical potentials μ at which no phase would grow are a convex polyhedron, Σ μ_i c_ij ≤ e_j for each phase j. A
/// vertex of it is a facet of the hull, and the phases that touch it coexist. Vertices are found with the double description
/// method (Motzkin et al., Contributions to the Theory of Games II, 51 (1953); Fukuda and Prodon, LNCS 1120, 91 (1996)): phases
/// are added one by one, and each cuts off the vertices at which it would grow. A flat piece of the hull with any number of
/// phases is one vertex, so nothing has to be divided into triangles.
/// </remarks>
public sealed class PhaseRegions
{
    /// <summary>More are not drawn, and their regions are too many to list.</summary>
    public const int MostElements = 4;

    // eV per atom; what lies nearer to a facet is on it, as it is on the hull for a phase diagram.
    private const double Tolerance = PhaseDiagram.StableWithinEvPerAtom;
    private const double SameFraction = 1e-6;

    private readonly List<Ray> rays;

    private PhaseRegions(ImmutableArray<Element> elements, IReadOnlyDictionary<Element, double> potentials, List<Candidate> candidates, CancellationToken cancellation)
    {
        Elements = elements;
        ChemicalPotentialsEv = potentials;
        var corners = elements.Select((_, i) => Lowest(candidates, i)).ToArray();
        rays = Corner(corners, candidates);
        // The deepest first: what they cut off need not be divided by the others.
        foreach (var j in Enumerable.Range(0, candidates.Count).Where(j => candidates[j].Lowest && !corners.Contains(j)).OrderBy(j => Above(candidates[j], corners, candidates)))
        {
            cancellation.ThrowIfCancellationRequested();
            Cut(candidates[j], j, elements.Length);
        }
        Phases = [.. candidates.Select((phase, j) =>
        {
            var above = phase.EnergyEv - rays.Where(ray => ray.IsVertex).Max(ray => ray.At(phase.Fractions));
            var stable = phase.Lowest && above <= Tolerance;
            return new RegionPhase(phase.Entry, phase.Fractions, Above(phase, corners, candidates), stable ? 0 : Math.Max(0, above), stable);
        })];
        Regions = [.. rays.Where(ray => ray.IsVertex).Select(ray => new PhaseRegion(ray.Members(Phases.Length), [.. ray.Potentials]))];
        TieLines = [.. Lines()];
    }

    /// <summary>In the order of fractions and potentials.</summary>
    public ImmutableArray<Element> Elements { get; }

    /// <summary>Of the open elements, eV relative to their references.</summary>
    public IReadOnlyDictionary<Element, double> ChemicalPotentialsEv { get; }

    /// <summary>Every entry within the elements, polymorphs too.</summary>
    public ImmutableArray<RegionPhase> Phases { get; }

    public ImmutableArray<PhaseRegion> Regions { get; }

    /// <summary>Pairs of phases, by number, that coexist with nothing between them: the hull's edges.</summary>
    public ImmutableArray<(int First, int Second)> TieLines { get; }

    /// <param name="elements">One to four; open elements need not be among them.</param>
    /// <param name="chemicalPotentialsEv">Of open elements, eV relative to their references.</param>
    /// <exception cref="DftFlowException">DF3107: an element has no reference; DF3108: no element is left; DF3180: more than four are.</exception>
    public static PhaseRegions Create(
        PhaseDiagram diagram, IEnumerable<Element> elements, IReadOnlyDictionary<Element, double>? chemicalPotentialsEv = null, CancellationToken cancellation = default)
    {
        var open = chemicalPotentialsEv ?? new Dictionary<Element, double>();
        ImmutableArray<Element> closed = [.. elements.Where(element => !open.ContainsKey(element)).Distinct()];
        if (closed.IsEmpty) throw new DftFlowException("DF3108", "A phase diagram needs an element that is not open.", "Name the elements of the diagram, or close one of them.");
        if (closed.Length > MostElements)
            throw new DftFlowException("DF3180", $"A diagram of {string.Join("-", closed)} has {closed.Length} elements; facets are found for up to {MostElements}.",
                "Open an element by its chemical potential, or ask for a subsystem; energies above the hull have no such limit.");
        foreach (var element in closed.Concat(open.Keys)) diagram.Reference(element);
        var candidates = new List<Candidate>();
        foreach (var entry in diagram.Entries)
        {
            if (!entry.Composition.Elements.All(element => closed.Contains(element) || open.ContainsKey(element))) continue;
            var atoms = closed.Sum(entry.Composition.AtomicFraction);
            if (atoms <= 0) continue;
            var energy = diagram.FormationEnergyEvPerAtom(entry) - open.Sum(pair => pair.Value * entry.Composition.AtomicFraction(pair.Key));
            candidates.Add(new(entry, [.. closed.Select(element => entry.Composition.AtomicFraction(element) / atoms)], energy / atoms, Lowest: false));
        }
        foreach (var same in Enumerable.Range(0, candidates.Count).GroupBy(i => string.Join(' ', candidates[i].Fractions.Select(fraction => (long)Math.Round(fraction / SameFraction)))).ToList())
            if (same.MinBy(i => candidates[i].EnergyEv) is var best) candidates[best] = candidates[best] with { Lowest = true };
        return new PhaseRegions(closed, open, candidates, cancellation);
    }

    /// <summary>The hull's energy at atomic fractions of the elements, relative to the elements' references: max Σ μ_i c_i over the vertices.</summary>
    public double HullEnergyEvPerAtom(IReadOnlyList<double> fractions) => Regions.Max(region => region.ChemicalPotentialsEv.Zip(fractions, (potential, fraction) => potential * fraction).Sum());

    private sealed record Candidate(Entry Entry, ImmutableArray<double> Fractions, double EnergyEv, bool Lowest);

    /// <summary>A vertex of the polyhedron, or a direction in which it has no end; with the phases whose bound it touches, a bit for each.</summary>
    private sealed record Ray(double[] Potentials, bool IsVertex, ulong[] Touched)
    {
        public double At(ImmutableArray<double> fractions)
        {
            var sum = 0.0;
            for (var i = 0; i < Potentials.Length; i++) sum += Potentials[i] * fractions[i];
            return sum;
        }

        public void Touch(int phase) => Touched[phase >> 6] |= 1UL << phase;

        public bool Touches(int phase) => (Touched[phase >> 6] >> phase & 1) != 0;

        public int CommonCount(Ray other)
        {
            var count = 0;
            for (var i = 0; i < Touched.Length; i++) count += BitOperations.PopCount(Touched[i] & other.Touched[i]);
            return count;
        }

        public ulong[] Common(ulong[] phases) => [.. Touched.Zip(phases, (a, b) => a & b)];

        public bool TouchesAll(ulong[] phases)
        {
            for (var i = 0; i < phases.Length; i++)
                if ((phases[i] & ~Touched[i]) != 0) return false;
            return true;
        }

        public ImmutableArray<int> Members(int count) => [.. Enumerable.Range(0, count).Where(Touches)];
    }

    private static int Lowest(List<Candidate> candidates, int element) => candidates.FindIndex(phase => phase.Lowest && phase.Fractions[element] > 1 - SameFraction);

    private static double Above(Candidate phase, int[] corners, List<Candidate> candidates) => phase.EnergyEv - corners.Select((corner, i) => candidates[corner].EnergyEv * phase.Fractions[i]).Sum();

    /// <summary>The polyhedron of the corners alone: one vertex, and down from it without end along each axis.</summary>
    private static List<Ray> Corner(int[] corners, List<Candidate> candidates)
    {
        var start = new List<Ray>();
        for (var i = -1; i < corners.Length; i++)
        {
            var ray = new Ray([.. corners.Select((corner, k) => i < 0 ? candidates[corner].EnergyEv : k == i ? -1 : 0)], i < 0, new ulong[(candidates.Count + 63) / 64]);
            for (var k = 0; k < corners.Length; k++)
                if (k != i) ray.Touch(corners[k]);
            start.Add(ray);
        }
        return start;
    }

    private void Cut(Candidate phase, int number, int dimension)
    {
        var excess = rays.Select(ray => ray.At(phase.Fractions) - (ray.IsVertex ? phase.EnergyEv : 0)).ToArray();
        for (var i = 0; i < rays.Count; i++)
            if (Math.Abs(excess[i]) <= Tolerance) rays[i].Touch(number);
        var lost = Enumerable.Range(0, rays.Count).Where(k => excess[k] > Tolerance).ToArray();
        if (lost.Length == 0) return;
        var kept = new List<Ray>();
        for (var i = 0; i < rays.Count; i++)
        {
            if (excess[i] <= Tolerance) kept.Add(rays[i]);
            if (excess[i] >= -Tolerance) continue;
            foreach (var k in lost)
            {
                // They are the ends of an edge if so many bounds meet there, and nowhere else do all of them.
                if (rays[i].CommonCount(rays[k]) < dimension - 1) continue;
                var common = rays[i].Common(rays[k].Touched);
                if (rays.Where((ray, other) => other != i && other != k && ray.TouchesAll(common)).Any()) continue;
                // Only vertices are cut off: along the directions no phase gains.
                var part = rays[i].IsVertex ? excess[k] / (excess[k] - excess[i]) : excess[k] / -excess[i];
                var weight = rays[i].IsVertex ? 1 - part : 1;
                var cut = new Ray([.. rays[i].Potentials.Zip(rays[k].Potentials, (below, above) => part * below + weight * above)], true, common);
                cut.Touch(number);
                kept.Add(cut);
            }
        }
        rays.Clear();
        rays.AddRange(kept);
    }

    private IEnumerable<(int, int)> Lines()
    {
        var stable = Enumerable.Range(0, Phases.Length).Where(i => Phases[i].Stable).ToArray();
        foreach (var first in stable)
        {
            var touching = rays.Where(ray => ray.Touches(first)).ToList();
            foreach (var second in stable.Where(phase => phase > first))
            {
                // The smallest face of the hull that holds both: what coexists with them wherever they coexist.
                ulong[]? face = null;
                foreach (var ray in touching.Where(ray => ray.Touches(second))) face = face is null ? ray.Touched : ray.Common(face);
                if (face is not null && stable.Where(phase => phase != first && phase != second && (face[phase >> 6] >> phase & 1) != 0).All(phase => Outside(phase, first, second)))
                    yield return (first, second);
            }
        }
    }

    /// <summary>On the line through two phases, but not between them.</summary>
    private bool Outside(int phase, int first, int second)
    {
        var (from, to, at) = (Phases[first].Fractions, Phases[second].Fractions, Phases[phase].Fractions);
        double along = 0, length = 0, distance = 0;
        for (var i = 0; i < at.Length; i++)
        {
            along += (at[i] - from[i]) * (to[i] - from[i]);
            length += (to[i] - from[i]) * (to[i] - from[i]);
        }
        var part = along / length;
        for (var i = 0; i < at.Length; i++) distance = Math.Max(distance, Math.Abs(from[i] + part * (to[i] - from[i]) - at[i]));
        return distance < SameFraction && part is < 0 or > 1;
    }
}
