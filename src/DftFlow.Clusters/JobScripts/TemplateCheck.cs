using System.Text.RegularExpressions;

namespace DftFlow.Clusters.JobScripts;

/// <summary>
/// Refuses templates that put a value where quoting it does not make it safe: inside quotes, where the value's own end them, in
/// here-documents, which know no quotes, and in comments and directives, where a line break ends them.
/// </summary>
internal static partial class TemplateCheck
{
    // No tag that puts out a value, or makes one that is not quoted.
    private static readonly HashSet<string> Tags = new(StringComparer.Ordinal) { "if", "elsif", "else", "endif", "unless", "endunless", "for", "endfor", "comment", "endcomment", JobTemplates.RunTag };

    /// <exception cref="DftFlowException">DF4201 or DF4203, with the line.</exception>
    public static void Check(string template, string name)
    {
        var quote = '\0';
        var comment = false;
        var document = (Start: 0, End: 0);
        for (var at = 0; at < template.Length; at++)
        {
            var c = template[at];
            var inDocument = at >= document.Start && at < document.End;
            if (c == '{' && at + 1 < template.Length && template[at + 1] is '{' or '%')
                at = Liquid(template, at, quote != '\0' || inDocument, comment, name);
            else if (inDocument) continue;
            else if (comment) comment = c != '\n';
            else if (c == '\\' && quote != '\'') at++;
            else if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"' or '`') quote = c;
            else if (c == '<' && HereDocument().Match(template, at) is { Success: true } here) document = (here.Groups["text"].Index, here.Index + here.Length);
            else if (c == '#' && (at == 0 || char.IsWhiteSpace(template[at - 1]) || template[at - 1] is ';' or '(' or '&' or '|' or '}')) comment = true;
        }
    }

    /// <summary>Checks the tag or output that begins here, and returns where it ends.</summary>
    private static int Liquid(string template, int at, bool quoted, bool comment, string name)
    {
        var end = template.IndexOf(template[at + 1] == '{' ? "}}" : "%}", at, StringComparison.Ordinal);
        if (end < 0 || template.AsSpan(at, end - at).Contains('\n')) throw Error("DF4201", "A '{{' or '{%' is not closed in its line.", "Close it with '}}' or '%}'.");
        var inside = template[(at + 2)..end].Trim('-', ' ', '\t');
        if (template[at + 1] == '%')
        {
            var tag = Word().Match(inside).Value;
            if (!Tags.Contains(tag)) throw Error("DF4201", $"The tag '{tag}' has no place in a job script.", $"There are {string.Join(", ", Tags)}.");
            if (inside.Contains("..", StringComparison.Ordinal)) throw Error("DF4201", "A range of numbers has no place in a job script.", "Loops go over lists.");
            if (tag == "comment" && template.IndexOf("endcomment", end, StringComparison.Ordinal) is > 0 and var over) return over;
        }
        else if (ForDirectives().IsMatch(inside))
        {
            if (!comment || quoted) throw Error("DF4203", "A value for a directive is put out elsewhere.", "'directive' and 'option' leave a value as it is, which only a directive's line bears: leave them out, and it is quoted.");
        }
        else if (!Harmless().IsMatch(inside))
        {
            if (comment) throw Error("DF4203", "A value is put out in a comment or directive.", "There it needs a filter: {{ … | directive }} for a word, {{ … | option }} for a line.");
            if (quoted) throw Error("DF4203", "A value is put out within quotes or a here-document.", "Leave the quotes out: values are quoted as the shell needs them. Write a text with printf.");
            if (at > 0 && template[at - 1] == '$') throw Error("DF4203", "A value is put out behind a '$', which makes other quotes of its quotes.", "Leave the '$' out.");
        }
        return end + 1;

        DftFlowException Error(string code, string what, string hint) =>
            new(code, $"{what} (template of the job script)", hint, template.AsSpan(0, at).Count('\n') + 1, at - template.LastIndexOf('\n', at), name);
    }

    [GeneratedRegex(@"^\w+")]
    private static partial Regex Word();

    // What these filters let through needs no quotes.
    [GeneratedRegex(@"\|\s*(?:clock|minutes|variable)$")]
    private static partial Regex Harmless();

    [GeneratedRegex(@"\|\s*(?:directive|option)$")]
    private static partial Regex ForDirectives();

    // To the line that ends it, or to the end of the template.
    [GeneratedRegex(@"\G<<-?[ \t]*(?<quote>['""]?)\\?(?<word>[A-Za-z_][^\s'""\\;&|<>()]*)\k<quote>[^\n]*\n(?<text>(?s:.*?))(?:^\t*\k<word>$|\z)", RegexOptions.Multiline)]
    private static partial Regex HereDocument();
}
