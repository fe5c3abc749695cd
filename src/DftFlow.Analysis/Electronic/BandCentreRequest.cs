using System.Globalization;
using DftFlow.Crystals;

namespace DftFlow.Analysis.Electronic;

/// <summary>What a band centre is asked of.</summary>
/// <param name="SemicoreElement">With <see cref="EnergyZero.Semicore"/>: the element whose level is the zero; oxygen unless named.</param>
/// <param name="SemicoreShell">With <see cref="EnergyZero.Semicore"/>: s, p, d or f.</param>
public sealed record BandCentreRequest(
    ProjectedDosSelection Selection, EnergyWindow Window, EnergyZero Zero = EnergyZero.Fermi, Element? SemicoreElement = null, char SemicoreShell = 's')
{
    /// <summary>With <see cref="EnergyZero.Core"/>: which level; of the selected element unless named.</summary>
    public CoreLevelChoice Core { get; init; } = new();

    /// <summary>With <see cref="EnergyZero.Vacuum"/>, where the two sides of a slab differ.</summary>
    public VacuumSide Side { get; init; }

    /// <summary>Of which spin width, filling, states and higher moments are.</summary>
    public SpinChannel Spin { get; init; }

    /// <summary>Cuts the density exactly at the window's ends, by linear interpolation between the points beside them.</summary>
    public bool InterpolateEnds { get; init; }

    /// <summary>The zero's place on the file's own scale, and what it is.</summary>
    /// <exception cref="DftFlowException">DF3206: it cannot be placed, and why.</exception>
    public (double ZeroEv, string Text) PlaceZero(DosRun run)
    {
        switch (Zero)
        {
            case EnergyZero.None:
                return (0, "the zero of the file's own scale");
            case EnergyZero.Fermi:
                return (run.FermiEnergyEv ?? throw NoZero("the file has no Fermi level", "A run that stopped early has none: let it finish."), "the Fermi level");
            case EnergyZero.Vbm:
                var edges = run.Edges ?? throw NoZero("the files have no eigenvalues with occupations to find the valence band's maximum in", "Give the directory of the run with its vasprun.xml, OUTCAR or EIGENVAL, or choose another zero.");
                return (edges.VbmEv ?? throw NoZero("a metal has no valence-band maximum", "Take the Fermi level or a semicore level as the zero."), "the valence-band maximum");
            case EnergyZero.Vacuum:
                return PlaceAtVacuum(run);
            case EnergyZero.Core:
                var (coreEv, name) = Core.Find(run, Selection.Element);
                return (coreEv, name);
            default:
                var level = run.Semicore(SemicoreElement ?? Element.Parse("O"), SemicoreShell);
                return (level.CentreEv, string.Create(CultureInfo.InvariantCulture,
                    $"the centre of the {level.Element} {level.Shell} states from {level.FromEv:0.###} to {level.ToEv:0.###} eV of the file's scale ({level.StatesPerAtom:0.##} states an atom; the bands below the valence band, parted from it by at least {OccupiedBands.SmallestGapEv} eV without {level.Element} states, in which that shell has at least half of them)"));
        }
    }

    private (double, string) PlaceAtVacuum(DosRun run)
    {
        if (run.NoPotential is { } reason) throw reason;
        if (run.Potential is not { } potential)
            throw NoZero("the run has no LOCPOT to find the vacuum level in", "Set LVHAR = .TRUE. in the INCAR of a slab (with LDIPOL and IDIPOL where its sides differ), and give the directory of the run.");
        var level = VacuumLevel.Of(potential);
        var axis = "abc"[level.Axis];
        var text = level.TwoSides
            ? $"the vacuum level at the {(Side == VacuumSide.Top ? "top" : "bottom")} of the slab (planar average of the LOCPOT along {axis}; top {Ev(level.TopEv)}, bottom {Ev(level.BottomEv)}, each flat to {Ev(level.VariationEv)})"
            : $"the vacuum level (planar average of the LOCPOT along {axis}, flat to {Ev(level.VariationEv)})";
        return (level.LevelEv(Side), text);

        static string Ev(double energy) => energy.ToString("0.####", CultureInfo.InvariantCulture) + " eV";
    }

    private static DftFlowException NoZero(string reason, string hint) => new("DF3206", $"The zero of energy cannot be placed: {reason}.", hint);
}
