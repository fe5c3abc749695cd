using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>The kinds of PBS, which take resources in different words.</summary>
public enum PbsFlavour
{
    /// <summary>PBS Pro and OpenPBS: <c>select=2:ncpus=16</c>.</summary>
    Pro,

    /// <summary>Torque: <c>nodes=2:ppn=16</c>.</summary>
    Torque,
}

/// <summary>PBS: qsub, qselect, qstat, qdel.</summary>
/// <remarks>States and exit codes after the PBS Professional Reference Guide (job states; job exit codes) and Torque's Administrator Guide.</remarks>
public sealed partial class Pbs(PbsFlavour flavour) : IScheduler
{
    public string Name => flavour == PbsFlavour.Torque ? "torque" : "pbs";

    public string VersionCommand => $"{Answers.Needs("qsub", "qselect", "qstat", "qdel")} && qstat --version 2>&1";

    public string SubmitCommand(string scriptFile) => $"qsub {Sh.Quote(scriptFile)}";

    public SubmitAnswer ReadSubmit(RemoteReply reply) => Rules.Read(reply);

    /// <summary>The user's jobs only: all of a site's in full would be megabytes.</summary>
    public string QueueCommand { get; } = Listing($"$(qselect -u {Answers.User})", "");

    /// <summary>
    /// In full, as text. The JSON of some versions is no JSON where there are several jobs or a variable holds 007 or a quote, and that
    /// of others has the first job only (openpbs/openpbs, #585, #1255, #2603, #2672).
    /// </summary>
    private static string Listing(string ids, string options) => $"(set -f; ids={ids} || exit; [ -z \"$ids\" ] || qstat{options} -f $ids)";

    public QueueAnswer ReadQueue(RemoteReply reply) => Read(reply);

    public string HistoryCommand(IReadOnlyCollection<string> ids, DateTimeOffset since) => Listing(Sh.Quote(string.Join(' ', ids)), History);

    public string SearchCommand(string name, DateTimeOffset since) =>
        Listing($"$(qselect{History} -u {Answers.User} -N {Sh.Quote(name)})", History);

    // Torque's -x asks for XML; it keeps ended jobs in the queue for a while.
    private string History => flavour == PbsFlavour.Torque ? "" : " -x";

    public QueueAnswer ReadHistory(RemoteReply reply) => Read(reply);

    private QueueAnswer Read(RemoteReply reply)
    {
        // A job that has gone since is named in an error, and the others are told all the same.
        var complaints = reply.Error.Split('\n').Where(line => line.Trim().Length > 0).ToList();
        var onlyGone = complaints.Count > 0 && complaints.All(line => Gone().IsMatch(line));
        if (reply.ExitStatus != 0 && !onlyGone) return Answers.None(reply);
        if (Answers.IsCut(reply.Output)) return Answers.None("qstat's answer stops in the middle of a line.");
        var jobs = PbsListing.Read(reply.Output).Select(Job).OfType<SchedulerJob>().ToList();
        return Answers.Of(jobs, jobs.Where(job => job.State == JobState.Unknown && job.ReasonInWords is null).Select(job => job.Word));
    }

