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
    public void The_profile_of_oxygen_in_Li2O_agrees()
    {
        var diagram = Csv("pd_entries_test.csv");
        var oxygen = Element.Parse("O");
        var steps = ElementExchange.Calculate(diagram, Composition.Parse("Li2O"), oxygen, TestContext.Current.CancellationToken).Steps;
        var expected = Expected("phase_diagram_expected", "element_profile O in Li2O").EnumerateArray().ToArray();
        Assert.Equal(expected.Length, steps.Count);
        foreach (var (want, step) in expected.Zip(steps))
        {
            Assert.Equal(want.GetProperty("evolution").GetDouble(), step.Change, 1e-9);
            Assert.Equal(want.GetProperty("chempot").GetDouble(), step.ChemicalPotentialEv + diagram.Reference(oxygen).EnergyPerAtomEv, 1e-6);
            Assert.Equal(want.GetProperty("reaction").GetString()!.Split(" -> ")[1].Split(" + ").Order(StringComparer.Ordinal), step.Reaction.ToString().Split(" -> ")[1].Split(" + ").Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_chemical_potentials_of_LiFeO2_at_the_highest_of_oxygen_agree()
    {
        var diagram = Csv("pd_entries_test.csv");
        var oxygen = Element.Parse("O");
        var expected = Expected("phase_diagram_expected", "chempot_range_stability_phase LiFeO2/O");
        var ranges = ChemicalPotentialRange.Calculate(diagram, Composition.Parse("LiFeO2"))!.ToDictionary(range => range.Element.Symbol);
        Assert.Equal(expected.GetProperty("O_max").GetDouble(), Absolute("O", ranges["O"].HighestEv), 1e-6);
        // pymatgen tells the others over the corners where oxygen is an extreme.
        var (low, high) = (ranges["O"].Lowest.ChemicalPotentialsEv, ranges["O"].Highest.ChemicalPotentialsEv);
        Assert.Equal(expected.GetProperty("Fe_min").GetDouble(), Absolute("Fe", low[Element.Parse("Fe")]), 1e-6);
        Assert.Equal(expected.GetProperty("Li_min").GetDouble(), Absolute("Li", low[Element.Parse("Li")]), 1e-6);
        Assert.True(high[oxygen] >= low[oxygen]);
        // One of its corners there has oxygen at -7.115, iron at -6.596 and lithium at -3.931.
        var corner = Expected("phase_diagram_expected", "getmu_vertices_stability_phase LiFeO2/O").GetProperty("one_vertex");
        var sum = corner.EnumerateObject().Sum(pair => (pair.Name == "O" ? 2 : 1) * (pair.Value.GetDouble() - diagram.Reference(Element.Parse(pair.Name)).EnergyPerAtomEv));
        Assert.Equal(diagram.Hull(Composition.Parse("LiFeO2")).FormationEnergyEvPerAtom * 4, sum, 0.01);
        foreach (var pair in corner.EnumerateObject()) Assert.InRange(pair.Value.GetDouble(), Absolute(pair.Name, ranges[pair.Name].LowestEv) - 0.01, Absolute(pair.Name, ranges[pair.Name].HighestEv) + 0.01);

        double Absolute(string symbol, double relativeEv) => relativeEv + diagram.Reference(Element.Parse(symbol)).EnergyPerAtomEv;
    }

    [Theory]
    [InlineData("IR O2|Mn norm=False")]
    [InlineData("GPIR MnO2|Mn norm=False total")]
    [InlineData("GPIR Mn|O2 norm=True total")]
    [InlineData("GPIR Li2O|Mn norm=False total")]
    [InlineData("GPIR Mn|O2 norm=True mutual")]
    [InlineData("GPIR Mn|Li2O norm=True total")]
    [InlineData("IR Li2O2|Li norm=False hullE")]
    [InlineData("IR Li2O2|Li norm=False ownE")]
    public void Minima_of_toy_reactions_agree_by_either_normalisation(string name)
    {
        var (reaction, perAtom, mutual, atoms) = ToyReaction(name);
        var expected = Expected("interface_expected", "minimum_x_E").GetProperty(name);
        var least = mutual ? reaction.MutualMinimum : reaction.Minimum;
        // The least per formula unit need not be the least per atom: of the kinks the one that pymatgen tells is compared.
        var kink = perAtom ? reaction.Kinks.Single(kink => kink.X == least.X) : reaction.Kinks.MinBy(kink => kink.EnergyEvPerFormulaUnit)!;
        var energy = (perAtom, mutual) switch { (true, true) => kink.MutualEnergyEvPerAtom, (true, false) => kink.EnergyEvPerAtom, (false, true) => kink.MutualEnergyEvPerFormulaUnit, _ => kink.EnergyEvPerFormulaUnit };
        Assert.Equal(expected[1].GetDouble(), energy, 1e-5);
        if (energy < -1e-9) Assert.Equal(expected[0].GetDouble(), perAtom ? kink.XMole * atoms.First / (kink.XMole * atoms.First + (1 - kink.XMole) * atoms.Second) : kink.XMole, 1e-5);
        if (!Expected("interface_expected", "no_mixing_energy").TryGetProperty(name, out var alone)) return;
        double[] gains = [.. alone.EnumerateObject().Select(one => one.Value.GetDouble())];
        Assert.Equal(gains[0], perAtom ? reaction.Kinks[^1].EnergyEvPerAtom : reaction.Kinks[^1].EnergyEvPerFormulaUnit, 1e-6);
        Assert.Equal(gains[1], perAtom ? reaction.Kinks[0].EnergyEvPerAtom : reaction.Kinks[0].EnergyEvPerFormulaUnit, 1e-6);
    }

    [Theory]
    [InlineData("IR O2|Mn norm=False")]
    [InlineData("IR O2|Mn norm=True")]
    [InlineData("GPIR Li2O2|Li2O2 norm=True total")]
    [InlineData("IR Li2O2|Li2O2 norm=True")]
    public void Kinks_of_toy_reactions_agree_in_kilojoules(string name)
    {
        var (reaction, perAtom, _, atoms) = ToyReaction(name);
        var expected = Expected("interface_expected", "kinks").GetProperty(name);
        Assert.Equal(expected.GetProperty("index").GetArrayLength(), reaction.Kinks.Count);
        foreach (var (index, kink) in reaction.Kinks.Index())
        {
            Assert.Equal(Of("x"), perAtom ? kink.XMole * atoms.First / (kink.XMole * atoms.First + (1 - kink.XMole) * atoms.Second) : kink.XMole, 1e-5);
            Assert.Equal(Of("E"), perAtom ? kink.EnergyEvPerAtom : kink.EnergyEvPerFormulaUnit, 1e-6);
            Assert.Equal(Of("kJ"), kink.EnergyEvPerFormulaUnit * 96.4853, 1e-3);

            double Of(string key) => expected.GetProperty(key)[index].GetDouble();
        }
        if (Expected("interface_expected", "critical_original_kink_ratio").TryGetProperty(name, out var ratios))
            Assert.All(ratios.EnumerateArray().Zip(reaction.Kinks), pair => Assert.Equal(pair.First.GetDouble(), pair.Second.XMole, 1e-5));
    }

    /// <summary>pymatgen counts from 298.15 K and 1 bar, with equations of its own; its tests allow 0.01 eV, the last two differ by 0.015.</summary>
    [Theory]
    [InlineData("O 298.15K 100e5Pa", 298.15, 100, 0.01)]
    [InlineData("O 1000K 1e5", 1000, 1, 0.01)]
    [InlineData("O 500K 1e5", 500, 1, 0.01)]
    [InlineData("O 1000K 1e-25", 1000, 1e-30, 0.01)]
    [InlineData("O 1250K 1e-25", 1250, 1e-30, 0.015)]
    [InlineData("O 1500K 1e-25", 1500, 1e-30, 0.016)]
    [InlineData("O 1000K 1e-15", 1000, 1e-20, 0.01)]
    public void The_chemical_potential_of_oxygen_gas_agrees(string name, double temperatureK, double pressureBar, double tolerance) =>
        Assert.Equal(Expected("interface_expected", "chempot_correction_eV_tolerance_0p01").GetProperty(name).GetDouble(),
            OxygenGas.ChemicalPotentialEv(temperatureK, pressureBar) - OxygenGas.ChemicalPotentialEv(298.15, 1), tolerance);

    [Fact]
    public void An_oxide_above_its_elements_has_the_energy_of_the_hull()
    {
        var diagram = Toy.Diagram([.. Numbers(Expected("interface_toy_entries_eV_total")).Select(pair => (pair.Key, pair.Value))]);
        var reaction = Toy.React(diagram, Composition.Parse("MnO3"), Composition.Parse("MnO2"));
        Assert.Equal(Expected("interface_expected", "get_entry_energy").GetProperty("MnO3").GetDouble(), reaction.First.EnergyEvPerAtom * 4, 1e-6);
        Assert.Equal(Expected("interface_expected", "get_entry_energy").GetProperty("MnO2").GetDouble(), reaction.Second.EnergyEvPerAtom * 3, 1e-6);
        Assert.Single(reaction.Warnings);
    }

    /// <summary>For example "GPIR Mn|O2 norm=True mutual": open to Li at -3 eV, per atom rather than per formula unit.</summary>
    private static (InterfaceReaction Reaction, bool PerAtom, bool Mutual, (double First, double Second) Atoms) ToyReaction(string name)
    {
        var words = name.Split(' ');
        var reactants = words[1].Split('|').Select(Composition.Parse).ToArray();
        var isOpen = words[0] == "GPIR";
        var diagram = Toy.Diagram([.. Numbers(Expected("interface_toy_entries_eV_total")).Select(pair => (pair.Key, pair.Value))]);
        var kind = name.Contains("hullE", StringComparison.Ordinal) ? ReactantEnergyKind.Hull : ReactantEnergyKind.Own;
        var reaction = Toy.React(diagram, reactants[0], reactants[1], kind, isOpen ? [(Li, -3)] : []);
        // pymatgen counts the open element's atoms in the reactants' fraction.
        return (reaction, words[2] == "norm=True", words.Contains("mutual"), (reactants[0].AtomCount, reactants[1].AtomCount));
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
