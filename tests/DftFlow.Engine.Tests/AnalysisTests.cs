using System.Collections.Immutable;
using DftFlow.Analysis.Electronic;
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
        var values = Run(results, planned with
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
        Assert.Equal("DF1001", Run(results, planned).Error!.Code);
    }

    private async Task<(Dictionary<string, StoredResult> Results, PlannedBandCentre Planned)> BandCentreAsync()
    {
        var calculation = Calculation("a");
        var execution = await bench.RunAsync(bench.Cluster(bench.Engine("finish")), calculation);
        return (new() { ["a"] = execution.Calculations[0].Stored! },
            new PlannedBandCentre("band", [calculation], Element.Parse("O"), "p", null, [BandWindow.Full], [EnergyZero.Fermi], (Element.Parse("O"), 's')));
    }

    private static AnalysisResult Run(Dictionary<string, StoredResult> results, PlannedAnalysis analysis) =>
        Assert.Single(new AnalysisRunner(results).Run([analysis], TestContext.Current.CancellationToken)).Result;
}
