using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DftFlow.Tests.Clusters.Transports;

/// <summary>A stretch of network on the way to a port of this machine, which can be slow, go silent, or be cut. It counts what passes.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentQueue<Connection> connections = new();
    private readonly Task accepting;
    private long sent;
    private long received;

    public Relay(int to)
    {
        listener.Start();
        accepting = AcceptAsync(to);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>In each direction.</summary>
    public double BytesPerSecond { get; set; } = double.PositiveInfinity;

    /// <summary>Bytes from the client to the host, of all connections.</summary>
    public long Sent => Interlocked.Read(ref sent);

    public long Received => Interlocked.Read(ref received);

    /// <summary>Once more has been sent, or received, all connections are cut, and this holds no more.</summary>
    public long CutAtSent { get; set; } = long.MaxValue;

    public long CutAtReceived { get; set; } = long.MaxValue;

    /// <summary>Of the connections that there are, one more piece of the host's answers passes, and then none.</summary>
    public void HoldAfterNextAnswer()
    {
        foreach (var connection in connections) connection.AnswersLeft = 1;
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        listener.Dispose();
        ended.Dispose();
    }

    private sealed record Connection(Socket Client, Socket Host)
    {
        public int AnswersLeft = int.MaxValue;
    }

    private async Task AcceptAsync(int to)
    {
        var passing = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(ended.Token);
                var host = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await host.ConnectAsync(new IPEndPoint(IPAddress.Loopback, to), ended.Token);
                (client.NoDelay, host.NoDelay) = (true, true);
                var connection = new Connection(client, host);
                connections.Enqueue(connection);
                passing.Add(PassAsync(connection, true));
                passing.Add(PassAsync(connection, false));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(passing);
        }
    }

    private async Task PassAsync(Connection connection, bool up)
    {
        var (from, to) = up ? (connection.Client, connection.Host) : (connection.Host, connection.Client);
        var buffer = new byte[16384];
        try
        {
            while (await from.ReceiveAsync(buffer, ended.Token) is > 0 and var count)
            {
                if (!up && connection.AnswersLeft != int.MaxValue && --connection.AnswersLeft < 0) await Task.Delay(Timeout.Infinite, ended.Token);
                if (double.IsFinite(BytesPerSecond)) await Task.Delay(TimeSpan.FromSeconds(count / BytesPerSecond), ended.Token);
                for (var at = 0; at < count;) at += await to.SendAsync(buffer.AsMemory(at, count - at), ended.Token);
                var all = Interlocked.Add(ref up ? ref sent : ref received, count);
                if (all <= (up ? CutAtSent : CutAtReceived)) continue;
                (CutAtSent, CutAtReceived) = (long.MaxValue, long.MaxValue);
                Cut();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of the two ended: so does the other.
        }
        connection.Client.Dispose();
        connection.Host.Dispose();
    }

    private void Cut()
    {
        while (connections.TryDequeue(out var connection))
        {
            connection.Client.Dispose();
            connection.Host.Dispose();
        }
    }
}
