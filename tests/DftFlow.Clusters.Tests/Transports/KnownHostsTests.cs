using System.Diagnostics;
using DftFlow.Clusters.Transports;

namespace DftFlow.Tests.Clusters.Transports;

public sealed class KnownHostsTests
{
    private static HostKey Key(string type, byte filler) => new(type, (byte[])[.. SshWire.String(type), .. SshWire.String(Enumerable.Repeat(filler, 32).ToArray())]);

    private static readonly HostKey Right = Key("ssh-ed25519", 1), Other = Key("ssh-ed25519", 2), Rsa = Key("ssh-rsa", 3);

    private static string Text(HostKey key) => $"{key.Type} {Convert.ToBase64String(key.Blob.Span)}";

    private static KnownHosts Of(params string[] lines) => new([("known_hosts", string.Join('\n', lines))]);

    private static HostKeyVerdict Verdict(string host, params string[] lines) => Of(lines).Ask(host, Right).Verdict;

    [Theory]
    [InlineData("login.org", "login.org")]
    [InlineData("a,login.org,b", "login.org")]
    [InlineData("LOGIN.org", "Login.ORG")]
    [InlineData("*.org", "login.org")]
    [InlineData("login?.org", "login3.org")]
    [InlineData("[login.org]:2222", "[login.org]:2222")]
    [InlineData("login.org", "[login.org]:2222")]
    public void A_line_for_the_host_with_its_key_makes_it_known(string hosts, string host) => Assert.Equal(HostKeyVerdict.Known, Verdict(host, $"{hosts} {Text(Right)} comment"));

    [Theory]
    [InlineData("other.org", "login.org")]
    [InlineData("*.org,!login.org", "login.org")]
    [InlineData("[login.org]:2222", "login.org")]
    [InlineData("[login.org]:2222", "[login.org]:2223")]
    [InlineData("login?.org", "login.org")]
    [InlineData("|1|AAAA|AAAA", "login.org")]
    public void Lines_for_others_leave_it_unknown(string hosts, string host) => Assert.Equal(HostKeyVerdict.Unknown, Verdict(host, $"{hosts} {Text(Right)}"));

    [Fact]
    public void Another_key_of_its_type_or_only_keys_of_other_types_is_a_change()
    {
        var answer = Of($"login.org {Text(Other)}", $"login.org {Text(Rsa)}").Ask("login.org", Right);
        Assert.Equal(HostKeyVerdict.Changed, answer.Verdict);
        Assert.Equal($"ssh-ed25519 {Other.Fingerprint} (known_hosts:1)", Assert.Single(answer.Expected));
        Assert.Equal(HostKeyVerdict.Changed, Verdict("login.org", $"login.org {Text(Rsa)}"));
        Assert.Equal(HostKeyVerdict.Known, Verdict("login.org", $"login.org {Text(Other)}", $"login.org {Text(Right)}"));
    }

    [Fact]
    public void A_revoked_key_is_refused_wherever_it_stands()
    {
        Assert.Equal(HostKeyVerdict.Revoked, Verdict("login.org", $"login.org {Text(Right)}", $"@revoked * {Text(Right)}"));
        Assert.Equal(HostKeyVerdict.Known, Verdict("login.org", $"login.org {Text(Right)}", $"@revoked * {Text(Other)}"));
        // A line without a port makes it known at every port, and so does one that revokes it.
        Assert.Equal(HostKeyVerdict.Revoked, Verdict("[login.org]:2222", $"login.org {Text(Right)}", $"@revoked login.org {Text(Right)}"));
    }

    [Fact]
    public void Lines_that_do_not_count_are_told()
    {
        var hosts = Of($"@cert-authority *.org {Text(Right)}", "login.org ssh-ed25519", "login.org ssh-rsa " + Text(Right).Split(' ')[1], "@strange x y z", "# comment", "", $"fine.org {Text(Right)}");
        Assert.Equal(HostKeyVerdict.Unknown, hosts.Ask("login.org", Right).Verdict);
        Assert.Equal((string[])["known_hosts:1", "known_hosts:2", "known_hosts:3", "known_hosts:4"], hosts.Ignored.Select(reason => reason[..13]));
        Assert.Equal(HostKeyVerdict.Known, hosts.Ask("fine.org", Right).Verdict);
    }

