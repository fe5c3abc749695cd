using System.Diagnostics;
using System.Globalization;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

public sealed class SshConfigFileTests
{
    private static readonly SshLocalUser Ada = new("ada", 1000, "/home/ada", "laptop.example.org", name => name == "SITE" ? "north" : name == "SSH_AUTH_SOCK" ? "/run/agent" : null);

    private static SshHostSettings Resolve(string text, string host = "cluster", params (string Path, string Text)[] others) => Resolve(text, new SshTarget { Host = host }, others);

    private static SshHostSettings Resolve(string text, SshTarget target, params (string Path, string Text)[] others)
    {
        var files = others.Append(("/home/ada/.ssh/config", text)).ToDictionary(file => file.Item1, file => file.Item2);
        return new SshConfigFile(Ada, files.GetValueOrDefault, pattern => files.Keys.Where(path => SshConfigText.Fits(path, pattern)).Order(StringComparer.Ordinal)).Resolve(target);
    }

    [Fact]
    public void Without_a_file_the_host_is_its_own_name()
    {
        var settings = Resolve("", "Login.Example.org");
        Assert.Equal(("login.example.org", 22, "ada"), (settings.HostName, settings.Port, settings.User));
        Assert.Equal((string[])["/home/ada/.ssh/known_hosts", "/home/ada/.ssh/known_hosts2"], settings.UserKnownHostsFiles);
        Assert.Equal("/run/agent", settings.AgentSocket);
        Assert.Empty(settings.Remarks);
    }

    [Fact]
    public void The_first_value_wins_and_identity_files_add_up()
    {
        var settings = Resolve("""
            Host clus* !cluster2
                HostName login.%h.example.org
                User=alice
                Port 2222
                IdentityFile ~/.ssh/%r@%h
                IdentityFile "${SITE}/a key"
            Host cluster2
                User nobody
            Host *
                User bob
                Port 22
                IdentityFile /keys/last
                ServerAliveInterval 1m30s
                ConnectTimeout 7
                IdentitiesOnly yes
            """);
        Assert.Equal(("login.cluster.example.org", 2222, "alice"), (settings.HostName, settings.Port, settings.User));
        Assert.Equal((string[])["/home/ada/.ssh/alice@login.cluster.example.org", "north/a key", "/keys/last"], settings.IdentityFiles);
        Assert.Equal((90.0, 7.0, true), (settings.ServerAliveInterval.TotalSeconds, settings.ConnectTimeout!.Value.TotalSeconds, settings.IdentitiesOnly));
        Assert.Equal("[login.cluster.example.org]:2222", settings.KnownHostsName);
    }

    [Fact]
    public void What_the_target_says_goes_before_the_file()
    {
        var target = new SshTarget { Host = "cluster", User = "carol", Port = 22, IdentityFiles = ["/keys/own"], JumpHosts = ["gate"], KnownHostsFile = "/known" };
        var settings = Resolve("User alice\nPort 2222\nIdentityFile /keys/file\nProxyJump other\nUserKnownHostsFile /file\n", target);
        Assert.Equal(("carol", 22), (settings.User, settings.Port));
        Assert.Equal((string[])["/keys/own", "/keys/file"], settings.IdentityFiles);
        Assert.Equal((string[])["gate"], settings.ProxyJump);
        Assert.Equal((string[])["/known"], settings.UserKnownHostsFiles);
        Assert.True(settings.IdentitiesOnly);
    }

    [Fact]
    public void Times_that_no_timer_keeps_and_limits_of_nothing_are_mended()
    {
        Assert.Null(Resolve("ConnectTimeout 0").ConnectTimeout);
        var settings = Resolve("ConnectTimeout 3000w\nServerAliveInterval 3000w");
        Assert.InRange(settings.ConnectTimeout!.Value.TotalDays, 1, 20);
        Assert.InRange(settings.ServerAliveInterval.TotalDays, 1, 20);
    }

    [Fact]
    public void A_percent_sign_in_a_file_that_the_target_names_is_one()
    {
        var settings = Resolve("", new SshTarget { Host = "cluster", IdentityFiles = ["/data/100%/key"], KnownHostsFile = "/data/%h/known" });
        Assert.Equal((string[])["/data/100%/key"], settings.IdentityFiles);
        Assert.Equal((string[])["/data/%h/known"], settings.UserKnownHostsFiles);
    }

    [Fact]
    public void Lines_of_Windows_are_read()
    {
        var settings = Resolve("Host cluster\r\n  User alice\r\n  IdentityFile \"/my keys/a\"\r\n  Port 2222\r\n");
        Assert.Equal(("alice", 2222, "/my keys/a"), (settings.User, settings.Port, Assert.Single(settings.IdentityFiles)));
    }

