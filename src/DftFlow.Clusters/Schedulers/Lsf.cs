using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>IBM Spectrum LSF, from 9.1.3 on: bsub, bjobs, bkill.</summary>
/// <remarks>States and termination reasons after IBM's reference of bjobs and bacct.</remarks>
public sealed partial class Lsf : IScheduler
{
    /// <summary>bjobs takes one character. None of its fields holds this one but a name, which stands last.</summary>
    private const char Separator = '^';

    public string Name => "lsf";

    public string VersionCommand => $"{Answers.Needs("bsub", "bjobs", "bkill")} && bsub -V 2>&1 | head -n 1";

    /// <summary>bsub reads the script. By default it waits where a limit is reached, for ever; and the site may have made it say nothing.</summary>
    public string SubmitCommand(string scriptFile) => $"(unset BSUB_QUIET BSUB_QUIET2; LSB_NTRIES=1; export LSB_NTRIES; bsub <{Sh.Quote(scriptFile)})";

    public SubmitAnswer ReadSubmit(RemoteReply reply) => Rules.Read(reply);

    /// <summary>With jobs that ended within the last hour (CLEAN_PERIOD).</summary>
    public string QueueCommand { get; } = Listing("");

    // Versions that do not know all of the fields get the shorter list.
    private static string Listing(string which)
    {
        static string Bjobs(string which, string reasons) =>
            $"bjobs -a -noheader{which} -o \"jobid jobindex stat exit_code start_time exec_host {reasons}job_name delimiter='{Separator}'\"";
        return $"(LSB_DISPLAY_YEAR=Y; export LSB_DISPLAY_YEAR; told=$({Bjobs(which, "exit_reason pend_reason ")} 2>/dev/null) && {{ [ -z \"$told\" ] || printf '%s\\n' \"$told\"; }} || {Bjobs(which, "")})";
    }

    public QueueAnswer ReadQueue(RemoteReply reply) => Read(reply);

    public string HistoryCommand(IReadOnlyCollection<string> ids, DateTimeOffset since) => Listing($" {string.Join(' ', ids.Select(Sh.Quote))}");

    public string SearchCommand(string name, DateTimeOffset since) => Listing($" -J {Sh.Quote(name)}");

    public QueueAnswer ReadHistory(RemoteReply reply) => Read(reply);

    private static QueueAnswer Read(RemoteReply reply)
    {
        if (Answers.IsCut(reply.Output)) return Answers.None("The list of jobs stops in the middle of a line.");
        var jobs = Answers.WholeLines(reply.Output).Select(Job).OfType<SchedulerJob>().ToList();
        // That there are none is told by a status other than 0.
        if (jobs.Count == 0 && reply.ExitStatus != 0 && !NoJobs().IsMatch(reply.Error)) return Answers.None(reply);
        return Answers.Of(jobs, jobs.Where(job => !States.ContainsKey(job.Word)).Select(job => job.Word));
    }

