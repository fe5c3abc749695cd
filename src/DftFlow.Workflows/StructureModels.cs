using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>Builds the structure models of a workflow, each once, and checks the distances between their atoms.</summary>
public sealed class StructureModels(Map<StructureBlock> blocks, string folder, Diagnostics diagnostics)
{
    private const int LargestFile = 64 * 1024 * 1024;

    // A null value: it could not be built, and that has been told.
    private readonly Dictionary<string, Structure?> built = new(StringComparer.Ordinal);
    private readonly List<string> underWay = [];

    public IEnumerable<string> Names => blocks.Keys;

    /// <summary>Builds all models, so that problems of those that nothing uses yet are told too.</summary>
    public void BuildAll()
    {
        foreach (var entry in blocks.Entries) Find(entry.Key);
    }

    /// <summary>The model; null where there is none of that name or it could not be built.</summary>
    public Structure? Find(string name)
    {
        if (built.TryGetValue(name, out var known)) return known;
        if (blocks.Find(name) is not { } entry) return null;
        if (underWay.Contains(name))
        {
            diagnostics.Error("DF1018", entry.Value.From?.At ?? entry.At, $"The structures are made from each other in a circle: {string.Join(" → ", underWay.SkipWhile(n => n != name).Append(name))}.");
            return null;
        }
        underWay.Add(name);
        var structure = Build(entry);
        underWay.RemoveAt(underWay.Count - 1);
        built[name] = structure;
        if (structure is not null) CheckDistances(structure, entry);
        return structure;
    }

    private Structure? Build(MapEntry<StructureBlock> entry)
    {
        var block = entry.Value;
        if (!Language.Names.IsValid(entry.Key))
            diagnostics.Error("DF1012", entry.At, $"'{entry.Key}' cannot be the name of a structure.", Language.Names.Rule);
        Structure? structure;
        switch (block)
        {
            case { File: not null, From: not null }:
                diagnostics.Error("DF1006", block.From.At, $"The structure '{entry.Key}' has both 'file' and 'from'.", "Keep one of them.");
                return null;
            case { File: { } file }:
                structure = Read(file, block);
                break;
            case { From: { } from }:
                if (blocks.Find(from.Value) is null)
                    diagnostics.Error("DF1017", from.At, $"There is no structure '{from.Value}'.", Diagnostics.Suggest(from.Value, [.. blocks.Keys.Where(k => k != entry.Key)]));
                structure = Find(from.Value);
                break;
            default:
                diagnostics.Error("DF1009", block.At, $"The structure '{entry.Key}' does not say where it comes from.", "Add 'file: …' or 'from: …'.");
                return null;
        }
        if (structure is null) return null;
        try
        {
            if (block.Cell == CellChoice.Primitive) structure = PrimitiveCell.Of(structure);
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, block.MarkOf("cell"));
            return null;
        }
        foreach (var step in block.Build)
        {
            if (step.Substitute is not { } substitute) return null;
            structure = Substitute(structure, substitute);
            if (structure is null) return null;
        }
        return structure;
    }

    private Structure? Read(Located<string> file, StructureBlock block)
    {
        var path = Path.Combine(folder, file.Value);
        try
        {
            if (Directory.Exists(path))
            {
                diagnostics.Error("DF1001", file.At, $"{path} is a folder, not a file.");
                return null;
            }
            var text = BoundedFile.Text(BoundedFile.Read(path, LargestFile));
            var isCif = path.EndsWith(".cif", StringComparison.OrdinalIgnoreCase);
            if (!isCif && text.Contains("_cell_length_a", StringComparison.OrdinalIgnoreCase))
            {
                diagnostics.Error("DF1201", file.At, $"{path} is a CIF, but its name does not end in .cif.", "Rename it.");
                return null;
            }
            if (isCif)
            {
                var crystal = Cif.Read(text);
                Tell(crystal.Findings);
                return crystal.Structure;
            }
            var poscar = Poscar.Read(text, block.Elements);
            Tell(poscar.Findings);
            return poscar.Structure;
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error.InFile(path), file.At);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            diagnostics.Error("DF1001", file.At, error is FileNotFoundException or DirectoryNotFoundException
                ? $"There is no file {path}." : $"{path} cannot be read: {error.Message}", file.Value.StartsWith('~') ? "A path that begins with '~' is not expanded; begin it with '/', or give it relative to the workflow's file." : "Paths are relative to the workflow's file.");
        }
        return null;

        void Tell(IEnumerable<Finding> findings)
        {
            foreach (var finding in findings)
                diagnostics.Add(finding.Severity, finding.Code, file.At, $"{file.Value}: {finding.Message}", finding.Hint);
        }
    }

    private Structure? Substitute(Structure structure, SubstituteBlock block)
    {
        if (block.Replace.Entries is not [var first, ..])
        {
            diagnostics.Error("DF1009", block.At, "'substitute' does not say which element is replaced.", "Write { Mn: Sc, count: 1 }.");
            return null;
        }
        if (block.Replace.Entries.Length > 1 && (block.Count is not null || block.Sites is not null))
        {
            diagnostics.Error("DF1006", block.Replace.Entries[1].At, "With 'count' or 'sites', one element is replaced at a time.", "Make it a step of its own.");
            return null;
        }
        foreach (var (symbol, at, by) in block.Replace.Entries)
        {
            if (!Element.TryParse(symbol, out var from) || ParseElement(by) is not { } to) return null;
            var near = block.Near is { } named ? ParseElement(named) : null;
            if (block.Near is not null && near is null) return null;
            try
            {
                structure = new Substitution(from, to) { Count = block.Count?.Value, Sites = block.Sites, Near = near }.Apply(structure);
            }
            catch (DftFlowException error)
            {
                diagnostics.Add(error, at);
                return null;
            }
        }
        return structure;
    }

    private Element? ParseElement(Located<string> symbol)
    {
        if (Element.TryParse(symbol.Value, out var element)) return element;
        diagnostics.Error("DF1010", symbol.At, $"'{symbol.Value}' is not the symbol of an element.",
            Spelling.Closest(symbol.Value, Element.All.Select(e => e.Symbol)) is { } closest ? $"Did you mean '{closest}'?" : null);
        return null;
    }

    private void CheckDistances(Structure structure, MapEntry<StructureBlock> entry)
    {
        foreach (var finding in MinimumDistances.Check(structure))
            diagnostics.Add(finding.Severity, finding.Code, entry.Value.File?.At ?? entry.At, $"Structure '{entry.Key}': {finding.Message}", finding.Hint);
    }
}
