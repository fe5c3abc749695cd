namespace DftFlow.Clusters.Transports;

/// <summary>The files that an Include of ssh_config(5) means.</summary>
internal static class SshConfigPaths
{
    /// <summary>The files that fit a full path with * and ? in its parts, in the order of their names.</summary>
    public static IEnumerable<string> List(string pattern)
    {
        IEnumerable<string> paths = ["/"];
        foreach (var part in pattern.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            paths = part.AsSpan().ContainsAny('*', '?')
                ? paths.SelectMany(folder => Entries(folder, part))
                : paths.Select(folder => Path.Combine(folder, part));
        }
        return [.. paths.Where(File.Exists)];
    }

    private static IEnumerable<string> Entries(string folder, string pattern)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(folder)
                .Where(path => Path.GetFileName(path) is var name && SshConfigText.Fits(name, pattern) && (name[0] != '.' || pattern[0] == '.'))
                .Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
