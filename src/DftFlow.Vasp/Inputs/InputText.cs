using System.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>What the readers and writers of input files have in common: text of a stream, comments, words for messages.</summary>
internal static class InputText
{
    /// <summary>The text of a stream in UTF-8. What ends the stream early (a compressed file that was cut off) ends the text.</summary>
    /// <exception cref="DftFlowException">More than <paramref name="longest"/> characters.</exception>
    public static string Read(Stream stream, int longest, string code, string file, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        var text = new StringBuilder();
        var buffer = new char[1 << 16];
        try
        {
            while (reader.Read(buffer) is > 0 and var count)
            {
                cancellation.ThrowIfCancellationRequested();
                text.Append(buffer, 0, count);
                if (text.Length > longest) throw TooLong(longest, code, file);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            // What was read so far is the text; a reader of it says what is missing.
        }
        return text.ToString();
    }

    public static DftFlowException TooLong(int longest, string code, string file) => new(code,
        FormattableString.Invariant($"The {file} has more than {longest} characters, which is the limit."), $"Is this the {file} of a VASP calculation?");

    /// <summary>A comment as one line can hold it.</summary>
    public static string OneLine(string comment) => new string([.. comment.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)]).Trim();

    public static string Shortened(ReadOnlySpan<char> word) => word.Length <= 40 ? word.ToString() : string.Concat(word[..37], "…");
}
