using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace DftFlow.Clusters.Transports;

/// <summary>Everything that a login needs besides the settings of the host.</summary>
internal sealed record SshLogin(SshTarget Target, SshConfigFile Config, SshIdentities Identities, SshPrompt? Prompt, TimeProvider Time);

/// <summary>A login to a host with SSH.NET, through its jump hosts.</summary>
internal sealed class SshConnection : IAsyncDisposable
{
    private const int DeepestJump = 8;
    private static readonly TimeSpan UsualConnectTimeout = TimeSpan.FromSeconds(30);

    // SSH.NET waits no longer than this for a peer that takes no more input; the limits in force are ours.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    // Until its end a connection that was given up may wait for a host that hangs.
    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(2);

    private readonly SshConnection? jump;
    private readonly ForwardedPortLocal? tunnel;
    private readonly TimeProvider time;
    private readonly TaskCompletionSource<string> lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long heardAt;
    private int commands;

    private SshConnection(SshClient client, SshHostSettings settings, SshConnection? jump, ForwardedPortLocal? tunnel, TimeProvider time)
    {
        (Client, Settings, this.jump, this.tunnel, this.time) = (client, settings, jump, tunnel, time);
        client.ErrorOccurred += (_, problem) => Lose(problem.Exception.Message);
        if (jump is not null) jump.Client.ErrorOccurred += (_, problem) => Lose($"the jump host {jump.Settings.Destination}: {problem.Exception.Message}");
        _ = WatchAsync();
    }

    public SshClient Client { get; }

    public SshHostSettings Settings { get; }

    /// <summary>Ends, with the reason, when the connection is lost.</summary>
    public Task<string> Lost => lost.Task;

    public bool IsAlive => !lost.Task.IsCompleted && Client.IsConnected && jump is null or { IsAlive: true };

    public void Lose(string why) => lost.TrySetResult(why);

    /// <summary>A byte went through, in either direction.</summary>
    public void Heard() => Volatile.Write(ref heardAt, time.GetTimestamp());

    public void Began()
    {
        Heard();
        Interlocked.Increment(ref commands);
    }

    public void Ended() => Interlocked.Decrement(ref commands);

    /// <summary>
    /// Asks the host for a sign of life while commands run and are silent, since SSH.NET's own keep-alive does not wait for an
    /// answer. A refusal is one.
    /// </summary>
    private async Task WatchAsync()
    {
        var interval = AliveInterval(Settings);
        while (!lost.Task.IsCompleted)
        {
            await Task.WhenAny(lost.Task, Task.Delay(interval, time));
            if (lost.Task.IsCompleted || Volatile.Read(ref commands) == 0 || time.GetElapsedTime(Volatile.Read(ref heardAt)) < interval) continue;
            try
            {
                var asking = Task.Factory.StartNew(() =>
                {
                    using var nothing = Client.CreateCommand("exit 0");
                    nothing.Execute();
                }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                await asking.WaitAsync(interval * Math.Max(1, Settings.ServerAliveCountMax - 1), time);
                Heard();
            }
            catch (TimeoutException)
            {
                Lose("it gives no sign of life");
            }
#pragma warning disable CA1031 // A connection that breaks at the wrong moment shows as any exception of SSH.NET.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (!Client.IsConnected) Lose(error.Message);
            }
        }
    }

    private static TimeSpan AliveInterval(SshHostSettings settings) =>
        settings.ServerAliveInterval > TimeSpan.Zero ? settings.ServerAliveInterval : SshTransport.UsualAliveInterval;

    public static Task<SshConnection> OpenAsync(SshLogin login, CancellationToken cancellationToken) => OpenAsync(login, login.Target, 0, null, cancellationToken);

    /// <summary>Asks the host for its key, and leaves before any login; jump hosts on the way are logged in to.</summary>
    public static async Task<ShownHostKey> FetchHostKeyAsync(SshLogin login, CancellationToken cancellationToken)
    {
        ShownHostKey? key = null;
        DftFlowException Look(SshHostSettings settings, HostKeyEventArgs shown)
        {
            key = Shown(settings, shown);
            return Refusal(settings, login.Target, shown) ?? ConnectionFailures.Lost(settings.Destination, "the key was all that was asked for");
        }
        try
        {
            await (await OpenAsync(login, login.Target, 0, Look, cancellationToken)).DisposeAsync();
        }
        catch (DftFlowException) when (key is not null)
        {
            // It was refused on purpose.
        }
        return key!;
    }

