namespace DftFlow.Clusters.Transports;

/// <summary>One connection to a cluster, over which commands are started. It connects at the first of them, and again after it was lost.</summary>
/// <remarks>
/// All that DftFlow does on a cluster, files included, goes through commands of a POSIX shell (<see cref="RemoteShell"/>), so that a
/// transport is no more than a way to start a program and to talk with it.
/// </remarks>
public interface ITransport : IAsyncDisposable
{
    /// <summary>Where it leads, for people: <c>user@host</c>, with the port where it is not the usual one.</summary>
    string Destination { get; }

    /// <summary>Bytes that one command should print at most.</summary>
    long LargestReply => long.MaxValue;

    /// <summary>Connects where that is needed, and has the account's shell run a command line.</summary>
    /// <exception cref="DftFlowException">
    /// The command was not started, or nobody can tell: one of <see cref="ConnectionFailures"/>.
    /// </exception>
    Task<IRemoteProcess> StartAsync(string commandLine, CancellationToken cancellationToken);
}

/// <summary>A command that runs on the other side. To dispose of it gives it up: its streams are closed, and nobody waits for its end.</summary>
public interface IRemoteProcess : IAsyncDisposable
{
    /// <summary>
    /// What is written here is the command's standard input; to dispose of it is the input's end, provided that something was
    /// written: SSH.NET tells no end of an empty one.
    /// </summary>
    Stream Input { get; }

    /// <summary>Standard output. Both this and <see cref="Error"/> must be read to their ends, or the command may wait for ever.</summary>
    Stream Output { get; }

    /// <summary>Standard error.</summary>
    Stream Error { get; }

    /// <summary>The exit status, 128 + n where signal n ended it; null where the connection ended before it was told.</summary>
    Task<int?> WaitAsync(CancellationToken cancellationToken);
}
