using System.Collections.Immutable;
using DftFlow.Analysis;
using DftFlow.Analysis.Charge;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Analysis.Electronic;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;
using DftFlow.Engine;
using DftFlow.Workflows;
using static DftFlow.Tests.Engine.Bench;

namespace DftFlow.Tests.Engine;

public sealed class AnalysisTests : IDisposable
{
    private readonly Bench bench = new();

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task What_was_expected_of_a_number_that_is_not_there_is_told_as_missed()
    {
        var (results, planned) = await BandCentreAsync();
        var values = await RunAsync(results, planned with
        {
            Expectations = [new Expectation(ImmutableSortedDictionary<string, string>.Empty, "band_centre_up", -2, 0.5, "somewhere")],
        });
        var missing = Assert.Single(values.Values, v => v.Expected is not null);
        Assert.Equal(("band_centre_up", (double?)null, false), (missing.Quantity, missing.Value, missing.Met));
        Assert.Contains(values.Warnings, w => w.Contains("no such number", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_has_gone_fails_its_analysis_alone()
    {
        var (results, planned) = await BandCentreAsync();
        File.Delete(results["a"].PathOf("vasprun.xml"));
        Assert.Equal("DF1001", (await RunAsync(results, planned)).Error!.Code);
    }

    [Fact]
    public async Task A_member_whose_vasprun_is_missing_leaves_the_others_their_band_centres()
    {
        var labels = ImmutableSortedDictionary<string, string>.Empty;
        PlannedCalculation a = Calculation("a") with { Labels = labels.Add("model", "a") }, b = Calculation("b") with { Labels = labels.Add("model", "b") };
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), a, b);
        var results = execution.Calculations.ToDictionary(c => c.Result.Id, c => c.Stored!);
        File.Delete(results["b"].PathOf("vasprun.xml"));
        var planned = new PlannedBandCentre("band", [a, b], Element.Parse("O"), "p", null, [BandWindow.Full], [EnergyZero.Fermi], (Element.Parse("O"), 's'));
        var outcomes = await new AnalysisRunner(results).RunAsync([planned, new PlannedDifference("shift", planned, labels.Add("model", "a"))], TestContext.Current.CancellationToken);
        Assert.All(outcomes, outcome => Assert.Null(outcome.Result.Error));
        Assert.NotNull(outcomes[0].Result.Values.Single(value => value.Labels["model"] == "a" && value.Quantity == "band_centre").Value);
        Assert.Null(outcomes[0].Result.Values.Single(value => value.Labels["model"] == "b").Value);
        Assert.Contains(outcomes[0].Result.Warnings, warning => warning.StartsWith("b: vasprun.xml cannot be read", StringComparison.Ordinal));
        Assert.Null(Assert.Single(outcomes[1].Result.Values).Value);
    }

    [Fact]
    public async Task What_was_expected_and_is_not_there_stands_in_the_cells_that_it_concerns()
    {
        var (results, planned) = await BandCentreAsync();
        var labels = ImmutableSortedDictionary<string, string>.Empty;
        var member = planned.Members[0];
        results["b"] = results["a"];
        planned = planned with
        {
            Members = [member with { Labels = labels.Add("model", "bare") }, member with { Id = "b", Labels = labels.Add("model", "coated") }],
            Expectations = [new Expectation(labels.Add("model", "coated"), "band_centre_up", -2, 0.5, "somewhere")],
        };
        var outcomes = await new AnalysisRunner(results).RunAsync([planned, new PlannedDifference("shift", planned, labels.Add("model", "bare"))], TestContext.Current.CancellationToken);
        var missing = outcomes[0].Result.Values.Single(value => value.Quantity == "band_centre_up");
        Assert.Equal(("coated", "full", "fermi"), (missing.Labels["model"], missing.Labels["window"], missing.Labels["zero"]));
        // And the shift says what it lacks, and keeps what it has.
        Assert.Equal(0, outcomes[1].Result.Values.Single(value => value.Quantity == "band_centre_difference").Value);
        Assert.Contains("'band' has no band_centre_up to be subtracted.", Assert.Single(outcomes[1].Result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zero_that_all_sites_lack_is_told_once_for_their_groups()
    {
        var (results, planned) = await BandCentreAsync();
        AtomGroup[] groups = [new("O", [0]), new("layer 1", [0]), new("top", [0])];
        var outcome = await RunAsync(results, planned with { Zeros = [EnergyZero.Vacuum], Groups = ImmutableDictionary<string, ImmutableArray<AtomGroup>>.Empty.Add("a", [.. groups]) });
        Assert.Equal(groups.Select(group => group.Name), outcome.Values.Select(value => value.Labels["atoms"]));
        Assert.Single(outcome.Warnings);
    }

    [Fact]
    public async Task Of_an_interrupted_run_the_analyses_that_were_made_are_kept()
    {
        var (results, planned) = await BandCentreAsync();
        using var interrupt = new CancellationTokenSource();
        var runner = new AnalysisRunner(results, progress: new Interrupting("analysis other", interrupt));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync([planned, planned with { Id = "other" }, planned with { Id = "third" }], interrupt.Token));
        Assert.Equal(["band", "other"], runner.Made.Select(outcome => outcome.Id));
        Assert.NotNull(runner.Made[0].Result.Values[0].Value);
    }

    private sealed class Interrupting(string at, CancellationTokenSource source) : IProgress<AnalysisStep>
    {
        public void Report(AnalysisStep value)
        {
            if (value.Doing == at) source.Cancel();
        }
    }

    [Fact]
    public async Task A_shift_of_band_centres_has_its_sensitivity_beside_it()
    {
        var (results, planned) = await BandCentreAsync();
        var member = planned.Members[0];
        var labels = ImmutableSortedDictionary<string, string>.Empty;
        results["b"] = results["a"];
        planned = planned with { Members = [member with { Labels = labels.Add("model", "bare") }, member with { Id = "b", Labels = labels.Add("model", "coated") }], Zeros = [EnergyZero.None], Windows = [BandWindow.Full, new("-9..9 eV", new EnergyWindow(-9, 9))] };
        var difference = new PlannedDifference("shift", planned, labels.Add("model", "bare"));
        var outcomes = await new AnalysisRunner(results).RunAsync([planned, difference], TestContext.Current.CancellationToken);
        Assert.Empty(outcomes[0].Result.Sensitivity);
        var cells = outcomes[1].Result.Sensitivity;
        // Four windows that have names and the one of limits, from six zeros, of the one member that is shifted.
        Assert.Equal(5 * 6, cells.Length);
        Assert.All(cells, cell => Assert.Equal("coated", cell.Labels["model"]));
        // A window of limits is called as in the table above it.
        Assert.Equal(["full", "occupied", "valence", "manifold", "-9..9 eV"], cells.Select(cell => cell.Window).Distinct());
        Assert.Contains("lower in energy", outcomes[1].Result.Definition, StringComparison.Ordinal);
        Assert.Equal(0, cells.Single(cell => cell is { Window: "full", Zero: "none" }).ShiftEv);
        Assert.All(cells.Where(cell => cell.ShiftEv is null), cell => Assert.NotNull(cell.Reason));
        // Against another zero there is no second system.
        var zeros = planned with { Zeros = [EnergyZero.None, EnergyZero.Fermi] };
        Assert.Empty((await new AnalysisRunner(results).RunAsync([zeros, new PlannedDifference("shift", zeros, labels.Add("zero", "none"))], TestContext.Current.CancellationToken))[1].Result.Sensitivity);
    }

    [Fact]
    public async Task A_member_whose_grid_is_missing_leaves_the_others_their_numbers()
    {
        bench.Write("elfcar", "LiF\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi F\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n\n2 2 2\n0.1 0.2 0.3 0.4 0.5\n0.6 0.7 0.8\n");
        var (a, b) = (Member("a"), Member("b"));
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish; is a && cp \"$BENCH/elfcar\" ELFCAR; true")), a, b);
        var results = execution.Calculations.ToDictionary(c => c.Result.Id, c => c.Stored!);
        ImmutableArray<(Element, Element)> pairs = [(Element.Parse("Li"), Element.Parse("F"))];
        var planned = new PlannedElf("bonds", [a, b], ImmutableDictionary<string, ImmutableArray<(Element, Element)>>.Empty.Add("a", pairs).Add("b", pairs), 4, GridSpin.Both);
        var outcome = Assert.Single(await new AnalysisRunner(results).RunAsync([planned], TestContext.Current.CancellationToken));
        Assert.Null(outcome.Result.Error);
        var middles = outcome.Result.Values.Where(value => value.Labels["model"] == "a").ToDictionary(value => value.Quantity, value => value.Value);
        // Eight corners of a box around each of the eight images: the middle of Li and F is the mean of all values.
        Assert.Equal((8, 0.45), (middles["bonds"], Math.Round(middles["elf_mid"]!.Value, 12)));
        Assert.Null(Assert.Single(outcome.Result.Values, value => value.Labels["model"] == "b").Value);
        Assert.Contains(outcome.Result.Warnings, warning => warning.StartsWith("b: ", StringComparison.Ordinal));
        Assert.Contains(outcome.Result.Inputs, input => input.File.EndsWith("ELFCAR", StringComparison.Ordinal));

        static PlannedCalculation Member(string id) => Calculation(id) with { Labels = ImmutableSortedDictionary<string, string>.Empty.Add("model", id) };
    }

