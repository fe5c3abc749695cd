using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inspection;

[JsonConverter(typeof(JsonStringEnumConverter<StructureFormat>))]
public enum StructureFormat
{
    /// <summary>POSCAR or CONTCAR.</summary>
    [JsonStringEnumMemberName("poscar")] Poscar,
    [JsonStringEnumMemberName("cif")] Cif,
    [JsonStringEnumMemberName("xyz")] Xyz,
}

/// <summary>A structure, from whichever kind of file.</summary>
/// <param name="Structure">Null where sites are shared or partly vacant.</param>
/// <param name="Disordered">Set where sites are shared or partly vacant.</param>
/// <param name="Findings">What is doubtful about the file.</param>
/// <param name="Sha256">Of the bytes as stored, hexadecimal.</param>
public sealed partial record StructureFile(
    string Path, StructureFormat Format, Structure? Structure, DisorderedStructure? Disordered, ImmutableArray<Finding> Findings, string Sha256)
{
    private const int LongestText = 500_000_000;

    /// <summary>Reads a POSCAR, CONTCAR, CIF or extended XYZ, compressed or not. Of several structures in an XYZ the last is taken.</summary>
    /// <exception cref="DftFlowException">DF1632: it is none of these. DF1450 to DF1453: it cannot be opened. And what the readers of the formats throw.</exception>
    public static StructureFile Read(string path, CancellationToken cancellation = default)
    {
        try
        {
            var format = FormatOf(path, cancellation);
            string text;
            using (var stream = TextFile.Open(path, cancellation: cancellation)) text = InputText.Read(stream, LongestText, "DF1203", "structure file", cancellation);
            string hash;
            using (var stored = TextFile.OpenStored(path)) hash = Convert.ToHexStringLower(SHA256.HashData(stored));
            switch (format)
            {
                case StructureFormat.Cif:
                    var cif = Cif.ReadDisordered(text);
                    var ordered = cif.Structure.Ordered;
                    return new(path, format, ordered, ordered is null ? cif.Structure : null, cif.Findings, hash);
                case StructureFormat.Xyz:
                    var frames = Xyz.Read(text);
                    ImmutableArray<Finding> several = frames.Length == 1 ? [] :
                        [new("DF1634", Severity.Warning, string.Create(CultureInfo.InvariantCulture, $"The file holds {frames.Length} structures; the last is taken."))];
                    return new(path, format, frames[^1].Structure, null, several, hash);
                default:
                    var poscar = Poscar.Read(text);
                    return new(path, format, poscar.Structure, null, poscar.Findings, hash);
            }
        }
        catch (DftFlowException error)
        {
            throw error.InFile(path);
        }
    }

    private static StructureFormat FormatOf(string path, CancellationToken cancellation)
    {
        const string hint = "Read are POSCAR, CONTCAR, CIF and extended XYZ; of a run, give its CONTCAR.";
        var bytes = new byte[FileRecognition.HeadBytes];
        using var stream = TextFile.Open(path, cancellation: cancellation);
        var head = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var text = Encoding.UTF8.GetString(head);
        var name = FileNames.WithoutCompression(path);
        if (name.EndsWith(".cif", StringComparison.OrdinalIgnoreCase) || CifData().IsMatch(text)) return StructureFormat.Cif;
        if (name.EndsWith(".xyz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".extxyz", StringComparison.OrdinalIgnoreCase) || XyzHeader().IsMatch(text)) return StructureFormat.Xyz;
        return (head.IsEmpty ? null : FileRecognition.KindOf(head, path)) switch
        {
            FileKind.Poscar => StructureFormat.Poscar,
            null => throw new DftFlowException("DF1632", head.IsEmpty ? "The file is empty." : "The file holds no structure that is known here.", hint),
            var other => throw new DftFlowException("DF1632", $"This is not the file of a structure but another of VASP's ({other.ToString()!.ToLowerInvariant()}).", hint),
        };
    }

    [GeneratedRegex(@"^\s*_(cell_length_a|atom_site_fract_x)\b", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex CifData();

    // A number alone, any line, and an element with its place: the second line of a POSCAR is a number, and the third a lattice vector.
    [GeneratedRegex(@"^\s*[0-9]+[ \t]*\r?\n[^\r\n]*\r?\n[ \t]*[A-Z][a-z]?[ \t]+[-+.0-9]", RegexOptions.CultureInvariant)]
    private static partial Regex XyzHeader();
}
