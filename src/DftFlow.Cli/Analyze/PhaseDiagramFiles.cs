using System.Collections.Immutable;
using System.CommandLine;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;

namespace DftFlow.Cli.Analyze;

/// <summary>Which entries a command takes, and how: options and their values.</summary>
internal sealed class EntryOptions
{
    private readonly Option<string[]> entries = new("--entries") { Description = "Computed phases: tables, lists in JSON, runs; several are joined, and must be on one scale.", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly ReadingOptions reading = new();

    public void AddTo(Command command)
    {
        // Help begins with what all else is about.
        command.Options.Insert(0, entries);
        reading.AddTo(command);
    }

    public EntryRequest Of(ParseResult parsed) => new(parsed.GetValue(entries)!, reading.Of(parsed));
}

/// <summary>How entries are read: options and their values.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<string?> scheme = new("--scheme") { Description = "Corrects runs, and lists that tell how they were calculated: mp2020, none, or a scheme's file.", HelpName = "NAME" };
    private readonly Option<bool> mixScales = new("--mix-scales") { Description = "Takes energies on several scales together, with a warning.", Arity = ArgumentArity.Zero };

    public void AddTo(Command command)
    {
        command.Options.Add(scheme);
        command.Options.Add(mixScales);
    }

    public EntryReading Of(ParseResult parsed) => new(parsed.GetValue(scheme) is { } name ? CorrectionScheme.Find(name) : null, parsed.GetValue(mixScales));
}

/// <param name="Paths">Joined to one table.</param>
internal sealed record EntryRequest(string[] Paths, EntryReading Reading)
{
    public PhaseDiagramFiles Read(PhaseFiles outputs, CancellationToken cancellation) => Read(Paths, outputs, cancellation);

    /// <summary>Each of some other files for itself.</summary>
    public ImmutableArray<(string Path, PhaseDiagramFiles Files)> ReadEach(IEnumerable<string> paths, PhaseFiles outputs, CancellationToken cancellation) => [.. paths.Select(path => (path, Read([path], outputs, cancellation)))];

    private PhaseDiagramFiles Read(string[] paths, PhaseFiles outputs, CancellationToken cancellation)
    {
        var read = PhaseDiagramFiles.Read(paths, Reading, cancellation);
        // Which file of a run is read is known by now.
        GridFiles.CheckOutputs(outputs.Names, read.Inputs.Select(input => input.File));
        return read;
    }
}

/// <summary>A phase diagram, and the files that it was made from.</summary>
/// <param name="Scale">That all energies are on, in words.</param>
internal sealed record PhaseDiagramFiles(PhaseDiagram Diagram, string Scale, ImmutableArray<string> Provenance, ImmutableArray<InputDocument> Inputs, ImmutableArray<string> Warnings)
{
    public static PhaseDiagramFiles Read(string[] paths, EntryReading reading, CancellationToken cancellation)
    {
        foreach (var path in paths)
        {
            AnalyzeCommand.RefuseNoPath(path);
            if (!Path.Exists(path)) throw new DftFlowException("DF1001", "There is no such file of entries.", "Is the path right? Paths are relative to the folder that you are in.", file: path);
        }
        var (table, inputs) = EntryFiles.Read(paths, reading, cancellation);
        return new(new PhaseDiagram(table.Entries), table.ScaleText, table.Provenance, [.. inputs.Select(input => new InputDocument(input.File, input.Sha256))], [.. table.Warnings]);
    }
}
