using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Analysis;
using DftFlow.Analysis.Charge;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs.Grids;
using DftFlow.Workflows;

namespace DftFlow.Engine;

/// <summary>Makes analyses of files with values on a grid, member by member, so that one member's grids are in memory at a time.</summary>
internal sealed class GridAnalyses(IReadOnlyDictionary<string, StoredResult> results, string? folder, IProgress<AnalysisStep>? progress)
{
    // More would make a table of curves that nobody draws.
    private const int MostProfiles = 60, ProfilePoints = 101;

    public Task RunAsync(PlannedGridAnalysis analysis, AnalysisDraft draft, CancellationToken cancellation) => analysis switch
    {
        PlannedBader planned => BaderAsync(planned, draft, cancellation),
        PlannedElf planned => ElfAsync(planned, draft, cancellation),
        PlannedSlice planned => SliceAsync(planned, draft, cancellation),
        PlannedChargeDifference planned => DifferenceAsync(planned, draft, cancellation),
        _ => throw new NotSupportedException($"There is no analysis of the kind {analysis.GetType().Name}."),
    };

    /// <summary>Each member by itself: one whose files cannot be used leaves the others.</summary>
    private async Task EachAsync(PlannedGridAnalysis planned, AnalysisDraft draft, Func<PlannedCalculation, StoredResult, Task> make, CancellationToken cancellation)
    {
        DftFlowException? failure = null;
        var made = 0;
        foreach (var member in planned.Members)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!results.TryGetValue(member.Id, out var result))
            {
                draft.Warn($"{member.Id} has no result, so that its numbers are missing.");
                continue;
            }
            progress?.Report(new($"analysis {planned.Id}: {member.Id}"));
            try
            {
                await make(member, result);
                made++;
            }
            catch (DftFlowException error)
            {
                failure = error;
                draft.Warn($"{member.Id}: {error.Message}{(error.Hint is { } hint ? $" {hint}" : "")}");
                foreach (var cell in planned.CellsOf(member)) draft.Value(cell, planned.Quantities[0].Name, null);
            }
            // Half a gigabyte may be waiting there, and the next member wants as much.
            GC.Collect();
        }
        if (made == 0) throw failure ?? Failures.NothingToAnalyse(planned.Id);
    }

    private async Task BaderAsync(PlannedBader planned, AnalysisDraft draft, CancellationToken cancellation)
    {
        var members = ImmutableArray.CreateBuilder<Labelled<BaderMember>>();
        await EachAsync(planned, draft, async (member, result) =>
        {
            var steps = progress is null ? null : new Named($"analysis {planned.Id}: {member.Id}, ", progress);
            var densities = await BaderDensities.ReadAsync(result.Directory, [], steps, cancellation);
            foreach (var (file, sha256) in densities.Inputs) draft.Input(new(file, sha256));
            var charges = await Task.Run(() => BaderAnalysis.Compute(densities, planned.Method, planned.VacuumPerA3, steps, cancellation), cancellation);
            foreach (var warning in charges.Warnings) draft.Warn($"{member.Id}: {warning}");
            draft.Define(charges.Definition + " charge: the mean over the atoms, positive where they have given electrons away; charge_min and charge_max: the atoms that differ most; charge_sum: of all of them; electrons, spin_moment: means.");
            foreach (var group in planned.Groups[member.Id])
            {
                var labels = PlannedBader.LabelsOf(member, group);
                var atoms = group.Sites.Select(site => charges.Atoms[site]).ToArray();
                var known = atoms.Select(atom => atom.ChargeE).OfType<double>().ToArray();
                var all = known.Length == atoms.Length;
                var note = atoms.Length == 1 ? "1 atom" : string.Create(CultureInfo.InvariantCulture, $"{atoms.Length} atoms");
                draft.Value(labels, "charge", all ? known.Average() : null, note);
                draft.Value(labels, "charge_min", all ? known.Min() : null);
                draft.Value(labels, "charge_max", all ? known.Max() : null);
                draft.Value(labels, "charge_sum", all ? known.Sum() : null);
                draft.Value(labels, "electrons", atoms.Average(atom => atom.Electrons));
                if (atoms.All(atom => atom.SpinMomentMub is not null)) draft.Value(labels, "spin_moment", atoms.Average(atom => atom.SpinMomentMub!.Value));
            }
            members.Add(new(member.Labels, new(charges, planned.Groups[member.Id])));
        }, cancellation);
        draft.Details = new BaderDetails(members.ToImmutable());
    }

    private async Task ElfAsync(PlannedElf planned, AnalysisDraft draft, CancellationToken cancellation)
    {
        var pairs = ImmutableArray.CreateBuilder<Labelled<ElfPair>>();
        await EachAsync(planned, draft, async (member, result) =>
        {
            if (planned.Pairs[member.Id].IsEmpty) return;
            var data = await ReadAsync(result, "ELFCAR", GridKind.Elf, member, draft, cancellation);
            var structure = data.Structure ?? throw new DftFlowException("DF3232", "ELFCAR does not name its elements, without which there are no bonds.", file: result.PathOf("ELFCAR"));
            var quantity = GridQuantity.Of(data, null, planned.Spin);
            var elf = new ElfAlongBonds(new(data.Lattice, data.Dimensions, quantity.Values), structure, new() { Pairs = planned.Pairs[member.Id], MaxDistanceA = planned.MaxDistanceA });
            draft.Define($"{quantity.Name} (Becke and Edgecombe 1990) along the straight line of each bond up to {string.Join(", ", elf.LimitsA.OrderBy(limit => limit.Key).Select(limit => FormattableString.Invariant($"{limit.Key} {limit.Value:0.##}")))} Å, interpolated trilinearly; "
                + $"left out around each atom: {string.Join(", ", elf.CoreRadiiA.OrderBy(core => core.Key.Symbol).Select(core => FormattableString.Invariant($"{core.Key} {core.Value:0.00}")))} Å. elf_max, elf_min: extremes between the cores; elf_mid: half-way between the atoms; means over the bonds of a pair.");
            foreach (var pair in elf.ByPair)
            {
                var labels = PlannedElf.LabelsOf(member, pair.Pair);
                if (pair.Count == 0) draft.Warn(string.Create(CultureInfo.InvariantCulture, $"{member.Id}: there is no {pair.Pair} pair within {elf.LimitsA[pair.Pair]:0.###} Å."));
                draft.Value(labels, "elf_max", pair.Max?.Mean, Spread(pair.Max));
                draft.Value(labels, "elf_min", pair.Min?.Mean, Spread(pair.Min));
                draft.Value(labels, "elf_mid", pair.Mid?.Mean, Spread(pair.Mid));
                draft.Value(labels, "distance", pair.DistanceA?.Mean, Spread(pair.DistanceA));
                draft.Value(labels, "bonds", pair.Count);
                var bonds = elf.Bonds.Where(bond => bond.Pair == pair.Pair).Take(MostProfiles);
                if (pair.Count > 0) pairs.Add(new(labels, new(pair.Pair, [.. bonds.Select(bond => Thinned(elf.Profile(bond).Select(point => (point.AtA / bond.DistanceA, point.Elf, point.InCore))))])));
            }
        }, cancellation);
        draft.Details = new ElfDetails(pairs.ToImmutable());

        static string? Spread(MeanAndSpread? of) => of is null ? null : FormattableString.Invariant($"{of.Smallest:0.000} to {of.Largest:0.000}");

        static ImmutableArray<(double, double, bool)> Thinned(IEnumerable<(double, double, bool)> profile)
        {
            var all = profile.ToArray();
            return [.. Enumerable.Range(0, ProfilePoints).Select(i => all[(int)Math.Round(i * (all.Length - 1.0) / (ProfilePoints - 1))])];
        }
    }

    private async Task SliceAsync(PlannedSlice planned, AnalysisDraft draft, CancellationToken cancellation)
    {
        var maps = ImmutableArray.CreateBuilder<Labelled<SliceMap>>();
        await EachAsync(planned, draft, async (member, result) =>
        {
            var data = await ReadAsync(result, planned.File, null, member, draft, cancellation);
            var quantity = GridQuantity.Of(data, planned.Block, planned.Spin);
            var slice = SliceOf(data, quantity, planned.Cut, cancellation);
            draft.Define($"{quantity.Name} of {planned.File} on points {slice.StepXA.ToString("0.####", CultureInfo.InvariantCulture)} Å apart in the plane {slice.Plane.Description}, interpolated {(planned.Cut.Smooth ? "by cubics" : "trilinearly")}; minimum and maximum: of these points.");
            if (slice.Coarsened(planned.Cut.StepA) is { } coarser) draft.Warn($"{member.Id}: {coarser}");
            draft.Value(member.Labels, "minimum", slice.Min);
            draft.Value(member.Labels, "maximum", slice.Max);
            maps.Add(new(member.Labels, new(slice, quantity.Name, quantity.Unit, planned.Cut.Range)));
        }, cancellation);
        draft.Details = new SliceDetails(maps.ToImmutable());
    }

    private async Task DifferenceAsync(PlannedChargeDifference planned, AnalysisDraft draft, CancellationToken cancellation)
    {
        var differences = ImmutableArray.CreateBuilder<Labelled<AveragedDifference>>();
        await EachAsync(planned, draft, async (member, result) =>
        {
            var fragments = planned.Fragments[member.Id];
            if (fragments.FirstOrDefault(fragment => !results.ContainsKey(fragment.Id)) is { } missing)
                throw new DftFlowException("DF3301", $"The part {missing.Id} has no result.", "See why it failed; the analysis is made again at the next run.");
            var difference = new ChargeDifference(await ReadAsync(result, "CHGCAR", GridKind.Density, member, draft, cancellation));
            foreach (var fragment in fragments)
            {
                difference.Subtract(await ReadAsync(results[fragment.Id], "CHGCAR", GridKind.Density, fragment, draft, cancellation), fragment.Id, cancellation);
                GC.Collect();
            }
            var found = difference.Finish();
            foreach (var warning in found.Warnings) draft.Warn($"{member.Id}: {warning}");
            var data = found.Data;
            var average = new PlanarAverage(data.Lattice, data.Dimensions, data.Blocks[0], planned.Axis);
            var moment = data.Blocks.FirstOrDefault(block => block.Meaning == GridMeaning.Magnetization) is { } block ? new PlanarAverage(data.Lattice, data.Dimensions, block, planned.Axis) : null;
            var from = PlanarAverage.AtomFreePart(data.Positions, planned.Axis) * average.PeriodA;
            var integral = average.IntegralFrom(from);
            draft.Define(string.Create(CultureInfo.InvariantCulture,
                $"{member.Id}: density minus those of {string.Join(", ", fragments.Select(fragment => fragment.Id))}, each alone in the same cell, on the same grid ({data.Dimensions.X} × {data.Dimensions.Y} × {data.Dimensions.Z}), with its atoms in place. moved_electrons: half of the integral of its size; integral_electrons: over the cell; planar_integral_min, planar_integral_max: extremes of the integral over planes along {"abc"[planned.Axis]}, counted from {from:0.00} Å on, where no atom is."));
            draft.Value(member.Labels, "moved_electrons", found.MovedElectrons);
            draft.Value(member.Labels, "integral_electrons", found.IntegralElectrons);
            foreach (var (name, extreme) in ((string, double)[])[("planar_integral_min", integral.Min()), ("planar_integral_max", integral.Max())])
                draft.Value(member.Labels, name, extreme, string.Create(CultureInfo.InvariantCulture, $"at {average.HeightsA[integral.IndexOf(extreme)]:0.00} Å"));
            if (folder is not null) draft.File(Keep(data, Path.Combine(folder, "grids", $"{planned.Id}{member.Id[member.Name.Length..]}.CHGCAR"), cancellation));
            SliceMap? map = null;
            if (planned.Map is { } cut)
            {
                // In place: the grid is not used again.
                var quantity = GridQuantity.Of(data, null, null) with { Quantity = SliceQuantity.DensityDifference, Name = "Density difference" };
                map = new(SliceOf(data, quantity, cut, cancellation), quantity.Name, quantity.Unit, cut.Range);
            }
            differences.Add(new(member.Labels, new(average, from, planned.MacroscopicA, moment, data.Structure, planned.Axis, map)));
        }, cancellation);
        draft.Details = new ChargeDifferenceDetails(differences.ToImmutable());
    }

    private static GridSlice SliceOf(VolumetricData<double> data, GridQuantity quantity, PlannedCut cut, CancellationToken cancellation)
    {
        var structure = data.Structure ?? throw new DftFlowException("DF3233", "The file does not name its elements.");
        return GridSlice.Of(new(data.Lattice, data.Dimensions, quantity.Values), quantity.Quantity, cut.In(structure), structure, cut.StepA, cut.AtomsWithinA, cut.Smooth, cancellation);
    }

    private static async Task<VolumetricData<double>> ReadAsync(StoredResult result, string file, GridKind? kind, PlannedCalculation of, AnalysisDraft draft, CancellationToken cancellation)
    {
        ReadFile<VolumetricData<double>> read = await GridInput.ReadAsync(result.PathOf(file), kind, cancellation: cancellation);
        draft.Input(new(read.Path, read.Sha256));
        foreach (var warning in read.Warnings.Concat(read.Content.Warnings)) draft.Warn($"{of.Id}, {file}: {warning}");
        return read.Content;
    }

    // The other grids of a run lie with its calculations.
    private static string Keep(VolumetricData<double> data, string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        DurableFile.Write(path, stream => VolumetricFile.Write(stream, data, cancellation: cancellation));
        return path;
    }

    private sealed class Named(string of, IProgress<AnalysisStep> progress) : IProgress<AnalysisStep>
    {
        public void Report(AnalysisStep value) => progress.Report(value with { Doing = of + value.Doing });
    }
}
