using System.Security.Cryptography;
using DftFlow.Clusters;
using DftFlow.Clusters.Files;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

/// <summary>What becomes of commands and files on a network that is slow, breaks, or goes silent at the wrong moment.</summary>
[Collection(SecondCluster.Name), Trait(OneCluster.Culture, OneCluster.Any)]
public sealed class BadNetworkTests(TestCluster cluster) : IDisposable
{
    private const int Size = 24_000_000;
    private readonly string here = Directory.CreateTempSubdirectory("dftflow-network-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(here, recursive: true);

    /// <summary>Through the relay, with more lines of configuration.</summary>
    private ITransport Through(Relay relay, string kind, string lines = "")
    {
        var config = Path.Combine(here, "ssh_config");
        File.WriteAllText(config, $"HostKeyAlias [127.0.0.1]:{cluster.Port}\n{lines}{File.ReadAllText(cluster.SshConfigFile)}");
        return Kinds.Make(kind, cluster, target => target with { Port = relay.Port, ConfigFile = config });
    }

    private static async Task<RemoteFiles> FilesAsync(RemoteShell shell) => new(shell, await RemoteTools.ProbeAsync(shell, Token));

    private string There() => Path.Combine(cluster.WorkFolder, $"{Guid.NewGuid():N}");

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_slow_network_is_no_silent_host(string kind)
    {
        cluster.SkipUnlessThere();
        await using var relay = new Relay(cluster.Port);
        await using var transport = Through(relay, kind);
        var tools = await RemoteTools.ProbeAsync(new RemoteShell(transport, TimeProvider.System), Token);
        // Of 60 s the shell waits for 3: as if all were twenty times as large.
        var files = new RemoteFiles(new RemoteShell(transport, new FasterTime(20)), tools);
        relay.BytesPerSecond = 600_000;
        var content = RandomNumberGenerator.GetBytes(3_000_000);
        var there = There();
        await files.PutManyAsync(new Dictionary<string, ReadOnlyMemory<byte>> { ["CHGCAR"] = content }, there, Token);
        Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes(there + "/CHGCAR")));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_file_that_was_cut_on_its_way_there_is_gone_on_with(string kind)
    {
        cluster.SkipUnlessThere();
        await using var relay = new Relay(cluster.Port);
        await using var transport = Through(relay, kind);
        var files = await FilesAsync(new RemoteShell(transport, TimeProvider.System));
        var (source, there) = (Path.Combine(here, "WAVECAR"), There() + "/WAVECAR");
        File.WriteAllBytes(source, RandomNumberGenerator.GetBytes(Size));
        relay.CutAtSent = relay.Sent + Size / 2;
        Assert.Equal("DF4002", (await Assert.ThrowsAsync<DftFlowException>(() => files.PutAsync(source, there, null, Token))).Code);
        Assert.False(File.Exists(there));
        var kept = await SettledAsync(Path.GetDirectoryName(there)!);
        Assert.InRange(kept, Size / 4, Size * 3 / 4);
        var before = relay.Sent;
        await files.PutAsync(source, there, null, Token);
        Assert.True(File.ReadAllBytes(source).AsSpan().SequenceEqual(File.ReadAllBytes(there)));
        Assert.InRange(relay.Sent - before, Size - kept, Size - kept + 1_000_000);
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(there)!));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_file_that_was_cut_on_its_way_here_is_gone_on_with(string kind)
    {
        cluster.SkipUnlessThere();
        await using var relay = new Relay(cluster.Port);
        await using var transport = Through(relay, kind);
        var files = await FilesAsync(new RemoteShell(transport, TimeProvider.System));
        var (there, back) = (There() + "-WAVECAR", Path.Combine(here, "back", "WAVECAR"));
        File.WriteAllBytes(there, RandomNumberGenerator.GetBytes(Size));
        relay.CutAtReceived = relay.Received + Size / 2;
        Assert.Equal("DF4002", (await Assert.ThrowsAsync<DftFlowException>(() => files.GetAsync(there, back, null, Token))).Code);
        Assert.False(File.Exists(back));
        var kept = await SettledAsync(Path.GetDirectoryName(back)!);
        Assert.InRange(kept, Size / 4, Size * 3 / 4);
        var before = relay.Received;
        await files.GetAsync(there, back, null, Token);
        Assert.True(File.ReadAllBytes(there).AsSpan().SequenceEqual(File.ReadAllBytes(back)));
        Assert.InRange(relay.Received - before, Size - kept, Size - kept + 1_000_000);
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(back)!));
    }

    [Fact]
    public async Task A_command_whose_start_was_not_answered_is_not_started_again()
    {
        cluster.SkipUnlessThere();
        await using var relay = new Relay(cluster.Port);
        await using var transport = Through(relay, "ssh", "ServerAliveInterval 2\nServerAliveCountMax 2\n");
        var mark = There() + "-starts";
        // It is silent, so that the host is asked for a sign of life.
        await using var silent = await transport.StartAsync("sleep 100", Token);
        relay.HoldAfterNextAnswer();
        // The channel is opened; that the command has started is not told any more.
        var starting = transport.StartAsync($"echo started >>{Sh.Quote(mark)}", Token);
        for (var i = 0; i < 300 && !File.Exists(mark); i++) await Task.Delay(20, Token);
        Assert.Null(await silent.WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token));
        // This one makes another connection, over which the first could be started again.
        await using var next = await transport.StartAsync("true", Token);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => starting.WaitAsync(TimeSpan.FromSeconds(60), Token));
        Assert.Equal("DF4002", error.Code);
        Assert.Equal(0, await next.WaitAsync(Token));
        Assert.Equal(["started"], await File.ReadAllLinesAsync(mark, Token));
    }

    /// <summary>The size of what was left, when nobody writes to it any more.</summary>
    private static async Task<long> SettledAsync(string folder)
    {
        var size = -1L;
        for (var quiet = 0; quiet < 5;)
        {
            await Task.Delay(200, Token);
            var now = Directory.GetFiles(folder, ".*.part").Select(part => new FileInfo(part).Length).SingleOrDefault();
            quiet = now == size ? quiet + 1 : 0;
            size = now;
        }
        return size;
    }

    /// <summary>A clock whose timers end so much earlier.</summary>
    private sealed class FasterTime(double factor) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new FasterTimer(base.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), this);

        private TimeSpan Shorter(TimeSpan span) => span > TimeSpan.Zero ? span / factor : span;

        private sealed class FasterTimer(ITimer timer, FasterTime time) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Shorter(dueTime), time.Shorter(period));

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
