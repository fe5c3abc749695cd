using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Checks;

/// <summary>Whether an engine can run: its program is found as a job would find it, and its own check, where it has one, ends well.</summary>
internal static class EngineCheck
{
    /// <summary>How long an engine's own check may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    private const int NoModules = 3, ModuleFails = 4, ProgramMissing = 5, LastWordMissing = 6, CheckFails = 7, CheckTakesLong = 8;

    /// <summary>
    /// Lines of shell that print where the program is, then what the check says, and end with one of the numbers above. They begin with
    /// what a job script does for the engine; what it has done already, before them, does no harm a second time.
    /// </summary>
    public static string Lines(ClusterConfig cluster, EngineConfig engine)
    {
        ImmutableArray<string> modules = [.. cluster.Job.Modules, .. engine.Modules];
        var load = modules.IsEmpty ? "" : FindModules + string.Concat(modules.Select(module => $"module load {Sh.Quote(module)} >/dev/null || exit {ModuleFails}\n"));
        return $"{LoginShell.Setup(cluster.Job.Setup)}{load}{LoginShell.Exports(engine.Environment)}command -v {RemotePath.Word(engine.Command[0])} || exit {ProgramMissing}\n"
            + (engine.Check.IsEmpty ? LookForLastWord(engine) : RunCheck(engine));
    }

    /// <param name="where">Where the lines were run: "in a job".</param>
    /// <param name="certain">Whether jobs run where the lines were run.</param>
    public static CheckResult Read(string check, EngineConfig engine, RemoteReply reply, string where, bool certain)
    {
        var lines = $"{reply.Output.TrimEnd()}\n{reply.Error}".Trim().Split('\n');
        var (program, said) = (lines[0], string.Join(' ', lines.Skip(reply.ExitStatus is CheckFails or CheckTakesLong ? 1 : 0).TakeLast(5)).Trim());
        var (result, advice) = reply.ExitStatus switch
        {
            0 => (engine.Check.IsEmpty ? $"{program}, {where}" : $"{program}; its check ends well {where}", null),
            NoModules => ($"the command 'module' is not there {where}", "Add the line that brings it to 'setup', as in setup: [. /etc/profile]."),
            ModuleFails => ($"a module is not loaded {where}: {said}", "Compare its name with what 'module avail' lists there; some need others before them."),
            ProgramMissing => ($"{engine.Command[0]} is not found {where}", "Correct the engine's command, or add the modules, the line of 'setup' or the full path that it needs."),
            LastWordMissing => ($"{program}, but {engine.Command[^1]} is not found {where}", "That is as it should be in a container; else add the modules, the line of 'setup' or the full path that it needs. A 'check' of the engine tells for sure."),
            CheckFails => ($"its check ({Sh.Join(engine.Check)}) fails {where}: {(said.Length > 0 ? said : "it says nothing")}", "Do what it says there, or correct the engine's command, modules, environment or check."),
            CheckTakesLong => (string.Create(CultureInfo.InvariantCulture, $"its check ({Sh.Join(engine.Check)}) takes longer than {Limit.TotalSeconds:0} s {where}{(said.Length > 0 ? $": {said}" : "")}"), "Try it there by hand, or write a shorter one."),
            var status => (string.Create(CultureInfo.InvariantCulture, $"looking for it ends with exit status {status} {where}: {said}"), "Correct the lines of 'setup'."),
        };
        var state = reply.ExitStatus switch { 0 => CheckState.Ok, LastWordMissing => CheckState.Warning, _ => certain ? CheckState.Problem : CheckState.Warning };
        return new(check, state, result, state == CheckState.Warning && reply.ExitStatus != LastWordMissing ? $"Compute nodes may have it all the same: a test with a job tells. {advice}" : advice);
    }

    /// <summary>Where a launcher as srun or mpirun comes first, VASP is the last word.</summary>
    private static string LookForLastWord(EngineConfig engine) =>
        engine.Command is [_, .., var last] && !last.StartsWith('-') && !last.Contains("{ranks}", StringComparison.Ordinal)
            ? $"command -v {RemotePath.Word(last)} >/dev/null 2>&1 || [ -f {RemotePath.Word(last)} ] || exit {LastWordMissing}\n" : "";

    private static string RunCheck(EngineConfig engine) => string.Create(CultureInfo.InvariantCulture,
        $$"""
        cd "${TMPDIR:-/tmp}" || exit
        set --
        if command -v timeout >/dev/null 2>&1; then set -- timeout -k 5 {{Limit.TotalSeconds:0}}; fi
        "$@" {{string.Join(' ', engine.Check.Select(RemotePath.Word))}} </dev/null 2>&1
        case $? in 0) ;; 124 | 137) exit {{CheckTakesLong}} ;; *) exit {{CheckFails}} ;; esac

        """);

    // A shell that is no login shell may not know the command.
    private static readonly string FindModules =
        $$"""
        if ! command -v module >/dev/null 2>&1; then
            for file in "${LMOD_PKG-}/init/sh" "${MODULESHOME-}/init/sh" /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /usr/share/lmod/lmod/init/sh /usr/share/modules/init/sh; do
                if [ -r "$file" ]; then . "$file"; break; fi
            done
        fi
        command -v module >/dev/null 2>&1 || exit {{NoModules}}

        """;
}
