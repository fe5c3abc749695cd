using System.Diagnostics;
using System.Globalization;

namespace DftFlow.Tests;

/// <summary>
/// A real sshd, jump host and Slurm on this machine, started by <c>tests/clusters/cluster-up</c>, which ends with this process,
/// however that ends. Tests ask <see cref="SkipUnlessThere"/> or <see cref="SkipUnlessSlurm"/> first.
/// </summary>
public sealed class TestCluster : IAsyncLifetime
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim oneOrder = new(1);
    private Process? process;
    private string? missing;

    /// <summary>Everything of the cluster lies below.</summary>
    public string Folder { get; private set; } = "";

    public string Host => "127.0.0.1";

    public int Port => Number("Port");

    /// <summary>Of the jump host, which forwards to <see cref="Port"/> and runs no commands.</summary>
    public int JumpPort => Number("JumpPort");

    /// <summary>Of accounts whose shell is tcsh, and fish.</summary>
    public int CshPort => Number("CshPort");

    public int FishPort => Number("FishPort");

    /// <summary>Of a login that wants a key and then the code that stands in <see cref="CodeFile"/>; 0 where that cannot be had.</summary>
    public int CodePort => Number("CodePort");

    public string User => values["User"];

    public string IdentityFile => Path.Combine(Folder, "client", "id_ed25519");

    public string KnownHosts => Path.Combine(Folder, "client", "known_hosts");

    /// <summary>Has the hosts <c>cluster</c>, <c>jump</c> and <c>cluster-via-jump</c>.</summary>
    public string SshConfigFile => Path.Combine(Folder, "client", "ssh_config");

    /// <summary>The public keys that may log in, a line each.</summary>
    public string AuthorizedKeys => Path.Combine(Folder, "etc", "authorized_keys");

    public string CodeFile => Path.Combine(Folder, "etc", "code");

    /// <summary>The public host keys <c>host_ed25519.pub</c>, <c>host_ecdsa.pub</c>, <c>host_rsa.pub</c>, <c>jump_ed25519.pub</c> lie here.</summary>
    public string HostKeys => Path.Combine(Folder, "etc");

    /// <summary>The user's home folder, and one that the user may write to besides.</summary>
    public string Home => Path.Combine(Folder, "home");

    public string WorkFolder => Path.Combine(Folder, "work");

    /// <summary>First on the PATH of every session: for commands that stand in for others.</summary>
    public string BinFolder => Path.Combine(Folder, "bin");

    /// <summary>A file system of 2 MB; null where that cannot be had.</summary>
    public string? SmallFolder => values["Small"] is { Length: > 0 } folder ? folder : null;

    /// <summary>Compute nodes: 0 where there is no Slurm.</summary>
    public int Nodes => Number("Nodes");

    public void SkipUnlessThere() => Assert.SkipWhen(missing is not null, $"no test cluster: {missing}");

    public void SkipUnlessSlurm()
    {
        SkipUnlessThere();
        Assert.SkipWhen(Nodes == 0, "no Slurm on this machine (packages slurm-wlm, munge)");
    }

    /// <summary>Starts one of sshd, jump, munged, slurmctld, node01, node02, and waits until it answers.</summary>
    public Task StartAsync(string name) => OrderAsync($"start {name}");

    public Task StopAsync(string name) => OrderAsync($"stop {name}");

    public Task RestartAsync(string name) => OrderAsync($"restart {name}");

    /// <summary>SIGKILL to it and its open sessions.</summary>
    public Task KillAsync(string name) => OrderAsync($"kill {name}");

    /// <summary>SIGSTOP to it and its open sessions: nothing answers any more, and nothing is refused.</summary>
    public Task PauseAsync(string name) => OrderAsync($"pause {name}");

    public Task ResumeAsync(string name) => OrderAsync($"resume {name}");

    /// <summary>SIGKILL to its open sessions alone.</summary>
    public Task SeverAsync(string name) => OrderAsync($"sever {name}");

    /// <summary>Runs a command line of bash as the cluster's administrator; returns what it prints.</summary>
    public Task<string> RunAsync(string command) => OrderAsync($"run {command}");

    public async ValueTask InitializeAsync()
    {
        if (FirstMissing("sshd", "ssh", "ssh-keygen") is { } program)
        {
            missing = $"{program} is not installed (package openssh-server)";
            return;
        }
        Folder = Directory.CreateTempSubdirectory("dfc-").FullName;
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(TestPaths.Repository, "tests", "clusters", "cluster-up"));
        start.ArgumentList.Add(Folder);
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (true)
        {
            var line = await ReadLineAsync();
            if (line == "ready") return;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) throw new InvalidOperationException($"The test cluster does not start: {line}");
            values[line[..equals]] = line[(equals + 1)..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null) return;
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        oneOrder.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<string> OrderAsync(string order)
    {
        await oneOrder.WaitAsync();
        try
        {
            await process!.StandardInput.WriteLineAsync(order);
            await process.StandardInput.FlushAsync();
            var said = new List<string>();
            while (true)
            {
                var line = await ReadLineAsync();
                if (line == "ok") return string.Join('\n', said);
                if (!line.StartsWith("| ", StringComparison.Ordinal)) throw new InvalidOperationException($"The test cluster: {string.Join('\n', [line, .. said])}");
                said.Add(line[2..]);
            }
        }
        finally
        {
            oneOrder.Release();
        }
    }

    private async Task<string> ReadLineAsync() =>
        await process!.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System)
        ?? throw new InvalidOperationException("The test cluster ended.");

    private int Number(string name) => int.Parse(values[name], CultureInfo.InvariantCulture);

    private static string? FirstMissing(params string[] programs)
    {
        var folders = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries);
        return programs.FirstOrDefault(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program))));
    }
}
