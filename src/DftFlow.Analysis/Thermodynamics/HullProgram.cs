using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>
/// The least energy of mixtures of phases within some elements, as a linear program: minimise Σ λ_j e_j where Σ λ_j c_j is the
/// composition and λ ≥ 0. Amounts are fractions of the atoms that belong to no open element; e_j is the grand potential (without
/// open elements, the formation energy) per such atom.
/// </summary>
/// <remarks>
/// The elements themselves are always there to be had, and so a mixture to begin from. An instance does not change and may be used
/// by several threads.
/// </remarks>
internal sealed class HullProgram
{
    // Amounts below this are round-off.
    private const double Nothing = 1e-10;

    // Below this depth (eV/atom) under the chord, and this near (atomic fraction) to a neighbour, there is no kink.
    private const double LeastDepth = 1e-9;
    private const double LeastDistance = 1e-9;

    private readonly IReadOnlyList<Element> elements;
    private readonly List<Entry> entries = [];
    private readonly double[] columns;
    private readonly double[] energies;

    /// <param name="elements">That are not open.</param>
    /// <param name="open">Chemical potentials of the others, in eV relative to their references.</param>
    /// <param name="references">The entry of each element.</param>
    /// <param name="phases">What else there is within these elements, with formation energies.</param>
    public HullProgram(IReadOnlyList<Element> elements, IReadOnlyDictionary<Element, double>? open, IEnumerable<Entry> references, IEnumerable<PhaseDiagram.Phase> phases)
    {
        this.elements = elements;
        var (amounts, energy) = (new List<double>(), new List<double>());
        foreach (var (index, reference) in references.Index())
        {
            entries.Add(reference);
            energy.Add(0);
            for (var i = 0; i < elements.Count; i++) amounts.Add(i == index ? 1 : 0);
        }
        Span<double> column = stackalloc double[elements.Count];
        foreach (var phase in phases)
        {
            column.Clear();
            var (grandPotential, atoms, kinds) = (phase.FormationEnergy, 0.0, 0);
            foreach (var (element, fraction) in phase.Fractions)
            {
                if (open is not null && open.TryGetValue(element, out var potential))
                {
                    grandPotential -= potential * fraction;
                    continue;
                }
                atoms += column[IndexOf(element)] = fraction;
                kinds++;
            }
            // What is above its elements never pays; what is of open elements only has no place.
            if (kinds == 0 || (grandPotential > 0 && kinds > 1)) continue;
            entries.Add(phase.Entry);
            energy.Add(grandPotential / atoms);
            foreach (var amount in column) amounts.Add(amount / atoms);
        }
        (columns, energies) = ([.. amounts], [.. energy]);
    }

    /// <summary>A mixture of least energy.</summary>
    /// <param name="X">Atomic fraction of the line's first end.</param>
    /// <param name="Energy">eV per atom of the elements that are not open.</param>
    /// <param name="Phases">With the share of those atoms that each holds.</param>
    public sealed record Point(double X, double Energy, IReadOnlyList<(Entry Entry, double Fraction)> Phases);

    /// <summary>The hull at a composition; the amounts of open elements in it do not matter.</summary>
    public Point At(Composition composition) => At(Amounts(composition), 0);

    /// <summary>The ends of the line between two compositions, and every kink of the hull between them, in the order of x, which is 1 at the first composition.</summary>
    /// <remarks>
    /// Here x is a variable: Σ λ_j c_j = x c_1 + y c_2 with x + y = 1, and the objective is tilted to Σ λ_j e_j - s x. With s the slope of a
    /// chord the solution is the point of the hull farthest below it, a kink, unless the hull is the chord. Kinks are found so without
    /// duals, which are ambiguous where the program is degenerate, and without sampling.
    /// </remarks>
    public IReadOnlyList<Point> Kinks(Composition first, Composition second, CancellationToken cancellation = default)
    {
        var (one, two) = (Amounts(first), Amounts(second));
        var kinks = new List<Point> { At(two, 0), At(one, 1) };
        var line = Line(one, two, out var costs);
        for (var i = 0; i < kinks.Count - 1;)
        {
            cancellation.ThrowIfCancellationRequested();
            costs[^2] = -Slope(kinks[i], kinks[i + 1]);
            var deepest = Solution(line, null);
            if (Below(kinks[i], deepest, kinks[i + 1])) kinks.Insert(i + 1, deepest);
            else i++;
        }
        // Where mixtures are equal in energy, a point inside an edge may have been met before the edge's ends.
        for (var i = 1; i < kinks.Count - 1;)
            if (Below(kinks[i - 1], kinks[i], kinks[i + 1])) i++;
            else kinks.RemoveAt(i);
        return kinks;
    }

