using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows.Language;
using DftFlow.Yaml;

namespace DftFlow.Workflows;

/// <summary>What a model begins with: a crystal, or one whose sites are shared or partly vacant and wait for an order.</summary>
internal sealed record ModelSource(Structure? Structure, DisorderedStructure? Disordered = null);

/// <summary>Reads or makes what a model begins with. Problems are told; then there is no source.</summary>
internal sealed class ModelSources(string folder, Diagnostics diagnostics)
{
    private const int LargestFile = 64 * 1024 * 1024;

    public ModelSource? Read(Located<string> file, StructureBlock block)
    {
        var path = Path.Combine(folder, file.Value);
        try
        {
            if (!Directory.Exists(path)) return Read(path, BoundedFile.Text(BoundedFile.Read(path, LargestFile)), file, block);
            diagnostics.Error("DF1001", file.At, $"{path} is a folder, not a file.");
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
    }

    private ModelSource? Read(string path, string text, Located<string> file, StructureBlock block)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".cif" when block.Build.SkipWhile(step => step.Supercell is not null).FirstOrDefault() is { Order: not null }:
                var disordered = Cif.ReadDisordered(text);
                Tell(file, disordered.Findings);
                return new ModelSource(disordered.Structure.Ordered, disordered.Structure);
            case ".cif":
                var crystal = Cif.Read(text);
                Tell(file, crystal.Findings);
                return new ModelSource(crystal.Structure);
            case ".xyz" or ".extxyz":
                var frames = Xyz.Read(text);
                if (frames.Length > 1) diagnostics.Warning("DF1026", file.At, $"{file.Value} holds {frames.Length} structures; the last one is taken.", "Write the one that is meant to a file of its own.");
                return new ModelSource(frames[^1].Structure);
            default:
                if (text.Contains("_cell_length_a", StringComparison.OrdinalIgnoreCase))
                {
                    diagnostics.Error("DF1201", file.At, $"{path} is a CIF, but its name does not end in .cif.", "Rename it.");
                    return null;
                }
                var poscar = Poscar.Read(text, block.Elements);
                Tell(file, poscar.Findings);
                return new ModelSource(poscar.Structure);
        }
    }

    /// <summary>One of the crystals that come with the program.</summary>
    public ModelSource? Prototype(Located<string> name, StructureBlock block)
    {
        try
        {
            return new ModelSource(Crystals.Prototypes.Prototype.Find(name.Value, block.Species.Entries.ToDictionary(e => e.Key, e => e.Value)).Structure);
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, name.At);
            return null;
        }
    }

    /// <summary>The cell and sites that stand in the workflow itself.</summary>
    public ModelSource? Inline(StructureBlock block, LatticeBlock lattice)
    {
        var at = block.MarkOf("lattice");
        MapEntry<ImmutableArray<double>>[] given = [.. block.Sites.SelectMany(site => site.Entries)];
        try
        {
            if (Cell(lattice) is not { } cell) return null;
            at = block.MarkOf(block.Operations.IsEmpty ? "sites" : "operations");
            var sites = ImmutableArray.CreateBuilder<InlineSite>();
            foreach (var (symbol, mark, place) in given)
            {
                if (!Element.TryParse(symbol, out var element))
                    diagnostics.Error("DF1010", mark, $"'{symbol}' is not the symbol of an element.", Spelling.Closest(symbol, Element.All.Select(e => e.Symbol)) is { } closest ? $"Did you mean '{closest}'?" : null);
                else if (place is not [var x, var y, var z])
                    diagnostics.Error("DF1007", mark, "A site has three coordinates, as in Li: [0, 0, 0.5].");
                else
                    sites.Add(new InlineSite(element, new(x, y, z)));
            }
            return sites.Count < given.Length ? null
                : new ModelSource(new InlineCrystal(cell, sites.ToImmutable()) { PlacesInA = block.Coordinates == CoordinateKind.Cartesian, Operations = block.Operations }.Build());
        }
        catch (DftFlowException error)
        {
            diagnostics.Add(error, error.Line is { } number ? given[number - 1].At : at);
            return null;
        }
    }

    private Lattice? Cell(LatticeBlock block)
    {
        if (block.VectorsA is { } vectors)
        {
            if (block.Node.Entries.Length > 1) diagnostics.Error("DF1006", block.At, "A lattice has vectors, or lengths and angles, not both.");
            else if (vectors is not [[_, _, _], [_, _, _], [_, _, _]]) diagnostics.Error("DF1007", block.MarkOf("vectors"), "A lattice has three vectors of three numbers, in Å.");
            else return InlineCrystal.Cell(Vector(vectors[0]), Vector(vectors[1]), Vector(vectors[2]));
            return null;
        }
        if (block.AA is { } a) return InlineCrystal.Cell(a, block.BA ?? a, block.CA ?? a, block.AlphaDegrees, block.BetaDegrees, block.GammaDegrees);
        diagnostics.Error("DF1009", block.At, "The lattice lacks a.", "Write { a: 4 Å }, or with b, c, alpha, beta and gamma where they differ; or three 'vectors'.");
        return null;

        static Vector3D Vector(ImmutableArray<double> numbers) => new(numbers[0], numbers[1], numbers[2]);
    }

    private void Tell(Located<string> file, IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
            diagnostics.Add(finding.Severity, finding.Code, file.At, $"{file.Value}: {finding.Message}", finding.Hint);
    }
}
