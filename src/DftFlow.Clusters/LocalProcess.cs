using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;

namespace DftFlow.Clusters;

/// <summary>A command, where it runs and where its words go.</summary>
public sealed record LocalCommand
{
    /// <summary>The program and its arguments. A program without a slash is looked for on PATH; a relative path starts at <see cref="Directory"/>.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    public required string Directory { get; init; }

    /// <summary>The file in <see cref="Directory"/> that standard output and standard error are appended to.</summary>
    public required string OutputFile { get; init; }

    /// <summary>Variables over those of this process.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit status; 128 + n where signal n killed it, or one of its own children as a shell or mpirun passes it on.</param>
public readonly record struct ProcessExit(int Code)
{
    /// <summary>The number of the signal; null where the process ended by itself.</summary>
    public int? Signal => Code is > 128 and <= 128 + 64 ? Code - 128 : null;

    public string? SignalName => Signal is { } number ? Posix.SignalName(number) : null;
}

/// <summary>
/// Runs a command as a session of its own, so that all it starts can be ended with it. Ctrl-C in the terminal does not reach
/// it: whoever started it decides. When this process dies, even by SIGKILL, the session is ended by a watchdog in it, which
/// waits for the closing of a pipe that only this process holds.
/// </summary>
public static class LocalProcess
{
    /// <summary>How long a cancelled command has between SIGTERM and SIGKILL.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(5);

    // $1 is the output file, the rest the command. The watchdog ends the group, and after the grace whatever is left of the
    // session: MPI ranks have groups of their own. The parent-death signal of Linux would do for the command alone, and comes
    // when the thread that started it ends, not the process.
    private const string Wrapper =
        """
        exec 3<&0 </dev/null >>"$1" 2>&1
        shift
        {
            trap '' TERM INT HUP
            read -r _ <&3
            kill -TERM 0
            sleep 5
            read -r self _ </proc/self/stat
            for stat in /proc/[0-9]*/stat; do
                read -r line <"$stat" || continue
                id=${line%% *}
                set -- ${line##*) }
                if [ "$4" = $$ ] && [ "$id" != "$self" ]; then kill -KILL "$id"; fi
            done
        } >/dev/null 2>&1 &
        exec 3<&-
        exec "$@"
        """;

    /// <summary>Runs the command to its end. On cancellation the session gets SIGTERM, after <see cref="Grace"/> SIGKILL.</summary>
    /// <exception cref="DftFlowException">DF2001: the program is not there.</exception>
    /// <exception cref="OperationCanceledException">The command was cancelled; nothing of it is left.</exception>
    public static async Task<ProcessExit> RunAsync(LocalCommand command, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(command);
        var ended = process.WaitForExitAsync(CancellationToken.None);
        var cancelled = false;
        try
        {
            await ended.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            cancelled = true;
            Posix.Kill(-process.Id, Posix.SigTerm);
            await Task.WhenAny(ended, Task.Delay(Grace, time, CancellationToken.None));
        }
        // The command's own end leaves the watchdog, and what it forgot, behind. The session's number cannot have been given
        // away while the watchdog lives.
        await ProcessIdentity.EndSessionAsync(process.Id, time);
        await ended;
        if (cancelled) throw new OperationCanceledException(cancellationToken);
        return new ProcessExit(process.ExitCode);
    }

    /// <summary>The full path of a program; null where there is none that may be executed.</summary>
    public static string? Find(string program, string directory, IReadOnlyDictionary<string, string> environment)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            var path = Path.GetFullPath(program, directory);
            return IsProgram(path) ? path : null;
        }
        return SearchPath(environment).Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(Path.GetFullPath(folder, directory), program)).FirstOrDefault(IsProgram);
    }

    /// <summary>DF2001: says where the program was looked for.</summary>
    public static DftFlowException NotFound(string program, string directory, IReadOnlyDictionary<string, string> environment) =>
        program.Contains('/', StringComparison.Ordinal)
            ? new("DF2001", $"The program '{program}' does not exist or may not be executed (looked for at {Path.GetFullPath(program, directory)}).",
                "Correct the command in the cluster's configuration, or install the program.")
            : new("DF2001", $"The program '{program}' was not found on PATH, which is {SearchPath(environment)}.",
                "Install it, or give its full path as the command in the cluster's configuration.");

    private static Process Start(LocalCommand command)
    {
        var program = command.Arguments is [var first, ..] ? first : throw new ArgumentException("The command is empty.", nameof(command));
        if (Find(program, command.Directory, command.Environment) is not { } path)
            throw NotFound(program, command.Directory, command.Environment);
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = command.Directory,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])["/bin/sh", "-c", Wrapper, "dftflow", command.OutputFile, path, .. command.Arguments.AsSpan()[1..]])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new DftFlowException("DF2001", $"'{program}' could not be started: {error.Message}",
                "Local runs need setsid (package util-linux) and /bin/sh.", inner: error);
        }
    }

    private static string SearchPath(IReadOnlyDictionary<string, string> environment) =>
        environment.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";

    private static bool IsProgram(string path) => File.Exists(path) && Posix.MayExecute(path);
}
