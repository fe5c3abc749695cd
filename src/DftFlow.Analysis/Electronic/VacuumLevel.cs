using System.Globalization;

namespace DftFlow.Analysis.Electronic;

/// <summary>The side of a slab: the top is the one to which the lattice vector through the vacuum points.</summary>
public enum VacuumSide
{
    Top,
    Bottom,
}

/// <summary>
/// The potential energy of an electron at rest outside a slab, from the plateau of the planar average in the vacuum. Where the two
/// sides differ and a dipole layer of the code's (LDIPOL) stands between them, each has its own.
/// </summary>
/// <remarks>
/// From each surface a quarter of the vacuum is left out, and at least <see cref="MarginA"/>. What remains is flat where it varies by at most <see cref="FlatnessEv"/>;
/// else it must be two such plateaus, parted by one step that makes up most of their difference.
/// </remarks>
/// <param name="TopEv">On the file's own scale.</param>
/// <param name="VariationEv">By how much the average varies over the plateau, or the less flat one.</param>
public sealed record VacuumLevel(double TopEv, double BottomEv, double VariationEv, int Axis)
{
    public const double FlatnessEv = 0.05, MarginA = 3;

    // A step of the code's is smeared over a few points of the grid.
    private const double StepWidthA = 1, ShortestPlateauA = 0.5;

    public bool TwoSides => TopEv != BottomEv;

    public double LevelEv(VacuumSide side) => side == VacuumSide.Top ? TopEv : BottomEv;

    /// <summary>Finds the level.</summary>
    /// <exception cref="DftFlowException">DF3206: the potential is not flat in the vacuum, and by how much.</exception>
    public static VacuumLevel Of(PotentialProfile profile)
    {
        var (from, to) = (profile.TopA, profile.BottomA + profile.PeriodA);
        var margin = Math.Max(MarginA, (to - from) / 4);
        var points = profile.AverageEv.Length;
        var spacing = profile.PeriodA / points;
        var first = (int)Math.Ceiling((from + margin) / spacing);
        var last = (int)Math.Floor((to - margin) / spacing);
        var plateau = new double[Math.Max(0, last - first + 1)];
        for (var i = 0; i < plateau.Length; i++) plateau[i] = profile.AverageEv[(first + i) % points];
        if (plateau.Length < 3) throw No("the grid has fewer than three planes in the vacuum", "Use a thicker vacuum.");
        var whole = Range(plateau);
        if (whole <= FlatnessEv) return new(plateau.Average(), plateau.Average(), whole, profile.Axis);

        var steepest = Enumerable.Range(1, plateau.Length - 1).MaxBy(i => Math.Abs(plateau[i] - plateau[i - 1]));
        var half = Math.Max(1, (int)Math.Round(StepWidthA / spacing));
        var shortest = Math.Max(2, (int)(ShortestPlateauA / spacing));
        var top = plateau[..Math.Max(0, steepest - half)];
        var bottom = plateau[Math.Min(plateau.Length, steepest + half)..];
        if (top.Length >= shortest && bottom.Length >= shortest)
        {
            var variation = Math.Max(Range(top), Range(bottom));
            var difference = Math.Abs(top.Average() - bottom.Average());
            // Of a slope, the stretch that is taken for the step makes up its own part of the difference only.
            if (variation <= FlatnessEv && Math.Abs(top[^1] - bottom[0]) > difference / 2 && difference > FlatnessEv) return new(top.Average(), bottom.Average(), variation, profile.Axis);
        }
        throw No(string.Create(CultureInfo.InvariantCulture, $"the planar average along {"abc"[profile.Axis]} varies by {whole:0.###} eV over the {(plateau.Length - 1) * spacing:0.#} Å in the middle of the vacuum, where {FlatnessEv} eV are allowed"),
            "A slab with two different sides needs LDIPOL = .TRUE. and IDIPOL; a potential that has not decayed needs a thicker vacuum, or LVHAR = .TRUE. in place of LVTOT.");
    }

    private static double Range(double[] values) => values.Max() - values.Min();

    private static DftFlowException No(string reason, string hint) => new("DF3206", $"The zero of energy cannot be placed at the vacuum level: {reason}.", hint);
}
