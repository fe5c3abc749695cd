using System.ComponentModel;

namespace DftFlow.Clusters.Transports;

/// <summary>This machine: every command is a process of /bin/sh.</summary>
public sealed class LocalTransport : ITransport
{
    public string Destination => "this machine";

    public Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult<IRemoteProcess>(new PipedProcess(PipedProcess.Start(["/bin/sh", "-c", commandLine])));
        }
        catch (Win32Exception error)
        {
            throw ConnectionFailures.Unreachable(Destination, $"setsid (package util-linux) or /bin/sh cannot be started: {error.Message}", error);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
