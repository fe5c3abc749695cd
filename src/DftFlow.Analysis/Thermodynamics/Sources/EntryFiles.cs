using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Text;

namespace DftFlow.Analysis.Thermodynamics.Sources;

/// <summary>How entries are read.</summary>
/// <param name="Scheme">Brings everything that is not yet on its scale there, from uncorrected energies; null leaves all as it is.</param>
/// <param name="MixScales">Take entries on several scales, with a warning.</param>
public sealed record EntryReading(CorrectionScheme? Scheme = null, bool MixScales = false);

/// <summary>Entries of files, and the files.</summary>
public sealed record EntrySources(EntryTable Table, ImmutableArray<AnalysedFile> Inputs);

/// <summary>Reads entries from files of all kinds: tables, lists in JSON, and the runs of calculations.</summary>
public static class EntryFiles
{
    private const int MostWarnings = 20;

    // Of text: the whole Materials Project with all its structures has less; a packed file that is made to fill a memory has more.
    private const long MostBytes = 4L << 30;

    /// <summary>
    /// Reads files, each of which is a CSV table, a list in JSON (see <see cref="EntryJson"/>), a vasprun.xml, an OUTCAR or the
    /// directory of a run; packed or not. What a file is, its content tells.
    /// </summary>
    /// <exception cref="DftFlowException">DF3101 to DF3106, DF3150 to DF3155, with the file; and what opening it throws.</exception>
    public static EntrySources Read(IReadOnlyList<string> paths, EntryReading reading, CancellationToken cancellation = default)
    {
        if (paths.Count == 0) throw new DftFlowException("DF3101", "No file of entries is given.", "Name a table of reference energies, or runs.");
        var tables = new List<(string Name, EntryTable Table)>();
        var inputs = ImmutableArray.CreateBuilder<AnalysedFile>();
        foreach (var path in paths)
        {
            var main = Directory.Exists(path) ? OfRun(path) : path;
            try
            {
                using (var text = TextFile.Open(main, cancellation: cancellation)) tables.Add((path, Read(text, path, main, reading, cancellation)));
                using var stored = TextFile.OpenStored(main);
                inputs.Add(new(main, Convert.ToHexStringLower(SHA256.HashData(stored))));
            }
            catch (DftFlowException error)
            {
                throw error.InFile(main);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new DftFlowException("DF1902", error.Message, "Is the disk there, and may you read it?", file: main, inner: error);
            }
        }
        return new(EntryTable.Join(tables, reading.MixScales), inputs.ToImmutable());
    }

    /// <summary>What files and folders are called for short: by their names alone, unless two have the same; then by their paths.</summary>
    public static IReadOnlyList<string> ShortNames(IReadOnlyList<string> paths)
    {
        string[] names = [.. paths.Select(path => Path.GetFileName(Path.TrimEndingDirectorySeparator(path)))];
        return names.Contains("") || names.Distinct(StringComparer.Ordinal).Count() < names.Length ? paths : names;
    }

    /// <summary>As <see cref="Read(IReadOnlyList{string}, EntryReading, CancellationToken)"/>, on another thread.</summary>
    public static Task<EntrySources> ReadAsync(IReadOnlyList<string> paths, EntryReading reading, CancellationToken cancellation = default) =>
        Task.Run(() => Read(paths, reading, cancellation), cancellation);

    /// <summary>Reads the text of one file.</summary>
    /// <param name="name">What an entry of a run is called.</param>
    /// <param name="path">Of the file; helps to tell an OUTCAR from other texts.</param>
    /// <exception cref="DftFlowException">As the other, without the file.</exception>
    public static EntryTable Read(Stream stream, string name, string path, EntryReading reading, CancellationToken cancellation = default)
    {
        try
        {
            using var text = new HeadStream(stream);
            if (text.LooksLikeJson)
            {
                text.MostBytes = MostBytes;
                var json = EntryJson.Read(text, cancellation);
                return Of(json.Entries, json.Warnings, json.Provenance, reading);
            }
            switch (FileRecognition.KindOf(text.Head, path))
            {
                case FileKind.Vasprun: return Of([From(RunEntry.Of(Vasprun.Read(text, VasprunContent.Structures, cancellation), name))], [], [], reading);
                case FileKind.Outcar: return Of([From(RunEntry.Of(Outcar.Read(text, cancellation: cancellation), name))], [], [], reading);
            }
            text.MostBytes = MostBytes;
            var table = EntryTable.Read(text, reading.MixScales);
            if (reading.Scheme is null || table.Scale == reading.Scheme.Scale) return table;
            return table with { Warnings = [.. table.Warnings, $"A table is taken as it is ({table.ScaleText}); {reading.Scheme.Name} corrects only runs and lists that tell how they were calculated."] };
        }
        catch (InvalidDataException error)
        {
            throw new DftFlowException("DF3103", $"The compressed file is damaged: {error.Message}.", "Fetch or pack it again: half a table gives wrong hulls.", inner: error);
        }
    }

