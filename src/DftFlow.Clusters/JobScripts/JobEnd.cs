using System.Globalization;

namespace DftFlow.Clusters.JobScripts;

/// <summary>What a job wrote of its own end: the file <c>dftflow-exit</c> in its folder.</summary>
/// <param name="ExitStatus">The program's; 128 + n where signal n ended it.</param>
/// <param name="Signal">The signal that the job was sent before it ended, such as <c>TERM</c> or <c>XCPU</c>; null where there was none.</param>
/// <param name="JobId">As the job's own environment has it: compare it, since a folder may have seen an earlier job.</param>
/// <param name="Time">By the clock of the node.</param>
public sealed record JobEnd(int ExitStatus, string? Signal, string JobId, DateTimeOffset Time)
{
    public const string FileName = "dftflow-exit";

    /// <summary>Null where the record is not whole.</summary>
    public static JobEnd? Read(string text) =>
        text.Split('\n') is [var status, var signal, var job, var time, "end", ""]
        && Value(status, "status ") is { } statusText && int.TryParse(statusText, NumberStyles.None, CultureInfo.InvariantCulture, out var exit)
        && Value(signal, "signal ") is { Length: > 0 } signalText
        && Value(job, "job ") is { } jobId
        && Value(time, "time ") is { } timeText && long.TryParse(timeText, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253_402_300_800
            ? new(exit, signalText == "none" ? null : signalText, jobId, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;

    private static string? Value(string line, string key) => line.StartsWith(key, StringComparison.Ordinal) ? line[key.Length..] : null;
}