    private static SchedulerJob? Job(string line)
    {
        var (head, name) = line.Split(Separator, 9) is [var a, var b, var c, var d, var e, var f, var g, var h, var i] ? ((string[])[a, b, c, d, e, f, g, h], i)
            : line.Split(Separator, 7) is [.. var six, var last] && six.Length == 6 ? ([.. six, "-", "-"], last)
            : ([], "");
        if (head is not [var id, var index, var word, var exit, var start, var hosts, var ended, var pending] || !Number().IsMatch(id) || !Number().IsMatch(index) || !Word().IsMatch(word)) return null;
        var state = States.GetValueOrDefault(word, JobState.Unknown);
        var reason = state >= JobState.Completed ? ended : state is JobState.Queued or JobState.Held or JobState.Suspended ? pending : "-";
        if (reason is "-" or "") reason = null;
        string? words = word == "ZOMBI" ? "its host could not be reached when it was killed" : word == "UNKWN" ? "its host cannot be reached" : null;
        if (state == JobState.Failed && reason is not null && Termination(reason.Split(':')[0]) is { } known) (state, words) = known;
        return new(index == "0" ? id : $"{id}[{index}]", name, state, word)
        {
            Reason = reason,
            ReasonInWords = words ?? (state is JobState.Queued ? reason : null),
            ExitStatus = state == JobState.Completed ? 0 : int.TryParse(exit, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && state > JobState.Completed ? status : null,
            // Estimated (E) and left (L) times have a letter behind them.
            Start = Answers.Time(start.TrimEnd('E', 'L', 'X', ' '), "MMM d HH:mm:ss yyyy") ?? Answers.Time(start.TrimEnd('E', 'L', 'X', ' '), "MMM d HH:mm yyyy"),
            Nodes = hosts is "-" or "" ? null : hosts,
        };
    }

    private static (JobState, string)? Termination(string reason) => reason switch
    {
        "TERM_RUNLIMIT" or "TERM_CPULIMIT" or "TERM_DEADLINE" => (JobState.TimeLimit, "its time limit was reached"),
        "TERM_MEMLIMIT" or "TERM_SWAP" => (JobState.OutOfMemory, "it used more memory than it may"),
        "TERM_OWNER" or "TERM_FORCE_OWNER" => (JobState.Cancelled, "its owner cancelled it"),
        "TERM_ADMIN" or "TERM_FORCE_ADMIN" => (JobState.Cancelled, "an administrator cancelled it"),
        "TERM_PREEMPT" => (JobState.Preempted, "a job of higher priority took its place"),
        "TERM_WINDOW" => (JobState.Cancelled, "its queue's run window closed"),
        "TERM_REMOVE_HUNG_JOB" or "TERM_ZOMBIE" => (JobState.NodeFailure, "LSF lost it"),
        "TERM_CWD_NOTEXIST" => (JobState.Failed, "its folder is not there"),
        "TERM_RMS" or "TERM_SLURM" or "TERM_EXTERNAL_SIGNAL" => (JobState.Failed, "a signal from outside LSF ended it"),
        _ => null,
    };

    private static readonly Dictionary<string, JobState> States = new(StringComparer.Ordinal)
    {
        ["PEND"] = JobState.Queued,
        ["FWD_PEND"] = JobState.Queued,
        ["WAIT"] = JobState.Queued,
        ["PROV"] = JobState.Queued,
        ["PSUSP"] = JobState.Held,
        ["RUN"] = JobState.Running,
        ["USUSP"] = JobState.Suspended,
        ["SSUSP"] = JobState.Suspended,
        ["DONE"] = JobState.Completed,
        ["EXIT"] = JobState.Failed,
        // LSF has lost sight of these: they may run.
        ["UNKWN"] = JobState.Unknown,
        ["ZOMBI"] = JobState.Unknown,
    };

    public string CancelCommand(IReadOnlyCollection<string> ids) => Answers.Batched("bkill", ids);

    public CancelAnswer ReadCancel(RemoteReply reply)
    {
        var problem = string.Join('\n', $"{reply.Output}\n{reply.Error}".Split('\n').Where(line => line.Trim().Length > 0 && !Killed().IsMatch(line)));
        return reply.ExitStatus == 0 || problem.Length == 0 && reply.Said.Length > 0 ? new(true) : new(false, problem.Length > 0 ? problem : Answers.Why(reply));
    }

    private static readonly SubmitRules Rules = new()
    {
        Id = SubmittedId(),
        Unknown = MayBeSubmitted(),
        Unavailable = NotReached(),
        Backpressure = Limit(),
        Refused = Refusal(),
    };

    [GeneratedRegex("^[0-9]+$")]
    private static partial Regex Number();

    [GeneratedRegex("^[A-Z_]+$")]
    private static partial Regex Word();

    [GeneratedRegex(@"^Job <(?<id>[0-9]+)> is submitted to (?:default )?queue <[^<>]+>\.$")]
    private static partial Regex SubmittedId();

    [GeneratedRegex("Communication time ?out|timed out|not responding|Connection reset|Bad (?:network )?(?:message|data)|XDR operation error", RegexOptions.IgnoreCase)]
    private static partial Regex MayBeSubmitted();

    [GeneratedRegex("LSF is down|Master (?:LIM|batch daemon) is down|LIM is down|Connection refused|configuration is not ready|Cannot (?:find|locate) master|Unable to open .*lsf\\.conf|lsf\\.conf: No such file|Host does not have a software license", RegexOptions.IgnoreCase)]
    private static partial Regex NotReached();

    [GeneratedRegex("threshold reached|reached (?:its|his|the|their) .*(?:job|pend)|job (?:slot )?limit|Too many jobs|maximum number of (?:pending )?jobs", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();

    [GeneratedRegex("Job not submitted|Request aborted by esub|Bad argument|Illegal option|^bsub: ", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Refusal();

    [GeneratedRegex("No (?:unfinished |matching )?jobs? found|is not found", RegexOptions.IgnoreCase)]
    private static partial Regex NoJobs();

    [GeneratedRegex("is being terminated|Job has already finished|No matching job found|is not found|will be terminated", RegexOptions.IgnoreCase)]
    private static partial Regex Killed();
}
