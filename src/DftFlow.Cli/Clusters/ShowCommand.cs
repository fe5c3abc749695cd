using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DftFlow.Cli.Analyze;
using DftFlow.Clusters;
using DftFlow.Clusters.Checks;
using DftFlow.Clusters.Transports;

namespace DftFlow.Cli.Clusters;

/// <summary>All that counts for a cluster: its configuration, what ~/.ssh/config adds, and what the last test found.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var name = ClusterCommand.NameArgument();
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("show", "Shows all that counts for a cluster, and what its last test found.") { name, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (ClusterCommand.Find(parsed.GetValue(name)!, parsed.GetValue(json)) is not { } cluster) return ExitStatus.BadRequest;
            var profile = await ProfileFile.ReadAsync(cluster.Name, cancellationToken);
            using var document = profile is null ? null : JsonDocument.Parse(profile);
            var answer = Answer(cluster, document?.RootElement);
            if (parsed.GetValue(json)) Output.Json(answer, ClusterJson.Default.ClusterShowAnswer);
            else Print(parsed.GetValue(name)!, answer, profile is null ? null : ClusterProfile.Read(profile));
            return ExitStatus.Done;
        });
        return command;
    }

    // Of variables the names alone: their values may be what nobody else should see.
    private static ClusterShowAnswer Answer(ClusterConfig cluster, JsonElement? profile) => new(
        cluster.Name, cluster.Description, cluster.File, ClusterCommand.Word(cluster.Transport),
        cluster.Ssh is { } target ? SshDocument.Of(SshConfigFile.OfThisMachine.Resolve(target)) : null,
        ClusterCommand.Word(cluster.Scheduler), cluster.WorkDirectory,
        new(cluster.Job.Queue, cluster.Job.Account, cluster.Job.Qos, cluster.Job.ParallelEnvironment, cluster.Job.Nodes, cluster.Job.Threads, cluster.Job.Walltime?.TotalSeconds, cluster.Job.MemoryMib,
            cluster.Job.Options, cluster.Job.Modules, cluster.Job.Setup),
        new(cluster.IsThisMachine ? cluster.Cores : null, cluster.Limits.Jobs, cluster.Limits.SubmissionsPerMinute, cluster.Limits.Poll.TotalSeconds),
        new(cluster.Files.Leave, cluster.Files.Compress, cluster.Files.Keep),
        cluster.LoginSetup, cluster.JobTemplate, [.. cluster.Environment.Keys],
        cluster.Engines.ToImmutableSortedDictionary(engine => engine.Key, engine => new EngineDocument(
            engine.Value.Command, engine.Value.DefaultRanks, engine.Value.Potentials, engine.Value.Modules, [.. engine.Value.Environment.Keys], engine.Value.Check), StringComparer.Ordinal),
        profile);

    private static void Print(string asked, ClusterShowAnswer answer, ClusterProfile? profile)
    {
        var text = new StringBuilder();
        void Title(string title) => text.Append(Ink.Bold(Output.Printable(title))).Append('\n');
        void Line(string key, string? value)
        {
            if (value is { Length: > 0 }) text.Append("  ").Append(Ink.Dim(key.PadRight(20))).Append("  ").Append(Output.Printable(value)).Append('\n');
        }
        static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
        static string Words(IEnumerable<string> words) => string.Join(' ', words.Select(Sh.Quote));
        Title(answer.Description is { Length: > 0 } description ? $"{answer.Name}: {description}" : answer.Name);
        Line("file", answer.File);
        Line("transport", answer.Transport);
        if (answer.Ssh is { } ssh)
        {
            Line("host", $"{ssh.User}@{ssh.HostName}:{Number(ssh.Port)}{(ssh.Host == ssh.HostName ? "" : $" (Host {ssh.Host})")}");
            Line("through", string.Join(", ", ssh.JumpHosts));
            Line("proxy command", ssh.ProxyCommand);
            Line("keys", string.Join(", ", ssh.IdentityFiles.IsEmpty ? ["ssh's usual ones"] : ssh.IdentityFiles) + (ssh.Agent && !ssh.IdentitiesOnly ? ", and the agent's" : ""));
            Line("known hosts", $"{string.Join(", ", ssh.KnownHostsFiles)}, as {ssh.KnownHostsName}");
            foreach (var remark in ssh.Remarks) Line("not done", remark);
        }
        Line("scheduler", answer.Scheduler);
        Line("work directory", answer.WorkDirectory);
        Line("login setup", string.Join("; ", answer.LoginSetup));
        Line("job template", answer.JobTemplate);
        Line("variables", string.Join(", ", answer.EnvironmentVariables));
        Title("Jobs, where a workflow does not say");
        Line("queue", answer.Job.Queue);
        Line("account", answer.Job.Account);
        Line("qos", answer.Job.Qos);
        Line("parallel environment", answer.Job.ParallelEnvironment);
        Line("nodes", Number(answer.Job.Nodes));
        Line("threads of a rank", Number(answer.Job.Threads));
        Line("walltime", answer.Job.WalltimeS is { } walltime ? $"{Number(walltime / 3600)} h" : null);
        Line("memory of a node", answer.Job.MemoryMib is { } memory ? $"{Number(memory)} MiB" : null);
        Line("options", string.Join("; ", answer.Job.Options));
        Line("modules", string.Join(", ", answer.Job.Modules));
        Line("setup", string.Join("; ", answer.Job.Setup));
        Title("Limits");
        Line("cores", answer.Limits.Cores is { } cores ? Number(cores) : null);
        Line("jobs at a time", Number(answer.Limits.Jobs));
        Line("submissions a minute", Number(answer.Limits.SubmissionsPerMinute));
        Line("poll", $"every {Number(answer.Limits.PollS)} s at most");
        Title("Files");
        Line("left there", string.Join(", ", answer.Files.Leave.Append("POTCAR").Distinct()));
        Line("packed on the way", answer.Files.Compress ? "yes" : "no");
        Line("folders kept", answer.Files.Keep ? "yes" : "no");
        foreach (var (name, engine) in answer.Engines)
        {
            Title($"Engine {name}");
            Line("command", Words(engine.Command));
            Line("ranks", Number(engine.Ranks));
            Line("potentials", engine.Potentials);
            Line("modules", string.Join(", ", engine.Modules));
            Line("variables", string.Join(", ", engine.EnvironmentVariables));
            Line("check", Words(engine.Check));
        }
        Title(profile is null ? $"Not tested yet: dftflow cluster test {Sh.Quote(asked)}" : string.Create(CultureInfo.InvariantCulture, $"Tested {profile.TestedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC"));
        if (profile is not null) text.Append(TestCommand.Table(profile));
        Console.Out.Write(text.ToString());
    }
}
