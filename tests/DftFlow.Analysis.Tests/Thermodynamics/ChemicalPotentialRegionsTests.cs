using CsCheck;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

public class ChemicalPotentialRegionsTests
{
    private static readonly Element Li = Element.Parse("Li"), Mn = Element.Parse("Mn"), O = Element.Parse("O"), F = Element.Parse("F");

    [Fact]
    public void A_compound_lies_between_its_elements()
    {
        var diagram = Regions(Toy.Diagram(("Li", 0), ("Mn", 0), ("O2", 0), ("LiMnO2", -4)), Li, O, Mn);
        var compound = diagram.Regions.Single(region => region.Phase.Formula == "LiMnO2");
        // Where μ(Li) + 2 μ(O) > -4 and neither is above zero: a triangle with the area 4 · 2 / 2.
        Assert.Equal([(-4.0, 0.0), (0.0, -2.0), (0.0, 0.0)], compound.Corners.Select(corner => (Math.Round(corner.XEv, 9), Math.Round(corner.YEv, 9))).Order());
        Assert.Equal(["LiMnO2", "Mn"], diagram.Regions.Select(region => region.Phase.Formula).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Where_reservoirs_react_with_each_other_nothing_is_stable()
    {
        var diagram = Regions(Toy.Diagram(("Li", 0), ("Mn", 0), ("O2", 0), ("Li2O", -6)), Li, O, Mn);
        Assert.All(diagram.Regions.SelectMany(region => region.Corners), corner => Assert.True(2 * corner.XEv + corner.YEv <= -6 + 1e-9));
    }

    [Fact]
    public void A_fourth_element_is_held_at_its_chemical_potential()
    {
        var phases = Toy.Diagram(("Li", 0), ("Mn", 0), ("O2", 0), ("F2", 0), ("MnF2", -6));
        Assert.Contains(Calculate(-1).Regions, region => region.Phase.Formula == "MnF2");
        Assert.DoesNotContain(Calculate(-4).Regions, region => region.Phase.Formula == "MnF2");

        ChemicalPotentialRegions Calculate(double fluorine) => Regions(phases, Li, O, Mn, new Dictionary<Element, double> { [F] = fluorine });
    }

    [Fact]
    public void Elements_named_twice_are_refused()
    {
        var phases = Toy.Diagram(("Li", 0), ("Mn", 0), ("O2", 0));
        Assert.Equal("DF3181", Assert.Throws<DftFlowException>(() => Regions(phases, Li, Li, Mn)).Code);
        Assert.Equal("DF3181", Assert.Throws<DftFlowException>(() => Regions(phases, Li, O, Mn, new Dictionary<Element, double> { [O] = -1 })).Code);
    }

    [Fact]
    public void The_host_is_what_is_neither_on_an_axis_nor_held()
    {
        Assert.Equal(Mn, ChemicalPotentialRegions.HostOf([Li, Mn, O, F], Li, O, [F]));
        Assert.Equal("DF3181", Assert.Throws<DftFlowException>(() => ChemicalPotentialRegions.HostOf([Li, Mn, O], Li, Li, [])).Code);
        Assert.Contains("here are none", Assert.Throws<DftFlowException>(() => ChemicalPotentialRegions.HostOf([Li, O], Li, O, [])).Message, StringComparison.Ordinal);
        Assert.Contains("here are Mn, F", Assert.Throws<DftFlowException>(() => ChemicalPotentialRegions.HostOf([Li, F, Mn, O], Li, O, [])).Message, StringComparison.Ordinal);
    }

    /// <summary>Each region of real phases is where its phase, of all of manganese's, has the least grand potential; together they leave no gap.</summary>
    [Fact]
    public void Regions_of_Li_Mn_O_are_where_no_phase_is_lower()
    {
        using var reader = File.OpenText(Path.Combine(TestPaths.Repository, "workflows", "reference-energies", "mp2020-gga.csv"));
        var phases = new PhaseDiagram(EntryTable.Read(reader).Entries);
        var diagram = Regions(phases, Li, O, Mn);
        var competing = phases.Entries.Where(entry => entry.Composition.Elements.All(element => element == Li || element == Mn || element == O)).ToList();
        Assert.Superset(new HashSet<string> { "Mn", "MnO", "Li2MnO3", "LiMnO2", "MnO2" }, diagram.Regions.Select(region => region.Phase.Formula).ToHashSet());
        Gen.Select(Gen.Double[diagram.RangeXEv.From, 0], Gen.Double[diagram.RangeYEv.From, 0]).Sample((x, y) =>
        {
            var reservoirsHold = competing.Where(entry => entry.Composition[Mn] == 0).All(entry => Potential(entry) >= 0);
            var inside = diagram.Regions.Where(region => Inside(region, x, y)).ToList();
            if (!reservoirsHold) Assert.Empty(inside);
            else
            {
                var lowest = competing.Where(entry => entry.Composition[Mn] > 0).MinBy(entry => Potential(entry) / entry.Composition.AtomicFraction(Mn))!;
                Assert.Contains(lowest, inside.Select(region => region.Phase));
            }

            double Potential(Entry entry) => phases.FormationEnergyEvPerAtom(entry) - x * entry.Composition.AtomicFraction(Li) - y * entry.Composition.AtomicFraction(O);
        }, iter: Effort.Iterations(300));
    }

    private static ChemicalPotentialRegions Regions(PhaseDiagram phases, Element x, Element y, Element host, Dictionary<Element, double>? given = null) =>
        ChemicalPotentialRegions.Calculate(phases, x, y, host, given, TestContext.Current.CancellationToken);

    private static bool Inside(ChemicalPotentialRegion region, double x, double y) =>
        region.Corners.Select((from, i) => region.Corners[(i + 1) % region.Corners.Length] is var to ? (to.XEv - from.XEv) * (y - from.YEv) - (to.YEv - from.YEv) * (x - from.XEv) : 0).All(side => side >= -1e-12);
}
