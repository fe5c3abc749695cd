using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DftFlow.Tests.EndToEnd;

/// <summary>What the client asked for.</summary>
internal sealed record Asked(string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers);

/// <summary>What a server answers; <paramref name="Cut"/> leaves the connection before the body is whole.</summary>
internal sealed record Answered(int Status, string Body, string? RetryAfter = null, bool Cut = false);

/// <summary>A server on this machine that answers as the Materials Project's does, or as badly as a test wants.</summary>
internal sealed class EntriesServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<Asked, int, Answered> answer;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    /// <param name="answer">Gets the request and how many came before it.</param>
    public EntriesServer(Func<Asked, int, Answered> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

    public void Dispose()
    {
        stop.Cancel();
        listener.Stop();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            var line = (await reader.ReadLineAsync(stop.Token))!.Split(' ');
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } header)
                headers[header[..header.IndexOf(':', StringComparison.Ordinal)]] = header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            var target = line[1].Split('?', 2);
            var query = (target.Length > 1 ? target[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
            var asked = new Asked(target[0], query, headers);
            var before = Requests.Count;
            Requests.Enqueue(asked);
            var answered = answer(asked, before);
            var body = Encoding.UTF8.GetBytes(answered.Body);
            var head = $"HTTP/1.1 {answered.Status} Status\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{(answered.RetryAfter is { } after ? $"Retry-After: {after}\r\n" : "")}\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), stop.Token);
            await stream.WriteAsync(answered.Cut ? body.AsMemory(0, body.Length / 2) : body, stop.Token);
        }
        catch (IOException)
        {
            // The client went away.
        }
    }
}
