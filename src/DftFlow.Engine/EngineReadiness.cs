using System.Collections.Immutable;
using DftFlow.Clusters;

namespace DftFlow.Engine;

/// <summary>Checks an engine before the first calculation that really has to run it, and installs it where that is allowed. Once each.</summary>
internal sealed class EngineReadiness(Workspace workspace, ClusterConfig cluster, ExecutionOptions options, TimeProvider time)
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromMinutes(2);
    private readonly Dictionary<string, Task> checks = [];

    /// <exception cref="DftFlowException">DF2001, DF2002: the engine cannot run.</exception>
    public Task EnsureAsync(string engine, CancellationToken cancellationToken)
    {
        lock (checks)
        {
            if (!checks.TryGetValue(engine, out var check))
                checks[engine] = check = CheckAsync(engine, cluster.Engines[engine], cancellationToken);
            return check;
        }
    }

    private async Task CheckAsync(string name, EngineConfig engine, CancellationToken cancellationToken)
    {
        var folder = workspace.NewAttempt("engine-check");
        try
        {
            if (await ProblemAsync(engine, folder, cancellationToken) is not { } problem) return;
            if (engine.Install.IsEmpty) throw Failures.EngineCannotRun(name, problem, install: null, installOutput: null);
            // With its folder, since a user's shell need not find what is found here.
            var program = LocalProcess.Find(engine.Install[0], folder, EnvironmentOf(cluster, engine)) ?? engine.Install[0];
            var install = string.Join(' ', engine.Install.SetItem(0, program).Select(Quote));
            if (!options.MayInstall) throw Failures.EngineCannotRun(name, problem, install, installOutput: null);
            var said = await InstallAsync(engine, folder, cancellationToken);
            if (await ProblemAsync(engine, folder, cancellationToken) is { } still) throw Failures.EngineCannotRun(name, still, install, said);
        }
        finally
        {
            Workspace.RemoveAttempt(folder);
        }
    }

    /// <summary>Why the engine cannot run; null where it can.</summary>
    private async Task<string?> ProblemAsync(EngineConfig engine, string folder, CancellationToken cancellationToken)
    {
        var environment = EnvironmentOf(cluster, engine);
        if (engine.Check.IsEmpty)
            return LocalProcess.Find(engine.Command[0], folder, environment) is null ? LocalProcess.NotFound(engine.Command[0], folder, environment).Message : null;
        using var limit = new CancellationTokenSource(CheckLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var output = Path.Combine(folder, "check.out");
        // What an earlier check said is appended to otherwise.
        File.Delete(output);
        try
        {
            var exit = await LocalProcess.RunAsync(new LocalCommand { Arguments = engine.Check, Directory = folder, OutputFile = "check.out", Environment = environment }, time, either.Token);
            return exit.Code == 0 ? null : $"its check ({string.Join(' ', engine.Check.Select(Quote))}) failed.{Failures.Said(Failures.Tail(output))}";
        }
        catch (DftFlowException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"its check ({string.Join(' ', engine.Check.Select(Quote))}) took longer than {CheckLimit.TotalMinutes:0} minutes.{Failures.Said(Failures.Tail(output))}";
        }
    }

    private async Task<string> InstallAsync(EngineConfig engine, string folder, CancellationToken cancellationToken)
    {
        var output = Path.Combine(folder, "install.out");
        var command = new LocalCommand { Arguments = engine.Install, Directory = folder, OutputFile = "install.out", Environment = EnvironmentOf(cluster, engine) };
        try
        {
            var running = LocalProcess.RunAsync(command, time, cancellationToken);
            var lines = new GrowingFile(output);
            do
            {
                await Task.WhenAny(running, Task.Delay(options.PollInterval, time, CancellationToken.None));
                foreach (var line in lines.NewLines().Split('\n', StringSplitOptions.RemoveEmptyEntries)) options.InstallOutput?.Invoke(line);
            }
            while (!running.IsCompleted);
            await running;
            return Failures.Tail(output);
        }
        catch (DftFlowException error)
        {
            return error.Message;
        }
    }

    internal static ImmutableSortedDictionary<string, string> EnvironmentOf(ClusterConfig cluster, EngineConfig engine)
    {
        var environment = cluster.Environment.SetItems(engine.Environment);
        // Ranks are counted as cores; a numerical library that starts threads on all cores in each of them would undo that.
        return environment.ContainsKey("OMP_NUM_THREADS") || Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null
            ? environment
            : environment.Add("OMP_NUM_THREADS", "1");
    }

    private static string Quote(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=:+,@%".Contains(c, StringComparison.Ordinal))
            ? argument
            : "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
