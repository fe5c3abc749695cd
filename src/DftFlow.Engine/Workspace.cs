using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using DftFlow.Clusters;

namespace DftFlow.Engine;

/// <summary>
/// The folder in which calculations run and results are kept: <c>results/</c> (finished ones), <c>attempts/</c> (running
/// ones), <c>failed/</c> (what a failed one left), <c>damaged/</c> (results that no longer are what their manifest says),
/// <c>runs/</c> (what was written about each run).
/// Several runs may use one at the same time.
/// </summary>
public sealed class Workspace
{
    private readonly string attempts;
    private readonly string failed;
    private readonly string runs;

    /// <summary>The workspace in a folder, which need not be there: to look into. Whoever runs calculations takes <see cref="Open"/>.</summary>
    public Workspace(string path)
    {
        Folder = Path.GetFullPath(path);
        attempts = Path.Combine(Folder, "attempts");
        failed = Path.Combine(Folder, "failed");
        runs = Path.Combine(Folder, "runs");
        Results = new ResultStore(this);
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    public ResultStore Results { get; }

    /// <summary>Opens a workspace to run in: makes it where there is none, and clears what died runs left in <c>attempts/</c>.</summary>
    /// <exception cref="DftFlowException">DF2008: it cannot be written.</exception>
    public static Workspace Open(string path)
    {
        var workspace = new Workspace(path);
        try
        {
            Directory.CreateDirectory(workspace.attempts);
            using var probe = workspace.TryClaim("writable-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failures.CannotWrite(workspace.Folder, error);
        }
        workspace.ClearLeftovers();
        return workspace;
    }

    /// <summary>A new folder for what is written about a run: <c>runs/NAME-20260131-235959</c>, in universal time.</summary>
    /// <exception cref="DftFlowException">DF2008: it cannot be made.</exception>
    public (string RunId, string Folder) NewRun(string name, DateTimeOffset started)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}-{started.UtcDateTime:yyyyMMdd-HHmmss}");
        try
        {
            Directory.CreateDirectory(runs);
            for (var number = 1; ; number++)
            {
                var runId = number == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}-{number}");
                var folder = Path.Combine(runs, runId);
                // Two runs may begin in the same second: only one of them makes the mark.
                using var mark = TryClaim("run-" + runId);
                if (mark is null || Path.Exists(folder)) continue;
                Directory.CreateDirectory(folder);
                return (runId, folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failures.CannotWrite(Folder, error);
        }
    }

    /// <summary>
    /// The right to work on a fingerprint, until it is disposed; null while another has it, in this process or another. A lock
    /// of the operating system: it ends with the process.
    /// </summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller disposes of it")]
    internal FileStream? TryClaim(string fingerprint)
    {
        var path = Path.Combine(attempts, fingerprint + ".claim");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error) when (error.HResult == WouldBlock)
        {
            return null;
        }
    }

    /// <summary>A new folder in <c>attempts/</c>. Whose it is stands beside it, and is written first: a folder without an owner is nobody's.</summary>
    internal string NewAttempt(string name)
    {
        var folder = Path.Combine(attempts, $"{name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        // Crash here ⇒ an owner without a folder, which the next start clears.
        DurableFile.Write(OwnerFile(folder), JsonSerializer.SerializeToUtf8Bytes(ProcessIdentity.Current, ManifestJson.Default.ProcessIdentity));
        Directory.CreateDirectory(folder);
        return folder;
    }

    internal static void RemoveAttempt(string folder)
    {
        // Crash here ⇒ a folder, whole or in part, with an owner that is dead.
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        File.Delete(OwnerFile(folder));
    }

    /// <summary>Keeps what a failed attempt left, for the user to look at, as <c>failed/NAME-n</c>. Returns where.</summary>
    internal string KeepFailed(string folder, string name)
    {
        ResultStore.RemovePotentials(folder);
        Directory.CreateDirectory(failed);
        for (var number = 1; ; number++)
        {
            var kept = Path.Combine(failed, string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
            if (Path.Exists(kept)) continue;
            try
            {
                Directory.Move(folder, kept);
            }
            catch (IOException) when (Path.Exists(kept))
            {
                continue;
            }
            File.Delete(OwnerFile(folder));
            return kept;
        }
    }

    private void ClearLeftovers()
    {
        foreach (var path in Directory.GetFileSystemEntries(attempts))
        {
            var folder = path.EndsWith(OwnerSuffix, StringComparison.Ordinal) ? path[..^OwnerSuffix.Length] : path;
            if (folder == path && !Directory.Exists(path)) continue;
            try
            {
                if (!MayBeInUse(OwnerFile(folder))) RemoveAttempt(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another run clears it as well, or what is left of the engine still writes there: the next start tries again.
            }
        }
    }

    private static bool MayBeInUse(string ownerFile)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ownerFile), ManifestJson.Default.ProcessIdentity) is { MayBeAlive: true };
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return false;
        }
    }

    private const string OwnerSuffix = ".owner.json";

    // EWOULDBLOCK, which flock(2) gives where another holds the lock.
    private const int WouldBlock = 11;

    private static string OwnerFile(string folder) => folder + OwnerSuffix;
}
