using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows;

/// <summary>Band centres of some of an element's sites: parts of the model, layers, those that are bonded to another element.</summary>
public sealed class BandCentreGroupTests : IDisposable
{
    private const string Good =
        """
        dftflow: 1
        name: test
        settings: { engine: gpaw-vasp, cutoff: 500 eV, kpoints: { mesh: [1, 1, 1] } }
        structures:
          pure:
            lattice: { a: 4.2 Å, b: 4.2 Å, c: 20 Å }
            sites: [{ Mg: [0, 0, 0.1] }, { Mg: [0.5, 0.5, 0.205] }, { O: [0.5, 0.5, 0.1] }, { O: [0, 0, 0.205] }]
          doped: { from: pure, build: [ { substitute: { Mg: Sc, sites: [2] } } ] }
        calculations:
          electronic: { foreach: { model: [pure, doped] }, structure: $model, task: static, outputs: [dos] }
        analyses:
          band:
            band-centre: { of: electronic, element: O, orbital: p, layers: c, bonded-to: Sc, groups: { first: { sites: [3, 1] } } }
          shift:
            difference: { of: band, minus: { model: pure, atoms: O } }
        """;

    private readonly WorkflowFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_group_has_numbers_beside_those_of_all_sites()
    {
        var band = folder.LoadGood(Good).Analyses.OfType<PlannedBandCentre>().Single();
        Assert.Equal(["O", "first", "layer 1", "layer 2"], band.Groups["electronic.pure"].Select(group => group.Name));
        Assert.Equal(["O 3,4", "first 3", "layer 1 3", "layer 2 4", "bonded to 1 Sc 3", "bonded to 4 Sc 4", "bonded to Sc 3,4"], band.Groups["electronic.doped"].Select(group => $"{group.Name} {string.Join(',', group.Sites.Select(site => site + 1))}"));
        Assert.Equal(["O", "first", "layer 1", "layer 2"], band.Cells.Where(cell => cell["model"] == "pure").Select(cell => cell["atoms"]));
    }

    [Fact]
    public void Groups_of_one_member_can_be_held_against_all_sites_of_another()
    {
        var shift = folder.LoadGood(Good).Analyses.OfType<PlannedDifference>().Single();
        Assert.Contains(shift.Cells, cell => cell["model"] == "doped" && cell["atoms"] == "bonded to 1 Sc");
        Assert.DoesNotContain(shift.Cells, cell => cell["model"] == "pure" && cell["atoms"] == "O");
    }

    [Fact]
    public void Lengths_can_be_given()
    {
        var band = folder.LoadGood(Good.Replace("layers: c, bonded-to: Sc,", "layers: c, layer-gap: 2.5 Å, bonded-to: Sc, bonded-within: 2.2 Å,", StringComparison.Ordinal)).Analyses.OfType<PlannedBandCentre>().Single();
        Assert.Equal(["O 3,4", "first 3", "layer 1 3,4", "not bonded to Sc 4", "bonded to 1 Sc 3"], band.Groups["electronic.doped"].Select(group => $"{group.Name} {string.Join(',', group.Sites.Select(site => site + 1))}"));
    }

    [Fact]
    public void Without_groups_nothing_is_said_of_atoms()
    {
        var band = folder.LoadGood(Good.Replace(", layers: c, bonded-to: Sc, groups: { first: { sites: [3, 1] } }", "", StringComparison.Ordinal).Replace(", atoms: O", "", StringComparison.Ordinal)).Analyses.OfType<PlannedBandCentre>().Single();
        Assert.All(band.Cells, cell => Assert.DoesNotContain("atoms", cell.Keys));
    }

    [Fact]
    public void What_is_wrong_elsewhere_leaves_groups_and_what_is_asked_of_them_alone()
    {
        var loaded = folder.Load(Good.Replace("outputs: [dos]", "outputs: [dos], colour: red", StringComparison.Ordinal));
        Assert.Equal("DF1006", Assert.Single(loaded.Diagnostics, d => d.Severity == Severity.Error).Code);
    }

    [Fact]
    public void A_member_that_is_not_there_is_told_with_those_that_are()
    {
        var loaded = folder.Load(Good.Replace("of: electronic,", "of: electronic.dopped,", StringComparison.Ordinal));
        Assert.Contains(loaded.Diagnostics, d => d.Code == "DF1017" && d.Hint!.Contains("electronic.doped", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("orbital: p", "orbital: p, sites: []", "DF1009", "list of sites is empty")]
    [InlineData("orbital: p", "orbital: p, sites: [3, 3]", "DF1005", "named twice")]
    [InlineData("layers: c", "layers: d", "DF1007", "a, b")]
    [InlineData("layers: c", "layer-gap: 0.3 Å", "DF1009", "Add 'layers: c'")]
    [InlineData("layers: c", "layers: c, layer-gap: -1 Å", "DF1007", "not below zero")]
    [InlineData("bonded-to: Sc", "bonded-to: Ti", "DF1017", "No member holds Ti")]
    [InlineData("bonded-to: Sc", "bonded-within: 2 Å", "DF1009", "Add 'bonded-to: Sc'")]
    [InlineData("bonded-to: Sc", "bonded-to: Sc, bonded-within: 20 Å", "DF1007", "at most 15")]
    [InlineData("sites: [3, 1]", "sites: [1]", "DF1017", "No O of any member belongs to 'first'")]
    [InlineData("sites: [3, 1]", "sites: [9]", "DF1017", "no site 9")]
    [InlineData("{ first: { sites: [3, 1] } }", "[coating]", "DF1017", "has no parts")]
    public void What_is_wrong_is_told(string old, string wrong, string code, string words)
    {
        Assert.Contains(old, Good, StringComparison.Ordinal);
        var loaded = folder.Load(Good.Replace(old, wrong, StringComparison.Ordinal));
        Assert.Null(loaded.Plan);
        Assert.True(loaded.Diagnostics.Any(d => d.Code == code && d.Line == 13 && $"{d.Message} {d.Hint}".Contains(words, StringComparison.Ordinal)), string.Join('\n', loaded.Diagnostics));
    }
}
