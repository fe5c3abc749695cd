using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace DftFlow.Crystals;

/// <summary>How much of each element: a formula such as <c>Li2.6In0.8Ta0.2Cl6</c>. Amounts are positive.</summary>
public sealed class Composition : IEquatable<Composition>
{
    private const int DeepestNesting = 16;
    private const double LargestAmount = 1e9;

    // What is written as the molecules that it forms, or for the pairs of oxygen in it, as pymatgen and the Materials Project write it.
    private static readonly ImmutableHashSet<string> Doubled = ["H", "N", "O", "F", "Cl", "HO", "LiO", "NaO", "KO", "RbO", "CsO"];

    private readonly ImmutableArray<KeyValuePair<Element, double>> amounts;

    /// <param name="amounts">Amounts; several of one element are added, and those that vanish are left out.</param>
    public Composition(IEnumerable<KeyValuePair<Element, double>> amounts)
    {
        var sums = new Dictionary<Element, double>();
        foreach (var (element, amount) in amounts)
        {
            if (!double.IsFinite(amount) || amount < 0)
                throw new ArgumentException($"The amount of {element} is {amount.ToString(CultureInfo.InvariantCulture)}; it must be a number not below zero.", nameof(amounts));
            sums[element] = sums.GetValueOrDefault(element) + amount;
        }
        this.amounts = [.. sums.Where(pair => pair.Value > 0).OrderBy(pair => pair.Key)];
    }

    /// <summary>Amounts in the order of a formula: by electronegativity.</summary>
    public IReadOnlyList<KeyValuePair<Element, double>> Amounts => amounts;

    public IEnumerable<Element> Elements => amounts.Select(pair => pair.Key);

    /// <summary>The amount of an element, zero where it does not occur.</summary>
    public double this[Element element]
    {
        get
        {
            foreach (var (key, amount) in amounts)
                if (ReferenceEquals(key, element)) return amount;
            return 0;
        }
    }

    /// <summary>Atoms in one formula unit.</summary>
    public double AtomCount => amounts.Sum(pair => pair.Value);

    public bool IsEmpty => amounts.IsEmpty;

    public double AtomicFraction(Element element) => IsEmpty ? 0 : this[element] / AtomCount;

    public static Composition operator *(Composition composition, double factor) =>
        new(composition.amounts.Select(pair => KeyValuePair.Create(pair.Key, pair.Value * factor)));

    public static Composition operator +(Composition left, Composition right) => new(left.amounts.Concat(right.amounts));

    /// <summary>
    /// The smallest whole numbers of atoms in the same proportions, where there are such (amounts within 1e-6 of whole numbers); otherwise this
    /// composition. LiO for Li2O2, O for O2.
    /// </summary>
    public Composition SmallestUnit()
    {
        if (IsEmpty) return this;
        long divisor = 0;
        foreach (var (_, amount) in amounts)
        {
            var whole = Math.Round(amount);
            if (whole < 1 || Math.Abs(amount - whole) > 1e-6 || whole > LargestAmount) return this;
            divisor = GreatestCommonDivisor(divisor, (long)whole);
        }
        return new Composition(amounts.Select(pair => KeyValuePair.Create(pair.Key, Math.Round(pair.Value) / divisor)));
    }

    /// <summary>
    /// The <see cref="SmallestUnit"/> as it is written: an element that forms diatomic molecules as such (O2), and so peroxides: Li2O2, H2O2.
    /// </summary>
    public Composition Reduced()
    {
        var unit = SmallestUnit();
        return amounts.Length <= 2 && unit.amounts.All(pair => pair.Value == 1) && Doubled.Contains(unit.Formula) ? unit * 2 : unit;
    }

    /// <summary>The formula of <see cref="Reduced"/>, elements by electronegativity: Li2MnO3.</summary>
    public string ReducedFormula => Reduced().Formula;