    private static async Task<SshConnection> OpenAsync(
        SshLogin login, SshTarget target, int depth, Func<SshHostSettings, HostKeyEventArgs, DftFlowException?>? judge, CancellationToken cancellationToken)
    {
        var settings = login.Config.Resolve(target);
        if (settings.ProxyCommand is { } command)
            throw ConnectionFailures.NotSupported(settings.Destination, $"the ssh configuration has 'ProxyCommand {command}', and the ssh transport runs no such commands");
        if (settings.RevokedHostKeys is { } revoked)
            throw ConnectionFailures.NotSupported(settings.Destination, $"the ssh configuration has 'RevokedHostKeys {revoked}', and the ssh transport does not read such lists");
        if (depth > DeepestJump) throw ConnectionFailures.NotSupported(settings.Destination, "the jump hosts go through each other in a circle");
        SshConnection? jump = null;
        ForwardedPortLocal? tunnel = null;
        try
        {
            if (settings.ProxyJump is [.. var before, var last])
            {
                jump = await OpenAsync(login, JumpTarget(target, last, before), depth + 1, null, cancellationToken);
                tunnel = new ForwardedPortLocal("127.0.0.1", 0, settings.HostName, (uint)settings.Port);
                jump.Client.AddForwardedPort(tunnel);
                tunnel.Start();
            }
            var client = await ConnectAsync(login, settings, jump, tunnel, judge ?? ((of, shown) => Refusal(of, target, shown)), cancellationToken);
            return new SshConnection(client, settings, jump, tunnel, login.Time);
        }
        catch
        {
            tunnel?.Dispose();
            if (jump is not null) await jump.DisposeAsync();
            throw;
        }
    }

