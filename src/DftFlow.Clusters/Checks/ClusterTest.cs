using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Checks;

/// <summary>Tries all that calculations on a cluster need, one after the other, and leaves nothing behind there but the work directory.</summary>
/// <param name="transport">To the cluster; whoever made it disposes of it.</param>
/// <param name="doing">Hears what is being tried, from the moment on that the connection stands.</param>
public sealed partial class ClusterTest(ClusterConfig cluster, ITransport transport, TimeProvider time, Action<string>? doing = null)
{
    private const int TransferBytes = 8_000_000;
    private const double LargestClockDifferenceS = 60;
    private const long LeastFreeMib = 1024;

    private readonly RemoteShell shell = new(transport, time);
    private readonly IScheduler scheduler = cluster.CreateScheduler();
    private readonly List<CheckResult> checks = [];
    private readonly string name = "dft" + RandomNumberGenerator.GetHexString(8, lowercase: true);
    private ClusterProfile profile = new()
    {
        Cluster = cluster.Name,
        Destination = transport.Destination,
        Transport = cluster.Transport,
        Scheduler = cluster.Scheduler,
        TestedAt = time.GetUtcNow(),
    };

    /// <param name="withJob">Whether a one-line job goes through the queue.</param>
    public async Task<ClusterProfile> RunAsync(bool withJob, CancellationToken cancellationToken)
    {
        await CheckAsync("connection", ConnectAsync, cancellationToken);
        if (!profile.Connected) return Finished();
        await CheckAsync("shell", ShellAsync, cancellationToken);
        await CheckAsync("scheduler", VersionAsync, cancellationToken);
        if (checks[^1].State == CheckState.Ok)
        {
            await CheckAsync("queue", QueueAsync, cancellationToken);
            await CheckAsync("history", HistoryAsync, cancellationToken);
        }
        await CheckAsync("clock", ClockAsync, cancellationToken);
        await CheckAsync("round trip", RoundTripAsync, cancellationToken);
        await CheckAsync("work directory", WorkDirectoryAsync, cancellationToken);
        await CheckAsync("quota", QuotaAsync, cancellationToken);
        var inJob = await FilesAndJobAsync(withJob, cancellationToken);
        foreach (var (engine, config) in cluster.Engines)
            await CheckAsync($"engine {engine}", token => EngineAsync(engine, config, inJob?.GetValueOrDefault(engine), token), cancellationToken);
        foreach (var (engine, config) in cluster.Engines)
            if (config.Potentials is { } library) await CheckAsync($"potentials of {engine}", token => PotentialsAsync($"potentials of {engine}", library, token), cancellationToken);
        return Finished();
    }

    private ClusterProfile Finished() => profile with { Checks = [.. checks], Passed = checks.All(check => check.State != CheckState.Problem) };

