using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using DftFlow.Clusters;

namespace DftFlow.Engine;

/// <summary>A result folder whose files are what its manifest says.</summary>
/// <param name="Directory">Full path.</param>
public sealed record StoredResult(string Directory, ResultManifest Manifest)
{
    /// <summary>The full path of a file of the result.</summary>
    public string PathOf(string file) => Path.Combine(Directory, file);

    /// <summary>The file with its hash, for the list of inputs of what is computed from it.</summary>
    public InputFile InputOf(string file) => new(PathOf(file), Manifest.Outputs.Concat(Manifest.Inputs).First(f => f.Name == file).Sha256);
}

/// <summary>What the store has of a fingerprint.</summary>
/// <param name="Result">Null where there is nothing that can be used.</param>
/// <param name="Damage">Why the folder that is there cannot be used; null where there is none, or it is a hit.</param>
public readonly record struct ResultLookup(StoredResult? Result, string? Damage);

/// <summary>
/// Finished calculations by the fingerprint of their inputs: <c>results/ab/abcd…/</c>, each with a <c>manifest.json</c> that is
/// written last. A folder gets its place by one rename, whole.
/// </summary>
public sealed class ResultStore
{
    private const string ManifestName = "manifest.json";

    /// <summary>
    /// Files up to this size are hashed at every hit (about a second for 1.5 GB); larger ones only where their time of change
    /// is not the manifest's, so that a rerun over many charge densities does not read them all.
    /// </summary>
    private const long AlwaysHashedBytes = 64L << 20;

    /// <summary>A link may lead to what is not the result's.</summary>
    private static readonly EnumerationOptions OwnFiles = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    private readonly string root;
    private readonly string damaged;

    public ResultStore(Workspace workspace)
    {
        root = Path.Combine(workspace.Folder, "results");
        damaged = Path.Combine(workspace.Folder, "damaged");
    }

    /// <summary>The place of a result, whether there is one or not.</summary>
    public string PathOf(string fingerprint) =>
        fingerprint.Length == 64 && fingerprint.All(char.IsAsciiHexDigitLower)
            ? Path.Combine(root, fingerprint[..2], fingerprint)
            : throw new ArgumentException($"'{fingerprint}' is no SHA-256 in lower-case hexadecimal digits.", nameof(fingerprint));

    /// <summary>Looks for a result and holds its files against their hashes. Changes nothing.</summary>
    /// <exception cref="DftFlowException">DF2010: a newer DftFlow wrote it.</exception>
    public ResultLookup Find(string fingerprint)
    {
        var folder = PathOf(fingerprint);
        if (!Directory.Exists(folder)) return default;
        try
        {
            var manifest = ResultManifest.FromJson(File.ReadAllBytes(Path.Combine(folder, ManifestName)), folder);
            if (manifest.Fingerprint != fingerprint) return new(null, $"its manifest is that of {manifest.Fingerprint}");
            var damage = manifest.Inputs.Concat(manifest.Outputs).Select(file => Damage(folder, file)).FirstOrDefault(found => found is not null);
            return damage is null ? new(new(folder, manifest), null) : new(null, damage);
        }
        catch (FileNotFoundException)
        {
            return new(null, "it has no manifest.json");
        }
        catch (JsonException error)
        {
            return new(null, $"its manifest.json does not read: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(null, error.Message);
        }
    }

    /// <summary>Moves a result that cannot be used to <c>damaged/</c>; it is never deleted. Returns where it is now.</summary>
    public string SetAside(string fingerprint)
    {
        Directory.CreateDirectory(damaged);
        for (var number = 1; ; number++)
        {
            var aside = Path.Combine(damaged, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{fingerprint}-{number}"));
            if (Path.Exists(aside)) continue;
            Directory.Move(PathOf(fingerprint), aside);
            return aside;
        }
    }

    /// <summary>
    /// Makes a finished attempt's folder the result. Where another run was first its result is taken, and the attempt's folder
    /// stays for the caller to remove.
    /// </summary>
    /// <param name="manifest">Makes the manifest from the list of files: inputs, then outputs.</param>
    internal StoredResult Commit(string attempt, string fingerprint, IReadOnlySet<string> inputNames,
        Func<ImmutableArray<ResultFile>, ImmutableArray<ResultFile>, ResultManifest> manifest)
    {
        RemovePotentials(attempt);
        var files = Directory.EnumerateFiles(attempt, "*", OwnFiles).Order(StringComparer.Ordinal)
            .Select(path => Describe(attempt, path)).ToLookup(file => inputNames.Contains(file.Name));
        var made = manifest([.. files[true]], [.. files[false]]);
        // Crash here ⇒ an attempt without a manifest, in attempts/, where no result is looked for.
        DurableFile.Write(Path.Combine(attempt, ManifestName), made.ToJson());
        DurableFile.Sync(attempt);
        var folder = PathOf(fingerprint);
        var parent = Path.GetDirectoryName(folder)!;
        Directory.CreateDirectory(parent);
        while (true)
        {
            try
            {
                // Crash before ⇒ an attempt that the next start clears; crash after ⇒ a result.
                Directory.Move(attempt, folder);
                DurableFile.Sync(parent);
                return new(folder, made);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                if (Find(fingerprint) is { Result: { } first }) return first;
                SetAside(fingerprint);
            }
        }
    }

    /// <summary>The potentials' licence forbids copies of POTCAR outside their library; the names in POTCAR.spec stay.</summary>
    internal static void RemovePotentials(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, "*", OwnFiles).Where(path => FilePolicy.IsLicensed(Path.GetRelativePath(folder, path)))) File.Delete(path);
        // A link to the library is skipped above.
        File.Delete(Path.Combine(folder, "POTCAR"));
    }

    private static ResultFile Describe(string folder, string path)
    {
        DurableFile.Sync(path);
        var information = new FileInfo(path);
        return new(Path.GetRelativePath(folder, path), information.Length, Hash(path), information.LastWriteTimeUtc);
    }

    private static string? Damage(string folder, ResultFile file)
    {
        var information = new FileInfo(Path.Combine(folder, file.Name));
        if (!information.Exists) return $"{file.Name} is missing";
        if (information.Length != file.SizeBytes) return $"{file.Name} has {information.Length} bytes instead of {file.SizeBytes}";
        if (file.SizeBytes > AlwaysHashedBytes && information.LastWriteTimeUtc == file.ModifiedAt) return null;
        return Hash(information.FullName) == file.Sha256 ? null : $"{file.Name} is not what was written (its hash differs)";
    }

    private static string Hash(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
