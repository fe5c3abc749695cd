using System.IO.Pipelines;
using System.Net.Sockets;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace DftFlow.Clusters.Transports;

/// <summary>
/// A command of SSH.NET. Its streams block, and know nothing of cancellation, so that each is read or written by a thread of its own
/// with a pipe towards us.
/// </summary>
internal sealed class SshProcess : IRemoteProcess
{
    // Between the answer's end and the news that the command has ended.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly SshConnection connection;
    private readonly SshCommand command;
    private readonly Task execution;
    private readonly TimeProvider time;
    private readonly Action ended;
    private readonly Pipe input = BlockingStreams.NewPipe();
    private readonly Pipe output = BlockingStreams.NewPipe();
    private readonly Pipe error = BlockingStreams.NewPipe();
    private int disposed;

    private SshProcess(SshConnection connection, SshCommand command, Task execution, TimeProvider time, Action ended)
    {
        (this.connection, this.command, this.execution, this.time, this.ended) = (connection, command, execution, time, ended);
        Input = new FedStream(input.Writer);
        Output = output.Reader.AsStream();
        Error = error.Reader.AsStream();
        BlockingStreams.Feed(input.Reader, command.CreateInputStream, connection.Heard);
        BlockingStreams.Drain(command.OutputStream, output.Writer, connection.Heard);
        BlockingStreams.Drain(command.ExtendedOutputStream, error.Writer, connection.Heard);
        connection.Began();
        _ = EndWithTheConnectionAsync();
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; }

    public static async Task<SshProcess> StartAsync(SshConnection connection, string commandLine, TimeSpan limit, TimeProvider time, Action ended, CancellationToken cancellationToken)
    {
        var command = connection.Client.CreateCommand(commandLine);
        // To open a channel blocks until the host has answered.
        var opening = Task.Factory.StartNew(() => command.ExecuteAsync(CancellationToken.None), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            var execution = await opening.WaitAsync(limit, time, cancellationToken);
            return new SshProcess(connection, command, execution, time, ended);
        }
        catch (Exception error)
        {
            // It may still be opened: then it ends with the connection, which is of no use if it does not even do that.
            if (error is TimeoutException) connection.Lose("it does not open a channel");
            // SSH.NET itself may take its time to notice.
            if (error is SocketException or SshConnectionException) connection.Lose(error.Message);
            _ = opening.ContinueWith(_ => command.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (error is not TimeoutException) throw;
            throw ConnectionFailures.TimedOut(connection.Settings.Destination, "opening a channel", limit);
        }
    }

    public async Task<int?> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(execution, connection.Lost).WaitAsync(cancellationToken);
            if (!execution.IsCompleted) return null;
            await execution;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever SSH.NET says of it, the command's end was not told.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
        return command.ExitStatus ?? (command.ExitSignal is { } signal ? 128 + SignalNumber(signal) : null);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1) return;
        await input.Writer.CompleteAsync();
        _ = EndAsync();
    }

    /// <summary>Ends it on the other side as well; whoever gave it up does not wait for that.</summary>
    private async Task EndAsync()
    {
        try
        {
            await Task.WhenAny(execution, connection.Lost, Task.Delay(Moment, time));
            // With its connection SSH.NET ends the command by itself, and does not bear two who do.
            if (connection.Lost.IsCompleted) return;
            await Task.Factory.StartNew(() =>
            {
                if (!execution.IsCompleted) command.CancelAsync();
                command.Dispose();
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
#pragma warning disable CA1031 // Nobody is left to be told.
        catch (Exception)
#pragma warning restore CA1031
        {
            connection.Lose("a command could not be ended");
        }
        finally
        {
            await output.Reader.CompleteAsync();
            await error.Reader.CompleteAsync();
            connection.Ended();
            ended();
        }
    }

    /// <summary>What waits for a connection that is gone is told its end, which SSH.NET alone may leave out where the host hangs.</summary>
    private async Task EndWithTheConnectionAsync()
    {
        await Task.WhenAny(execution, connection.Lost);
        // What has ended takes no more, of which SSH.NET says nothing.
        input.Reader.CancelPendingRead();
        if (execution.IsCompleted) return;
        await command.OutputStream.DisposeAsync();
        await command.ExtendedOutputStream.DisposeAsync();
        input.Writer.CancelPendingFlush();
    }

    private static int SignalNumber(string name) => name switch
    {
        "HUP" => 1, "INT" => 2, "QUIT" => 3, "ILL" => 4, "TRAP" => 5, "ABRT" => 6, "BUS" => 7, "FPE" => 8, "KILL" => 9, "USR1" => 10, "SEGV" => 11,
        "USR2" => 12, "PIPE" => 13, "ALRM" => 14, _ => 15,
    };
}
