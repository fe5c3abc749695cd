using System.Globalization;
using System.Text.Json;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>The cases of pymatgen's own tests of phase diagrams and interface reactions.</summary>
public class PymatgenSuiteTests
{
    private static readonly Element Li = Element.Parse("Li");

    [Fact]
    public void The_LiFeO_diagram_has_the_same_stable_phases_and_formation_energies()
    {
        var diagram = Csv("pd_entries_test.csv");
        var expected = Expected("phase_diagram_expected");
        var stable = diagram.Stabilities(TestContext.Current.CancellationToken).Where(phase => phase.EnergyAboveHullEvPerAtom < 1e-8).ToList();
        Assert.Equal(expected.GetProperty("stable").GetArrayLength(), stable.Select(phase => phase.Formula).Distinct().Count());

        // Energies are for the stored cell; its atoms follow from its total energy, the sum of formation and reference energy.
        foreach (var (formula, energy) in Numbers(expected.GetProperty("form_energy_eV_per_stored_formula")))
        {
            var phase = stable.First(candidate => candidate.Formula == Composition.Parse(formula).ReducedFormula);
            var total = energy + expected.GetProperty("reference_energy_eV_per_stored_formula").GetProperty(formula).GetDouble();
            Assert.Equal(energy, phase.FormationEnergyEvPerAtom * total / phase.Entry!.EnergyPerAtomEv, 1e-6);
        }
        var decomposition = diagram.Hull(Composition.Parse("Li3Fe7O11")).Decomposition.ToDictionary(part => part.Entry.Formula, part => part.AtomicFraction);
        var fractions = Numbers(expected.GetProperty("decomposition Li3Fe7O11 (atomic fractions)"));
        Assert.Equal(fractions.Count, decomposition.Count);
        foreach (var (formula, fraction) in fractions) Assert.Equal(fraction, decomposition[Composition.Parse(formula).ReducedFormula], 1e-8);
    }

    [Theory]
    [InlineData("Fe2O3", "Li3FeO4", "Fe2O3", "Li0.3243244Fe0.1621621O0.51351349", "Li3FeO4")]
    [InlineData("Fe2O3", "Li2O", "Fe2O3", "LiFeO2", "Li5FeO4", "Li2O")]
    public void Critical_compositions_agree(string first, string second, params string[] critical)
    {
        var (one, two) = (Composition.Parse(first), Composition.Parse(second));
        var reaction = Toy.React(Csv("pd_entries_test.csv"), one, two);
        var kinks = reaction.Kinks.Reverse().ToList();
        Assert.Equal(critical.Length, kinks.Count);
        foreach (var (formula, kink) in critical.Select(Composition.Parse).Zip(kinks))
            foreach (var element in formula.Elements)
                Assert.Equal(formula.AtomicFraction(element), kink.X * one.AtomicFraction(element) + (1 - kink.X) * two.AtomicFraction(element), 1e-6);
    }

    [Fact]
    public void Hull_energies_of_the_organic_system_agree()
    {
        var diagram = Csv("reaction_entries_test.csv");
        var expected = Expected("computed_here", "reaction_entries_test");
        foreach (var (formula, energy) in Numbers(expected.GetProperty("hull_energy_eV (computed here)")))
        {
            var composition = Composition.Parse(formula);
            var total = diagram.Hull(composition).FormationEnergyEvPerAtom * composition.AtomCount
                + composition.Amounts.Sum(pair => pair.Value * diagram.Reference(pair.Key).EnergyPerAtomEv);
            Assert.Equal(energy, total, 1e-6);
        }
        var stable = diagram.Stabilities(TestContext.Current.CancellationToken).Where(phase => phase.EnergyAboveHullEvPerAtom < 1e-8);
        Assert.Equal(expected.GetProperty("n_stable (computed here, pymatgen 2022.11.7)").GetInt32(), stable.Select(phase => phase.Formula).Distinct().Count());
    }

