using System.Diagnostics;
using System.Globalization;

namespace DftFlow.Tests;

/// <summary>The small shell programs of <c>tests/clusters/fake</c> that stand in for Slurm's, PBS's and LSF's commands, over a folder of their own.</summary>
public sealed class FakeBatchSystem : IAsyncDisposable
{
    /// <summary>What they know; <c>lib.sh</c> tells of it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("dftflow-fake-").FullName;

    /// <summary>What has them found before others: a cluster's login setup.</summary>
    public string LoginSetup => $"PATH='{Path.Combine(TestPaths.Repository, "tests/clusters/fake")}':$PATH DFTFLOW_FAKE={Folder}; export PATH DFTFLOW_FAKE";

    /// <summary>The numbers of all jobs that were accepted.</summary>
    public string[] Jobs => Directory.Exists(Path.Combine(Folder, "jobs")) ? [.. Directory.GetDirectories(Path.Combine(Folder, "jobs")).Select(Path.GetFileName).OfType<string>()] : [];

    /// <summary>The commands as they came.</summary>
    public string[] Log => File.Exists(Path.Combine(Folder, "log")) ? File.ReadAllLines(Path.Combine(Folder, "log")) : [];

    /// <summary>How many jobs run at a time.</summary>
    public int Slots { set => File.WriteAllText(Path.Combine(Folder, "slots"), value.ToString(CultureInfo.InvariantCulture)); }

    public static (string Submit, string Queue, string Cancel) Commands(string system) => system switch
    {
        "slurm" => ("sbatch", "squeue", "scancel"),
        "lsf" => ("bsub", "bjobs", "bkill"),
        _ => ("qsub", "qstat", "qdel"),
    };

    /// <summary>COMMAND FAULT [VALUE], used once; with <c>*</c> before it always.</summary>
    public void Fault(string line) => File.AppendAllText(Path.Combine(Folder, "faults"), line + "\n");

    public async ValueTask DisposeAsync()
    {
        // Every job is a session of its own. The number is checked, and the shell's own kill is asked: with 'kill -KILL -12' one
        // that stands on PATH may take the 1 alone for the process, which means all there are.
        foreach (var file in Jobs.Select(job => Path.Combine(Folder, "jobs", job, "pid")).Where(File.Exists))
        {
            if (!int.TryParse(await File.ReadAllTextAsync(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var session) || session <= 1) continue;
            using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -s KILL -- -{session} 2>/dev/null")]);
            await kill.WaitForExitAsync();
        }
        // What was killed just now may be writing still.
        for (var tries = 0; ; tries++)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
                return;
            }
            catch (IOException) when (tries < 5)
            {
                await Task.Delay(50);
            }
        }
    }
}
