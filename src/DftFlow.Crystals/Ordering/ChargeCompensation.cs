using System.Collections.Immutable;

namespace DftFlow.Crystals.Ordering;

/// <summary>Which of the sites that could make up for a charge are taken.</summary>
public enum CompensationPlacement
{
    /// <summary>Those with the shortest periodic distance to a site substituted; equal to 0.0001 Å, by number.</summary>
    Nearest,

    /// <summary>Those that give the lowest electrostatic energy.</summary>
    LowestEwald,
}

/// <summary>
/// Makes up for the charge that a substitution brings: atoms of an element are removed (Li), or another element takes their place
/// (F for O), so many that the formal charges add up to what they did before.
/// </summary>
/// <param name="Of">The element whose atoms go.</param>
/// <param name="By">What takes their place; null where the sites stay empty.</param>
public sealed record ChargeCompensation(Element Of, Element? By)
{
    /// <summary>How many; null: as many as the charge asks for. A number that leaves a charge is carried out, and the charge reported.</summary>
    public int? Count { get; init; }

    public CompensationPlacement Placement { get; init; }

    /// <summary>How many sites of the element make up for the change of charge.</summary>
    /// <exception cref="DftFlowException">DF1236: no whole number does.</exception>
    internal int CountFor(double changeE, OxidationStates states)
    {
        if (Count is { } given) return given >= 0 ? given : throw Error($"{given.ToString(System.Globalization.CultureInfo.InvariantCulture)} sites cannot be changed.", "`count` is at least 0.");
        var step = (By is null ? 0 : states.ChargeOf(By)) - states.ChargeOf(Of);
        if (Math.Abs(changeE) < 1e-6) return 0;
        var what = By is null ? $"removing {Of}" : $"{By} for {Of}";
        if (Math.Abs(step) < 1e-6) throw Error($"The substitution brings a charge of {OxidationStates.Signed(changeE)}, and {what} changes none.", Advice(changeE));
        var count = -changeE / step;
        if (count < 0) throw Error($"The substitution brings a charge of {OxidationStates.Signed(changeE)}, and {what} adds {OxidationStates.Signed(step)} each time: to the same side.", Advice(changeE));
        var whole = Math.Round(count);
        return Math.Abs(count - whole) < 1e-6 ? (int)whole : throw Error($"The substitution brings a charge of {OxidationStates.Signed(changeE)}; {what} makes up for {OxidationStates.Signed(-step)} each time, and no whole number of them for all.", "Change the number of substituted sites, or give `count` and accept the charge that is left.");
    }

    /// <summary>The candidates that are nearest to the centres.</summary>
    internal static ImmutableArray<int> Nearest(Structure structure, IEnumerable<int> candidates, IReadOnlyCollection<int> centres, int count) =>
        [.. candidates
            .OrderBy(number => Math.Round(centres.Where(centre => centre != number).Select(centre => structure.DistanceA(number - 1, centre - 1)).DefaultIfEmpty(0).Min(), 4))
            .ThenBy(number => number).Take(count).Order()];

    internal static DftFlowException Error(string message, string hint) => new("DF1236", message, hint);

    private static string Advice(double changeE) => changeE < 0
        ? "A negative charge is made up for by anions of a smaller charge (F for O), or by removing anions."
        : "A positive charge is made up for by removing cations (Li), or by anions of a larger charge.";
}
