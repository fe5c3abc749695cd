using DftFlow.Crystals;
using Google.OrTools.LinearSolver;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>
/// The least energy of mixtures of phases along a line of compositions, as a linear program: minimise Σ λ_j e_j where
/// Σ λ_j c_j = x c_1 + (1 - x) c_2 and λ ≥ 0. Amounts are fractions of the atoms that belong to no open element; e_j is the
/// grand potential (without open elements, the formation energy) per such atom.
/// </summary>
/// <remarks>
/// x is a variable of the program. At a fixed x the solution is the hull there; with the objective tilted to
/// Σ λ_j e_j - s x it is where the hull's slope along the line passes s. Kinks are found so without duals, which are ambiguous
/// where the program is degenerate, and without sampling. The columns are laid down once; only the tilt, the bounds of x and the
/// line's ends change from one solution to the next.
/// </remarks>
internal sealed class HullProgram : IDisposable
{
    // Amounts below this are round-off.
    private const double Nothing = 1e-10;

    // Below this depth (eV/atom) under the chord, and this near (atomic fraction) to a neighbour, there is no kink.
    private const double LeastDepth = 1e-9;
    private const double LeastDistance = 1e-9;

    private readonly IReadOnlyList<Element> elements;
    private readonly Solver solver;
    private readonly List<(PhaseDiagram.Phase Phase, double Energy, Variable Variable)> columns = [];
    private readonly Constraint[] balances;
    private readonly Variable mixing;

    public HullProgram(IReadOnlyList<Element> elements, IReadOnlyDictionary<Element, double>? open, IEnumerable<PhaseDiagram.Phase> phases)
    {
        this.elements = elements;
        solver = Solver.CreateSolver("GLOP") ?? throw new DftFlowException("DF3110", "The linear-programming solver GLOP of OR-Tools did not start.",
            "Its native library is missing or does not fit this machine; install DftFlow anew.");
        // The programs are too small for preprocessing to pay; the default tolerances would blur energies by 1e-8 eV.
        if (!solver.SetSolverSpecificParametersAsString(
            "primal_feasibility_tolerance: 1e-11 dual_feasibility_tolerance: 1e-11 use_preprocessing: false"))
            throw new InvalidOperationException("GLOP did not take its parameters.");
        balances = [.. elements.Select(_ => solver.MakeConstraint(0, 0))];
        mixing = solver.MakeNumVar(0, 1, "");
        solver.Objective().SetMinimization();
        foreach (var (phase, energy, amounts) in Candidates(phases, open))
        {
            var variable = solver.MakeNumVar(0, double.PositiveInfinity, "");
            for (var i = 0; i < amounts.Length; i++)
                if (amounts[i] > 0) balances[i].SetCoefficient(variable, amounts[i]);
            solver.Objective().SetCoefficient(variable, energy);
            columns.Add((phase, energy, variable));
        }
    }

    /// <summary>A mixture of least energy.</summary>
    /// <param name="X">Atomic fraction of the line's first end.</param>
    /// <param name="Energy">eV per atom of the elements that are not open.</param>
    /// <param name="Phases">With the share of those atoms that each holds.</param>
    public sealed record Point(double X, double Energy, IReadOnlyList<(Entry Entry, double Fraction)> Phases);

    /// <summary>Sets the line's ends: x = 1 and x = 0. The amounts of open elements in them do not matter.</summary>
    public void SetLine(Composition first, Composition second)
    {
        var (one, two) = (Amounts(first), Amounts(second));
        for (var i = 0; i < balances.Length; i++)
        {
            balances[i].SetBounds(two[i], two[i]);
            balances[i].SetCoefficient(mixing, two[i] - one[i]);
        }
    }

    /// <summary>The hull at one place of the line.</summary>
    public Point At(double x)
    {
        mixing.SetBounds(x, x);
        return Solve(slope: 0);
    }

