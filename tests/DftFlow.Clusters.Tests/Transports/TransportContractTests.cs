using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Clusters;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

/// <summary>What each transport promises, held against a real sshd where it needs one.</summary>
[Collection(SecondCluster.Name), Trait(OneCluster.Culture, OneCluster.Any)]
public sealed class TransportContractTests(TestCluster cluster)
{
    private const int TenMegabytes = 10_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private sealed record Ended(int? Status, byte[] Output, byte[] Error)
    {
        public string Text => Encoding.UTF8.GetString(Output);
    }

    private static async Task<Ended> RunAsync(ITransport transport, string commandLine, byte[]? input = null)
    {
        await using var process = await transport.StartAsync(commandLine, Token);
        return await FinishAsync(process, input);
    }

    private static async Task<Ended> FinishAsync(IRemoteProcess process, byte[]? input)
    {
        MemoryStream output = new(), error = new();
        var reading = Task.WhenAll(process.Output.CopyToAsync(output, Token), process.Error.CopyToAsync(error, Token));
        if (input is not null) await process.Input.WriteAsync(input, Token);
        await process.Input.DisposeAsync();
        await reading.WaitAsync(Patience, Token);
        return new(await process.WaitAsync(Token).WaitAsync(Patience, Token), output.ToArray(), error.ToArray());
    }

