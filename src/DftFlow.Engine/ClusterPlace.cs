using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Clusters;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Owner;
using DftFlow.Clusters.Potentials;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;

namespace DftFlow.Engine;

/// <summary>
/// A cluster with a batch system, here or elsewhere: a calculation's files go to a folder of its own there, its job is submitted with
/// others, one question in each interval tells of all jobs, and what a job leaves comes home.
/// </summary>
internal sealed partial class ClusterPlace : IPlace
{
    private const string ScriptFile = "dftflow-job.sh";
    private const long SmallFileBytes = 4 << 20;
    private const int MostDamagedTries = 3;

    private readonly ClusterConfig config;
    private readonly TimeProvider time;
    private readonly Cluster cluster;
    private readonly IScheduler scheduler;
    private readonly (string Text, string Name) template;
    private readonly CancellationTokenSource ended = new();
    private readonly Task submitting;
    private readonly Task polling;

    public ClusterPlace(ClusterConfig config, ExecutionOptions options, TimeProvider time)
    {
        (this.config, this.time) = (config, time);
        cluster = new Cluster(config, () => config.CreateTransport(time, options.Prompt, options.LendTerminal), time, Random.Shared);
        scheduler = config.CreateScheduler();
        template = JobTemplates.Find(scheduler.Name, config.JobTemplate);
        submitting = Task.Run(SubmitAllAsync);
        polling = Task.Run(PollAllAsync);
    }

    public int Slots => config.Limits.Jobs;

    public int SlotsOf(int ranks) => 1;

    public int RanksOf(int asked) => asked;

    public Task EnsureReadyAsync(string engine, CancellationToken cancellationToken) => cluster.WorkDirectoryAsync(cancellationToken);

    public async Task<JobOutcome> RunAsync(PlacedCalculation placed, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(placed.Folder);
        var directory = $"{await cluster.WorkDirectoryAsync(cancellationToken)}/{name}";
        placed.Report("goes to the cluster");
        var submission = new Submission(directory, NameOfJob(name), placed.Report);
        string? id = null;
        JobOutcome? outcome = null;
        try
        {
            var potentials = await PatientlyAsync(() => StageAsync(placed, directory, cancellationToken), placed.Report, cancellationToken);
            await submissions.Writer.WriteAsync(submission, cancellationToken);
            id = await IdOfAsync(submission, cancellationToken);
            placed.Report($"is in the queue as {id}");
            outcome = await FollowAsync(new(new(id, directory), submission.Name, time.GetUtcNow(), placed), cancellationToken);
            placed.Report("comes home");
            await PatientlyAsync(() => FetchAsync(directory, placed, outcome.Exit, cancellationToken), placed.Report, cancellationToken);
            if (!config.Files.Keep) await PatientlyAsync(() => cluster.RemoveFolderAsync(directory, cancellationToken), placed.Report, cancellationToken);
            return outcome with { Potentials = potentials };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (outcome is not null) placed.Report($"has ended, and what it left stays in {directory} on the cluster");
            else if (id is not null || !submission.IsUnderWay) await AbandonAsync(id, directory, placed.Report);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await Task.WhenAll(submitting, polling);
        await cluster.DisposeAsync();
        ended.Dispose();
        cancelTurn.Dispose();
    }

    /// <summary>Writes the input files and the job script; puts POTCAR together there where the engine needs one, and answers what it is made of.</summary>
    private async Task<ImmutableArray<LibraryPotential>> StageAsync(PlacedCalculation placed, string directory, CancellationToken cancellationToken)
    {
        var engine = config.Engines[placed.Calculation.Engine];
        // A potential that is missing is told before anything is written.
        ImmutableArray<LibraryPotential> potentials = engine.Potentials is { } library
            ? (await cluster.PotentialsAsync(library, there => there.CheckAsync(placed.Calculation.Input.Potentials, cancellationToken), cancellationToken)).InOrder(placed.Calculation.Input.Potentials)
            : [];
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [ScriptFile] = Encoding.UTF8.GetBytes(JobScript.Render(template.Text, RequestOf(placed, engine, directory), template.Name)) };
        foreach (var file in Directory.GetFiles(placed.Folder)) files[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file, cancellationToken);
        await cluster.FilesAsync(async remote =>
        {
            await remote.PutManyAsync(files, directory, cancellationToken);
            return true;
        }, cancellationToken);
        if (engine.Potentials is { } path) await cluster.PotentialsAsync(path, there => there.AssembleAsync(potentials, directory, cancellationToken), cancellationToken);
        return potentials;
    }