    [Theory]
    [InlineData(8, 8, false)]
    [InlineData(8, 12, true)]
    public async Task A_difference_of_Bader_charges_tells_of_unlike_grids(int first, int second, bool told)
    {
        bench.Write("chgcar-a", Density(first));
        bench.Write("chgcar-b", Density(second));
        var labels = ImmutableSortedDictionary<string, string>.Empty;
        PlannedCalculation a = Calculation("a") with { Labels = labels.Add("model", "a") }, b = Calculation("b") with { Labels = labels.Add("model", "b") };
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish; cp \"$BENCH/chgcar-$(head -n 1 POSCAR)\" CHGCAR")), a, b);
        ImmutableArray<AtomGroup> groups = [new("Li", [0]), new("F", [1])];
        var charges = new PlannedBader("charges", [a, b], ImmutableDictionary<string, ImmutableArray<AtomGroup>>.Empty.Add("a", groups).Add("b", groups), BaderMethod.Weight, null);
        var outcomes = await new AnalysisRunner(execution.Calculations.ToDictionary(c => c.Result.Id, c => c.Stored!)).RunAsync([charges, new PlannedDifference("transfer", charges, labels.Add("model", "a"))], TestContext.Current.CancellationToken);
        Assert.Null(outcomes[1].Result.Error);
        Assert.Equal(told, outcomes[1].Result.Warnings.Any(warning => warning.Contains("grids differ: 8 and 27 points", StringComparison.Ordinal)));

        static string Density(int n)
        {
            var values = from k in Enumerable.Range(0, n) from j in Enumerable.Range(0, n) from i in Enumerable.Range(0, n)
                         select FormattableString.Invariant($"{10 + 5 * (Math.Cos(4 * Math.PI * i / n) + Math.Cos(4 * Math.PI * j / n) + Math.Cos(4 * Math.PI * k / n)) / 3:0.000000}");
            return $"LiF\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi F\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n\n{n} {n} {n}\n{string.Join('\n', values.Chunk(5).Select(line => string.Join(' ', line)))}\n";
        }
    }

    [Fact]
    public async Task A_difference_without_one_of_its_parts_says_which()
    {
        var (results, _) = await BandCentreAsync();
        var whole = Calculation("a");
        var planned = new PlannedChargeDifference("binding", [whole], ImmutableDictionary<string, ImmutableArray<PlannedCalculation>>.Empty.Add("a", [Calculation("binding.anions")]), 2, null, null);
        var outcome = await RunAsync(results, planned);
        Assert.Equal("DF3301", outcome.Error!.Code);
        Assert.Contains("binding.anions", outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_calculation_is_an_entry_beside_a_table()
    {
        // The sample's run is LiO: 9.95 eV for two atoms.
        var table = bench.Write("table.csv", "entry_id,composition,energy_per_atom_ev,functional,scheme\nl,Li,-2,PBE by sample,none\no,O2,-5,PBE by sample,none\nx,Li2O,-6,PBE by sample,none\n");
        var (results, planned) = await BandCentreAsync();
        var outcome = await RunAsync(results, Window(planned, table, new()));
        Assert.Null(outcome.Error);
        Assert.Contains("PBE by sample, no corrections", outcome.Definition, StringComparison.Ordinal);
        Assert.Contains("energy(sigma→0)", outcome.Definition, StringComparison.Ordinal);
        Assert.Equal([table, results["a"].PathOf("vasprun.xml")], outcome.Inputs.Select(input => input.File));
        Assert.NotNull(outcome.Values.Single(value => value.Quantity == "oxidation_limit").Value);
        // Without the table the elements are missing, which shows that the calculation alone is there.
        Assert.Equal("DF3107", (await RunAsync(results, Window(planned, null, new()))).Error!.Code);
    }

    [Fact]
    public async Task A_calculation_on_another_scale_than_the_table_is_refused_unless_it_is_forced()
    {
        var table = bench.Write("table.csv", "entry_id,composition,energy_per_atom_ev,functional,scheme\nl,Li,-2,GGA/GGA+U,MP2020\no,O2,-5,GGA/GGA+U,MP2020\n");
        var (results, planned) = await BandCentreAsync();
        Assert.Equal("DF3150", (await RunAsync(results, Window(planned, table, new()))).Error!.Code);
        Assert.Equal("DF3154", (await RunAsync(results, Window(planned, table, new(CorrectionScheme.Mp2020)))).Error!.Code);
        var forced = await RunAsync(results, Window(planned, table, new(MixScales: true)));
        Assert.Null(forced.Error);
        Assert.Contains(forced.Warnings, warning => warning.Contains("were mixed because", StringComparison.Ordinal));
        Assert.Contains("mixed by force", forced.Definition, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_calculation_without_a_result_is_told_and_the_others_go_on()
    {
        var table = bench.Write("table.csv", "entry_id,composition,energy_per_atom_ev\nl,Li,-2\no,O2,-5\nx,Li2O,-6\n");
        var (_, planned) = await BandCentreAsync();
        var outcome = await RunAsync([], Window(planned, table, new()));
        Assert.Null(outcome.Error);
        Assert.Contains("a has no result, so that it is not among the entries.", outcome.Warnings);
        Assert.Equal("DF3301", (await RunAsync([], Window(planned, null, new()))).Error!.Code);
    }

    [Fact]
    public async Task A_hull_has_the_regions_over_chemical_potentials_that_were_asked_for()
    {
        var table = bench.Write("table.csv", "entry_id,composition,energy_per_atom_ev\nl,Li,0\no,O2,0\nm,Mn,0\nx,LiMnO2,-1\n");
        var (lithium, oxygen, manganese) = (Element.Parse("Li"), Element.Parse("O"), Element.Parse("Mn"));
        var hull = new PlannedHull("stable", new PlannedEntries([table], [], new()), [(Composition.Parse("LiMnO2"), "LiMnO2")], [lithium, oxygen, manganese]) { Potentials = (lithium, oxygen, manganese) };
        var outcome = Assert.Single(await new AnalysisRunner(new Dictionary<string, StoredResult>()).RunAsync([hull], TestContext.Current.CancellationToken));
        Assert.Null(outcome.Result.Error);
        Assert.Equal(["LiMnO2", "Mn"], Assert.IsType<HullDetails>(outcome.Details).Potentials!.Regions.Select(region => region.Phase.Formula).Order(StringComparer.Ordinal));
        Assert.Null(Assert.IsType<HullDetails>(Assert.Single(await new AnalysisRunner(new Dictionary<string, StoredResult>()).RunAsync([hull with { Potentials = null }], TestContext.Current.CancellationToken)).Details).Potentials);
    }

    [Fact]
    public async Task A_hull_that_cannot_be_drawn_says_so_before_the_report()
    {
        var table = bench.Write("table.csv", "entry_id,composition,energy_per_atom_ev\nl,Li,0\no,O2,0\nx,Li2O,-2\n");
        var hull = new PlannedHull("stable", new PlannedEntries([table], [], new()), [(Composition.Parse("Li2O"), "Li2O")], [Element.Parse("Li"), Element.Parse("O")]);
        Assert.Null((await RunAsync([], hull)).Error);
        var open = ImmutableSortedDictionary<Element, double>.Empty.Add(Element.Parse("F"), -1);
        Assert.Equal("DF3107", (await RunAsync([], hull with { OpenEv = open })).Error!.Code);
    }

    private static PlannedWindow Window(PlannedBandCentre planned, string? table, EntryReading reading) =>
        new("stability", new PlannedEntries(table is null ? [] : [table], planned.Members, reading), [(Composition.Parse("LiO"), "LiO")], Element.Parse("Li"), ReactantEnergyKind.Hull);

    private async Task<(Dictionary<string, StoredResult> Results, PlannedBandCentre Planned)> BandCentreAsync()
    {
        var calculation = Calculation("a");
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), calculation);
        return (new() { ["a"] = execution.Calculations[0].Stored! },
            new PlannedBandCentre("band", [calculation], Element.Parse("O"), "p", null, [BandWindow.Full], [EnergyZero.Fermi], (Element.Parse("O"), 's')));
    }

    private static async Task<AnalysisResult> RunAsync(Dictionary<string, StoredResult> results, PlannedAnalysis analysis) =>
        Assert.Single(await new AnalysisRunner(results).RunAsync([analysis], TestContext.Current.CancellationToken)).Result;
}
