using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;

namespace DftFlow.Tests.Crystals.Ordering;

public class SubstitutionTests
{
    private static readonly Element Mn = Element.Parse("Mn"), Sc = Element.Parse("Sc"), O = Element.Parse("O"), F = Element.Parse("F"), Li = Element.Parse("Li");

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

    [Fact]
    public void A_fraction_of_the_sites_is_a_whole_number_of_them()
    {
        Assert.Equal([1], new Substitution(Mn, Sc) { Fraction = 0.25 }.ChosenSites(Li2MnO3));
        var error = Assert.Throws<DftFlowException>(() => new Substitution(Mn, Sc) { Fraction = 0.3 }.Apply(Li2MnO3));
        Assert.Equal("DF1234", error.Code);
        Assert.Contains("1.2 atoms", error.Message, StringComparison.Ordinal);
        var coarse = (new Substitution(Mn, Sc) { Fraction = 0.3, RoundingTolerance = 0.06 }).Build(Li2MnO3, Cancellation);
        Assert.Equal((1.2, 1), (Math.Round(coarse.AskedCount, 9), coarse.ChosenSites.Length));
    }

    [Fact]
    public void Lists_the_choices_that_symmetry_leaves()
    {
        // Two of the four Mn sites of the conventional cell, which are all equal by symmetry.
        var result = new Substitution(Mn, Sc) { Count = 2, Arrangement = SubstitutionArrangement.SymmetryDistinct }.Build(Li2MnO3, Cancellation);
        Assert.Equal(6, result.Alternatives.Sum(alternative => alternative.Multiplicity!.Value));
        Assert.Equal(result.Report.Distinct, result.Alternatives.Length);
        Assert.InRange(result.Alternatives.Length, 2, 3);
        Assert.All(result.Alternatives, alternative => Assert.Equal("Li8Sc2Mn2O12", alternative.Structure.Composition.Formula));
        Assert.Equal([1], new Substitution(Mn, Sc) { Count = 1, Arrangement = SubstitutionArrangement.SymmetryDistinct }.Build(Li2MnO3, Cancellation).ChosenSites);
    }

    [Fact]
    public void The_lowest_energy_is_the_lowest_of_all_choices()
    {
        var states = OxidationStates.Of([new(Li, 1), new(Mn, 4), new(Sc, 3), new(O, -2)]);
        var all = new Substitution(Mn, Sc) { Count = 2, Arrangement = SubstitutionArrangement.SymmetryDistinct, OxidationStates = states }.Build(Li2MnO3, Cancellation);
        var lowest = new Substitution(Mn, Sc) { Count = 2, Arrangement = SubstitutionArrangement.LowestEwald }.Build(Li2MnO3, Cancellation);
        Assert.Equal(all.Alternatives.Min(alternative => alternative.EnergyEv!.Value), lowest.Report.EnergyEv!.Value, 1e-9);
        Assert.Equal(all.Structure, lowest.Structure);
        Assert.Equal((0.0, -2.0), (lowest.ChargeBeforeE, lowest.ChargeAfterE));
    }

    [Fact]
    public void Chance_hangs_on_the_seed_alone()
    {
        var random = new Substitution(O, F) { Count = 6, Arrangement = SubstitutionArrangement.Random, Seed = 5 };
        Assert.Equal(random.ChosenSites(Li2MnO3), random.ChosenSites(Li2MnO3));
        Assert.NotEqual(random.ChosenSites(Li2MnO3), (random with { Seed = 6 }).ChosenSites(Li2MnO3));
        Assert.Equal(924, random.Build(Li2MnO3, Cancellation).Report.Arrangements);
    }

    [Fact]
    public void Fluorine_on_oxygen_sites_makes_up_for_scandium()
    {
        var substitution = new Substitution(Mn, Sc) { Count = 2, Compensation = new(O, F) };
        var result = substitution.Build(Li2MnO3, Cancellation);
        Assert.Equal("Li8Sc2Mn2O10F2", result.Structure.Composition.Formula);
        Assert.Equal((0.0, 0.0), (result.ChargeBeforeE, result.ChargeAfterE));
        Assert.Equal(2, result.CompensatedSites.Length);
        // Bonded to scandium on site 1 or 2.
        Assert.All(result.CompensatedSites, site => Assert.InRange(Math.Min(Li2MnO3.DistanceA(0, site - 1), Li2MnO3.DistanceA(1, site - 1)), 1.8, 2));
        var lowest = (substitution with { Arrangement = SubstitutionArrangement.LowestEwald, Compensation = new(O, F) { Placement = CompensationPlacement.LowestEwald } }).Build(Li2MnO3, Cancellation);
        Assert.Equal(6 * 66, lowest.Report.Arrangements);
        Assert.True(lowest.Report.EnergyEv < result.Report.EnergyEv + 1e-9);
        var placed = (substitution with { Compensation = new(O, F) { Placement = CompensationPlacement.LowestEwald } }).Build(Li2MnO3, Cancellation);
        Assert.Equal([1, 2], placed.ChosenSites);
        Assert.InRange(placed.Report.EnergyEv!.Value, lowest.Report.EnergyEv!.Value - 1e-9, result.Report.EnergyEv!.Value + 1e-9);
    }

