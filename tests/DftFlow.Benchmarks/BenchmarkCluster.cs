using System.Diagnostics;

namespace DftFlow.Benchmarks;

/// <summary>A real sshd, and where that is asked for a real Slurm, on this machine (<c>tests/clusters/cluster-up</c>).</summary>
internal static class BenchmarkCluster
{
    /// <summary>Starts it, does the work with its folder, and ends it. The host is called <c>cluster</c> in <c>client/ssh_config</c> there.</summary>
    public static async Task WithAsync(int nodes, Func<string, Task> work)
    {
        var folder = Directory.CreateTempSubdirectory("dfb-").FullName;
        try
        {
            var start = new ProcessStartInfo(Path.Combine(BenchmarkFiles.Root(), "tests", "clusters", "cluster-up"), [folder, FormattableString.Invariant($"{nodes}")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            using var cluster = Process.Start(start)!;
            while (await cluster.StandardOutput.ReadLineAsync() is var line && line != "ready")
                if (line is null || line.StartsWith("error", StringComparison.Ordinal)) throw new InvalidOperationException($"The test cluster does not start: {line}");
            try
            {
                await work(folder);
            }
            finally
            {
                // It ends with its input.
                cluster.StandardInput.Close();
                await cluster.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static async Task<string> ShellAsync(string command)
    {
        // What ssh leaves in the background must not hold our own output open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}.");
        return await output;
    }
}
