using System.Globalization;

namespace DftFlow.Analysis.Electronic;

/// <summary>A closed range of energies relative to a zero, in eV; open where an end is null.</summary>
/// <param name="Part">Which of the states in it count.</param>
public sealed record EnergyWindow(double? MinEv = null, double? MaxEv = null, BandPart Part = BandPart.All)
{
    /// <summary>The whole range of the density of states.</summary>
    public static EnergyWindow Full { get; } = new();

    /// <summary>From the lowest energy to the Fermi level.</summary>
    public static EnergyWindow Occupied { get; } = new(Part: BandPart.Occupied);

    /// <summary>From the foot of the element's valence band to the Fermi level, leaving out semicore states.</summary>
    public static EnergyWindow Valence { get; } = new(Part: BandPart.Valence);

    /// <summary>The element's band at the Fermi level, where gaps bound it: see <see cref="BandPart.Manifold"/>.</summary>
    public static EnergyWindow Manifold { get; } = new(Part: BandPart.Manifold);

    /// <summary>Reads <c>MIN:MAX</c> in eV, as in <c>-8:0</c>, where an end may be left out; or full, occupied, valence, manifold.</summary>
    /// <exception cref="DftFlowException">DF3202: the text is no window.</exception>
    public static EnergyWindow Parse(string text)
    {
        switch (text)
        {
            case "full": return Full;
            case "occupied": return Occupied;
            case "valence": return Valence;
            case "manifold": return Manifold;
        }
        var ends = text.Split(':');
        if (ends.Length == 2 && TryEnd(ends[0], out var min) && TryEnd(ends[1], out var max) && !(min >= max)) return new EnergyWindow(min, max);
        throw new DftFlowException("DF3202", $"'{text}' is not a window of energies.", "Write MIN:MAX in eV relative to the zero, the lower one first, as in -8:0; or full, occupied, valence, manifold.");

        static bool TryEnd(string text, out double? end)
        {
            end = null;
            if (string.IsNullOrWhiteSpace(text)) return true;
            var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
            end = value;
            return isNumber;
        }
    }
}

/// <summary>Which states of a density of states count.</summary>
public enum BandPart
{
    All,

    /// <summary>Those up to the Fermi level.</summary>
    Occupied,

    /// <summary>Those up to the Fermi level that no gap parts from it: see <see cref="OccupiedBands"/>.</summary>
    Valence,

    /// <summary>
    /// The valence band and what of it lies above the Fermi level, up to the first gap of at least <see cref="OccupiedBands.SmallestGapAboveEv"/>
    /// in the element's projected DOS: O 2p as one band. There is none where no gap bounds it within the DOS.
    /// </summary>
    Manifold,
}

/// <summary>Where the scale of energies has its zero.</summary>
public enum EnergyZero
{
    /// <summary>The Fermi level of the file.</summary>
    Fermi,

    /// <summary>The valence band's maximum, from eigenvalues and occupations.</summary>
    Vbm,

    /// <summary>The potential energy of an electron outside a slab: see <see cref="VacuumLevel"/>.</summary>
    Vacuum,

    /// <summary>A core level: see <see cref="CoreLevelChoice"/>.</summary>
    Core,

    /// <summary>The centre of a semicore manifold: see <see cref="SemicoreLevel"/>.</summary>
    Semicore,

    /// <summary>The file's own scale.</summary>
    None,
}

/// <summary>Of which spin width, filling and moments are.</summary>
public enum SpinChannel
{
    Both,
    Up,
    Down,
}
