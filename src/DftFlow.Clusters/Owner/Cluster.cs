using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Clusters.Checks;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Potentials;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Owner;

/// <summary>A job as the cluster's owner follows it.</summary>
/// <param name="Id">As the batch system answered its submission.</param>
/// <param name="Directory">The absolute path of its folder on the cluster.</param>
public sealed record SubmittedJob(string Id, string Directory);

/// <summary>A text file that a job appends to, and how much of it is known.</summary>
public sealed record GrowingText(string Path, long KnownBytes);

/// <summary>What is known of jobs after a look.</summary>
/// <param name="Queue">What the queue said; its absence is not the absence of jobs.</param>
/// <param name="Ends">By the job's folder: what jobs wrote of their own end.</param>
/// <param name="Grown">By its path: what a growing file has besides what was known; it may end within a line.</param>
public sealed record Poll(QueueAnswer Queue, ImmutableDictionary<string, JobEnd> Ends, ImmutableDictionary<string, string> Grown);

/// <param name="Output">The end of what the batch system and the job script said.</param>
/// <param name="NoRoom">DF4301, DF4302: the disk is full or the quota used up; else null.</param>
public sealed record LastWords(string Output, DftFlowException? NoRoom);

/// <summary>
/// The one owner of all work on a cluster: one connection for commands and one for files, one command at a time on each, so that
/// a cluster sees no more of us however many jobs there are. All that goes over them passes one circuit breaker.
/// </summary>
public sealed class Cluster : IAsyncDisposable
{
    private const string SubmitFile = "dftflow-submit";
    private const int AnswersAtOnce = 10;
    private const int MostGrownBytes = 1 << 15;

    private readonly ITransport commandTransport;
    private readonly ITransport fileTransport;
    private readonly RemoteShell commands;
    private readonly RemoteShell filesShell;
    private readonly SemaphoreSlim commandTurn = new(1);
    private readonly SemaphoreSlim fileTurn = new(1);
    private readonly TokenBucket submissions;
    private readonly IScheduler scheduler;
    private RemoteTools? tools;
    private string? workDirectory;

    /// <param name="connect">Makes a connection; it is asked twice, for commands and for files.</param>
    public Cluster(ClusterConfig config, Func<ITransport> connect, TimeProvider time, Random random)
    {
        Config = config;
        commandTransport = connect();
        fileTransport = connect();
        commands = new RemoteShell(commandTransport, time);
        filesShell = new RemoteShell(fileTransport, time);
        submissions = new TokenBucket(config.Limits.SubmissionsPerMinute, time);
        scheduler = config.CreateScheduler();
        Breaker = new CircuitBreaker(time, random);
    }

    public ClusterConfig Config { get; }

    public CircuitBreaker Breaker { get; }

    /// <summary>The absolute path of the folder for jobs, which is made where it is not there.</summary>
    /// <exception cref="DftFlowException">DF4021: it cannot be had; or one of <see cref="ConnectionFailures"/>.</exception>
    public async Task<string> WorkDirectoryAsync(CancellationToken cancellationToken)
    {
        if (workDirectory is { } known) return known;
        var asked = Config.WorkDirectory ?? throw new InvalidOperationException("The cluster has no work directory.");
        var reply = await CommandAsync($"mkdir -p -- {RemotePath.ToShell(asked)} && cd -- {RemotePath.ToShell(asked)} && pwd -P && [ -w . ]", "finding the work directory", cancellationToken);
        if (reply.ExitStatus != 0 || reply.Output.Trim() is not ['/', ..] path)
            throw new DftFlowException("DF4021", $"The work directory {asked} of '{Config.Name}' cannot be used.{(reply.Said.Length == 0 ? "" : $"\nIt said:\n{reply.Said}")}",
                "Name a folder in the cluster's configuration that the account may write to.", file: Config.File);
        return workDirectory = path;
    }

    /// <summary>Runs lines of shell, with the configuration's login setup and variables before them.</summary>
    public Task<RemoteReply> CommandAsync(string lines, string what, CancellationToken cancellationToken) => RunAsync(new RemoteScript(LoginShell.Lines(Config, lines)) { What = what }, cancellationToken);

