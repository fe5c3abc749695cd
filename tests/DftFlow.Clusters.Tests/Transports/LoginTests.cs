using System.Diagnostics;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

/// <summary>Keys, agents, codes and host keys against a real sshd.</summary>
[Collection(OneCluster.Name), Trait(OneCluster.Culture, OneCluster.Any)]
public sealed class LoginTests(TestCluster cluster)
{
    private const string Passphrase = "correct horse";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RemoteScript Hello => new("echo hello") { What = "a test" };

    private static async Task<string> HelloAsync(ITransport transport)
    {
        await using (transport) return (await new RemoteShell(transport, TimeProvider.System).RunAsync(Hello, Token)).Output;
    }

    private static async Task<DftFlowException> RefusalAsync(ITransport transport)
    {
        await using (transport) return await Assert.ThrowsAsync<DftFlowException>(() => transport.StartAsync("true", Token));
    }

    /// <summary>Answers questions in turn, and remembers them; null where it has no more answers.</summary>
    private static SshPrompt Answers(List<SshQuestion> asked, params string[] answers) => (question, _) =>
    {
        asked.Add(question);
        return Task.FromResult(asked.Count <= answers.Length ? answers[asked.Count - 1] : null);
    };

    private async Task<string> NewKeyAsync(string name, params string[] options)
    {
        cluster.SkipUnlessThere();
        var path = Path.Combine(cluster.Folder, "client", $"{name}-{Guid.NewGuid():N}");
        await ToolAsync("ssh-keygen", ["-q", "-f", path, .. options]);
        return path;
    }

    private async Task<string> NewAllowedKeyAsync(string name, params string[] options)
    {
        var path = await NewKeyAsync(name, options);
        await File.AppendAllTextAsync(cluster.AuthorizedKeys, await File.ReadAllTextAsync(path + ".pub", Token), Token);
        return path;
    }

