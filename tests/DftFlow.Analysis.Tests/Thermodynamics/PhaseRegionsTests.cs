using CsCheck;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

public class PhaseRegionsTests
{
    private static readonly Element[] Elements = [Element.Parse("Li"), Element.Parse("Mn"), Element.Parse("O"), Element.Parse("F")];

    private static PhaseRegions Regions(PhaseDiagram diagram, params string[] elements) =>
        PhaseRegions.Create(diagram, elements.Select(Element.Parse), cancellation: TestContext.Current.CancellationToken);

    private static string[] Lines(PhaseRegions regions) =>
        [.. regions.TieLines.Select(line => string.Join('–', new[] { line.First, line.Second }.Select(i => regions.Phases[i].Entry.Formula).Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)];

    [Fact]
    public void Two_elements_with_one_compound_have_two_regions()
    {
        var regions = Regions(Toy.Diagram(("Li", 0), ("O2", 0), ("Li2O", -6), ("LiO2", -0.3)), "Li", "O");
        Assert.Equal(["Li2O–O2", "Li–Li2O"], Lines(regions).Order(StringComparer.Ordinal));
        var unstable = regions.Phases.Single(phase => phase.Entry.Formula == "LiO2");
        // On the line from Li2O (-2 eV/atom) to oxygen, with half of the atoms in Li2O.
        Assert.Equal((false, -0.1, 0.9), (unstable.Stable, Math.Round(unstable.FormationEnergyEvPerAtom, 12), Math.Round(unstable.EnergyAboveHullEvPerAtom, 12)));
        // μ(Li) = 0 beside lithium; 2 μ(Li) = -6 beside oxygen.
        Assert.Contains(regions.Regions, region => Math.Abs(region.ChemicalPotentialsEv[0] + 3) < 1e-12 && Math.Abs(region.ChemicalPotentialsEv[1]) < 1e-12);
        Assert.Contains(regions.Regions, region => Math.Abs(region.ChemicalPotentialsEv[0]) < 1e-12 && Math.Abs(region.ChemicalPotentialsEv[1] + 6) < 1e-12);
    }

    [Fact]
    public void Elements_without_compounds_are_one_region()
    {
        var diagram = Toy.Diagram(("Li", 0), ("Mn", 0), ("O2", 0), ("F2", 0));
        Assert.Equal(["Li"], Regions(diagram, "Li").Regions.Single().Phases.Select(i => Regions(diagram, "Li").Phases[i].Entry.Formula));
        foreach (var count in (int[])[2, 3, 4])
        {
            var regions = Regions(diagram, [.. Elements[..count].Select(element => element.Symbol)]);
            Assert.Equal(count, Assert.Single(regions.Regions).Phases.Length);
            Assert.Equal(count * (count - 1) / 2, regions.TieLines.Length);
        }
    }

    [Fact]
    public void Four_phases_in_one_plane_are_one_region_without_a_diagonal()
    {
        // LiF and MnF, both at -1 eV/atom, lie on one plane with the metals.
        var regions = Regions(Toy.Diagram(("Li", 0), ("Mn", 0), ("F2", 0), ("LiF", -2), ("MnF", -2)), "Li", "Mn", "F");
        var flat = Assert.Single(regions.Regions, region => region.Phases.Length == 4);
        Assert.Equal(["Li", "LiF", "Mn", "MnF"], flat.Phases.Select(i => regions.Phases[i].Entry.Formula).Order(StringComparer.Ordinal));
        Assert.Equal(["F2–LiF", "F2–MnF", "LiF–MnF", "Li–LiF", "Li–Mn", "Mn–MnF"], Lines(regions));
    }

    [Fact]
    public void A_phase_on_a_tie_line_divides_it()
    {
        var regions = Regions(Toy.Diagram(("Li", 0), ("F2", 0), ("LiF", -2), ("Li3F", -2)), "Li", "F");
        Assert.Equal(["F2–LiF", "Li3F–LiF", "Li–Li3F"], Lines(regions));
        Assert.True(regions.Phases.Single(phase => phase.Entry.Formula == "Li3F").Stable);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void A_phase_is_stable_as_far_above_the_hull_as_it_is_for_a_phase_diagram(double tolerances)
    {
        var diagram = Toy.Diagram(("Li", 0), ("F2", 0), ("LiF", -2), ("Li3F", -2 + 4 * tolerances * PhaseDiagram.StableWithinEvPerAtom));
        var phase = Regions(diagram, "Li", "F").Phases.Single(phase => phase.Entry.Formula == "Li3F");
        Assert.Equal(tolerances < 1, phase.Stable);
        Assert.Equal(phase.Stable, diagram.EquilibriumReactionEnergyEvPerAtom(phase.Entry.Composition) is not null);
    }

    [Fact]
    public void An_element_that_is_open_makes_a_diagram_of_the_others()
    {
        var diagram = Toy.Diagram(("Li", 0), ("Mn", 0), ("O2", 0), ("MnO", -4), ("MnO2", -5), ("Li2O", -6), ("LiMnO2", -9));
        var oxygen = Element.Parse("O");
        var regions = PhaseRegions.Create(diagram, Elements[..3], new Dictionary<Element, double> { [oxygen] = 0 }, TestContext.Current.CancellationToken);
        Assert.Equal(["Li", "Mn"], regions.Elements.Select(element => element.Symbol));
        // In oxygen MnO2 is manganese's corner and Li2O lithium's.
        Assert.Equal(["Li2O–LiMnO2", "LiMnO2–MnO2"], Lines(regions));
        Assert.Equal(-0.5, regions.Phases.Single(phase => phase.Entry.Formula == "LiMnO2").FormationEnergyEvPerAtom, 1e-12);
    }

    [Fact]
    public void More_than_four_elements_are_refused_and_so_is_none()
    {
        var diagram = Toy.Diagram(("Li", 0), ("Mn", 0), ("O2", 0), ("F2", 0), ("Cl2", 0));
        Assert.Equal("DF3180", Assert.Throws<DftFlowException>(() => Regions(diagram, "Li", "Mn", "O", "F", "Cl")).Code);
        Assert.Equal("DF3108", Assert.Throws<DftFlowException>(() => Regions(diagram)).Code);
        Assert.Equal("DF3107", Assert.Throws<DftFlowException>(() => Regions(diagram, "Li", "Sc")).Code);
    }

    private static Gen<PhaseDiagram> Diagrams(int elements) =>
        Gen.Select(Gen.Int[0, 3].Array[elements].Where(amounts => amounts.Count(amount => amount > 0) > 1), Gen.OneOf(Gen.Int[-8, 1].Select(quarter => quarter / 4.0), Gen.Int[-20000, 3000].Select(tenthMev => tenthMev / 1e4))).Array[0, 16]
            .Select(phases => new PhaseDiagram(
            [
                .. Elements[..elements].Select((element, i) => new Entry($"el-{element}", Composition.Parse(element.Symbol), -i)),
                .. phases.Select((phase, number) =>
                {
                    var composition = new Composition(Elements.Zip(phase.Item1, (element, amount) => KeyValuePair.Create(element, (double)amount)));
                    return new Entry($"{number}", composition, phase.Item2 - Elements.Select((element, i) => i * composition.AtomicFraction(element)).Sum());
                }),
            ]));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_region_is_the_decomposition_in_its_middle_and_every_energy_that_of_the_linear_program(int elements) =>
        Diagrams(elements).Sample(diagram => AssertIsTheHull(diagram, PhaseRegions.Create(diagram, Elements[..elements])), iter: Effort.Iterations(elements == 4 ? 100 : 200));

    [Theory]
    [InlineData("Li", "Mn", "O")]
    [InlineData("Li", "Sc", "F")]
    [InlineData("Li", "In", "Cl")]
    [InlineData("Li", "Mn", "O", "F")]
    [InlineData("Li", "In", "Ta", "Cl")]
    public void Regions_of_real_systems_are_their_hulls(params string[] elements)
    {
        using var reader = File.OpenText(Path.Combine(TestPaths.Repository, "workflows", "reference-energies", "mp2020-gga.csv"));
        var diagram = new PhaseDiagram(EntryTable.Read(reader).Entries);
        AssertIsTheHull(diagram, Regions(diagram, elements));
    }

    private static void AssertIsTheHull(PhaseDiagram diagram, PhaseRegions regions)
    {
        var count = regions.Elements.Length;
        foreach (var phase in regions.Phases)
        {
            var hull = diagram.Hull(phase.Entry.Composition);
            Assert.Equal(hull.FormationEnergyEvPerAtom, regions.HullEnergyEvPerAtom(phase.Fractions), 2e-8);
            Assert.Equal(phase.FormationEnergyEvPerAtom - hull.FormationEnergyEvPerAtom, phase.EnergyAboveHullEvPerAtom, 2e-8);
        }
        foreach (var region in regions.Regions)
        {
            Assert.True(region.Phases.Length >= count);
            var phases = region.Phases.Select(i => regions.Phases[i]).ToArray();
            Assert.All(phases, phase => Assert.True(phase.Stable));
            // The middle of the phases is on the hull's facet: no other mixture is lower there, and these have the hull's energy.
            double[] middle = [.. Enumerable.Range(0, count).Select(i => phases.Average(phase => phase.Fractions[i]))];
            var hull = diagram.Hull(new Composition(regions.Elements.Zip(middle, KeyValuePair.Create)));
            Assert.Equal(hull.FormationEnergyEvPerAtom, phases.Average(phase => diagram.FormationEnergyEvPerAtom(phase.Entry)), 1e-7);
            if (region.Phases.Length == count)
                Assert.Equal(phases.Select(phase => phase.Entry.EntryId).Order(StringComparer.Ordinal), hull.Decomposition.Select(part => part.Entry.EntryId).Order(StringComparer.Ordinal));
        }
        // Halfway along a tie line the hull is the mean of its ends.
        foreach (var (first, second) in regions.TieLines)
        {
            var (one, two) = (regions.Phases[first], regions.Phases[second]);
            var mean = (diagram.FormationEnergyEvPerAtom(one.Entry) + diagram.FormationEnergyEvPerAtom(two.Entry)) / 2;
            Assert.Equal(mean, regions.HullEnergyEvPerAtom([.. one.Fractions.Zip(two.Fractions, (a, b) => (a + b) / 2)]), 1e-7);
        }
        // Euler: in a triangle, vertices − edges + regions = 1; along a line, vertices − edges = 1.
        var stable = regions.Phases.Count(phase => phase.Stable);
        if (count == 2) Assert.Equal(1, stable - regions.TieLines.Length);
        if (count == 3 && regions.Phases.Where(phase => phase.Stable).All(phase => OnALine(regions, phase))) Assert.Equal(1, stable - regions.TieLines.Length + regions.Regions.Length);
    }

    /// <summary>A phase that lies within a flat region touches no edge, so it is not counted by Euler's formula.</summary>
    private static bool OnALine(PhaseRegions regions, RegionPhase phase) =>
        regions.TieLines.Any(line => regions.Phases[line.First] == phase || regions.Phases[line.Second] == phase);
}
