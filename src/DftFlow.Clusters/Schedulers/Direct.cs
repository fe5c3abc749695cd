using System.Globalization;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>
/// No batch system: plain processes of a Linux host, each job a session of its own that lives on when the connection ends. All
/// start at once; how many there may be is the cluster's limit of jobs.
/// </summary>
/// <remarks>
/// An id is the session's process number, its start in clock ticks after the boot, and the boot's id, so that a later process with
/// the same number is no job. Each job has a file of its id's name in a folder of the host, written before the job begins, with
/// its name and folder; what has ended moves to the folder <c>ended</c> when the queue is asked.
/// </remarks>
public sealed partial class Direct : IScheduler
{
    public string Name => "direct";

    public string VersionCommand => $"[ -r /proc/self/stat ] && [ -r /proc/sys/kernel/random/boot_id ] && {Answers.Needs("setsid", "nohup", "sed", "find", "grep")} && uname -sr";

    // Several hosts may share a home. process() reads proc(5)'s stat of a process, whose name may hold anything: state, session, start.
    private const string Common =
        """
        jobs=${XDG_STATE_HOME:-$HOME/.local/state}/dftflow/jobs/$(uname -n)
        IFS= read -r boot </proc/sys/kernel/random/boot_id
        boot=${boot%%-*}
        process() {
            state= session= ticks=
            { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return
            set -- ${stat##*) }
            [ $# -ge 20 ] || return
            case $1 in Z | X) return 1 ;; esac
            state=$1 session=$4 ticks=${20}
        }
        take_apart() {
            pid=${1%%.*} began=${1#*.} of=${1##*.}
            began=${began%%.*}
        }

        """;

    /// <summary>The file is written by the session itself, before it becomes the job: whatever dies when, a job that runs is listed.</summary>
    private const string Session =
        """
        IFS= read -r stat <"/proc/$$/stat"
        set -- ${stat##*) }
        DFTFLOW_JOB_ID=$$.${20}.$boot
        export DFTFLOW_JOB_ID
        printf "%s\n" "$name" "$PWD" >"$jobs/.$DFTFLOW_JOB_ID" && mv "$jobs/.$DFTFLOW_JOB_ID" "$jobs/$DFTFLOW_JOB_ID" || exit 1
        printf "%s\n" "$DFTFLOW_JOB_ID" >&3
        exec /bin/sh "./$script" >dftflow-job.out 2>&1 3>&-
        """;

    public string SubmitCommand(string scriptFile) =>
        $$"""
        {
        {{Common}}
        script={{Sh.Quote(scriptFile)}}
        name=$(sed -n 's/^#DFTFLOW --name=//p' "$script" | head -n 1)
        if [ -z "$name" ]; then
            echo "direct: $script is no job script for this host" >&2
        elif mkdir -p "$jobs/ended"; then
            find "$jobs/ended" -type f -mtime +90 -exec rm -f {} +
            export jobs boot script name
            setsid nohup /bin/sh -c {{Sh.Quote(Session)}} 3>&1 </dev/null >/dev/null 2>&1 &
        fi
        } | { IFS= read -r id && printf '%s\n' "$id" || { echo "direct: the job was not started" >&2; exit 1; }; }
        """;

    public SubmitAnswer ReadSubmit(RemoteReply reply) => Rules.Read(reply);

    public string QueueCommand =>
        $$"""
        (
        {{Common}}
        sessions=' '
        for file in /proc/[0-9]*; do
            if process "${file#/proc/}"; then sessions="$sessions$session "; fi
        done
        for file in "$jobs"/[0-9]*; do
            [ -f "$file" ] || continue
            id=${file##*/} word=
            take_apart "$id"
            if [ "$of" = "$boot" ]; then
                if process "$pid"; then
                    if [ "$ticks" = "$began" ]; then
                        case $state in T | t) word=STOPPED ;; *) word=RUNNING ;; esac
                    fi
                else
                    case $sessions in *" $pid "*) word=LEFTOVERS ;; esac
                fi
            fi
            if [ -z "$word" ]; then
                mv "$file" "$jobs/ended/$id"
            else
                IFS= read -r name <"$file"
                printf '%s|~|%s|~|%s\n' "$id" "$word" "$name"
            fi
        done
        )
        """;

    public QueueAnswer ReadQueue(RemoteReply reply)
    {
        if (reply.ExitStatus != 0) return Answers.None(reply);
        if (Answers.IsCut(reply.Output)) return Answers.None("The list of jobs stops in the middle of a line.");
        return Read(reply, parts => parts is [var id, var word, var name] ? new SchedulerJob(id, name, StateOf(word), word)
        {
            ReasonInWords = word == "LEFTOVERS" ? "its script has ended, but processes that it started have not" : null,
        } : null);
    }

    private static JobState StateOf(string word) => word switch
    {
        "RUNNING" => JobState.Running,
        "STOPPED" => JobState.Suspended,
        "LEFTOVERS" => JobState.Completing,
        "REBOOTED" => JobState.NodeFailure,
        "VANISHED" => JobState.Ended,
        _ => JobState.Unknown,
    };

    public string HistoryCommand(IReadOnlyCollection<string> ids, DateTimeOffset since) => Told($"for id in {Sh.Join(ids)}");

    public string SearchCommand(string name, DateTimeOffset since) =>
        Told($"find \"$jobs/ended\" -type f -exec grep -lxF -e {Sh.Quote(name)} {{}} + 2>/dev/null | while IFS= read -r id", "id=${id##*/}");

