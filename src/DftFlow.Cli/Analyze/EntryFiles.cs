using System.Collections.Immutable;
using System.Security.Cryptography;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Yaml;

namespace DftFlow.Cli.Analyze;

/// <summary>Tables of entries as a command reads them: joined to one phase diagram.</summary>
internal sealed record EntryFiles(PhaseDiagram Diagram, ImmutableArray<InputDocument> Inputs, ImmutableArray<string> Warnings)
{
    /// <exception cref="DftFlowException">DF1001: a file cannot be read; DF3101 to DF3106: what it holds is no table, or two files have one id.</exception>
    public static EntryFiles Read(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var (entries, inputs, warnings) = (new List<Entry>(), new List<InputDocument>(), new List<string>());
        var from = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            AnalyzeCommand.RefuseNoPath(path);
            cancellation.ThrowIfCancellationRequested();
            var (table, input) = ReadOne(path);
            foreach (var entry in table.Entries)
                if (!from.TryAdd(entry.EntryId, path))
                    throw new DftFlowException("DF3106", $"The entry '{entry.EntryId}' stands in {from[entry.EntryId]} already.", "Give each file once, and each phase its own entry_id.", file: path);
            entries.AddRange(table.Entries);
            inputs.Add(input);
            warnings.AddRange(table.Warnings.Select(warning => paths.Count == 1 ? warning : $"{path}: {warning}"));
        }
        return new(new PhaseDiagram(entries), [.. inputs], [.. warnings]);
    }

    private static (EntryTable, InputDocument) ReadOne(string path)
    {
        try
        {
            var bytes = BoundedFile.Read(path, EntryTable.LargestFile);
            return (EntryTable.Read(new MemoryStream(bytes)), new InputDocument(path, Convert.ToHexStringLower(SHA256.HashData(bytes))));
        }
        catch (DftFlowException error)
        {
            throw error.InFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DftFlowException("DF1001", $"The entries cannot be read: {error.Message}", "Is the path right? Paths are relative to the folder that you are in.", file: path);
        }
    }
}