    private async Task<CheckResult> ConnectAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var reply = await shell.RunAsync(new RemoteScript("uname -srm; id -un") { What = "logging in" }, cancellationToken);
        var lines = reply.Output.Split('\n');
        profile = profile with { Connected = true, System = lines[0] };
        return Ok("connection", Text($"{transport.Destination}, as {(lines.Length > 1 ? lines[1] : "?")}, in {time.GetElapsedTime(began).TotalSeconds:0.0} s: {lines[0]}"));
    }

    private async Task<CheckResult> ShellAsync(CancellationToken cancellationToken)
    {
        const string Look =
            """
            for p in cat cut date df find head ls mkdir mv printf rm rmdir sed tail tr uname wc timeout; do
                command -v "$p" >/dev/null 2>&1 || printf '%s\n' "$p"
            done
            """;
        var reply = await shell.RunAsync(new RemoteScript(Look) { What = "looking for programs" }, cancellationToken);
        var tools = await RemoteTools.ProbeAsync(shell, cancellationToken);
        profile = profile with { Sha256Command = tools.Sha256, HasGzip = tools.Gzip, HasTar = tools.Tar };
        var missing = reply.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        string[] without = [.. missing.Remove("timeout") ? ["timeout"] : (string[])[], .. tools.Sha256 is null ? ["sha256sum"] : (string[])[], .. tools.Gzip ? (string[])[] : ["gzip"], .. tools.Tar ? (string[])[] : ["tar"]];
        if (missing.Count > 0) return new("shell", CheckState.Problem, $"not there: {string.Join(", ", missing)}", "See the PATH that the account has for commands over ssh.");
        return without.Length == 0
            ? Ok("shell", "/bin/sh with all programs" + (reply.Noise.Trim().Length > 0 ? "; what start-up files print is told apart" : ""))
            : new("shell", CheckState.Warning, $"/bin/sh; it is done without {string.Join(", ", without)}", "Transfers are slower or less certain without them; nothing else depends on them.");
    }

    private async Task<CheckResult> VersionAsync(CancellationToken cancellationToken)
    {
        var reply = await RunAsync(scheduler.VersionCommand, "asking for the version", cancellationToken);
        if (reply.ExitStatus != 0)
            return new("scheduler", CheckState.Problem, $"{scheduler.Name}: {Said(reply)}", "Add what brings its commands, as in login-setup: [. /etc/profile], or correct 'scheduler'.");
        profile = profile with { SchedulerVersion = reply.Output.Trim() };
        return Ok("scheduler", $"{scheduler.Name}: {reply.Output.Trim()}");
    }

    private async Task<CheckResult> QueueAsync(CancellationToken cancellationToken)
    {
        var queue = scheduler.ReadQueue(await RunAsync(scheduler.QueueCommand, "asking the queue", cancellationToken));
        if (queue.Jobs is not { } jobs) return new("queue", CheckState.Problem, $"no answer: {queue.Problem}", "The batch system may be overloaded or in maintenance.");
        var count = Text($"{jobs.Count(job => !job.IsOver)} jobs of yours");
        return queue.UnknownWords.IsEmpty ? Ok("queue", count) : new("queue", CheckState.Warning, $"{count}; unknown states: {string.Join(", ", queue.UnknownWords)}", "Please report the words: such jobs are left alone.");
    }

    private async Task<CheckResult> HistoryAsync(CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - TimeSpan.FromDays(1);
        var history = scheduler.ReadHistory(await RunAsync(scheduler.SearchCommand(name, since), "asking the accounting", cancellationToken));
        profile = profile with { HasHistory = history.Jobs is not null };
        return history.Jobs is not null
            ? Ok("history", "the batch system tells of jobs that have ended")
            : new("history", CheckState.Warning, $"none: {history.Problem}", "Ended jobs are known by the record that each leaves in its folder; why a job was killed may stay unknown.");
    }

    private async Task<CheckResult> ClockAsync(CancellationToken cancellationToken)
    {
        var (before, began) = (time.GetUtcNow(), time.GetTimestamp());
        var reply = await shell.RunAsync(new RemoteScript("date +%s") { What = "asking for the time" }, cancellationToken);
        var took = time.GetElapsedTime(began);
        if (!long.TryParse(reply.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var theirs) || theirs > 253_402_300_799)
            return new("clock", CheckState.Warning, $"date +%s says: {Said(reply)}", "Times of jobs cannot be compared with this machine's.");
        // A second that has begun counts as half of it.
        var difference = (DateTimeOffset.FromUnixTimeSeconds(theirs).AddSeconds(0.5) - (before + took / 2)).TotalSeconds;
        profile = profile with { ClockDifferenceS = Math.Round(difference, 1) };
        if (Math.Abs(difference) <= 1 + took.TotalSeconds) return Ok("clock", "the same as here, to a second or so");
        var words = Text($"{Math.Abs(difference):0} s {(difference > 0 ? "ahead of" : "behind")} this machine's");
        return Math.Abs(difference) > LargestClockDifferenceS ? new("clock", CheckState.Warning, words, "Set this machine's clock by the network (NTP), or tell the administrators about theirs.") : Ok("clock", words);
    }

    private async Task<CheckResult> RoundTripAsync(CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var began = time.GetTimestamp();
            await shell.RunAsync(new RemoteScript("true") { What = "measuring the round trip" }, cancellationToken);
            times.Add(time.GetElapsedTime(began).TotalMilliseconds);
        }
        var median = times.Order().ElementAt(2);
        profile = profile with { RoundTripMs = Math.Round(median, 1) };
        return Ok("round trip", Text($"{median:0} ms for a command"));
    }

    private async Task<CheckResult> WorkDirectoryAsync(CancellationToken cancellationToken)
    {
        if (cluster.WorkDirectory is not { } directory) return new("work directory", CheckState.Skipped, "calculations lie in the workspace on this machine");
        var script =
            $"""
            d={RemotePath.ToShell(directory)}
            mkdir -p -- "$d" && CDPATH= cd -- "$d" || exit 3
            f=.{name}
            printf '%s\n' {name} >"$f" && IFS= read -r back <"$f" && [ "$back" = {name} ]
            s=$?
            rm -f -- "$f"
            [ "$s" = 0 ] || exit 4
            printf '%s\n' "$PWD"
            df -Pk . | tail -n 1
            """;
        var reply = await RunAsync(script, "trying the work directory", cancellationToken);
        var lines = reply.Output.Split('\n');
        if (reply.ExitStatus != 0 || lines.Length < 2 || !lines[0].StartsWith('/'))
            return new("work directory", CheckState.Problem, $"{directory}: {Said(reply)}", reply.ExitStatus == 4
                ? "Is the file system full, or your quota used up?" : "Name a folder under 'work-directory' that the account may make and write to, on a file system that compute nodes see.");
        long? free = lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var kib, ..] && long.TryParse(kib, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number / 1024 : null;
        profile = profile with { WorkDirectory = lines[0], FreeMib = free };
        var words = $"{lines[0]}, writable{(free is { } mib ? Text($", {mib / 1024.0:0.0} GiB free") : "")}";
        return free < LeastFreeMib ? new("work directory", CheckState.Warning, words, "Make room: calculations that meet a full file system fail.") : Ok("work directory", words);
    }

    private async Task<CheckResult> QuotaAsync(CancellationToken cancellationToken)
    {
        var reply = await RunAsync("command -v quota >/dev/null 2>&1 || exit 9\nquota -s 2>&1 | head -n 50", "asking for the quota", cancellationToken);
        if (reply.ExitStatus == 9) return new("quota", CheckState.Skipped, "the command 'quota' is not there");
        // quota(1) marks what is over its limit with a star behind the number.
        return OverQuota().IsMatch(reply.Output)
            ? new("quota", CheckState.Problem, $"used up: {string.Join("; ", reply.Output.Split('\n').Where(line => OverQuota().IsMatch(line)).Select(line => Blanks().Replace(line.Trim(), " ")))}", "Remove files there, or ask for more.")
            : Ok("quota", "within its limits, as far as quota tells");
    }

    /// <returns>What the job says of each engine; null where no job has told.</returns>
    private async Task<IReadOnlyDictionary<string, RemoteReply>?> FilesAndJobAsync(bool withJob, CancellationToken cancellationToken)
    {
        if (profile.WorkDirectory is not { } directory)
        {
            checks.Add(new("job", CheckState.Skipped, cluster.IsThisMachine ? "calculations are processes of DftFlow" : "there is no work directory for it"));
            return null;
        }
        var folder = $"{directory.TrimEnd('/')}/{name}";
        var files = new RemoteFiles(shell, new(profile.Sha256Command, profile.HasGzip == true, profile.HasTar == true));
        try
        {
            await CheckAsync("bandwidth", token => BandwidthAsync(files, folder, token), cancellationToken);
            if (!withJob || profile.SchedulerVersion is null)
            {
                checks.Add(new("job", CheckState.Skipped, withJob ? "there is no scheduler for it" : "left out"));
                return null;
            }
            var job = new TestJob(cluster, shell, files, folder, name, time, text => doing?.Invoke(text));
            await CheckAsync("job", job.RunAsync, cancellationToken);
            profile = profile with { JobS = job.Took is { } took ? Math.Round(took.TotalSeconds, 1) : null };
            return job.Engines;
        }
        finally
        {
            await RemoveAsync(files, folder);
        }
    }

    private async Task<CheckResult> BandwidthAsync(RemoteFiles files, string folder, CancellationToken cancellationToken)
    {
        var here = Directory.CreateTempSubdirectory("dftflow-").FullName;
        try
        {
            var (up, down) = (Path.Combine(here, "up"), Path.Combine(here, "down"));
            await File.WriteAllBytesAsync(up, RandomNumberGenerator.GetBytes(TransferBytes), cancellationToken);
            var began = time.GetTimestamp();
            await files.PutAsync(up, folder + "/data", null, cancellationToken);
            var upload = TransferBytes / 1e6 / time.GetElapsedTime(began).TotalSeconds;
            began = time.GetTimestamp();
            await files.GetAsync(folder + "/data", down, null, cancellationToken);
            var download = TransferBytes / 1e6 / time.GetElapsedTime(began).TotalSeconds;
            var (sent, back) = (await File.ReadAllBytesAsync(up, cancellationToken), await File.ReadAllBytesAsync(down, cancellationToken));
            if (!sent.AsSpan().SequenceEqual(back))
                return new("bandwidth", CheckState.Problem, "8 MB came back changed", "Files are damaged on the way or on the cluster's disks: tell the administrators.");
            profile = profile with { UploadMbPerS = Math.Round(upload, 1), DownloadMbPerS = Math.Round(download, 1) };
            return Ok("bandwidth", Text($"{upload:0.0} MB/s up, {download:0.0} MB/s down (8 MB)"));
        }
        finally
        {
            Directory.Delete(here, recursive: true);
        }
    }

    private async Task<CheckResult> EngineAsync(string engine, EngineConfig config, RemoteReply? inJob, CancellationToken cancellationToken)
    {
        if (inJob is not null) return EngineCheck.Read($"engine {engine}", config, inJob, "in a job", certain: true);
        var script = new RemoteScript(LoginShell.Lines(cluster, EngineCheck.Lines(cluster, config))) { What = $"looking for {config.Command[0]}", Silence = EngineCheck.Limit * 1.5 };
        var onThisHost = cluster.Scheduler == SchedulerKind.Direct;
        return EngineCheck.Read($"engine {engine}", config, await shell.RunAsync(script, cancellationToken), cluster.IsThisMachine ? "here" : onThisHost ? "there" : "on the login node", certain: onThisHost);
    }

    private async Task<CheckResult> PotentialsAsync(string check, string library, CancellationToken cancellationToken)
    {
        var script =
            $"""
            CDPATH= cd -- {RemotePath.ToShell(library)} && ls >/dev/null || exit 3
            n=0 closed=
            for f in */POTCAR */POTCAR.gz */POTCAR.Z */POTCAR.bz2 */*/POTCAR */*/POTCAR.gz */*/POTCAR.Z */*/POTCAR.bz2; do
                [ -e "$f" ] || continue
                if [ -r "$f" ]; then n=$((n + 1)); else closed=$f; fi
            done
            printf '%s\n' "$n" "$closed"
            """;
        var reply = await RunAsync(script, "looking at the POTCAR library", cancellationToken);
        if (reply.ExitStatus != 0 || reply.Output.Split('\n') is not [var number, var closed, ..])
            return new(check, CheckState.Problem, $"{library}: {Said(reply)}", "Name the library's folder under 'potentials'; the account needs the right to read it.");
        if (number == "0")
            return new(check, CheckState.Problem, closed.Length > 0 ? $"{library}: {closed} may not be read" : $"{library} has no folders with a POTCAR", "Name the folder that has one folder for each potential; reading them is often a matter of a group.");
        return closed.Length > 0
            ? new(check, CheckState.Warning, $"{library}: {number} potentials; {closed} may not be read", "Ask for the right to read them all.")
            : Ok(check, $"{library}: {number} potentials");
    }

    private async Task RemoveAsync(RemoteFiles files, string folder)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
        try
        {
            await files.RemoveFolderAsync(folder, name, limit.Token);
        }
        catch (Exception error) when (error is DftFlowException or OperationCanceledException)
        {
            checks.Add(new("tidying up", CheckState.Warning, $"{folder} could not be removed: {error.Message}", "Remove it by hand."));
        }
    }

    /// <summary>One row of the table, also where it fails.</summary>
    private async Task CheckAsync(string check, Func<CancellationToken, Task<CheckResult>> attempt, CancellationToken cancellationToken)
    {
        if (await TryAsync(check, () => attempt(cancellationToken)) is { } result) checks.Add(result);
    }

    private async Task<T?> TryAsync<T>(string check, Func<Task<T>> attempt) where T : class
    {
        if (profile.Connected) doing?.Invoke($"checking: {check}");
        try
        {
            return await attempt();
        }
        catch (DftFlowException error)
        {
            checks.Add(new(check, CheckState.Problem, $"{error.Code}: {error.Message}", error.Hint));
            return null;
        }
    }

    private Task<RemoteReply> RunAsync(string lines, string what, CancellationToken cancellationToken) =>
        shell.RunAsync(new RemoteScript(LoginShell.Lines(cluster, lines)) { What = what }, cancellationToken);

    private static CheckResult Ok(string check, string result) => new(check, CheckState.Ok, result);

    private static string Said(RemoteReply reply) => reply.Said is { Length: > 0 } said ? said : Text($"nothing (exit status {reply.ExitStatus})");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\b\d+[KMGTP]?\*")]
    private static partial Regex OverQuota();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
