using System.Collections.Immutable;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>How a batch system's replies to a submission are read.</summary>
/// <remarks>
/// The order matters. What may have been accepted is told apart first, since a job that runs twice costs more than one that is
/// looked for in vain; a limit comes before a refusal, since it is told in the same words and passes.
/// </remarks>
internal sealed partial record SubmitRules
{
    /// <summary>A whole line that tells the id; the group <c>id</c> is it.</summary>
    public required Regex Id { get; init; }

    /// <summary>The connection to the system broke after the request may have been sent.</summary>
    public required Regex Unknown { get; init; }

    /// <summary>The system was not reached, or said that it does not work.</summary>
    public required Regex Unavailable { get; init; }

    /// <summary>A number of jobs is reached.</summary>
    public required Regex Backpressure { get; init; }

    /// <summary>How the system begins a line by which it refuses.</summary>
    public required Regex Refused { get; init; }

    public SubmitAnswer Read(RemoteReply reply)
    {
        var ids = Answers.WholeLines(reply.Output).Select(line => Id.Match(line)).Where(match => match.Success)
            .Select(match => match.Groups["id"].Value).Distinct().ToImmutableArray();
        if (reply.ExitStatus == 0 && ids is [var id]) return new SubmitAnswer.Accepted(id);
        if (ids.Length > 1) return new SubmitAnswer.Unknown($"The answer holds several ids: {string.Join(", ", ids)}.");
        if (ids.Length == 1) return new SubmitAnswer.Unknown($"The answer holds the id {ids[0]}, but the command failed: {Answers.Why(reply)}");
        var said = $"{reply.Error}\n{reply.Output}";
        var why = Answers.Why(reply);
        // 124 is timeout(1)'s, from 129 on it is signals': a command that was ended may have done its work. PBS has 153 and more.
        if (reply.ExitStatus is 124 or > 128 and < 145 || Unknown.IsMatch(said)) return new SubmitAnswer.Unknown(why);
        if (Unavailable.IsMatch(said) || reply.ExitStatus is 126 or 127) return new SubmitAnswer.Unavailable(why);
        if (Backpressure.IsMatch(said)) return new SubmitAnswer.Backpressure(why);
        if (reply.ExitStatus != 0 && Refused.IsMatch(said)) return new SubmitAnswer.Refused(why);
        return new SubmitAnswer.Unknown(why);
    }
}
