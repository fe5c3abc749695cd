using System.Text;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Outputs;

/// <summary>
/// Finds what a run said of why it stopped, in its OUTCAR or its standard output: the first box that is headed ERROR, says "I
/// REFUSE TO CONTINUE" or begins with "Error" (gpaw-vasp), or the first line that reports an error without a box. A run that went
/// on regardless says such things too: ask only of a run that did not finish.
/// </summary>
public sealed class StopMessage
{
    private const int LongestMessage = 2000;

    private static readonly string[] Marks = ["VERY BAD NEWS", "internal error", "fatal error"];

    private readonly StringBuilder box = new();
    private bool boxIsError, expectsMore;
    private string? boxed, plain;

    /// <summary>Null where the run said nothing of the kind.</summary>
    public string? Text => boxed ?? plain;

    /// <summary>Reads a text from where the stream stands to its end.</summary>
    public static string? Find(Stream stream, CancellationToken cancellation = default)
    {
        var message = new StopMessage();
        var lines = new TextLines(stream, cancellation);
        while (lines.Next()) message.Add(Encoding.Latin1.GetString(lines.Line));
        return message.Text;
    }

    /// <summary>Takes the next line.</summary>
    public void Add(ReadOnlySpan<char> line)
    {
        if (boxed is not null) return;
        line = line.Trim();
        if (line is ['|', .. var inside]) AddBoxed(inside.TrimEnd('|').Trim());
        else if (line.StartsWith("----", StringComparison.Ordinal)) CloseBox();
        else AddPlain(line);
    }

    private void AddBoxed(ReadOnlySpan<char> line)
    {
        if (line.Contains("EEEEEEE", StringComparison.Ordinal) || line.Contains("REFUSE TO CONTINUE", StringComparison.Ordinal)) boxIsError = true;
        else if (!IsLettering(line) && box.Length < LongestMessage) box.Append(box.Length == 0 ? "" : " ").Append(line);
    }

    private void CloseBox()
    {
        var text = box.ToString().Trim();
        boxIsError |= text.StartsWith("Error ", StringComparison.Ordinal) || text.Contains("the run is incomplete", StringComparison.Ordinal);
        if (boxIsError && text.Length > 0) boxed = text;
        box.Clear();
        boxIsError = false;
    }

    private void AddPlain(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty) return;
        if (expectsMore) plain += " " + Shorten(line);
        expectsMore = false;
        if (plain is not null) return;
        var found = line.StartsWith("Error ", StringComparison.Ordinal) || line.StartsWith("ERROR", StringComparison.Ordinal);
        foreach (var mark in Marks) found |= line.Contains(mark, StringComparison.Ordinal);
        if (!found) return;
        plain = Shorten(line);
        expectsMore = line[^1] == ':';
    }

    private static string Shorten(ReadOnlySpan<char> line) => line[..Math.Min(line.Length, LongestMessage)].ToString();

    // The big ERROR, WARNING, ADVICE of a box: every word of such a line is one character repeated.
    private static bool IsLettering(ReadOnlySpan<char> line)
    {
        foreach (var word in line.Split(' '))
            if (line[word].ContainsAnyExcept(line[word].IsEmpty ? ' ' : line[word][0])) return false;
        return true;
    }
}
