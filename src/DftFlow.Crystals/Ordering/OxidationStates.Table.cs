using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Crystals.Ordering;

// Oxidation states: N. N. Greenwood, A. Earnshaw, Chemistry of the Elements, 2nd ed., Butterworth-Heinemann 1997, p. 28 and the
// chapters of the elements; states of ions in oxides, halides and other solids, most usual first.
public sealed partial record OxidationStates
{
    private static readonly FrozenDictionary<Element, (ImmutableArray<int> Common, ImmutableArray<int> Known)> States = Load();

    /// <summary>The states that an element has in most of its ionic solids, the most usual first; empty where there is none.</summary>
    public static ImmutableArray<int> Common(Element element) => States.TryGetValue(element, out var states) ? states.Common : [];

    /// <summary>The common states and those that are met now and then in ionic solids.</summary>
    public static ImmutableArray<int> Known(Element element) => States.TryGetValue(element, out var states) ? states.Known : [];

    private static FrozenDictionary<Element, (ImmutableArray<int>, ImmutableArray<int>)> Load() =>
        Table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(row =>
        {
            var parts = row.Split('|', StringSplitOptions.TrimEntries);
            var symbols = parts[0].Split(' ');
            ImmutableArray<int> common = Numbers(parts[1]), others = parts.Length > 2 ? Numbers(parts[2]) : [];
            return symbols.Select(symbol => KeyValuePair.Create(Element.Parse(symbol), (common, common.AddRange(others))));
        }).SelectMany(pairs => pairs).ToFrozenDictionary();

    private static ImmutableArray<int> Numbers(string text) => [.. text.Split(' ').Select(state => int.Parse(state, CultureInfo.InvariantCulture))];

    // Elements | common states | further states.
    private const string Table = """
        H | 1 | -1
        Li Na K Rb Cs Fr | 1
        Be Mg Ca Sr Ba Ra | 2
        B Al | 3
        Ga | 3 | 1
        In | 3 | 1
        Tl | 1 3
        C | 4 -4 | 2 3
        Si | 4 | -4
        Ge | 4 | 2
        Sn | 4 2
        Pb | 2 4
        N | -3 5 | 3
        P | 5 -3 | 3
        As | 3 5 -3
        Sb | 3 5 | -3
        Bi | 3 | 5
        O | -2 | -1
        S | -2 6 | 4
        Se | -2 | 4 6
        Te | -2 4 | 6
        Po | 4 | 2 -2
        F | -1
        Cl Br I At | -1 | 5 7
        Sc Y La Lu Ac Lr | 3
        Ti | 4 | 3 2
        Zr Hf | 4
        V | 5 4 3 | 2
        Nb | 5 | 4 3
        Ta | 5 | 4
        Cr | 3 6 | 2 4
        Mo | 6 4 | 5 3
        W | 6 | 4 5
        Mn | 2 4 | 3 7
        Tc | 7 4
        Re | 7 4 | 6
        Fe | 3 2 | 4
        Ru | 4 3 | 5
        Os | 4 | 8
        Co | 3 2 | 4
        Rh | 3 | 4
        Ir | 4 3
        Ni | 2 | 3 4
        Pd | 2 | 4
        Pt | 4 2
        Cu | 2 1 | 3
        Ag | 1 | 2
        Au | 3 1
        Zn Cd | 2
        Hg | 2
        Ce | 4 3
        Pr Tb | 3 | 4
        Nd Pm Gd Dy Ho Er | 3
        Sm Tm Yb | 3 | 2
        Eu | 3 2
        Th | 4
        Pa | 5 | 4
        U | 6 4 | 5 3
        Np | 5 | 4 6
        Pu | 4 | 3 6
        Am Cm Bk Cf Es Fm Md | 3
        No | 2 | 3
        """;
}
