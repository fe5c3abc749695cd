namespace DftFlow.Crystals;

internal enum CifTokenKind
{
    DataBlock,
    Loop,
    Tag,
    Value,
    Reserved,
    End,
}

/// <summary>A word of a CIF, and where it stands. A quoted value is text whatever it looks like: '?' in quotes is not unknown.</summary>
internal readonly record struct CifToken(CifTokenKind Kind, string Text, bool Quoted, int Line, int Column)
{
    /// <summary>The value is given, not "unknown" or "does not apply".</summary>
    public bool IsGiven => Quoted || Text is not ("?" or ".");
}

/// <summary>
/// Cuts a CIF into its words (CIF 1.1: Hall, Allen and Brown, Acta Cryst. A47, 655 (1991); International Tables G, 2.2.7): tags,
/// values with or without quotes, text fields between semicolons at the start of lines, comments.
/// </summary>
internal sealed class CifTokenizer(string text)
{
    private int position;
    private int line = 1;
    private int lineStart;

    public CifToken Next()
    {
        SkipBlanksAndComments();
        if (position == text.Length) return Token(CifTokenKind.End, "", false, position);
        var start = position;
        return text[start] switch
        {
            ';' when start == lineStart => TextField(),
            '\'' or '"' => QuotedValue(),
            _ => Word(start),
        };
    }

    private CifToken Word(int start)
    {
        while (position < text.Length && !char.IsWhiteSpace(text[position])) position++;
        var word = text[start..position];
        var kind = word switch
        {
            ['_', ..] => CifTokenKind.Tag,
            _ when word.StartsWith("data_", StringComparison.OrdinalIgnoreCase) => CifTokenKind.DataBlock,
            _ when word.Equals("loop_", StringComparison.OrdinalIgnoreCase) => CifTokenKind.Loop,
            _ when word.StartsWith("save_", StringComparison.OrdinalIgnoreCase) || word.Equals("global_", StringComparison.OrdinalIgnoreCase)
                || word.Equals("stop_", StringComparison.OrdinalIgnoreCase) => CifTokenKind.Reserved,
            _ => CifTokenKind.Value,
        };
        return Token(kind, word, false, start);
    }

    // A quote ends the value only where a blank or the line's end follows: 'O5'' is a name.
    private CifToken QuotedValue()
    {
        var start = position;
        var quote = text[position++];
        for (; position < text.Length && text[position] != '\n'; position++)
        {
            if (text[position] != quote || (position + 1 < text.Length && !char.IsWhiteSpace(text[position + 1]))) continue;
            var token = Token(CifTokenKind.Value, text[(start + 1)..position], true, start);
            position++;
            return token;
        }
        throw Cif.Error("DF1210", $"The quotation mark {quote} is not closed on its line.", "Close it, or use a text field between two lines that begin with a semicolon.", line, start - lineStart + 1);
    }

    private CifToken TextField()
    {
        int start = position, startLine = line;
        var end = text.IndexOf("\n;", start, StringComparison.Ordinal);
        if (end < 0)
            throw Cif.Error("DF1210", "The text field that begins here is not closed.", "It ends with a line that begins with a semicolon; the file may have been cut off.", startLine, 1);
        var token = new CifToken(CifTokenKind.Value, text[(start + 1)..end].Trim(), true, startLine, 1);
        for (position = start; position < end + 1; position++) CountLine();
        position = end + 2;
        return token;
    }

    private void SkipBlanksAndComments()
    {
        for (; position < text.Length; position++)
        {
            if (text[position] == '#')
            {
                while (position < text.Length && text[position] != '\n') position++;
                if (position == text.Length) return;
            }
            else if (!char.IsWhiteSpace(text[position]) && text[position] != '\uFEFF')
            {
                return;
            }
            CountLine();
        }
    }

    private void CountLine()
    {
        if (text[position] != '\n') return;
        line++;
        lineStart = position + 1;
    }

    private CifToken Token(CifTokenKind kind, string value, bool quoted, int start) => new(kind, value, quoted, line, start - lineStart + 1);
}
