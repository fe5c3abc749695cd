using System.Collections.Immutable;
using System.Text.RegularExpressions;
using DftFlow.Clusters;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;
using DftFlow.Tests.Clusters.Potentials;

namespace DftFlow.Tests.Clusters.Owner;

/// <summary>The owner of a cluster over batch systems that are small shell programs: <c>tests/clusters/fake</c>.</summary>
public sealed class ClusterTests : IDisposable
{
    private readonly string top = Directory.CreateTempSubdirectory("dftflow-owner's ").FullName;
    private readonly string fake;

    public ClusterTests() => fake = Directory.CreateDirectory(Path.Combine(top, "fake")).FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(top, recursive: true);

    private ClusterConfig Config(SchedulerKind scheduler = SchedulerKind.Slurm, params string[] loginSetup) => new()
    {
        Name = "fake",
        Transport = TransportKind.Local,
        Scheduler = scheduler,
        WorkDirectory = Path.Combine(top, "work"),
        LoginSetup = [.. loginSetup],
        Environment = ImmutableSortedDictionary<string, string>.Empty
            .Add("PATH", $"{Path.Combine(TestPaths.Repository, "tests/clusters/fake")}:{Environment.GetEnvironmentVariable("PATH")}").Add("DFTFLOW_FAKE", fake),
        Engines = ImmutableSortedDictionary<string, EngineConfig>.Empty,
    };

    private static Cluster Open(ClusterConfig config, Func<ITransport>? connect = null) => new(config, connect ?? (() => new LocalTransport()), TimeProvider.System, new Random(1));

    private void Fault(string line) => File.AppendAllText(Path.Combine(fake, "faults"), line + "\n");

    // Jobs that no slot is free for: none of them runs.
    private string[] Stage(params string[] names)
    {
        File.WriteAllText(Path.Combine(fake, "slots"), "0");
        return [.. names.Select(name =>
        {
            var folder = Directory.CreateDirectory(Path.Combine(top, "work", name)).FullName;
            File.WriteAllText(Path.Combine(folder, "job.sh"), JobScript.Render(JobTemplates.Find("slurm", userFolder: "/nowhere").Text, new JobRequest { Name = name, Directory = folder, Command = ["true"] }));
            return folder;
        })];
    }

    [Fact]
    public async Task Commands_see_the_login_setup_and_the_variables_and_nothing_that_the_setup_prints()
    {
        await using var cluster = Open(Config(loginSetup: ["echo 'Loading modules'", "FROM_SETUP=1", "export FROM_SETUP"]));
        Assert.Equal(Path.Combine(top, "work"), await cluster.WorkDirectoryAsync(Token));
        Assert.Equal($"1 {fake}\n", (await cluster.CommandAsync("echo \"$FROM_SETUP $DFTFLOW_FAKE\"", "a test", Token)).Output);
    }

    [Fact]
    public async Task A_POTCAR_library_may_be_named_by_a_variable_of_the_setup()
    {
        new MadeUpLibrary(Path.Combine(top, "pot")).Add("O");
        await using var cluster = Open(Config(loginSetup: ["echo 'Loading modules'", $"POT={Sh.Quote(top)}"]));
        var check = await cluster.PotentialsAsync("$POT/pot", library => library.CheckAsync(["O"], Token), Token);
        Assert.Equal("O/POTCAR", check.InOrder(["O"])[0].Place);
    }

    [Fact]
    public async Task Each_folder_has_its_own_answer()
    {
        await using var cluster = Open(Config());
        var folders = Stage("dfa", "dfb", "dfc", "dfd");
        Directory.Delete(folders[1], recursive: true);
        File.Delete(Path.Combine(folders[2], "job.sh"));
        var answers = await cluster.SubmitAsync(folders, "job.sh", Token);
        Assert.Equal("100", Assert.IsType<SubmitAnswer.Accepted>(answers[0]).Id);
        Assert.Contains("not there any more", Assert.IsType<SubmitAnswer.Refused>(answers[1]).Why, StringComparison.Ordinal);
        Assert.Contains("Unable to open", Assert.IsType<SubmitAnswer.Refused>(answers[2]).Why, StringComparison.Ordinal);
        Assert.Equal("101", Assert.IsType<SubmitAnswer.Accepted>(answers[3]).Id);
        Assert.Equal(["100", "101"], (await cluster.PollAsync([], Token)).Queue.Jobs!.Value.Select(job => job.Id));
    }

    [Fact]
    public async Task A_folder_that_a_reply_does_not_tell_of_is_in_doubt_and_not_free_to_be_submitted_again()
    {
        // A shell that stops at the first failure.
        await using var cluster = Open(Config(loginSetup: "set -e"));
        Fault("sbatch accept-then-fail");
        Assert.All(await cluster.SubmitAsync(Stage("dfa", "dfb"), "job.sh", Token), answer => Assert.IsType<SubmitAnswer.Unknown>(answer));
        Assert.Single((await cluster.PollAsync([], Token)).Queue.Jobs!.Value);
    }

    [Fact]
    public async Task The_id_of_a_job_whose_answer_was_lost_is_told_by_its_folder()
    {
        await using var cluster = Open(Config());
        var folders = Stage("dfa", "dfb", "dfc", "dfd");
        Fault("sbatch fail");
        await cluster.SubmitAsync(folders[..2], "job.sh", Token);
        // A record that is not whole says nothing.
        File.WriteAllText(Path.Combine(folders[2], "dftflow-submit"), "answer\n102\n\nstatus 0\n");
        File.WriteAllText(Path.Combine(folders[2], "dftflow-start"), "host n1\njob 102\n");
        // A job that has begun knows its own id, whatever became of the answer.
        File.WriteAllText(Path.Combine(folders[3], "dftflow-start"), "host n1\njob 103\ntime 1800000000\nend\n");
        Assert.Equal([(folders[1], "100"), (folders[3], "103")], (await cluster.SubmittedAsync([.. folders, top + "/nowhere"], Token)).Select(told => (told.Key, told.Value)).Order());
    }

    [Fact]
    public async Task What_went_wrong_before_the_last_command_of_a_submission_is_told_too()
    {
        var config = Config(SchedulerKind.Direct);
        await using var cluster = Open(config with { Environment = config.Environment.SetItem("XDG_STATE_HOME", "/dev/null/state") });
        File.WriteAllText(Path.Combine(Stage("dfa")[0], "job.sh"), "#!/bin/sh\n#DFTFLOW --name=dfa\ntrue\n");
        var answer = (await cluster.SubmitAsync([Path.Combine(top, "work", "dfa")], "job.sh", Token))[0];
        Assert.Contains("/dev/null", Assert.IsType<SubmitAnswer.Refused>(answer).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1), InlineData(50)]
    public async Task Many_submissions_are_given_the_time_that_a_busy_batch_system_takes(int count)
    {
        var lines = new List<string>();
        await using var cluster = Open(Config(), () => new Heard(lines));
        await cluster.SubmitAsync([.. Enumerable.Repeat(Stage("dfa")[0], count)], "job.sh", Token);
        var limit = int.Parse(Regex.Match(Assert.Single(lines), "timeout -k 10 ([0-9]+)").Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(limit, 60 + 30 * count, 120 + 30 * count);
    }

    /// <summary>Keeps the command lines.</summary>
    private sealed class Heard(List<string> lines) : ITransport
    {
        private readonly LocalTransport transport = new();

        public string Destination => transport.Destination;

        public Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancellationToken)
        {
            lines.Add(commandLine);
            return transport.StartAsync(commandLine, cancellationToken);
        }

        public ValueTask DisposeAsync() => transport.DisposeAsync();
    }
}