    [Fact]
    public void Toy_interface_reactions_agree_at_every_kink()
    {
        var diagram = Toy.Diagram([.. Numbers(Expected("interface_toy_entries_eV_total")).Select(pair => (pair.Key, pair.Value))]);
        var cases = Expected("computed_here", "all_toy_kinks").EnumerateObject().ToList();
        Assert.Equal(13, cases.Count);
        foreach (var item in cases)
        {
            // For example "GPIR Mn|O2 norm=True mutual": open to Li at -3 eV, per atom rather than per formula unit.
            var words = item.Name.Split(' ');
            var reactants = words[1].Split('|').Select(Composition.Parse).ToArray();
            var (first, second) = (reactants[0], reactants[1]);
            var (isOpen, perAtom, mutual) = (words[0] == "GPIR", words[2] == "norm=True", words.Contains("mutual"));
            // Closed reactions and totals use the entries' energies unless the case says otherwise.
            var kind = item.Name.Contains("hullE", StringComparison.Ordinal) ? ReactantEnergyKind.Hull : ReactantEnergyKind.Own;
            var kinks = Toy.React(diagram, first, second, kind, isOpen ? [(Li, -3)] : []).Kinks;
            var expected = item.Value.EnumerateArray().ToList();
            Assert.Equal(expected.Count, kinks.Count);
            foreach (var (want, kink) in expected.Zip(kinks))
            {
                var (mole, closed) = (kink.XMole, isOpen ? 1 : 0);
                double Atoms(Composition c, bool counted) => c.AtomCount - (counted ? 0 : closed * c[Li]);
                double Mixture(bool counted) => mole * Atoms(first, counted) + (1 - mole) * Atoms(second, counted);
                Assert.Equal(want.GetProperty("x").GetDouble(), perAtom ? mole * Atoms(first, true) / Mixture(true) : mole, 1e-6);
                var energy = mutual ? kink.MutualEnergyEvPerAtom : kink.EnergyEvPerAtom;
                Assert.Equal(want.GetProperty("energy").GetDouble(), energy * (perAtom ? 1 : Mixture(false)), 1e-6);
            }
        }
    }

    [Fact]
    public void An_oxide_above_its_elements_has_the_energy_of_the_hull()
    {
        var diagram = Toy.Diagram([.. Numbers(Expected("interface_toy_entries_eV_total")).Select(pair => (pair.Key, pair.Value))]);
        var reaction = Toy.React(diagram, Composition.Parse("MnO3"), Composition.Parse("MnO2"));
        Assert.Equal(Expected("interface_expected", "get_entry_energy").GetProperty("MnO3").GetDouble(), reaction.First.EnergyEvPerAtom * 4, 1e-6);
        Assert.Equal(Expected("interface_expected", "get_entry_energy").GetProperty("MnO2").GetDouble(), reaction.Second.EnergyEvPerAtom * 3, 1e-6);
        Assert.Single(reaction.Warnings);
    }

    private static JsonElement Expected(params string[] path) =>
        path.Aggregate(JsonDocument.Parse(File.ReadAllBytes(TestPaths.Shared("thermo", "pymatgen-tests", "expected.json"))).RootElement, (element, key) => element.GetProperty(key));

    private static Dictionary<string, double> Numbers(JsonElement element) => element.EnumerateObject()
        .Where(item => item.Value.ValueKind == JsonValueKind.Number).ToDictionary(item => item.Name, item => item.Value.GetDouble());

    /// <summary>Name, amounts of the elements in the header, total energy.</summary>
    private static PhaseDiagram Csv(string file)
    {
        var rows = File.ReadAllLines(TestPaths.Shared("thermo", "pymatgen-tests", file)).Select(line => line.Split(',')).ToList();
        var elements = rows[0][1..^1].Select(Element.Parse).ToList();
        return new PhaseDiagram([.. rows.Skip(1).Select((row, index) =>
        {
            var numbers = row[1..].Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToList();
            var composition = new Composition(elements.Zip(numbers, KeyValuePair.Create));
            return new Entry($"{index}", composition, numbers[^1] / composition.AtomCount);
        })]);
    }
}