    private JobRequest RequestOf(PlacedCalculation placed, EngineConfig engine, string directory) => new()
    {
        Name = NameOfJob(Path.GetFileName(placed.Folder)),
        Directory = directory,
        Command = engine.CommandFor(placed.Ranks),
        Nodes = config.Job.Nodes,
        Ranks = placed.Ranks,
        Threads = config.Job.Threads,
        Walltime = placed.Calculation.Walltime ?? config.Job.Walltime,
        MemoryMib = config.Job.MemoryMib,
        Queue = config.Job.Queue,
        Account = config.Job.Account,
        Qos = config.Job.Qos,
        ParallelEnvironment = config.Job.ParallelEnvironment,
        Options = config.Job.Options,
        Setup = config.Job.Setup,
        Modules = config.Job.Modules.AddRange(engine.Modules),
        Environment = config.Environment.SetItems(engine.Environment),
    };

    /// <summary>Short enough for every batch system, and no other attempt's.</summary>
    private static string NameOfJob(string attempt) => "df" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(attempt)))[..12];

    private async Task<bool> FetchAsync(string directory, PlacedCalculation placed, ProcessExit exit, CancellationToken cancellationToken)
    {
        var there = await cluster.FilesAsync(remote => remote.ListAsync(directory, cancellationToken), cancellationToken);
        // A job that fails before its program starts, as by a module that is not there, says so in the batch system's own output.
        bool IsOurs(string name) => name.StartsWith("dftflow-", StringComparison.Ordinal) && !(name == JobOutput.FileName && exit.Code != 0);
        var wanted = there.Where(file => config.Files.Fetches(file.Name) && !IsOurs(file.Name) && !File.Exists(Path.Combine(placed.Folder, file.Name)))
            .ToLookup(file => file.SizeBytes <= SmallFileBytes, file => file.Name);
        Task TakeAsync(Func<RemoteFiles, Task> take) => cluster.FilesAsync(async remote =>
        {
            await take(remote);
            return true;
        }, cancellationToken);
        await TakeAsync(remote => remote.GetManyAsync(directory, [.. wanted[true]], placed.Folder, cancellationToken));
        // A turn for each, so that other calculations' files come in between.
        foreach (var large in wanted[false])
            await TakeAsync(remote => remote.GetAsync($"{directory}/{large}", Path.Combine(placed.Folder, large), null, cancellationToken));
        return true;
    }

    /// <summary>Does what may be done twice, as often as the connection fails: a job of days is not lost to a bad night.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> work, Action<string?> report, CancellationToken cancellationToken)
    {
        for (var damaged = 0; ;)
        {
            try
            {
                return await work();
            }
            catch (DftFlowException error) when (MayPass(error) || error.Code == "DF4306" && ++damaged < MostDamagedTries)
            {
                report(error.Message.Split('\n')[0]);
            }
            var pause = cluster.Breaker.State.NextTry is { } next && next - time.GetUtcNow() is var longer && longer > config.Limits.Poll ? longer : config.Limits.Poll;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Whether it may be gone at the next try: the circuit breaker decides when that is.</summary>
    private static bool MayPass(DftFlowException error) =>
        ConnectionFailures.ClassOf(error) == FailureClass.Transient || error is { Code: "DF4020", InnerException: DftFlowException reason } && ConnectionFailures.ClassOf(reason) == FailureClass.Transient;
}
