using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace DftFlow.Engine;

/// <summary>What became of a run: the document that <c>dftflow run --json</c> prints and <c>results.json</c> holds.</summary>
public sealed record RunResult
{
    public required string RunId { get; init; }

    /// <summary>The workflow's name and title, for those who read the document alone.</summary>
    public required string Workflow { get; init; }

    public string? Title { get; init; }

    public string? Source { get; init; }

    public string? Description { get; init; }

    public required RunState State { get; init; }

    /// <summary>The run's folder.</summary>
    public required string Directory { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required ImmutableArray<CalculationResult> Calculations { get; init; }

    public required ImmutableSortedDictionary<string, AnalysisResult> Analyses { get; init; }

    /// <summary>The path of report.html; null where none was written.</summary>
    public string? Report { get; init; }

    public required string Definition { get; init; }

    public required ImmutableArray<InputFile> Inputs { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
public enum RunState
{
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("cancelled")] Cancelled,
    [JsonStringEnumMemberName("attention")] Attention,
    [JsonStringEnumMemberName("running")] Running,
}

[JsonConverter(typeof(JsonStringEnumConverter<CalculationState>))]
public enum CalculationState
{
    [JsonStringEnumMemberName("pending")] Pending,
    [JsonStringEnumMemberName("running")] Running,
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("cancelled")] Cancelled,

    /// <summary>Not run, because a calculation that it depends on failed.</summary>
    [JsonStringEnumMemberName("skipped")] Skipped,
}

/// <summary>One calculation of a run.</summary>
public sealed record CalculationResult
{
    public required string Id { get; init; }

    public required CalculationState State { get; init; }

    /// <summary>Whether an earlier result was taken instead of a new run.</summary>
    public required bool Cached { get; init; }

    public required string Cluster { get; init; }

    /// <summary>Null where no scheduler was asked.</summary>
    public string? SchedulerJobId { get; init; }

    public required int Attempts { get; init; }

    public required ImmutableArray<string> Corrections { get; init; }

    /// <summary>Where the files are: the result folder, or the failed attempt's.</summary>
    public string? Directory { get; init; }

    public required string Fingerprint { get; init; }

    public string? Formula { get; init; }

    /// <summary>Energy(sigma→0) of the last ionic step, in eV.</summary>
    public double? FinalEnergyEv { get; init; }

    /// <summary>Seconds of wall time of the run that made the result.</summary>
    public double? ElapsedS { get; init; }

    /// <summary>The engine and its version, as its files say.</summary>
    public string? Program { get; init; }

    public ErrorDocument? Error { get; init; }
}

/// <summary>The error of a command or a calculation, as JSON shows it.</summary>
public sealed record ErrorDocument(string Code, string Message, string? File, int? Line, int? Column, string? Hint)
{
    public static ErrorDocument Of(DftFlowException error) =>
        new(error.Code, error.Message, error.File, error.Line, error.Column, error.Hint);
}

/// <summary>A file that a number was computed from.</summary>
public sealed record InputFile(string File, string Sha256);

/// <summary>What an analysis found: numbers, and what they mean.</summary>
public sealed record AnalysisResult
{
    /// <summary>As in the workflow: band-centre, difference, bader, elf, slice, charge-difference, hull, interface-reaction, window.</summary>
    public required string Kind { get; init; }

    public required ImmutableArray<AnalysisValue> Values { get; init; }

    /// <summary>What was computed, in words, with its parameters.</summary>
    public required string Definition { get; init; }

    public required ImmutableArray<InputFile> Inputs { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>Of a difference of band centres: each shift over every window and from every zero, since it means nothing without one. Empty for others.</summary>
    public ImmutableArray<SensitivityValue> Sensitivity { get; init; } = [];

    /// <summary>Of interface reactions and windows: the same numbers with one thing done otherwise at a time. Empty for others.</summary>
    public ImmutableArray<VariationValue> Variations { get; init; } = [];

    /// <summary>Paths of grids that were written for it: the CHGCAR of a charge-density difference.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>Why the analysis could not be made; null where it could.</summary>
    public ErrorDocument? Error { get; init; }
}

/// <summary>A band-centre shift over one window from one zero; null with a reason where it cannot be had.</summary>
/// <param name="Labels">Of the member, without window and zero.</param>
public sealed record SensitivityValue(
    ImmutableSortedDictionary<string, string> Labels, string Window, string Zero, double? BandCentreEv, double? MinusBandCentreEv, double? ShiftEv, string? Reason);

/// <summary>A number of the table once more, with one thing done otherwise; null with a reason where it cannot be had.</summary>
/// <param name="Kind">What is otherwise: asked (nothing), reactant-energy, without-phase, entries or own-energy.</param>
/// <param name="Variation">The same in words.</param>
/// <param name="Difference">From the number as it was asked for.</param>
/// <param name="Note">The reaction that it belongs to.</param>
public sealed record VariationValue(
    ImmutableSortedDictionary<string, string> Labels, string Kind, string Variation, string Quantity, double? Value, string Unit, double? Difference, string? Note, string? Reason);

/// <summary>One number.</summary>
public sealed record AnalysisValue
{
    /// <summary>Axis → value, in the order in which tables show them.</summary>
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    public required string Quantity { get; init; }

    /// <summary>Null where it is not a finite number; a warning says why.</summary>
    public required double? Value { get; init; }

    public required string Unit { get; init; }

    /// <summary>A published or earlier value, in the same unit.</summary>
    public double? Expected { get; init; }

    public double? Tolerance { get; init; }

    /// <summary>Value − expected.</summary>
    public double? Deviation { get; init; }

    /// <summary>Whether the deviation is within the tolerance; null without one.</summary>
    public bool? Met { get; init; }

    /// <summary>Where the expected value comes from.</summary>
    public string? Source { get; init; }

    /// <summary>What belongs beside the number, such as the reaction whose energy it is.</summary>
    public string? Note { get; init; }
}
