using System.CommandLine;
using System.Text;
using DftFlow.Analysis;
using DftFlow.Cli.Analyze;
using DftFlow.Clusters.Checks;

namespace DftFlow.Cli.Clusters;

/// <summary>Tries a cluster, tells what to do about each problem, and keeps what was found.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var name = ClusterCommand.NameArgument();
        var noJob = new Option<bool>("--no-job") { Description = "Sends no job through the queue.", Arity = ArgumentArity.Zero };
        var withJob = new Option<bool>("--job") { Description = "Sends a one-line job through the queue, and waits for it for two minutes [default].", Arity = ArgumentArity.Zero };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("test", "Connects to a cluster and tries all that calculations need there.") { name, withJob, noJob, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(withJob) && parsed.GetValue(noJob)) throw new DftFlowException("DF1900", "--job and --no-job cannot both hold.", "Leave one of them out.");
            if (ClusterCommand.Find(parsed.GetValue(name)!, parsed.GetValue(json)) is not { } cluster) return ExitStatus.BadRequest;
            ClusterProfile profile;
            await using (var progress = new TerminalProgress(TimeProvider.System))
            await using (var transport = cluster.CreateTransport(TimeProvider.System, TerminalPrompt.OrNull))
                profile = await new ClusterTest(cluster, transport, TimeProvider.System, doing => progress.Report(new AnalysisStep(doing))).RunAsync(!parsed.GetValue(noJob), cancellationToken);
            // A network that is down says nothing about what the cluster can do.
            if (profile.Connected) await ProfileFile.WriteAsync(profile, cancellationToken);
            if (parsed.GetValue(json)) Output.Json(profile.ToJson());
            else Print(profile);
            return profile.Passed ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static void Print(ClusterProfile profile)
    {
        var text = new StringBuilder().Append(Ink.Bold(Output.Printable(profile.Cluster))).Append('\n').Append(Table(profile));
        var problems = profile.Checks.Count(check => check.State == CheckState.Problem);
        var warnings = profile.Checks.Count(check => check.State == CheckState.Warning);
        text.Append(problems > 0 ? Ink.Red(Output.Count(problems, "problem")) : Ink.Green("No problem was found.")).Append(warnings > 0 ? $" {Output.Count(warnings, "warning")}." : "").Append('\n');
        Console.Out.Write(text.ToString());
    }

    /// <summary>A line for each check, and below it what to do.</summary>
    public static string Table(ClusterProfile profile)
    {
        var text = new StringBuilder();
        var width = profile.Checks.Max(check => check.Check.Length);
        foreach (var check in profile.Checks)
        {
            var state = check.State switch
            {
                CheckState.Ok => Ink.Green("ok     "),
                CheckState.Warning => Ink.Yellow("warning"),
                CheckState.Problem => Ink.Red("problem"),
                _ => Ink.Dim("skipped"),
            };
            text.Append("  ").Append(state).Append("  ").Append(Output.Printable(check.Check).PadRight(width)).Append("  ").Append(Output.Printable(check.Result.Trim())).Append('\n');
            if (check.Advice is { } advice) text.Append(' ', width + 13).Append(Ink.Dim("→ " + Output.Printable(advice))).Append('\n');
        }
        return text.ToString();
    }
}