    private static RemoteScript Script(string text, TimeSpan? silence = null) => new(text) { What = "a test", Silence = silence ?? TimeSpan.FromSeconds(20) };

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Tells_the_exit_status(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        foreach (var status in (int[])[0, 1, 7, 254, 255])
            Assert.Equal(status, (await RunAsync(transport, $"exit {status}")).Status);
        Assert.Equal(127, (await RunAsync(transport, "no-such-program-anywhere 2>/dev/null")).Status);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Tells_the_signal_that_ended_a_command(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        // OpenSSH's client hides which signal it was.
        Assert.Contains((await RunAsync(transport, "kill -KILL $$")).Status, (int?[])[128 + 9, .. kind.StartsWith("openssh", StringComparison.Ordinal) ? (int?[])[255] : []]);
        Assert.Equal(128 + 15, (await new RemoteShell(transport, TimeProvider.System).RunAsync(Script("sh -c 'kill -TERM $$'"), Token)).ExitStatus);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Carries_ten_megabytes_of_any_bytes_in_and_out(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var bytes = RandomNumberGenerator.GetBytes(TenMegabytes);
        var echo = await RunAsync(transport, "cat", bytes);
        Assert.Equal(0, echo.Status);
        Assert.True(bytes.AsSpan().SequenceEqual(echo.Output));
        Assert.Empty(echo.Error);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_script_without_input_reads_an_empty_one(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        Assert.Equal("0\n", (await new RemoteShell(transport, TimeProvider.System).RunAsync(Script("wc -c"), Token)).Output);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Keeps_output_and_error_apart_though_there_are_ten_megabytes_of_the_latter(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var reply = await RunAsync(transport, $"head -c {TenMegabytes} /dev/zero >&2; echo done");
        Assert.Equal("done\n", reply.Text);
        Assert.Equal(TenMegabytes, reply.Error.Length);
        var framed = await new RemoteShell(transport, TimeProvider.System).RunAsync(Script($"head -c {TenMegabytes} /dev/zero | tr '\\0' x >&2; echo done; exit 3"), Token);
        Assert.Equal((3, "done\n"), (framed.ExitStatus, framed.Output));
        Assert.InRange(framed.Error.Length, 1000, 100_000);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Runs_twenty_commands_at_once(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => shell.RunAsync(Script($"sleep 0.2; echo {i}"), Token)));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}\n"), replies.Select(reply => reply.Output));
    }

    [Theory, MemberData(nameof(Kinds.OfRemote), MemberType = typeof(Kinds))]
    public async Task Never_has_more_than_four_commands_open(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        var folder = NewFolder();
        var counts = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => shell.RunAsync(
            Script($"cd {Sh.Quote(folder)} && : >$$ && sleep 0.3 && set -- * && echo $# && rm $$"), Token)));
        Assert.InRange(counts.Max(reply => int.Parse(reply.Output, System.Globalization.CultureInfo.InvariantCulture)), 2, SshTransport.MostChannels);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Gives_up_a_command_that_is_silent_for_too_long_and_frees_its_channel(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        // Twice as many as there are channels.
        var errors = await Task.WhenAll(Enumerable.Range(0, 2 * SshTransport.MostChannels).Select(_ =>
            Assert.ThrowsAsync<DftFlowException>(() => shell.RunAsync(Script("sleep 100", TimeSpan.FromSeconds(0.4)), Token))));
        Assert.All(errors, error => Assert.Equal("DF4003", error.Code));
        Assert.Equal("still here\n", (await shell.RunAsync(Script("echo still here"), Token)).Output);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_command_that_is_never_silent_may_take_longer_than_the_silence(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var reply = await new RemoteShell(transport, TimeProvider.System).RunAsync(
            Script("for i in 1 2 3 4 5 6 7 8; do sleep 0.2; echo $i; done", TimeSpan.FromSeconds(1.2)), Token);
        Assert.Equal("8", reply.Output.Trim().Split('\n')[^1]);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Cancelling_frees_the_channel_and_ends_the_command(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        var mark = Path.Combine(NewFolder(), "alive");
        // All channels, and once more what they have become free for.
        for (var round = 0; round < 2; round++)
        {
            using var cancel = new CancellationTokenSource();
            var begun = new CountdownEvent(SshTransport.MostChannels);
            var running = Enumerable.Range(0, SshTransport.MostChannels).Select(_ => Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => shell.RunAsync(Script($"echo begun; while sleep 0.1; do echo x; : >>{Sh.Quote(mark)}; done") with { Output = Begun() }, cancel.Token))).ToArray();
            while (begun.CurrentCount > 0) await Task.Delay(20, Token);
            var waiting = Stopwatch.StartNew();
            await cancel.CancelAsync();
            await Task.WhenAll(running);
            Assert.InRange(waiting.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));

            Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> Begun()
            {
                var first = 1;
                return (_, _) =>
                {
                    if (Interlocked.Exchange(ref first, 0) == 1) begun.Signal();
                    return ValueTask.CompletedTask;
                };
            }
        }
        Assert.Equal("free\n", (await shell.RunAsync(Script("echo free"), Token)).Output);
        // Each of them wrote to a closed stream, or was told to end.
        for (var i = 0; i < 20; i++)
        {
            File.Delete(mark);
            await Task.Delay(TimeSpan.FromSeconds(0.4), Token);
            if (!File.Exists(mark)) return;
        }
        Assert.Fail("A command that was given up still runs.");
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Names_reach_the_other_side_as_they_are(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        foreach (var name in (string[])["a blank", "it's", "\"quoted\"", "$(touch oops)", "`touch oops`", "a;touch oops", "-rf", "new\nline", "Ωμέγα", "*", "!x", "back\\slash"])
        {
            var folder = Path.Combine(NewFolder(), name);
            var reply = await shell.RunAsync(Script($"mkdir -- {Sh.Quote(folder)} && cd -- {Sh.Quote(folder)} && pwd && set -- ../* && echo $#"), Token);
            Assert.Equal((0, $"{folder}\n1\n"), (reply.ExitStatus, reply.Output));
            Assert.True(Directory.Exists(folder));
        }
    }

    [Theory, MemberData(nameof(Kinds.OfRemote), MemberType = typeof(Kinds))]
    public async Task Start_up_files_that_print_do_no_harm(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var startUp = Path.Combine(cluster.Home, ".bashrc");
        await File.WriteAllTextAsync(startUp, "echo Welcome to the cluster\necho Maintenance on Monday >&2\nprintf dftflow-end-\n", Token);
        try
        {
            var reply = await new RemoteShell(transport, TimeProvider.System).RunAsync(Script("echo answer; echo problem >&2; exit 4"), Token);
            Assert.Equal((4, "answer\n"), (reply.ExitStatus, reply.Output));
            Assert.Equal("Welcome to the cluster\ndftflow-end-", reply.Noise);
            Assert.Equal("Maintenance on Monday\nproblem\n", reply.Error);
        }
        finally
        {
            File.Delete(startUp);
        }
    }

    [Theory, InlineData("ssh", "tcsh"), InlineData("openssh", "tcsh"), InlineData("ssh", "fish"), InlineData("openssh", "fish")]
    public async Task An_account_may_have_another_shell(string kind, string accountShell)
    {
        await using var transport = Kinds.Make(kind, cluster, target => target with { Port = accountShell == "fish" ? cluster.FishPort : cluster.CshPort });
        Assert.SkipUnless(File.Exists($"/usr/bin/{accountShell}") || File.Exists($"/bin/{accountShell}"), $"{accountShell} is not installed");
        var shell = new RemoteShell(transport, TimeProvider.System);
        var reply = await shell.RunAsync(Script("x='it'\"'\"'s !here $HOME'; printf '%s\\n' \"$x\"; exit 5"), Token);
        Assert.Equal((5, "it's !here $HOME\n"), (reply.ExitStatus, reply.Output));
        var piped = await shell.RunAsync(Script("cat") with { Input = (stream, token) => stream.WriteAsync("piped"u8.ToArray(), token).AsTask() }, Token);
        Assert.Equal("piped", piped.Output);
        var given = await Assert.ThrowsAsync<DftFlowException>(() => shell.RunAsync(Script("sleep 100", TimeSpan.FromSeconds(1)), Token));
        Assert.Equal("DF4003", given.Code);
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task Input_and_output_go_piece_by_piece(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        var back = new MemoryStream();
        var reply = await new RemoteShell(transport, TimeProvider.System).RunAsync(Script("cat; exit 6") with
        {
            Input = async (stream, token) =>
            {
                for (var at = 0; at < bytes.Length; at += 100_000) await stream.WriteAsync(bytes.AsMemory(at, 100_000), token);
            },
            Output = (piece, token) => back.WriteAsync(piece, token),
        }, Token);
        Assert.Equal(6, reply.ExitStatus);
        Assert.True(bytes.AsSpan().SequenceEqual(back.ToArray()));
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task A_command_that_reads_no_more_still_replies(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var reply = await new RemoteShell(transport, TimeProvider.System).RunAsync(Script("echo no space left >&2; exit 9") with
        {
            Input = async (stream, token) =>
            {
                for (var i = 0; i < 200; i++) await stream.WriteAsync(new byte[100_000], token);
            },
        }, Token);
        Assert.Equal((9, "no space left\n"), (reply.ExitStatus, reply.Error));
    }

    [Theory, MemberData(nameof(Kinds.All), MemberType = typeof(Kinds))]
    public async Task What_fails_on_this_side_is_told_as_it_is(string kind)
    {
        await using var transport = Kinds.Make(kind, cluster);
        var shell = new RemoteShell(transport, TimeProvider.System);
        var input = await Assert.ThrowsAsync<IOException>(() => shell.RunAsync(Script("cat >/dev/null; sleep 5") with { Input = (_, _) => throw new IOException("our disk") }, Token));
        Assert.Equal("our disk", input.Message);
        var output = await Assert.ThrowsAsync<IOException>(() => shell.RunAsync(Script("echo x; sleep 5") with { Output = (_, _) => throw new IOException("disk full") }, Token));
        Assert.Equal("disk full", output.Message);
        Assert.Equal("on\n", (await shell.RunAsync(Script("echo on"), Token)).Output);
    }

    private string NewFolder()
    {
        var folder = Path.Combine(cluster.WorkFolder, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        return folder;
    }
}
