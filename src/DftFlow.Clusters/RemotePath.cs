using System.Text.RegularExpressions;

namespace DftFlow.Clusters;

/// <summary>A path on a cluster as its configuration gives it: absolute, or from the home folder (<c>~/…</c>), or from a variable of the account (<c>$SCRATCH/…</c>).</summary>
public static partial class RemotePath
{
    public static bool IsValid(string path) => Shape().IsMatch(path) && !path.Split('/').Contains("..", StringComparer.Ordinal);

    /// <summary>The path as a word for the cluster's shell, which puts in the home folder or the variable; all else in it is quoted.</summary>
    /// <exception cref="ArgumentException">It is no such path.</exception>
    public static string ToShell(string path) =>
        IsValid(path) ? ToShell(path, _ => ":?is not set for commands over ssh") : throw new ArgumentException($"'{path}' is no absolute path.", nameof(path));

    /// <summary>
    /// A word of a command line for the cluster's shell: in a path that begins with <c>~/</c> or a variable (<c>~/bin/vasp_std</c>) that is put in;
    /// all else is quoted. A variable that is not there keeps its name, so that the shell's message shows it.
    /// </summary>
    public static string Word(string word) => word is ['~' or '$', ..] && word.Contains('/', StringComparison.Ordinal) && IsValid(word) ? ToShell(word, name => $@"-\${name}") : Sh.Quote(word);

    /// <summary>The same word where the cluster is this machine, and no shell reads it.</summary>
    public static string Here(string word) => word is not ['~' or '$', ..] || !word.Contains('/', StringComparison.Ordinal) || !IsValid(word) ? word
        : word[0] == '~' ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + word[1..]
        : Variable().Match(word) is var variable && Environment.GetEnvironmentVariable(variable.Groups[1].Value) is { } value ? value + word[variable.Length..] : word;

    private static string ToShell(string path, Func<string, string> unset)
    {
        if (path[0] == '~') return "\"${HOME:?}\"" + Rest(path[1..]);
        if (path[0] != '$') return Sh.Quote(path);
        var variable = Variable().Match(path);
        var name = variable.Groups[1].Value;
        return $"\"${{{name}{unset(name)}}}\"" + Rest(path[variable.Length..]);
    }

    private static string Rest(string rest) => rest.Length == 0 ? "" : Sh.Quote(rest);

    [GeneratedRegex(@"\A(/|~(/|\z)|\$(\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z_][A-Za-z0-9_]*)(/|\z))[^\u0000-\u001f\u007f]*\z")]
    private static partial Regex Shape();

    [GeneratedRegex(@"\A\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")]
    private static partial Regex Variable();
}
