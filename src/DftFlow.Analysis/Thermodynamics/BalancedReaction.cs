using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>So many formula units of a phase.</summary>
public sealed record FormulaAmount(string Formula, double Amount);

/// <summary>A reaction with as many atoms of each element on either side.</summary>
public sealed record BalancedReaction(IReadOnlyList<FormulaAmount> Reactants, IReadOnlyList<FormulaAmount> Products)
{
    /// <summary>Amounts below this are round-off.</summary>
    private const double Nothing = 1e-10;

    /// <summary>
    /// Balances a reaction whose reactants and products differ only in elements that a reservoir gives or takes: what is
    /// consumed joins the reactants, what is released the products.
    /// </summary>
    internal static BalancedReaction Create(
        IEnumerable<(ChosenPhase Phase, double Amount)> reactants,
        IEnumerable<(ChosenPhase Phase, double Amount)> products,
        IEnumerable<Element> reservoirs)
    {
        var left = reactants.Where(term => term.Amount > Nothing).ToList();
        var right = products.Where(term => term.Amount > Nothing).ToList();
        foreach (var element in reservoirs.Order())
        {
            var formula = new Composition([KeyValuePair.Create(element, 1.0)]).Reduced();
            var released = (Amount(left, element) - Amount(right, element)) / formula.AtomCount;
            if (released > Nothing) right.Add((formula, released));
            if (-released > Nothing) left.Add((formula, -released));
        }
        return new BalancedReaction(Terms(left), Terms(right));
    }

    /// <summary>Amounts to four digits: <c>0.25 Li3InCl6 + 0.75 LiMnO2 -> 0.375 Mn2O3 + 0.125 In2O3 + 1.5 LiCl</c>.</summary>
    public override string ToString() => $"{Side(Reactants)} -> {Side(Products)}";

    private static double Amount(List<(ChosenPhase Phase, double Amount)> side, Element element) =>
        side.Sum(term => term.Phase.Composition[element] * term.Amount);

    private static FormulaAmount[] Terms(List<(ChosenPhase Phase, double Amount)> side) =>
        [.. side.Select(term => new FormulaAmount(term.Phase.Formula, term.Amount))];

    private static string Side(IReadOnlyList<FormulaAmount> terms) => string.Join(" + ", terms.Select(term =>
    {
        var amount = term.Amount.ToString("G4", CultureInfo.InvariantCulture);
        return amount == "1" ? term.Formula : $"{amount} {term.Formula}";
    }));
}
