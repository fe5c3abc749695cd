using System.Text.RegularExpressions;

namespace DftFlow.Clusters;

/// <summary>A path on a cluster as its configuration gives it: absolute, or from the home folder (<c>~/…</c>), or from a variable of the account (<c>$SCRATCH/…</c>).</summary>
public static partial class RemotePath
{
    public static bool IsValid(string path) => Shape().IsMatch(path) && !path.Split('/').Contains("..", StringComparer.Ordinal);

    /// <summary>The path as a word for the cluster's shell, which puts in the home folder or the variable; all else in it is quoted.</summary>
    /// <exception cref="ArgumentException">It is no such path.</exception>
    public static string ToShell(string path)
    {
        if (!IsValid(path)) throw new ArgumentException($"'{path}' is no absolute path.", nameof(path));
        if (path[0] == '~') return "\"${HOME:?}\"" + Rest(path[1..]);
        if (path[0] != '$') return Sh.Quote(path);
        var name = Variable().Match(path);
        return $"\"${{{name.Groups[1].Value}:?is not set for commands over ssh}}\"" + Rest(path[name.Length..]);
    }

    private static string Rest(string rest) => rest.Length == 0 ? "" : Sh.Quote(rest);

    [GeneratedRegex(@"\A(/|~(/|\z)|\$(\{[A-Za-z_][A-Za-z0-9_]*\}|[A-Za-z_][A-Za-z0-9_]*)(/|\z))[^\u0000-\u001f\u007f]*\z")]
    private static partial Regex Shape();

    [GeneratedRegex(@"\A\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")]
    private static partial Regex Variable();
}