    /// <summary>Tells of jobs that have ended, by their own end records.</summary>
    private static string Told(string loop, string first = ":") =>
        $$"""
        (
        {{Common}}
        {{loop}}; do
            {{first}}
            [ -f "$jobs/ended/$id" ] || continue
            IFS= read -r name <"$jobs/ended/$id"
            folder=$(tail -n +2 "$jobs/ended/$id")
            take_apart "$id"
            word=VANISHED status= signal=
            [ "$of" = "$boot" ] || word=REBOOTED
            if grep -qxF -e "job $id" "$folder/dftflow-exit" 2>/dev/null && [ "$(tail -n 1 "$folder/dftflow-exit")" = end ]; then
                word=ENDED
                status=$(sed -n 's/^status //p' "$folder/dftflow-exit")
                signal=$(sed -n 's/^signal //p' "$folder/dftflow-exit")
            fi
            printf '%s|~|%s|~|%s|~|%s|~|%s\n' "$id" "$word" "$status" "$signal" "$name"
        done
        )
        """;

    public QueueAnswer ReadHistory(RemoteReply reply)
    {
        var answer = Read(reply, parts => parts is [var id, var word, var status, var signal, var name] ? Ended(id, word, status, signal, name) : null);
        return answer.Jobs is [] && reply.ExitStatus != 0 ? Answers.None(reply) : answer;
    }

    private static SchedulerJob Ended(string id, string word, string status, string signal, string name)
    {
        int? exit = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        var (state, words) = (word, signal, exit) switch
        {
            ("ENDED", "XCPU", not null) => (JobState.TimeLimit, "its time limit was reached"),
            ("ENDED", "TERM", not null) => (JobState.Cancelled, "it was told to end (SIGTERM)"),
            ("ENDED", _, 0) => (JobState.Completed, null),
            ("ENDED", _, not null) => (JobState.Failed, null),
            ("VANISHED", _, _) => (JobState.Ended, "it left no end record: it was killed, or could not write"),
            ("REBOOTED", _, _) => (JobState.NodeFailure, "the host was started anew"),
            _ => (JobState.Unknown, (string?)null),
        };
        return new(id, name, state, word) { ExitStatus = exit, Reason = signal is "" or "none" ? null : signal, ReasonInWords = words };
    }

    private static QueueAnswer Read(RemoteReply reply, Func<string[], SchedulerJob?> read)
    {
        var jobs = Answers.WholeLines(reply.Output).Select(line => line.Split(Answers.Separator))
            .Where(parts => Id().IsMatch(parts[0])).Select(read).OfType<SchedulerJob>().ToList();
        return Answers.Of(jobs, jobs.Where(job => job.State == JobState.Unknown).Select(job => job.Word));
    }

    /// <summary>TERM, and after ten seconds KILL, to every process of the sessions: MPI ranks have groups of their own.</summary>
    public string CancelCommand(IReadOnlyCollection<string> ids) =>
        $$"""
        (
        {{Common}}
        members() {
            for file in /proc/[0-9]*; do
                process "${file#/proc/}" || continue
                case $1 in *" $session "*) printf '%s ' "${file#/proc/}" ;; esac
            done
        }
        wanted=' '
        for id in {{Sh.Join(ids)}}; do
            take_apart "$id"
            [ "$of" = "$boot" ] || continue
            if process "$pid"; then
                if [ "$ticks" = "$began" ]; then wanted="$wanted$pid "; fi
            else
                # Its first process is gone: what is left of the session must know the job.
                for member in $(members " $pid "); do
                    if tr '\0' '\n' <"/proc/$member/environ" | grep -qxF -e "DFTFLOW_JOB_ID=$id"; then wanted="$wanted$pid "; break; fi
                done
            fi
        done 2>/dev/null
        left=$(members "$wanted")
        if [ -n "$left" ]; then kill -TERM $left 2>/dev/null; fi
        for i in 1 2 3 4 5 6 7 8 9 10; do
            left=$(members "$wanted")
            [ -n "$left" ] || exit 0
            sleep 1
        done
        kill -KILL $left 2>/dev/null
        sleep 1
        left=$(members "$wanted")
        [ -z "$left" ] || { echo "direct: these processes do not end: $left" >&2; exit 1; }
        )
        """;

    public CancelAnswer ReadCancel(RemoteReply reply) => reply.ExitStatus == 0 ? new(true) : new(false, Answers.Why(reply));

    private static readonly SubmitRules Rules = new()
    {
        Id = Id(),
        Unknown = Nothing(),
        Unavailable = CannotStart(),
        Backpressure = Full(),
        Refused = Refusal(),
    };

    [GeneratedRegex(@"^(?<id>[0-9]+\.[0-9]+\.[0-9a-f]+)$")]
    private static partial Regex Id();

    [GeneratedRegex("(?!)")]
    private static partial Regex Nothing();

    [GeneratedRegex("No space left|Read-only file system|Disk quota exceeded|Stale file handle|Permission denied", RegexOptions.IgnoreCase)]
    private static partial Regex CannotStart();

    [GeneratedRegex("Resource temporarily unavailable|Cannot fork|Cannot allocate memory", RegexOptions.IgnoreCase)]
    private static partial Regex Full();

    [GeneratedRegex("^direct: ", RegexOptions.Multiline)]
    private static partial Regex Refusal();
}
