using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Inputs;

/// <summary>
/// POTCAR.spec: the names of the potentials, one a line, in the order of POSCAR's elements. The potentials themselves stay where
/// their licence keeps them; POTCAR is put together there from this list.
/// </summary>
public static class PotcarSpec
{
    private const int LongestName = 40;
    private const int LongestHash = 65;

    public static string Write(IEnumerable<string> potentials) => string.Concat(potentials.Select(name => name + "\n"));

    /// <exception cref="DftFlowException">DF1260: a line is not the name of a potential.</exception>
    public static ImmutableArray<string> Read(string text)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var (index, line) in text.Split('\n').Index())
        {
            var name = line.Trim();
            if (name.Length == 0) continue;
            if (!IsName(name, out _))
                throw new DftFlowException("DF1260", $"'{(name.Length > LongestName ? name[..LongestName] + "…" : name)}' is not the name of a potential.", "Names look like Mn, Mn_pv or O_s: an element, then its variant.", index + 1, 1);
            names.Add(name);
        }
        return names.ToImmutable();
    }

    /// <summary>Whether this can be the name of a potential: an element's symbol and a variant, and no path.</summary>
    public static bool IsName(ReadOnlySpan<char> name, [NotNullWhen(true)] out Element? element) => TryReadElement(name, out element) && !name.Contains('/');

    /// <summary>The element of a potential's name, or of an element's name in POSCAR: Mn, Mn_pv, H.5, Fe/hash.</summary>
    public static bool TryReadElement(ReadOnlySpan<char> name, [NotNullWhen(true)] out Element? element)
    {
        var letters = 0;
        while (letters < name.Length && char.IsAsciiLetter(name[letters])) letters++;
        element = null;
        if (letters < name.Length && name[letters] is not ('_' or '.' or '/')) return false;
        foreach (var c in name[letters..])
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '/' or '-' or '+')) return false;
        return name.Length <= LongestName + LongestHash && Element.TryParse(name[..letters], out element);
    }
}
