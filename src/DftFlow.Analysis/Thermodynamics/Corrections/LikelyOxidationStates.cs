using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Thermodynamics.Corrections;

/// <summary>
/// The oxidation states of a composition that are most often met: of all ways to give each atom a state so that the formula is
/// neutral, the one whose states' counts have the largest sum (Composition.oxi_state_guesses of pymatgen).
/// </summary>
/// <param name="Counts">Of each element the states it may have, and how often each is met.</param>
internal sealed record LikelyOxidationStates(ImmutableDictionary<Element, ImmutableArray<(int State, double Count)>> Counts)
{
    private const int MostAtoms = 20;

    /// <summary>The mean state of each element; null where no choice is neutral, and for formulas with fractions or more than 20 atoms.</summary>
    public ImmutableSortedDictionary<Element, double>? Guess(Composition composition)
    {
        var formula = composition.Reduced();
        if (formula.AtomCount > MostAtoms || formula.Amounts.Any(part => part.Value != Math.Round(part.Value))) return null;
        // Of each element's atoms together, and of all elements so far: charge → the best score that reaches it, and the last element's share.
        var reached = new List<Dictionary<int, (double Score, int Share)>> { new() { [0] = default } };
        foreach (var (element, amount) in formula.Amounts)
        {
            if (!Counts.TryGetValue(element, out var states)) return null;
            var next = new Dictionary<int, (double Score, int Share)>();
            foreach (var (share, score) in Shares(states, (int)amount))
                foreach (var (charge, before) in reached[^1])
                    if (!next.TryGetValue(charge + share, out var best) || before.Score + score > best.Score) next[charge + share] = (before.Score + score, share);
            reached.Add(next);
        }
        if (!reached[^1].ContainsKey(0)) return null;
        var guess = ImmutableSortedDictionary.CreateBuilder<Element, double>();
        for (var (i, charge) = (formula.Amounts.Count, 0); i > 0; i--)
        {
            var share = reached[i][charge].Share;
            guess[formula.Amounts[i - 1].Key] = share / formula.Amounts[i - 1].Value;
            charge -= share;
        }
        return guess.ToImmutable();
    }

    private static Dictionary<int, double> Shares(ImmutableArray<(int State, double Count)> states, int atoms)
    {
        var shares = new Dictionary<int, double> { [0] = 0 };
        for (var atom = 0; atom < atoms; atom++)
        {
            var next = new Dictionary<int, double>();
            foreach (var (charge, score) in shares)
                foreach (var (state, count) in states)
                    if (!next.TryGetValue(charge + state, out var best) || score + count > best) next[charge + state] = score + count;
            shares = next;
        }
        return shares;
    }
}
