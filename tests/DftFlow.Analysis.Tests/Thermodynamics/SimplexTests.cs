using CsCheck;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;
using Google.OrTools.LinearSolver;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>Our simplex method beside GLOP of OR-Tools, which shares nothing with it.</summary>
public class SimplexTests
{
    // Rows, columns and costs; costs are multiples of a quarter in half of the programs, so that solutions tie and steps have no length.
    private static readonly Gen<(int Rows, double[] Columns, double[] Costs, double[] Amounts)> Programs =
        from rows in Gen.Int[1, 7]
        from count in Gen.Int[0, 40]
        from parts in Gen.Int[0, 3].Array[rows * count]
        from costs in Gen.OneOf(Gen.Int[-8, 1].Select(quarter => quarter / 4.0), Gen.Double[-3, 0.5]).Array[count]
        from amounts in Gen.Int[0, 5].Array[rows]
        select (rows, parts.Select(part => (double)part).ToArray(), costs, amounts.Select(amount => (double)amount).ToArray());

    [Fact]
    public void Finds_the_least_cost_that_another_solver_finds() => Programs.Sample(program =>
    {
        var (rows, parts, costs, amounts) = program;
        // A column of nothing would be taken without end.
        var kept = Enumerable.Range(0, costs.Length).Where(j => parts.AsSpan(j * rows, rows).ContainsAnyExcept(0.0)).ToArray();
        double[] columns = [.. Enumerable.Range(0, rows).SelectMany(i => Enumerable.Range(0, rows).Select(k => i == k ? 1.0 : 0)), .. kept.SelectMany(j => parts[(j * rows)..((j + 1) * rows)])];
        double[] all = [.. Enumerable.Repeat(0.0, rows), .. kept.Select(j => costs[j])];
        var simplex = new DenseSimplex(rows, columns, all);
        simplex.Begin([.. Enumerable.Range(0, rows)], amounts);
        Assert.True(simplex.Minimise());

        var cost = 0.0;
        var sums = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            Assert.True(simplex.Values[i] > -1e-9);
            cost += simplex.Values[i] * all[simplex.Basis[i]];
            for (var k = 0; k < rows; k++) sums[k] += simplex.Values[i] * columns[simplex.Basis[i] * rows + k];
        }
        for (var k = 0; k < rows; k++) Assert.Equal(amounts[k], sums[k], 1e-9);
        Assert.Equal(Glop(rows, columns, all, amounts), cost, 1e-7);
        // Weak duality: no column costs less than its prices, and all is paid for by them.
        for (var j = 0; j < all.Length; j++) Assert.True(Enumerable.Range(0, rows).Sum(k => simplex.Prices[k] * columns[j * rows + k]) <= all[j] + 1e-8);
        Assert.Equal(cost, Enumerable.Range(0, rows).Sum(k => simplex.Prices[k] * amounts[k]), 1e-7);
    }, iter: Effort.Iterations(2000));

    [Fact]
    public void Says_so_where_cost_can_be_lowered_without_end()
    {
        var simplex = new DenseSimplex(1, [1, -1], [0, -1]);
        simplex.Begin([0], [1]);
        Assert.False(simplex.Minimise());
    }

    /// <summary>Sampled densely: what a curve says between its kinks is what a program at that very mixture gives.</summary>
    [Theory]
    [InlineData("Li2MnO3", "Li2.6In0.8Ta0.2Cl6", null)]
    [InlineData("LiMnO2", "Li2.6In0.8Ta0.2Cl6", null)]
    [InlineData("LiMnO2", "Li3ScF6", null)]
    [InlineData("Li3ScF6", "Li2.6In0.8Ta0.2Cl6", -3.7)]
    public void Reaction_curves_agree_with_200_programs_of_another_solver(string one, string two, double? lithiumEv)
    {
        var (first, second) = (Composition.Parse(one), Composition.Parse(two));
        var diagram = Carried.Mp2020;
        var reaction = Toy.React(diagram, first, second, open: lithiumEv is { } potential ? [(Toy.Li, potential)] : []);
        Element[] elements = [.. first.Elements.Union(second.Elements).Where(element => lithiumEv is null || element != Toy.Li)];
        var entries = diagram.Entries.Where(entry => entry.Composition.Elements.All(element => elements.Contains(element) || (lithiumEv is not null && element == Toy.Li)) && elements.Any(element => entry.Composition[element] > 0)).ToArray();
        double[] columns = [.. entries.SelectMany(entry => elements.Select(element => entry.Composition[element]))];
        double[] costs = [.. entries.Select(entry => diagram.FormationEnergyEvPerAtom(entry) * entry.Composition.AtomCount - (lithiumEv ?? 0) * entry.Composition[Toy.Li])];
        var ends = (First: Closed(first), Second: Closed(second));
        for (var i = 0; i <= 200; i++)
        {
            var x = i / 200.0;
            double[] amounts = [.. elements.Select(element => x * first[element] / ends.First + (1 - x) * second[element] / ends.Second)];
            var hull = Glop(elements.Length, columns, costs, amounts);
            var expected = hull - x * Energy(first, reaction.First, ends.First) - (1 - x) * Energy(second, reaction.Second, ends.Second);
            var (left, right) = reaction.Kinks.Zip(reaction.Kinks.Skip(1)).First(pair => x <= pair.Second.X);
            Assert.Equal(expected, left.EnergyEvPerAtom + (x - left.X) / (right.X - left.X) * (right.EnergyEvPerAtom - left.EnergyEvPerAtom), 1e-7);
        }

        double Closed(Composition composition) => elements.Sum(element => composition[element]);

        double Energy(Composition composition, Reactant reactant, double atoms) => (reactant.EnergyEvPerAtom * composition.AtomCount - (lithiumEv ?? 0) * composition[Toy.Li]) / atoms;
    }

    private static double Glop(int rows, double[] columns, double[] costs, double[] amounts)
    {
        using var solver = Solver.CreateSolver("GLOP");
        solver.SetSolverSpecificParametersAsString("primal_feasibility_tolerance: 1e-11 dual_feasibility_tolerance: 1e-11 use_preprocessing: false");
        var balances = amounts.Select(amount => solver.MakeConstraint(amount, amount)).ToArray();
        solver.Objective().SetMinimization();
        for (var j = 0; j < costs.Length; j++)
        {
            var variable = solver.MakeNumVar(0, double.PositiveInfinity, "");
            solver.Objective().SetCoefficient(variable, costs[j]);
            for (var k = 0; k < rows; k++)
                if (columns[j * rows + k] != 0) balances[k].SetCoefficient(variable, columns[j * rows + k]);
        }
        Assert.Equal(Solver.ResultStatus.OPTIMAL, solver.Solve());
        return solver.Objective().Value();
    }
}
