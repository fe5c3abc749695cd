namespace DftFlow.Clusters;

/// <summary>Words for a POSIX shell.</summary>
public static class Sh
{
    /// <summary>One word that the shell reads back as exactly this text, whatever is in it.</summary>
    /// <exception cref="ArgumentException">The text holds a NUL, which no argument of a program can.</exception>
    public static string Quote(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("An argument cannot hold a NUL.", nameof(text));
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:+,@%".Contains(c, StringComparison.Ordinal))
            ? text
            : "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
    }

    /// <summary>A command line of these words.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
