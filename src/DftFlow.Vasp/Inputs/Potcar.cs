using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inputs;

/// <summary>What identifies one potential of a POTCAR: fields of its header, and hashes. Null is what the header does not say.</summary>
public sealed record PotcarDataset
{
    /// <summary><c>PAW_PBE Mn_pv 02Aug2007</c>.</summary>
    public required string Titel { get; init; }

    /// <summary>As the potential is called in the library: <c>Mn_pv</c>.</summary>
    public string? Name { get; init; }

    public Element? Element { get; init; }

    /// <summary>The reference configuration of the atom, as the header words it.</summary>
    public string? Vrhfin { get; init; }

    /// <summary>The functional that the potential was made with: PE, CA, 91.</summary>
    public string? Lexch { get; init; }

    /// <summary>Electrons that are not in the core.</summary>
    public double? Zval { get; init; }

    public double? EnmaxEv { get; init; }

    public double? EnminEv { get; init; }

    /// <summary>In unified atomic mass units.</summary>
    public double? PomassU { get; init; }

    /// <summary>The outermost cutoff radius.</summary>
    public double? RcoreBohr { get; init; }

    /// <summary>An ultrasoft potential.</summary>
    public bool? Lultra { get; init; }

    public bool? Lpaw { get; init; }

    /// <summary>
    /// SHA-256 of the potential's text, lines ended by LF, without the lines SHA256 and COPYR: what the header's own line states, as
    /// pymatgen found (PotcarSingle.sha256_computed_file_hash). In small hexadecimal digits.
    /// </summary>
    public required string Sha256 { get; init; }

    /// <summary>The header's own line SHA256, which potentials since release 54 have.</summary>
    public string? StatedSha256 { get; init; }
}

/// <summary>
/// The headers of a POTCAR. The potentials' licence forbids passing them on: nothing but the header's named fields leaves this
/// reader, neither in the record nor in an error.
/// </summary>
/// <param name="Truncated">Where the text stops being a POTCAR; null for a whole one.</param>
public sealed record Potcar(ImmutableArray<PotcarDataset> Datasets, Truncation? Truncated)
{
    /// <summary>Reads a POTCAR of any number of elements. Of a truncated file the complete potentials are given.</summary>
    /// <exception cref="DftFlowException">DF1270: not a POTCAR; DF1271: over a limit.</exception>
    public static Potcar Read(Stream stream, CancellationToken cancellation = default) => new PotcarReader(new TextLines(stream, cancellation)).Read();

    public bool Equals(Potcar? other) => other is not null && Truncated == other.Truncated && Datasets.SequenceEqual(other.Datasets);

    public override int GetHashCode() => HashCode.Combine(Datasets.Length, Truncated);
}

internal sealed class PotcarReader(TextLines lines)
{
    private const int MostDatasets = 1000;
    private const long MostBytes = 2_000_000_000;
    private const int LongestHead = 5;
    private const int LongestField = 80;

    public Potcar Read()
    {
        var datasets = ImmutableArray.CreateBuilder<PotcarDataset>();
        var begin = 0L;
        while (SkipBlankLines())
        {
            begin = lines.Offset;
            if (datasets.Count == MostDatasets) throw OverLimit(FormattableString.Invariant($"more than {MostDatasets} potentials"));
            switch (ReadDataset(out var dataset))
            {
                case Ending.Whole:
                    datasets.Add(dataset!);
                    break;
                case Ending.NoHeader when datasets.Count == 0:
                    throw new DftFlowException("DF1270", "This is not a POTCAR: the line 'parameters from PSCTR are:' is not among its first ones.", "A POTCAR holds one potential after the other, as VASP's library has them.", 1);
                case Ending.NoHeader:
                    return new Potcar(datasets.ToImmutable(), new Truncation(begin, 0, 0, "What follows the last whole potential does not begin as one."));
                default:
                    return new Potcar(datasets.ToImmutable(), new Truncation(lines.NextOffset, 0, 0, FormattableString.Invariant($"The text ends within potential {datasets.Count + 1}.")));
            }
        }
        if (datasets.Count == 0) throw new DftFlowException("DF1270", "This is not a POTCAR: it is empty.", "Was it copied in full?", 1);
        return new Potcar(datasets.ToImmutable(), null);
    }

