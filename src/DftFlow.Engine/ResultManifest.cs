using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DftFlow.Clusters;

namespace DftFlow.Engine;

/// <summary>One potential of a POTCAR, which itself stays where its library is.</summary>
/// <param name="Titel">TITEL of its header.</param>
/// <param name="Zval">Valence electrons.</param>
/// <param name="Sha256">Of the potential's own file.</param>
public sealed record ResultPotential(string Name, string Titel, double Zval, double EnmaxEv, string? Sha256);

/// <summary>What a result folder holds and how it came about: its <c>manifest.json</c>, written last.</summary>
public sealed record ResultManifest
{
    /// <summary>Grows when a key changes its meaning; keys may be added without.</summary>
    public const int CurrentSchemaVersion = 1;

    public required int SchemaVersion { get; init; }

    /// <summary>The calculation's input fingerprint, which is the folder's name too.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The id under which the calculation was first run; others with the same inputs share the result.</summary>
    public required string CalculationId { get; init; }

    /// <summary>The engine's name in the cluster's configuration.</summary>
    public required string Engine { get; init; }

    public required string Cluster { get; init; }

    /// <summary>Null where no scheduler was asked.</summary>
    public string? SchedulerJobId { get; init; }

    /// <summary>The program and its version, as the first line of OUTCAR says.</summary>
    public required string Program { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required double ElapsedS { get; init; }

    /// <summary>MPI ranks.</summary>
    public required int Ranks { get; init; }

    /// <summary>What POTCAR was made of, in the order of POSCAR's elements; null for an engine that needs none, or an older result.</summary>
    public ImmutableArray<ResultPotential>? Potentials { get; init; }

    public required ResultScalars Scalars { get; init; }

    public required ImmutableArray<ResultFile> Inputs { get; init; }

    public required ImmutableArray<ResultFile> Outputs { get; init; }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.ResultManifest);

    /// <exception cref="JsonException">It is not a manifest.</exception>
    /// <exception cref="DftFlowException">DF2010: a newer DftFlow wrote it.</exception>
    internal static ResultManifest FromJson(ReadOnlyMemory<byte> json, string folder)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("schema_version", out var key)
            && key.ValueKind == JsonValueKind.Number && key.TryGetInt32(out var version) && version > CurrentSchemaVersion)
            throw Failures.NewerResult(folder, version);
        var manifest = document.Deserialize(ManifestJson.Default.ResultManifest) ?? throw new JsonException("null is no manifest");
        // Nothing checks the elements of a list for null.
        return manifest.Inputs.Contains(null!) || manifest.Outputs.Contains(null!) ? throw new JsonException("a file of the list is null") : manifest;
    }
}

/// <summary>The numbers of a result that tables ask for first; null where the output files do not hold them.</summary>
public sealed record ResultScalars
{
    public required string Formula { get; init; }

    public required int NAtoms { get; init; }

    /// <summary>Energy(sigma→0) of the last ionic step.</summary>
    public required double? FinalEnergyEv { get; init; }

    /// <summary>TOTEN of the last ionic step.</summary>
    public required double? FreeEnergyEv { get; init; }

    public required double? FermiEnergyEv { get; init; }

    /// <summary>0 for a metal.</summary>
    public required double? BandGapEv { get; init; }

    public required double? TotalMagnetizationMub { get; init; }

    public required int NIonicSteps { get; init; }

    public required int NElectronicStepsLast { get; init; }

    public required bool ElectronicConverged { get; init; }

    /// <summary>True where nothing was to be relaxed.</summary>
    public required bool IonicConverged { get; init; }
}

/// <summary>A file of a result.</summary>
/// <param name="Name">Its path inside the folder.</param>
public sealed record ResultFile(string Name, long SizeBytes, string Sha256, DateTimeOffset ModifiedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ResultManifest))]
[JsonSerializable(typeof(ProcessIdentity))]
internal sealed partial class ManifestJson : JsonSerializerContext;
