using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>Grid Engine in its forms (Sun, Son of, Univa, Open): qsub, qstat, qacct, qdel.</summary>
/// <remarks>States after qstat(1), what qacct tells after accounting(5) and sge_diagnostics.</remarks>
public sealed partial class Sge : IScheduler
{
    public string Name => "sge";

    public string VersionCommand => $"{Answers.Needs("qsub", "qdel", "qacct", "qstat")} && qstat -help | head -n 1";

    public string SubmitCommand(string scriptFile) => $"qsub {Sh.Quote(scriptFile)}";

    public SubmitAnswer ReadSubmit(RemoteReply reply) => Rules.Read(reply);

    /// <summary>With what jobs ask for, which tells those that wait for another from those that are held.</summary>
    public string QueueCommand { get; } = $"qstat -xml -r -u {Answers.User}";

    public QueueAnswer ReadQueue(RemoteReply reply)
    {
        if (reply.ExitStatus != 0) return Answers.None(reply);
        var start = reply.Output.IndexOf("<?xml", StringComparison.Ordinal);
        if (start < 0) return Answers.None($"The queue's listing is no XML. {Answers.Why(reply)}");
        XElement root;
        try
        {
            using var reader = XmlReader.Create(new StringReader(reply.Output[start..]), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = 1 << 28 });
            reader.MoveToContent();
            // What stands behind the root is a banner's.
            root = (XElement)XNode.ReadFrom(reader);
        }
        catch (Exception error) when (error is XmlException or InvalidCastException or InvalidOperationException)
        {
            return Answers.None($"The queue's listing is no whole XML: {error.Message}");
        }
        var jobs = root.Descendants("job_list").Select(Job).OfType<SchedulerJob>().ToList();
        return Answers.Of(jobs, jobs.Where(job => job.State == JobState.Unknown).Select(job => job.Word));
    }

    private static SchedulerJob? Job(XElement entry)
    {
        string? Text(string name) => entry.Element(name)?.Value.Trim() is { Length: > 0 } text ? text : null;
        if (Text("JB_job_number") is not { } id || !Number().IsMatch(id) || Text("state") is not { } word) return null;
        var (state, words) = StateOf(word, entry.Elements().Any(element => element.Name.LocalName is "predecessor_jobs" or "predecessor_jobs_req"));
        return new(Text("tasks") is { } tasks ? $"{id}.{tasks}" : id, Text("full_job_name") ?? Text("JB_name"), state, word)
        {
            ReasonInWords = words,
            Start = Text("JAT_start_time") is { } start ? Answers.Time(start) : null,
            Nodes = Text("queue_name")?.Split('@') is [_, var host] ? host : null,
        };
    }

    /// <summary>A state is put together of letters: hqw, Rr, dr, Eqw, …</summary>
    private static (JobState State, string? Words) StateOf(string word, bool waitsForAnother)
    {
        bool Has(char letter) => word.Contains(letter, StringComparison.Ordinal);
        if (word.Any(letter => !"dEhrRsStTwqNP".Contains(letter, StringComparison.Ordinal))) return (JobState.Unknown, null);
        if (Has('E')) return (JobState.Held, "it could not be started, and is held; 'qstat -j' with its id tells why, 'qmod -cj' lets it try again");
        var deleted = Has('d') ? "it is being deleted" : null;
        if (Has('s')) return (JobState.Suspended, deleted ?? "its user or an administrator suspended it");
        if (Has('S') || Has('T') || Has('N') || Has('P')) return (JobState.Suspended, deleted ?? "its queue is suspended, or its host overloaded");
        if (Has('r') || Has('t')) return (JobState.Running, deleted ?? (Has('t') ? "it is being brought to its host" : Has('R') ? "it was started anew" : null));
        if (Has('h') && Has('w')) return waitsForAnother && deleted is null ? (JobState.Queued, "it waits for another job") : (JobState.Held, deleted ?? "it is held; 'qrls' lets it go");
        if (Has('w') || Has('q')) return (JobState.Queued, deleted ?? (Has('R') ? "it was put back into the queue" : null));
        return (JobState.Unknown, null);
    }

    /// <summary>Looks through the accounting file once, however many jobs are asked for.</summary>
    public string HistoryCommand(IReadOnlyCollection<string> ids, DateTimeOffset since) => History("-j", since);

    public string SearchCommand(string name, DateTimeOffset since) => History($"-j {Sh.Quote(name)}", since);

    private static string History(string which, DateTimeOffset since) =>
        $$"""
        (
        told=$(qacct -o {{Answers.User}} -d $(({{Answers.SecondsSince(since)}} / 86400 + 1)) {{which}})
        status=$?
        printf '%s\n' "$told" | grep -E '^(=====|hostname|jobname|jobnumber|taskid|start_time|failed|exit_status|deleted_by)'
        exit "$status"
        )
        """;

    public QueueAnswer ReadHistory(RemoteReply reply)
    {
        var jobs = new Dictionary<string, SchedulerJob>(StringComparer.Ordinal);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        // A later record of the same number is a later run of the job, or a later job.
        void Close()
        {
            if (Record(fields) is { } job) jobs[job.Id] = job;
            fields.Clear();
        }
        foreach (var line in Answers.WholeLines(reply.Output))
        {
            if (line.StartsWith("=====", StringComparison.Ordinal)) Close();
            else if (line.Split(' ', 2) is [var key, var value]) fields.TryAdd(key, value.Trim());
        }
        Close();
        return jobs.Count == 0 && reply.ExitStatus != 0 && !NotFound().IsMatch(reply.Error) ? Answers.None(reply) : Answers.Of(jobs.Values, []);
    }

    private static SchedulerJob? Record(Dictionary<string, string> fields)
    {
        string? Text(string key) => fields.GetValueOrDefault(key) is { Length: > 0 } text && text is not ("undefined" or "-/-") ? text : null;
        if (Text("jobnumber") is not { } id || !Number().IsMatch(id) || Text("exit_status") is not { } exitText || Text("failed") is not { } failed) return null;
        if (!int.TryParse(exitText.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var exit)
            || !int.TryParse(failed.Split([' ', ':'], 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var code)) return null;
        var (state, words) = code switch
        {
            0 => (exit == 0 ? JobState.Completed : JobState.Failed, null),
            _ when Text("deleted_by") is { } who && who != "NONE" => (JobState.Cancelled, $"{who} deleted it"),
            37 => (JobState.TimeLimit, "it used more time or memory than it asked for (h_rt, h_cpu or h_vmem)"),
            // These are written when a job goes back into the queue.
            24 or 25 => (JobState.Queued, "it was put back into the queue"),
            100 => (exit > 128 ? JobState.Failed : JobState.Ended, "a signal ended it: it was deleted, killed, or a limit was reached"),
            _ => (JobState.Failed, $"it could not be started or brought to its end: {failed}"),
        };
        return new(Text("taskid") is { } task && Number().IsMatch(task) ? $"{id}.{task}" : id, Text("jobname"), state, $"failed {code.ToString(CultureInfo.InvariantCulture)}")
        {
            Reason = code == 0 ? null : failed,
            ReasonInWords = words,
            ExitStatus = state == JobState.Queued || code is not (0 or 37 or 100) ? null : exit,
            Start = Text("start_time") is { } start ? Answers.Time(start, "ddd MMM d HH:mm:ss yyyy") : null,
            Nodes = Text("hostname"),
        };
    }

    public string CancelCommand(IReadOnlyCollection<string> ids) => Answers.Batched("qdel", ids);

    public CancelAnswer ReadCancel(RemoteReply reply)
    {
        // qdel says everything on standard output.
        var problem = string.Join('\n', $"{reply.Output}\n{reply.Error}".Split('\n').Where(line => line.Trim().Length > 0 && !Deleted().IsMatch(line)));
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

    [GeneratedRegex(@"^Your job (?<id>[0-9]+) \(""[^""]*""\) has been submitted$|^Your job-array (?<id>[0-9]+)\.[0-9]+-[0-9]+:[0-9]+ \(""[^""]*""\) has been submitted$")]
    private static partial Regex SubmittedId();

    [GeneratedRegex("got (?:read|receive) error|timeout|timed out|got no response|failed receiving gdi request|endpoint is not unique", RegexOptions.IgnoreCase)]
    private static partial Regex MayBeSubmitted();

    [GeneratedRegex("Connection refused|unable to (?:send message to|contact) qmaster|got send error|cannot connect to (?:the )?qmaster|is there no running qmaster|denied: .*(?:maintenance|disabled)|can't resolve|No route to host|Environment variable SGE_ROOT|Please set the environment variable SGE_ROOT", RegexOptions.IgnoreCase)]
    private static partial Regex NotReached();

    [GeneratedRegex(@"[Oo]nly [0-9]+ jobs are allowed per|jobs? (?:count|limit)|max_u?_?jobs|limit ""[^""]*"" of .*reached|exceeds? job limit", RegexOptions.IgnoreCase)]
    private static partial Regex Limit();

    [GeneratedRegex("^Unable to (?:run job|read script file)|^qsub: |^error: |denied", RegexOptions.Multiline)]
    private static partial Regex Refusal();

    [GeneratedRegex("has registered the job|has deleted job|does not exist|is already in deletion")]
    private static partial Regex Deleted();

    [GeneratedRegex("not found")]
    private static partial Regex NotFound();
}
