using System.Diagnostics;
using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

/// <summary>One real sshd and Slurm for all tests of commands that reach clusters.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneCluster : ICollectionFixture<TestCluster>
{
    public const string Name = "cluster";
}

/// <summary><c>dftflow cluster</c> as a user meets it.</summary>
[Collection(OneCluster.Name)]
public sealed class ClusterTests(TestCluster cluster) : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    private string Profile(string name) => Path.Combine(sandbox.Folder, "state", "dftflow", "clusters", name + ".json");

    private void Configure(string transport, string? knownHosts = null, string? workDirectory = null, string command = "sh", string more = "", string job = "")
    {
        cluster.SkipUnlessSlurm();
        sandbox.Write("config/dftflow/clusters/site.yaml", $$"""
            name: site
            description: A cluster for tests
            transport: {{transport}}
            host: {{cluster.Host}}
            port: {{cluster.Port}}
            user: {{cluster.User}}
            identity: {{cluster.IdentityFile}}
            known-hosts: {{knownHosts ?? cluster.KnownHosts}}
            ssh-config: /dev/null
            scheduler: slurm
            work-directory: {{workDirectory ?? cluster.WorkFolder + "/dft flow"}}
            {{job}}
            limits: { jobs: 7, poll: 30 s }
            engines:
              vasp:
                command: [{{command}}]
                environment: { SECRET_TOKEN: do-not-show }
            {{more}}
            """);
        sandbox.Environment["XDG_CONFIG_HOME"] = Path.Combine(sandbox.Folder, "config");
        sandbox.Environment["XDG_STATE_HOME"] = Path.Combine(sandbox.Folder, "state");
    }

    private static JsonElement Check(JsonElement profile, string name) => profile.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("check").GetString() == name);

    private static string? State(JsonElement profile, string name) => Check(profile, name).GetProperty("state").GetString();

    [Fact]
    public async Task Lists_what_is_configured_and_a_broken_file_hides_nothing()
    {
        Configure("ssh");
        sandbox.Write("config/dftflow/clusters/broken.yaml", "name: broken\nschedular: slurm\nengines: {}\n");
        var listed = await sandbox.DftflowAsync("cluster", "list", "--json");
        Assert.Equal(0, listed.Status);
        var rows = listed.Json.GetProperty("clusters").EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!);
        Assert.Equal("slurm", rows["site"].GetProperty("scheduler").GetString());
        Assert.Equal("ssh", rows["site"].GetProperty("transport").GetString());
        Assert.Equal("DF1006", rows["broken"].GetProperty("problem").GetProperty("code").GetString());
        Assert.Equal("local", rows["local"].GetProperty("transport").GetString());
        Assert.Contains("A cluster for tests", (await sandbox.DftflowAsync("cluster", "list")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dftflow cluster test loc", "local\n")]
    [InlineData("dftflow run x.yaml --cluster work", "workstation\n")]
    public async Task Shells_complete_the_names_of_clusters(string line, string completed) =>
        Assert.Equal(completed, (await sandbox.DftflowAsync(FormattableString.Invariant($"[suggest:{line.Length}]"), line)).Output);

    [Fact]
    public async Task Shows_what_the_ssh_configuration_adds_and_no_values_of_variables()
    {
        cluster.SkipUnlessSlurm();
        Configure("ssh");
        sandbox.Write("config/dftflow/clusters/jumping.yaml", $$"""
            name: jumping
            host: cluster-via-jump
            ssh-config: {{cluster.SshConfigFile}}
            scheduler: slurm
            work-directory: ~/jobs
            environment: { SECRET_TOKEN: do-not-show }
            engines:
              vasp: { command: [srun, vasp_std], ranks: 4, potentials: /sw/potentials }
            """);
        var shown = await sandbox.DftflowAsync("cluster", "show", "jumping", "--json");
        Assert.Equal(0, shown.Status);
        var ssh = shown.Json.GetProperty("ssh");
        Assert.Equal(cluster.Port, ssh.GetProperty("port").GetInt32());
        Assert.Equal("127.0.0.1", ssh.GetProperty("host_name").GetString());
        Assert.Equal("jump", Assert.Single(ssh.GetProperty("jump_hosts").EnumerateArray()).GetString());
        Assert.Equal(cluster.IdentityFile, Assert.Single(ssh.GetProperty("identity_files").EnumerateArray()).GetString());
        Assert.Equal("/sw/potentials", shown.Json.GetProperty("engines").GetProperty("vasp").GetProperty("potentials").GetString());
        var text = await sandbox.DftflowAsync("cluster", "show", "jumping");
        Assert.Contains("SECRET_TOKEN", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("do-not-show", text.Output + shown.Output, StringComparison.Ordinal);
        Assert.Contains("Not tested yet", text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh")]
    [InlineData("openssh")]
    public async Task Tests_a_cluster_with_a_job_through_its_queue_and_keeps_what_it_found(string transport)
    {
        Configure(transport);
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--json");
        Assert.True(tested.Status == 0, tested.Output + tested.Errors);
        var profile = tested.Json;
        foreach (var check in (string[])["connection", "shell", "scheduler", "queue", "clock", "round trip", "work directory", "bandwidth", "job", "engine vasp"])
            Assert.True(State(profile, check) == "ok", tested.Output);
        Assert.StartsWith("slurm", profile.GetProperty("scheduler_version").GetString(), StringComparison.Ordinal);
        Assert.True(profile.GetProperty("upload_mb_per_s").GetDouble() > 0 && profile.GetProperty("round_trip_ms").GetDouble() > 0 && profile.GetProperty("job_s").GetDouble() > 0);
        Assert.Equal(cluster.WorkFolder + "/dft flow", profile.GetProperty("work_directory").GetString());
        Assert.Empty(Directory.EnumerateFileSystemEntries(cluster.WorkFolder + "/dft flow"));
        Assert.Equal(tested.Output.Trim(), (await File.ReadAllTextAsync(Profile("site"), TestContext.Current.CancellationToken)).Trim());
        var shown = await sandbox.DftflowAsync("cluster", "show", "site");
        Assert.Contains("went through the queue", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_host_is_trusted_by_its_fingerprint_alone_and_then_works()
    {
        var known = Path.Combine(sandbox.Folder, "known_hosts");
        Configure("ssh", known);
        var unknown = await sandbox.DftflowAsync("cluster", "test", "site", "--no-job");
        Assert.Equal(1, unknown.Status);
        Assert.Contains("dftflow cluster trust site", unknown.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Profile("site")));

        // Nobody is there to compare: nothing is accepted.
        var asked = await sandbox.DftflowAsync("cluster", "trust", "site", "--json");
        Assert.Equal((2, "DF4401"), (asked.Status, asked.Json.GetProperty("error").GetProperty("code").GetString()));
        var wrong = await sandbox.DftflowAsync("cluster", "trust", "site", "--json", "--fingerprint", "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        Assert.Equal((2, "DF4402"), (wrong.Status, wrong.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.False(File.Exists(known));

        var hint = asked.Json.GetProperty("error").GetProperty("hint").GetString()!;
        var fingerprint = hint[hint.IndexOf("SHA256:", StringComparison.Ordinal)..];
        var trusted = await sandbox.DftflowAsync("cluster", "trust", "site", "--json", "--fingerprint", fingerprint);
        Assert.True(trusted is { Status: 0 } && trusted.Json.GetProperty("added").GetBoolean(), trusted.Output + trusted.Errors);
        Assert.Equal(0, (await sandbox.DftflowAsync("cluster", "test", "site", "--no-job")).Status);
        Assert.False((await sandbox.DftflowAsync("cluster", "trust", "site", "--json")).Json.GetProperty("added").GetBoolean());
    }

    [Fact]
    public async Task A_changed_host_key_is_refused_whatever_fingerprint_is_given()
    {
        cluster.SkipUnlessSlurm();
        var known = Path.Combine(sandbox.Folder, "known_hosts");
        var other = (await File.ReadAllTextAsync(Path.Combine(cluster.HostKeys, "jump_ed25519.pub"), TestContext.Current.CancellationToken)).Split(' ');
        var before = $"[{cluster.Host}]:{cluster.Port} {other[0]} {other[1]}\n";
        await File.WriteAllTextAsync(known, before, TestContext.Current.CancellationToken);
        Configure("ssh", known);
        var refused = await sandbox.DftflowAsync("cluster", "trust", "site", "--json", "--fingerprint", "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        Assert.Equal((2, "DF4012"), (refused.Status, refused.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(before, await File.ReadAllTextAsync(known, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_work_directory_that_cannot_be_made_is_a_problem_with_what_to_do()
    {
        Configure("ssh", workDirectory: "/proc/dftflow");
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--json");
        Assert.Equal(1, tested.Status);
        Assert.Equal("problem", State(tested.Json, "work directory"));
        Assert.Contains("work-directory", Check(tested.Json, "work directory").GetProperty("advice").GetString(), StringComparison.Ordinal);
        Assert.Equal("skipped", State(tested.Json, "job"));
    }

    [Fact]
    public async Task A_variable_that_the_account_does_not_have_is_named()
    {
        Configure("ssh", workDirectory: "$NO_SUCH_SCRATCH/dftflow");
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--no-job", "--json");
        Assert.Equal(1, tested.Status);
        Assert.Contains("NO_SUCH_SCRATCH", Check(tested.Json, "work directory").GetProperty("result").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_engine_is_told_by_the_job_and_only_suspected_without_one()
    {
        Configure("ssh", command: "no-such-engine");
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--json");
        Assert.True(tested.Status == 1 && State(tested.Json, "engine vasp") == "problem", tested.Output);
        var suspected = await sandbox.DftflowAsync("cluster", "test", "site", "--json", "--no-job");
        Assert.True(suspected.Status == 0 && State(suspected.Json, "engine vasp") == "warning", suspected.Output);
    }

    [Fact]
    public async Task Each_engine_is_looked_for_in_the_job_as_a_calculation_would_find_it()
    {
        Configure("ssh", command: "env, no-such-vasp", job: "job: { setup: ['module() { echo \"there is no $2\" >&2; return 1; }'] }", more: """
              passes: { command: [sh], environment: { WORD: it's so }, check: [sh, -c, 'test "$WORD" = "it''s so" && test -n "$SLURM_JOB_ID"'] }
              fails: { command: [sh], check: [sh, -c, echo libmkl is missing; exit 3] }
              home: { command: [~/no-such-program], check: ['true'] }
              module: { command: [sh], modules: [vasp/9] }
              launched: { command: [srun, -n, "{ranks}", ~/nothing] }
            """);
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--json");
        Assert.True(tested.Status == 1, tested.Output + tested.Errors);
        void Found(string engine, string state, string words)
        {
            Assert.True(State(tested.Json, "engine " + engine) == state, tested.Output);
            Assert.Contains(words, Check(tested.Json, "engine " + engine).GetProperty("result").GetString(), StringComparison.Ordinal);
        }
        Found("vasp", "warning", "no-such-vasp is not found in a job");
        Found("passes", "ok", "its check ends well in a job");
        Found("fails", "problem", "libmkl is missing");
        Found("home", "problem", "~/no-such-program is not found in a job");
        Found("module", "problem", "there is no vasp/9");
        Found("launched", "warning", "~/nothing is not found in a job");
        // Without a job the login node is asked, which is not certain.
        var suspected = await sandbox.DftflowAsync("cluster", "test", "site", "--json", "--no-job");
        Assert.Equal(0, suspected.Status);
        Assert.Equal("warning", State(suspected.Json, "engine fails"));
        Assert.Contains("on the login node", Check(suspected.Json, "engine fails").GetProperty("result").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_POTCAR_library_is_counted_or_missed()
    {
        cluster.SkipUnlessSlurm();
        var library = Directory.CreateDirectory(Path.Combine(cluster.WorkFolder, "potpaw", "X_pv")).FullName;
        await File.WriteAllTextAsync(Path.Combine(library, "POTCAR"), "invented\n", TestContext.Current.CancellationToken);
        Configure("ssh", more: $$"""
              other: { command: [sh], potentials: {{cluster.WorkFolder}}/potpaw }
              third: { command: [sh], potentials: {{cluster.WorkFolder}}/nowhere }
            """);
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--no-job", "--json");
        Assert.True(tested.Status == 1, tested.Output + tested.Errors);
        Assert.Contains("1 potentials", Check(tested.Json, "potentials of other").GetProperty("result").GetString(), StringComparison.Ordinal);
        Assert.Equal("problem", State(tested.Json, "potentials of third"));
    }

    [Fact]
    public async Task A_queue_that_is_not_there_is_refused_by_name()
    {
        Configure("ssh", job: "job: { queue: no-such-queue }");
        var tested = await sandbox.DftflowAsync("cluster", "test", "site", "--json");
        Assert.Equal(1, tested.Status);
        Assert.Contains("refused", Check(tested.Json, "job").GetProperty("result").GetString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(cluster.WorkFolder + "/dft flow"));
    }

    [Fact]
    public async Task Interrupted_it_cancels_the_job_that_waits()
    {
        // Held from the beginning: it would wait for ever.
        Configure("ssh", job: "job: { options: [--hold] }");
        var interrupted = await sandbox.DftflowAsync(async process =>
        {
            for (var limit = Stopwatch.StartNew(); limit.Elapsed < TimeSpan.FromSeconds(60) && !process.HasExited && await HeldJobsAsync() == 0;) await Task.Delay(200);
            Sandbox.Interrupt(process);
        }, "cluster", "test", "site", "--json");
        Assert.Equal((3, "DF1901"), (interrupted.Status, interrupted.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(0, await HeldJobsAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(cluster.WorkFolder + "/dft flow"));
    }

    private async Task<int> HeldJobsAsync() => (await cluster.RunAsync("squeue -h -t PENDING -o %i")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    [Fact]
    public async Task This_machine_is_tested_without_a_host_and_has_no_key_to_trust()
    {
        sandbox.Write("config/dftflow/clusters/here.yaml", $$"""
            name: here
            scheduler: direct
            work-directory: {{sandbox.Folder}}/work
            engines:
              any: { command: [sh] }
            """);
        sandbox.Environment["XDG_CONFIG_HOME"] = Path.Combine(sandbox.Folder, "config");
        sandbox.Environment["XDG_STATE_HOME"] = Path.Combine(sandbox.Folder, "state");
        var tested = await sandbox.DftflowAsync("cluster", "test", "here", "--json");
        Assert.True(tested.Status == 0 && State(tested.Json, "job") == "ok", tested.Output + tested.Errors);
        var trusted = await sandbox.DftflowAsync("cluster", "trust", "here", "--json");
        Assert.Equal("DF4406", trusted.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_damaged_profile_is_told_and_not_shown()
    {
        Configure("ssh");
        sandbox.Write("state/dftflow/clusters/site.json", "{ \"cluster\": ");
        var shown = await sandbox.DftflowAsync("cluster", "show", "site", "--json");
        Assert.Equal(0, shown.Status);
        Assert.Equal(JsonValueKind.Null, shown.Json.GetProperty("profile").ValueKind);
        Assert.Contains("DF4405", shown.Errors, StringComparison.Ordinal);
    }
}