    private SchedulerJob? Job(PbsEntry entry)
    {
        if (entry["job_state"] is not { Length: > 0 } word) return null;
        int? exit = int.TryParse(entry["Exit_status"] ?? entry["exit_status"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        var comment = entry["comment"];
        var (state, words) = word switch
        {
            "Q" or "T" or "W" => comment?.Contains("Can Never Run", StringComparison.OrdinalIgnoreCase) == true
                ? (JobState.Held, "it asks for what the system cannot give: it will not start")
                : (JobState.Queued, word switch { "T" => "it is being moved", "W" => "its time to start has not come yet", _ => Waiting(comment) }),
            "H" => entry["depend"] is { Length: > 0 } ? (JobState.Queued, "it waits for another job") : (JobState.Held, "it is held; 'qrls' lets it go"),
            "R" or "B" => (JobState.Running, null),
            "S" => (JobState.Suspended, "the scheduler or an administrator suspended it"),
            "U" => (JobState.Suspended, "its host is being used at its keyboard"),
            "E" => (JobState.Completing, null),
            "F" or "X" or "C" => Ended(exit, entry),
            "M" => (JobState.Unknown, "it was moved to another server"),
            _ => (JobState.Unknown, (string?)null),
        };
        return new(entry.Id, entry["Job_Name"], state, word)
        {
            Reason = comment,
            ReasonInWords = words,
            ExitStatus = state >= JobState.Completed ? ExitStatus(exit) : null,
            Start = new[] { entry["stime"], entry["start_time"], entry["estimated.start_time"] }.Select(time => time is null ? null : Answers.Time(time, "ddd MMM d HH:mm:ss yyyy")).FirstOrDefault(time => time is not null),
            Nodes = entry["exec_host"] is { Length: > 0 } hosts ? string.Join(',', hosts.Split('+').Select(host => host.Split('/')[0]).Distinct()) : null,
        };
    }

    private static string? Waiting(string? comment) => comment switch
    {
        null => null,
        _ when comment.Contains("Insufficient amount", StringComparison.OrdinalIgnoreCase) || comment.Contains("Not enough", StringComparison.OrdinalIgnoreCase) => "it waits for nodes, cores or memory to become free",
        _ when comment.Contains("limit", StringComparison.OrdinalIgnoreCase) => "a limit on running jobs or resources is reached",
        _ => comment,
    };

    /// <summary>From 256 on a signal ended it; negative ones are the system's own.</summary>
    private static int? ExitStatus(int? code) => code switch { null or < 0 => null, >= 256 => 128 + code.Value % 128, _ => code };

    private (JobState, string?) Ended(int? code, PbsEntry entry)
    {
        var comment = entry["comment"] ?? "";
        // 143 and 137: told to end, and killed.
        var signalled = ExitStatus(code) is 143 or 137;
        return (code, flavour) switch
        {
            (0, _) => (JobState.Completed, null),
            (-29 or -28, PbsFlavour.Pro) or (-11 or -12, PbsFlavour.Torque) => (JobState.TimeLimit, "its time limit was reached"),
            (-27 or -26, PbsFlavour.Pro) or (-10, PbsFlavour.Torque) => (JobState.OutOfMemory, "it used more memory than it asked for"),
            (-24 or -25, PbsFlavour.Pro) => (JobState.Failed, "it used more cores than it asked for"),
            (< 0, _) => (JobState.Failed, "it could not be started, or was ended by the system"),
            _ when comment.Contains("exceeded resource walltime", StringComparison.OrdinalIgnoreCase) || signalled && UsedItsTime(entry) => (JobState.TimeLimit, "its time limit was reached"),
            // 91: deleted, in the queue or while it ran.
            _ when entry["substate"] == "91" || comment.EndsWith("terminated", StringComparison.OrdinalIgnoreCase) => (JobState.Cancelled, "it was deleted"),
            (null, _) => (JobState.Ended, "the system does not tell its exit status"),
            _ => (JobState.Failed, signalled ? "a signal ended it" : null),
        };
    }

    private static bool UsedItsTime(PbsEntry entry) =>
        Seconds(entry["resources_used.walltime"]) is { } used && Seconds(entry["Resource_List.walltime"]) is { } asked && used >= asked;

    private static long? Seconds(string? clock)
    {
        long seconds = 0;
        foreach (var part in clock?.Split(':') ?? [""])
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            seconds = seconds * 60 + number;
        }
        return seconds;
    }

    public string CancelCommand(IReadOnlyCollection<string> ids) => Answers.Batched("qdel", ids);

    public CancelAnswer ReadCancel(RemoteReply reply)
    {
        var problem = string.Join('\n', reply.Error.Split('\n').Where(line => line.Trim().Length > 0 && !Gone().IsMatch(line)));
        return reply.ExitStatus == 0 || problem.Length == 0 && reply.Error.Length > 0 ? new(true) : new(false, problem.Length > 0 ? problem : Answers.Why(reply));
    }

    private static readonly SubmitRules Rules = new()
    {
        Id = SubmittedId(),
        Unknown = MayBeSubmitted(),
        Unavailable = NotReached(),
        Backpressure = Limit(),
        Refused = Refusal(),
    };

    // A bare number is what PBS commands in front of other systems answer.
    [GeneratedRegex(@"^(?<id>[0-9]+(?:\[[0-9]*\])?(?:\.[A-Za-z0-9][A-Za-z0-9._-]*)?)$")]
    private static partial Regex SubmittedId();

    // What follows upon a connection that was not made does not count.
    [GeneratedRegex("^(?!.*cannot connect to).*(?:End of File|Premature end|protocol error|Communication failure|timed out|time-?out|Connection reset|Broken pipe|Error in communicating|PBS_send|Unexpected)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex MayBeSubmitted();

    [GeneratedRegex("cannot connect to|Connection refused|could not connect|Invalid credential|pbs_iff|Server (?:is )?shutting down|Unable to contact|No route to host|Unknown host|Access from host not allowed|trqauthd", RegexOptions.IgnoreCase)]
    private static partial Regex NotReached();

    [GeneratedRegex("would exceed .*limit|Maximum number of jobs|exceeds? the (?:queue|server) limit|job (?:submit )?limit|Resource temporarily unavailable|too many (?:jobs|queued)", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();

    [GeneratedRegex("^(?:qsub|usage|Error): ?", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();

    [GeneratedRegex("Unknown Job Id|Job has finished|Unknown job id after clean init|Request invalid for state of job|already in exit state|deletion in progress", RegexOptions.IgnoreCase)]
    private static partial Regex Gone();
}
