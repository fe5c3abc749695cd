using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Analysis.Electronic;

/// <summary>What a band centre is asked of.</summary>
/// <param name="SemicoreElement">With <see cref="EnergyZero.Semicore"/>: the element whose level is the zero; oxygen unless named.</param>
/// <param name="SemicoreShell">With <see cref="EnergyZero.Semicore"/>: s, p, d or f.</param>
public sealed record BandCentreRequest(
    ProjectedDosSelection Selection, EnergyWindow Window, EnergyZero Zero = EnergyZero.Fermi, Element? SemicoreElement = null, char SemicoreShell = 's');

/// <summary>
/// The centre of a band: the first moment of its density of states in a window, ∫gE/∫g, by the trapezoid rule over the file's own
/// grid points within the closed window. Energies are relative to the zero.
/// </summary>
/// <remarks>The measure of Hammer and Nørskov (Surf. Sci. 343, 211 (1995)), for O 2p as in Lee et al., Energy Environ. Sci. 4, 3966 (2011).</remarks>
public sealed record BandCentre
{
    /// <summary>Of both spins together.</summary>
    public required double TotalEv { get; init; }

    /// <summary>Null without spin, and where the channel has no states in the window.</summary>
    public double? UpEv { get; init; }

    public double? DownEv { get; init; }

    /// <summary>Square root of the second central moment, both spins together.</summary>
    public required double WidthEv { get; init; }

    /// <summary>The part of the window's states that lies at or below the Fermi level; null where the file has none.</summary>
    public double? Filling { get; init; }

    /// <summary>∫g over the window: states in the selected sites' projections.</summary>
    public required double States { get; init; }

    public required int SiteCount { get; init; }

    /// <summary>Whose density it is.</summary>
    public required ProjectedDosSelection Selection { get; init; }

    /// <summary>The Fermi level, relative to the zero; null where the file has none.</summary>
    public double? FermiEv { get; init; }

    /// <summary>The window as applied, relative to the zero; an open end is the end of the DOS.</summary>
    public required double WindowMinEv { get; init; }

    public required double WindowMaxEv { get; init; }

    public required EnergyZero Zero { get; init; }

    /// <summary>The place of the zero on the file's own scale.</summary>
    public required double ZeroEv { get; init; }