    private Task<RemoteReply> RunAsync(RemoteScript script, CancellationToken cancellationToken) => TurnAsync(commandTurn, () => commands.RunAsync(script, cancellationToken), cancellationToken);

    /// <summary>Does something with files, when it is its turn.</summary>
    public Task<T> FilesAsync<T>(Func<RemoteFiles, Task<T>> work, CancellationToken cancellationToken) =>
        TurnAsync(fileTurn, async () => await work(new RemoteFiles(filesShell, await ToolsAsync(cancellationToken), Config.Files.Compress)), cancellationToken);

    /// <summary>Removes a job's folder; true where it was there or not.</summary>
    public Task<bool> RemoveFolderAsync(string directory, CancellationToken cancellationToken) => FilesAsync(async files =>
    {
        await files.RemoveFolderAsync(directory, directory[(directory.LastIndexOf('/') + 1)..], cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Does something with a POTCAR library of the cluster, when it is its turn.</summary>
    public Task<T> PotentialsAsync<T>(string library, Func<PotentialLibrary, Task<T>> work, CancellationToken cancellationToken) =>
        TurnAsync(fileTurn, async () => await work(new PotentialLibrary(filesShell, await ToolsAsync(cancellationToken), library, LoginShell.Lines(Config, ""))), cancellationToken);

    private async Task<RemoteTools> ToolsAsync(CancellationToken cancellationToken) => tools ??= await RemoteTools.ProbeAsync(filesShell, cancellationToken);

    /// <summary>How many more jobs may be submitted now, by the rate that the configuration allows.</summary>
    public TokenBucket Submissions => submissions;

    /// <summary>
    /// Submits the job scripts in these folders, in one command. Each answer is kept in its folder as <c>dftflow-submit</c> before it
    /// is told, so that it can be read there where the connection breaks in between.
    /// </summary>
    /// <returns>For each folder what became of it; Unknown where the reply does not tell.</returns>
    public async Task<ImmutableArray<SubmitAnswer>> SubmitAsync(IReadOnlyList<string> directories, string scriptFile, CancellationToken cancellationToken)
    {
        var script = new CompoundScript();
        // The answer is written where a block was taken before anything was submitted, so that a disk that fills up cannot lose it. No
        // process is begun besides the one that submits, one file takes the errors of all until they are told, and several answers are
        // told at one stroke, since each wakes both ends: batch systems take a few milliseconds for a job, and so would all this.
        var (begin, end) = CompoundScript.Around("out$1");
        script.AddRaw($"errors=\nall=\nkeep() {{ all=$all\"{begin}\"; while IFS= read -r l; do all=$all$l'\n'; done <{SubmitFile}; all=$all'{end}'; }}");
        foreach (var (i, directory) in directories.Index())
        {
            script.AddRaw(string.Create(CultureInfo.InvariantCulture,
                $$"""
                if cd -- {{Sh.Quote(directory)}} && if [ -z "$errors" ]; then true >dftflow-submit-errors && errors=$PWD/dftflow-submit-errors; fi && echo answer >{{SubmitFile}}; then
                    { {{scheduler.SubmitCommand(scriptFile)}}
                    r=$?; printf '\nstatus %s\nend\n' "$r"; } >>{{SubmitFile}} 2>>"$errors"
                    keep {{i}}
                    if [ -s "$errors" ]; then {{CompoundScript.Part($"err{i}", "cat \"$errors\"")}}; true >"$errors"; fi
                else
                    {{CompoundScript.Part($"gone{i}", $"[ -d {Sh.Quote(directory[..directory.LastIndexOf('/')])}/. ] && ! [ -e {Sh.Quote(directory)} ]")}}
                fi
                """));
            if (i % AnswersAtOnce == AnswersAtOnce - 1 || i == directories.Count - 1) script.AddRaw("printf %s \"$all\"\nall=");
        }
        RemoteReply reply;
        try
        {
            // A busy batch system may take half a minute for each.
            reply = await RunAsync(new RemoteScript(LoginShell.Lines(Config, script.ToString()))
            {
                What = "submitting jobs",
                Silence = TimeSpan.FromSeconds(60 + 30 * AnswersAtOnce),
                Longest = TimeSpan.FromSeconds(60 + 30 * directories.Count),
            }, cancellationToken);
        }
        catch (DftFlowException error) when (error.Code is "DF4002" or "DF4003" or "DF4004" or "DF4005")
        {
            return [.. directories.Select(_ => new SubmitAnswer.Unknown(error.Message))];
        }
        var parts = CompoundScript.Read(reply);
        return [.. directories.Select((directory, i) => Kept(Part("out", i)) is { } told ? scheduler.ReadSubmit(told with { Error = Part("err", i)?.Output ?? "" })
            : Part("gone", i) switch
            {
                null => new SubmitAnswer.Unknown($"The reply does not tell of it. {reply.Said}".Trim()),
                { ExitStatus: 0 } => new SubmitAnswer.Refused($"The job's folder {directory} is not there any more."),
                _ => new SubmitAnswer.Unavailable($"The job's folder {directory} cannot be entered or written. {reply.Said}".Trim()),
            })];

        RemoteReply? Part(string key, int i) => parts.GetValueOrDefault(Invariant($"{key}{i}"));
    }

    /// <summary>Where the reply to a submission was lost, its folder may tell the id: by the answer that was kept, or by what the job wrote when it began.</summary>
    /// <returns>Folder → id. A folder that is not among them says nothing: the job may wait, or be submitted just now.</returns>
    public async Task<ImmutableDictionary<string, string>> SubmittedAsync(IReadOnlyCollection<string> directories, CancellationToken cancellationToken)
    {
        var script = new CompoundScript();
        foreach (var (i, directory) in directories.Index())
        {
            script.Add(Invariant($"answer{i}"), $"cat {Sh.Quote($"{directory}/{SubmitFile}")} 2>/dev/null");
            script.Add(Invariant($"start{i}"), $"cat {Sh.Quote($"{directory}/dftflow-start")} 2>/dev/null");
        }
        var parts = CompoundScript.Read(await CommandAsync(script.ToString(), "looking for answers to submissions", cancellationToken));
        return directories.Select((directory, i) => (directory, Id: Accepted(Kept(Part("answer", i))) ?? Began(Part("start", i)?.Output))).Where(told => told.Id is not null)
            .ToImmutableDictionary(told => told.directory, told => told.Id!);

        RemoteReply? Part(string key, int i) => parts.GetValueOrDefault(Invariant($"{key}{i}"));

        string? Accepted(RemoteReply? answer) => answer is { ExitStatus: 0 } && scheduler.ReadSubmit(answer) is SubmitAnswer.Accepted accepted ? accepted.Id : null;

        static string? Began(string? text) => text is not null && text.EndsWith("\nend\n", StringComparison.Ordinal)
            && text.Split('\n').FirstOrDefault(line => line.StartsWith("job ", StringComparison.Ordinal)) is { Length: > 4 } line ? line[4..] : null;
    }

    /// <summary>What a submission's command said and how it ended, by the file that keeps it; null where that is not whole.</summary>
    private static RemoteReply? Kept(RemoteReply? file)
    {
        const string begin = "answer\n", status = "\nstatus ", end = "\nend\n";
        var text = (file?.Output ?? "").AsSpan();
        if (!text.StartsWith(begin) || !text.EndsWith(end)) return null;
        text = text[begin.Length..^end.Length];
        return text.LastIndexOf(status) is >= 0 and var at && int.TryParse(text[(at + status.Length)..], NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? new RemoteReply(code, text[..at].ToString(), "")
            : null;
    }

    /// <summary>Asks in one command for the state of all jobs, and for what those in these folders wrote of their end.</summary>
    /// <param name="growing">Files whose new bytes are wanted besides: a few, since each takes two processes.</param>
    public async Task<Poll> PollAsync(IReadOnlyList<SubmittedJob> jobs, CancellationToken cancellationToken, IReadOnlyList<GrowingText>? growing = null)
    {
        growing ??= [];
        var script = new CompoundScript();
        script.Add("queue", scheduler.QueueCommand);
        if (jobs.Count > 0)
            script.AddRaw($"i=0\nfor d in {string.Join(' ', jobs.Select(job => Sh.Quote(job.Directory)))}; do\nif [ -f \"$d/{JobEnd.FileName}\" ]; then {CompoundScript.Part("\"end$i\"", $"cat \"$d/{JobEnd.FileName}\"")}; fi\ni=$((i + 1))\ndone");
        foreach (var (file, i) in growing.Select((file, i) => (file, i)))
            script.AddRaw(string.Create(CultureInfo.InvariantCulture,
                $"f={Sh.Quote(file.Path)}; if [ -f \"$f\" ]; then {CompoundScript.Part($"grown{i}", $"tail -c +{file.KnownBytes + 1} \"$f\" | head -c {MostGrownBytes}")}; fi"));
        var reply = await CommandAsync(script.ToString(), "asking for the jobs", cancellationToken);
        var parts = CompoundScript.Read(reply);
        var queue = parts.TryGetValue("queue", out var told)
            ? scheduler.ReadQueue(told with { Error = reply.Error })
            : new QueueAnswer(null, $"The queue's answer is not there. {reply.Said}".Trim());
        var ends = jobs.Select((job, i) => (job, End: parts.TryGetValue(Invariant($"end{i}"), out var end) ? JobEnd.Read(end.Output) : null))
            // A folder may hold the record of an earlier job.
            .Where(pair => pair.End is not null && SameJob(pair.End.JobId, pair.job.Id))
            .ToImmutableDictionary(pair => pair.job.Directory, pair => pair.End!);
        var grown = growing.Select((file, i) => (file, Part: parts.GetValueOrDefault(FormattableString.Invariant($"grown{i}")))).Where(pair => pair.Part is not null)
            .ToImmutableDictionary(pair => pair.file.Path, pair => pair.Part!.Output);
        return new(queue, ends, grown);
    }

    /// <summary>Asks what became of jobs that the queue no longer lists.</summary>
    public async Task<QueueAnswer> HistoryAsync(IReadOnlyCollection<string> ids, DateTimeOffset since, CancellationToken cancellationToken) =>
        scheduler.ReadHistory(await CommandAsync(scheduler.HistoryCommand(ids, since), "asking for jobs that ended", cancellationToken));

    /// <summary>Asks for jobs of a name that the queue no longer lists.</summary>
    public async Task<QueueAnswer> SearchAsync(string name, DateTimeOffset since, CancellationToken cancellationToken) =>
        scheduler.ReadHistory(await CommandAsync(scheduler.SearchCommand(name, since), "looking for a job", cancellationToken));

    /// <summary>What is left of a job that did not tell of its end: what was said in its output, and whether its folder can take no more.</summary>
    public async Task<LastWords> LastWordsAsync(SubmittedJob job, CancellationToken cancellationToken)
    {
        var reply = await CommandAsync($"cd -- {Sh.Quote(job.Directory)} || exit\ntail -c 8192 {JobOutput.FileName} 2>/dev/null\nhead -c 4096 /dev/zero >dftflow-room\nrm -f dftflow-room", "reading a job's output", cancellationToken);
        var code = TransferFailures.Of(reply with { Output = "" }, "", "").Code;
        return new(reply.Output, code is "DF4301" or "DF4302"
            ? new DftFlowException(code, $"The job {job.Id} ended without telling how, and its folder {job.Directory} on {commandTransport.Destination} can take no more.\nIt said:\n{reply.Error.Trim()}",
                "Make room there ('df -h .' and 'quota -s' tell), or choose another work-directory in the cluster's configuration; then run the workflow again.")
            : null);
    }

    public async Task<CancelAnswer> CancelAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        ids.Count == 0 ? new(true) : scheduler.ReadCancel(await CommandAsync(scheduler.CancelCommand(ids), "cancelling jobs", cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await commandTransport.DisposeAsync();
        await fileTransport.DisposeAsync();
        commandTurn.Dispose();
        fileTurn.Dispose();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A job may know itself with its server's name, and be answered without it, or the other way round.</summary>
    private static bool SameJob(string one, string other) => one.Split('.')[0] == other.Split('.')[0];

    private async Task<T> TurnAsync<T>(SemaphoreSlim turn, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await Breaker.RunAsync(commandTransport.Destination, work);
        }
        finally
        {
            turn.Release();
        }
    }
}
