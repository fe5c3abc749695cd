using System.Globalization;

namespace DftFlow.Clusters;

/// <summary>
/// A process that cannot be mistaken for a later one with its number: host, boot, number, and the clock ticks from the boot to
/// its start.
/// </summary>
public sealed record ProcessIdentity(string Host, string BootId, int ProcessId, long StartTicks)
{
    public static ProcessIdentity Current { get; } =
        new(Environment.MachineName, ReadBootId(), Environment.ProcessId, ReadStat(Environment.ProcessId)?.StartTicks ?? 0);

    /// <summary>Whether the process lives. One of another host is taken to live, since it cannot be asked.</summary>
    public bool MayBeAlive
    {
        get
        {
            if (Host != Current.Host) return true;
            if (BootId != Current.BootId) return false;
            return ReadStat(ProcessId) is { State: not 'Z' and not 'X' } stat && stat.StartTicks == StartTicks;
        }
    }

    /// <summary>
    /// Kills every process of a session and waits until they are gone. Those of the leader's group are found at once, others
    /// (MPI ranks have groups of their own) by the process table.
    /// </summary>
    internal static async Task EndSessionAsync(int session, TimeProvider time)
    {
        Posix.Kill(-session, Posix.SigKill);
        // A process may fork while the table is read, and takes a moment to die; one that hangs in the kernel is not waited for.
        for (var round = 0; round < 100; round++)
        {
            var members = Members(session);
            if (members.Count == 0) return;
            foreach (var member in members) Posix.Kill(member, Posix.SigKill);
            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
        }
    }

    private static List<int> Members(int session)
    {
        var members = new List<int>();
        if (!Directory.Exists("/proc")) return members;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && ReadStat(id) is { State: not 'Z' and not 'X' } stat && stat.Session == session)
                members.Add(id);
        return members;
    }

    private readonly record struct Stat(char State, int Session, long StartTicks);

    /// <summary>From /proc/PID/stat (proc(5)); null where there is no such process.</summary>
    private static Stat? ReadStat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat");
            // The second field is the program's name in parentheses, which may hold blanks and parentheses itself.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new(fields[0][0], int.Parse(fields[3], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string ReadBootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
