using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Analysis.Electronic;

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

    /// <summary>Of which spin <see cref="WidthEv"/>, <see cref="Filling"/>, <see cref="States"/> and the higher moments are.</summary>
    public SpinChannel Spin { get; init; }

    /// <summary>The centre of that spin.</summary>
    public double CentreEv => Spin switch { SpinChannel.Up => UpEv!.Value, SpinChannel.Down => DownEv!.Value, _ => TotalEv };

    /// <summary>σ: square root of the second central moment; NaN where that is negative.</summary>
    public required double WidthEv { get; init; }

    /// <summary>The third central moment over σ³: negative where the tail points to low energies.</summary>
    public double Skewness { get; init; }

    /// <summary>The fourth central moment over σ⁴: 3 of a Gaussian, 1.8 of a rectangle.</summary>
    public double Kurtosis { get; init; }

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

    /// <summary>What the zero is, in words.</summary>
    public string ZeroText { get; init; } = "";

    /// <summary>What was computed, in words.</summary>
    public required string Definition { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The whole selected density, energies relative to the zero: for a figure.</summary>
    public required DosCurve Curve { get; init; }

    /// <summary>Computes a band centre.</summary>
    /// <param name="run">Read with its projected DOS, and with what its zero needs.</param>
    /// <exception cref="DftFlowException">
    /// DF3202: the window lies outside the DOS, or holds no states. DF3206: the zero cannot be placed. DF3207: there are no spin channels.
    /// DF3209: no gaps bound the manifold. DF3201, DF3203 to DF3205 and DF3208 as <see cref="ProjectedDosSelection.Sum"/>.
    /// </exception>
    public static BandCentre Compute(DosRun run, BandCentreRequest request)
    {
        var curve = request.Selection.Sum(run);
        if (request.Spin != SpinChannel.Both && curve.Density.Length < 2)
            throw new DftFlowException("DF3207", "The density of states has no spin channels.", "Ask for both spins; only a collinear run with ISPIN = 2 has two.");
        var (zero, zeroText) = request.PlaceZero(run);
        var relative = curve with { EnergiesEv = [.. curve.EnergiesEv.Select(energy => energy - zero)] };
        double? fermi = run.FermiEnergyEv - zero;
        var window = WindowLimits.Resolve(run, request, relative.EnergiesEv.AsSpan(), fermi);
        var part = Cut.Of(relative, window, request.InterpolateEnds);

        var total = part.Moments(SpinChannel.Both);
        var spins = relative.Density.Length == 2 ? new[] { part.Moments(SpinChannel.Up), part.Moments(SpinChannel.Down) } : null;
        var asked = request.Spin switch { SpinChannel.Up => spins![0], SpinChannel.Down => spins![1], _ => total };
        if (!(asked.States > 0) || !(total.States > 0))
            throw new DftFlowException("DF3202", string.Create(CultureInfo.InvariantCulture, $"The {request.Selection} has no states from {window.Min:0.###} to {window.Max:0.###} eV{(request.Spin == SpinChannel.Both ? "" : " in that spin channel")}."), "Choose a window in which the band lies.");
        if (!double.IsFinite(asked.States) || !double.IsFinite(asked.CentreEv) || !double.IsFinite(total.CentreEv))
            throw new DftFlowException("DF3208", $"The numbers of the {request.Selection} are so large that their integral is none.", "The file is damaged; write the DOS anew.");
        return new BandCentre
        {
            TotalEv = total.CentreEv,
            UpEv = spins?[0] is { States: > 0 } up ? up.CentreEv : null,
            DownEv = spins?[1] is { States: > 0 } down ? down.CentreEv : null,
            Spin = request.Spin,
            WidthEv = asked.WidthEv,
            Skewness = asked.Skewness,
            Kurtosis = asked.Kurtosis,
            Filling = part.StatesBelow(fermi, request) / asked.States,
            States = asked.States,
            SiteCount = relative.SiteCount,
            Selection = request.Selection,
            FermiEv = fermi,
            WindowMinEv = window.Min,
            WindowMaxEv = window.Max,
            Zero = request.Zero,
            ZeroEv = zero,
            ZeroText = zeroText,
            Definition = Describe(request, relative, window, zero, zeroText),
            Warnings = [.. Warn(run, request, relative, window, fermi, part.Count, spins)],
            Curve = relative,
        };
    }

    /// <summary>The part of a curve that lies within a window: its own points, and the ends themselves where they are interpolated.</summary>
    private sealed record Cut(double[] EnergiesEv, double[][] Density)
    {
        public int Count => EnergiesEv.Length;

        public static Cut Of(DosCurve curve, (double Min, double Max) window, bool interpolateEnds)
        {
            var energies = curve.EnergiesEv.AsSpan();
            var (first, last) = WindowLimits.PointsWithin(energies, window.Min, window.Max);
            var before = interpolateEnds && first > 0 && energies[first] > window.Min;
            var after = interpolateEnds && last + 1 < energies.Length && energies[last] < window.Max;
            return new([.. before ? [window.Min] : Array.Empty<double>(), .. energies[first..(last + 1)], .. after ? [window.Max] : Array.Empty<double>()],
                [.. curve.Density.Select(density => (double[])[.. before ? [At(density, first - 1, window.Min)] : Array.Empty<double>(), .. density.AsSpan(first, last - first + 1), .. after ? [At(density, last, window.Max)] : Array.Empty<double>()])]);

            double At(ImmutableArray<double> density, int left, double energy) =>
                density[left] + (density[left + 1] - density[left]) * (energy - curve.EnergiesEv[left]) / (curve.EnergiesEv[left + 1] - curve.EnergiesEv[left]);
        }

        public BandMoments Moments(SpinChannel spin) => BandMoments.Of(EnergiesEv, Of(spin), 0, Count - 1);

        public double? StatesBelow(double? fermi, BandCentreRequest request)
        {
            if (fermi is not { } level) return null;
            var last = Count - 1;
            while (last >= 0 && !(EnergiesEv[last] <= level)) last--;
            var density = Of(request.Spin);
            var states = Trapezoid.Moment(EnergiesEv, density, 0, last, 0, 0);
            if (!request.InterpolateEnds || last < 0 || last == Count - 1) return states;
            var step = level - EnergiesEv[last];
            var atLevel = density[last] + (density[last + 1] - density[last]) * step / (EnergiesEv[last + 1] - EnergiesEv[last]);
            return states + step * (density[last] + atLevel) / 2;
        }

        private double[] Of(SpinChannel spin) => spin == SpinChannel.Both ? Density.Length == 1 ? Density[0] : [.. Density[0].Zip(Density[1], (up, down) => up + down)] : Density[spin == SpinChannel.Up ? 0 : 1];
    }

    private static string Describe(BandCentreRequest request, DosCurve curve, (double Min, double Max) window, double zero, string zeroText)
    {
        var spins = curve.Density.Length == 2 ? "both spins" : "one spin channel";
        var ends = request.InterpolateEnds ? ", cut at its ends by linear interpolation," : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"∫g(E)E dE / ∫g(E) dE of the {request.Selection} ({curve.SiteCount} sites, {spins}), by the trapezoid rule over the file's grid points in {WindowLimits.Describe(request)} {window.Min:0.####} to {window.Max:0.####} eV{ends} relative to {zeroText}, which lies at {zero:0.####} eV on the file's own scale.");
    }

    private static IEnumerable<string> Warn(DosRun run, BandCentreRequest request, DosCurve curve, (double Min, double Max) window, double? fermi, int points, BandMoments[]? spins)
    {
        foreach (var warning in run.Warnings) yield return warning;
        var energies = curve.EnergiesEv;
        if (request.Window.MinEv < energies[0] || request.Window.MaxEv > energies[^1])
            yield return string.Create(CultureInfo.InvariantCulture, $"The window reaches beyond the DOS, which ends at {energies[0]:0.###} and {energies[^1]:0.###} eV relative to the zero: what lies outside is not counted.");
        if (points < 20) yield return $"Only {points} points of the DOS lie in the window: a finer grid (NEDOS) gives a surer centre.";
        if (request.Window.Part == BandPart.Manifold && fermi < window.Max && InBand(curve, fermi.Value)) yield return "The Fermi level lies within the manifold: it is partly filled.";
        if (spins is not null && spins.Any(spin => !(spin.States > 0))) yield return "One spin channel has no states in the window: it has no centre.";
        if (Sampled(run.Dos!) is { } sampled && Math.Abs(sampled - 1) > 0.05)
            yield return string.Create(CultureInfo.InvariantCulture, $"The trapezoid rule over the grid gives {sampled:P0} of the states that the code counts in the whole DOS: the grid is too coarse for the smearing. Raise NEDOS or SIGMA.");
    }

    // Points on both sides have states.
    private static bool InBand(DosCurve curve, double level)
    {
        var next = 0;
        while (next < curve.EnergiesEv.Length && curve.EnergiesEv[next] <= level) next++;
        if (next == 0 || next + 1 >= curve.EnergiesEv.Length) return false;
        var total = curve.Total();
        var least = OccupiedBands.EmptyFraction * total.Max();
        return total[next - 1] > least && total[next] > least && total[next + 1] > least;
    }

    // The trapezoid's part of the code's own integral of the total DOS, which does not suffer from a coarse grid; null where there is none.
    private static double? Sampled(DensityOfStates dos)
    {
        var integrated = dos.Integrated.Sum(spin => spin[^1] - spin[0]);
        var trapezoid = dos.Density.Sum(spin => Trapezoid.Moment(dos.EnergiesEv, spin, 0, spin.Length - 1, 0, 0));
        return integrated > 0 ? trapezoid / integrated : null;
    }
}
