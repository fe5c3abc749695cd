using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DftFlow.Yaml;

/// <summary>
/// Reads one YAML document into nodes that know their places. Duplicate keys, tags, several documents and documents beyond
/// the limits are errors; an alias stands for the node that it names.
/// </summary>
public static class YamlLoader
{
    public const int LargestFile = 4 * 1024 * 1024;
    private const int DeepestNesting = 64;
    private const int MostNodes = 200_000;

    /// <summary>The document's root; null, with diagnostics, where it cannot be read.</summary>
    public static YamlNode? LoadFile(string path, Diagnostics diagnostics) =>
        ReadFile(path, diagnostics) is { } bytes ? Load(bytes, path, diagnostics) : null;

    /// <summary>A file's bytes; null, with diagnostics, where it cannot be read.</summary>
    public static byte[]? ReadFile(string path, Diagnostics diagnostics)
    {
        var start = new Mark(path, 1, 1);
        try
        {
            if (Directory.Exists(path))
            {
                diagnostics.Error("DF1001", start, $"{path} is a folder, not a file.");
                return null;
            }
            return BoundedFile.Read(path, LargestFile);
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, start);
        }
        catch (FileNotFoundException)
        {
            diagnostics.Error("DF1001", start, $"There is no file {path}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            diagnostics.Error("DF1001", start, $"The file cannot be read: {error.Message}");
        }
        return null;
    }

    /// <summary>The document in the bytes of a file.</summary>
    public static YamlNode? Load(byte[] bytes, string file, Diagnostics diagnostics) => Load(BoundedFile.Text(bytes), file, diagnostics);

    /// <summary>The same for a text; <paramref name="file"/> is the name that diagnostics show.</summary>
    public static YamlNode? Load(string text, string file, Diagnostics diagnostics)
    {
        if (text.Length > LargestFile)
        {
            diagnostics.Error("DF1003", new Mark(file, 1, 1), $"The document has {text.Length} characters; {LargestFile} is the limit.");
            return null;
        }
        var reader = new Reader(text, file, diagnostics);
        try
        {
            return reader.Document();
        }
        catch (YamlException error)
        {
            // A tab is found behind the value that it stands after; everything else where it begins.
            var place = error.Message.Contains("tab character", StringComparison.Ordinal) ? error.End : error.Start;
            var at = new Mark(file, (int)Math.Max(1, place.Line), (int)Math.Max(1, place.Column));
            // The parser puts its own place before some messages; ours stands in front already.
            var message = error.Message.Contains("): ", StringComparison.Ordinal) ? error.Message[(error.Message.IndexOf("): ", StringComparison.Ordinal) + 3)..] : error.Message;
            diagnostics.Error("DF1002", at, $"This is not YAML: {message}", "Look at the indentation (spaces, no tabs), and for a missing colon, space behind a colon, bracket or quote just before this place.");
        }
        catch (InvalidOperationException)
        {
            // The scanner's own complaint about some flow collections that are not closed.
            diagnostics.Error("DF1002", reader.Position, "This is not YAML: a bracket or brace before this place is not closed, or something stands in it that cannot.",
                "Look at the line shown and the ones before it.");
        }
        catch (LimitExceededException error)
        {
            diagnostics.Error("DF1003", error.At, error.Message);
        }
        return null;
    }

    private sealed class LimitExceededException(Mark at, string message) : Exception(message)
    {
        public Mark At { get; } = at;
    }

    private sealed class Reader
    {
        private readonly string file;
        private readonly Diagnostics diagnostics;
        private readonly Scanner scanner;
        private readonly Parser parser;
        private readonly Dictionary<string, (YamlNode Node, int Size)> anchors = new(StringComparer.Ordinal);
        private int nodes;

        public Reader(string text, string file, Diagnostics diagnostics)
        {
            (this.file, this.diagnostics) = (file, diagnostics);
            scanner = new Scanner(new StringReader(text));
            parser = new Parser(scanner);
        }