    private static async Task<string> ToolAsync(string program, string[] arguments, string? agent = null)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (agent is not null) start.Environment["SSH_AUTH_SOCK"] = agent;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(Token);
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        Assert.True(process.ExitCode == 0, $"{program}: {await error}");
        return output;
    }

    public static TheoryData<string, string[]> KeyForms => new()
    {
        { "ed25519", ["-t", "ed25519", "-N", ""] },
        { "ecdsa", ["-t", "ecdsa", "-b", "384", "-N", ""] },
        { "rsa", ["-t", "rsa", "-b", "2048", "-N", ""] },
        { "rsa-pem", ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""] },
        { "ecdsa-pem", ["-t", "ecdsa", "-m", "PEM", "-N", ""] },
        { "rsa-pkcs8", ["-t", "rsa", "-b", "2048", "-m", "PKCS8", "-N", ""] },
    };

    [Theory, MemberData(nameof(KeyForms))]
    public async Task Keys_of_each_kind_and_form_log_in(string name, string[] options)
    {
        var key = await NewAllowedKeyAsync(name, options);
        if (name.Contains("pem", StringComparison.Ordinal)) File.Delete(key + ".pub");
        Assert.Equal("hello\n", await HelloAsync(new SshTransport(Kinds.Plain(cluster) with { IdentityFiles = [key] }, TimeProvider.System)));
    }

    [Theory, InlineData("ed25519"), InlineData("rsa"), InlineData("rsa", "-m", "PEM"), InlineData("rsa", "-m", "PKCS8")]
    public async Task A_locked_key_asks_for_its_passphrase_once(string type, params string[] form)
    {
        var key = await NewAllowedKeyAsync("locked", ["-t", type, "-N", Passphrase, .. form]);
        List<SshQuestion> asked = [];
        await using var transport = new SshTransport(Kinds.Plain(cluster) with { IdentityFiles = [key] }, TimeProvider.System, Answers(asked, "wrong", Passphrase));
        var shell = new RemoteShell(transport, TimeProvider.System);
        Assert.Equal("hello\n", (await shell.RunAsync(Hello, Token)).Output);
        Assert.Equal(2, asked.Count);
        Assert.All(asked, question => Assert.True(!question.Echo && question.Text.Contains(key, StringComparison.Ordinal)));
        // Unlocked once, it serves the next connection too.
        await cluster.SeverAsync("sshd");
        for (var i = 0; i < 2; i++)
        {
            try
            {
                Assert.Equal("hello\n", (await shell.RunAsync(Hello, Token)).Output);
            }
            catch (DftFlowException error) when (i == 0 && error.Code == "DF4002")
            {
                // The cut was not noticed yet.
            }
        }
        Assert.Equal(2, asked.Count);
    }

    [Fact]
    public async Task Two_connections_to_one_cluster_ask_for_a_passphrase_once()
    {
        var key = await NewAllowedKeyAsync("locked", "-t", "ed25519", "-N", Passphrase);
        var target = Kinds.Plain(cluster) with { IdentityFiles = [key] };
        List<SshQuestion> asked = [];
        var prompt = Answers(asked, Passphrase);
        var hellos = await Task.WhenAll(HelloAsync(new SshTransport(target, TimeProvider.System, prompt)), HelloAsync(new SshTransport(target, TimeProvider.System, prompt)));
        Assert.Equal(["hello\n", "hello\n"], hellos);
        Assert.Single(asked);
    }

    [Fact]
    public async Task The_passphrase_may_stand_in_an_environment_variable_and_shows_nowhere()
    {
        var key = await NewAllowedKeyAsync("locked", "-t", "ed25519", "-N", Passphrase);
        var target = Kinds.Plain(cluster) with { IdentityFiles = [key], PassphraseVariable = "DFTFLOW_TEST_PASSPHRASE" };
        Environment.SetEnvironmentVariable("DFTFLOW_TEST_PASSPHRASE", Passphrase);
        Assert.Equal("hello\n", await HelloAsync(new SshTransport(target, TimeProvider.System)));
        Environment.SetEnvironmentVariable("DFTFLOW_TEST_PASSPHRASE", "swordfish");
        var error = await RefusalAsync(new SshTransport(target with { }, TimeProvider.System));
        Environment.SetEnvironmentVariable("DFTFLOW_TEST_PASSPHRASE", null);
        Assert.Equal("DF4010", error.Code);
        Assert.Contains("DFTFLOW_TEST_PASSPHRASE", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", error.ToString() + error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_locked_key_without_anybody_to_ask_or_with_wrong_answers_is_told()
    {
        var key = await NewAllowedKeyAsync("locked", "-t", "ed25519", "-N", Passphrase);
        var target = Kinds.Plain(cluster) with { IdentityFiles = [key] };
        Assert.Equal("DF4013", (await RefusalAsync(new SshTransport(target, TimeProvider.System))).Code);
        var wrong = await RefusalAsync(new SshTransport(target, TimeProvider.System, Answers([], "one", "two", "three")));
        Assert.Equal("DF4010", wrong.Code);
        Assert.DoesNotContain("three", wrong.ToString(), StringComparison.Ordinal);
        Assert.Equal("DF4010", (await RefusalAsync(new OpenSshTransport(target, TimeProvider.System))).Code);
    }

    [Theory, InlineData("ed25519"), InlineData("ecdsa"), InlineData("rsa")]
    public async Task An_agent_signs_with_its_keys(string type)
    {
        var key = await NewAllowedKeyAsync("agent", "-t", type, "-N", "");
        var socket = Path.Combine(cluster.Folder, "client", $"agent-{type}");
        var start = new ProcessStartInfo("ssh-agent") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["-D", "-a", socket]) start.ArgumentList.Add(argument);
        using var agent = Process.Start(start)!;
        try
        {
            for (var i = 0; i < 100 && !File.Exists(socket); i++) await Task.Delay(50, Token);
            await ToolAsync("ssh-add", ["-q", key], socket);
            File.Delete(key);
            var config = Path.Combine(cluster.Folder, "client", $"agent-{type}.conf");
            await File.WriteAllTextAsync(config, $"IdentityAgent {socket}\nUserKnownHostsFile {cluster.KnownHosts}\n", Token);
            var target = Kinds.Plain(cluster) with { ConfigFile = config, IdentityFiles = [], KnownHostsFile = null };
            Assert.Equal("hello\n", await HelloAsync(new SshTransport(target, TimeProvider.System)));
            Assert.Equal("hello\n", await HelloAsync(new OpenSshTransport(target, TimeProvider.System)));
            // The public half that is left beside picks the agent's key.
            Assert.Equal("hello\n", await HelloAsync(new SshTransport(target with { IdentityFiles = [key] }, TimeProvider.System)));
            Assert.Equal("DF4010", (await RefusalAsync(new SshTransport(target with { IdentityFiles = [key + "-other"] }, TimeProvider.System))).Code);
        }
        finally
        {
            agent.Kill();
        }
    }

    [Fact]
    public async Task A_second_factor_is_asked_for()
    {
        cluster.SkipUnlessThere();
        Assert.SkipWhen(cluster.CodePort == 0, "the test cluster asks for codes only where it was started as root");
        var target = Kinds.Plain(cluster) with { Port = cluster.CodePort };
        var code = (await File.ReadAllTextAsync(cluster.CodeFile, Token)).Trim();
        List<SshQuestion> asked = [];
        Assert.Equal("hello\n", await HelloAsync(new SshTransport(target, TimeProvider.System, Answers(asked, code))));
        Assert.False(Assert.Single(asked).Echo);
        var wrong = await RefusalAsync(new SshTransport(target, TimeProvider.System, Answers([], "000000")));
        Assert.Equal(FailureClass.NeedsPerson, ConnectionFailures.ClassOf(wrong));
        Assert.DoesNotContain("000000", wrong.ToString(), StringComparison.Ordinal);
        Assert.Equal("DF4013", (await RefusalAsync(new SshTransport(target, TimeProvider.System))).Code);
        Assert.Equal("DF4013", (await RefusalAsync(new SshTransport(target, TimeProvider.System, Answers([])))).Code);
        Assert.Equal("DF4013", (await RefusalAsync(new OpenSshTransport(target, TimeProvider.System))).Code);
    }

    private static ITransport Of(string kind, SshTarget target) =>
        kind == "ssh" ? new SshTransport(target, TimeProvider.System) : new OpenSshTransport(target, TimeProvider.System);

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_wrong_key_is_refused_and_asks_for_a_person(string kind)
    {
        var key = await NewKeyAsync("stranger", "-t", "ed25519", "-N", "");
        var error = await RefusalAsync(Of(kind, Kinds.Plain(cluster) with { IdentityFiles = [key] }));
        Assert.Equal(("DF4010", FailureClass.NeedsPerson), (error.Code, ConnectionFailures.ClassOf(error)));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task More_wrong_keys_than_a_host_bears_ask_for_a_person(string kind)
    {
        // sshd itself ends the connection after six.
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => NewKeyAsync($"stranger{i}", "-t", "ed25519", "-N", "")));
        var error = await RefusalAsync(Of(kind, Kinds.Plain(cluster) with { IdentityFiles = [.. keys] }));
        Assert.Equal(("DF4010", FailureClass.NeedsPerson), (error.Code, ConnectionFailures.ClassOf(error)));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task What_a_configuration_says_for_logins_by_hand_does_no_harm(string kind)
    {
        var key = await NewKeyAsync("stranger", "-t", "ed25519", "-N", "");
        await File.WriteAllTextAsync(key + ".conf", "LogLevel QUIET\nRemoteCommand echo by hand\nRequestTTY yes\nConnectTimeout 0\n", Token);
        var target = Kinds.Plain(cluster) with { ConfigFile = key + ".conf" };
        Assert.Equal("hello\n", await HelloAsync(Of(kind, target)));
        Assert.Equal("DF4010", (await RefusalAsync(Of(kind, target with { IdentityFiles = [key] }))).Code);
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_key_that_others_may_read_is_not_used(string kind)
    {
        var key = await NewAllowedKeyAsync("open", "-t", "ed25519", "-N", "");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(key, (UnixFileMode)0b110_100_100);
        Assert.Equal("DF4010", (await RefusalAsync(Of(kind, Kinds.Plain(cluster) with { IdentityFiles = [key] }))).Code);
    }

    private async Task<SshTarget> WithKnownHostsAsync(params string[] lines)
    {
        cluster.SkipUnlessThere();
        var file = Path.Combine(cluster.Folder, "client", $"known-{Guid.NewGuid():N}");
        await File.WriteAllLinesAsync(file, lines, Token);
        return Kinds.Plain(cluster) with { KnownHostsFile = file };
    }

    private async Task<string> HostLineAsync(string key, string marker = "") =>
        $"{marker}[{cluster.Host}]:{cluster.Port} {string.Join(' ', (await File.ReadAllTextAsync(Path.Combine(cluster.HostKeys, key), Token)).Split(' ')[..2])}";

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task An_unknown_host_key_is_refused_with_its_fingerprint_and_what_accepts_it(string kind)
    {
        var target = await WithKnownHostsAsync("# nobody");
        var error = await RefusalAsync(Of(kind, target));
        Assert.Equal("DF4011", error.Code);
        var fingerprints = await ToolAsync("ssh-keygen", ["-l", "-f", Path.Combine(cluster.HostKeys, "host_ed25519.pub")]);
        Assert.Contains(fingerprints.Split(' ')[1], error.Message, StringComparison.Ordinal);
        Assert.Contains("ssh ", error.Hint, StringComparison.Ordinal);
        Assert.Contains(cluster.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Hint, StringComparison.Ordinal);
        Assert.Contains("dftflow cluster trust x", (await RefusalAsync(Of(kind, target with { TrustCommand = "dftflow cluster trust x" }))).Hint, StringComparison.Ordinal);
        Assert.Equal("# nobody\n", await File.ReadAllTextAsync(target.KnownHostsFile!, Token));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_host_that_is_known_by_any_one_of_its_keys_is_known(string kind)
    {
        foreach (var key in (string[])["host_ed25519.pub", "host_ecdsa.pub", "host_rsa.pub"])
            Assert.Equal("hello\n", await HelloAsync(Of(kind, await WithKnownHostsAsync(await HostLineAsync(key)))));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_changed_host_key_is_refused_though_others_are_right(string kind)
    {
        var other = await HostLineAsync("jump_ed25519.pub");
        var error = await RefusalAsync(Of(kind, await WithKnownHostsAsync(other, await HostLineAsync("host_rsa.pub"), await HostLineAsync("host_ecdsa.pub"))));
        Assert.Equal(("DF4012", FailureClass.NeedsPerson), (error.Code, ConnectionFailures.ClassOf(error)));
        Assert.Contains("SHA256:", error.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_revoked_host_key_is_refused_though_it_is_known(string kind)
    {
        var target = await WithKnownHostsAsync(await HostLineAsync("host_ed25519.pub"), await HostLineAsync("host_ed25519.pub", "@revoked "));
        Assert.Equal("DF4014", (await RefusalAsync(Of(kind, target))).Code);
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task A_configuration_cannot_switch_the_check_of_host_keys_off(string kind)
    {
        var target = await WithKnownHostsAsync("# nobody");
        var config = target.KnownHostsFile + ".conf";
        await File.WriteAllTextAsync(config, "StrictHostKeyChecking no\n", Token);
        Assert.Equal("DF4011", (await RefusalAsync(Of(kind, target with { ConfigFile = config }))).Code);
        // Nor that of a jump host's, which ssh leaves to another process.
        await File.WriteAllTextAsync(target.KnownHostsFile!, await HostLineAsync("host_ed25519.pub") + "\n", Token);
        Assert.Equal("DF4011", (await RefusalAsync(Of(kind, target with { ConfigFile = config, JumpHosts = [$"{cluster.User}@127.0.0.1:{cluster.JumpPort}"] }))).Code);
        Assert.Single(await File.ReadAllLinesAsync(target.KnownHostsFile!, Token));
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task The_key_and_known_hosts_of_a_cluster_are_good_for_its_jump_hosts(string kind)
    {
        cluster.SkipUnlessThere();
        var jump = $"{cluster.User}@127.0.0.1:{cluster.JumpPort}";
        Assert.Equal("hello\n", await HelloAsync(Of(kind, Kinds.Plain(cluster) with { JumpHosts = [jump] })));
        var unknown = await RefusalAsync(Of(kind, await WithKnownHostsAsync(await HostLineAsync("host_ed25519.pub")) with { JumpHosts = [jump] }));
        Assert.Equal("DF4011", unknown.Code);
    }

    [Theory, MemberData(nameof(Kinds.OfDirect), MemberType = typeof(Kinds))]
    public async Task An_unknown_host_key_of_a_jump_host_is_told_as_its_own(string kind)
    {
        cluster.SkipUnlessThere();
        var target = await WithKnownHostsAsync(await HostLineAsync("host_ed25519.pub")) with { JumpHosts = [$"{cluster.User}@127.0.0.1:{cluster.JumpPort}"], TrustCommand = "dftflow cluster trust x" };
        var port = cluster.JumpPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var fingerprint = (await ToolAsync("ssh-keygen", ["-l", "-f", Path.Combine(cluster.HostKeys, "jump_ed25519.pub")])).Split(' ')[1];
        var error = await RefusalAsync(Of(kind, target));
        Assert.Equal("DF4011", error.Code);
        Assert.Contains(fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(port, error.Message, StringComparison.Ordinal);
        // The command that accepts the cluster's key asks for that of the jump host first.
        var asked = await Assert.ThrowsAsync<DftFlowException>(() => SshTransport.FetchHostKeyAsync(target, TimeProvider.System, Token));
        Assert.Equal("DF4011", asked.Code);
        Assert.Contains(fingerprint, asked.Message, StringComparison.Ordinal);
        Assert.Contains($"-p {port}", asked.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("trust x", asked.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_accepted_is_known_from_then_on()
    {
        var target = await WithKnownHostsAsync("# no line break at its end");
        await File.WriteAllTextAsync(target.KnownHostsFile!, "# no line break at its end", Token);
        var shown = await SshTransport.FetchHostKeyAsync(target, TimeProvider.System, Token);
        Assert.Equal(HostKeyVerdict.Unknown, shown.Answer.Verdict);
        await KnownHosts.AcceptAsync(shown.File, shown.Host, shown.Key, Token);
        Assert.Equal("hello\n", await HelloAsync(new SshTransport(target, TimeProvider.System)));
        Assert.Equal("hello\n", await HelloAsync(new OpenSshTransport(target, TimeProvider.System)));
        Assert.Equal(HostKeyVerdict.Known, (await SshTransport.FetchHostKeyAsync(target, TimeProvider.System, Token)).Answer.Verdict);
    }

    [Fact]
    public async Task A_master_connection_may_outlive_its_program_and_is_found_again()
    {
        cluster.SkipUnlessThere();
        var run = Directory.CreateTempSubdirectory("dfx-").FullName;
        try
        {
            var target = Kinds.Plain(cluster);
            Assert.Equal("hello\n", await HelloAsync(new OpenSshTransport(target, TimeProvider.System, persist: TimeSpan.FromMinutes(1), runtimeFolder: run)));
            var socket = Assert.Single(Directory.GetFiles(Path.Combine(run, "dftflow")), file => Path.GetExtension(file).Length == 0);
            // No new login is possible, and none is needed.
            var keys = await File.ReadAllTextAsync(cluster.AuthorizedKeys, Token);
            await File.WriteAllTextAsync(cluster.AuthorizedKeys, "", Token);
            try
            {
                // Whoever only found it does not end it: another program may be at work.
                for (var i = 0; i < 2; i++) Assert.Equal("hello\n", await HelloAsync(new OpenSshTransport(target, TimeProvider.System, runtimeFolder: run)));
                await ToolAsync("ssh", ["-S", socket, "-O", "exit", "--", "x"]);
                Assert.Equal("DF4010", (await RefusalAsync(new OpenSshTransport(target, TimeProvider.System, runtimeFolder: run))).Code);
            }
            finally
            {
                await File.WriteAllTextAsync(cluster.AuthorizedKeys, keys, Token);
            }
        }
        finally
        {
            Directory.Delete(run, recursive: true);
        }
    }
}
