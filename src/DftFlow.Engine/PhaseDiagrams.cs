using System.Collections.Immutable;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Vasp.Outputs;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>Phase diagrams of reference energies and finished calculations, each made once.</summary>
internal sealed class PhaseDiagrams(IReadOnlyDictionary<string, StoredResult> results)
{
    private readonly Dictionary<string, (PhaseDiagram Diagram, EntryTable Table, ImmutableArray<InputFile> Inputs)> known = new(StringComparer.Ordinal);

    /// <summary>The diagram; its inputs, warnings and scale go into the draft.</summary>
    /// <param name="called">In the definition.</param>
    /// <exception cref="DftFlowException">What reading the entries throws; DF3301: there are none.</exception>
    public PhaseDiagram Of(string analysis, PlannedEntries entries, AnalysisDraft draft, CancellationToken cancellation, string called = "Entries")
    {
        foreach (var member in entries.Calculations.Where(member => !results.ContainsKey(member.Id))) draft.Warn($"{member.Id} has no result, so that it is not among the entries.");
        var key = $"{entries.Reading.Scheme?.Name}\n{entries.Reading.MixScales}\n{string.Join('\n', entries.Files)}\n{string.Join('\n', entries.Needs)}";
        if (!known.TryGetValue(key, out var made)) known[key] = made = Make(analysis, entries, cancellation);
        foreach (var input in made.Inputs) draft.Input(input);
        foreach (var warning in made.Table.Warnings) draft.Warn(warning);
        draft.Define($"{called} on the scale: {made.Table.ScaleText}.{string.Concat(made.Table.Provenance.Select(source => $" {source}."))}"
            + (entries.Calculations.IsEmpty ? "" : " Own calculations enter with energy(sigma→0) of the last ionic step and the composition of their cell."));
        return made.Diagram;
    }

    private (PhaseDiagram, EntryTable, ImmutableArray<InputFile>) Make(string analysis, PlannedEntries entries, CancellationToken cancellation)
    {
        var tables = new List<(string Name, EntryTable Table)>();
        var inputs = ImmutableArray.CreateBuilder<InputFile>();
        if (!entries.Files.IsEmpty)
        {
            var sources = EntryFiles.Read(entries.Files, entries.Reading, cancellation);
            tables.Add((entries.Files.Length == 1 ? entries.Files[0] : "the files", sources.Table));
            inputs.AddRange(sources.Inputs.Select(input => new InputFile(input.File, input.Sha256)));
        }
        var phases = new List<CalculatedPhase>();
        foreach (var member in entries.Calculations)
        {
            if (!results.TryGetValue(member.Id, out var result)) continue;
            phases.Add(Phase(member.Id, result, cancellation));
            inputs.Add(result.InputOf("vasprun.xml"));
        }
        if (phases.Count > 0) tables.Add(("the calculations", EntryFiles.Of(phases, entries.Reading)));
        if (tables.Count == 0) throw Failures.NothingToAnalyse(analysis);
        var table = EntryTable.Join(tables, entries.Reading.MixScales);
        return (new PhaseDiagram(table.Entries), table, inputs.ToImmutable());
    }

    private static CalculatedPhase Phase(string id, StoredResult result, CancellationToken cancellation)
    {
        var path = result.PathOf("vasprun.xml");
        try
        {
            using var stream = File.OpenRead(path);
            // A stored result has been found converged, with the word of its OUTCAR.
            return RunEntry.Of(Vasprun.Read(stream, VasprunContent.Structures, cancellation), id, ionicConverged: true);
        }
        catch (DftFlowException error)
        {
            throw error.InFile(path);
        }
    }
}
