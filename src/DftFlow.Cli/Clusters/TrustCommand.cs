using System.CommandLine;
using DftFlow.Cli.Analyze;
using DftFlow.Clusters;
using DftFlow.Clusters.Transports;

namespace DftFlow.Cli.Clusters;

/// <summary>Adds a cluster's host key to known_hosts once a person has compared its fingerprint; never without.</summary>
internal static class TrustCommand
{
    public static Command Create()
    {
        var name = ClusterCommand.NameArgument();
        var fingerprint = new Option<string?>("--fingerprint") { Description = "What the key's fingerprint must be, as the administrators publish it; nothing is asked then.", HelpName = "SHA256:…" };
        var json = AnalyzeCommand.JsonOption();
        var command = new Command("trust", "Shows a cluster's host key, and accepts it when you say so.") { name, fingerprint, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var expected = parsed.GetValue(fingerprint);
            if (expected is not null && !expected.StartsWith("SHA256:", StringComparison.Ordinal))
                throw new DftFlowException("DF1900", $"'{expected}' is no fingerprint.", "Write it as ssh-keygen -l prints it: SHA256:…");
            if (ClusterCommand.Find(parsed.GetValue(name)!, parsed.GetValue(json)) is not { } cluster) return ExitStatus.BadRequest;
            if (cluster.Ssh is not { } target) throw new DftFlowException("DF4406", $"The cluster '{cluster.Name}' is this machine: it has no host key to accept.", "Only clusters with the key 'host' are reached by SSH.");
            var shown = await SshTransport.FetchHostKeyAsync(target, TimeProvider.System, cancellationToken, TerminalPrompt.OrNull);
            Refuse(target, shown, expected);
            if (shown.Answer.Verdict == HostKeyVerdict.Unknown)
            {
                if (expected is null) await AskAsync(parsed.GetValue(name)!, shown, cancellationToken);
                await KnownHosts.AcceptAsync(shown.File, shown.Host, shown.Key, cancellationToken);
            }
            var answer = new TrustAnswer(cluster.Name, shown.Host, shown.Key.Type, shown.Key.Fingerprint, shown.File, shown.Answer.Verdict == HostKeyVerdict.Unknown);
            if (parsed.GetValue(json)) Output.Json(answer, ClusterJson.Default.TrustAnswer);
            else Console.Out.WriteLine(Output.Printable($"{answer.Host} {(answer.Added ? "is known now" : "was known already")} by {shown.Key}, in {answer.File}"));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Refuse(SshTarget target, ShownHostKey shown, string? expected)
    {
        if (shown.Answer.Verdict == HostKeyVerdict.Changed) throw ConnectionFailures.ChangedHostKey(target.Name, shown.Key.ToString(), shown.File, string.Join(" and ", shown.Answer.Expected));
        if (shown.Answer.Verdict == HostKeyVerdict.Revoked) throw ConnectionFailures.RevokedHostKey(target.Name, shown.Key.ToString(), string.Join(" and ", shown.Answer.Expected));
        if (expected is not null && expected.TrimEnd('=') != shown.Key.Fingerprint)
            throw new DftFlowException("DF4402", $"The host key of {target.Name} is {shown.Key}, and not {expected}.",
                "It may be the fingerprint of another type of key: the administrators usually publish one for each. If none fits, somebody may be listening in.");
    }

    private static async Task AskAsync(string asked, ShownHostKey shown, CancellationToken cancellationToken)
    {
        if (TerminalPrompt.OrNull is null)
            throw new DftFlowException("DF4401", $"The host key of {shown.Host} is {shown.Key}, and nobody is there to compare it.",
                $"Compare it with the fingerprint that the cluster's administrators publish; then: dftflow cluster trust {Sh.Quote(asked)} --fingerprint {shown.Key.Fingerprint}");
        Output.Say($"{shown.Host} shows the key {shown.Key}.");
        Output.Say("Compare it with the fingerprint that the cluster's administrators publish.");
        var answer = await TerminalPrompt.AskAsync($"Add it to {Output.Printable(shown.File)}? [y/N]", echo: true, cancellationToken);
        if (answer?.Trim().ToLowerInvariant() is not ("y" or "yes")) throw new DftFlowException("DF4403", $"The host key of {shown.Host} was not accepted.", "Nothing was changed.");
    }
}
