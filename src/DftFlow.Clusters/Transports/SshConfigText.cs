using System.Globalization;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>The words, patterns and tokens of ssh_config(5).</summary>
internal static class SshConfigText
{
    /// <summary>Keyword and arguments of a line; null where it has none, or where a quote is not closed.</summary>
    public static (string Keyword, List<string> Arguments)? Words(string line)
    {
        var rest = line.AsSpan().Trim(" \t\r\f");
        if (rest.IsEmpty || rest[0] == '#') return null;
        var end = rest.IndexOfAny(" \t=");
        if (end < 0) return (rest.ToString(), []);
        if (end == 0) return null;
        var keyword = rest[..end].ToString();
        rest = rest[end..].TrimStart(" \t");
        if (!rest.IsEmpty && rest[0] == '=') rest = rest[1..];
        var arguments = new List<string>();
        var word = new StringBuilder();
        for (var i = 0; i < rest.Length;)
        {
            if (rest[i] is ' ' or '\t')
            {
                i++;
                continue;
            }
            if (rest[i] == '#') break;
            word.Clear();
            var quote = '\0';
            for (; i < rest.Length; i++)
            {
                var c = rest[i];
                if (c == '\\' && i + 1 < rest.Length && (rest[i + 1] is '\'' or '"' or '\\' || (quote == '\0' && rest[i + 1] == ' '))) word.Append(rest[++i]);
                else if (quote == '\0' && (c is ' ' or '\t')) break;
                else if (quote == '\0' && (c is '\'' or '"')) quote = c;
                else if (quote != '\0' && c == quote) quote = '\0';
                else word.Append(c);
            }
            if (quote != '\0') return null;
            arguments.Add(word.ToString());
        }
        return (keyword, arguments);
    }

    /// <summary>Whether a name fits a pattern of *, ? and other characters.</summary>
    public static bool Fits(ReadOnlySpan<char> name, ReadOnlySpan<char> pattern)
    {
        // Back to the last star, which takes one character more, wherever the rest does not fit.
        int n = 0, p = 0, star = -1, mark = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark, p) = (p, n, p + 1);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == name[n])) (n, p) = (n + 1, p + 1);
            else if (star >= 0) (p, n) = (star + 1, ++mark);
            else return false;
        }
        return pattern[p..].Trim('*').IsEmpty;
    }

    /// <summary>Whether one of the patterns fits, and none of those after a "!".</summary>
    public static bool FitsAny(string name, IEnumerable<string> patterns)
    {
        var fits = false;
        foreach (var pattern in patterns)
        {
            if (pattern.StartsWith('!'))
            {
                if (Fits(name, pattern.AsSpan(1))) return false;
            }
            else
            {
                fits |= Fits(name, pattern);
            }
        }
        return fits;
    }

    /// <summary>Puts values in the place of %h and the like, of ${VARIABLE}, and of ~ at the beginning; null where one of them has none.</summary>
    public static string? Expand(string text, IReadOnlyDictionary<char, string> tokens, SshLocalUser local)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 1 < text.Length)
            {
                if (text[++i] == '%') result.Append('%');
                else if (tokens.TryGetValue(text[i], out var value)) result.Append(value);
                else return null;
            }
            else if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                var close = text.IndexOf('}', i);
                if (close < 0 || local.Variable(text[(i + 2)..close]) is not { } value) return null;
                result.Append(value);
                i = close;
            }
            else
            {
                result.Append(text[i]);
            }
        }
        return Home(result.ToString(), local);
    }

    /// <summary>Seconds of "90", "1m30s", "2h"; null where it is none.</summary>
    public static int? Seconds(string text)
    {
        if (text.Length is 0 or > 30) return null;
        long total = 0, number = -1;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                number = (number < 0 ? 0 : number) * 10 + (c - '0');
                if (number > int.MaxValue) return null;
                continue;
            }
            long? unit = char.ToLower(c, CultureInfo.InvariantCulture) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, _ => null };
            if (unit is null || number < 0) return null;
            total += number * unit.Value;
            number = -1;
        }
        if (number > 0) total += number;
        return total <= int.MaxValue ? (int)total : null;
    }

    private static string Home(string path, SshLocalUser local) =>
        path == "~" ? local.Home : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(local.Home, path[2..].TrimStart('/')) : path;
}
