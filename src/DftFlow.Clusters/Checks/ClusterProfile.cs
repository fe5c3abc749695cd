using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DftFlow.Clusters.Checks;

public enum CheckState
{
    Ok,

    /// <summary>Work is possible; something is slower, fuller or less certain than it might be.</summary>
    Warning,

    /// <summary>Calculations would fail.</summary>
    Problem,

    /// <summary>Not tried: it does not apply, was left out, or what it needs failed before.</summary>
    Skipped,
}

/// <summary>What one check of a cluster found.</summary>
/// <param name="Advice">What to do about it; null where nothing is to be done.</param>
public sealed record CheckResult(string Check, CheckState State, string Result, string? Advice = null);

/// <summary>What a cluster was found to be able to do.</summary>
public sealed record ClusterProfile
{
    public required string Cluster { get; init; }

    public required string Destination { get; init; }

    public required TransportKind Transport { get; init; }

    public required SchedulerKind Scheduler { get; init; }

    public required DateTimeOffset TestedAt { get; init; }

    /// <summary>Whether a connection was made at all; without one nothing is known of the rest.</summary>
    public bool Connected { get; init; }

    /// <summary>Whether no check found a problem.</summary>
    public bool Passed { get; init; }

    public string? System { get; init; }

    public string? SchedulerVersion { get; init; }

    /// <summary>Whether the batch system tells of jobs that have left its queue; null where that is not known.</summary>
    public bool? HasHistory { get; init; }

    /// <summary>The work directory as the cluster's shell completes it.</summary>
    public string? WorkDirectory { get; init; }

    public long? FreeMib { get; init; }

    /// <summary>A command there that prints a file's SHA-256.</summary>
    public string? Sha256Command { get; init; }

    public bool? HasGzip { get; init; }

    public bool? HasTar { get; init; }

    /// <summary>The cluster's clock less this machine's; known to about a second.</summary>
    public double? ClockDifferenceS { get; init; }

    /// <summary>Median of five commands.</summary>
    public double? RoundTripMs { get; init; }

    /// <summary>Of 8 MB that cannot be packed, in 10⁶ bytes a second.</summary>
    public double? UploadMbPerS { get; init; }

    public double? DownloadMbPerS { get; init; }

    /// <summary>From the submission of a one-line job to the word of its end.</summary>
    public double? JobS { get; init; }

    public ImmutableArray<CheckResult> Checks { get; init; } = [];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ProfileJson.Default.ClusterProfile);

    /// <summary>Null where it is no such document.</summary>
    public static ClusterProfile? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ProfileJson.Default.ClusterProfile) is { Checks.IsDefault: false } profile ? profile : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed class LowerCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower) where T : struct, Enum;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    Converters = [typeof(LowerCase<CheckState>), typeof(LowerCase<TransportKind>), typeof(LowerCase<SchedulerKind>)])]
[JsonSerializable(typeof(ClusterProfile))]
internal sealed partial class ProfileJson : JsonSerializerContext;
