using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace DftFlow.Clusters.Transports;

/// <summary>
/// A cluster over the system's <c>ssh</c>. One master connection is opened first, in the terminal where there is one, so that ssh
/// itself asks for passphrases, codes and touches; every command then shares it (ControlMaster in ssh_config(5)). It stays open for
/// a while, and the next program of the same user finds it again.
/// </summary>
/// <param name="target">Where to, and as whom; what it leaves open is up to ssh and its configuration.</param>
/// <param name="time">The clock of all limits.</param>
/// <param name="interactive">Whether a person sits at the terminal and may be asked.</param>
/// <param name="persist">How long the connection stays open after its last command; zero ends it with this object, if that opened it: it may be another program's.</param>
/// <param name="lend">Keeps the terminal free while ssh may ask; null where nothing else writes to it.</param>
/// <param name="runtimeFolder">The session's folder for sockets; XDG_RUNTIME_DIR by default.</param>
public sealed class OpenSshTransport(SshTarget target, TimeProvider time, bool interactive = false, TimeSpan persist = default, TerminalLoan? lend = null, string? runtimeFolder = null) : ITransport
{
    private static readonly TimeSpan LongestLogin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestInteractiveLogin = TimeSpan.FromMinutes(5);

    // A master of which nobody is left ends by itself.
    private static readonly TimeSpan ShortestPersistence = TimeSpan.FromSeconds(60);

    private readonly OpenSshFiles files = OpenSshFiles.For(target, runtimeFolder ?? Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"));
    private readonly SemaphoreSlim channels = new(SshTransport.MostChannels);
    private readonly SemaphoreSlim connecting = new(1);
    private bool opened;
    private bool disposed;

    public string Destination => target.Name;

    public async Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancellationToken)
    {
        await channels.WaitAsync(cancellationToken);
        var started = false;
        try
        {
            await ConnectAsync(cancellationToken);
            // Were the master gone by now, ssh would make a connection of its own: that must not come about.
            string[] command = ["ssh", .. files.Options, "-S", files.Socket, "-o", "ControlMaster=no", "-o", "ProxyCommand=false", "-o", "BatchMode=yes", "-T", "--", target.Host, commandLine];
            var process = new PipedProcess(PipedProcess.Start(command), MeaningOf, () => channels.Release());
            started = true;
            return process;
        }
        catch (Win32Exception error)
        {
            throw ConnectionFailures.Unreachable(Destination, $"ssh (package openssh-client) or setsid (package util-linux) cannot be started: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ConnectionFailures.Unreachable(Destination, $"the connection's files: {error.Message}", error);
        }
        finally
        {
            if (!started) channels.Release();
        }
    }

    /// <summary>255 is ssh's own status as well: it is the command's where the master is still there.</summary>
    private async ValueTask<int?> MeaningOf(int status) => status != 255 || await files.IsMasterThereAsync() ? status : null;

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await connecting.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (await files.IsMasterThereAsync()) return;
            using var alone = await files.LockAsync(time, cancellationToken);
            if (await files.IsMasterThereAsync()) return;
            File.Delete(files.Socket);
            OpenSshFailure? failure = null;
            async Task<bool> Login() => (failure = await LoginAsync([], cancellationToken)) is null;
            if (await (interactive && lend is not null ? lend(Login) : Login()) || failure is null)
            {
                opened = true;
                return;
            }
            // Only its debug lines tell the key that a host shows, and what a jump host says where connections are kept.
            if (failure.WantsDetails) failure = await LoginAsync(["-v"], cancellationToken) ?? throw ConnectionFailures.Lost(Destination, failure.Why);
            throw failure.ToException(target);
        }
        finally
        {
            connecting.Release();
        }
    }

    /// <summary>Opens the master, which goes to the background once it is logged in. Null, or why it is not.</summary>
    private async Task<OpenSshFailure?> LoginAsync(string[] more, CancellationToken cancellationToken)
    {
        var persistence = (long)Math.Ceiling((persist > ShortestPersistence ? persist : ShortestPersistence).TotalSeconds);
        var start = new ProcessStartInfo("ssh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])[.. more, .. files.Options, .. files.Way, .. await files.UsualOptionsAsync(cancellationToken), "-S", files.Socket, "-M", "-N", "-f", "-T",
            "-o", string.Create(CultureInfo.InvariantCulture, $"ControlPersist={persistence}"), "-o", $"BatchMode={(interactive ? "no" : "yes")}",
            "-o", "ExitOnForwardFailure=no", "-o", "ClearAllForwardings=yes", "--", target.Host])
            start.ArgumentList.Add(word);
        using var limit = new CancellationTokenSource(interactive ? LongestInteractiveLogin : LongestLogin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var said = new CutText();
        // The master keeps the stream open in the background, so that its end is not waited for.
        var listening = ListenAsync(process.StandardError.BaseStream, said, either.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw ConnectionFailures.Unreachable(Destination, FormattableString.Invariant($"no login within {(interactive ? LongestInteractiveLogin : LongestLogin).TotalSeconds:0} s"));
        }
        if (process.ExitCode == 0) return null;
        await listening;
        return OpenSshFailure.Read(said.ToString());
    }

    private static async Task ListenAsync(Stream stream, CutText said, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count) said.Append(buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // What it said until then counts.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await connecting.WaitAsync();
        try
        {
            if (disposed) return;
            disposed = true;
            if (opened && persist == TimeSpan.Zero || files.IsTemporary) await files.EndMasterAsync();
        }
        finally
        {
            connecting.Release();
        }
    }
}
