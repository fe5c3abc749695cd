using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;

namespace DftFlow.Tests.Crystals.Ordering;

public class SubstitutionTests
{
    private static readonly Element Mn = Element.Parse("Mn"), Sc = Element.Parse("Sc"), O = Element.Parse("O"), F = Element.Parse("F");

    private static readonly Structure Li2MnO3 = Cif.Read(SampleCifs.Li2MnO3).Structure;

    [Fact]
    public void Replaces_the_sites_named()
    {
        var structure = new Substitution(Mn, Sc) { Sites = [4, 2] }.Apply(Li2MnO3);
        Assert.Equal(["Mn", "Sc", "Mn", "Sc", "Li"], structure.Sites.Take(5).Select(site => site.Element.Symbol));
        Assert.Equal(["Mn", "Mn", "Sc", "Sc"], structure.GroupedByElement().Sites.Where(site => site.Element.Block == 'd').Select(site => site.Element.Symbol));
    }

    [Fact]
    public void Replaces_the_first_sites_of_the_element() =>
        Assert.Equal([1, 2], new Substitution(Mn, Sc) { Count = 2 }.ChosenSites(Li2MnO3));

    [Fact]
    public void Replaces_all_sites_where_nothing_is_said() =>
        Assert.Equal("Li8Sc4O12", new Substitution(Mn, Sc).Apply(Li2MnO3).Composition.Formula);

    [Fact]
    public void Replaces_the_sites_nearest_to_those_replaced_before()
    {
        var withSc = new Substitution(Mn, Sc) { Sites = [3] }.Apply(Li2MnO3);
        var chosen = new Substitution(O, F) { Count = 2, Near = Sc }.ChosenSites(withSc);
        // The six oxygen atoms around a Mn site: four at 1.9038 Å (O1 and O2 sites), the others farther.
        var distances = Enumerable.Range(1, 24).Where(n => Li2MnO3.Sites[n - 1].Element == O).Select(n => (Distance: Math.Round(Li2MnO3.DistanceA(2, n - 1), 4), Site: n)).Order().Take(2);
        Assert.Equal(distances.Select(pair => pair.Site).Order(), chosen);
        Assert.All(chosen, site => Assert.InRange(Li2MnO3.DistanceA(2, site - 1), 1.85, 1.95));
    }

    [Fact]
    public void The_number_of_sites_there_are_is_told_where_more_are_asked() =>
        Assert.Contains("the structure has 4", Refused(new(Mn, Sc) { Count = 5 }), StringComparison.Ordinal);

    [Fact]
    public void Says_why_a_substitution_cannot_be_made()
    {
        Assert.Contains("Site 5 holds Li, not Mn", Refused(new(Mn, Sc) { Sites = [5] }), StringComparison.Ordinal);
        Assert.Contains("no site 25", Refused(new(Mn, Sc) { Sites = [25] }), StringComparison.Ordinal);
        Assert.Contains("named twice", Refused(new(Mn, Sc) { Sites = [1, 1] }), StringComparison.Ordinal);
        Assert.Contains("no Sc to substitute", Refused(new(Sc, Mn)), StringComparison.Ordinal);
        Assert.Contains("no Sc to be near to", Refused(new(O, F) { Count = 1, Near = Sc }), StringComparison.Ordinal);
        Assert.Contains("0 sites", Refused(new(O, F) { Count = 0 }), StringComparison.Ordinal);
        Assert.Contains("how many", Refused(new(O, F) { Near = Mn }), StringComparison.Ordinal);
        Assert.Contains("also a count", Refused(new(O, F) { Count = 1, Sites = [9] }), StringComparison.Ordinal);
    }

    private static string Refused(Substitution substitution)
    {
        var error = Assert.Throws<DftFlowException>(() => substitution.Apply(Li2MnO3));
        Assert.Equal("DF1230", error.Code);
        return error.Message;
    }
}
