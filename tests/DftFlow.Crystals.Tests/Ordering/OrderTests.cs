using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;
using static DftFlow.Tests.Crystals.Ordering.SampleIons;

namespace DftFlow.Tests.Crystals.Ordering;

public class OrderTests
{
    private static readonly Element Li = Element.Parse("Li"), Mn = Element.Parse("Mn"), Ni = Element.Parse("Ni"), Co = Element.Parse("Co"), O = Element.Parse("O");

    private static readonly OxidationStates Charges = OxidationStates.Of([new(Li, 1), new(Mn, 4), new(Ni, 2), new(Co, 3), new(O, -2)]);

    /// <summary>The metal layer takes Li, Mn, Ni and Co; the lithium layer Li alone.</summary>
    private static readonly Order OnLayers = new([new(Co) { Takes = [Li, Mn, Ni, Co] }, new(Li) { Takes = [Li] }]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Puts_a_lithium_rich_oxide_on_the_sites_of_its_layers()
    {
        var result = (OnLayers with { Composition = MixedFormula.Parse("Li1.2Mn0.54Ni0.13Co0.13O2"), OxidationStates = Charges, Steps = 20_000 }).Build(Repeat(Layered(), 3, 3, 1), Cancellation);
        // 27 sites in the metal layers: 5.4 Li, 14.58 Mn, 3.51 Ni, 3.51 Co.
        Assert.Equal([("Li", 5, 5.4), ("Mn", 15, 14.58), ("Ni", 4, 3.51), ("Co", 3, 3.51), ("Li", 27, 27)], result.Amounts.Select(amount => (amount.Element!.Symbol, amount.Got, Math.Round(amount.Asked, 9))));
        Assert.Equal("Li32Mn15Co3Ni4O54", result.Structure.Composition.Formula);
        Assert.Equal(5 + 60 + 8 + 9 + 27 - 108, result.Report.ChargeE);
        Assert.Equal((ArrangementMethod.LowestEwald, ArrangementSearch.MonteCarlo, 1UL, 20_000), (result.Report.Method, result.Report.Search, result.Report.Seed, result.Report.Steps));
        Assert.Equal(Ewald.EnergyEv(result.Structure, Charges.ChargesOf(result.Structure), Cancellation), result.Report.EnergyEv);
        Assert.Equal(result.Structure, (OnLayers with { Composition = MixedFormula.Parse("Li1.2Mn0.54Ni0.13Co0.13O2"), OxidationStates = Charges, Steps = 20_000 }).Build(Repeat(Layered(), 3, 3, 1), Cancellation).Structure);
    }

    [Fact]
    public void Finds_the_honeycomb_of_Li2MnO3_in_each_layer()
    {
        // A third of the metal sites Li: by electrostatic energy no two lithium ions of a layer are neighbours (a √3×√3 order).
        var cell = Repeat(Layered(), 3, 3, 1);
        var result = (OnLayers with { Composition = Composition.Parse("Li2MnO3") }).Build(cell, Cancellation);
        Assert.Equal("Li2MnO3", result.Structure.Composition.ReducedFormula);
        var lithium = Enumerable.Range(0, cell.Sites.Length).Where(i => cell.Sites[i].Element == Co && result.Structure.Sites[i].Element == Li).ToArray();
        Assert.Equal(9, lithium.Length);
        foreach (var i in lithium)
            foreach (var j in lithium.Where(j => j != i && Math.Abs(cell.Sites[j].Fractional.Z - cell.Sites[i].Fractional.Z) < 0.01))
                Assert.True(cell.DistanceA(i, j) > 4.8);
    }

    [Fact]
    public void Compares_all_arrangements_while_they_are_few()
    {
        var result = (OnLayers with { Composition = MixedFormula.Parse("LiNi1/3Co1/3Mn1/3O2") }).Build(Repeat(Layered(), 3, 1, 1), Cancellation);
        Assert.Equal(1680, result.Report.Arrangements);
        Assert.Equal(ArrangementSearch.Enumeration, result.Report.Search);
        Assert.InRange(result.Report.Distinct!.Value, 1680 / 108, 200);
        Assert.True(result.Report.EqualInEnergy >= 1);
        Assert.Equal(0, result.Report.ChargeE);
        Assert.Null(result.Report.Seed);
    }

    [Fact]
    public void Amounts_may_be_given_for_each_sublattice_and_leave_sites_empty()
    {
        var result = new Order([new(Li) { Amounts = new([new(Li, 0.5)]) }]) { OxidationStates = OxidationStates.Of([new(Li, 1), new(Co, 3.5), new(O, -2)]) }.Build(Repeat(Layered(), 2, 2, 1), Cancellation);
        Assert.Equal("Li6Co12O24", result.Structure.Composition.Formula);
        Assert.Equal([(Li, 6), ((Element?)null, 6)], result.Amounts.Select(amount => (amount.Element, amount.Got)));
        Assert.Equal(0, result.Report.ChargeE);
        // The same from a formula: cobalt and oxygen, which fill their sites, tell the number of formula units.
        var byFormula = new Order([new(Li) { Takes = [Li], TakesVacancies = true }]) { Composition = Composition.Parse("Li0.5CoO2"), OxidationStates = OxidationStates.Of([new(Li, 1), new(Co, 3.5), new(O, -2)]) };
        Assert.Equal(result.Structure, byFormula.Build(Repeat(Layered(), 2, 2, 1), Cancellation).Structure);
    }

    [Fact]
    public void Occupancies_of_a_disordered_crystal_become_whole_atoms()
    {
        var cell = Repeat(Layered(), 2, 1, 1);
        var disordered = new DisorderedStructure(cell.Lattice, [.. cell.Sites.Select(site => new DisorderedSite(site.Element == Co ? [(Ni, 0.5), (Mn, 0.5)] : [(site.Element, 1)], site.Fractional, null))]);
        var result = new Order([]).Build(disordered, Cancellation);
        Assert.Equal("Li6Mn3Ni3O12", result.Structure.Composition.Formula);
        Assert.Equal(20, result.Report.Arrangements);
        Assert.All(result.Structure.Sites, site => Assert.Null(site.Part));
    }

    [Fact]
    public void Species_of_one_charge_are_mixed_as_at_random()
    {
        var order = OnLayers with { Composition = MixedFormula.Parse("LiNi1/2Co1/2O2"), OxidationStates = OxidationStates.Of([new(Li, 1), new(Ni, 3), new(Co, 3), new(O, -2)]), Steps = 5_000, Seed = 3 };
        var result = order.Build(Repeat(Layered(), 4, 4, 1), Cancellation);
        Assert.Equal(ArrangementMethod.Sqs, result.Report.Method);
        Assert.Equal(6, result.Report.Correlations.Length);
        Assert.Equal((2, 48 * 3), (result.Report.Correlations[0].Bodies, result.Report.Correlations[0].PerCell));
        Assert.All(result.Report.Correlations.Take(2), shell => Assert.InRange(shell.Error, 0, 0.02));
        var random = (order with { Method = ArrangementMethod.Random }).Build(Repeat(Layered(), 4, 4, 1), Cancellation);
        Assert.Equal(ArrangementSearch.Random, random.Report.Search);
        Assert.NotEqual(random.Structure, (order with { Method = ArrangementMethod.Random, Seed = 4 }).Build(Repeat(Layered(), 4, 4, 1), Cancellation).Structure);
    }

    [Fact]
    public void A_large_cell_is_searched_less_than_to_the_end_and_that_is_told()
    {
        var states = OxidationStates.Of([new(Li, 1), new(Ni, 3), new(Co, 3), new(Mn, 3), new(O, -2)]);
        var order = OnLayers with { Composition = MixedFormula.Parse("LiNi0.3Co0.4Mn0.3O2"), OxidationStates = states, Method = ArrangementMethod.Sqs, Steps = 500, RoundingTolerance = 0.1 };
        Assert.True(order.Build(Repeat(Layered(), 3, 3, 1), Cancellation).Report.IsSettled);
        var large = order.Build(Repeat(Layered(), 20, 20, 1), Cancellation).Report;
        Assert.Equal((false, 500), (large.IsSettled, large.Steps));
        Assert.InRange(large.Correlations[0].Error, 0, 0.05);
    }

    [Fact]
    public void The_more_pairs_and_triplets_a_site_is_in_the_fewer_steps_are_made()
    {
        var order = OnLayers with { Composition = MixedFormula.Parse("LiNi1/2Co1/2O2"), OxidationStates = OxidationStates.Of([new(Li, 1), new(Ni, 3), new(Co, 3), new(O, -2)]), Method = ArrangementMethod.Sqs, PairShells = 40, TripletShells = 12 };
        Assert.InRange(order.Build(Repeat(Layered(), 2, 2, 1), Cancellation).Report.Steps!.Value, 1, 59_999);
    }

    [Fact]
    public void Says_how_large_a_cell_must_be_for_the_amounts()
    {
        var error = Assert.Throws<DftFlowException>(() => (OnLayers with { Composition = MixedFormula.Parse("Li1.2Mn0.54Ni0.13Co0.13O2"), OxidationStates = Charges }).Build(Layered(), Cancellation));
        Assert.Equal("DF1234", error.Code);
        Assert.Contains("0.6 → 1 Li, 1.62 → 2 Mn, 0.39 → 0 Ni", error.Message, StringComparison.Ordinal);
        Assert.Contains("A supercell 5 times as large", error.Hint, StringComparison.Ordinal);
        var coarse = (OnLayers with { Composition = MixedFormula.Parse("Li1.2Mn0.54Ni0.13Co0.13O2"), OxidationStates = Charges, RoundingTolerance = 0.2 }).Build(Layered(), Cancellation);
        Assert.Equal("Li4Mn2O6", coarse.Structure.Composition.Formula);
        Assert.Equal(-0.13, coarse.Amounts.Single(amount => amount.Element == Ni).Error, 9);
    }

    [Fact]
    public void Says_why_a_composition_does_not_fit()
    {
        Assert.Contains("No site takes Mg", Refused(OnLayers with { Composition = Composition.Parse("LiMgO2") }), StringComparison.Ordinal);
        Assert.Contains("several ways: Li, Co may go to the sites of Co or the sites of Li", Refused(new([new(Co) { Takes = [Li, Co] }, new(Li) { Takes = [Li, Co] }]) { Composition = Composition.Parse("LiCoO2") }), StringComparison.Ordinal);
        Assert.Contains("does not fit", Refused(OnLayers with { Composition = Composition.Parse("LiCo2O2") }), StringComparison.Ordinal);
        Assert.Contains("no Fe", Refused(new([new(Element.Parse("Fe")) { Takes = [Mn] }]) { Composition = Composition.Parse("LiCoO2") }), StringComparison.Ordinal);
        Assert.Contains("1.1 atoms each", Refused(new([new(Co) { Amounts = Composition.Parse("Co0.6Mn0.5") }])), StringComparison.Ordinal);
        Assert.Contains("No sublattice", Refused(new([])), StringComparison.Ordinal);
        Assert.Contains("Site 1 does not hold Co", Refused(new([new(Co) { Sites = [1], Takes = [Mn] }]) { Composition = Composition.Parse("LiCoO2") }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x Li2MnO3 · (1-x) LiNi1/3Co1/3Mn1/3O2", "Li1.5Mn0.66666667Co0.16666667Ni0.16666667O2.5")]
    [InlineData("0.5 Li2MnO3 · 0.5LiCoO2", "Li1.5Mn0.5Co0.5O2.5")]
    [InlineData("1/2 Li2MnO3 + (1 − x) LiCoO2", "Li1.5Mn0.5Co0.5O2.5")]
    [InlineData("Li1.2Mn0.54Ni0.13Co0.13O2", "Li1.2Mn0.54Co0.13Ni0.13O2")]
    public void Reads_formulas_of_solid_solutions(string text, string expected) => Assert.Equal(expected, MixedFormula.Parse(text, 0.5).Formula);

    [Theory]
    [InlineData("x Li2MnO3 · (1-x) LiCoO2", null, "no value")]
    [InlineData("x Li2MnO3", 1.5, "0 to 1")]
    [InlineData("Li2MnO3 · ", null, "'' in")]
    [InlineData("Li1/0O2", null, "'1/0'")]
    [InlineData("0.5 Xx2O3", null, "'Xx'")]
    public void Says_what_is_wrong_with_a_formula(string text, double? x, string expected)
    {
        var error = Assert.Throws<DftFlowException>(() => MixedFormula.Parse(text, x));
        Assert.Equal("DF1233", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finds_the_lowest_energy_that_pymatgen_finds()
    {
        // Half of the lithium sites empty, and nickel and manganese on the metal sites: 20 × 20 arrangements.
        var cell = Repeat(Layered(), 2, 1, 1);
        var charges = OxidationStates.Of([new(Li, 1), new(Ni, 3), new(Mn, 4), new(O, -2)]);
        var disordered = new DisorderedStructure(cell.Lattice, [.. cell.Sites.Select(site => new DisorderedSite(
            site.Element == Co ? [(Ni, 0.5), (Mn, 0.5)] : site.Element == Li ? [(Li, 0.5)] : [(site.Element, 1)], site.Fractional, null))]);
        var result = new Order([]) { OxidationStates = charges, Method = ArrangementMethod.LowestEwald }.Build(disordered, Cancellation);
        Assert.Equal(400, result.Report.Arrangements);
        var answer = await OtherReader.AskAsync("pymatgen", """
            from pymatgen.core import Structure
            from pymatgen.transformations.standard_transformations import OrderDisorderedStructureTransformation as Order
            lattice, sites = json.loads(text)
            s = Structure(lattice, [species for species, place in sites], [place for species, place in sites])
            answer = [Order(algo=algo).apply_transformation(s, return_ranked_list=1)[0]['energy'] for algo in (Order.ALGO_FAST, Order.ALGO_BEST_FIRST)]
            """, JsonSerializer.Serialize(new object[]
            {
                new[] { Numbers(cell.Lattice.A), Numbers(cell.Lattice.B), Numbers(cell.Lattice.C) },
                disordered.Sites.Select(site => new object[] { site.Species.ToDictionary(species => species.Element.Symbol + OxidationStates.Signed(charges.ChargeOf(species.Element)), species => species.Occupancy), Numbers(site.Fractional) }),
            }));
        // Neither of its two searches looks at all arrangements: they may miss the lowest, and never find a lower one.
        Assert.Equal(answer.EnumerateArray().Min(energy => energy.GetDouble()), result.Report.EnergyEv!.Value, 1e-6);

        static double[] Numbers(Vector3D v) => [v.X, v.Y, v.Z];
    }

    private static string Refused(Order order)
    {
        var error = Assert.Throws<DftFlowException>(() => (order with { OxidationStates = Charges }).Build(Repeat(Layered(), 2, 1, 1), Cancellation));
        Assert.Equal("DF1233", error.Code);
        return error.Message;
    }
}