    [Fact]
    public async Task Lists_of_revoked_keys_are_not_passed_over()
    {
        Assert.Null(Resolve("RevokedHostKeys none").RevokedHostKeys);
        var config = new SshConfigFile(Ada, path => path == "/config" ? "RevokedHostKeys /etc/ssh/revoked" : null, _ => []);
        await using var transport = new SshTransport(new SshTarget { Host = "cluster", ConfigFile = "/config" }, TimeProvider.System, config: config);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => transport.StartAsync("true", TestContext.Current.CancellationToken));
        Assert.Equal("DF4015", error.Code);
    }

    [Fact]
    public void Jump_hosts_form_a_chain_and_none_is_none()
    {
        Assert.Equal((string[])["a", "bob@b:2022"], Resolve("ProxyJump a,bob@b:2022").ProxyJump);
        Assert.Empty(Resolve("Host cluster\nProxyJump none\nHost *\nProxyJump a").ProxyJump);
        Assert.Equal("ssh -W %h:%p gate", Resolve("ProxyCommand ssh -W %h:%p gate\nProxyJump a").ProxyCommand);
        Assert.Empty(Resolve("ProxyCommand ssh -W %h:%p gate\nProxyJump a").ProxyJump);
    }

    [Fact]
    public void Included_files_count_where_they_stand()
    {
        var settings = Resolve("""
            Host other
                Include conf.d/*
            Host cluster
                Include conf.d/*
                Port 3
            """, "cluster", ("/home/ada/.ssh/conf.d/a", "User first\nHost elsewhere\nPort 1"), ("/home/ada/.ssh/conf.d/b", "User second\nHost cluster\nPort 2"));
        Assert.Equal(("first", 2), (settings.User, settings.Port));
        Assert.Equal(22, Resolve("Include config").Port);
    }

    [Fact]
    public void Match_is_honoured_as_far_as_it_needs_no_command()
    {
        const string Text = """
            Match host cluster !user root
                Port 1
            Match originalhost other,third localuser ada
                Port 2
            Match exec "true"
                Port 3
            Match all
                Port 4
            """;
        Assert.Equal((1, 2, 4), (Resolve(Text).Port, Resolve(Text, "third").Port, Resolve(Text, "fourth").Port));
        Assert.Contains("Match exec", Assert.Single(Resolve(Text, "fourth").Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void The_check_of_host_keys_cannot_be_switched_off()
    {
        Assert.Contains("config:1: StrictHostKeyChecking no is not honoured", Assert.Single(Resolve("StrictHostKeyChecking no").Remarks), StringComparison.Ordinal);
        Assert.Empty(Resolve("StrictHostKeyChecking ask").Remarks);
    }

    [Fact]
    public void Bad_lines_are_remarked_and_do_no_harm()
    {
        var settings = Resolve("Port 99999\nUser \"open\nIdentityFile\n= x\nUser bob\nPort 23 # here\n");
        Assert.Equal(("bob", 23), (settings.User, settings.Port));
        Assert.Equal(4, settings.Remarks.Length);
    }

    [Fact]
    public void No_text_makes_it_fail()
    {
        Mutated.OnlyFailsWithItsOwnError(text => _ = Resolve(text, "cluster", ("/home/ada/.ssh/loop", text)),
            "Host clus* !x\n  HostName %h.org\n  ProxyJump a,b\n  IdentityFile ~/%r ${SITE}\nMatch host c* user ada\n  Port 22\n  Include loop\n  ServerAliveInterval 1h2m\n",
            "IdentityAgent $SITE\nUserKnownHostsFile a b \"c d\"\nGlobalKnownHostsFile none\nConnectTimeout 5\nMatch all\nHostKeyAlias %%\n");
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_no_time()
    {
        var clock = Stopwatch.StartNew();
        Assert.False(SshConfigText.Fits(new string('a', 2000), string.Concat(Enumerable.Repeat("a*", 500)) + "b"));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static readonly string[] Names = ["alpha", "beta", "gamma", "alpha.org", "b", "login1"];

    private static readonly string[] Patterns = [.. Names, "*", "al*", "?eta", "*a", "!beta", "!al*", "login?", "*.org"];

    private static readonly string[] Lines =
    [
        "Host {p} {p}", "Host {p}", "Host {p}", "Match host {p}", "Match originalhost {p},{p}", "match host \"{p}\" user {n}", "Match all", "Match localuser root,ada", "Match !all",
        "# comment", "", "   ", "User {n}", "user={n}", "  USER = {n}", "User\t{n}", "Port {i}", "Port {i} # of old", "  HostName {n}", "HostName {n}.%h", "HostName {n}%%",
        "IdentityFile /keys/{n}", "IdentityFile \"/my keys/{n}\" # of old", "IdentitiesOnly yes", "IdentitiesOnly no", "ProxyJump none", "ProxyJump {n}",
        "ProxyJump {n},carol@{n}:2022", "HostKeyAlias One.Two", "ServerAliveInterval 20", "ServerAliveInterval 1m", "ServerAliveCountMax 5", "ConnectTimeout 9",
        "ConnectTimeout 1m5s", "UserKnownHostsFile /k/{n} \"/k/b c\"", "UserKnownHostsFile /k/c", "GlobalKnownHostsFile /g", "Compression yes", "ProxyCommand none", "StrictHostKeyChecking yes",
    ];

    private static string RandomText(Random random)
    {
        var lines = Enumerable.Range(0, random.Next(1, 25)).Select(_ => Lines[random.Next(Lines.Length)]).ToList();
        var text = string.Join('\n', lines) + "\n";
        foreach (var (hole, words) in (ReadOnlySpan<(string, Func<string>)>)[
            ("{p}", () => Patterns[random.Next(Patterns.Length)]), ("{n}", () => Names[random.Next(Names.Length)]), ("{i}", () => random.Next(1, 65536).ToString(CultureInfo.InvariantCulture))])
        {
            for (var at = 0; (at = text.IndexOf(hole, StringComparison.Ordinal)) >= 0;) text = text[..at] + words() + text[(at + hole.Length)..];
        }
        return text;
    }

    /// <summary>Hundreds of random files, each asked by ssh itself about several hosts.</summary>
    [Fact]
    public async Task Says_what_ssh_itself_says()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ssh"), "ssh is not installed");
        var file = Path.GetTempFileName();
        try
        {
            for (var round = 0; round < Effort.Iterations(60); round++)
            {
                var text = RandomText(new Random(round));
                await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
                foreach (var host in (string[])["alpha", "beta", "login1", "alpha.org"])
                {
                    var theirs = (await SshAsync("-F", file, "-G", "--", host)).Split('\n').Select(line => line.Split(' ', 2)).Where(words => words.Length == 2)
                        .ToLookup(words => words[0], words => words[1]);
                    var ours = new SshConfigFile(SshLocalUser.Current, path => path == file ? text : null, _ => []).Resolve(new SshTarget { Host = host, ConfigFile = file });
                    string Message(string what) => $"{what} of {host} in\n{text}";
                    void Same(string what, string value) => Assert.True(theirs[what].Single() == value, $"ssh: {theirs[what].Single()}, here: {value}: {Message(what)}");
                    Same("hostname", ours.HostName);
                    Same("port", ours.Port.ToString(CultureInfo.InvariantCulture));
                    Same("user", ours.User);
                    Same("identitiesonly", ours.IdentitiesOnly ? "yes" : "no");
                    Same("serveraliveinterval", ours.ServerAliveInterval.TotalSeconds.ToString(CultureInfo.InvariantCulture));
                    Same("serveralivecountmax", ours.ServerAliveCountMax.ToString(CultureInfo.InvariantCulture));
                    Same("connecttimeout", ours.ConnectTimeout is { } limit ? limit.TotalSeconds.ToString(CultureInfo.InvariantCulture) : "none");
                    Assert.True(theirs["proxyjump"].SingleOrDefault("") == string.Join(',', ours.ProxyJump), Message("proxyjump"));
                    Assert.True(theirs["hostkeyalias"].SingleOrDefault("").Equals(ours.HostKeyAlias ?? "", StringComparison.OrdinalIgnoreCase), Message("hostkeyalias"));
                    if (text.Contains("/keys", StringComparison.Ordinal) && !ours.IdentityFiles.IsEmpty)
                        Assert.True(theirs["identityfile"].SequenceEqual(ours.IdentityFiles), Message("identityfile"));
                    Assert.True(theirs["userknownhostsfile"].Single().Replace("~", SshLocalUser.Current.Home, StringComparison.Ordinal).Replace(SshLocalUser.Current.Home + "/.ssh", "~/.ssh", StringComparison.Ordinal)
                        == string.Join(' ', ours.UserKnownHostsFiles).Replace(SshLocalUser.Current.Home + "/.ssh", "~/.ssh", StringComparison.Ordinal), Message("userknownhostsfile"));
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> SshAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("ssh") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
