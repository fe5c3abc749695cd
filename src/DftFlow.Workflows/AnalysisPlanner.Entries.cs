using System.Collections.Immutable;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

internal sealed partial class AnalysisPlanner
{
    // By what is read and how: several analyses name the same large table.
    private readonly Dictionary<string, bool> tables = new(StringComparer.Ordinal);

    /// <summary>The entries of a phase diagram: one file, several, or a mapping that tells more.</summary>
    private PlannedEntries? Entries(YamlNode node)
    {
        var block = node is YamlMapping ? new Binder(diagnostics).Bind<EntriesBlock>(node, "'entries'") : new EntriesBlock { Files = FilesOf(node) };
        if (block is null || diagnostics.HasErrors) return null;
        if (block is { Files: null, From: null })
        {
            diagnostics.Error("DF1009", node.At, "'entries' names nothing.", "Write a file's name, or { files: …, from: … }.");
            return null;
        }
        var files = (block.Files?.Items ?? []).Select(File).ToImmutableArray();
        var members = (block.From?.Items ?? []).SelectMany(of => Members(of)).DistinctBy(member => member.Id).ToImmutableArray();
        var scheme = Scheme(block.Scheme);
        if (diagnostics.HasErrors) return null;
        var entries = new PlannedEntries([.. files.Select(file => file!)], members, new(scheme, block.MixScales));
        return entries.Files.IsEmpty || CanBeRead(entries, block.Files!.Items[0].At) ? entries : null;
    }

    private OneOrMore<Located<string>>? FilesOf(YamlNode node)
    {
        YamlNode[] items = node is YamlSequence list ? [.. list.Items] : [node];
        foreach (var item in items.Where(item => item is not YamlScalar { IsNull: false }))
            diagnostics.Error("DF1007", item.At, "An entry of 'entries' is the name of a file.", "Runs of this workflow are named as { from: relax }.");
        return items.Length == 0 ? null : new([.. items.OfType<YamlScalar>().Select(item => new Located<string>(item.Text, item.At))]);
    }

    private string? File(Located<string> file)
    {
        var path = Path.GetFullPath(Path.Combine(folder, file.Value));
        if (Path.Exists(path)) return path;
        diagnostics.Error("DF1001", file.At, $"There is no file {path}.", "Paths are relative to the workflow's file.");
        return null;
    }

    private CorrectionScheme? Scheme(Located<string>? name)
    {
        if (name is null) return null;
        try
        {
            return CorrectionScheme.Find(name.Value.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) ? Path.GetFullPath(Path.Combine(folder, name.Value)) : name.Value);
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, name.At);
            return null;
        }
    }

    /// <summary>Whether the files hold entries on one scale. What is odd about them is told when they are used.</summary>
    private bool CanBeRead(PlannedEntries entries, Mark at)
    {
        var key = $"{entries.Reading.Scheme?.Name}\n{entries.Reading.MixScales}\n{string.Join('\n', entries.Files)}";
        if (tables.TryGetValue(key, out var readable)) return readable;
        try
        {
            EntryFiles.Read(entries.Files, entries.Reading);
            return tables[key] = true;
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, at);
            return tables[key] = false;
        }
    }
}
