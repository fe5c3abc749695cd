using System.Text;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inspection;

/// <summary>Tells from the beginning of a text which of VASP's files it is.</summary>
public static class FileRecognition
{
    /// <summary>How much of a text is looked at.</summary>
    public const int HeadBytes = 1 << 16;

    private const int LongestLine = 200;

    /// <summary>By what the text begins with, and where that leaves it open by the name; null where neither tells.</summary>
    /// <param name="head">The first <see cref="HeadBytes"/> of the text, or all of it.</param>
    public static FileKind? KindOf(ReadOnlySpan<byte> head, string path)
    {
        var named = FileNames.KindOf(path);
        // Zeros can stand in a text: what a file system lost, or a program padded.
        return IsBinary(head) ? null : ByContent(head, named) ?? named;
    }

    public static bool IsBinary(ReadOnlySpan<byte> head) => head.Count((byte)0) > head.Length / 10;

    private static FileKind? ByContent(ReadOnlySpan<byte> head, FileKind? named)
    {
        var text = head.TrimStart(" \t\r\n\xef\xbb\xbf"u8);
        if (text.StartsWith("<?xml"u8) || text.StartsWith("<modeling"u8)) return head.IndexOf("<modeling"u8) >= 0 || named == FileKind.Vasprun ? FileKind.Vasprun : null;
        var lines = Lines(head);
        if (lines.Length == 0) return null;
        if (lines.Take(12).Any(line => line.StartsWith("executed on", StringComparison.Ordinal))) return FileKind.Outcar;
        if (lines[0].StartsWith("PROCAR", StringComparison.Ordinal)) return FileKind.Procar;
        if (lines[0].StartsWith('#') && lines[0].Contains("CHARGE", StringComparison.Ordinal) && lines[0].Contains("MIN DIST", StringComparison.Ordinal)) return FileKind.BaderCharges;
        if (Words(lines.FirstOrDefault(line => line.Length > 0)) is ["N", "E", "dE", ..]) return FileKind.Oszicar;
        if (head.IndexOf("parameters from PSCTR are"u8) >= 0) return FileKind.Potcar;
        if (IsStandardOutput(lines)) return FileKind.StandardOutput;
        return ByHeader(lines, named) ?? (IsIncar(lines) ? FileKind.Incar : SaysWhatWentWrong(head) ? FileKind.StandardOutput : null);
    }

    // DOSCAR and EIGENVAL share five lines; POSCAR, XDATCAR and the grids the cell and the atoms.
    private static FileKind? ByHeader(string[] lines, FileKind? named)
    {
        if (lines.Length >= 6 && lines[3] == "CAR" && Numbers(lines[0]) == 4) return Numbers(lines[5]) == 3 ? FileKind.Eigenval : FileKind.Doscar;
        if (lines.Length >= 3 && lines[2] is [var form, ..] && char.IsAsciiLetter(form) && int.TryParse(Words(lines[1]).FirstOrDefault(), out var points) && points >= 0)
            return "gmalrckdGMALRCKD".Contains(form, StringComparison.Ordinal) ? FileKind.Kpoints : null;
        if (lines.Length < 7 || Numbers(lines[1]) is not (1 or 3) || !lines[2..5].All(line => Numbers(line) >= 3)) return null;
        if (lines.Any(line => line.StartsWith("Direct configuration", StringComparison.Ordinal) || line.StartsWith("Konfig", StringComparison.Ordinal))) return FileKind.Xdatcar;
        // A grid's dimensions stand behind a blank line; so do velocities, which are no whole numbers.
        for (var i = 7; i + 1 < lines.Length; i++)
            if (lines[i].Length == 0 && Words(lines[i + 1]) is { Length: 3 } sizes && sizes.All(size => size.All(char.IsAsciiDigit))) return FileKind.Grid;
        return named is FileKind.Grid or FileKind.Xdatcar ? named : FileKind.Poscar;
    }

    private static bool IsStandardOutput(string[] lines) => lines.Take(20).Any(line =>
        line.StartsWith("running on", StringComparison.Ordinal) || line.StartsWith("distrk:", StringComparison.Ordinal) || line.StartsWith("distr:", StringComparison.Ordinal)
        || (line.StartsWith("running ", StringComparison.Ordinal) && line.Contains("mpi-ranks", StringComparison.Ordinal)))
        || lines.Contains("entering main loop") || lines.Contains("POSCAR, INCAR and KPOINTS ok, starting setup");

    private static bool SaysWhatWentWrong(ReadOnlySpan<byte> head) =>
        StandardOutput.Read(new MemoryStream(head.ToArray())) is { StopMessage: not null } or { Diagnoses.IsEmpty: false };

    private static bool IsIncar(string[] lines) => lines.Any(line =>
        line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals && IncarTags.IsKnown(line[..equals].Trim()));

    private static string[] Lines(ReadOnlySpan<byte> head)
    {
        var lines = new List<string>();
        foreach (var range in head.Split((byte)'\n'))
        {
            var line = head[range].Trim(" \t\r"u8);
            lines.Add(Encoding.Latin1.GetString(line[..Math.Min(line.Length, LongestLine)]));
        }
        return [.. lines];
    }

    private static string[] Words(string? line) => line?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];

    // How many numbers a line begins with.
    private static int Numbers(string line) => Words(line).TakeWhile(word => FortranNumber.TryReadReal(word, out _)).Count();
}