    [Fact]
    public void The_lowest_energy_is_that_after_the_nearest_sites_made_up_for_the_charge()
    {
        var states = OxidationStates.Of([new(Li, 1), new(Mn, 4), new(Sc, 3), new(O, -2), new(F, -1)]);
        var nearest = new Substitution(Mn, Sc) { Count = 2, OxidationStates = states, Compensation = new(O, F) };
        var all = (nearest with { Arrangement = SubstitutionArrangement.SymmetryDistinct }).Build(Li2MnO3, Cancellation);
        var lowest = (nearest with { Arrangement = SubstitutionArrangement.LowestEwald }).Build(Li2MnO3, Cancellation);
        var bare = (nearest with { Arrangement = SubstitutionArrangement.LowestEwald, Compensation = null }).Build(Li2MnO3, Cancellation);
        // Scandium alone keeps apart; with fluorine beside it, another pair of sites is lower.
        Assert.NotEqual(bare.ChosenSites, lowest.ChosenSites);
        Assert.Equal(all.Alternatives.Min(alternative => alternative.EnergyEv!.Value), lowest.Report.EnergyEv!.Value, 1e-9);
        Assert.Equal(all.Structure, lowest.Structure);
        Assert.Equal((all.Alternatives.Length, false), ((int)lowest.Report.Distinct!, lowest.Report.BeforeCompensation));
    }

    [Fact]
    public void An_energy_compared_before_the_compensation_is_told_as_that()
    {
        // Scandium and niobium both take sites of manganese: the two choices cannot be made together.
        var lowest = new Substitution(Mn, Sc) { Count = 1, Arrangement = SubstitutionArrangement.LowestEwald, Compensation = new(Mn, Element.Parse("Nb")) { Placement = CompensationPlacement.LowestEwald } }.Build(Li2MnO3, Cancellation);
        Assert.True(lowest.Report.BeforeCompensation);
        Assert.Equal(0, lowest.ChargeAfterE);
    }

    [Fact]
    public void Lithium_vacancies_make_up_for_niobium()
    {
        var result = new Substitution(Mn, Element.Parse("Nb")) { Count = 1, Compensation = new(Li, null) }.Build(Li2MnO3, Cancellation);
        Assert.Equal("Li7Mn3NbO12", result.Structure.Composition.Formula);
        Assert.Equal((0.0, 23), (result.ChargeAfterE, result.Structure.Sites.Length));
        Assert.Equal(Li, Li2MnO3.Sites[result.CompensatedSites[0] - 1].Element);
    }

    [Fact]
    public void Says_why_a_charge_cannot_be_made_up_for()
    {
        Assert.Contains("to the same side", Unbalanced(new(Mn, Sc) { Count = 1, Compensation = new(Li, null) }), StringComparison.Ordinal);
        Assert.Contains("no whole number", Unbalanced(new(Mn, Sc) { Count = 1, Compensation = new(O, null) }), StringComparison.Ordinal);
        Assert.Contains("the structure has 12", Unbalanced(new(Mn, Element.Parse("Na")) { OxidationStates = OxidationStates.Of([new(Element.Parse("Na"), 0)]), Compensation = new(O, F) }), StringComparison.Ordinal);
        // A count that leaves a charge is the user's own.
        Assert.Equal(-3, new Substitution(Mn, Sc) { Count = 2, Compensation = new(Li, null) { Count = 1 } }.Build(Li2MnO3, Cancellation).ChargeAfterE);

        static string Unbalanced(Substitution substitution)
        {
            var error = Assert.Throws<DftFlowException>(() => substitution.Build(Li2MnO3, Cancellation));
            Assert.Equal("DF1236", error.Code);
            return error.Message;
        }
    }

