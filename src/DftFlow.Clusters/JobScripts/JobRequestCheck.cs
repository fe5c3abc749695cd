using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Schedulers;

namespace DftFlow.Clusters.JobScripts;

/// <summary>What no job script can hold, whatever the template.</summary>
internal static partial class JobRequestCheck
{
    /// <exception cref="DftFlowException">DF4202.</exception>
    public static void Check(JobRequest request)
    {
        if (!JobName().IsMatch(request.Name)) throw Refused("name", request.Name, "is a letter, then letters, digits, _ and -");
        if (!request.Directory.StartsWith('/')) throw Refused("folder", request.Directory, "is an absolute path");
        if (request.OutputFile is "" or "." or ".." || request.OutputFile.Contains('/', StringComparison.Ordinal)) throw Refused("output file", request.OutputFile, "is a name without a folder");
        if (request.Command.IsDefaultOrEmpty || request.Command[0].Length == 0) throw Refused("command", "", "begins with a program");
        foreach (var text in (IEnumerable<string>)[request.Directory, request.OutputFile, .. request.Command, .. request.Modules, .. request.Setup, .. request.Environment.Values])
        {
            if (text.Contains('\0', StringComparison.Ordinal)) throw Refused("text", text, "holds no NUL");
            // Grid Engine and LSF look for directives in all lines of a script, also between quotes.
            if (DirectiveLine().IsMatch(text)) throw Refused("text", text, "has no line that a batch system takes for a directive");
        }
        if (request.Options.Any(string.IsNullOrWhiteSpace)) throw Refused("option", "", "is a line of the batch system's own options");
        if (request.Options.FirstOrDefault(option => MakesArray().IsMatch(option)) is { } array) throw Refused("option", array, "makes many jobs of one, all of them in the same folder");
        foreach (var text in (ReadOnlySpan<string?>)[request.Queue, request.Account, request.Qos, request.ParallelEnvironment])
            if (text is "") throw Refused("queue, account or the like", "", "is left out, or has a name");
        foreach (var variable in request.Environment.Keys) VariableName(variable);
        Check("number of nodes", request.Nodes, 1_000_000);
        Check("number of ranks", request.Ranks, 100_000_000);
        Check("number of threads", request.Threads, 1_000_000);
        if (request.Ranks % request.Nodes != 0)
            throw Refused("number of ranks", request.Ranks.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"is a multiple of the number of nodes, {request.Nodes}"));
        if (request.MemoryMib is < 1 or > 1L << 40) throw Refused("memory", request.MemoryMib.Value.ToString(CultureInfo.InvariantCulture), "is from 1 MiB");
        if (request.Walltime is { } time && (time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromDays(3650)))
            throw Refused("time limit", time.ToString("c", CultureInfo.InvariantCulture), "is from 1 s to 10 years");
    }

    public static string VariableName(string name) =>
        Variable().IsMatch(name) ? name : throw Refused("variable's name", name, "is a letter or _, then letters, digits and _");

    /// <summary>In quotes, with controls told by their numbers, so that a message shows what is meant.</summary>
    public static string Shown(string text)
    {
        var visible = string.Concat(text.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString()));
        return $"'{visible}{(text.Length > 60 ? "…" : "")}'";
    }

    private static void Check(string what, int number, int largest)
    {
        if (number < 1 || number > largest)
            throw Refused(what, number.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"is from 1 to {largest}"));
    }

    private static DftFlowException Refused(string what, string value, string rule) =>
        new("DF4202", $"The job's {what} {Shown(value)} cannot be used: it {rule}.", "Correct it in the workflow or in the cluster's configuration.");

    [GeneratedRegex(@"[\n\r]#(?:\$|BSUB|PBS|SBATCH|DFTFLOW)")]
    private static partial Regex DirectiveLine();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,127}\z")]
    private static partial Regex JobName();

    // Slurm's --array and -a, Torque's and Grid Engine's -t, PBS's -J, LSF's -J name[…]; a time of PBS's -a has no such marks.
    [GeneratedRegex(@"^\s*(?:--array\b|-[atJ]\s*[0-9]+[-,:%]|-J\s.*\[)")]
    private static partial Regex MakesArray();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Variable();
}
