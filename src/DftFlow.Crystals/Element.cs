using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace DftFlow.Crystals;

/// <summary>A chemical element. There is one instance for each, so that reference equality is equality.</summary>
/// <remarks>
/// Standard atomic weights: IUPAC 2015 (Meija et al., Pure Appl. Chem. 88, 265 (2016)).
/// Covalent radii: Cordero et al., Dalton Trans. 2008, 2832 (low-spin values where two are given).
/// Electronegativities: Pauling's scale.
/// </remarks>
public sealed class Element : IComparable<Element>
{
    private Element(int atomicNumber, string symbol, double atomicWeight, double? covalentRadiusA, double? electronegativity, char block)
    {
        AtomicNumber = atomicNumber;
        Symbol = symbol;
        AtomicWeight = atomicWeight;
        CovalentRadiusA = covalentRadiusA;
        Electronegativity = electronegativity;
        Block = block;
    }

    public int AtomicNumber { get; }

    public string Symbol { get; }

    /// <summary>Standard atomic weight, in unified atomic mass units.</summary>
    public double AtomicWeight { get; }

    /// <summary>Single-bond covalent radius in Å; null where none is tabulated.</summary>
    public double? CovalentRadiusA { get; }

    /// <summary>On Pauling's scale; null where none is tabulated (light noble gases).</summary>
    public double? Electronegativity { get; }

    /// <summary>The block of the periodic table: s, p, d or f.</summary>
    public char Block { get; }

    /// <summary>All elements from hydrogen to lawrencium, by atomic number.</summary>
    public static ImmutableArray<Element> All { get; } = Load();

    private static readonly Dictionary<string, Element> BySymbol = All.ToDictionary(e => e.Symbol, StringComparer.Ordinal);

    private static readonly Dictionary<string, Element>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        BySymbol.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Finds an element by its symbol, written as chemists do (<c>Mn</c>, not <c>MN</c>).</summary>
    public static bool TryParse(ReadOnlySpan<char> symbol, [NotNullWhen(true)] out Element? element) =>
        BySpan.TryGetValue(symbol, out element);

    /// <summary>Finds an element by its symbol.</summary>
    /// <exception cref="FormatException">There is no such element.</exception>
    public static Element Parse(string symbol) =>
        TryParse(symbol, out var element) ? element : throw new FormatException($"'{symbol}' is not the symbol of an element.");

    /// <summary>Elements are ordered as in formulas: by electronegativity, unknown ones last, then by symbol.</summary>
    public int CompareTo(Element? other)
    {
        if (other is null) return 1;
        var byElectronegativity = (Electronegativity ?? double.MaxValue).CompareTo(other.Electronegativity ?? double.MaxValue);
        return byElectronegativity != 0 ? byElectronegativity : string.CompareOrdinal(Symbol, other.Symbol);
    }

    public override string ToString() => Symbol;

    private static ImmutableArray<Element> Load()
    {
        var rows = Table.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return [.. rows.Select((row, index) =>
        {
            var field = row.Split(' ');
            return new Element(index + 1, field[0], Number(field[1])!.Value, Number(field[2]), Number(field[3]), field[4][0]);
        })];

        static double? Number(string text) => text == "-" ? null : double.Parse(text, CultureInfo.InvariantCulture);
    }

