using System.Text;

namespace DftFlow.Analysis.Thermodynamics;

/// <summary>A field and where it begins.</summary>
internal readonly record struct CsvField(string Text, int Line, int Column);

/// <summary>Reads RFC 4180 rows: quoted fields, doubled quotes, CRLF or LF; empty lines are passed over.</summary>
internal sealed class CsvReader(TextReader reader)
{
    // Bounds what a quote that is never closed, or a file that is no table, takes.
    private const int LongestField = 10_000;
    private const int MostFields = 1_000;

    private int line = 1;
    private int column = 1;

    /// <summary>The next row, or null at the end.</summary>
    public IReadOnlyList<CsvField>? ReadRow()
    {
        while (reader.Peek() is '\r' or '\n' or '\uFEFF') Next();
        if (reader.Peek() < 0) return null;
        var fields = new List<CsvField>();
        do
        {
            var (startLine, startColumn) = (line, column);
            if (fields.Count == MostFields) throw Broken($"This row has more than {MostFields} fields.", startLine, startColumn);
            fields.Add(new CsvField(reader.Peek() == '"' ? Quoted() : Plain(), startLine, startColumn));
        }
        while (Accept(','));
        if (reader.Peek() is not ('\r' or '\n' or < 0)) throw Broken("A quoted field is followed by more text.", line, column);
        return fields;
    }

    private string Plain()
    {
        var (startLine, startColumn) = (line, column);
        var text = new StringBuilder();
        while (reader.Peek() is not (',' or '\r' or '\n' or < 0)) Append(text, startLine, startColumn);
        return text.ToString();
    }

    private string Quoted()
    {
        var (startLine, startColumn) = (line, column);
        var text = new StringBuilder();
        Next();
        while (true)
        {
            if (reader.Peek() < 0) throw Broken("The quote that opens this field is never closed.", startLine, startColumn);
            if (Accept('"') && reader.Peek() != '"') return text.ToString();
            Append(text, startLine, startColumn);
        }
    }

    private void Append(StringBuilder text, int startLine, int startColumn)
    {
        if (text.Length == LongestField) throw Broken($"This field is longer than {LongestField} characters; is a quote left open?", startLine, startColumn);
        text.Append((char)Next());
    }

    private bool Accept(char expected)
    {
        if (reader.Peek() != expected) return false;
        Next();
        return true;
    }

    private int Next()
    {
        var c = reader.Read();
        if (c == '\n') (line, column) = (line + 1, 1);
        else if (c != '\uFEFF') column++;
        return c;
    }

    private static DftFlowException Broken(string message, int line, int column) =>
        new("DF3103", message, "Write CSV as in RFC 4180: fields separated by commas, a field with a comma in double quotes.", line, column);
}
