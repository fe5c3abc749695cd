using System.Collections.Immutable;
using System.Globalization;

namespace DftFlow.Analysis.Electronic;

/// <summary>One cell of a sensitivity table: the band centre over a window from a zero, and the shift where a second system is subtracted.</summary>
/// <param name="Window">full, occupied, valence, manifold, or its limits.</param>
/// <param name="MinusBandCentreEv">Of the second system.</param>
/// <param name="Reason">Why there is no number.</param>
public sealed record SensitivityCell(string Window, EnergyZero Zero, double? BandCentreEv, double? MinusBandCentreEv, double? ShiftEv, string? Reason);

/// <summary>
/// How a band centre, or the shift between two, depends on what it is measured over and from: every window from every zero. A window
/// given by its limits holds the same states in every column: its limits are relative to the zero that was asked for.
/// </summary>
public static class Sensitivity
{
    private static readonly ImmutableArray<EnergyWindow> Windows = [EnergyWindow.Full, EnergyWindow.Occupied, EnergyWindow.Valence, EnergyWindow.Manifold];

    /// <param name="minus">The second system, with what is asked of it; its window is that of the first.</param>
    /// <param name="others">Windows beside the request's own and those that have names.</param>
    public static ImmutableArray<SensitivityCell> Of(DosRun run, BandCentreRequest request, (DosRun Run, BandCentreRequest Request)? minus = null, IEnumerable<EnergyWindow>? others = null)
    {
        var windows = Windows.AddRange((others ?? []).Append(request.Window).Distinct().Where(window => !Windows.Contains(window)));
        return [.. from window in windows from zero in Enum.GetValues<EnergyZero>() select Cell(run, request, minus, window, zero)];
    }

    public static string NameOf(EnergyWindow window) => window switch
    {
        { MinEv: null, MaxEv: null } => window.Part == BandPart.All ? "full" : window.Part.ToString().ToLowerInvariant(),
        _ => string.Create(CultureInfo.InvariantCulture, $"{window.MinEv}:{window.MaxEv}{(window.Part == BandPart.All ? "" : " " + window.Part.ToString().ToLowerInvariant())}"),
    };

    private static SensitivityCell Cell(DosRun run, BandCentreRequest request, (DosRun Run, BandCentreRequest Request)? minus, EnergyWindow window, EnergyZero zero)
    {
        var name = NameOf(window);
        var (centre, reason) = Centre(run, request, window, zero);
        if (minus is not { } second) return new(name, zero, centre, null, null, reason);
        var (other, otherReason) = Centre(second.Run, second.Request, window, zero);
        var reasons = (reason, otherReason) switch
        {
            (null, null) => null,
            (not null, not null) when reason == otherReason => reason,
            (not null, not null) => $"{reason} Of the second: {otherReason}",
            _ => reason ?? $"Of the second: {otherReason}",
        };
        return new(name, zero, centre, other, centre - other, reasons);
    }

    private static (double?, string?) Centre(DosRun run, BandCentreRequest request, EnergyWindow window, EnergyZero zero)
    {
        try
        {
            var asked = request with { Window = window, Zero = zero };
            if (window is { MinEv: not null } or { MaxEv: not null } && zero != request.Zero)
            {
                var offset = request.PlaceZero(run).ZeroEv - asked.PlaceZero(run).ZeroEv;
                asked = asked with { Window = window with { MinEv = window.MinEv + offset, MaxEv = window.MaxEv + offset } };
            }
            return (BandCentre.Compute(run, asked).CentreEv, null);
        }
        catch (DftFlowException error)
        {
            return (null, error.Message);
        }
    }
}

/// <summary>How far a band centre of one system lies above that of another, each relative to its own zero.</summary>
/// <param name="ShiftEv">Of the spin that was asked for; negative where the first lies lower.</param>
/// <param name="Alignment">What makes the scales of the two one, in words.</param>
public sealed record BandCentreShift(BandCentre Of, BandCentre Minus, double ShiftEv, double? UpEv, double? DownEv, string Alignment)
{
    public static BandCentreShift Between(BandCentre of, BandCentre minus) => new(of, minus, of.CentreEv - minus.CentreEv, of.UpEv - minus.UpEv, of.DownEv - minus.DownEv,
        string.Create(CultureInfo.InvariantCulture, $"Each system's energies are relative to its own zero: {of.ZeroText} at {of.ZeroEv:0.####} eV of the first file's scale, {minus.ZeroText} at {minus.ZeroEv:0.####} eV of the second's."));

    /// <summary>The requests of two runs with the core level that both have: core states where both have them, else the potentials at the cores.</summary>
    public static (BandCentreRequest First, BandCentreRequest Second) WithOneCoreLevel(DosRun first, BandCentreRequest request, DosRun second, BandCentreRequest secondRequest)
    {
        if (request.Core.Level is not null || first.Core is null || second.Core is null) return (request, secondRequest);
        var level = first.Core.States.IsEmpty || second.Core.States.IsEmpty ? "potential" : "1s";
        return (request with { Core = request.Core with { Level = level } }, secondRequest with { Core = secondRequest.Core with { Level = level } });
    }
}
