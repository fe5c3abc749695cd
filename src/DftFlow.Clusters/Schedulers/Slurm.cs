using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>Slurm, from 14 on: sbatch, squeue, sacct, scontrol, scancel.</summary>
/// <remarks>The words are those of the manual pages squeue(1), sacct(1) and scontrol(1).</remarks>
public sealed partial class Slurm : IScheduler
{
    public string Name => "slurm";

    public string VersionCommand => $"{Answers.Needs("squeue", "scancel")} && sbatch --version";

    public string SubmitCommand(string scriptFile) => $"sbatch --parsable {Sh.Quote(scriptFile)}";

    public SubmitAnswer ReadSubmit(RemoteReply reply)
    {
        var answer = Rules.Read(reply);
        // The message that names a limit also tells of requests that are too large for any single job: a detail before it tells which.
        return answer is SubmitAnswer.Backpressure && BeyondOneJob().IsMatch(reply.Error) && !TooManyJobs().IsMatch(reply.Error)
            ? new SubmitAnswer.Refused(Answers.Why(reply))
            : answer;
    }

    /// <summary>With jobs that ended a few minutes ago (MinJobAge), so that most ends are seen in the queue.</summary>
    public string QueueCommand { get; } =
        $"SLURM_TIME_FORMAT=standard squeue -h -t all -u {Answers.User} -o '{string.Join(Answers.Separator, "%i", "%T", "%S", "%N", "%r", "%j")}'";

    public QueueAnswer ReadQueue(RemoteReply reply)
    {
        // squeue may fail with exit status 0 behind a site's wrapper.
        if (reply.ExitStatus != 0 || NoAnswer().IsMatch(reply.Error)) return Answers.None(reply);
        if (Answers.IsCut(reply.Output)) return Answers.None("The queue's listing stops in the middle of a line.");
        var jobs = new JobList();
        foreach (var line in Answers.WholeLines(reply.Output))
            if (line.Split(Answers.Separator, 6) is [var id, var word, var start, var nodes, var reason, var name] && Id().IsMatch(id))
                jobs.Add(id, name, word, reason, exit: null, start, nodes);
        return jobs.Answer;
    }

    public string HistoryCommand(IReadOnlyCollection<string> ids, DateTimeOffset since)
    {
        // Without accounting, slurmctld itself remembers a job for a while.
        var recent = $"for i in {Sh.Join(ids)}; do scontrol -o show job \"$i\"; done";
        return $"{History(since)} -j {Sh.Quote(string.Join(',', ids))} || {recent}";
    }

    public string SearchCommand(string name, DateTimeOffset since) => $"{History(since)} --name {Sh.Quote(name)}";

    /// <summary>Always with a start, since it looks from midnight on otherwise.</summary>
    private static string History(DateTimeOffset since) =>
        $"SLURM_TIME_FORMAT=standard sacct -X -P -n --delimiter='{Answers.Separator}' -u {Answers.User} -o JobID,State,ExitCode,Start,NodeList,JobName --starttime \"now-{Answers.SecondsSince(since)}seconds\"";

    public QueueAnswer ReadHistory(RemoteReply reply)
    {
        var jobs = new JobList();
        foreach (var line in Answers.WholeLines(reply.Output))
        {
            if (line.Split(Answers.Separator, 6) is [var id, var word, var exit, var start, var nodes, var name] && Id().IsMatch(id))
                jobs.Add(id, name, word, reason: "", exit, start, nodes);
            else if (Shown().Match(line) is { Success: true } job)
                jobs.Add(ShownId(job), job.Groups["name"].Value, job.Groups["state"].Value, job.Groups["reason"].Value, job.Groups["exit"].Value,
                    job.Groups["start"].Value, job.Groups["nodes"].Value);
        }
        // Records that are there are true, even where others could not be had.
        return jobs.IsEmpty && (reply.ExitStatus != 0 || NoAnswer().IsMatch(reply.Error)) ? Answers.None(reply) : jobs.Answer;
    }

