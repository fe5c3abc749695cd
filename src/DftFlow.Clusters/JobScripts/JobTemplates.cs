using System.Reflection;

namespace DftFlow.Clusters.JobScripts;

/// <summary>Finds the templates of job scripts: the one that the configuration names, the user's own, or the one that comes with DftFlow.</summary>
public static class JobTemplates
{
    /// <summary>The tag that stands for <c>run.sh</c>: what every job does, whatever starts it.</summary>
    internal const string RunTag = "run";

    internal static string Run { get; } = Shipped("run")!;

    /// <summary>Where the user's own templates lie.</summary>
    public static string UserFolder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config
            ? config
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config"), "dftflow", "jobs");

    /// <summary>The template for a batch system, and its name for messages.</summary>
    /// <param name="scheduler">See <see cref="Schedulers.IScheduler.Name"/>.</param>
    /// <param name="named">The file that the cluster's configuration names; null where it names none.</param>
    /// <exception cref="DftFlowException">DF4205: the file cannot be read.</exception>
    public static (string Text, string Name) Find(string scheduler, string? named = null, string? userFolder = null)
    {
        var own = Path.Combine(userFolder ?? UserFolder, scheduler + ".sh");
        if ((named ?? (File.Exists(own) ? own : null)) is { } path)
        {
            try
            {
                return (File.ReadAllText(path), path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new DftFlowException("DF4205", $"The template of the job script cannot be read: {error.Message}", "Correct its path in the cluster's configuration, or its permissions.", file: path, inner: error);
            }
        }
        return (Shipped(scheduler) ?? throw new ArgumentException($"There is no template '{scheduler}'.", nameof(scheduler)), $"templates/jobs/{scheduler}.sh");
    }

    private static string? Shipped(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"jobs/{name}.sh");
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
