using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Analysis.Electronic;

public class SiteGroupsTests
{
    private static readonly ProjectedDosSelection OxygenP = new(Element.Parse("O"), "p");

    // Four O along c at 1, 1.2, 4 and 8 Å; Sc 2 Å from the first and the third.
    private static readonly Structure Structure = new(Lattice.FromParameters(12, 12, 20, 90, 90, 90),
    [
        At("O", 0, 0, 1), At("O", 6, 0, 1.2), At("O", 0, 0, 4), At("O", 0, 6, 8), At("Sc", 2, 0, 1), At("Sc", 2, 0, 4),
    ]);

    // The band of site n lies at −n.
    private static readonly DosRun Run = new()
    {
        Dos = DosRun.FromVasprun(Vasprun.Read(new SampleVasprun
        {
            Elements = ["O", "O", "O", "O", "Sc", "Sc"], EnergiesEv = [.. Enumerable.Range(0, 21).Select(i => -6 + i * 0.5)],
            Projected = (site, _, orbital, energy) => orbital == "px" && energy == -(site + 1) ? 1 : 0,
        }.Stream(), VasprunContent.ProjectedDos, CancellationToken.None)).Dos,
        FermiEnergyEv = 0,
        Sites = [.. Structure.Sites.Select(site => (Element?)site.Element)],
        Structure = Structure,
    };

    [Fact]
    public void Layers_are_those_of_the_selected_sites_from_the_lowest_up()
    {
        var layers = SiteGroups.Layers(Run, OxygenP, "c");
        Assert.Equal(["1,2", "3", "4"], layers.Select(layer => string.Join(',', layer.Sites)));
        Assert.Equal([1.1, 4, 8], layers.Select(layer => Math.Round(layer.HeightA!.Value, 9)));
        Assert.Equal([-1.5, -3, -4], SiteGroups.Centres(Run, new(OxygenP, EnergyWindow.Full), layers).Select(group => Math.Round(group.Centre!.TotalEv, 9)));
        Assert.Equal(4, SiteGroups.Layers(Run, OxygenP, "z", 0.1).Length);
        Assert.Equal(["1,3,4", "2"], SiteGroups.Layers(Run, OxygenP, "a").Select(layer => string.Join(',', layer.Sites)));
    }

    [Fact]
    public void Bonds_group_by_their_number()
    {
        var groups = SiteGroups.BondedTo(Run, OxygenP, Element.Parse("Sc"));
        Assert.Equal(["not bonded to Sc: 2,4", "bonded to 1 Sc: 1,3"], groups.Select(group => $"{group.Name}: {string.Join(',', group.Sites)}"));
        // Within 3.7 Å the first and the third have both.
        var far = SiteGroups.BondedTo(Run, OxygenP, Element.Parse("Sc"), 3.7);
        Assert.Contains(far, group => group.Name == "bonded to 2 Sc" && group.Sites.SequenceEqual([1, 3]));
        var all = SiteGroups.BondedTo(Run, OxygenP, Element.Parse("Sc"), 4.1);
        Assert.Contains(all, group => group.Name == "bonded to Sc" && group.Sites.SequenceEqual([1, 2, 3]));
    }

    [Fact]
    public void A_group_without_states_has_a_reason()
    {
        var groups = SiteGroups.Centres(Run, new(OxygenP, new EnergyWindow(-2.2, 0)), SiteGroups.Layers(Run, OxygenP, "c"));
        Assert.NotNull(groups[0].Centre);
        Assert.Null(groups[2].Centre);
        Assert.Contains("no states", groups[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_cannot_be_grouped()
    {
        foreach (var grouping in (Action[])[
            () => SiteGroups.Layers(Run, OxygenP, "d"), () => SiteGroups.Layers(Run, OxygenP, "c", -1), () => SiteGroups.BondedTo(Run, OxygenP, Element.Parse("Mn")),
            () => SiteGroups.Layers(new DosRun { Sites = Run.Sites, Dos = Run.Dos }, OxygenP, "c"),
            () => SiteGroups.Layers(new DosRun { Sites = Run.Sites, Structure = Structure with { Lattice = Lattice.FromParameters(12, 12, 20, 70, 80, 65) } }, OxygenP, "x")])
            Assert.Equal("DF3210", Assert.Throws<DftFlowException>(grouping).Code);
    }

    private static Site At(string element, double x, double y, double z) => new(Element.Parse(element), new(x / 12, y / 12, z / 20));
}
