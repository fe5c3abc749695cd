using System.Net.Sockets;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>A key that an agent holds and signs with.</summary>
internal sealed record AgentKey(byte[] Blob, string Comment)
{
    public string Type { get; } = HostKey.TypeOf(Blob) ?? "";
}

/// <summary>Talks to ssh-agent through its socket (draft-ietf-sshm-ssh-agent). Calls block, since SSH.NET asks for signatures so.</summary>
internal sealed class SshAgent(string socketPath)
{
    private const byte RequestIdentities = 11, IdentitiesAnswer = 12, SignRequest = 13, SignResponse = 14;
    private const int LongestAnswer = 256 * 1024;

    // A person may have to confirm, or to touch a token.
    private const int SignTimeoutMs = 120_000;

    /// <summary>The keys it holds; null where nobody answers at the socket.</summary>
    public IReadOnlyList<AgentKey>? Keys()
    {
        try
        {
            return ReadKeys(Ask([RequestIdentities], 10_000));
        }
        catch (Exception error) when (error is SocketException or IOException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The signature of a text, in the form in which it is sent to the host.</summary>
    /// <exception cref="IOException">The agent refuses, or is gone.</exception>
    public byte[] Sign(AgentKey key, string algorithm, byte[] text)
    {
        // Without a flag an agent signs with SHA-1 where the key is RSA.
        var flags = algorithm switch { "rsa-sha2-256" => 2u, "rsa-sha2-512" => 4u, _ => 0u };
        try
        {
            ReadOnlySpan<byte> answer = Ask([SignRequest, .. SshWire.String(key.Blob), .. SshWire.String(text), .. SshWire.Number(flags)], SignTimeoutMs);
            if (answer is [SignResponse, .. var rest] && SshWire.TryTake(ref rest, out var signature)) return signature.ToArray();
            throw new IOException($"the agent does not sign with its key {key.Comment}");
        }
        catch (SocketException error)
        {
            throw new IOException($"the agent does not answer: {error.Message}", error);
        }
    }

    internal static IReadOnlyList<AgentKey> ReadKeys(ReadOnlySpan<byte> answer)
    {
        var keys = new List<AgentKey>();
        if (answer is not [IdentitiesAnswer, .. var rest] || !SshWire.TryTakeNumber(ref rest, out var count)) return keys;
        while (count-- > 0 && SshWire.TryTake(ref rest, out var blob) && SshWire.TryTake(ref rest, out var comment))
            keys.Add(new(blob.ToArray(), Encoding.UTF8.GetString(comment)));
        return keys;
    }

    private byte[] Ask(byte[] request, int timeoutMs)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = timeoutMs, SendTimeout = 10_000 };
        socket.Connect(new UnixDomainSocketEndPoint(socketPath));
        using var stream = new NetworkStream(socket);
        stream.Write(SshWire.String(request));
        var head = new byte[4];
        stream.ReadExactly(head);
        ReadOnlySpan<byte> number = head;
        if (!SshWire.TryTakeNumber(ref number, out var length) || length is 0 or > LongestAnswer) throw new IOException("the agent's answer has no length");
        var answer = new byte[length];
        stream.ReadExactly(answer);
        return answer;
    }
}
