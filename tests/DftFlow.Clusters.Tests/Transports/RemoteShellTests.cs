using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

/// <summary>The frame around a command's answer, and the limits of its time.</summary>
public sealed class RemoteShellTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_that_goes_on_answering_is_not_ended_by_a_limit_of_silence()
    {
        await using var transport = new LocalTransport();
        var reply = await new RemoteShell(transport, TimeProvider.System).RunAsync(
            new("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 1; echo $i; done") { What = "a test", Silence = TimeSpan.FromSeconds(4) }, Token);
        Assert.Equal((0, "15"), (reply.ExitStatus, reply.Output.Trim().Split('\n')[^1]));
    }

    [Fact]
    public async Task Noise_without_an_end_is_told()
    {
        var frame = new ReplyFrame("0", null);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => frame.ReadAsync(new Repeated("Welcome\n"u8.ToArray(), 300_000_000), () => { }, Token));
        Assert.Equal("DF4005", error.Code);
    }

    [Theory]
    [InlineData("banner: see 'REMOTE HOST IDENTIFICATION HAS CHANGED' in our FAQ, or Host key verification failed.\nada@login: Permission denied (publickey).\n", "DF4010")]
    [InlineData("Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\nDisconnected from 10.0.0.1 port 22\n", "DF4010")]
    [InlineData("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key for login has changed and you have requested strict checking.\nHost key verification failed.\n", "DF4012")]
    [InlineData("No ED25519 host key is known for gate and you have requested strict checking.\nHost key verification failed.\nkex_exchange_identification: Connection closed by remote host\n", "DF4011")]
    public void Why_a_login_failed_is_what_ssh_said_last(string said, string code)
    {
        var error = OpenSshFailure.Read(said).ToException(new SshTarget { Host = "login" });
        Assert.Equal(code, error.Code);
        Assert.Equal(said.Contains("gate", StringComparison.Ordinal), error.Message.Contains("login (the host gate)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a;touch x", null, null), InlineData("$(touch x)", null, null), InlineData("-oProxyCommand=x", null, null), InlineData("login", "a`x`", null), InlineData("login", null, "gate|x"), InlineData("login", null, "-x")]
    public void Names_that_a_shell_would_read_are_refused(string host, string? user, string? jump)
    {
        var error = Assert.Throws<DftFlowException>(() => new OpenSshTransport(new SshTarget { Host = host, User = user, JumpHosts = jump is null ? [] : [jump] }, TimeProvider.System));
        Assert.Equal("DF4015", error.Code);
    }

    private sealed class Repeated(byte[] line, long left) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(left, buffer.Length);
            for (var i = 0; i < count; i++) buffer.Span[i] = line[i % line.Length];
            left -= count;
            return ValueTask.FromResult(count);
        }
    }
}
