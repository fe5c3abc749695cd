using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
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
    public async Task A_shift_of_band_centres_has_its_sensitivity_beside_it()
    {
        var (results, planned) = await BandCentreAsync();
        var member = planned.Members[0];
        var labels = ImmutableSortedDictionary<string, string>.Empty;
        results["b"] = results["a"];
        planned = planned with { Members = [member with { Labels = labels.Add("model", "bare") }, member with { Id = "b", Labels = labels.Add("model", "coated") }], Zeros = [EnergyZero.None], Windows = [BandWindow.Full, new("-9:9", new EnergyWindow(-9, 9))] };
        var difference = new PlannedDifference("shift", planned, labels.Add("model", "bare"));
        var outcomes = await new AnalysisRunner(results).RunAsync([planned, difference], TestContext.Current.CancellationToken);
        Assert.Empty(outcomes[0].Result.Sensitivity);
        var cells = outcomes[1].Result.Sensitivity;
        // Four windows that have names and the one of limits, from six zeros, of the one member that is shifted.
        Assert.Equal(5 * 6, cells.Length);
        Assert.All(cells, cell => Assert.Equal("coated", cell.Labels["model"]));
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
