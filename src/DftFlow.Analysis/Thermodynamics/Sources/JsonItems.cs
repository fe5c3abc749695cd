using System.Text.Json;

namespace DftFlow.Analysis.Thermodynamics.Sources;

/// <summary>
/// The objects of a JSON list, one after the other, so that a file may be larger than memory: the list is the whole document, or
/// stands under <c>data</c>, <c>entries</c> or <c>response</c> in it.
/// </summary>
internal sealed class JsonItems(Stream stream)
{
    /// <summary>No entry has more, with a structure of thousands of sites.</summary>
    private const int LargestItem = 64 << 20;

    private static readonly string[] Lists = ["data", "entries", "response"];

    private enum Place
    {
        Start,
        Header,
        List,
        End,
    }

    private byte[] buffer = new byte[1 << 16];
    private int begin, end;
    private bool complete, listInObject, found;
    private Place place;
    private JsonReaderState state;

    /// <summary>Texts and numbers that stand beside the list, as text.</summary>
    public Dictionary<string, string> Header { get; } = new(StringComparer.Ordinal);

    /// <summary>The next object; null at the end.</summary>
    /// <exception cref="DftFlowException">DF3151: this is no JSON, or holds no list.</exception>
    public JsonDocument? Next()
    {
        try
        {
            while (true)
            {
                if (place == Place.End && !found) throw Refused("The document holds no list of entries.");
                var reader = new Utf8JsonReader(buffer.AsSpan(begin, end - begin), complete, state);
                var before = place;
                var advanced = Step(ref reader, out var item);
                if (!advanced)
                {
                    place = before;
                    // What comes after the document, as another list, is read to be refused: half of the phases give wrong hulls.
                    if (complete) return place == Place.End ? null : throw Refused("The document ends before it is complete.");
                    Fill();
                    continue;
                }
                begin += (int)reader.BytesConsumed;
                state = reader.CurrentState;
                if (item is not null) return item;
            }
        }
        catch (JsonException error)
        {
            throw new DftFlowException("DF3151", $"This is not JSON: {error.Message.Split(" LineNumber:")[0]}", "Is the file whole? NaN and Infinity are no numbers of JSON.",
                (int?)(error.LineNumber + 1), (int?)(error.BytePositionInLine + 1), inner: error);
        }
        catch (InvalidDataException error)
        {
            throw Refused($"The compressed file is damaged: {error.Message}.", error);
        }
    }

    private bool Step(ref Utf8JsonReader reader, out JsonDocument? item)
    {
        item = null;
        if (!reader.Read()) return false;
        switch (place)
        {
            case Place.Start when reader.TokenType == JsonTokenType.StartArray:
                (place, found) = (Place.List, true);
                return true;
            case Place.Start when reader.TokenType == JsonTokenType.StartObject:
                place = Place.Header;
                return true;
            case Place.Start:
                throw Refused("The document is neither a list nor an object.");
            case Place.Header when reader.TokenType == JsonTokenType.EndObject:
                place = Place.End;
                return true;
            case Place.Header:
                var name = reader.GetString()!;
                if (!reader.Read()) return false;
                if (reader.TokenType == JsonTokenType.StartArray && Lists.Contains(name))
                {
                    (place, found, listInObject) = (Place.List, true, true);
                    return true;
                }
                if (!JsonDocument.TryParseValue(ref reader, out var value)) return false;
                using (value)
                    if (value.RootElement.ValueKind is JsonValueKind.String or JsonValueKind.Number) Header[name] = value.RootElement.ToString();
                return true;
            case Place.List when reader.TokenType == JsonTokenType.EndArray:
                place = listInObject ? Place.Header : Place.End;
                return true;
            default:
                return JsonDocument.TryParseValue(ref reader, out item);
        }
    }

    private void Fill()
    {
        if (begin > 0) buffer.AsSpan(begin, end - begin).CopyTo(buffer);
        (begin, end) = (0, end - begin);
        if (end == buffer.Length)
        {
            if (buffer.Length >= LargestItem) throw Refused("One object of the list is larger than 64 MiB.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        var count = stream.Read(buffer.AsSpan(end));
        complete = count == 0;
        // A byte order mark is no JSON.
        if (place == Place.Start && end == 0 && count >= 3 && buffer is [0xEF, 0xBB, 0xBF, ..]) begin = 3;
        end += count;
    }

    private static DftFlowException Refused(string message, Exception? inner = null) => new("DF3151", message,
        "Give a list of pymatgen's computed entries or of the Materials Project's documents, by itself or under \"data\".", inner: inner);
}
