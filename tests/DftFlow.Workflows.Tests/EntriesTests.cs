using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows;

/// <summary>Where the entries of a phase diagram may come from.</summary>
public sealed class EntriesTests : IDisposable
{
    private const string Table = "entry_id,composition,energy_per_atom_ev,functional,correction_scheme\nl,Li,-1.9,GGA/GGA+U,MP2020\nf,F2,-1.9,GGA/GGA+U,MP2020\n";

    private readonly WorkflowFolder folder = new();

    public EntriesTests() => folder.Write("table.csv", Table);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("table.csv", 1, 0)]
    [InlineData("[table.csv, more.csv]", 2, 0)]
    [InlineData("{ files: table.csv }", 1, 0)]
    [InlineData("{ files: [table.csv], from: relax, scheme: mp2020 }", 1, 2)]
    [InlineData("{ from: [relax.lif, electronic] }", 0, 3)]
    public void A_file_several_or_a_mapping(string entries, int files, int calculations)
    {
        folder.Write("more.csv", Table.Replace("\nl,", "\nm,", StringComparison.Ordinal).Replace("\nf,", "\ng,", StringComparison.Ordinal));
        var window = Assert.IsType<PlannedWindow>(folder.LoadGood(With(entries)).Analyses[^1]);
        Assert.Equal((files, calculations), (window.Entries.Files.Length, window.Entries.Calculations.Length));
        Assert.Equal(window.Entries.Calculations.Select(calculation => calculation.Id), window.Needs);
        Assert.Equal(entries.Contains("mp2020", StringComparison.Ordinal) ? "MP2020" : null, window.Entries.Reading.Scheme?.Name);
    }

    [Theory]
    [InlineData("missing.csv", "DF1001")]
    [InlineData("{ from: relaxation }", "DF1017")]
    [InlineData("{ scheme: mp2020 }", "DF1009")]
    [InlineData("[]", "DF1009")]
    [InlineData("[[table.csv]]", "DF1007")]
    [InlineData("{ files: table.csv, form: relax }", "DF1006")]
    [InlineData("{ files: table.csv, scheme: mp1999 }", "DF3153")]
    [InlineData("{ files: table.csv, scheme: mine.yaml }", "DF3153")]
    [InlineData("[table.csv, scan.csv]", "DF3150")]
    public void Says_what_is_wrong(string entries, string code)
    {
        folder.Write("scan.csv", "entry_id,composition,energy_per_atom_ev,functional\ns,Li,-2.4,r2SCAN\n");
        var loaded = folder.Load(With(entries));
        Assert.Contains(code, loaded.Diagnostics.Select(diagnostic => diagnostic.Code));
        Assert.Null(loaded.Plan);
    }

    [Fact]
    public void Scales_are_mixed_where_that_is_forced()
    {
        folder.Write("scan.csv", "entry_id,composition,energy_per_atom_ev,functional\ns,Li,-2.4,r2SCAN\n");
        Assert.True(Assert.IsType<PlannedWindow>(folder.LoadGood(With("{ files: [table.csv, scan.csv], mix-scales: true }")).Analyses[^1]).Entries.Reading.MixScales);
    }

    private static string With(string entries) => WorkflowFolder.Good + $"\n  stability: {{ window: {{ entries: {entries}, phases: [LiF], working-ion: Li }} }}\n";
}
