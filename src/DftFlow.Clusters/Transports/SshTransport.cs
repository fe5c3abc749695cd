using System.Net.Sockets;
using Renci.SshNet.Common;

namespace DftFlow.Clusters.Transports;

/// <summary>
/// A cluster over SSH.NET: one connection, made at the first command and again at the first one after it was lost. Every command is
/// a channel of its own, of which no more than a few are open at a time. While commands are silent the host is asked whether it is
/// still there.
/// </summary>
/// <param name="target">Where to, and as whom.</param>
/// <param name="time">The clock of all limits.</param>
/// <param name="prompt">Asks a person for passphrases and codes; null where nobody is there.</param>
/// <param name="config">The ssh configuration; by default this machine's.</param>
public sealed class SshTransport(SshTarget target, TimeProvider time, SshPrompt? prompt = null, SshConfigFile? config = null) : ITransport
{
    /// <summary>Commands at a time: sshd allows ten for a connection, and other programs of the user may share it.</summary>
    public const int MostChannels = 4;

    internal static readonly TimeSpan UsualAliveInterval = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(20);

    private readonly SshLogin login = new(target, config ?? SshConfigFile.OfThisMachine, SshIdentities.Of(target), prompt, time);
    private readonly SemaphoreSlim channels = new(MostChannels);
    private readonly SemaphoreSlim connecting = new(1);
    private SshConnection? connection;
    private bool disposed;

    /// <summary>SSH.NET holds all that comes faster than it is taken.</summary>
    public long LargestReply => 64 << 20;

    public string Destination { get; } = (config ?? SshConfigFile.OfThisMachine).Resolve(target).Destination;

    /// <summary>
    /// Asks a host for its key without logging in to it, so that a person can compare the fingerprint and accept it
    /// (<see cref="KnownHosts.AcceptAsync"/>). It serves both transports, which read the same files.
    /// </summary>
    /// <exception cref="DftFlowException">One of <see cref="ConnectionFailures"/>: the host, or a jump host on the way, cannot be reached.</exception>
    public static Task<ShownHostKey> FetchHostKeyAsync(SshTarget target, TimeProvider time, CancellationToken cancellationToken, SshPrompt? prompt = null) =>
        SshConnection.FetchHostKeyAsync(new(target, SshConfigFile.OfThisMachine, SshIdentities.Of(target), prompt, time), cancellationToken);

    public async Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancellationToken)
    {
        await channels.WaitAsync(cancellationToken);
        var started = false;
        try
        {
            SshProcess process;
            try
            {
                process = await OpenAsync(commandLine, cancellationToken);
            }
            catch (Exception error) when (WasNotSent(error))
            {
                process = await OpenAsync(commandLine, cancellationToken);
            }
            started = true;
            return process;
        }
#pragma warning disable CA1031 // A connection that breaks at the wrong moment shows as any exception of SSH.NET.
        catch (Exception error) when (error is not (DftFlowException or OperationCanceledException))
#pragma warning restore CA1031
        {
            throw ConnectionFailures.Lost(Destination, error.Message, error);
        }
        finally
        {
            if (!started) channels.Release();
        }
    }

    // SSH.NET finds the connection gone before it sends a message, or the system does not take it whole: then the host has not seen
    // the command, which may be started again over another connection. (A reset may also come after the command.) It has the same
    // words where it waits for an answer, and then the host may have seen it: only the stack tells the two apart.
    private static bool WasNotSent(Exception error) =>
        error is SshConnectionException { Message: "Client not connected." } or SocketException { SocketErrorCode: SocketError.Shutdown }
        && error.StackTrace is { } stack && stack.Contains(".SendMessage(", StringComparison.Ordinal) && !stack.Contains(".WaitOnHandle(", StringComparison.Ordinal);

    private async Task<SshProcess> OpenAsync(string commandLine, CancellationToken cancellationToken)
    {
        var over = await ConnectAsync(cancellationToken);
        return await SshProcess.StartAsync(over, commandLine, over.Settings.ConnectTimeout ?? LongestOpening, time, () => channels.Release(), cancellationToken);
    }

    /// <summary>Only one login at a time is ever tried.</summary>
    private async Task<SshConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        await connecting.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (connection is { IsAlive: true }) return connection;
            if (connection is not null) await connection.DisposeAsync();
            connection = null;
            return connection = await SshConnection.OpenAsync(login, cancellationToken);
        }
        finally
        {
            connecting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await connecting.WaitAsync();
        try
        {
            disposed = true;
            if (connection is not null) await connection.DisposeAsync();
            connection = null;
        }
        finally
        {
            connecting.Release();
        }
    }
}
