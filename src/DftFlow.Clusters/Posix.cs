using System.Runtime.InteropServices;

namespace DftFlow.Clusters;

/// <summary>The few calls of POSIX that .NET has no name for.</summary>
internal static partial class Posix
{
    public const int SigKill = 9;
    public const int SigTerm = 15;
    private const int ExecuteOk = 1;
    private const int SetPipeSize = 1031;

    /// <summary>Sends a signal to a process, or to a group where the number is negative; one that is gone already is no error.</summary>
    /// <exception cref="ArgumentOutOfRangeException">0, 1 and -1 are never what is meant: our own group, the first process, every process there is.</exception>
    public static void Kill(int process, int signal)
    {
        if (process is >= -1 and <= 1) throw new ArgumentOutOfRangeException(nameof(process));
        _ = kill(process, signal);
    }

    public static bool MayExecute(string path) => access(path, ExecuteOk) == 0;

    /// <summary>Makes a pipe hold up to a megabyte, where that is allowed: whoever writes waits less often for whoever reads.</summary>
    public static void EnlargePipe(SafeHandle pipe)
    {
        if (OperatingSystem.IsLinux()) _ = fcntl(pipe, SetPipeSize, 1 << 20);
    }

    public static int UserId() => (int)getuid();

    /// <summary>The names that Linux gives to the signals that end calculations.</summary>
    public static string SignalName(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        SigKill => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        SigTerm => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"signal {signal}"),
    };

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int fcntl(SafeHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint getuid();

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string path, int mode);
}
