using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DftFlow.Vasp.Text;

/// <summary>The text ends, or is not what it should be, at a byte; what came before it stands.</summary>
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Never leaves the reader.")]
internal sealed class DamagedTextException(long offset, string reason) : Exception(reason)
{
    public long Offset { get; } = offset;
}

/// <summary>
/// Steps forward through the elements of an XML text without building a tree. Knows what vasprun.xml needs and refuses the
/// rest: there are no document types, no entities beyond XML's five, and depth and length have limits. A <c>&lt;</c> or
/// <c>&amp;</c> that stands for itself, as in VASP's unescaped SYSTEM, is text.
/// </summary>
internal sealed class XmlScanner(Stream stream, CancellationToken cancellation)
{
    private const int DeepestNesting = 32;
    private const int LongestToken = 1 << 24;
    private const int LongestTag = 1 << 14;
    private const int RowReserve = 4096;

    // The names of the open elements one after the other, and where each ends.
    private readonly int[] openEnds = new int[DeepestNesting];
    private byte[] openNames = new byte[1 << 10];
    private byte[] buffer = new byte[1 << 17];
    private int position, length, tagStart, tagNameEnd, tagEnd;
    private long bufferStart;
    private bool ended, selfClosed;

    /// <summary>Of the next byte, counted from the beginning of the text.</summary>
    public long Offset => bufferStart + position;

    public int Depth { get; private set; }

    /// <summary>How many rows held a number that did not fit its column, and where the first one is.</summary>
    public (int Count, long FirstOffset) Overflows { get; private set; }

    /// <summary>The name of the element just opened; valid until the next step.</summary>
    public ReadOnlySpan<byte> Name => buffer.AsSpan((tagStart + 1)..tagNameEnd);

    public bool Is(ReadOnlySpan<byte> name) => Name.SequenceEqual(name);

    /// <summary>An attribute of the element just opened, null where it has none; to be asked before the next step.</summary>
    public string? Attribute(ReadOnlySpan<byte> name)
    {
        var rest = buffer.AsSpan(tagNameEnd..tagEnd);
        while (true)
        {
            var equals = rest.IndexOf((byte)'=');
            if (equals < 0) return null;
            var key = rest[..equals].Trim(" \t\r\n"u8);
            rest = rest[(equals + 1)..].TrimStart(" \t\r\n"u8);
            if (rest.IsEmpty || rest[0] is not ((byte)'"' or (byte)'\'')) return null;
            var close = rest[1..].IndexOf(rest[0]);
            if (close < 0) return null;
            if (key.SequenceEqual(name)) return Decode(rest.Slice(1, close));
            rest = rest[(close + 2)..];
        }
    }

    /// <summary>Steps to the next element within the one that is open; false where that one ends instead.</summary>
    public bool NextChild()
    {
        if (selfClosed)
        {
            Close();
            return false;
        }
        while (true)
        {
            SeekMarkup();
            switch (buffer[position + 1])
            {
                case (byte)'/':
                    ReadEndTag();
                    return false;
                case (byte)'?':
                    SkipPast("?>"u8);
                    break;
                case (byte)'!':
                    if (!Ensure(4)) throw EndOfText();
                    if (!buffer.AsSpan(position).StartsWith("<!--"u8))
                        throw Refused("it holds a declaration (<!…), which vasprun.xml never does", "Declarations and entities are refused: they can make a reader fetch other files or fill the memory.");
                    SkipPast("-->"u8);
                    break;
                default:
                    ReadStartTag();
                    return true;
            }
        }
    }

    /// <summary>Passes over the element just opened and all that is in it.</summary>
    public void Skip()
    {
        while (NextChild()) Skip();
    }

    /// <summary>As <see cref="Skip"/>, by searching for the end tag alone: for long elements that hold none of their own name.</summary>
    public void SkipFlat()
    {
        if (selfClosed)
        {
            Close();
            return;
        }
        byte[] endTag = [.. "</"u8, .. Innermost, .. ">"u8];
        SkipPast(endTag);
        Depth--;
    }

