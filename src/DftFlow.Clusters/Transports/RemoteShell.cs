using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>
/// Runs lines of POSIX shell over a transport, in a frame: a marker before and after what they print. What a login prints is told
/// apart by it, and a reply that was cut is never taken for a whole one.
/// </summary>
public sealed class RemoteShell(ITransport transport, TimeProvider time)
{
    private static readonly TimeSpan AfterTheEnd = TimeSpan.FromSeconds(2);

    /// <summary>See <see cref="ITransport.Destination"/>.</summary>
    public string Destination => transport.Destination;

    /// <inheritdoc cref="ITransport.LargestReply"/>
    public long LargestReply => transport.LargestReply;

    /// <summary>Runs the lines to their end.</summary>
    /// <exception cref="DftFlowException">One of <see cref="ConnectionFailures"/>: whether the lines were run, and how far, is not known.</exception>
    public async Task<RemoteReply> RunAsync(RemoteScript script, CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetHexString(16, lowercase: true);
        // To log in, and to wait for a free channel, have limits of their own.
        await using var process = await transport.StartAsync(CommandLine(script), cancellationToken);
        using var silence = new CancellationTokenSource(script.Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        void Heard() => silence.CancelAfter(script.Silence);
        var frame = new ReplyFrame(nonce, script.Output);
        var errors = new CutText();
        var feeding = FeedAsync(process.Input, Framed(script.Text, nonce), script.Input, Heard, either);
        try
        {
            var listening = ReadErrorAsync(process.Error, errors, Heard, either.Token);
            await frame.ReadAsync(process.Output, Heard, either.Token);
            // What a command leaves running in the background may hold standard error open.
            await Task.WhenAny(Task.WhenAll(feeding, listening), Task.Delay(AfterTheEnd, time, either.Token));
            either.Token.ThrowIfCancellationRequested();
            if (frame.ExitStatus is { } status) return new RemoteReply(status, frame.Text, errors.ToString(), frame.Noise);
            throw await process.WaitAsync(either.Token) switch
            {
                null => ConnectionFailures.Lost(Destination, $"it ended in the middle of: {script.What}"),
                GivenUpByTimeout => ConnectionFailures.TimedOut(Destination, script.What, LongestInAll(script)),
                _ => ConnectionFailures.ReplyCut(Destination, script.What, $"{frame.Noise}\n{errors}".Trim()),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever writes the input may have failed on this side: that is what is to be told.
            if (feeding.IsFaulted) await feeding;
            throw ConnectionFailures.TimedOut(Destination, script.What, script.Silence);
        }
    }

    // timeout(1)'s own exit status.
    private const int GivenUpByTimeout = 124;

    /// <summary>
    /// What the account's own shell gets to read, and it may be csh or fish: single-quoted words without a quote, a backslash or an
    /// exclamation mark. The lines themselves come as standard input, of which exactly their number of bytes is taken, since a
    /// command line has a limited length and shows in the list of processes. A command that nobody waits for any more must not stay
    /// behind on a login node, so timeout(1) ends it where there is one.
    /// </summary>
    private static string CommandLine(RemoteScript script)
    {
        const string Take = "IFS= read -r n; s=$(head -c \"$n\"); eval \"$s\"";
        if (script.Input is not null || script.Output is not null) return $"/bin/sh -c '{Take}'";
        var limit = ((int)LongestInAll(script).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return $"/bin/sh -c 'command -v timeout >/dev/null 2>&1 && exec timeout -k 10 {limit} /bin/sh -c \"$0\"; exec /bin/sh -c \"$0\"' '{Take}'";
    }

    // It knows nothing of silence: one that goes on answering, such as a long row of submissions, is not to be ended at the first.
    private static TimeSpan LongestInAll(RemoteScript script) => TimeSpan.FromSeconds(Math.Ceiling((script.Longest ?? 3 * script.Silence).TotalSeconds) + 10);

    private static byte[] Framed(string text, string nonce)
    {
        // The line break before a marker ends what stands before it without one; the frame takes it away again.
        var lines = $"printf '\\n%s\\n' '{ReplyFrame.Begin(nonce)}'\n(\n{text}\n)\nprintf '\\n%s %d\\n' '{ReplyFrame.End(nonce)}' \"$?\"";
        var bytes = Encoding.UTF8.GetBytes(lines);
        return [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}\n")), .. bytes];
    }

    private static async Task FeedAsync(Stream input, byte[] lines, Func<Stream, CancellationToken, Task>? more, Action heard, CancellationTokenSource all)
    {
        var ours = false;
        try
        {
            await using (input)
            {
                await input.WriteAsync(lines, all.Token);
                await input.FlushAsync(all.Token);
                if (more is null) return;
                await using var watched = new WatchedStream(input, heard);
                ours = true;
                await more(watched, all.Token);
                ours = false;
                await input.FlushAsync(all.Token);
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException && (!ours || error is InputEndedException))
        {
            // The command ended before it had read everything: its reply tells why.
        }
        catch
        {
            await all.CancelAsync();
            throw;
        }
    }

    private static async Task ReadErrorAsync(Stream error, CutText text, Action heard, CancellationToken cancellationToken)
    {
        var buffer = new byte[16384];
        try
        {
            while (await error.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                heard();
                text.Append(buffer.AsSpan(0, count));
            }
        }
        catch (Exception problem) when (problem is IOException or ObjectDisposedException)
        {
            // The reply's own end tells that the connection broke.
        }
    }
}