    /// <summary>What was computed, in words.</summary>
    public required string Definition { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The whole selected density, energies relative to the zero: for a figure.</summary>
    public required DosCurve Curve { get; init; }

    /// <summary>Computes a band centre.</summary>
    /// <param name="run">Read with its projected DOS, and with its eigenvalues where the zero is the valence band's maximum.</param>
    /// <exception cref="DftFlowException">
    /// DF3202: the window lies outside the DOS, or holds no states. DF3206: the zero cannot be placed. DF3201 and DF3203 to
    /// DF3205 as <see cref="ProjectedDosSelection.Sum"/>.
    /// </exception>
    public static BandCentre Compute(Vasprun run, BandCentreRequest request)
    {
        var curve = request.Selection.Sum(run);
        var (zero, zeroText) = PlaceZero(run, request);
        var relative = curve with { EnergiesEv = [.. curve.EnergiesEv.Select(energy => energy - zero)] };
        var energies = relative.EnergiesEv.AsSpan();
        double? fermi = run.FermiEnergyEv - zero;
        var window = Resolve(run, request, energies, fermi);
        var (first, last) = PointsWithin(energies, window.Min, window.Max);

        var density = relative.Total();
        var total = Moments.Of(energies, density, first, last);
        if (!(total.States > 0))
            throw new DftFlowException("DF3202", string.Create(CultureInfo.InvariantCulture, $"The {request.Selection} has no states from {window.Min:0.###} to {window.Max:0.###} eV."), "Choose a window in which the band lies.");
        var spins = relative.Density.Length == 2
            ? relative.Density.Select(spin => Moments.Of(relative.EnergiesEv.AsSpan(), spin.AsSpan(), first, last)).ToArray()
            : null;
        return new BandCentre
        {
            TotalEv = total.Centre,
            UpEv = spins?[0] is { States: > 0 } up ? up.Centre : null,
            DownEv = spins?[1] is { States: > 0 } down ? down.Centre : null,
            WidthEv = total.Width,
            Filling = PartBelow(fermi, energies, density, first, last) / total.States,
            States = total.States,
            SiteCount = relative.SiteCount,
            Selection = request.Selection,
            FermiEv = fermi,
            WindowMinEv = window.Min,
            WindowMaxEv = window.Max,
            Zero = request.Zero,
            ZeroEv = zero,
            Definition = Describe(request, relative, window, zero, zeroText),
            Warnings = [.. Warn(run, request.Window, energies.ToArray(), last - first + 1, spins)],
            Curve = relative,
        };
    }

    private readonly record struct Moments(double States, double Centre, double Width)
    {
        public static Moments Of(ReadOnlySpan<double> energies, ReadOnlySpan<double> density, int first, int last)
        {
            var states = Trapezoid.Moment(energies, density, first, last, 0, 0);
            var centre = Trapezoid.Moment(energies, density, first, last, 0, 1) / states;
            var variance = Trapezoid.Moment(energies, density, first, last, centre, 2) / states;
            // A density that a smearing of Methfessel and Paxton makes negative in places can turn a narrow band's variance below zero.
            return new Moments(states, centre, variance >= 0 ? Math.Sqrt(variance) : double.NaN);
        }
    }

    private static (double ZeroEv, string Text) PlaceZero(Vasprun run, BandCentreRequest request)
    {
        switch (request.Zero)
        {
            case EnergyZero.None:
                return (0, "the zero of the file's own scale");
            case EnergyZero.Fermi:
                return (run.FermiEnergyEv ?? throw NoZero("the file has no Fermi level", "A run that stopped early has none: let it finish."), "the Fermi level");
            case EnergyZero.Vbm:
                var edges = run.Eigenvalues is { } eigenvalues ? BandEdges.Of(eigenvalues) : null;
                if (edges is null) throw NoZero("the file has no eigenvalues to find the valence band's maximum in", "Read the eigenvalues with the file, or choose another zero.");
                return (edges.VbmEv ?? throw NoZero("a metal has no valence-band maximum", "Take the Fermi level or a semicore level as the zero."), "the valence-band maximum");
            default:
                var level = SemicoreLevel.Find(run, request.SemicoreElement ?? Element.Parse("O"), request.SemicoreShell);
                return (level.CentreEv, string.Create(CultureInfo.InvariantCulture,
                    $"the centre of the {level.Element} {level.Shell} states from {level.FromEv:0.###} to {level.ToEv:0.###} eV of the file's scale ({level.StatesPerAtom:0.##} states an atom; the bands below the valence band, parted from it by at least {OccupiedBands.SmallestGapEv} eV without {level.Element} states, in which that shell has at least half of them)"));
        }
    }

    private static DftFlowException NoZero(string reason, string hint) => new("DF3206", $"The zero of energy cannot be placed: {reason}.", hint);

    private static (double Min, double Max) Resolve(Vasprun run, BandCentreRequest request, ReadOnlySpan<double> energies, double? fermi)
    {
        var window = request.Window;
        var min = window.MinEv ?? energies[0];
        var max = window.MaxEv ?? energies[^1];
        if (window.Part == BandPart.All) return (min, max);
        var level = fermi ?? throw new DftFlowException("DF3202", "The occupied states have no end: the file has no Fermi level.", "A run that stopped early has none: let it finish.");
        max = Math.Min(max, level);
        if (window.Part == BandPart.Occupied) return (min, max);
        if (OccupiedBands.Of(run, request.Selection.Element, run.FermiEnergyEv!.Value) is not [.., { First: var foot }])
            throw new DftFlowException("DF3202", $"There is no valence band: {request.Selection.Element?.Symbol ?? "the cell"} has no states below the Fermi level.", "Choose another window.");
        if (foot == 0)
            throw new DftFlowException("DF3202", "The valence band has no lower end: the density of states begins within it.", "Widen the DOS downwards (EMIN), or give the window's limits.");
        return (Math.Max(min, energies[foot - 1]), max);
    }

    private static (int First, int Last) PointsWithin(ReadOnlySpan<double> energies, double min, double max)
    {
        int first = 0, last = energies.Length - 1;
        while (first < energies.Length && !(energies[first] >= min)) first++;
        while (last >= 0 && !(energies[last] <= max)) last--;
        if (last - first >= 1) return (first, last);
        throw new DftFlowException("DF3202", string.Create(CultureInfo.InvariantCulture,
            $"The window from {min:0.###} to {max:0.###} eV holds fewer than two points of the DOS, which has {energies.Length} from {energies[0]:0.###} to {energies[^1]:0.###} eV, relative to the zero."),
            "Choose a window within the DOS, or write a finer or wider one (NEDOS, EMIN, EMAX).");
    }

    private static double? PartBelow(double? fermi, ReadOnlySpan<double> energies, double[] density, int first, int last)
    {
        if (fermi is not { } level) return null;
        while (last >= first && !(energies[last] <= level)) last--;
        return Trapezoid.Moment(energies, density, first, last, 0, 0);
    }

    private static string Describe(BandCentreRequest request, DosCurve curve, (double Min, double Max) window, double zero, string zeroText)
    {
        var range = request.Window switch
        {
            { MinEv: null, MaxEv: null, Part: BandPart.All } => "the whole range of the DOS, on which the value depends:",
            { Part: BandPart.Occupied } => "the occupied states, semicore ones included:",
            { Part: BandPart.Valence } => string.Create(CultureInfo.InvariantCulture,
                $"the valence band, which ends at the Fermi level and begins where the projected DOS of {request.Selection.Element?.Symbol ?? "all"} leaves a gap of at least {OccupiedBands.SmallestGapEv} eV (below {OccupiedBands.EmptyFraction} of its maximum):"),
            _ => "the closed window",
        };
        var spins = curve.Density.Length == 2 ? "both spins" : "one spin channel";
        return string.Create(CultureInfo.InvariantCulture,
            $"∫g(E)E dE / ∫g(E) dE of the {request.Selection} ({curve.SiteCount} sites, {spins}), by the trapezoid rule over the file's grid points in {range} {window.Min:0.####} to {window.Max:0.####} eV relative to {zeroText}, which lies at {zero:0.####} eV on the file's own scale.");
    }

    private static IEnumerable<string> Warn(Vasprun run, EnergyWindow window, double[] energies, int points, Moments[]? spins)
    {
        if (!run.Complete) yield return "The vasprun.xml is not complete: the DOS may not be that of the final state.";
        else if (!run.ElectronicConverged) yield return "The run did not converge electronically.";
        if (window.MinEv < energies[0] || window.MaxEv > energies[^1])
            yield return string.Create(CultureInfo.InvariantCulture, $"The window reaches beyond the DOS, which ends at {energies[0]:0.###} and {energies[^1]:0.###} eV relative to the zero: what lies outside is not counted.");
        if (points < 20) yield return $"Only {points} points of the DOS lie in the window: a finer grid (NEDOS) gives a surer centre.";
        if (spins is not null && spins.Any(spin => !(spin.States > 0))) yield return "One spin channel has no states in the window: it has no centre.";
        if (Sampled(run.Dos!) is { } sampled && Math.Abs(sampled - 1) > 0.05)
            yield return string.Create(CultureInfo.InvariantCulture, $"The trapezoid rule over the grid gives {sampled:P0} of the states that the code counts in the whole DOS: the grid is too coarse for the smearing. Raise NEDOS or SIGMA.");
    }

    // The trapezoid's part of the code's own integral of the total DOS, which does not suffer from a coarse grid; null where there is none.
    private static double? Sampled(DensityOfStates dos)
    {
        var integrated = dos.Integrated.Sum(spin => spin[^1] - spin[0]);
        var trapezoid = dos.Density.Sum(spin => Trapezoid.Moment(dos.EnergiesEv, spin, 0, spin.Length - 1, 0, 0));
        return integrated > 0 ? trapezoid / integrated : null;
    }
}
