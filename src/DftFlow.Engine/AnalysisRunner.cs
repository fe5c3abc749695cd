using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis;
using DftFlow.Analysis.Electronic;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Grids;
using DftFlow.Workflows;
using DftFlow.Yaml;

namespace DftFlow.Engine;

/// <summary>Makes a plan's analyses from finished calculations and from tables of reference energies; each is made of what is there.</summary>
/// <param name="folder">The run's, where grids that analyses make are kept; null keeps none.</param>
/// <param name="progress">Gets what is being done; null where nobody looks.</param>
public sealed class AnalysisRunner(IReadOnlyDictionary<string, StoredResult> results, string? folder = null, IProgress<AnalysisStep>? progress = null)
{
    // In points of a volume: a tenth in each direction.
    private const double MostRatioOfGrids = 1.33;

    private readonly Dictionary<string, AnalysisOutcome> done = new(StringComparer.Ordinal);
    private readonly List<AnalysisOutcome> made = [];
    private readonly Dictionary<string, DosRun> runs = new(StringComparer.Ordinal);
    private readonly PhaseDiagrams diagrams = new(results);

    /// <summary>Runs the analyses in the plan's order, which puts each behind those that it needs.</summary>
    public async Task<ImmutableArray<AnalysisOutcome>> RunAsync(IEnumerable<PlannedAnalysis> analyses, CancellationToken cancellationToken)
    {
        foreach (var analysis in analyses)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new($"analysis {analysis.Id}"));
            var outcome = await RunOneAsync(analysis, cancellationToken);
            done.Add(analysis.Id, outcome);
            made.Add(outcome);
        }
        return Made;
    }

    /// <summary>What has been made so far; of a run that was interrupted what there is.</summary>
    public ImmutableArray<AnalysisOutcome> Made => [.. made];

    private async Task<AnalysisOutcome> RunOneAsync(PlannedAnalysis analysis, CancellationToken cancellationToken)
    {
        var draft = new AnalysisDraft(analysis);
        try
        {
            switch (analysis)
            {
                case PlannedBandCentre planned: BandCentres(planned, draft); break;
                case PlannedDifference planned: Difference(planned, draft); break;
                case PlannedGridAnalysis planned: await new GridAnalyses(results, folder, progress).RunAsync(planned, draft, cancellationToken); break;
                case PlannedHull planned: Hulls(planned, draft, cancellationToken); break;
                case PlannedInterfaceReaction planned: Reactions(planned, draft, cancellationToken); break;
                case PlannedWindow planned: Windows(planned, draft, cancellationToken); break;
                default: throw new NotSupportedException($"There is no analysis of the kind {analysis.GetType().Name}.");
            }
        }
        catch (DftFlowException error)
        {
            draft.Error = error;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            draft.Error = new DftFlowException("DF1001", $"A file of '{analysis.Id}' cannot be read: {error.Message}", inner: error);
        }
        return draft.Finish();
    }

    private void BandCentres(PlannedBandCentre planned, AnalysisDraft draft)
    {
        var centres = ImmutableArray.CreateBuilder<Labelled<BandCentre>>();
        var members = ImmutableArray.CreateBuilder<Labelled<DosOfMember>>();
        DftFlowException? failure = null;
        var read = 0;
        foreach (var member in planned.Members)
        {
            if (!results.TryGetValue(member.Id, out var result))
            {
                draft.Warn($"{member.Id} has no result, so that its numbers are missing.");
                continue;
            }
            DosRun run;
            try
            {
                run = Read(result);
            }
            catch (DftFlowException error)
            {
                // Each member by itself: one whose files cannot be used leaves the others.
                failure = error;
                draft.Warn($"{member.Id}: {error.Message}{(error.Hint is { } hint ? $" {hint}" : "")}");
                foreach (var cell in planned.CellsOf(member)) draft.Value(cell, "band_centre", null);
                continue;
            }
            foreach (var file in FilesOf(result)) draft.Input(result.InputOf(file));
            read++;
            foreach (var window in planned.Windows)
                foreach (var zero in planned.Zeros)
                {
                    string? lacking = null;
                    foreach (var (index, group) in planned.GroupsOf(member).Index())
                    {
                        var labels = PlannedBandCentre.LabelsOf(member, window, zero, group);
                        var request = Request(planned, window.Window, zero);
                        // Window and zero are those of the element, so that groups compare.
                        if (group is not null) request = request with { Selection = request.Selection with { Sites = [.. group.Sites.Select(site => site + 1)] } };
                        var where = $"{member.Id}, window {window.Name}, zero {labels["zero"]}";
                        var which = index == 0 ? where : $"{where}, {group!.Name}";
                        BandCentre centre;
                        try
                        {
                            centre = BandCentre.Compute(run, request);
                        }
                        catch (DftFlowException error)
                        {
                            // One zero or window that cannot be had leaves the others; a group lacks it for the reason of all sites.
                            if (index == 0) lacking = error.Message;
                            if (index == 0 || error.Message != lacking) draft.Warn($"{which}: {error.Message}{(error.Hint is { } hint ? $" {hint}" : "")}");
                            draft.Value(labels, "band_centre", null);
                            continue;
                        }
                        draft.Value(labels, "band_centre", centre.TotalEv, group is null ? null : string.Create(CultureInfo.InvariantCulture, $"{group.Sites.Length} {(group.Sites.Length == 1 ? "atom" : "atoms")}"));
                        if (centre.UpEv is { } up) draft.Value(labels, "band_centre_up", up);
                        if (centre.DownEv is { } down) draft.Value(labels, "band_centre_down", down);
                        draft.Value(labels, "band_width", centre.WidthEv);
                        if (index > 0) continue;
                        foreach (var warning in centre.Warnings) draft.Warn($"{where}: {warning}");
                        draft.Define($"{where}: {centre.Definition}{(group is null ? "" : " Groups of its sites are those of the structure that the calculation begins with, over the same window, from the same zero.")}");
                        centres.Add(new(labels.Remove("atoms"), centre));
                        if (window == planned.Windows[0] && zero == planned.Zeros[0]) members.Add(new(member.Labels, new(run, request, centre)));
                    }
                }
        }
        if (read == 0) throw failure ?? Failures.NothingToAnalyse(planned.Id);
        draft.Details = new BandCentreDetails(centres.ToImmutable()) { Members = members.ToImmutable() };
    }

    private void Difference(PlannedDifference planned, AnalysisDraft draft)
    {
        var of = done[planned.Of.Id].Result;
        if (of.Error is { } error) throw new DftFlowException("DF3301", $"'{planned.Id}' has nothing to work on: '{planned.Of.Id}' failed with {error.Code}.");
        draft.Define($"Each number of '{planned.Of.Id}' minus the one with {string.Join(", ", planned.Minus.Select(m => $"{m.Key} = {m.Value}"))} and otherwise the same labels. {(planned.Of is PlannedBandCentre ? "A negative band-centre difference means lower in energy. " : "")}{of.Definition}");
        foreach (var input in of.Inputs) draft.Input(input);
        foreach (var cell in of.Values.Where(v => !IsReference(v.Labels)).GroupBy(v => AnalysisDraft.Show(v.Labels)))
        {
            string[] lacking = [.. cell.Where(value => Counterpart(value) is null).Select(value => value.Quantity)];
            // A run without spin has band centres, but none of spin up.
            if (lacking.Length > 0) draft.Warn($"{cell.Key}: '{planned.Of.Id}' has no {(lacking.Length == cell.Count() ? "counterpart" : string.Join(" and no ", lacking))} to be subtracted.");
            foreach (var value in cell) draft.Value(value.Labels, value.Quantity + "_difference", value.Value - Counterpart(value)?.Value);
        }
        // What a coarse grid gets wrong is as large as a small charge transfer, and does not cancel against a fine one.
        if (done[planned.Of.Id].Details is BaderDetails { Members: { Length: > 1 } charged } && (charged.Min(Density), charged.Max(Density)) is var (coarsest, finest) && finest > MostRatioOfGrids * coarsest)
            draft.Warn(string.Create(CultureInfo.InvariantCulture, $"The members' grids differ: {coarsest:0} and {finest:0} points/Å³. Give all their calculations one 'density-grid', so that the grids' errors cancel."));
        if (planned.Of is PlannedBandCentre centres) Sensitivities(centres, planned.Minus, draft);

        static double Density(Labelled<BaderMember> member) => member.Value.Charges.GridPointsPerA3;

        AnalysisValue? Counterpart(AnalysisValue value) => of.Values.FirstOrDefault(v => v.Quantity == value.Quantity && v.Labels.SequenceEqual(value.Labels.SetItems(planned.Minus)));

        bool IsReference(ImmutableSortedDictionary<string, string> labels) => planned.Minus.All(m => labels.GetValueOrDefault(m.Key) == m.Value);
    }

    /// <summary>Beside the shifts of each member, what they are over every window and from every zero.</summary>
    private void Sensitivities(PlannedBandCentre planned, ImmutableSortedDictionary<string, string> minus, AnalysisDraft draft)
    {
        // What is subtracted is then not a member, but a window or a zero.
        if (minus.ContainsKey("window") || minus.ContainsKey("zero")) return;
        foreach (var member in planned.Members)
        {
            // The table is that of all sites.
            var reference = planned.Members.FirstOrDefault(other => other != member && other.Labels.SequenceEqual(member.Labels.SetItems(minus.Remove("atoms"))));
            if (reference is null || !results.TryGetValue(member.Id, out var result) || !results.TryGetValue(reference.Id, out var referenceResult)) continue;
            DosRun run, other;
            try
            {
                (run, other) = (Read(result), Read(referenceResult));
            }
            catch (DftFlowException)
            {
                // The band centres have told why one of them has no numbers.
                continue;
            }
            var asked = Request(planned, planned.Windows[0].Window, planned.Zeros[0]);
            var (request, second) = BandCentreShift.WithOneCoreLevel(run, asked, other, asked);
            foreach (var cell in Sensitivity.Of(run, request, (other, second), planned.Windows.Select(window => window.Window)))
                draft.Sensitivity.Add(new(member.Labels, planned.Windows.FirstOrDefault(window => Sensitivity.NameOf(window.Window) == cell.Window)?.Name ?? cell.Window, BlockShape.Kebab(cell.Zero.ToString()), cell.BandCentreEv, cell.MinusBandCentreEv, cell.ShiftEv, cell.Reason));
        }
    }

    private static BandCentreRequest Request(PlannedBandCentre planned, EnergyWindow window, EnergyZero zero) =>
        new(new ProjectedDosSelection(planned.Element, planned.Orbital, planned.Sites ?? []), window, zero, planned.Semicore.Element, planned.Semicore.Shell) { Core = planned.Core };

    private void Hulls(PlannedHull planned, AnalysisDraft draft, CancellationToken cancellationToken)
    {
        var diagram = diagrams.Of(planned.Id, planned.Entries, draft, cancellationToken);
        var phases = ImmutableArray.CreateBuilder<PhaseStability>();
        foreach (var (composition, name) in planned.Phases)
        {
            var labels = PlannedWindow.LabelsOf(name);
            var phase = diagram.Stability(new ChosenPhase(composition) { Formula = name });
            var decomposition = string.Join(" + ", phase.Decomposition.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.AtomicFraction:0.####} {part.Entry.Formula}")));
            if (phase.Entry is null) draft.Warn($"No entry has the composition {name}: its energy is the hull's.");
            draft.Value(labels, "energy_above_hull", phase.EnergyAboveHullEvPerAtom, phase.EnergyAboveHullEvPerAtom > PhaseDiagram.StableWithinEvPerAtom || phase.Entry is null ? $"on the hull: {decomposition} (atomic fractions)" : "stable");
            draft.Value(labels, "formation_energy", phase.FormationEnergyEvPerAtom);
            draft.Value(labels, "phase_separation_energy", diagram.PhaseSeparationEnergyEvPerAtom(composition));
            phases.Add(phase);
        }
        draft.Define("Phase diagram at 0 K from the entries. Formation energies are relative to the lowest entry of each element; energies above the hull to the mixture of least energy with the same composition; "
            + "energies of phase separation to that of phases of other compositions, below zero where the phase is on the hull.");
        // Now, rather than when the report is drawn.
        foreach (var element in planned.Elements.Concat(planned.OpenEv.Keys)) diagram.Reference(element);
        draft.Details = new HullDetails(diagram, planned.Elements, phases.ToImmutable())
        {
            ChemicalPotentialsEv = planned.OpenEv,
            Potentials = planned.Potentials is var (x, y, host) ? ChemicalPotentialRegions.Calculate(diagram, x, y, host, planned.OpenEv, cancellationToken) : null,
        };
    }

    private void Reactions(PlannedInterfaceReaction planned, AnalysisDraft draft, CancellationToken cancellationToken)
    {
        var diagram = diagrams.Of(planned.Id, planned.Entries, draft, cancellationToken);
        var inputs = Inputs(planned.Id, planned.Treatment, draft, cancellationToken);
        var reactions = ImmutableArray.CreateBuilder<Labelled<InterfaceReaction>>();
        foreach (var pair in planned.Pairs)
        {
            var labels = PlannedInterfaceReaction.LabelsOf(pair.FirstName, pair.SecondName);
            var (first, second) = (new ChosenPhase(pair.First) { Formula = pair.FirstName }, new ChosenPhase(pair.Second) { Formula = pair.SecondName });
            var reaction = InterfaceReaction.Calculate(diagram, first, second, planned.ReactantEnergy, planned.OpenEv.ToDictionary(), cancellationToken);
            foreach (var warning in reaction.Warnings) draft.Warn($"{labels["pair"]}: {warning}");
            draft.Value(labels, "reaction_energy", reaction.Minimum.EnergyEvPerAtom, reaction.Minimum.Reaction.ToString());
            draft.Value(labels, "mixing_ratio", reaction.Minimum.X, "atomic fraction of the first phase at the minimum");
            draft.Value(labels, "mutual_reaction_energy", reaction.MutualMinimum.EnergyEvPerAtom, reaction.MutualMinimum.Reaction.ToString());
            draft.Define(reaction.Definition);
            foreach (var variation in Variations.Of(diagram, first, second, reaction, inputs, cancellationToken))
            {
                var (total, mutual) = (variation.Result?.Minimum, variation.Result?.MutualMinimum);
                draft.Variation(labels, variation, "reaction_energy", reaction.Minimum.EnergyEvPerAtom, total?.EnergyEvPerAtom, total?.Reaction.ToString());
                draft.Variation(labels, variation, "mutual_reaction_energy", reaction.MutualMinimum.EnergyEvPerAtom, mutual?.EnergyEvPerAtom, mutual?.Reaction.ToString());
            }
            reactions.Add(new(labels, reaction));
        }
        foreach (var condition in planned.Conditions) draft.Define(condition);
        draft.Details = new InterfaceReactionDetails(reactions.ToImmutable());
    }

    private void Windows(PlannedWindow planned, AnalysisDraft draft, CancellationToken cancellationToken)
    {
        var diagram = diagrams.Of(planned.Id, planned.Entries, draft, cancellationToken);
        var inputs = Inputs(planned.Id, planned.Treatment, draft, cancellationToken);
        var windows = ImmutableArray.CreateBuilder<Labelled<ElectrochemicalWindow>>();
        foreach (var phase in planned.Phases)
        {
            var labels = PlannedWindow.LabelsOf(phase.Name);
            var chosen = new ChosenPhase(phase.Phase) { Formula = phase.Name };
            var window = ElectrochemicalWindow.Calculate(diagram, chosen, planned.WorkingIon, planned.ReactantEnergy, cancellationToken);
            foreach (var warning in window.Warnings) draft.Warn($"{phase.Name}: {warning}");
            draft.Value(labels, "oxidation_limit", window.OxidationLimitV, window.AtOxidation?.ToString());
            draft.Value(labels, "reduction_limit", window.ReductionLimitV, window.AtReduction?.ToString());
            draft.Define(window.Definition);
            foreach (var variation in Variations.Of(diagram, chosen, window, inputs, cancellationToken))
            {
                draft.Variation(labels, variation, "oxidation_limit", window.OxidationLimitV, variation.Result?.OxidationLimitV, variation.Result?.AtOxidation?.ToString());
                draft.Variation(labels, variation, "reduction_limit", window.ReductionLimitV, variation.Result?.ReductionLimitV, variation.Result?.AtReduction?.ToString());
            }
            windows.Add(new(labels, window));
        }
        draft.Details = new WindowDetails(windows.ToImmutable());
    }

    private VariationInputs Inputs(string id, PlannedVariations planned, AnalysisDraft draft, CancellationToken cancellationToken) =>
        new([.. planned.Entries.Select(entries => (entries.Name, diagrams.Of(id, entries, draft, cancellationToken, $"Entries of {entries.Name}")))], planned.OwnEnergies);

    // The OUTCAR has the core levels, the LOCPOT the vacuum level.
    private static IEnumerable<string> FilesOf(StoredResult result) =>
        ((string[])["vasprun.xml", "OUTCAR", "LOCPOT"]).Where(file => result.Manifest.Outputs.Any(output => output.Name == file));

    private DosRun Read(StoredResult result)
    {
        if (runs.TryGetValue(result.Directory, out var known)) return known;
        var run = DosRun.FromVasprun(Open("vasprun.xml", stream => Vasprun.Read(stream, VasprunContent.ProjectedDos | VasprunContent.Eigenvalues | VasprunContent.Structures)));
        var there = FilesOf(result).ToHashSet();
        var core = there.Contains("OUTCAR") ? CoreLevels.Of(Open("OUTCAR", stream => Outcar.Read(stream))) : null;
        PotentialProfile? potential = null;
        DftFlowException? noPotential = null;
        try
        {
            if (there.Contains("LOCPOT")) potential = PotentialProfile.Of(Open("LOCPOT", stream => VolumetricFile.Read<float>(stream, new() { Kind = GridKind.Potential, FirstBlockOnly = true })));
        }
        catch (DftFlowException error)
        {
            // A crystal without vacuum has a potential, but no such zero.
            noPotential = error;
        }
        return runs[result.Directory] = run.With(core, potential, noPotential);

        T Open<T>(string file, Func<Stream, T> read)
        {
            var path = result.PathOf(file);
            try
            {
                using var stream = File.OpenRead(path);
                return read(stream);
            }
            catch (DftFlowException error)
            {
                throw error.InFile(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new DftFlowException("DF1001", $"{file} cannot be read: {error.Message}", file: path, inner: error);
            }
        }
    }
}
