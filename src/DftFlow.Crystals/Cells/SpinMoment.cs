using System.Collections.Immutable;

namespace DftFlow.Crystals.Cells;

/// <summary>How an ion's d electrons are distributed over the t2g and eg orbitals of an octahedron.</summary>
public enum SpinState
{
    /// <summary>All orbitals singly before any doubly.</summary>
    High,

    /// <summary>The three t2g orbitals doubly before the two eg orbitals.</summary>
    Low,
}

/// <summary>The spin moment of a free ion in an octahedral field: one Bohr magneton for each unpaired electron.</summary>
/// <param name="Electrons">d or f electrons, as the shell says; 0 and blank for ions without an open one.</param>
public sealed record SpinMoment(double MomentMuB, int Electrons, char Shell, SpinState State)
{
    // The 3d ions that oxides and fluorides of battery materials hold in their low-spin state; all other 3d ions are high-spin.
    // J. B. Goodenough, Magnetism and the Chemical Bond, Wiley 1963; for Co3+ and Ni3+ in LiMO2: J. B. Goodenough and Y. Kim,
    // Chem. Mater. 22, 587 (2010).
    private static readonly ImmutableHashSet<(string, int)> LowSpin = [("Co", 3), ("Co", 4), ("Ni", 3), ("Ni", 4)];

    /// <summary>
    /// The moment of an element in an oxidation state. d ions: groups 3 to 12, d = group − charge; 3d high-spin but Co3+, Co4+, Ni3+ and
    /// Ni4+, 4d and 5d low-spin. Lanthanides: f = Z − 54 − charge by Hund's rule, the spin alone. Others have closed shells.
    /// </summary>
    /// <param name="state">The spin state where another than the usual one is meant.</param>
    /// <exception cref="DftFlowException">DF1289: the ion has no such charge, or its moment is not tabulated.</exception>
    public static SpinMoment Of(Element element, int charge, SpinState? state = null)
    {
        if (element.AtomicNumber >= 89)
            throw Error($"The moment of {Ion(element, charge)} is not tabulated.", "Give its moment as a number.");
        if (element.AtomicNumber is >= 57 and <= 71)
        {
            var f = Math.Max(0, element.AtomicNumber - 54 - charge);
            return charge is >= 0 and <= 4 && f <= 14 ? new(Math.Min(f, 14 - f), f, 'f', SpinState.High) : throw Impossible();
        }
        if (element.Block != 'd') return new(0, 0, ' ', SpinState.High);
        var group = element.AtomicNumber - (element.AtomicNumber <= 30 ? 18 : element.AtomicNumber <= 48 ? 36 : 68);
        var d = group - charge;
        // The two s electrons go first: an ion of charge 1 has at most ten d electrons, as Cu+ does.
        if (charge < 0 || d is < 0 or > 10 && charge > 0) throw Impossible();
        d = Math.Min(d, 10);
        var usual = element.AtomicNumber > 30 || LowSpin.Contains((element.Symbol, charge)) ? SpinState.Low : SpinState.High;
        var spin = state ?? usual;
        var unpaired = spin == SpinState.High || d <= 3 ? Math.Min(d, 10 - d) : d <= 6 ? 6 - d : d <= 8 ? d - 6 : 10 - d;
        return new(unpaired, d, 'd', spin);

        DftFlowException Impossible() => Error($"{Ion(element, charge)} is no ion whose electrons can be counted.", "Correct the oxidation state, or give the moment as a number.");
    }

    /// <summary>An ion as chemists write it: Mn4+, O2-, Li+.</summary>
    internal static string Ion(Element element, int charge) => charge == 0 ? $"{element}0"
        : FormattableString.Invariant($"{element}{(Math.Abs(charge) == 1 ? "" : Math.Abs(charge))}{(charge > 0 ? '+' : '-')}");

    private static DftFlowException Error(string message, string hint) => new("DF1289", message, hint);
}
