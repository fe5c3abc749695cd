using System.Collections.Immutable;

namespace DftFlow.Clusters.Checks;

/// <summary>Lines of shell on the login node as the cluster's configuration wants them: after its login-setup, with its variables.</summary>
internal static class LoginShell
{
    public static string Lines(ClusterConfig cluster, string lines) => $"{Setup(cluster.LoginSetup)}{Exports(cluster.Environment)}{lines}";

    /// <summary>Lines that find an engine's program as a job would: with the modules, the lines and the variables of jobs and of the engine.</summary>
    public static string Finding(ClusterConfig cluster, EngineConfig engine)
    {
        ImmutableArray<string> modules = [.. cluster.Job.Modules, .. engine.Modules];
        var load = modules.IsEmpty ? "" : FindModules + string.Concat(modules.Select(module => $"module load {Sh.Quote(module)} >/dev/null || exit 4\n"));
        return $"{Setup(cluster.Job.Setup)}{load}{Exports(engine.Environment)}command -v {Sh.Quote(engine.Command[0])}";
    }

    // What such lines print is no part of any answer.
    private static string Setup(ImmutableArray<string> lines) => lines.IsEmpty ? "" : $"{{\n{string.Join('\n', lines)}\n}} >/dev/null\n";

    private static string Exports(ImmutableSortedDictionary<string, string> variables) =>
        string.Concat(variables.Select(variable => $"export {variable.Key}={Sh.Quote(variable.Value)}\n"));

    // A shell that is no login shell may not know the command.
    private const string FindModules =
        """
        if ! command -v module >/dev/null 2>&1; then
            for file in "${LMOD_PKG-}/init/sh" "${MODULESHOME-}/init/sh" /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /usr/share/lmod/lmod/init/sh /usr/share/modules/init/sh; do
                if [ -r "$file" ]; then . "$file"; break; fi
            done
        fi
        command -v module >/dev/null 2>&1 || exit 3

        """;
}
