using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>A host's public key, as it is sent and as known_hosts has it.</summary>
/// <param name="Type"><c>ssh-ed25519</c>, <c>ecdsa-sha2-nistp256</c>, <c>ssh-rsa</c> …</param>
/// <param name="Blob">The key in the form of RFC 4253, section 6.6.</param>
public sealed record HostKey(string Type, ReadOnlyMemory<byte> Blob)
{
    /// <summary>As ssh and ssh-keygen -l print it: <c>SHA256:…</c>.</summary>
    public string Fingerprint => "SHA256:" + Convert.ToBase64String(SHA256.HashData(Blob.Span)).TrimEnd('=');

    /// <summary>Whether it is the same key.</summary>
    public bool Is(HostKey other) => Type == other.Type && Blob.Span.SequenceEqual(other.Blob.Span);

    public override string ToString() => $"{Type} {Fingerprint}";

    /// <summary>From the two words of known_hosts; null where they are no key.</summary>
    public static HostKey? Read(string type, string base64)
    {
        var blob = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, blob, out var length) && TypeOf(blob.AsSpan(0, length)) == type ? new HostKey(type, blob.AsMemory(0, length)) : null;
    }

    /// <summary>The type that stands within a blob; null where it is no blob.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> blob) =>
        blob.Length > 4 && BinaryPrimitives.ReadUInt32BigEndian(blob) is var length && length < 64 && blob.Length > 4 + (int)length
            ? Encoding.ASCII.GetString(blob.Slice(4, (int)length)) : null;
}