    [Fact]
    public void Types_of_the_known_keys_are_told_so_that_they_are_asked_for_first()
    {
        var hosts = Of($"login.org {Text(Rsa)}", $"login.org {Text(Right)}", $"*.com {Text(Right)}");
        Assert.Equal((string[])["ssh-rsa", "ssh-ed25519"], hosts.TypesOf("login.org"));
        Assert.Equal((string[])["ssh-ed25519"], hosts.TypesOf("[a.com]:2222"));
        Assert.Empty(hosts.TypesOf("elsewhere"));
    }

    [Fact]
    public async Task Hashed_names_and_fingerprints_are_those_of_ssh_keygen()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ssh-keygen"), "ssh-keygen is not installed");
        var folder = Directory.CreateTempSubdirectory("known-").FullName;
        try
        {
            await KeygenAsync("-q", "-t", "ecdsa", "-N", "", "-f", $"{folder}/key");
            var words = (await File.ReadAllTextAsync($"{folder}/key.pub", TestContext.Current.CancellationToken)).Split(' ');
            var key = HostKey.Read(words[0], words[1])!;
            Assert.Contains(key.Fingerprint, await KeygenAsync("-l", "-f", $"{folder}/key.pub"), StringComparison.Ordinal);
            var file = $"{folder}/new/known_hosts";
            await KnownHosts.AcceptAsync(file, "login.org", key, TestContext.Current.CancellationToken);
            await KnownHosts.AcceptAsync(file, "[Login.org]:2222", key, TestContext.Current.CancellationToken);
            await KeygenAsync("-q", "-H", "-f", file);
            Assert.DoesNotContain("login", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
            var hosts = KnownHosts.ReadFiles([file, $"{folder}/absent"]);
            Assert.Equal(HostKeyVerdict.Known, hosts.Ask("login.org", key).Verdict);
            Assert.Equal(HostKeyVerdict.Known, hosts.Ask("[login.org]:2222", key).Verdict);
            Assert.Equal(HostKeyVerdict.Changed, hosts.Ask("login.org", Right).Verdict);
            Assert.Equal(HostKeyVerdict.Unknown, hosts.Ask("logout.org", key).Verdict);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Many_that_accept_keys_at_once_lose_none()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "# no line break", TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            while (true)
            {
                try
                {
                    await KnownHosts.AcceptAsync(file, $"host{i}", Right, CancellationToken.None);
                    return;
                }
                catch (DftFlowException error) when (error.Code == "DF4016")
                {
                    // Another one has the file at this moment, and says so instead of writing over it.
                    await Task.Delay(5);
                }
            }
        }));
        var hosts = KnownHosts.ReadFiles([file]);
        File.Delete(file);
        Assert.All(Enumerable.Range(0, 30), i => Assert.Equal(HostKeyVerdict.Known, hosts.Ask($"host{i}", Right).Verdict));
    }

    [Fact]
    public void No_text_makes_it_fail()
    {
        Mutated.OnlyFailsWithItsOwnError(text => _ = Of(text).Ask("login.org", Right),
            $"login.org,*.com {Text(Right)} c\n|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= {Text(Rsa)}\n@revoked !x,* {Text(Other)}\n@cert-authority * {Text(Rsa)}\n");
    }

    [Fact]
    public void No_bytes_make_the_readers_of_keys_fail()
    {
        var random = new Random(7);
        for (var i = 0; i < Effort.Iterations(20_000); i++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            if (bytes.Length > 8 && i % 2 == 0) (bytes[0], bytes[1], bytes[2], bytes[3]) = (12, 0, 0, 0);
            _ = HostKey.TypeOf(bytes);
            _ = SshAgent.ReadKeys(bytes);
            _ = SshIdentities.OpenSshPublicHalf($"-----BEGIN OPENSSH PRIVATE KEY-----\n{Convert.ToBase64String((byte[])[.. "openssh-key-v1\0"u8, .. bytes])}\n-----END");
        }
    }

    private static async Task<string> KeygenAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("ssh-keygen") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
