using DftFlow.Engine;

namespace DftFlow.Reports.Figures;

/// <summary>An analysis' reactions: all pairs together where there are several, a map where they are many, and each pair by itself.</summary>
internal static class InterfaceFigure
{
    // Curves beyond are no longer told apart, but a map is read at a glance.
    private const int MostTogether = 12, LeastOfAMap = 6;

    public static IEnumerable<Figure> Draw(AnalysisOutcome outcome, InterfaceReactionDetails details)
    {
        var curves = details.Reactions.Select(reaction =>
        {
            // The formulas as the workflow writes them.
            var (first, second) = reaction.Labels.GetValueOrDefault("pair", "").Split(" | ") is [var a, var b] ? (a, b) : (reaction.Value.First.Formula, reaction.Value.Second.Formula);
            var value = outcome.Result.Values.FirstOrDefault(v => v.Quantity == "reaction_energy" && v.Labels.SequenceEqual(reaction.Labels));
            return (Curve: new InterfaceCurve(first, second, reaction.Value, value?.Expected), value?.Source);
        }).ToArray();
        if (curves.Length is > 1 and <= MostTogether) yield return new InterfaceDrawing([.. curves.Select(item => item.Curve)]).As(outcome.Id, $"{outcome.Id}.pairs");
        if (Map([.. curves.Select(item => item.Curve)]) is { } map) yield return map.As(outcome.Id, $"{outcome.Id}.map");
        foreach (var (curve, source) in curves)
            yield return new InterfaceDrawing([curve]).As(outcome.Id, $"{outcome.Id}.{curve.First}-{curve.Second}", Caption(curve, source));
    }

    private static InterfaceMatrixDrawing? Map(InterfaceCurve[] curves)
    {
        var (rows, columns) = (curves.Select(curve => curve.First).Distinct().ToList(), curves.Select(curve => curve.Second).Distinct().ToList());
        if (curves.Length < LeastOfAMap || rows.Count < 2 || columns.Count < 2) return null;
        var energies = new double?[rows.Count, columns.Count];
        foreach (var curve in curves) energies[rows.IndexOf(curve.First), columns.IndexOf(curve.Second)] = curve.Reaction.Minimum.EnergyEvPerAtom;
        return new InterfaceMatrixDrawing(rows, columns, energies);
    }

    private static RichText Caption(InterfaceCurve curve, string? source)
    {
        var reaction = curve.Reaction;
        var caption = (RichText)"Reaction energy of x " + RichText.Formulas(curve.First) + " and 1 − x " + RichText.Formulas(curve.Second)
            + " (by atoms). Marks: where the products change, the large one at the minimum"
            + (reaction.Minimum.EnergyEvPerAtom < 0
                ? $", {Numbers.Show(1000 * reaction.Minimum.EnergyEvPerAtom, "meV/atom")} meV/atom: " + RichText.Formulas(reaction.Minimum.Reaction.ToString()) + "."
                : (RichText)". No mixture gains energy by reacting.");
        if (reaction.Kinks.Any(kink => kink.MutualEnergyEvPerAtom - kink.EnergyEvPerAtom > 1e-4))
            caption += $" Dashed: the mutual energy, without what each phase gains decomposing by itself; least {Numbers.Show(1000 * reaction.MutualMinimum.EnergyEvPerAtom, "meV/atom")} meV/atom.";
        return curve.ExpectedEv is { } expected
            ? caption + $" Grey: the expected {Numbers.Show(1000 * expected, "meV/atom")} meV/atom{(string.IsNullOrEmpty(source) ? "" : $" ({source})")}."
            : caption;
    }
}