    [Fact]
    public void The_moment_of_the_old_atom_goes_with_it()
    {
        var magnetic = Li2MnO3 with { Sites = [.. Li2MnO3.Sites.Select(site => site with { MomentMuB = site.Element == Mn ? 3 : 0, Part = "substrate" })] };
        var sites = new Substitution(Mn, Sc) { Count = 1 }.Apply(magnetic).Sites;
        Assert.Equal((null, "substrate", 3.0), (sites[0].MomentMuB, sites[0].Part, sites[1].MomentMuB));
    }

    [Fact]
    public void Takes_sites_at_the_surface_inside_or_to_a_depth()
    {
        // Oxygen at 0, 4.2 and 8.4 Å, manganese at 0 (two), 2.1, 4.2, 6.3 and 8.4 Å (two); above it vacuum.
        var slab = Slab([("O", 0), ("Mn", 0), ("Mn", 0.1), ("Mn", 2.1), ("O", 4.2), ("Mn", 4.2), ("Mn", 6.3), ("O", 8.4), ("Mn", 8.4), ("Mn", 8.5)]);
        Assert.Equal([2, 3, 9, 10], At(new(SiteRegion.Surface), slab));
        Assert.Equal([4, 6, 7], At(new(SiteRegion.Bulk), slab));
        Assert.Equal([7, 9, 10], At(new(SiteRegion.Top) { DepthA = 2.25 }, slab));
        Assert.Equal([2, 3, 4], At(new(SiteRegion.Bottom) { DepthA = 2.1 }, slab));
        Assert.Equal([7, 9, 10], At(new(SiteRegion.Top) { Layers = 2 }, slab));
        Assert.Equal([2, 3], At(new(SiteRegion.Bottom) { Layers = 1 }, slab));
        Assert.Equal([6], At(new(SiteRegion.Middle) { Layers = 1 }, slab));
        Assert.Equal([4, 6, 7], At(new(SiteRegion.Middle) { DepthA = 4.4 }, slab));
        Assert.Equal([2, 3, 4, 6, 7, 9, 10], At(SiteSelection.All, slab));
        Assert.Equal([9], new Substitution(Mn, Sc) { Count = 1, Where = new(SiteRegion.Top) { Layers = 1 } }.ChosenSites(slab));
        // Another layer below: the faces differ, and the surface is the upper one.
        var polar = Slab([("O", 0), ("Mn", 2), ("O", 4), ("Mn", 6)]);
        Assert.Equal([4], At(new(SiteRegion.Surface), polar));
        Assert.Equal([], At(new(SiteRegion.Bulk), polar));
    }

    [Fact]
    public void Says_what_is_wrong_with_a_region()
    {
        var slab = Slab([("O", 0), ("Mn", 2), ("O", 4), ("Mn", 6)]);
        Assert.Contains("how far `top` goes", Assert.Throws<DftFlowException>(() => new SiteSelection(SiteRegion.Top).Of(slab, Mn)).Message, StringComparison.Ordinal);
        Assert.Contains("how far `top` goes", Assert.Throws<DftFlowException>(() => new SiteSelection(SiteRegion.Top) { DepthA = -4 }.Of(slab, Mn)).Message, StringComparison.Ordinal);
        Assert.Contains("structure has 2", Assert.Throws<DftFlowException>(() => At(new(SiteRegion.Top) { Layers = 3 }, slab)).Message, StringComparison.Ordinal);
        Assert.Contains("no slab", Refused(new(Mn, Sc) { Where = new(SiteRegion.Surface) }), StringComparison.Ordinal);
        Assert.Contains("no Mn at 'bulk'", Assert.Throws<DftFlowException>(() => new Substitution(Mn, Sc) { Where = new(SiteRegion.Bulk) }.Apply(slab)).Message, StringComparison.Ordinal);
        Assert.Contains("has 1 at 'top 1 layer'", Assert.Throws<DftFlowException>(() => new Substitution(Mn, Sc) { Count = 2, Where = new(SiteRegion.Top) { Layers = 1 } }.Apply(slab)).Message, StringComparison.Ordinal);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static IEnumerable<int> At(SiteSelection where, Structure structure) => where.Of(structure, Mn);

    private static Structure Slab((string Element, double HeightA)[] atoms) => SampleIons.Crystal(Lattice.FromParameters(6, 6, 30, 90, 90, 90),
        [.. atoms.Select((atom, i) => (atom.Element, i * 0.37 % 1, i * 0.61 % 1, atom.HeightA / 30))]);

    private static string Refused(Substitution substitution)
    {
        var error = Assert.Throws<DftFlowException>(() => substitution.Apply(Li2MnO3));
        Assert.Equal("DF1230", error.Code);
        return error.Message;
    }
}