    /// <summary>The text of the element just opened, which holds no other; steps past its end. Valid until the next step.</summary>
    public ReadOnlySpan<byte> ReadText()
    {
        if (selfClosed)
        {
            Close();
            return default;
        }
        var searched = 0;
        while (true)
        {
            var end = buffer.AsSpan((position + searched)..length).IndexOf("</"u8);
            if (end >= 0)
            {
                var textLength = searched + end;
                // The end tag may bring the next block into the buffer, which moves the text; so it is brought in first.
                while (buffer.AsSpan((position + textLength)..length).IndexOf((byte)'>') < 0)
                    if (!Fill()) throw EndOfText();
                var textStart = position;
                position += textLength;
                ReadEndTag();
                return buffer.AsSpan(textStart, textLength);
            }
            searched = Math.Max(0, length - position - 1);
            if (!Fill()) throw EndOfText();
        }
    }

    /// <summary>The text of the element just opened, without the blanks around it.</summary>
    public string ReadString() => Decode(ReadText().Trim(" \t\r\n"u8));

    /// <summary>
    /// Reads <c>&lt;r&gt; 1.0 2.0 &lt;/r&gt;</c>, which must be the next thing in the open element.
    /// </summary>
    /// <returns>How many numbers the row holds; -1 where something other than such a row is next.</returns>
    public int ReadRow(ReadOnlySpan<byte> startTag, ReadOnlySpan<byte> endTag, Span<double> values)
    {
        if (selfClosed) return -1;
        if (length - position < RowReserve && !ended) Fill();
        while (true)
        {
            var text = buffer.AsSpan(position..length);
            var at = text.IndexOfAnyExcept(" \t\r\n"u8);
            if (at >= 0 && text.Length - at >= startTag.Length)
            {
                if (!text[at..].StartsWith(startTag)) return -1;
                at += startTag.Length;
                var count = 0;
                var overflow = false;
                while (true)
                {
                    while (at < text.Length && text[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
                    if (at >= text.Length || text[at] == '<') break;
                    var taken = FortranNumber.ReadColumn(text[at..], out var value);
                    if (taken == 0)
                    {
                        taken = FortranNumber.Read(text[at..], out value);
                        // What touches the end of the block may go on in the next.
                        if (at + taken == text.Length || (taken == 0 && text[at..].IndexOfAny(" \t\r\n<"u8) < 0))
                        {
                            at = text.Length;
                            break;
                        }
                        if (taken == 0) throw new DamagedTextException(Offset + at, "a row of numbers holds something else");
                        overflow |= text[at] == '*';
                    }
                    if (count == values.Length) throw new DamagedTextException(Offset + at, "a row holds more numbers than it has columns");
                    values[count++] = value;
                    at += taken;
                }
                if (text.Length - at >= endTag.Length)
                {
                    if (!text[at..].StartsWith(endTag)) throw new DamagedTextException(Offset + at, "a row of numbers does not end as it began");
                    if (overflow) NoteOverflow();
                    position += at + endTag.Length;
                    return count;
                }
            }
            if (!Fill()) throw EndOfText();
        }
    }

    public void NoteOverflow() => Overflows = Overflows.Count == 0 ? (1, Offset) : (Overflows.Count + 1, Overflows.FirstOffset);

    public DamagedTextException Damaged(string reason) => new(Offset, reason);

    public static DftFlowException Refused(string what, string hint) => new("DF1402", $"This vasprun.xml is refused: {what}.", hint);

    private static string Decode(ReadOnlySpan<byte> text)
    {
        var decoded = System.Text.Unicode.Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text);
        if (!decoded.Contains('&', StringComparison.Ordinal)) return decoded;
        return decoded.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&apos;", "'", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal);
    }

    private ReadOnlySpan<byte> Innermost => Depth == 0 ? default : openNames.AsSpan(Begin(Depth - 1)..openEnds[Depth - 1]);

    private int Begin(int depth) => depth == 0 ? 0 : openEnds[depth - 1];

    private void Open(ReadOnlySpan<byte> name)
    {
        var begin = Begin(Depth);
        if (begin + name.Length > openNames.Length) Array.Resize(ref openNames, 2 * (begin + name.Length));
        name.CopyTo(openNames.AsSpan(begin));
        openEnds[Depth++] = begin + name.Length;
    }

    private DamagedTextException EndOfText() => new(bufferStart + length, "the text ends");

    private void Close()
    {
        selfClosed = false;
        Depth--;
    }

    private void SeekMarkup()
    {
        while (true)
        {
            var found = buffer.AsSpan(position..length).IndexOf((byte)'<');
            position = found < 0 ? length : position + found;
            if (!Ensure(2)) throw EndOfText();
            if (buffer[position] != '<') continue;
            if (char.IsAsciiLetter((char)buffer[position + 1]) || buffer[position + 1] is (byte)'/' or (byte)'!' or (byte)'?') return;
            position++;
        }
    }

    private void ReadStartTag()
    {
        var at = 1;
        byte quote = 0;
        while (true)
        {
            for (; position + at < length; at++)
            {
                var c = buffer[position + at];
                if (quote != 0) quote = c == quote ? (byte)0 : quote;
                else if (c is (byte)'"' or (byte)'\'') quote = c;
                else if (c == '>') goto found;
                else if (c == '<') throw Damaged("a tag begins within another");
                if (at == LongestTag)
                    throw Refused($"a tag is longer than {LongestTag >> 10} KiB", "No tag of a vasprun.xml is that long: is the file damaged, or another one?");
            }
            if (!Fill()) throw EndOfText();
        }
    found:
        if (Depth == DeepestNesting)
            throw Refused($"its elements are nested more than {DeepestNesting} deep", "A vasprun.xml is nested about ten deep: is this another file?");
        tagStart = position;
        tagEnd = position + at;
        selfClosed = buffer[tagEnd - 1] == '/';
        var nameLength = buffer.AsSpan((position + 1)..tagEnd).IndexOfAny(" \t\r\n/"u8);
        tagNameEnd = nameLength < 0 ? tagEnd : position + 1 + nameLength;
        position = tagEnd + 1;
        Open(Name);
    }

    private void ReadEndTag()
    {
        int end;
        while ((end = buffer.AsSpan(position..length).IndexOf((byte)'>')) < 0)
            if (!Fill()) throw EndOfText();
        var name = buffer.AsSpan(position + 2, end - 2).TrimEnd(" \t\r\n"u8);
        if (Depth == 0 || !name.SequenceEqual(Innermost))
            throw Damaged("an end tag closes an element that is not open");
        Depth--;
        position += end + 1;
    }

    private void SkipPast(ReadOnlySpan<byte> mark)
    {
        while (true)
        {
            var found = buffer.AsSpan(position..length).IndexOf(mark);
            if (found >= 0)
            {
                position += found + mark.Length;
                return;
            }
            position = Math.Max(position, length - mark.Length + 1);
            if (!Fill()) throw EndOfText();
        }
    }

    private bool Ensure(int count)
    {
        while (length - position < count)
            if (!Fill()) return false;
        return true;
    }

    // Keeps what lies from `position` on, and reads as much as the buffer takes, so that no token is searched twice for each small block.
    private bool Fill()
    {
        if (ended) return false;
        cancellation.ThrowIfCancellationRequested();
        var kept = length - position;
        if (kept == buffer.Length)
        {
            if (kept >= LongestToken)
                throw Refused($"an element at byte {bufferStart} is longer than {LongestToken >> 20} MiB", "No text in a vasprun.xml is that long: is the file damaged, or another one?");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        else buffer.AsSpan(position..length).CopyTo(buffer);
        bufferStart += position;
        position = 0;
        length = kept;
        while (length < buffer.Length && !ended)
        {
            try
            {
                var read = stream.Read(buffer, length, buffer.Length - length);
                length += read;
                ended = read == 0;
            }
            catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
            {
                // A compressed file that was cut off: what could be decompressed is the text.
                ended = true;
            }
        }
        return length > kept;
    }
}