    /// <summary>Calculated phases as a table: corrected, or as they are.</summary>
    /// <exception cref="DftFlowException">DF3150: they are on several scales. DF3154: the scheme is made for none of them.</exception>
    public static EntryTable Of(IEnumerable<CalculatedPhase> phases, EntryReading reading) => Of([.. phases.Select(From)], [], [], reading);

    private static SourcedEntry From(CalculatedPhase phase) => new(phase.Uncorrected(), phase);

    private static EntryTable Of(IReadOnlyList<SourcedEntry> sourced, IReadOnlyList<string> warnings, IReadOnlyList<string> provenance, EntryReading reading)
    {
        var (entries, leftOut) = reading.Scheme is { } scheme ? Corrected(sourced, scheme) : ([.. sourced.Select(entry => entry.AsGiven)], []);
        if (leftOut.Count > MostWarnings) leftOut = [.. leftOut.Take(MostWarnings), FormattableString.Invariant($"{leftOut.Count - MostWarnings} more entries are left out.")];
        return EntryTable.Of(entries, [.. warnings, .. leftOut, .. EntryTable.Suspicious(entries, _ => "")], reading.MixScales) with { Provenance = [.. provenance] };
    }

    private static (List<Entry> Entries, List<string> LeftOut) Corrected(IReadOnlyList<SourcedEntry> sourced, CorrectionScheme scheme)
    {
        var entries = new List<Entry>();
        var leftOut = new List<string>();
        foreach (var (given, calculated) in sourced)
            if (calculated is null && given.Scale == scheme.Scale) entries.Add(given);
            else if (calculated is null) leftOut.Add($"{given.EntryId} ({given.Formula}) is left out: its source does not say how it was calculated, which {scheme.Name} hangs on.");
            else if (scheme.Objection(calculated) is { } why) leftOut.Add($"{given.EntryId} ({given.Formula}) is left out: {why}");
            else entries.Add(scheme.Correct(calculated));
        return entries.Count > 0 ? (entries, leftOut)
            : throw new DftFlowException("DF3154", $"None of the entries can be corrected with {scheme.Name}. {leftOut[0]}", "Calculate with the settings of the scheme, use a scheme that is made for these, or compare uncorrected energies of one kind.");
    }

    private static string OfRun(string folder)
    {
        var files = RunFiles.Of(folder);
        return files.Find("vasprun.xml") is { } main && new FileInfo(main).Length > 0 ? main : files.Find("OUTCAR")
            ?? throw new DftFlowException("DF3155", "The directory has neither a vasprun.xml nor an OUTCAR.", "Give the directory of a run that came to its end.", file: folder);
    }

    /// <summary>A stream whose beginning has been looked at.</summary>
    private sealed class HeadStream : Stream
    {
        private readonly Stream inner;
        private readonly byte[] head = new byte[FileRecognition.HeadBytes];
        private readonly int length;
        private int at;
        private long beyond;

        public HeadStream(Stream inner)
        {
            this.inner = inner;
            length = inner.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }

        public long MostBytes { get; set; } = long.MaxValue;

        public ReadOnlySpan<byte> Head => head.AsSpan(0, length);

        public bool LooksLikeJson
        {
            get
            {
                var text = Head.StartsWith(Encoding.UTF8.Preamble) ? Head[3..] : Head;
                return text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
            }
        }

        public override int Read(Span<byte> buffer)
        {
            int count;
            if (at == length)
            {
                beyond += count = inner.Read(buffer);
                return beyond <= MostBytes ? count : throw new DftFlowException("DF3103", "The file holds more than 4 GiB of text.", "Fetch fewer chemical systems, or fields without structures.");
            }
            count = Math.Min(buffer.Length, length - at);
            head.AsSpan(at, count).CopyTo(buffer);
            at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
