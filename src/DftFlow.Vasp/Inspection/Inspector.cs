using System.Collections.Immutable;
using DftFlow.Vasp.Text;

namespace DftFlow.Vasp.Inspection;

/// <summary>Reads what a run left, and tells what became of it.</summary>
public static class Inspector
{
    private const string WhatToGive = "Give a vasprun.xml, OUTCAR, OSZICAR, DOSCAR, EIGENVAL, a grid such as CHGCAR, or a directory with them.";

    /// <summary>
    /// Of a directory: vasprun.xml is preferred, OUTCAR fills what it lacks, then OSZICAR, DOSCAR and EIGENVAL; what they disagree
    /// in is a warning. Of a file, which is recognised by its content and then by its name: what it tells alone.
    /// </summary>
    /// <exception cref="DftFlowException">
    /// DF1450 to DF1453: a file cannot be opened. DF1455: a directory without files of a run. DF1456: a file that is not one of
    /// VASP's. And what the readers throw, where there is nothing else to tell.
    /// </exception>
    public static Task<Inspection> InspectAsync(string path, bool grids = false, CancellationToken cancellation = default) =>
        Directory.Exists(path) ? InspectDirectoryAsync(path, grids, cancellation) : InspectFileAsync(path, cancellation);

    private static async Task<Inspection> InspectDirectoryAsync(string folder, bool grids, CancellationToken cancellation)
    {
        var files = RunFiles.Of(folder);
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (!files.OtherStages.IsEmpty)
            warnings.Add($"{(files.Stage.Length == 0 ? "The files with plain names are" : $"Stage {files.Stage} is")} read; the directory also holds {string.Join(", ", files.OtherStages)}.");
        // These may be large, and are read side by side.
        (string? Path, FileKind Kind)[] written =
            [(files.Find("vasprun.xml"), FileKind.Vasprun), (files.Find("OUTCAR"), FileKind.Outcar), (files.Find("OSZICAR"), FileKind.Oszicar), (files.FindStandardOutput(), FileKind.StandardOutput)];
        if (written[..3].All(file => file.Path is null)) warnings.Add("There is no vasprun.xml, OUTCAR or OSZICAR: has the run begun?");
        var reading = written.Where(file => file.Path is not null)
            .Select(file => ReadAsync(file.Path!, file.Kind, cancellation)).ToArray();
        var read = (await Task.WhenAll(reading)).ToList();
        if (read is [.., { Kind: FileKind.StandardOutput, File: { } said } output] && read.Exists(file => file != output && file.File is not null))
            read[^1] = output with { File = said with { Content = said.Content.Beside } };
        // These hold little that the others lack.
        if (read.TrueForAll(file => file.Facts?.Facts.FermiEnergyEv is null) && files.Find("DOSCAR") is { } doscar) read.Add(await ReadAsync(doscar, FileKind.Doscar, cancellation));
        if (read.TrueForAll(file => file.Facts?.Facts.Edges is null) && files.Find("EIGENVAL") is { } eigenval) read.Add(await ReadAsync(eigenval, FileKind.Eigenval, cancellation));
        if (read.TrueForAll(file => file.Facts?.Facts.Composition is null) && files.FindStructure() is { } structure) read.Add(await ReadAsync(structure, FileKind.Poscar, cancellation));
        // One after the other: each is read by all processors.
        if (grids) foreach (var grid in files.FindGrids()) read.Add(await ReadAsync(grid, FileKind.Grid, cancellation));
        return Together(folder, read, warnings);
    }

    private static async Task<Inspection> InspectFileAsync(string path, CancellationToken cancellation) =>
        Together(path, [await ReadAsync(path, Recognised(path, cancellation), cancellation)], ImmutableArray.CreateBuilder<string>());

    private static FileKind Recognised(string path, CancellationToken cancellation)
    {
        using var stream = TextFile.Open(path, cancellation: cancellation);
        var head = new byte[FileRecognition.HeadBytes];
        var length = 0;
        try
        {
            int count;
            while ((count = stream.Read(head, length, head.Length - length)) > 0) length += count;
        }
        catch (InvalidDataException)
        {
            // What came before is looked at.
        }
        if (FileRecognition.KindOf(head.AsSpan(0, length), path) is { } kind) return kind;
        throw length == 0 ? new DftFlowException("DF1456", "The file is empty.", "Did the run start at all? Its standard output says why.", file: path)
            : FileRecognition.IsBinary(head.AsSpan(0, length)) ? new DftFlowException("DF1456", "This is a binary file, none of VASP's text files.", WhatToGive, file: path)
            : new DftFlowException("DF1456", "Neither the content nor the name of the file is that of one of VASP's.", WhatToGive, file: path);
    }

    /// <summary>What became of one file: what it tells, or why it tells nothing.</summary>
    private sealed record Examined(string Path, FileKind Kind, ReadFile<FileFacts>? File, DftFlowException? Error)
    {
        public FileFacts? Facts => File?.Content;
    }

    private static async Task<Examined> ReadAsync(string path, FileKind kind, CancellationToken cancellation)
    {
        try
        {
            return new(path, kind, await ReadFile.ReadAsync(path, stream => FileFacts.Read(Path.GetFileName(path), kind, stream, cancellation), cancellation), null);
        }
        catch (DftFlowException error)
        {
            return new(path, kind, null, error);
        }
    }

    private static Inspection Together(string path, List<Examined> files, ImmutableArray<string>.Builder warnings)
    {
        var inputs = ImmutableArray.CreateBuilder<InspectedFile>();
        foreach (var file in files)
        {
            var name = Path.GetFileName(file.Path);
            if (file.Error is { } error) warnings.Add($"{name} is left out: {error.Message}");
            if (file.File is { } read) inputs.Add(new(file.Path, file.Kind, read.Sha256));
            foreach (var warning in file.File?.Warnings ?? []) warnings.Add($"{name}: {warning}");
            foreach (var warning in file.Facts?.Warnings ?? []) warnings.Add($"{name}: {warning}");
        }
        var facts = files.Select(file => file.Facts).OfType<FileFacts>().ToArray();
        if (facts.Length == 0 && files.Count > 0) throw files[0].Error!;
        var merged = new Merging(facts, warnings).Merge();
        var cut = facts.FirstOrDefault(file => file.Truncated is not null);
        return new Inspection(path, merged, cut is null ? null : new(cut.Name, cut.Truncated!), inputs.ToImmutable(), warnings.ToImmutable());
    }
}
