using System.Diagnostics;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

/// <summary>What happens when sshd dies, hangs or is cut off, on a real one.</summary>
[Collection(OneCluster.Name), Trait(OneCluster.Culture, OneCluster.Any)]
public sealed class FaultTests(TestCluster cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RemoteScript Script(string text, TimeSpan? silence = null) => new(text) { What = "a test", Silence = silence ?? TimeSpan.FromSeconds(20) };

    [Theory, MemberData(nameof(Kinds.OfRemote), MemberType = typeof(Kinds))]
    public async Task A_connection_cut_in_the_middle_of_a_reply_is_lost_and_made_anew(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        var begun = new TaskCompletionSource();
        var running = shell.RunAsync(Script("echo begun; sleep 100") with { Output = (_, _) => { begun.TrySetResult(); return ValueTask.CompletedTask; } }, Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await cluster.SeverAsync("sshd");
        var error = await Assert.ThrowsAsync<DftFlowException>(() => running.WaitAsync(TimeSpan.FromSeconds(10), Token));
        Assert.Equal("DF4002", error.Code);
        Assert.Equal(FailureClass.Transient, ConnectionFailures.ClassOf(error));
        Assert.Equal("again\n", (await shell.RunAsync(Script("echo again"), Token)).Output);
    }

    [Theory, MemberData(nameof(Kinds.OfRemote), MemberType = typeof(Kinds))]
    public async Task A_host_that_is_down_is_unreachable_until_it_is_up_again(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        Assert.Equal("up\n", (await shell.RunAsync(Script("echo up"), Token)).Output);
        await cluster.KillAsync("sshd");
        try
        {
            // The first one may still find the old connection's remains.
            var first = await Assert.ThrowsAsync<DftFlowException>(() => shell.RunAsync(Script("echo up"), Token));
            Assert.Contains(first.Code, (string[])["DF4001", "DF4002"]);
            Assert.Equal("DF4001", (await Assert.ThrowsAsync<DftFlowException>(() => shell.RunAsync(Script("echo up"), Token))).Code);
        }
        finally
        {
            await cluster.StartAsync("sshd");
        }
        Assert.Equal("up\n", (await shell.RunAsync(Script("echo up"), Token)).Output);
    }

    [Theory, MemberData(nameof(Kinds.OfRemote), MemberType = typeof(Kinds))]
    public async Task A_host_that_hangs_is_noticed_in_time(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster, target => target with { ConfigFile = Config("ConnectTimeout 2\n") });
        var shell = new RemoteShell(transport, TimeProvider.System);
        Assert.Equal("up\n", (await shell.RunAsync(Script("echo up"), Token)).Output);
        await cluster.PauseAsync("sshd");
        try
        {
            var waited = Stopwatch.StartNew();
            var error = await Assert.ThrowsAsync<DftFlowException>(() => shell.RunAsync(Script("echo up", TimeSpan.FromSeconds(1)), Token));
            Assert.Equal("DF4003", error.Code);
            Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(30));
        }
        finally
        {
            await cluster.ResumeAsync("sshd");
        }
        Assert.Equal("up\n", (await shell.RunAsync(Script("echo up"), Token)).Output);
    }

    [Theory, MemberData(nameof(Kinds.OfRemote), MemberType = typeof(Kinds))]
    public async Task A_host_that_hangs_in_the_middle_of_a_reply_is_noticed_in_time(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        var begun = new TaskCompletionSource();
        var running = shell.RunAsync(Script("while echo x; do sleep 0.05; done", TimeSpan.FromSeconds(1)) with { Output = (_, _) => { begun.TrySetResult(); return ValueTask.CompletedTask; } }, Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await cluster.PauseAsync("sshd");
        try
        {
            Assert.Equal("DF4003", (await Assert.ThrowsAsync<DftFlowException>(() => running.WaitAsync(TimeSpan.FromSeconds(20), Token))).Code);
        }
        finally
        {
            await cluster.ResumeAsync("sshd");
        }
        Assert.Equal("up\n", (await shell.RunAsync(Script("echo up"), Token)).Output);
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_hanging_host_ends_silent_commands_before_their_own_time_is_over(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster, target => target with { ConfigFile = Config("ServerAliveInterval 1\nServerAliveCountMax 2\n") });
        var shell = new RemoteShell(transport, TimeProvider.System);
        // Long silence alone is no reason to give up.
        Assert.Equal("patient\n", (await shell.RunAsync(Script("sleep 3; echo patient", TimeSpan.FromSeconds(100)), Token)).Output);
        var begun = new TaskCompletionSource();
        var running = shell.RunAsync(Script("echo begun; sleep 100", TimeSpan.FromSeconds(100)) with { Output = (_, _) => { begun.TrySetResult(); return ValueTask.CompletedTask; } }, Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await cluster.PauseAsync("sshd");
        try
        {
            Assert.Equal("DF4002", (await Assert.ThrowsAsync<DftFlowException>(() => running.WaitAsync(TimeSpan.FromSeconds(20), Token))).Code);
        }
        finally
        {
            await cluster.ResumeAsync("sshd");
        }
        Assert.Equal("up\n", (await shell.RunAsync(Script("echo up"), Token)).Output);
    }

    [Theory, InlineData("ssh via jump"), InlineData("openssh via jump")]
    public async Task A_jump_host_that_is_down_is_named(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        await cluster.KillAsync("jump");
        try
        {
            var error = await Assert.ThrowsAsync<DftFlowException>(() => shell.RunAsync(Script("echo up"), Token));
            Assert.Equal("DF4001", error.Code);
            Assert.Contains(cluster.JumpPort.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.StartAsync("jump");
        }
        Assert.Equal("up\n", (await shell.RunAsync(Script("echo up"), Token)).Output);
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_host_without_a_name_and_a_port_without_a_listener_are_unreachable(string kind)
    {
        foreach (var change in (Func<SshTarget, SshTarget>[])[target => target with { Host = "no-such-host.invalid", IdentityFiles = [cluster.IdentityFile] }, target => target with { Port = 1 }])
        {
            await using var transport = Kinds.Make(kind, cluster, change);
            var error = await Assert.ThrowsAsync<DftFlowException>(() => transport.StartAsync("true", Token));
            Assert.Equal("DF4001", error.Code);
        }
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_host_that_accepts_and_says_nothing_is_unreachable_in_time(string kind)
    {
        using var mute = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        await using var transport = Kinds.Make(kind, cluster, target => target with { Port = ((System.Net.IPEndPoint)mute.LocalEndpoint).Port, ConfigFile = Config("ConnectTimeout 1\n") });
        var waited = Stopwatch.StartNew();
        Assert.Equal("DF4001", (await Assert.ThrowsAsync<DftFlowException>(() => transport.StartAsync("true", Token))).Code);
        Assert.InRange(waited.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(15));
    }

    /// <summary>The cluster's configuration with more lines for every host.</summary>
    private string Config(string lines)
    {
        cluster.SkipUnlessThere();
        var file = Path.Combine(cluster.Folder, "client", $"{Guid.NewGuid():N}.conf");
        File.WriteAllText(file, lines + File.ReadAllText(cluster.SshConfigFile));
        return file;
    }
}