    /// <summary>The formula with the amounts as they are: Li4Mn2O6.</summary>
    public string Formula
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (element, amount) in amounts)
            {
                text.Append(element.Symbol);
                var rounded = Math.Round(amount, 8);
                if (rounded != 1) text.Append(rounded.ToString("0.########", CultureInfo.InvariantCulture));
            }
            return text.ToString();
        }
    }

    public override string ToString() => Formula;

    /// <summary>Reads a formula: element symbols, amounts with or without decimals, parentheses or brackets.</summary>
    /// <exception cref="FormatException">The text is not a formula; the message says where.</exception>
    public static Composition Parse(string formula) =>
        TryParse(formula, out var composition, out var problem) ? composition : throw new FormatException(problem);

    /// <summary>Reads a formula; <paramref name="problem"/> says what is wrong, and at which character.</summary>
    public static bool TryParse(string formula, [NotNullWhen(true)] out Composition? composition, [NotNullWhen(false)] out string? problem)
    {
        composition = null;
        var parser = new FormulaParser(formula);
        var amounts = parser.Group(depth: 0);
        problem = parser.Problem
            ?? (parser.AtEnd ? null : $"'{formula}' is not a formula: '{formula[parser.Position]}' at character {parser.Position + 1} is not expected there.");
        if (problem is not null) return false;
        composition = new Composition(amounts);
        if (composition.IsEmpty) problem = $"'{formula}' is not a formula: it holds no element.";
        return problem is null;
    }

    public bool Equals(Composition? other) => other is not null && amounts.SequenceEqual(other.amounts);

    public override bool Equals(object? obj) => Equals(obj as Composition);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var pair in amounts) hash.Add(pair);
        return hash.ToHashCode();
    }

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    private sealed class FormulaParser(string text)
    {
        public int Position { get; private set; }

        public string? Problem { get; private set; }

        public bool AtEnd => Position == text.Length;

        public Dictionary<Element, double> Group(int depth)
        {
            var sums = new Dictionary<Element, double>();
            if (depth > DeepestNesting) Problem = $"'{Shorten(text)}' is not a formula: parentheses are nested more than {DeepestNesting} deep.";
            while (Problem is null && !AtEnd)
            {
                var c = text[Position];
                if (char.IsAsciiLetterUpper(c)) AddElement(sums);
                else if (c is '(' or '[') AddGroup(sums, c == '(' ? ')' : ']', depth);
                else if (char.IsWhiteSpace(c)) Position++;
                else break;
            }
            return sums;
        }

        private void AddElement(Dictionary<Element, double> sums)
        {
            var length = Position + 1 < text.Length && char.IsAsciiLetterLower(text[Position + 1]) ? 2 : 1;
            var symbol = text.AsSpan(Position, length);
            if (!Element.TryParse(symbol, out var element))
            {
                Problem = $"'{Shorten(text)}' is not a formula: '{symbol}' at character {Position + 1} is not the symbol of an element.";
                return;
            }
            Position += length;
            sums[element] = sums.GetValueOrDefault(element) + Amount();
        }

        private void AddGroup(Dictionary<Element, double> sums, char close, int depth)
        {
            var start = Position++;
            var inner = Group(depth + 1);
            if (Problem is not null) return;
            if (AtEnd || text[Position] != close)
            {
                Problem = $"'{Shorten(text)}' is not a formula: the bracket at character {start + 1} is not closed.";
                return;
            }
            Position++;
            var factor = Amount();
            foreach (var (element, amount) in inner) sums[element] = sums.GetValueOrDefault(element) + amount * factor;
        }

        private double Amount()
        {
            var start = Position;
            while (!AtEnd && (char.IsAsciiDigit(text[Position]) || text[Position] == '.')) Position++;
            if (start == Position) return 1;
            var digits = text.AsSpan(start, Position - start);
            if (double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount <= LargestAmount)
                return amount;
            Problem = $"'{Shorten(text)}' is not a formula: '{Shorten(digits.ToString())}' at character {start + 1} is not an amount.";
            return 0;
        }

        private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "…";
    }
}