    /// <summary>The ends of the line and every kink of the hull between them, in the order of x.</summary>
    public IReadOnlyList<Point> Kinks(CancellationToken cancellation = default)
    {
        var kinks = new List<Point> { At(0), At(1) };
        mixing.SetBounds(0, 1);
        for (var i = 0; i < kinks.Count - 1;)
        {
            cancellation.ThrowIfCancellationRequested();
            // The point of the hull farthest below the chord is a kink between its ends, unless the hull is the chord.
            var deepest = Solve(Slope(kinks[i], kinks[i + 1]));
            if (Below(kinks[i], deepest, kinks[i + 1])) kinks.Insert(i + 1, deepest);
            else i++;
        }
        // Where mixtures are equal in energy, a point inside an edge may have been met before the edge's ends.
        for (var i = 1; i < kinks.Count - 1;)
            if (Below(kinks[i - 1], kinks[i], kinks[i + 1])) i++;
            else kinks.RemoveAt(i);
        return kinks;
    }

    public void Dispose() => solver.Dispose();

    private static double Slope(Point left, Point right) => (right.Energy - left.Energy) / (right.X - left.X);

    private static bool Below(Point left, Point point, Point right) =>
        point.X - left.X > LeastDistance && right.X - point.X > LeastDistance
        && left.Energy + Slope(left, right) * (point.X - left.X) - point.Energy > LeastDepth;

    private Point Solve(double slope)
    {
        solver.Objective().SetCoefficient(mixing, -slope);
        var status = solver.Solve();
        if (status != Solver.ResultStatus.OPTIMAL)
            throw new DftFlowException("DF3110", $"The linear program for a mixture of {string.Join(", ", elements)} was not solved: {status}.",
                "Energies that differ by many orders of magnitude do this; look for rows in the wrong unit.");
        var phases = new List<(Entry, double)>();
        var energy = 0.0;
        foreach (var (phase, phaseEnergy, variable) in columns)
        {
            var fraction = variable.SolutionValue();
            if (fraction <= Nothing) continue;
            phases.Add((phase.Entry, fraction));
            energy += fraction * phaseEnergy;
        }
        return new Point(mixing.SolutionValue(), energy, phases);
    }

    private double[] Amounts(Composition composition)
    {
        var total = elements.Sum(element => composition[element]);
        return [.. elements.Select(element => composition[element] / total)];
    }

    /// <summary>
    /// The phases that can be part of a mixture of least energy: of those with the same amounts of the elements that are not
    /// open, the lowest; and none above its elements, which are always there to be had.
    /// </summary>
    private List<(PhaseDiagram.Phase Phase, double Energy, double[] Amounts)> Candidates(
        IEnumerable<PhaseDiagram.Phase> phases, IReadOnlyDictionary<Element, double>? open)
    {
        var lowest = new Dictionary<string, (PhaseDiagram.Phase Phase, double Energy, double[] Amounts)>(StringComparer.Ordinal);
        foreach (var phase in phases)
        {
            var amounts = new double[elements.Count];
            var grandPotential = phase.FormationEnergy;
            var atoms = 0.0;
            foreach (var (element, fraction) in phase.Fractions)
            {
                if (open is not null && open.TryGetValue(element, out var potential)) grandPotential -= potential * fraction;
                else atoms += amounts[IndexOf(element)] = fraction;
            }
            if (atoms == 0) continue;
            var energy = grandPotential / atoms;
            for (var i = 0; i < amounts.Length; i++) amounts[i] /= atoms;
            if (energy > 0 && amounts.Count(amount => amount > 0) > 1) continue;
            var key = string.Join(' ', amounts.Select(amount => (long)Math.Round(amount * 1e9)));
            if (!lowest.TryGetValue(key, out var best) || energy < best.Energy) lowest[key] = (phase, energy, amounts);
        }
        return [.. lowest.Values];
    }

    private int IndexOf(Element element)
    {
        for (var i = 0; i < elements.Count; i++)
            if (ReferenceEquals(elements[i], element)) return i;
        throw new ArgumentException($"{element} is not an element of this program.", nameof(element));
    }
}
