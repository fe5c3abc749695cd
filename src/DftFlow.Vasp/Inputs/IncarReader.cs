using System.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>
/// Reads INCAR text. A statement is <c>TAG = values</c>; <c>;</c> separates statements, <c>#</c> and <c>!</c> begin comments, a
/// backslash at the end joins the next line, quotation marks hold values of several lines, and text without "=" is a comment.
/// <c>GROUP { TAG = values }</c>, over as many lines as one likes, is <c>GROUP/TAG = values</c> (VASP 6.5; VASP wiki: KERNEL_TRUNCATION).
/// </summary>
internal static class IncarReader
{
    public const int LongestText = 10_000_000;

    public static Incar Read(string text, ICollection<Finding>? findings)
    {
        if (text.Length > LongestText) throw InputText.TooLong(LongestText, "DF1240", "INCAR");
        var tags = new List<IncarTag>();
        var lines = new Dictionary<string, int>();
        var values = 0L;
        foreach (var (group, statement, line, column) in Statements(text))
        {
            var equals = statement.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                var word = statement.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? first : "";
                if (IncarTags.IsKnown(word) && !word.Any(char.IsAsciiLetterLower))
                    findings?.Add(new Finding("DF1242", Severity.Warning, FormattableString.Invariant($"Line {line} sets nothing: '{word}' has no '='."), $"Write {word} = value.", word));
                continue;
            }
            var name = group + statement[..equals].Trim().ToUpperInvariant();
            if (!IncarTag.IsName(name))
                throw new DftFlowException("DF1240", $"'{InputText.Shortened(group + statement[..equals].Trim())}' is not the name of an INCAR tag.",
                    "One tag, then '=', then its values; several statements on a line need ';' between them.", line, column);
            var value = statement[(equals + 1)..].Trim();
            if (value == "{")
                throw new DftFlowException("DF1240", $"'{name} =' stands before the brace of a group.", $"Write {name} {{ without '='.", line, column);
            if (lines.TryGetValue(name, out var earlier))
            {
                findings?.Add(new Finding("DF1241", Severity.Warning, FormattableString.Invariant($"{name} is set on line {earlier} and again on line {line}; VASP takes the first."), "Keep one of them.", name));
                continue;
            }
            lines.Add(name, line);
            var tag = new IncarTag(name, IncarValueReader.Read(IncarTags.KindOf(name), Unquoted(value), out _));
            // 1000000*0 is short to write.
            if (tag.Value is IncarValue.List { Values.Length: var count } && (values += count) > IncarValueReader.MostValues)
                throw new DftFlowException("DF1240", FormattableString.Invariant($"The lists of the INCAR have more than {IncarValueReader.MostValues} values together."), "Is a repetition such as 16*0.6 mistyped?", line, column);
            tags.Add(tag);
        }
        return Incar.Of(tags);
    }

    // Comments go first, so that a backslash at their end joins nothing; a quoted value keeps whatever it holds.
    private static IEnumerable<(string Group, string Statement, int Line, int Column)> Statements(string text)
    {
        var statement = new StringBuilder();
        var groups = new Stack<(string Name, int Line, int Column)>();
        int line = 1, column = 1, startLine = 1, startColumn = 1, signs = 0;
        bool quoted = false, comment = false, begun = false;
        for (var i = 0; i <= text.Length; i++, column++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (c == '\r') continue;
            if (!begun && !char.IsWhiteSpace(c)) (begun, startLine, startColumn) = (true, line, column);
            // A quotation mark opens where a value begins, and is a character like any other elsewhere.
            if (c == '"' && !comment) quoted = !quoted && signs == 1 && EndsIn(statement, '=');
            if (quoted && i < text.Length)
            {
                statement.Append(c);
            }
            else if (c == '\n' && EndsIn(statement, '\\') && i < text.Length)
            {
                // Trimmed, so that blanks do not heap up.
                statement.Length = SolidLength(statement) - 1;
                statement.Length = SolidLength(statement);
                statement.Append(' ');
                comment = false;
            }
            else if (c == '{' && !comment && signs == 0)
            {
                var name = (groups.Count > 0 ? groups.Peek().Name : "") + statement.ToString().Trim().ToUpperInvariant();
                if (!IncarTag.IsName(name))
                    throw new DftFlowException("DF1240", $"'{InputText.Shortened(statement.ToString().Trim())}' is not the name of a group of INCAR tags.", "A group is GROUP { TAG = value }.", startLine, startColumn);
                groups.Push((name + "/", startLine, startColumn));
                statement.Clear();
                begun = false;
            }
            else if (c == '\n' || (c == ';' && !comment) || (c == '}' && !comment && groups.Count > 0))
            {
                if (quoted) throw new DftFlowException("DF1240", "A quotation mark is not closed.", "Close it, or leave it out.", startLine, startColumn);
                if (!string.IsNullOrWhiteSpace(statement.ToString()))
                    yield return (groups.Count > 0 ? groups.Peek().Name : "", statement.ToString(), startLine, startColumn);
                if (c == '}') groups.Pop();
                statement.Clear();
                begun = comment = false;
                signs = 0;
            }
            else if (comment || c is '#' or '!')
            {
                comment = true;
            }
            else
            {
                if (c == '=') signs++;
                statement.Append(c);
            }
            if (c == '\n') (line, column) = (line + 1, 0);
        }
        if (groups.TryPeek(out var open))
            throw new DftFlowException("DF1240", $"The group {InputText.Shortened(open.Name.TrimEnd('/'))} is not closed.", "Write } after its last tag.", open.Line, open.Column);
    }

    private static string Unquoted(string value) =>
        value is ['"', ..] && value.IndexOf('"', 1) is > 0 and var end ? value[1..end].Trim() : value;

    private static bool EndsIn(StringBuilder statement, char last) => SolidLength(statement) is > 0 and var end && statement[end - 1] == last;

    private static int SolidLength(StringBuilder statement)
    {
        var end = statement.Length;
        while (end > 0 && statement[end - 1] is ' ' or '\t') end--;
        return end;
    }
}
