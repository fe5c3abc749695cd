using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

/// <summary>Real calculations by gpaw-vasp as jobs of a real Slurm, by the command itself, over every transport.</summary>
[Collection(OneCluster.Name)]
public sealed class ClusterWorkflowTests : IDisposable
{
    // The last digits hang on where arrays lie in memory, and that on the environment's size: they differ by 1e-12 or so.
    private const double Rounding = 1e-7;

    private readonly TestCluster cluster;
    private readonly Sandbox sandbox = new();
    private readonly string work;

    public ClusterWorkflowTests(TestCluster cluster)
    {
        this.cluster = cluster;
        cluster.SkipUnlessSlurm();
        work = Path.Combine(cluster.WorkFolder, $"{Guid.NewGuid():N}", "dft flow");
        sandbox.Environment["XDG_CONFIG_HOME"] = Path.Combine(sandbox.Folder, "config");
        sandbox.Environment["XDG_STATE_HOME"] = Path.Combine(sandbox.Folder, "state");
        // For the transport 'local': this machine as one that has the batch system's commands.
        sandbox.Environment["SLURM_CONF"] = Path.Combine(cluster.Folder, "etc", "slurm", "slurm.conf");
        sandbox.Write("LiF.vasp", RunTests.LithiumFluoride);
        sandbox.Write("workflow.yaml", RunTests.Workflow);
    }

    public void Dispose() => sandbox.Dispose();

    /// <summary>A cluster that gpaw-vasp was copied to, as docs/clusters/engines.md says, with a folder for the jobs of this test alone.</summary>
    private async Task ConfigureAsync(string transport, string? identity = null, string command = "~/gpaw-vasp/gpaw-vasp")
    {
        await cluster.RunAsync($"cp -r '{TestPaths.Repository}/src/gpaw-vasp' '{cluster.Home}'");
        var home = transport == "local" ? cluster.Home : "~";
        var host = transport == "local" ? "" : $$"""
            host: {{cluster.Host}}
            port: {{cluster.Port}}
            user: {{cluster.User}}
            identity: {{identity ?? cluster.IdentityFile}}
            known-hosts: {{cluster.KnownHosts}}
            ssh-config: /dev/null

            """;
        sandbox.Write("config/dftflow/clusters/site.yaml", $$"""
            name: site
            transport: {{transport}}
            {{host}}scheduler: slurm
            work-directory: {{work}}
            job: { memory: 1 GB, walltime: 20 min }
            limits: { poll: 1 s }
            engines:
              gpaw-vasp: { command: [{{command.Replace("~", home, StringComparison.Ordinal)}}], check: [{{home}}/gpaw-vasp/install-gpaw, --check] }
            """);
        // With one thread, as in a job: more of them add in another order, which changes last digits.
        sandbox.Write("config/dftflow/clusters/here.yaml", "name: here\nengines:\n  gpaw-vasp: { command: [gpaw-vasp], check: [install-gpaw, --check], environment: { OMP_NUM_THREADS: 1, OPENBLAS_NUM_THREADS: 1 } }\n");
    }

    [Fact]
    public async Task A_calculation_gives_the_same_over_every_transport_and_here()
    {
        await SkipWithoutGpawAsync();
        await CompareAsync("workflow.yaml");
    }

    [Fact]
    public async Task The_quickstart_gives_the_same_over_every_transport_and_here()
    {
        Assert.SkipUnless(Effort.IsLong, "takes minutes: ./test --long");
        await SkipWithoutGpawAsync();
        await CompareAsync(Path.Combine(TestPaths.Repository, "workflows", "quickstart"));
    }

    private async Task CompareAsync(string workflow)
    {
        await ConfigureAsync("local");
        var here = await sandbox.DftflowAsync("run", workflow, "--json", "--cluster", "here", "--workspace", "here");
        Assert.True(here.Status == 0, here.Errors);
        foreach (var transport in (string[])["ssh", "openssh", "local"])
        {
            await ConfigureAsync(transport);
            string[] command = ["run", workflow, "--json", "--cluster", "site", "--workspace", transport];
            var there = await sandbox.DftflowAsync(command);
            Assert.True(there.Status == 0, $"{transport}: {there.Errors}");
            foreach (var (mine, theirs) in here.Json.GetProperty("calculations").EnumerateArray().Zip(there.Json.GetProperty("calculations").EnumerateArray()))
            {
                Assert.Equal("completed", theirs.GetProperty("state").GetString());
                Assert.Equal("site", theirs.GetProperty("cluster").GetString());
                var id = theirs.GetProperty("scheduler_job_id").GetString();
                Assert.Matches("^[0-9]+$", id);
                Assert.Contains($"{theirs.GetProperty("id").GetString()}: pending: is in the queue as {id}", there.Errors, StringComparison.Ordinal);
                foreach (var key in (string[])["fingerprint", "formula", "program", "final_energy_ev"]) AssertSame(mine.GetProperty(key), theirs.GetProperty(key), key);
                AssertSame(Manifest(mine).GetProperty("scalars"), Manifest(theirs).GetProperty("scalars"), "scalars");
                Assert.Equal(Hashes(mine, "inputs"), Hashes(theirs, "inputs"));
                Assert.Equal(Hashes(mine, "outputs").Keys, Hashes(theirs, "outputs").Keys);
            }
            AssertSameNumbers(here.Json, there.Json);
            Assert.True(File.Exists(there.Json.GetProperty("report").GetString()));
            Assert.Empty(Directory.GetFileSystemEntries(work));

            var again = await sandbox.DftflowAsync(command);
            Assert.All(again.Json.GetProperty("calculations").EnumerateArray(), calculation => Assert.True(calculation.GetProperty("cached").GetBoolean()));
            AssertSameNumbers(here.Json, again.Json);
        }
    }

