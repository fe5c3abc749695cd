using System.Globalization;
using System.Text;

namespace DftFlow.Clusters.Transports;

/// <summary>Text of which, where it is very long, only the beginning and the end are kept.</summary>
internal sealed class CutText
{
    private const int Kept = 1 << 15;
    private readonly List<byte> head = [];
    private readonly byte[] tail = new byte[Kept];
    private long inTail;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (head)
        {
            var first = Math.Min(bytes.Length, Kept - head.Count);
            head.AddRange(bytes[..first]);
            foreach (var one in bytes[first..]) tail[inTail++ % Kept] = one;
        }
    }

    public override string ToString()
    {
        lock (head)
        {
            var text = new StringBuilder(Encoding.UTF8.GetString([.. head]));
            if (inTail > Kept) text.Append(CultureInfo.InvariantCulture, $"\n[… {inTail - Kept} bytes left out …]\n");
            var from = inTail > Kept ? (int)(inTail % Kept) : 0;
            var kept = (int)Math.Min(inTail, Kept);
            return text.Append(Encoding.UTF8.GetString([.. tail.AsSpan(from, kept - from), .. tail.AsSpan(0, inTail > Kept ? from : 0)])).ToString();
        }
    }
}
