using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Cli.Entries;

/// <summary>The elements of a phase diagram, as in <c>Li-Mn-O</c>; in the order of their symbols, as the Materials Project has them.</summary>
internal sealed record ChemicalSystem(ImmutableArray<string> Symbols)
{
    // Twelve have 4,095 subsystems; no paper's diagram has as many.
    private const int MostElements = 12;

    /// <exception cref="DftFlowException">DF3164: it is none.</exception>
    public static ChemicalSystem Parse(string text)
    {
        var parts = text.Split('-', StringSplitOptions.TrimEntries);
        foreach (var part in parts)
            if (!Element.TryParse(part, out _)) throw Refused(part.Length == 0 ? $"'{text}' is not a chemical system." : $"'{part}' in '{text}' is not the symbol of an element.");
        if (parts.Distinct(StringComparer.Ordinal).Count() < parts.Length) throw Refused($"An element stands twice in '{text}'.");
        if (parts.Length > MostElements) throw Refused(FormattableString.Invariant($"'{text}' has {parts.Length} elements; at most {MostElements} are fetched at once."));
        return new([.. parts.Order(StringComparer.Ordinal)]);
    }

    /// <summary>The system and all that lie in it, down to the elements.</summary>
    public IEnumerable<string> Subsystems()
    {
        for (var mask = 1; mask < 1 << Symbols.Length; mask++)
            yield return string.Join('-', Symbols.Where((_, i) => (mask >> i & 1) == 1));
    }

    public override string ToString() => string.Join('-', Symbols);

    private static DftFlowException Refused(string message) => new("DF3164", message, "Write element symbols with hyphens between them, as in Li-Mn-O.");
}
