using System.Collections.Immutable;
using DftFlow.Analysis.Electronic;

namespace DftFlow.Cli.Analyze;

/// <summary>A number for each spin and for both; null where there is none.</summary>
internal sealed record BySpinDocument(double? Total, double? Up, double? Down);

/// <summary>The document of <c>dftflow analyze dos --json</c>.</summary>
internal sealed record DosAnswer
{
    public required string Path { get; init; }
    public required string? Element { get; init; }
    public required string? Orbital { get; init; }
    public required ImmutableArray<int>? Sites { get; init; }
    public required string Spin { get; init; }
    public required BySpinDocument BandCentreEv { get; init; }
    public required double? BandWidthEv { get; init; }
    public required double? Skewness { get; init; }
    public required double? Kurtosis { get; init; }
    public required double? Filling { get; init; }
    public required int? NSites { get; init; }
    public required double? States { get; init; }
    public required string Window { get; init; }
    public required ImmutableArray<double>? WindowEv { get; init; }
    public required string Zero { get; init; }
    public required double? ZeroEv { get; init; }
    public required double? FermiEv { get; init; }

    /// <summary>Of the spin that was asked for; null without a second system.</summary>
    public required double? ShiftEv { get; init; }

    public required BySpinDocument? ShiftBySpinEv { get; init; }
    public required string? Alignment { get; init; }
    public required DosMinusDocument? Minus { get; init; }
    public required ImmutableArray<SensitivityDocument> Sensitivity { get; init; }
    public required ImmutableArray<SiteGroupDocument> Groups { get; init; }
    public required ImmutableArray<string> Files { get; init; }
    public required string Definition { get; init; }
    public required ImmutableArray<InputDocument> Inputs { get; init; }
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>A number that JSON can hold.</summary>
    public static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    public static BySpinDocument BySpin(BandCentre? centre) => new(centre?.TotalEv, centre?.UpEv, centre?.DownEv);

    public static ImmutableArray<double>? WindowOf(BandCentre? centre) => centre is null ? null : [centre.WindowMinEv, centre.WindowMaxEv];

    public static string NameOf<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}

/// <summary>The system that is subtracted.</summary>
internal sealed record DosMinusDocument(
    string Path, ImmutableArray<int>? Sites, BySpinDocument BandCentreEv, double? BandWidthEv, double? Filling, int? NSites, double? States, ImmutableArray<double>? WindowEv, double? ZeroEv, double? FermiEv);

internal sealed record SensitivityDocument(string Window, string Zero, double? BandCentreEv, double? MinusBandCentreEv, double? ShiftEv, string? Reason);

internal sealed record SiteGroupDocument(
    string Path, string Group, double? HeightA, ImmutableArray<int> Sites, int NSites, BySpinDocument BandCentreEv, double? BandWidthEv, double? Filling, double? States, string? Reason);
