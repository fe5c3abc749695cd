namespace DftFlow.Clusters.Transports;

/// <summary>Lines for the POSIX shell of the other side.</summary>
/// <param name="Text">The lines; every value in them is quoted (<see cref="Sh.Quote"/>). Their exit status is the reply's.</param>
public sealed record RemoteScript(string Text)
{
    /// <summary>What it does, for messages: "asking the queue".</summary>
    public required string What { get; init; }

    /// <summary>The longest silence: without a byte in either direction for this long, the command is given up.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the lines may run at all where they neither read nor write a stream; null for three times the longest silence.</summary>
    public TimeSpan? Longest { get; init; }

    /// <summary>Writes the lines' standard input; null where they get none.</summary>
    public Func<Stream, CancellationToken, Task>? Input { get; init; }

    /// <summary>Takes standard output piece by piece, of any size; null collects it as text in the reply.</summary>
    public Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask>? Output { get; init; }
}
