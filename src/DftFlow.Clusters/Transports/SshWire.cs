using System.Buffers.Binary;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>The strings and numbers of the SSH protocols (RFC 4251, section 5).</summary>
internal static class SshWire
{
    /// <summary>Takes a string off the front; false where there is no whole one.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> from, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryTakeNumber(ref from, out var length) || length > from.Length) return false;
        text = from[..(int)length];
        from = from[(int)length..];
        return true;
    }

    public static bool TryTakeNumber(ref ReadOnlySpan<byte> from, out uint number)
    {
        number = 0;
        if (from.Length < 4) return false;
        number = BinaryPrimitives.ReadUInt32BigEndian(from);
        from = from[4..];
        return true;
    }

    public static byte[] Number(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    public static byte[] String(ReadOnlySpan<byte> text) => [.. Number((uint)text.Length), .. text];

    public static byte[] String(string text) => String(Encoding.UTF8.GetBytes(text));
}