    private enum Ending
    {
        Whole,
        NoHeader,
        Cut,
    }

    private bool SkipBlankLines()
    {
        while (lines.Next())
            if (!lines.Line.Trim(" \t\r"u8).IsEmpty) return true;
        return false;
    }

    /// <summary>Reads from the line stepped to, the potential's first, to its "End of Dataset".</summary>
    private Ending ReadDataset(out PotcarDataset? dataset)
    {
        dataset = null;
        var title = Field(lines.Line);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var fields = new Dictionary<string, string>();
        bool begun = false, ended = false;
        var number = 0;
        do
        {
            if (lines.NextOffset > MostBytes) throw OverLimit(FormattableString.Invariant($"more than {MostBytes} bytes"));
            var line = lines.Line.Trim(" \t\r"u8);
            if (!line.StartsWith("SHA256"u8) && !line.StartsWith("COPYR"u8))
            {
                hash.AppendData(lines.Line);
                hash.AppendData("\n"u8);
            }
            if (line.StartsWith("End of Dataset"u8))
            {
                if (!begun) return Ending.NoHeader;
                dataset = Dataset(title, fields, Convert.ToHexStringLower(hash.GetHashAndReset()));
                return Ending.Whole;
            }
            // No potential has such lines, and the hash would be that of a part.
            if (lines.Line.Length == TextLines.LongestLine) break;
            begun |= line.StartsWith("parameters from PSCTR"u8);
            if (!begun && ++number > LongestHead) return Ending.NoHeader;
            ended |= line.StartsWith("END of PSCTR"u8);
            if (begun && !ended) ReadFields(line, fields);
        }
        while (lines.Next());
        return begun ? Ending.Cut : Ending.NoHeader;
    }

    // KEY = value; KEY = value. The first of several counts.
    private static void ReadFields(ReadOnlySpan<byte> line, Dictionary<string, string> fields)
    {
        foreach (var range in line.Split((byte)';'))
        {
            var statement = line[range];
            var equals = statement.IndexOf((byte)'=');
            if (equals > 0 && Field(statement[..equals]) is { Length: <= 8 } key && Known.Contains(key)) fields.TryAdd(key, Field(statement[(equals + 1)..]));
        }
    }

    private static readonly ImmutableHashSet<string> Known = ["TITEL", "VRHFIN", "LEXCH", "ZVAL", "ENMAX", "ENMIN", "POMASS", "RCORE", "LULTRA", "LPAW", "SHA256"];

    private static string Field(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \t\r"u8);
        return Encoding.Latin1.GetString(text[..Math.Min(text.Length, LongestField)]);
    }

    private static PotcarDataset Dataset(string title, Dictionary<string, string> fields, string sha256)
    {
        var titel = fields.GetValueOrDefault("TITEL", title);
        var name = titel.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).FirstOrDefault(word => PotcarSpec.IsName(word, out _));
        return new PotcarDataset
        {
            Titel = titel,
            Name = name,
            // Some headers misspell the element of VRHFIN; the title comes first.
            Element = PotcarSpec.TryReadElement(name ?? Text("VRHFIN")?.Split(':')[0].Trim(), out var element) ? element : null,
            Vrhfin = Text("VRHFIN"),
            Lexch = Word("LEXCH"),
            Zval = Number("ZVAL"),
            EnmaxEv = Number("ENMAX"),
            EnminEv = Number("ENMIN"),
            PomassU = Number("POMASS"),
            RcoreBohr = Number("RCORE"),
            Lultra = Flag("LULTRA"),
            Lpaw = Flag("LPAW"),
            Sha256 = sha256,
            StatedSha256 = Word("SHA256") is { Length: 64 } stated && stated.All(char.IsAsciiHexDigit) ? stated.ToLowerInvariant() : null,
        };

        string? Text(string key) => fields.GetValueOrDefault(key);
        string? Word(string key) => Text(key)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var word, ..] ? word : null;
        double? Number(string key) => FortranNumber.TryReadReal(Word(key), out var number) ? number : null;
        bool? Flag(string key) => FortranNumber.TryReadLogical(Word(key), out var flag) ? flag : null;
    }

    private static DftFlowException OverLimit(string what) => new("DF1271", $"The POTCAR has {what}, which is the limit.", "Is this the POTCAR of one calculation?");
}