    /// <summary>A jump host has its own settings in the configuration file; the cluster's key and known_hosts are good for it too.</summary>
    internal static SshTarget JumpTarget(SshTarget target, string jump, ImmutableArray<string> before)
    {
        var at = jump.LastIndexOf('@');
        var rest = jump[(at + 1)..];
        int? port = null;
        var colon = rest.LastIndexOf(':');
        // A second colon and no bracket: an IPv6 address without a port.
        if (colon > 0 && (rest[colon - 1] == ']' || rest.IndexOf(':', StringComparison.Ordinal) == colon)
            && int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            (port, rest) = (number, rest[..colon]);
        return target with { Host = rest.Trim('[', ']'), User = at > 0 ? jump[..at] : null, Port = port, JumpHosts = before, TrustCommand = null };
    }

    private static async Task<SshClient> ConnectAsync(SshLogin login, SshHostSettings settings, SshConnection? jump, ForwardedPortLocal? tunnel,
        Func<SshHostSettings, HostKeyEventArgs, DftFlowException?> judge, CancellationToken cancellationToken)
    {
        var limit = settings.ConnectTimeout ?? UsualConnectTimeout;
        using var late = new CancellationTokenSource(limit, login.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        string? tunnelSaid = null;
        if (tunnel is not null) tunnel.Exception += (_, problem) => tunnelSaid = problem.Exception.Message;
        DftFlowException? refusal = null;
        SshClient? client = null;
        // A person takes the time that it takes.
        string? Ask(SshQuestion question)
        {
            if (login.Prompt is null) return null;
            late.CancelAfter(Timeout.InfiniteTimeSpan);
            try
            {
                return login.Prompt(question, cancellationToken).GetAwaiter().GetResult();
            }
            finally
            {
                late.CancelAfter(limit);
            }
        }
        // SSH.NET blocks, and it asks us for signatures and answers on the way: a thread of its own.
        var connecting = Task.Factory.StartNew(() =>
        {
            var made = new SshClient(Info(login, settings, tunnel, question => refusal is null ? Ask(question) : null));
            made.HostKeyReceived += (_, shown) => shown.CanTrust = (refusal ??= judge(settings, shown)) is null;
            Volatile.Write(ref client, made);
            made.Connect();
            made.ConnectionInfo.Timeout = LongestWait;
            made.KeepAliveInterval = AliveInterval(settings);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await connecting.WaitAsync(either.Token);
            return client!;
        }
        catch (Exception error)
        {
            if (Volatile.Read(ref client) is { } made) _ = EndAsync(made);
            // It may still be about to connect, or about to succeed.
            _ = connecting.ContinueWith(_ => client?.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (error is DftFlowException) throw;
            if (refusal is not null) throw refusal;
            var through = jump is null ? "" : $" (through {jump.Settings.Destination}{(tunnelSaid is null ? "" : $", which says: {tunnelSaid}")})";
            throw error switch
            {
                OperationCanceledException when cancellationToken.IsCancellationRequested => new OperationCanceledException(cancellationToken),
                OperationCanceledException or SshOperationTimeoutException =>
                    ConnectionFailures.Unreachable(settings.Destination, FormattableString.Invariant($"no answer within {limit.TotalSeconds:0} s{through}"), error),
                SshAuthenticationException => Unauthenticated(login, settings, error),
                // Where many keys are offered sshd ends the connection itself: "Too many authentication failures".
                SshConnectionException when error.Message.Contains("authentication", StringComparison.OrdinalIgnoreCase) => Unauthenticated(login, settings, error),
                SocketException or SshConnectionException or ProxyException => ConnectionFailures.Unreachable(settings.Destination, error.Message + through, error),
                IOException or SshException => ConnectionFailures.NotAuthenticated(settings.Destination, error.Message, error),
                _ => error,
            };
        }
    }

    private static ConnectionInfo Info(SshLogin login, SshHostSettings settings, ForwardedPortLocal? tunnel, Func<SshQuestion, string?> ask)
    {
        var methods = new List<AuthenticationMethod>();
        var keys = login.Identities.For(settings, path => ask(new SshQuestion(path, $"Passphrase of the key {path}:", false, "")));
        if (keys.Count > 0) methods.Add(new PrivateKeyAuthenticationMethod(settings.User, [.. keys]));
        if (login.Prompt is not null)
        {
            var questions = new KeyboardInteractiveAuthenticationMethod(settings.User);
            questions.AuthenticationPrompt += (_, asked) =>
            {
                foreach (var prompt in asked.Prompts)
                    prompt.Response = ask(new SshQuestion(settings.Destination, prompt.Request, prompt.IsEchoed, asked.Instruction))
                        ?? throw ConnectionFailures.NotAnswered(settings.Destination, $"it asks '{prompt.Request.Trim()}'");
            };
            methods.Add(questions);
        }
        if (methods.Count == 0)
            throw ConnectionFailures.NotAuthenticated(settings.Destination, $"there is no key to log in with{string.Concat(login.Identities.LeftOut.Select(why => $"; {why}"))}");
        var info = tunnel is null
            ? new ConnectionInfo(settings.HostName, settings.Port, settings.User, [.. methods])
            : new ConnectionInfo(tunnel.BoundHost, (int)tunnel.BoundPort, settings.User, [.. methods]);
        info.Timeout = login.Prompt is null ? settings.ConnectTimeout ?? UsualConnectTimeout : LongestWait;
        PreferKnown(info, KnownHosts.ReadFiles([.. settings.UserKnownHostsFiles, .. settings.GlobalKnownHostsFiles]).TypesOf(settings.KnownHostsName));
        return info;
    }

    /// <summary>Asks first for a key of a type that known_hosts has, so that a known host does not seem to be an unknown one. Certificates are not understood.</summary>
    private static void PreferKnown(ConnectionInfo info, IReadOnlyList<string> types)
    {
        var all = info.HostKeyAlgorithms.Where(algorithm => !algorithm.Key.Contains("-cert-", StringComparison.Ordinal)).ToList();
        info.HostKeyAlgorithms.Clear();
        foreach (var (name, make) in all.OrderBy(algorithm => types.Contains(algorithm.Key is "rsa-sha2-512" or "rsa-sha2-256" ? "ssh-rsa" : algorithm.Key) ? 0 : 1))
            info.HostKeyAlgorithms.Add(name, make);
    }

    private static ShownHostKey Shown(SshHostSettings settings, HostKeyEventArgs shown)
    {
        // An RSA key goes by its signature's name here.
        var key = new HostKey(HostKey.TypeOf(shown.HostKey) ?? shown.HostKeyName, shown.HostKey);
        ImmutableArray<string> files = [.. settings.UserKnownHostsFiles, .. settings.GlobalKnownHostsFiles];
        return new(settings.KnownHostsName, key, files.FirstOrDefault("known_hosts"), KnownHosts.ReadFiles(files).Ask(settings.KnownHostsName, key));
    }

    private static DftFlowException? Refusal(SshHostSettings settings, SshTarget target, HostKeyEventArgs shown)
    {
        var (_, key, file, answer) = Shown(settings, shown);
        return answer.Verdict switch
        {
            HostKeyVerdict.Known => null,
            HostKeyVerdict.Unknown => ConnectionFailures.UnknownHostKey(settings.Destination, key.ToString(), file, target.Trust),
            HostKeyVerdict.Revoked => ConnectionFailures.RevokedHostKey(settings.Destination, key.ToString(), string.Join(", ", answer.Expected)),
            _ => ConnectionFailures.ChangedHostKey(settings.Destination, key.ToString(), file, string.Join(", ", answer.Expected)),
        };
    }

    private static DftFlowException Unauthenticated(SshLogin login, SshHostSettings settings, Exception error) =>
        login.Prompt is null && error.Message.Contains("keyboard-interactive", StringComparison.Ordinal)
            ? ConnectionFailures.NotAnswered(settings.Destination, "it wants a password or a code", error)
            : ConnectionFailures.NotAuthenticated(settings.Destination, error.Message + string.Concat(login.Identities.LeftOut.Select(why => $"; {why}")), error);

    public async ValueTask DisposeAsync()
    {
        Lose("it was closed");
        await EndAsync(Client);
        if (jump is not null) await jump.DisposeAsync();
        tunnel?.Dispose();
    }

    /// <summary>Closing can hang with the host: after a while nobody waits for it any more.</summary>
    private static async Task EndAsync(SshClient client)
    {
        var ending = Task.Factory.StartNew(client.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAny(ending, Task.Delay(PatienceAtTheEnd));
    }
}
