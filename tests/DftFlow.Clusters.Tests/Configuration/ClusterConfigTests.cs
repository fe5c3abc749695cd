using DftFlow.Clusters;
using DftFlow.Clusters.Transports;
using DftFlow.Yaml;

namespace DftFlow.Tests.Clusters.Configuration;

/// <summary>A cluster's file: what it means, and what is said of a wrong one.</summary>
public sealed class ClusterConfigTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dftflow-config-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private const string Engine = "engines:\n  vasp: { command: [srun, vasp_std] }\n";

    private (ClusterConfig? Config, Diagnostic[] Problems) Read(string text)
    {
        File.WriteAllText(Path.Combine(folder, "c.yaml"), text);
        var diagnostics = new Diagnostics();
        var config = ClusterConfigLoader.Find(Path.Combine(folder, "c.yaml"), diagnostics);
        return (config, [.. diagnostics.ToSorted()]);
    }

    public static TheoryData<string> Shipped => [.. Directory.GetFiles(Path.Combine(TestPaths.Repository, "cluster-configs"), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Shipped))]
    public void Every_example_reads_and_is_called_as_its_file(string name)
    {
        var diagnostics = new Diagnostics();
        var config = ClusterConfigLoader.Find(name, diagnostics, [Path.Combine(TestPaths.Repository, "cluster-configs")]);
        Assert.Empty(diagnostics.ToSorted());
        Assert.Equal(name, config!.Name);
        Assert.Equal(config.Scheduler == SchedulerKind.Torque ? "torque" : config.Scheduler.ToString().ToLowerInvariant(), config.CreateScheduler().Name);
    }

    [Fact]
    public void A_cluster_without_a_host_is_this_machine()
    {
        var config = Read("name: local\nengines: { gpaw-vasp: { command: [gpaw-vasp] } }").Config!;
        Assert.True(config.IsThisMachine);
        Assert.Null(config.Ssh);
    }

    [Fact]
    public void A_host_is_reached_by_ssh_unless_the_file_says_otherwise()
    {
        var config = Read($"name: hpc\nhost: login\nuser: me\nport: 2222\nidentity: keys/id\njump: [a, b:23]\nscheduler: slurm\nwork-directory: $SCRATCH/x\n{Engine}").Config!;
        Assert.Equal(TransportKind.Ssh, config.Transport);
        Assert.Equal(SchedulerKind.Slurm, config.Scheduler);
        Assert.Equal(("login", "me", 2222), (config.Ssh!.Host, config.Ssh.User, config.Ssh.Port));
        Assert.Equal([Path.Combine(folder, "keys", "id")], config.Ssh.IdentityFiles);
        Assert.Equal(["a", "b:23"], config.Ssh.JumpHosts);
        Assert.False(config.IsThisMachine);
        Assert.Equal(TransportKind.Openssh, Read($"name: hpc\nhost: login\ntransport: openssh\nscheduler: slurm\nwork-directory: /x\n{Engine}").Config!.Transport);
    }

    [Fact]
    public void What_a_job_asks_for_has_units()
    {
        var job = Read($"name: hpc\nhost: h\nscheduler: slurm\nwork-directory: /x\njob: {{ walltime: 1 d, memory: 64 GiB, queue: long, nodes: 2 }}\nlimits: {{ jobs: 7, submissions-per-minute: 0.5, poll: 2 min }}\n{Engine}").Config!;
        Assert.Equal((TimeSpan.FromDays(1), 65536, "long", 2), (job.Job.Walltime!.Value, job.Job.MemoryMib!.Value, job.Job.Queue, job.Job.Nodes));
        Assert.Equal((7, 0.5, TimeSpan.FromMinutes(2)), (job.Limits.Jobs, job.Limits.SubmissionsPerMinute, job.Limits.Poll));
    }

    [Theory]
    [InlineData("name: x\nhost: h\nscheduler: slurm\n", "DF1009", "work-directory")]
    [InlineData("name: x\ntransport: ssh\nwork-directory: /x\n", "DF1009", "host")]
    [InlineData("name: x\nuser: me\n", "DF1006", "'user' is for a cluster that is reached by SSH")]
    [InlineData("name: x\nhost: h\nscheduler: slurrm\nwork-directory: /x\n", "DF1007", "slurrm")]
    [InlineData("name: x\nhost: h\nwork-directory: scratch\n", "DF1007", "no absolute path")]
    [InlineData("name: x\nhost: h\nwork-directory: /a/../b\n", "DF1007", "no absolute path")]
    [InlineData("name: x\nhost: h\nwork-directory: $(touch x)/y\n", "DF1007", "no absolute path")]
    [InlineData("name: x\nhost: h\nport: 70000\nwork-directory: /x\n", "DF1007", "A port")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\nlimits: { poll: 0.1 s }\n", "DF1007", "from 1 s to 1 d")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\nlimits: { poll: 1e30 d }\n", "DF1007", "from 1 s to 1 d")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\njob: { walltime: 1e30 h }\n", "DF1007", "to 3650 d")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\njob: { memory: 1e30 GB }\n", "DF1007", "to 1 EiB")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\nscheduler: slurm\njob: { options: [--exclusive, --job-name=mine] }\n", "DF1007", "'--job-name=mine' gives a job another name")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\nscheduler: pbs\njob: { options: [\"-m n -J 1-9\"] }\n", "DF1007", "makes an array")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\nscheduler: sge\njob: { options: [-t 1-9] }\n", "DF1007", "makes an array")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\nlimits: { submissions-per-minute: 0 }\n", "DF1007", "from 0.01")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\njob: { walltime: 24 }\n", "DF1008", "24")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\njob: { partition: long }\n", "DF1006", "partition")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\nenvironment: { \"A B\": 1 }\n", "DF1007", "environment variable")]
    [InlineData("name: x\nhost: h\nwork-directory: /x\npassword: secret\n", "DF1006", "password")]
    public void Says_what_is_wrong_and_where(string text, string code, string words)
    {
        var (config, problems) = Read(text + Engine);
        Assert.Null(config);
        var problem = Assert.Single(problems, p => p.Severity == Severity.Error);
        Assert.Equal(code, problem.Code);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
        Assert.True(problem.Line > 0);
    }

    [Fact]
    public void Options_of_the_batch_system_that_name_no_job_are_let_through()
    {
        foreach (var (scheduler, options) in new[] { ("slurm", "--account=a, -A b, --exclusive"), ("sge", "-tc 5, -notify, -now n"), ("torque", "-m n, -W x=y"), ("pbs", "-l place=scatter:excl"), ("lsf", "-R select[type==X86_64]") })
            Assert.NotNull(Read($"name: x\nhost: h\nwork-directory: /x\nscheduler: {scheduler}\njob: {{ options: [{string.Join(", ", options.Split(", ").Select(option => $"\"{option}\""))}] }}\n{Engine}").Config);
    }

    [Fact]
    public void An_engine_that_needs_POTCAR_needs_a_folder_where_it_is_put_together()
    {
        var (config, problems) = Read("name: here\nengines: { vasp: { command: [vasp_std], potentials: /sw/pot } }");
        Assert.Null(config);
        Assert.Equal(("DF1009", 2), (Assert.Single(problems).Code, problems[0].Line));
        Assert.NotNull(Read("name: here\nwork-directory: /x\nengines: { vasp: { command: [vasp_std], potentials: /sw/pot } }").Config);
    }

    [Fact]
    public void The_command_that_accepts_a_host_key_names_the_file_where_it_was_asked_for_by_its_file()
    {
        Assert.Equal($"dftflow cluster trust {Path.Combine(folder, "c.yaml")}", Read($"name: hpc\nhost: h\nwork-directory: /x\n{Engine}").Config!.Ssh!.TrustCommand);
        File.WriteAllText(Path.Combine(folder, "two.yaml"), $"name: hpc\nhost: h\nwork-directory: /x\n{Engine}");
        Assert.Equal("dftflow cluster trust two", ClusterConfigLoader.Find("two", new Diagnostics(), [folder])!.Ssh!.TrustCommand);
    }

    [Fact]
    public void A_name_that_is_nearly_one_is_suggested()
    {
        File.WriteAllText(Path.Combine(folder, "hpc.yaml"), $"name: hpc\nhost: h\nwork-directory: /x\n{Engine}");
        var diagnostics = new Diagnostics();
        Assert.Null(ClusterConfigLoader.Find("hcp", diagnostics, [folder]));
        Assert.Contains("hpc", Assert.Single(diagnostics.ToSorted()).Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OUTCAR", true), InlineData("POTCAR", false), InlineData("00/POTCAR", false), InlineData("potcar.gz", false), InlineData(".POTCAR.old", false), InlineData("POTCAR.d/Mn", false), InlineData(".potcars/00/Mn", false), InlineData("POTCAR.spec", true), InlineData("POTCAR.spec/x", false), InlineData("POTCAR.spec~", false), InlineData("WAVECAR", false), InlineData("big.tmp", false), InlineData("big.tmp2", true)]
    public void Leaves_on_the_cluster_what_the_file_says_and_always_the_potentials(string name, bool fetched) =>
        Assert.Equal(fetched, new FilePolicy { Leave = ["WAVECAR", "*.tmp"] }.Fetches(name));

    [Theory]
    [InlineData("/scratch/a b's", "/scratch/a b's"), InlineData("$WHERE/x y", "/some where/x y"), InlineData("${WHERE}", "/some where"), InlineData("/a;$(touch x)`id`", "/a;$(touch x)`id`")]
    public async Task A_path_of_the_cluster_is_put_in_by_its_shell_and_quoted(string path, string expected)
    {
        await using var transport = new LocalTransport();
        var reply = await new RemoteShell(transport, TimeProvider.System).RunAsync(new RemoteScript($"WHERE='/some where'\nprintf %s {RemotePath.ToShell(path)}") { What = "a test" }, TestContext.Current.CancellationToken);
        Assert.Equal(expected, reply.Output);
    }

    [Theory]
    [InlineData("~/bin/vasp", "{0}/bin/vasp"), InlineData("$HOME/x y", "{0}/x y"), InlineData("$NO_SUCH_VARIABLE/x", "$NO_SUCH_VARIABLE/x"), InlineData("~", "~"), InlineData("vasp_std", "vasp_std"), InlineData("", "")]
    public void A_word_of_a_command_on_this_machine_may_be_a_path_of_the_account(string word, string expected) =>
        Assert.Equal(expected.Replace("{0}", Environment.GetEnvironmentVariable("HOME"), StringComparison.Ordinal), RemotePath.Here(word));

    [Fact]
    public async Task A_variable_that_is_not_set_on_the_cluster_is_told()
    {
        await using var transport = new LocalTransport();
        var reply = await new RemoteShell(transport, TimeProvider.System).RunAsync(new RemoteScript($"cd {RemotePath.ToShell("$NO_SUCH_VARIABLE/x")}") { What = "a test" }, TestContext.Current.CancellationToken);
        Assert.NotEqual(0, reply.ExitStatus);
        Assert.Contains("NO_SUCH_VARIABLE", reply.Error, StringComparison.Ordinal);
    }
}
