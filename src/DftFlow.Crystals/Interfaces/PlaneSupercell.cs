namespace DftFlow.Crystals.Interfaces;

/// <summary>Two vectors of a plane lattice as whole numbers of its own: a′ = Aa·a + Ab·b, b′ = Ba·a + Bb·b.</summary>
public readonly record struct PlaneSupercell(int Aa, int Ab, int Ba, int Bb) : IComparable<PlaneSupercell>
{
    public static PlaneSupercell Identity { get; } = new(1, 0, 0, 1);

    /// <summary>Negative where the hand of the vectors changes.</summary>
    public int Determinant => Aa * Bb - Ab * Ba;

    /// <summary>How many cells it holds.</summary>
    public int Multiple => Math.Abs(Determinant);

    /// <summary>The rows of the left one, as vectors of the lattice that the right one describes.</summary>
    public static PlaneSupercell operator *(PlaneSupercell left, PlaneSupercell right) => new(
        left.Aa * right.Aa + left.Ab * right.Ba, left.Aa * right.Ab + left.Ab * right.Bb,
        left.Ba * right.Aa + left.Bb * right.Ba, left.Ba * right.Ab + left.Bb * right.Bb);

    public int CompareTo(PlaneSupercell other) => (Aa, Ab, Ba, Bb).CompareTo((other.Aa, other.Ab, other.Ba, other.Bb));

    public override string ToString() => FormattableString.Invariant($"({Aa} {Ab} / {Ba} {Bb})");

    public static bool operator <(PlaneSupercell left, PlaneSupercell right) => left.CompareTo(right) < 0;

    public static bool operator <=(PlaneSupercell left, PlaneSupercell right) => left.CompareTo(right) <= 0;

    public static bool operator >(PlaneSupercell left, PlaneSupercell right) => left.CompareTo(right) > 0;

    public static bool operator >=(PlaneSupercell left, PlaneSupercell right) => left.CompareTo(right) >= 0;

    /// <summary>All sublattices that hold so many cells, each once, by their Hermite forms (a b / 0 d), 0 ≤ b &lt; d.</summary>
    internal static IEnumerable<PlaneSupercell> OfMultiple(int multiple)
    {
        for (var a = 1; a <= multiple; a++)
        {
            if (multiple % a != 0) continue;
            var d = multiple / a;
            for (var b = 0; b < d; b++) yield return new(a, b, 0, d);
        }
    }

    /// <summary>The other basis of the same sublattice in Hermite form, and what the same steps make of the rows of a companion.</summary>
    internal static (PlaneSupercell Hermite, PlaneSupercell Companion) Hermite(PlaneSupercell m, PlaneSupercell companion)
    {
        Span<int> first = [m.Aa, m.Ab, companion.Aa, companion.Ab], second = [m.Ba, m.Bb, companion.Ba, companion.Bb];
        while (second[0] != 0)
        {
            var times = first[0] / second[0];
            for (var i = 0; i < 4; i++) (first[i], second[i]) = (second[i], first[i] - times * second[i]);
        }
        if (first[0] < 0) Turn(first);
        if (second[1] < 0) Turn(second);
        var rest = (int)Math.Floor((double)first[1] / second[1]);
        for (var i = 0; i < 4; i++) first[i] -= rest * second[i];
        return (new(first[0], first[1], second[0], second[1]), new(first[2], first[3], second[2], second[3]));

        static void Turn(Span<int> row)
        {
            foreach (ref var number in row) number = -number;
        }
    }

    internal PlaneSupercell Hermite() => Hermite(this, Identity).Hermite;
}
