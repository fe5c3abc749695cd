using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace DftFlow.Vasp.Diagnoses;

/// <summary>
/// Finds in the lines of an OUTCAR or of a standard output what a run said of why it stopped, and which known messages it holds.
/// The lines of a box are put together first: VASP 6 breaks its messages to fit.
/// </summary>
internal sealed class MessageScanner
{
    private const int LongestLine = 1000, LongestBox = 4000, LongestEvidence = 300;

    private static readonly SearchValues<string> AnyMessage =
        SearchValues.Create([.. KnownDiagnoses.All.SelectMany(known => known.Messages)], StringComparison.OrdinalIgnoreCase);

    private static readonly string[] StopMarks = ["VERY BAD NEWS", "internal error", "fatal error"];

    private readonly StringBuilder box = new();
    private readonly List<Diagnosis> found = [];
    private readonly char[] buffer = new char[LongestLine];
    private bool inBox, boxIsError, expectsMore;
    private string? boxed, plain;

    /// <summary>
    /// The first box that is headed ERROR, says "I REFUSE TO CONTINUE" or begins with "Error" (gpaw-vasp); else the first line
    /// that reports an error without a box. Null where the run said nothing of the kind. A run that went on regardless says such
    /// things too.
    /// </summary>
    public string? StopMessage => boxed ?? plain;

    /// <summary>In the order in which they were first found; each once.</summary>
    public ImmutableArray<Diagnosis> Diagnoses => [.. found];

    /// <summary>Takes the next line.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        var text = Words(line);
        if (text is ['|', .. var inside]) AddBoxed(inside.Trim("| "));
        else if (text.StartsWith("----", StringComparison.Ordinal)) Rule();
        else if (!text.IsEmpty)
        {
            AddPlain(text);
            Search(text);
        }
    }

    /// <summary>A line of dashes: the end of a box.</summary>
    public void Rule()
    {
        if (inBox) CloseBox();
    }

    /// <summary>The end of the text, which ends a box that was cut off.</summary>
    public void End() => Rule();

    private void AddBoxed(ReadOnlySpan<char> line)
    {
        inBox = true;
        boxIsError |= line.Contains("EEEEEEE", StringComparison.Ordinal) || line.Contains("REFUSE TO CONTINUE", StringComparison.Ordinal);
        if (line.Contains("REFUSE TO CONTINUE", StringComparison.Ordinal) || IsLettering(line) || box.Length >= LongestBox) return;
        box.Append(box.Length == 0 ? "" : " ").Append(line);
    }

    private void CloseBox()
    {
        var text = box.ToString().Trim();
        boxIsError |= text.StartsWith("Error ", StringComparison.Ordinal) || text.Contains("the run is incomplete", StringComparison.Ordinal);
        if (boxIsError && text.Length > 0) boxed ??= text;
        Search(text);
        box.Clear();
        inBox = boxIsError = false;
    }

    private void AddPlain(ReadOnlySpan<char> line)
    {
        if (expectsMore)
        {
            plain += $" {line}";
            expectsMore = false;
        }
        if (plain is not null) return;
        var isError = line.StartsWith("Error ", StringComparison.Ordinal) || line.StartsWith("ERROR", StringComparison.Ordinal);
        foreach (var mark in StopMarks) isError |= line.Contains(mark, StringComparison.Ordinal);
        if (!isError) return;
        plain = line.ToString();
        expectsMore = line[^1] == ':';
    }

    private void Search(ReadOnlySpan<char> text)
    {
        for (int at = 0, next; (next = text[at..].IndexOfAny(AnyMessage)) >= 0; at += next + 1)
        {
            foreach (var known in KnownDiagnoses.All)
                foreach (var message in known.Messages)
                    if (text[(at + next)..].StartsWith(message, StringComparison.OrdinalIgnoreCase)) Find(known, text, at + next);
        }
    }

    private void Find(KnownDiagnosis known, ReadOnlySpan<char> text, int at)
    {
        foreach (var diagnosis in found)
            if (diagnosis.Id == known.Id) return;
        // Of a long box, the part with the message.
        var start = text.Length <= LongestEvidence ? 0 : at;
        found.Add(new Diagnosis(known.Id, known.Class, text[start..Math.Min(start + LongestEvidence, text.Length)].ToString()));
    }

    // The line without outer blanks, with one blank for several and for what is no printing character.
    private ReadOnlySpan<char> Words(ReadOnlySpan<byte> line)
    {
        var length = 0;
        foreach (var character in line)
        {
            if (length == buffer.Length) break;
            if (character > (byte)' ') buffer[length++] = (char)character;
            else if (length > 0 && buffer[length - 1] != ' ') buffer[length++] = ' ';
        }
        return buffer.AsSpan(0, length).TrimEnd(' ');
    }

    // The big ERROR, WARNING, ADVICE of a box: every word of such a line is one character repeated. A short line can be the end of
    // a message, such as a number.
    private static bool IsLettering(ReadOnlySpan<char> line)
    {
        var words = 0;
        foreach (var word in line.Split(' '))
        {
            if (line[word].IsEmpty) continue;
            if (line[word].ContainsAnyExcept(line[word][0])) return false;
            words++;
        }
        return words is 0 or >= 5;
    }
}
