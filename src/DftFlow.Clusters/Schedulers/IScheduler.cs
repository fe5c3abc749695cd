using System.Collections.Immutable;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>
/// What a batch system is asked and what its answers mean: pure functions of text. A command is text for a POSIX shell in which
/// every value is quoted; whoever runs it gives the answer back to be read.
/// </summary>
public interface IScheduler
{
    /// <summary>As a cluster's configuration calls it: <c>slurm</c>. The job script's template has the same name.</summary>
    string Name { get; }

    /// <summary>Submits a job script that lies in the current folder.</summary>
    string SubmitCommand(string scriptFile);

    SubmitAnswer ReadSubmit(RemoteReply reply);

    /// <summary>Lists all jobs of the user that the queue knows. One command, however many there are.</summary>
    string QueueCommand { get; }

    QueueAnswer ReadQueue(RemoteReply reply);

    /// <summary>Asks what became of jobs that the queue no longer lists. The system may have forgotten them, and then there are none in the
    /// answer. Of a job that the queue still lists, the queue's word counts: some systems keep a record of each failed start.</summary>
    string HistoryCommand(IReadOnlyCollection<string> ids, DateTimeOffset since);

    /// <summary>
    /// Asks for jobs of a name that the queue no longer lists: with <see cref="QueueCommand"/>, it tells whether a submission
    /// without an answer was accepted. Read by <see cref="ReadHistory"/>.
    /// </summary>
    string SearchCommand(string name, DateTimeOffset since);

    QueueAnswer ReadHistory(RemoteReply reply);

    /// <summary>Cancels jobs; to cancel one that has ended is no error.</summary>
    string CancelCommand(IReadOnlyCollection<string> ids);

    CancelAnswer ReadCancel(RemoteReply reply);

    /// <summary>Prints the version, and fails where the system's commands are not there.</summary>
    string VersionCommand { get; }
}

/// <summary>What became of a submission.</summary>
public abstract record SubmitAnswer
{
    private SubmitAnswer() { }

    /// <summary>The job is in the queue.</summary>
    public sealed record Accepted(string Id) : SubmitAnswer;

    /// <summary>A limit on the number of jobs or submissions is reached: the same job is accepted later.</summary>
    public sealed record Backpressure(string Why) : SubmitAnswer;

    /// <summary>The request itself is refused, and would be again.</summary>
    public sealed record Refused(string Why) : SubmitAnswer;

    /// <summary>The system did not get or did not handle the request; nothing was submitted, and it may be tried again.</summary>
    public sealed record Unavailable(string Why) : SubmitAnswer;

    /// <summary>It may have been accepted all the same: look for the job by its name before anything else.</summary>
    public sealed record Unknown(string Why) : SubmitAnswer;
}

/// <summary>What a queue or a history says. An answer that could not be had is not an empty one, and a job that is absent from one has not ended.</summary>
/// <param name="Jobs">Null where there was no answer.</param>
/// <param name="Problem">Why there was none; else null.</param>
public sealed record QueueAnswer(ImmutableArray<SchedulerJob>? Jobs, string? Problem = null)
{
    /// <summary>Words for states that this DftFlow does not know.</summary>
    public ImmutableArray<string> UnknownWords { get; init; } = [];
}

public sealed record CancelAnswer(bool Asked, string? Problem = null);

/// <summary>Where a job stands.</summary>
public enum JobState
{
    /// <summary>A word that is not known, or one by which the batch system says that it does not know; never taken for an end.</summary>
    Unknown,
    Queued,

    /// <summary>Held, or asks for what it cannot get: it waits for a person.</summary>
    Held,
    Running,
    Suspended,

    /// <summary>The job's processes are at an end and its files are being brought home.</summary>
    Completing,

    /// <summary>Ended by itself with exit status 0.</summary>
    Completed,

    /// <summary>Ended with another exit status, or could not be started.</summary>
    Failed,
    TimeLimit,
    OutOfMemory,
    NodeFailure,
    Cancelled,
    Preempted,

    /// <summary>Ended, but the batch system does not tell how.</summary>
    Ended,
}

/// <summary>One job, as a batch system tells of it.</summary>
/// <param name="Id">As submit answered it; of an array with the task: <c>123_4</c>, <c>123[4]</c>.</param>
/// <param name="Name">May be cut by the listing; null where it is not told.</param>
/// <param name="Word">The system's own word for the state.</param>
public sealed record SchedulerJob(string Id, string? Name, JobState State, string Word)
{
    public bool IsOver => State >= JobState.Completed;

    /// <summary>Whether it may be the job of this name, of which a listing may show the first eight characters or more.</summary>
    public bool MayBeNamed(string name) => Name is null || Name == name || Name.Length >= 8 && name.StartsWith(Name, StringComparison.Ordinal);

    /// <summary>Why it waits or ended, in the system's own word; null where it does not say.</summary>
    public string? Reason { get; init; }

    /// <summary>The same in plain words.</summary>
    public string? ReasonInWords { get; init; }

    /// <summary>128 + n where signal n ended it.</summary>
    public int? ExitStatus { get; init; }

    /// <summary>When it began; of a queued job when the system expects it to. On the cluster's clock, which tells no zone.</summary>
    public DateTime? Start { get; init; }

    /// <summary>The nodes, as the system writes them: <c>node[01-03]</c>.</summary>
    public string? Nodes { get; init; }
}