    private static void AssertSame(JsonElement one, JsonElement other, string path)
    {
        Assert.True(one.ValueKind == other.ValueKind, path);
        switch (one.ValueKind)
        {
            case JsonValueKind.Number:
                Assert.True(Math.Abs(one.GetDouble() - other.GetDouble()) <= Rounding, $"{path}: {one} and {other}");
                break;
            case JsonValueKind.Object:
                foreach (var property in one.EnumerateObject()) AssertSame(property.Value, other.GetProperty(property.Name), $"{path}.{property.Name}");
                break;
            case JsonValueKind.Array:
                Assert.Equal(one.GetArrayLength(), other.GetArrayLength());
                foreach (var (mine, theirs) in one.EnumerateArray().Zip(other.EnumerateArray())) AssertSame(mine, theirs, path);
                break;
            default:
                Assert.True(one.GetRawText() == other.GetRawText(), $"{path}: {one} and {other}");
                break;
        }
    }

    private static void AssertSameNumbers(JsonElement one, JsonElement other)
    {
        foreach (var analysis in one.GetProperty("analyses").EnumerateObject())
            AssertSame(analysis.Value.GetProperty("values"), other.GetProperty("analyses").GetProperty(analysis.Name).GetProperty("values"), analysis.Name);
    }

    private static JsonElement Manifest(JsonElement calculation) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(calculation.GetProperty("directory").GetString()!, "manifest.json"))).RootElement;

    private static SortedDictionary<string, string> Hashes(JsonElement calculation, string files) => new(
        Manifest(calculation).GetProperty(files).EnumerateArray().ToDictionary(file => file.GetProperty("name").GetString()!, file => file.GetProperty("sha256").GetString()!), StringComparer.Ordinal);

    [Fact]
    public async Task The_test_of_a_cluster_runs_the_check_of_gpaw_vasp_in_its_job()
    {
        await SkipWithoutGpawAsync();
        await ConfigureAsync("ssh");
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--json");
        Assert.True(tested.Status == 0, tested.Output + tested.Errors);
        var check = tested.Json.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("check").GetString() == "engine gpaw-vasp");
        Assert.Equal($"{cluster.Home}/gpaw-vasp/gpaw-vasp; its check ends well in a job", check.GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("ssh"), InlineData("openssh"), InlineData("local")]
    public async Task Ctrl_C_cancels_the_job_and_leaves_nothing(string transport)
    {
        await ConfigureAsync(transport, command: "sh, -c, sleep 600");
        var run = await sandbox.DftflowAsync(async process =>
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (!process.HasExited && !(await JobsAsync("RUNNING")).Contains("df", StringComparison.Ordinal)) await Task.Delay(200, limit.Token);
            Sandbox.Interrupt(process);
        }, "run", "workflow.yaml", "--json", "--cluster", "site");
        Assert.True(run.Status == 3, run.Errors);
        Assert.Equal("cancelled", run.Json.GetProperty("calculations")[0].GetProperty("state").GetString());
        Assert.Empty(Directory.GetFileSystemEntries(work));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(sandbox.Workspace, "attempts")));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await JobsAsync("PENDING,RUNNING,COMPLETING") != "") await Task.Delay(200, patience.Token);
    }

    private Task<string> JobsAsync(string states) => cluster.RunAsync($"squeue -h -t {states} -o %j");

    [Fact]
    public async Task A_passphrase_is_asked_for_once_and_the_table_makes_room_for_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script(1) to make a terminal");
        await ConfigureAsync("ssh", identity: Path.Combine(sandbox.Folder, "locked"), command: "sh, -c, exit 5");
        sandbox.Write("run.sh", $"""
            ssh-keygen -q -t ed25519 -N 'open sesame' -C locked -f locked && cat locked.pub >>'{cluster.AuthorizedKeys}' || exit
            mkfifo keyboard && exec 3<>keyboard
            printf 'open sesame\r' >&3
            exec script -qec "'{TestPaths.Repository}/dftflow' run workflow.yaml --cluster site" /dev/null <&3
            """);
        sandbox.Environment["TERM"] = "xterm";
        var run = await sandbox.RunAsync("/bin/sh", _ => Task.CompletedTask, "run.sh");
        Assert.True(run.Output.Contains("exit status 5", StringComparison.Ordinal), run.Output + run.Errors);
        Assert.Single(run.Output.Split("Passphrase of the key")[1..]);
    }

    private async Task SkipWithoutGpawAsync()
    {
        var check = await sandbox.RunAsync("/usr/bin/python3", _ => Task.CompletedTask, "-I", "-c", "import gpaw");
        Assert.SkipUnless(check.Status == 0, "Python's gpaw is not installed");
    }
}