    private static string ShownId(Match job) =>
        job.Groups["task"].Success ? $"{job.Groups["array"].Value}_{job.Groups["task"].Value}" : job.Groups["id"].Value;

    public string CancelCommand(IReadOnlyCollection<string> ids) => Answers.Batched("scancel", ids);

    public CancelAnswer ReadCancel(RemoteReply reply)
    {
        var problem = string.Join('\n', reply.Error.Split('\n').Where(line => line.Trim().Length > 0 && !GoneAlready().IsMatch(line)));
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

    /// <summary>Jobs as they are read.</summary>
    private sealed class JobList
    {
        private readonly List<SchedulerJob> jobs = [];
        private readonly List<string> unknown = [];

        public bool IsEmpty => jobs.Count == 0;

        public QueueAnswer Answer => Answers.Of(jobs, unknown);

        public void Add(string id, string name, string word, string reason, string? exit, string start, string nodes)
        {
            // sacct tells who cancelled it: CANCELLED by 1000.
            if (!States.TryGetValue(word.StartsWith("CANCELLED by ", StringComparison.Ordinal) ? "CANCELLED" : word, out var known))
            {
                known = (JobState.Unknown, null);
                unknown.Add(word);
            }
            var (state, words) = known;
            if (reason is "None" or "(null)") reason = "";
            var where = nodes is "" or "None assigned" or "(null)" ? null : nodes;
            if (state == JobState.Queued && SlurmReasons.WaitsForPerson(reason)) state = JobState.Held;
            jobs.Add(new(id, name, state, word)
            {
                Reason = reason.Length > 0 ? reason : null,
                ReasonInWords = reason.Length > 0 ? SlurmReasons.InWords(reason) : words,
                // What Slurm ended is told with 0, and what it never started with 0:1.
                ExitStatus = state == JobState.Completed || state > JobState.Completed && where is not null && ExitStatus(exit) is not 0 ? ExitStatus(exit) : null,
                Start = Answers.Time(start),
                Nodes = where,
            });
        }
    }

    /// <summary>From status:signal. Slurm has codes of its own in place of the signal (53: the output file, 125: memory), which are none.</summary>
    private static int? ExitStatus(string? text) =>
        text?.Split(':') is [var code, var signal]
        && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number switch { 0 => status, <= 31 => 128 + number, _ => null }
            : null;

    /// <summary>All states and flags that squeue, sacct and scontrol show in a state's place, with words where the state alone says too little.</summary>
    private static readonly Dictionary<string, (JobState State, string? Words)> States = new(StringComparer.Ordinal)
    {
        ["PENDING"] = (JobState.Queued, null),
        ["CONFIGURING"] = (JobState.Queued, "its nodes are being made ready"),
        ["POWER_UP_NODE"] = (JobState.Queued, "its nodes are being switched on"),
        ["EXPEDITING"] = (JobState.Queued, "it is put in front of others after a failure of its nodes"),
        ["REQUEUED"] = (JobState.Queued, "it was put back into the queue"),
        ["REQUEUE_FED"] = (JobState.Queued, "it was put back into the queue of the federation"),
        ["REQUEUE_HOLD"] = (JobState.Held, "it was put back into the queue and held"),
        ["RESV_DEL_HOLD"] = (JobState.Held, "its reservation was deleted"),
        ["SPECIAL_EXIT"] = (JobState.Held, "it was put back into the queue after a special exit status, and held"),
        ["RUNNING"] = (JobState.Running, null),
        ["RESIZING"] = (JobState.Running, "its size is being changed"),
        ["SIGNALING"] = (JobState.Running, "it is being sent a signal"),
        ["SUSPENDED"] = (JobState.Suspended, null),
        ["STOPPED"] = (JobState.Suspended, "it was stopped by a signal and keeps its nodes"),
        ["COMPLETING"] = (JobState.Completing, null),
        ["STAGE_OUT"] = (JobState.Completing, "its files are being brought out of the burst buffer"),
        ["UPDATE_DB"] = (JobState.Completing, null),
        ["COMPLETED"] = (JobState.Completed, null),
        ["FAILED"] = (JobState.Failed, null),
        ["DEADLINE"] = (JobState.Cancelled, "its deadline came"),
        ["TIMEOUT"] = (JobState.TimeLimit, null),
        ["OUT_OF_MEMORY"] = (JobState.OutOfMemory, null),
        ["NODE_FAIL"] = (JobState.NodeFailure, null),
        ["BOOT_FAIL"] = (JobState.NodeFailure, "its nodes could not be started"),
        ["CANCELLED"] = (JobState.Cancelled, null),
        ["PREEMPTED"] = (JobState.Preempted, null),
        // The job lives on as another cluster's, or may be put back into the queue: no end can be made of these.
        ["REVOKED"] = (JobState.Unknown, "another cluster of the federation has taken it"),
        ["LAUNCH_FAILED"] = (JobState.Unknown, "it could not be started on its nodes"),
        ["RECONFIG_FAIL"] = (JobState.Unknown, "its nodes could not be set up for it"),
    };

    [GeneratedRegex(@"^[0-9]+(\+[0-9]+|_[0-9]+|_\[[0-9,:%-]+(\.\.\.)?\])?$")]
    private static partial Regex Id();

    // Some sites' wrappers take --parsable away.
    [GeneratedRegex(@"^(?<id>[0-9]+)(;[^\s;]+)?$|^Submitted batch job (?<id>[0-9]+)( on cluster \S+)?$")]
    private static partial Regex SubmittedId();

    [GeneratedRegex("Socket timed out|Zero Bytes were transmitted|Transport endpoint is not connected|Unexpected message received|Insane message length|Message (send|receive) failure|Send failed|Receive failed|Munge decode failed", RegexOptions.IgnoreCase)]
    private static partial Regex MayBeSubmitted();

    [GeneratedRegex("Unable to contact slurm controller|Protocol authentication error|authentication failure|in standby mode|backup controller|Slurm is not active|Unable to (?:resolve|load|process) conf|Could not establish a configuration source|Job submission disabled|Controller (?:is )?shutting down", RegexOptions.IgnoreCase)]
    private static partial Regex NotReached();

    [GeneratedRegex("job submit limit|SubmitJobs?(?:PerUser|PerAccount)?Limit|MaxSubmitJobs|SubmitJobsPerAccount|QOSMaxJobs|AssocMaxJobs|temporarily unable to accept job|Resource temporarily unavailable|Too many (?:jobs|job)", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();

    [GeneratedRegex("SubmitJob|JobsPer|MaxJobs|Too many jobs|temporarily unable", RegexOptions.IgnoreCase)]
    private static partial Regex TooManyJobs();

    // QOSMaxCpuPerUserLimit, AssocMaxWallDurationPerJobLimit, …
    [GeneratedRegex(@"\b(?:QOS|Assoc)(?:Max|Min|Grp)[A-Za-z]+\b")]
    private static partial Regex BeyondOneJob();

    [GeneratedRegex("^sbatch: |^Error: |Usage: sbatch", RegexOptions.Multiline)]
    private static partial Regex Refusal();

    [GeneratedRegex("slurm_load_jobs error|Socket timed out|Unable to contact slurm|accounting_storage/slurmdbd|slurmdbd: .*(?:refused|timed out)|Problem talking to the database|Zero Bytes", RegexOptions.IgnoreCase)]
    private static partial Regex NoAnswer();

    [GeneratedRegex("Invalid job id specified|already completing or completed|already finished", RegexOptions.IgnoreCase)]
    private static partial Regex GoneAlready();

    [GeneratedRegex(@"^JobId=(?<id>[0-9]+) (?:ArrayJobId=(?<array>[0-9]+) ArrayTaskId=(?<task>\S+) )?.*?JobName=(?<name>.*?) UserId=.*? JobState=(?<state>[A-Z_]+) Reason=(?<reason>.*?) Dependency=.*? ExitCode=(?<exit>[0-9]+:[0-9]+) .*? StartTime=(?<start>\S+) .*? NodeList=(?<nodes>\S*) ")]
    private static partial Regex Shown();
}
