namespace DftFlow.Crystals.Interfaces;

/// <summary>
/// What ranks the places of an ionic coating: the Coulomb energy of two ions with their usual charges, screened exponentially, and
/// Born's repulsion R⁻⁸ that puts the minimum of an anion and a cation where their radii touch (L. Pauling, The Nature of the Chemical
/// Bond, ch. 13). In e²/Å; good for telling a place above an ion of the other sign from others, not for energies.
/// </summary>
internal sealed class PairEnergy
{
    public const double ReachA = 8;

    private const double ScreeningA = 3;
    private const int BornExponent = 8;
    private const int Points = 4096;
    private const double NearestA = 0.5;

    private readonly double[] table = new double[Points + 2];

    public PairEnergy(Element first, Element second)
    {
        var charges = Contacts.UsualCharge(first) * Contacts.UsualCharge(second);
        var contact = Contacts.LengthA(first, second, ContactRadii.Ionic);
        // Cations are too small to touch each other: their charges keep them apart, long before.
        var cations = Contacts.UsualCharge(first) > 0 && Contacts.UsualCharge(second) > 0;
        // The slope of the screened attraction of the two at contact; atoms without a usual charge repel as single charges do.
        var repulsion = cations ? 0 : Math.Max(1, Math.Abs(charges)) * Math.Exp(-contact / ScreeningA) * (1 + contact / ScreeningA) / (BornExponent * contact);
        var atEnd = Value(ReachA);
        for (var i = 0; i < table.Length; i++) table[i] = Value(Math.Max(NearestA, Math.Sqrt(i * (ReachA * ReachA / Points)))) - atEnd;

        double Value(double distance) => charges * Math.Exp(-distance / ScreeningA) / distance + repulsion * Math.Pow(contact / distance, BornExponent);
    }

    /// <summary>At the square of a distance up to <see cref="ReachA"/>, where it is zero.</summary>
    public double At(double squareA2)
    {
        var place = squareA2 * (Points / (ReachA * ReachA));
        var i = (int)place;
        return table[i] + (place - i) * (table[i + 1] - table[i]);
    }
}
