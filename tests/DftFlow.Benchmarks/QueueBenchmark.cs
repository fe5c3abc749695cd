using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using DftFlow.Clusters;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;

namespace DftFlow.Benchmarks;

/// <summary>
/// A thousand jobs of a real Slurm on this machine over ssh: submitted a hundred to a command, as runs do, beside a loop of sbatch on the
/// cluster itself; and asked for in one command, beside squeue itself. The jobs are held, so that nothing but their number counts.
/// </summary>
internal static class QueueBenchmark
{
    private const int Jobs = 1000;
    private const int Together = 100;
    private const int Rounds = 5;
    private const int Looks = 15;
    private const string Script = "job.sh";

    public static Task RunAsync() => BenchmarkCluster.WithAsync(nodes: 2, MeasureAsync);

    private static async Task MeasureAsync(string folder)
    {
        var target = new SshTarget { Host = "cluster", ConfigFile = Path.Combine(folder, "client", "ssh_config") };
        var there = Path.Combine(folder, "work");
        var config = new ClusterConfig { Name = "benchmark", Transport = TransportKind.Openssh, Ssh = target, Scheduler = SchedulerKind.Slurm, WorkDirectory = there, Engines = ImmutableSortedDictionary<string, EngineConfig>.Empty };
        await using var openSsh = new Cluster(config, () => new OpenSshTransport(target, TimeProvider.System), TimeProvider.System, Random.Shared);
        await using var sshNet = new Cluster(config, () => new SshTransport(target, TimeProvider.System), TimeProvider.System, Random.Shared);
        var script = Encoding.UTF8.GetBytes("#!/bin/sh\n#SBATCH --hold --job-name=benchmark --output=out --mem=1\nsleep 1\n");
        var submitted = new List<double[]>();
        var jobs = Array.Empty<SubmittedJob>();
        for (var round = 0; round < Rounds; round++)
        {
            var row = new double[3];
            // Each goes first in turn: Slurm is slower while it remembers jobs that ended.
            for (var i = 0; i < row.Length; i++)
            {
                var turn = (round + i) % row.Length;
                await EmptyAsync(openSsh);
                var names = await FoldersAsync(openSsh, $"{there}/{round}-{turn}", script);
                if (turn == 0)
                {
                    row[turn] = await SecondsAsync(() => openSsh.CommandAsync($"for d in {there}/{round}-{turn}/*; do cd \"$d\" && sbatch --parsable {Script} || exit; done", "a loop", CancellationToken.None));
                    continue;
                }
                var cluster = turn == 1 ? openSsh : sshNet;
                await cluster.CommandAsync(":", "logging in", CancellationToken.None);
                jobs = [];
                row[turn] = await SecondsAsync(async () =>
                {
                    foreach (var batch in names.Chunk(Together))
                    {
                        var answers = await cluster.SubmitAsync(batch, Script, CancellationToken.None);
                        jobs = [.. jobs, .. answers.Select((answer, i) => new SubmittedJob(((SubmitAnswer.Accepted)answer).Id, batch[i]))];
                    }
                });
            }
            submitted.Add(row);
        }
        var rates = Enumerable.Range(0, 3).Select(i => Jobs / Median(submitted.Select(row => row[i]))).ToArray();
        Console.WriteLine("| 1,000 jobs | jobs/s | of the loop |\n|---|---:|---:|");
        foreach (var (name, rate) in new[] { "a loop of sbatch on the cluster", "a hundred to a command, openssh", "a hundred to a command, ssh" }.Zip(rates))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rate:F1} | {rate / rates[0]:F2} |"));

        var looks = new List<double[]>();
        for (var look = 0; look < Looks; look++)
        {
            // The command that is asked, on the cluster itself: its time without any connection.
            var alone = await openSsh.CommandAsync($"a=$(date +%s%N)\n{config.CreateScheduler().QueueCommand} >/dev/null\nb=$(date +%s%N)\necho $((b - a))", "squeue alone", CancellationToken.None);
            var row = new List<double> { double.Parse(alone.Output, CultureInfo.InvariantCulture) / 1e9 };
            foreach (var cluster in new[] { openSsh, sshNet })
                row.Add(await SecondsAsync(async () =>
                {
                    var poll = await cluster.PollAsync(jobs, CancellationToken.None);
                    // Those of the last round, cancelled, are listed for a while.
                    if (poll.Queue.Jobs?.Count(job => !job.IsOver) != Jobs) throw new InvalidOperationException($"The poll tells of {poll.Queue.Jobs?.Length} jobs: {poll.Queue.Problem}");
                }));
            looks.Add([.. row]);
        }
        var times = Enumerable.Range(0, 3).Select(i => 1000 * Median(looks.Select(row => row[i]))).ToArray();
        Console.WriteLine("\n| a look at 1,000 jobs | ms | beyond squeue, ms |\n|---|---:|---:|");
        foreach (var (name, time) in new[] { "squeue alone", "openssh", "ssh" }.Zip(times))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {time:F0} | {time - times[0]:F0} |"));
    }

    /// <summary>Folders of jobs that were not there before, as those of a run are.</summary>
    private static async Task<string[]> FoldersAsync(Cluster cluster, string folder, byte[] script)
    {
        string[] names = [.. Enumerable.Range(0, Jobs).Select(i => string.Create(CultureInfo.InvariantCulture, $"{folder}/0123456789abcdef-job{i:0000}"))];
        await cluster.CommandAsync(string.Join('\n', names.Select(name => $"mkdir -p {name}; printf '%s' '{Encoding.UTF8.GetString(script)}' >{name}/{Script}")), "making folders", CancellationToken.None);
        return names;
    }

    private static async Task EmptyAsync(Cluster cluster) =>
        await cluster.CommandAsync("scancel -u \"$(id -un)\"; while squeue -h -u \"$(id -un)\" | grep -q .; do sleep 0.5; done", "emptying the queue", CancellationToken.None);

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
