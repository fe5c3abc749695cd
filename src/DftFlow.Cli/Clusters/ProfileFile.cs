using DftFlow.Clusters.Checks;

namespace DftFlow.Cli.Clusters;

/// <summary>What the last test of each cluster found, kept in the user's state folder (XDG).</summary>
internal static class ProfileFile
{
    private const int LongestBytes = 1 << 20;

    public static string PathOf(string cluster) => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state
            ? state
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"),
        "dftflow", "clusters", Uri.EscapeDataString(cluster) + ".json");

    /// <summary>Null where the cluster was not tested, and, with a word about it, where the file cannot be read.</summary>
    public static async Task<byte[]?> ReadAsync(string cluster, CancellationToken cancellationToken)
    {
        var path = PathOf(cluster);
        try
        {
            if (!File.Exists(path)) return null;
            if (new FileInfo(path).Length <= LongestBytes && await File.ReadAllBytesAsync(path, cancellationToken) is var json && ClusterProfile.Read(json) is not null) return json;
            Output.Tell(new DftFlowException("DF4405", "What the last test of the cluster found cannot be read: it is no such document.", "Test the cluster again; the file is written anew.", file: path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Output.Tell(new DftFlowException("DF4405", $"What the last test of the cluster found cannot be read: {error.Message}", "Mend the file's permissions.", file: path, inner: error));
        }
        return null;
    }

    /// <summary>The old one stays until the new one is whole. Where it cannot be kept, the test has been made all the same.</summary>
    public static async Task WriteAsync(ClusterProfile profile, CancellationToken cancellationToken)
    {
        var path = PathOf(profile.Cluster);
        try
        {
            await OutputFiles.WriteAsync([(path, (ReadOnlyMemory<byte>)profile.ToJson())], cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Output.Tell(new DftFlowException("DF4404", $"What the test found could not be kept: {error.Message}", "Is there space on the disk, and may you write there? XDG_STATE_HOME names another folder.", file: path, inner: error));
        }
    }
}
