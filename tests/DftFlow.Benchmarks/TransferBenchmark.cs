using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.Transports;

namespace DftFlow.Benchmarks;

/// <summary>
/// Files to and from a real sshd on this machine (<c>tests/clusters/cluster-up</c>): one of 200 MB that cannot be packed, beside
/// <c>ssh host 'cat &gt;file'</c> over a connection that is open already, and a thousand of 1 kB, beside <c>tar | ssh host tar</c>.
/// Those check nothing; ours end with the same SHA-256 on both sides.
/// </summary>
internal static class TransferBenchmark
{
    private const int Rounds = 5;
    private const int LargeBytes = 200_000_000;
    private const int ManyFiles = 1000;

    public static Task RunAsync() => BenchmarkCluster.WithAsync(nodes: 0, MeasureAsync);

    private static async Task MeasureAsync(string folder)
    {
        var target = new SshTarget { Host = "cluster", ConfigFile = Path.Combine(folder, "client", "ssh_config") };
        await using var openSsh = new OpenSshTransport(target, TimeProvider.System);
        await using var sshNet = new SshTransport(target, TimeProvider.System);
        var (overOpenSsh, overSshNet) = (await FilesAsync(openSsh), await FilesAsync(sshNet));

        string Local(string name) => Path.Combine(folder, name);
        string There(string name) => Path.Combine(folder, "work", name);
        File.WriteAllBytes(Local("large"), RandomNumberGenerator.GetBytes(LargeBytes));
        var many = Enumerable.Range(0, ManyFiles).ToDictionary(i => string.Create(CultureInfo.InvariantCulture, $"f{i:0000}"), _ => (ReadOnlyMemory<byte>)RandomNumberGenerator.GetBytes(1000));
        Directory.CreateDirectory(Local("many"));
        foreach (var (name, content) in many) File.WriteAllBytes(Path.Combine(Local("many"), name), content.Span);

        // The same ciphers as those of OpenSshTransport: whatever the two programs agree on.
        var ssh = $"ssh -F {Local("client/ssh_config")} -S {Local("control")}";
        await BenchmarkCluster.ShellAsync($"{ssh} -M -N -f -o ControlPersist=600 cluster >/dev/null");
        Func<string, int, Func<Task>[]> each = (operation, round) => operation switch
        {
            "200 MB up" =>
            [
                () => overOpenSsh.PutAsync(Local("large"), There($"o{round}"), null, CancellationToken.None),
                () => overSshNet.PutAsync(Local("large"), There($"n{round}"), null, CancellationToken.None),
                () => BenchmarkCluster.ShellAsync($"{ssh} cluster 'cat >{There($"p{round}")}' <{Local("large")}"),
            ],
            "200 MB down" =>
            [
                () => overOpenSsh.GetAsync(There("o0"), Local($"o{round}"), null, CancellationToken.None),
                () => overSshNet.GetAsync(There("o0"), Local($"n{round}"), null, CancellationToken.None),
                () => BenchmarkCluster.ShellAsync($"{ssh} cluster 'cat {There("o0")}' >{Local($"p{round}")}"),
            ],
            "1,000 files up" =>
            [
                () => overOpenSsh.PutManyAsync(many, There($"mo{round}"), CancellationToken.None),
                () => overSshNet.PutManyAsync(many, There($"mn{round}"), CancellationToken.None),
                () => BenchmarkCluster.ShellAsync($"tar -C {Local("many")} -cf - . | {ssh} cluster 'mkdir {There($"mp{round}")} && tar -C {There($"mp{round}")} -xf -'"),
            ],
            _ =>
            [
                () => overOpenSsh.GetManyAsync(There("mo0"), [.. many.Keys], Local($"mo{round}"), CancellationToken.None),
                () => overSshNet.GetManyAsync(There("mo0"), [.. many.Keys], Local($"mn{round}"), CancellationToken.None),
                () => BenchmarkCluster.ShellAsync($"mkdir {Local($"mp{round}")} && {ssh} cluster 'tar -C {There("mo0")} -cf - .' | tar -C {Local($"mp{round}")} -xf -"),
            ],
        };
        Console.WriteLine("| transfer | openssh, s | ssh, s | plain ssh, s | openssh, of plain | ssh, of plain |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var operation in new[] { "200 MB up", "200 MB down", "1,000 files up", "1,000 files down" })
        {
            var times = new List<double[]>();
            // In turn, so that what else the machine does is shared by all.
            for (var round = 0; round <= Rounds; round++)
            {
                var row = new List<double>();
                foreach (var transfer in each(operation, round))
                {
                    var watch = Stopwatch.StartNew();
                    await transfer();
                    row.Add(watch.Elapsed.TotalSeconds);
                }
                // The first one warms up.
                if (round > 0) times.Add([.. row]);
                // What comes there or here is new each time, as it is in a run.
                foreach (var used in ((string[])[There(""), Local("")]).SelectMany(folder => Directory.EnumerateFiles(folder, $"?{round}")).Where(_ => round > 0)) File.Delete(used);
            }
            double[] median = [.. Enumerable.Range(0, 3).Select(i => times.Select(row => row[i]).Order().ElementAt(Rounds / 2))];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {operation} | {median[0]:F2} | {median[1]:F2} | {median[2]:F2} | {median[2] / median[0]:F2} | {median[2] / median[1]:F2} |"));
        }
        await BenchmarkCluster.ShellAsync($"{ssh} -O exit cluster 2>/dev/null");
    }

    private static async Task<RemoteFiles> FilesAsync(ITransport transport)
    {
        var shell = new RemoteShell(transport, TimeProvider.System);
        return new(shell, await RemoteTools.ProbeAsync(shell, CancellationToken.None));
    }
}
