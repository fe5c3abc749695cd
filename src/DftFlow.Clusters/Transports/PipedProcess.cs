using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipelines;
using System.IO.Pipes;

namespace DftFlow.Clusters.Transports;

/// <summary>A process of this machine, its three streams in our hands. It leads a session of its own, which ends with it when it is given up.</summary>
internal sealed class PipedProcess : IRemoteProcess
{
    // Whoever has its whole answer need not have waited for its end, which is then a moment away.
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    private readonly Process process;
    private readonly Func<int, ValueTask<int?>>? meaning;
    private readonly Action? ended;
    private int disposed;

    public PipedProcess(Process process, Func<int, ValueTask<int?>>? meaning = null, Action? ended = null)
    {
        (this.process, this.meaning, this.ended) = (process, meaning, ended);
        Pipe input = BlockingStreams.NewPipe(), output = BlockingStreams.NewPipe();
        (Input, Output) = (new FedStream(input.Writer), output.Reader.AsStream());
        BlockingStreams.Feed(input.Reader, () => process.StandardInput.BaseStream);
        BlockingStreams.Drain(process.StandardOutput.BaseStream, output.Writer);
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error => process.StandardError.BaseStream;

    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static Process Start(IEnumerable<string> command)
    {
        // setsid(1) makes the session, and is replaced by the command.
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in command) start.ArgumentList.Add(word);
        var process = Process.Start(start)!;
        foreach (var stream in (Stream[])[process.StandardInput.BaseStream, process.StandardOutput.BaseStream])
            if (stream is PipeStream pipe) Posix.EnlargePipe(pipe.SafePipeHandle);
        return process;
    }

    public async Task<int?> WaitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return meaning is null ? process.ExitCode : await meaning(process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1) return;
        try
        {
            await Input.DisposeAsync();
            using var soon = new CancellationTokenSource(Moment);
            try
            {
                await process.WaitForExitAsync(soon.Token);
            }
            catch (OperationCanceledException)
            {
                await ProcessIdentity.EndSessionAsync(process.Id, TimeProvider.System);
            }
        }
        finally
        {
            // With this the thread that reads ends, if it waits for us.
            await Output.DisposeAsync();
            // What ssh hands to its master connection stays open with that, and to close a stream waits for whoever reads it.
            _ = Task.Factory.StartNew(() =>
            {
                process.StandardOutput.Dispose();
                process.StandardError.Dispose();
                process.Dispose();
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            ended?.Invoke();
        }
    }
}
