using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DftFlow.Clusters.Transports;
using DftFlow.Engine;

namespace DftFlow.Cli.Clusters;

/// <summary>The documents of <c>dftflow cluster … --json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ClusterListAnswer))]
[JsonSerializable(typeof(ClusterShowAnswer))]
[JsonSerializable(typeof(TrustAnswer))]
internal sealed partial class ClusterJson : JsonSerializerContext;

internal sealed record ClusterListAnswer(ImmutableArray<ClusterRow> Clusters);

/// <param name="Problem">Why the configuration cannot be used; the rest is not known then.</param>
internal sealed record ClusterRow(string Name, string? Description, string? Transport, string? Host, string? Scheduler, string File, ErrorDocument? Problem);

internal sealed record ClusterShowAnswer(
    string Name,
    string? Description,
    string File,
    string Transport,
    SshDocument? Ssh,
    string Scheduler,
    string? WorkDirectory,
    JobDocument Job,
    LimitsDocument Limits,
    FilesDocument Files,
    ImmutableArray<string> LoginSetup,
    string? JobTemplate,
    ImmutableArray<string> EnvironmentVariables,
    ImmutableSortedDictionary<string, EngineDocument> Engines,
    JsonElement? Profile);

/// <param name="Remarks">What the ssh configuration says and is not done.</param>
internal sealed record SshDocument(
    string Host,
    string HostName,
    string User,
    int Port,
    ImmutableArray<string> IdentityFiles,
    bool IdentitiesOnly,
    bool Agent,
    ImmutableArray<string> JumpHosts,
    string? ProxyCommand,
    ImmutableArray<string> KnownHostsFiles,
    string KnownHostsName,
    double? ConnectTimeoutS,
    ImmutableArray<string> Remarks)
{
    public static SshDocument Of(SshHostSettings settings) => new(
        settings.Host, settings.HostName, settings.User, settings.Port, settings.IdentityFiles, settings.IdentitiesOnly, settings.AgentSocket is not null, settings.ProxyJump,
        settings.ProxyCommand, settings.UserKnownHostsFiles, settings.KnownHostsName, settings.ConnectTimeout?.TotalSeconds, settings.Remarks);
}

internal sealed record JobDocument(
    string? Queue, string? Account, string? Qos, string? ParallelEnvironment, int Nodes, int Threads, double? WalltimeS, long? MemoryMib,
    ImmutableArray<string> Options, ImmutableArray<string> Modules, ImmutableArray<string> Setup);

internal sealed record LimitsDocument(int? Cores, int Jobs, double SubmissionsPerMinute, double PollS);

internal sealed record FilesDocument(ImmutableArray<string> Leave, bool Compress, bool Keep);

internal sealed record EngineDocument(ImmutableArray<string> Command, int Ranks, string? Potentials, ImmutableArray<string> Modules, ImmutableArray<string> EnvironmentVariables, ImmutableArray<string> Check);

/// <param name="Added">False where the host was known by this key already.</param>
internal sealed record TrustAnswer(string Name, string Host, string KeyType, string Fingerprint, string File, bool Added);