    /// <summary>
    /// The chemical potentials, in eV relative to the elements, with which a phase of least energy is in equilibrium with itself, where that of
    /// one element is the highest or the lowest; null where there is none: the phase is not stable.
    /// </summary>
    /// <param name="phase">The amounts of the elements and the energy, each per atom.</param>
    /// <remarks>
    /// The dual of a hull program: μ_i is greatest where μ·c_j ≤ e_j for all phases and μ·c_p = e_p, that is min Σ λ_j e_j - τ e_p with
    /// Σ λ_j c_j - τ c_p the unit of element i; least, with the opposite of that unit.
    /// </remarks>
    public double[]? ExtremePotentials((double[] Amounts, double Energy) phase, int element, bool highest)
    {
        var rows = elements.Count;
        double[] withPhase = [.. columns, .. phase.Amounts.Select(amount => -amount)];
        var simplex = new DenseSimplex(rows, withPhase, [.. energies, -phase.Energy]);
        var basis = Enumerable.Range(0, rows).ToArray();
        // Taking one atom of the element out of the phase leaves its other elements.
        if (!highest) basis[element] = energies.Length;
        var unit = new double[rows];
        unit[element] = highest ? 1 : -1;
        simplex.Begin(basis, unit);
        return simplex.Minimise() ? simplex.Prices.ToArray() : null;
    }

    private static double Slope(Point left, Point right) => (right.Energy - left.Energy) / (right.X - left.X);

    private static bool Below(Point left, Point point, Point right) =>
        point.X - left.X > LeastDistance && right.X - point.X > LeastDistance
        && left.Energy + Slope(left, right) * (point.X - left.X) - point.Energy > LeastDepth;

    private Point At(double[] amounts, double x)
    {
        var simplex = new DenseSimplex(elements.Count, columns, energies);
        simplex.Begin([.. Enumerable.Range(0, elements.Count)], amounts);
        return Solution(simplex, x);
    }

    /// <summary>The program with x and y as its last two columns, begun with the elements at x = 0.</summary>
    private DenseSimplex Line(double[] one, double[] two, out double[] costs)
    {
        var (rows, count) = (elements.Count, energies.Length);
        var wide = new double[(rows + 1) * (count + 2)];
        for (var j = 0; j < count; j++) columns.AsSpan(j * rows, rows).CopyTo(wide.AsSpan(j * (rows + 1)));
        foreach (var (j, end) in ((int, double[])[])[(count, one), (count + 1, two)])
        {
            for (var i = 0; i < rows; i++) wide[j * (rows + 1) + i] = -end[i];
            wide[j * (rows + 1) + rows] = 1;
        }
        costs = [.. energies, 0, 0];
        var simplex = new DenseSimplex(rows + 1, wide, costs);
        var unit = new double[rows + 1];
        unit[rows] = 1;
        simplex.Begin([.. Enumerable.Range(0, rows), count + 1], unit);
        return simplex;
    }

    /// <param name="x">Null where it is a variable.</param>
    private Point Solution(DenseSimplex simplex, double? x)
    {
        if (!simplex.Minimise())
            throw new DftFlowException("DF3110", $"The linear program for a mixture of {string.Join(", ", elements)} was not solved.",
                "Energies or amounts that differ by many orders of magnitude do this; look for rows in the wrong unit, and for traces of an element in a formula.");
        var (place, energy, phases) = (x ?? 0, 0.0, new List<(int Column, double Fraction)>());
        for (var i = 0; i < simplex.Basis.Length; i++)
        {
            var (column, fraction) = (simplex.Basis[i], simplex.Values[i]);
            if (column == energies.Length) place = Math.Clamp(fraction, 0, 1);
            if (column >= energies.Length || fraction <= Nothing) continue;
            phases.Add((column, fraction));
            energy += fraction * energies[column];
        }
        return new Point(place, energy, [.. phases.OrderBy(part => part.Column).Select(part => (entries[part.Column], part.Fraction))]);
    }

    private double[] Amounts(Composition composition)
    {
        var total = elements.Sum(element => composition[element]);
        return [.. elements.Select(element => composition[element] / total)];
    }

    private int IndexOf(Element element)
    {
        for (var i = 0; i < elements.Count; i++)
            if (ReferenceEquals(elements[i], element)) return i;
        throw new ArgumentException($"{element} is not an element of this program.", nameof(element));
    }
}
