using System.Collections.Immutable;

namespace DftFlow.Clusters.Checks;

/// <summary>Lines of shell on the login node as the cluster's configuration wants them: after its login-setup, with its variables.</summary>
internal static class LoginShell
{
    public static string Lines(ClusterConfig cluster, string lines) => $"{Setup(cluster.LoginSetup)}{Exports(cluster.Environment)}{lines}";

    // What such lines print is no part of any answer.
    public static string Setup(ImmutableArray<string> lines) => lines.IsEmpty ? "" : $"{{\n{string.Join('\n', lines)}\n}} >/dev/null\n";

    public static string Exports(ImmutableSortedDictionary<string, string> variables) =>
        string.Concat(variables.Select(variable => $"export {variable.Key}={Sh.Quote(variable.Value)}\n"));
}
