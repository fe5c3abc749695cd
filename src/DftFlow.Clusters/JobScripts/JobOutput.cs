using System.Text.RegularExpressions;
using DftFlow.Clusters.Schedulers;

namespace DftFlow.Clusters.JobScripts;

/// <summary>
/// What a batch system wrote into a job's output, the file <c>dftflow-job.out</c>, when it ended the job. It stays there when the queue has
/// forgotten the job and no history is kept.
/// </summary>
/// <remarks>The lines are those of slurmstepd (Slurm 14 to 25), of PBS's and Torque's MOM, and of LSF's job reports.</remarks>
public static partial class JobOutput
{
    public const string FileName = "dftflow-job.out";

    /// <summary>Why the job was ended, and the line that says so; null where nothing does. The last such line counts.</summary>
    public static (JobState State, string Line)? CauseIn(string text)
    {
        (JobState, string)? cancelled = null;
        foreach (var line in text.Split('\n').Reverse())
        {
            if (Said().Match(line) is not { Success: true } said) continue;
            if (said.Groups["time"].Success) return (JobState.TimeLimit, line.Trim());
            if (said.Groups["memory"].Success) return (JobState.OutOfMemory, line.Trim());
            if (said.Groups["node"].Success) return (JobState.NodeFailure, line.Trim());
            if (said.Groups["preempted"].Success) return (JobState.Preempted, line.Trim());
            // Slurm says this too of a job that it ends for its memory, after the line that tells why.
            cancelled ??= (JobState.Cancelled, line.Trim());
        }
        return cancelled;
    }

    [GeneratedRegex("""
        ^slurmstepd\S*\ .*(?:(?<time>DUE\ TO\ TIME\ LIMIT)|(?<node>DUE\ TO\ NODE\ FAILURE)|(?<preempted>DUE\ TO\ PREEMPTION)|(?<memory>exceeded\ (?:job\ |step\ )?memory\ limit|oom[-_]kill)|(?<cancelled>CANCELLED\ AT(?!.*\ REQUEUE)))
        |^=>>\ PBS:\ job\ killed:\ (?:(?<time>walltime|cput)|(?<memory>p?v?mem)|(?<node>node))
        |^\s*(?:(?<time>TERM_(?:RUN|CPU)LIMIT|TERM_DEADLINE)|(?<memory>TERM_MEMLIMIT|TERM_SWAP)|(?<preempted>TERM_PREEMPT)|(?<cancelled>TERM_(?:FORCE_)?(?:OWNER|ADMIN)))\b
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase)]
    private static partial Regex Said();
}
