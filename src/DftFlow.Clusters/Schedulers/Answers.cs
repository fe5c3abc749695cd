using System.Globalization;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Schedulers;

/// <summary>What the readers of all batch systems share.</summary>
internal static class Answers
{
    /// <summary>Between the fields of a line: neither a job's name nor a reason holds it by accident.</summary>
    public const string Separator = "|~|";

    /// <summary>The user's name, on the other side.</summary>
    public const string User = "\"$(id -un)\"";

    /// <summary>The lines that end with a line break; what stands behind the last one is cut.</summary>
    public static IEnumerable<string> WholeLines(string text)
    {
        for (int start = 0, end; (end = text.IndexOf('\n', start)) >= 0; start = end + 1)
            yield return text[start..end].TrimEnd('\r');
    }

    /// <summary>Whether the text stops in the middle of a line.</summary>
    public static bool IsCut(string text) => text.Length > 0 && text[^1] != '\n';

    /// <summary>What the command said, or that it said nothing.</summary>
    public static string Why(RemoteReply reply) =>
        reply.Said is { Length: > 0 } said ? said : string.Create(CultureInfo.InvariantCulture, $"The command said nothing (exit status {reply.ExitStatus}).");

    /// <summary>The answer could not be had.</summary>
    public static QueueAnswer None(RemoteReply reply) => new(null, Why(reply));

    public static QueueAnswer None(string problem) => new(null, problem);

    public static QueueAnswer Of(IEnumerable<SchedulerJob> jobs, IEnumerable<string> unknownWords) =>
        new([.. jobs]) { UnknownWords = [.. unknownWords.Distinct().Order(StringComparer.Ordinal)] };

    /// <summary>A time without a zone, as <c>2026-11-23T21:53:44</c>; null for any other word.</summary>
    public static DateTime? Time(string text, string format = "yyyy-MM-dd'T'HH:mm:ss") =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out var time) ? time : null;

    /// <summary>Fails with a word about it where one of these programs is not there.</summary>
    public static string Needs(params ReadOnlySpan<string> programs) =>
        $"(for p in {Sh.Join(programs.ToArray())}; do command -v \"$p\" >/dev/null || {{ echo \"$p is not there\" >&2; exit 127; }}; done)";

    /// <summary>The same command over pieces of a long list, so that no command line is too long; fails with the last that failed.</summary>
    public static string Batched(string command, IEnumerable<string> ids, string after = "") =>
        "(s=0\n" + string.Concat(ids.Chunk(200).Select(chunk => $"{command} {Sh.Join(chunk)}{after} || s=$?\n")) + "exit \"$s\")";

    /// <summary>Seconds from then until now by the other side's own clock, with an hour for clocks that differ.</summary>
    public static string SecondsSince(DateTimeOffset since) =>
        string.Create(CultureInfo.InvariantCulture, $"$(($(date +%s) - {since.ToUnixTimeSeconds()} + 3600))");
}
