using System.Globalization;
using System.Text;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Owner;

/// <summary>Several commands in one round trip, each with its exit status and its standard output; standard error is common to all.</summary>
internal sealed class CompoundScript
{
    private const string Mark = "dftflow-part-";
    private readonly StringBuilder text = new();

    /// <summary>Adds lines whose reply is called by a key without blanks.</summary>
    public void Add(string key, string lines) =>
        text.Append(CultureInfo.InvariantCulture, $"printf '{Mark}begin %s\\n' {key}\n(\n{lines}\n)\nprintf '\\n{Mark}end %d\\n' \"$?\"\n");

    /// <summary>Adds lines that print parts themselves, by <see cref="Part"/>.</summary>
    public void AddRaw(string lines) => text.Append(lines).Append('\n');

    /// <summary>Shell that prints a part: what a command prints, called by the value of a shell word, with the command's status or another one.</summary>
    public static string Part(string key, string command, string status = "$?") => $"printf '{Mark}begin %s\\n' {key}; {command}; printf '\\n{Mark}end %d\\n' \"{status}\"";

    /// <summary>What a part is between, for shell that prints the values of words itself.</summary>
    public static (string Begin, string End) Around(string key) => ($"{Mark}begin {key}\n", $"\n{Mark}end 0\n");

    public override string ToString() => text.ToString();

    /// <summary>The parts of a reply; one that has no end is left out.</summary>
    public static Dictionary<string, RemoteReply> Read(RemoteReply reply)
    {
        var parts = new Dictionary<string, RemoteReply>(StringComparer.Ordinal);
        var rest = reply.Output.AsSpan();
        while (rest.IndexOf(Mark + "begin ") is >= 0 and var at)
        {
            rest = rest[(at + Mark.Length + "begin ".Length)..];
            if (rest.IndexOf('\n') is not (>= 0 and var line)) break;
            var key = rest[..line].ToString();
            rest = rest[(line + 1)..];
            var end = rest.IndexOf("\n" + Mark + "end ");
            // The end of nothing stands at once.
            if (end < 0) break;
            var output = rest[..end].ToString();
            rest = rest[(end + 1 + Mark.Length + "end ".Length)..];
            if (rest.IndexOf('\n') is not (>= 0 and var number) || !int.TryParse(rest[..number], NumberStyles.None, CultureInfo.InvariantCulture, out var status)) break;
            parts[key] = new RemoteReply(status, output, "");
            rest = rest[number..];
        }
        return parts;
    }
}
