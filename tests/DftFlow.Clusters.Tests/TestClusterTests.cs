using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace DftFlow.Tests.Clusters;

[Collection(OneCluster.Name), Trait(OneCluster.Culture, OneCluster.Any)]
public sealed class TestClusterTests(TestCluster cluster)
{
    [Fact]
    public async Task Has_nodes_that_run_jobs()
    {
        cluster.SkipUnlessSlurm();
        Assert.Equal("hello", await cluster.RunAsync("srun echo hello"));
    }

    [Fact]
    public async Task Comes_back_after_each_fault()
    {
        cluster.SkipUnlessThere();
        await cluster.PauseAsync("sshd");
        await cluster.ResumeAsync("sshd");
        await cluster.SeverAsync("sshd");
        await cluster.KillAsync("sshd");
        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.KillAsync("sshd"));
        await cluster.StartAsync("sshd");
        await cluster.RestartAsync("jump");
    }

    [Fact]
    public async Task Ends_when_whoever_holds_its_input_is_killed()
    {
        cluster.SkipUnlessThere();
        var folder = Directory.CreateTempSubdirectory("dfk-").FullName;
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", "exec 3>&1; { echo Holder=$BASHPID >&3; exec sleep 100 3>&-; } | \"$0\" \"$1\" 0", Path.Combine(TestPaths.Repository, "tests", "clusters", "cluster-up"), folder])
            start.ArgumentList.Add(argument);
        using var both = Process.Start(start)!;
        int port = 0, holder = 0;
        while (await both.StandardOutput.ReadLineAsync(Token) is { } line && line != "ready")
        {
            if (line.StartsWith("Port=", StringComparison.Ordinal)) port = int.Parse(line[5..], CultureInfo.InvariantCulture);
            if (line.StartsWith("Holder=", StringComparison.Ordinal)) holder = int.Parse(line[7..], CultureInfo.InvariantCulture);
        }
        Assert.True(await AnswersAsync(port) && holder > 1);
        using (var process = Process.GetProcessById(holder)) process.Kill();
        await both.WaitForExitAsync(Token).WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.False(await AnswersAsync(port));
        Directory.Delete(folder, recursive: true);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<bool> AnswersAsync(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port, Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