    // Symbol, standard atomic weight, covalent radius (Å), Pauling electronegativity, block.
    private const string Table = """
        H 1.008 0.31 2.2 s
        He 4.002602 0.28 - s
        Li 6.94 1.28 0.98 s
        Be 9.0121831 0.96 1.57 s
        B 10.81 0.84 2.04 p
        C 12.011 0.76 2.55 p
        N 14.007 0.71 3.04 p
        O 15.999 0.66 3.44 p
        F 18.99840316 0.57 3.98 p
        Ne 20.1797 0.58 - p
        Na 22.98976928 1.66 0.93 s
        Mg 24.305 1.41 1.31 s
        Al 26.9815385 1.21 1.61 p
        Si 28.085 1.11 1.9 p
        P 30.973762 1.07 2.19 p
        S 32.06 1.05 2.58 p
        Cl 35.45 1.02 3.16 p
        Ar 39.948 1.06 - p
        K 39.0983 2.03 0.82 s
        Ca 40.078 1.76 1.0 s
        Sc 44.955908 1.70 1.36 d
        Ti 47.867 1.60 1.54 d
        V 50.9415 1.53 1.63 d
        Cr 51.9961 1.39 1.66 d
        Mn 54.938044 1.39 1.55 d
        Fe 55.845 1.32 1.83 d
        Co 58.933194 1.26 1.88 d
        Ni 58.6934 1.24 1.91 d
        Cu 63.546 1.32 1.9 d
        Zn 65.38 1.22 1.65 d
        Ga 69.723 1.22 1.81 p
        Ge 72.63 1.20 2.01 p
        As 74.921595 1.19 2.18 p
        Se 78.971 1.20 2.55 p
        Br 79.904 1.20 2.96 p
        Kr 83.798 1.16 3.0 p
        Rb 85.4678 2.20 0.82 s
        Sr 87.62 1.95 0.95 s
        Y 88.90584 1.90 1.22 d
        Zr 91.224 1.75 1.33 d
        Nb 92.90637 1.64 1.6 d
        Mo 95.95 1.54 2.16 d
        Tc 97.90721 1.47 1.9 d
        Ru 101.07 1.46 2.2 d
        Rh 102.9055 1.42 2.28 d
        Pd 106.42 1.39 2.2 d
        Ag 107.8682 1.45 1.93 d
        Cd 112.414 1.44 1.69 d
        In 114.818 1.42 1.78 p
        Sn 118.71 1.39 1.96 p
        Sb 121.76 1.39 2.05 p
        Te 127.6 1.38 2.1 p
        I 126.90447 1.39 2.66 p
        Xe 131.293 1.40 2.6 p
        Cs 132.905452 2.44 0.79 s
        Ba 137.327 2.15 0.89 s
        La 138.90547 2.07 1.1 f
        Ce 140.116 2.04 1.12 f
        Pr 140.90766 2.03 1.13 f
        Nd 144.242 2.01 1.14 f
        Pm 144.91276 1.99 1.13 f
        Sm 150.36 1.98 1.17 f
        Eu 151.964 1.98 1.2 f
        Gd 157.25 1.96 1.2 f
        Tb 158.92535 1.94 1.1 f
        Dy 162.5 1.92 1.22 f
        Ho 164.93033 1.92 1.23 f
        Er 167.259 1.89 1.24 f
        Tm 168.93422 1.90 1.25 f
        Yb 173.054 1.87 1.1 f
        Lu 174.9668 1.87 1.27 d
        Hf 178.49 1.75 1.3 d
        Ta 180.94788 1.70 1.5 d
        W 183.84 1.62 2.36 d
        Re 186.207 1.51 1.9 d
        Os 190.23 1.44 2.2 d
        Ir 192.217 1.41 2.2 d
        Pt 195.084 1.36 2.28 d
        Au 196.966569 1.36 2.54 d
        Hg 200.592 1.32 2.0 d
        Tl 204.38 1.45 1.62 p
        Pb 207.2 1.46 2.33 p
        Bi 208.9804 1.48 2.02 p
        Po 208.98243 1.40 2.0 p
        At 209.98715 1.50 2.2 p
        Rn 222.01758 1.50 2.2 p
        Fr 223.01974 2.60 0.7 s
        Ra 226.02541 2.21 0.9 s
        Ac 227.02775 2.15 1.1 f
        Th 232.0377 2.06 1.3 f
        Pa 231.03588 2.00 1.5 f
        U 238.02891 1.96 1.38 f
        Np 237.04817 1.90 1.36 f
        Pu 244.06421 1.87 1.28 f
        Am 243.06138 1.80 1.3 f
        Cm 247.07035 1.69 1.3 f
        Bk 247.07031 - 1.3 f
        Cf 251.07959 - 1.3 f
        Es 252.083 - 1.3 f
        Fm 257.09511 - 1.3 f
        Md 258.09843 - 1.3 f
        No 259.101 - 1.3 f
        Lr 262.11 - 1.3 d
        """;
}
