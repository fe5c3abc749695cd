using DftFlow.Crystals;

namespace DftFlow.Tests.Corpus.Views;

internal static class StructureView
{
    public static Found? Of(Structure? structure, int firstSites) => structure is null ? null : new Found
    {
        ["n_sites"] = structure.Sites.Length,
        ["formula"] = Formula(structure.Sites.Select(site => site.Element.Symbol)),
        ["lattice"] = new[] { structure.Lattice.A, structure.Lattice.B, structure.Lattice.C },
        ["volume"] = structure.Lattice.Volume,
        ["species_runs"] = Runs(structure.Sites.Select(site => site.Element.Symbol)),
        ["first_frac_coords"] = structure.Sites.Take(firstSites).Select(site => site.Fractional),
        ["last_frac_coords"] = structure.Sites[^1].Fractional,
    };

    /// <summary>As pymatgen writes it: counts by element, in the order of electronegativity.</summary>
    public static string Formula(IEnumerable<string> symbols) => string.Join(' ', symbols.GroupBy(Element.Parse).OrderBy(group => group.Key)
        .Select(group => FormattableString.Invariant($"{group.Key}{group.Count()}")));

    public static List<object[]> Runs(IEnumerable<string> symbols)
    {
        var runs = new List<object[]>();
        foreach (var symbol in symbols)
        {
            if (runs is [.., [string last, int count]] && last == symbol) runs[^1][1] = count + 1;
            else runs.Add([symbol, 1]);
        }
        return runs;
    }
}