        /// <summary>How far the text has been read.</summary>
        public Mark Position => new(file, (int)Math.Max(1, scanner.CurrentPosition.Line), (int)Math.Max(1, scanner.CurrentPosition.Column));

        public YamlNode? Document()
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                diagnostics.Error("DF1002", new Mark(file, 1, 1), "The file is empty.");
                return null;
            }
            parser.Consume<DocumentStart>();
            var root = Node(0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second))
                diagnostics.Error("DF1002", MarkOf(second), "A file holds one document; this begins a second one.", "Put it into a file of its own.");
            return root;
        }

        private YamlNode Node(int depth)
        {
            var current = parser.Current!;
            var at = MarkOf(current);
            if (depth > DeepestNesting) throw new LimitExceededException(at, $"The document is nested more than {DeepestNesting} deep.");
            Count(1, at);
            if (current is NodeEvent { Tag: { IsEmpty: false } tag } && !(tag.IsNonSpecific))
                diagnostics.Error("DF1004", at, $"The tag {tag} is not known here.", "Values are plain text; leave the tag out.");
            var before = nodes;
            YamlNode node;
            switch (current)
            {
                case AnchorAlias alias:
                    parser.MoveNext();
                    if (!anchors.TryGetValue(alias.Value.Value, out var anchored))
                    {
                        diagnostics.Error("DF1004", at, $"The alias *{alias.Value} names no anchor that ends before it.");
                        return new YamlScalar("", Quoted: false, at);
                    }
                    // Counted as often as it is used, so that nested aliases cannot grow without bound.
                    Count(anchored.Size, at);
                    return anchored.Node;
                case Scalar scalar:
                    parser.MoveNext();
                    if (scalar.Value.Contains('\0', StringComparison.Ordinal))
                        diagnostics.Error("DF1004", at, "A text cannot hold the character NUL.", "Neither paths nor commands could.");
                    node = new YamlScalar(scalar.Value.Replace("\0", "", StringComparison.Ordinal), scalar.Style != ScalarStyle.Plain, at);
                    break;
                case SequenceStart:
                    parser.MoveNext();
                    var items = ImmutableArray.CreateBuilder<YamlNode>();
                    while (!parser.Accept<SequenceEnd>(out _)) items.Add(Node(depth + 1));
                    parser.MoveNext();
                    node = new YamlSequence(items.ToImmutable(), at);
                    break;
                default:
                    parser.Consume<MappingStart>();
                    // The parser gives a pair without braces in a list, as in [a: 1], no place of its own: it begins with its key.
                    node = Mapping(at.Line == 1 && at.Column == 1 ? MarkOf(parser.Current!) : at, depth);
                    break;
            }
            if (current is NodeEvent { Anchor: { IsEmpty: false } anchor }) anchors[anchor.Value] = (node, nodes - before + 1);
            return node;
        }

        private YamlMapping Mapping(Mark at, int depth)
        {
            var entries = ImmutableArray.CreateBuilder<YamlEntry>();
            var keys = new Dictionary<string, Mark>(StringComparer.Ordinal);
            while (!parser.Accept<MappingEnd>(out _))
            {
                var key = Node(depth + 1);
                var value = Node(depth + 1);
                if (key is not YamlScalar { Text: var name })
                    diagnostics.Error("DF1004", key.At, "A key is a word, not a list or a mapping.");
                else if (keys.TryGetValue(name, out var first))
                    diagnostics.Error("DF1005", key.At, $"The key '{name}' stands here for the second time; the first is in line {first.Line}.", "Keep one of them.");
                else
                {
                    keys.Add(name, key.At);
                    entries.Add(new YamlEntry(name, key.At, value));
                }
            }
            parser.MoveNext();
            return new YamlMapping(entries.ToImmutable(), at);
        }

        private void Count(int more, Mark at)
        {
            nodes += more;
            if (nodes > MostNodes) throw new LimitExceededException(at, $"The document has more than {MostNodes} values, aliases counted as often as they are used.");
        }

        private Mark MarkOf(ParsingEvent parsed) => new(file, (int)parsed.Start.Line, (int)parsed.Start.Column);
    }
}
