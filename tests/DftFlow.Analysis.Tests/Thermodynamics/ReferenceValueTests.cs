using System.Globalization;
using System.Text.Json;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>Hulls, reaction curves and windows of real entries, held against pymatgen 2022.11.7.</summary>
public class ReferenceValueTests
{
    private const double EnergyTolerance = 1e-6;
    private static readonly Dictionary<string, string> Files = new()
    {
        ["mp2020-gga"] = "entries-mp2020-gga.csv",
        ["mp-legacy2019"] = "entries-mp-legacy2019.csv",
        ["mp-mixed-pooled"] = "entries-mp-mixed-pooled.csv",
        ["mp-r2scan-li-sc-f"] = "entries-mp-r2scan-li-sc-f.csv",
    };

    [Theory]
    [InlineData("mp2020-gga", 22)]
    [InlineData("mp-legacy2019", 22)]
    [InlineData("mp-mixed-pooled", 20)]
    [InlineData("mp-r2scan-li-sc-f", 3)]
    public void Hulls_agree(string table, int atLeast)
    {
        var diagram = Diagram(table);
        var checkedPhases = 0;
        foreach (var (formula, expected) in Expected("hulls", table).EnumerateObject().Select(p => (p.Name, p.Value)))
        {
            var phase = diagram.Stability(Composition.Parse(formula));
            var hull = phase.FormationEnergyEvPerAtom - phase.EnergyAboveHullEvPerAtom;
            Assert.Equal(Number(expected, "hull_energy_eV_per_atom"), hull, EnergyTolerance);
            Assert.Equal(expected.GetProperty("entry_id").GetString(), phase.Entry?.EntryId);
            if (phase.Entry is not null)
            {
                Assert.Equal(Number(expected, "e_above_hull_eV_per_atom"), phase.EnergyAboveHullEvPerAtom, EnergyTolerance);
                Assert.Equal(Number(expected, "formation_energy_eV_per_atom"), phase.FormationEnergyEvPerAtom, EnergyTolerance);
                Assert.Equal(Number(expected, "equilibrium_or_phase_separation_energy_eV_per_atom"), diagram.PhaseSeparationEnergyEvPerAtom(Composition.Parse(formula)), EnergyTolerance);
                Assert.Equal(expected.GetProperty("n_polymorphs").GetInt32(), diagram.Entries.Count(entry => entry.Formula == phase.Formula));
            }
            AssertSame(Amounts(expected.GetProperty("decomposition_atomic_fractions")),
                phase.Decomposition.ToDictionary(part => part.Entry.Formula, part => part.AtomicFraction));
            checkedPhases++;
        }
        Assert.True(checkedPhases >= atLeast, $"only {checkedPhases} phases");
    }

    [Theory]
    [InlineData("mp2020-gga")]
    [InlineData("mp-legacy2019")]
    [InlineData("mp-mixed-pooled")]
    public void Closed_reaction_curves_agree_at_every_kink(string table)
    {
        var diagram = Diagram(table);
        var pairs = Expected("pairs", table).EnumerateArray().ToList();
        Assert.NotEmpty(pairs);
        foreach (var pair in pairs)
        {
            var (first, second) = (Formula(pair, "c1"), Formula(pair, "c2"));
            var kind = pair.GetProperty("use_hull_energy").GetBoolean() ? ReactantEnergyKind.Hull : ReactantEnergyKind.Own;
            var reaction = InterfaceReaction.Calculate(diagram, first, second, kind, cancellation: TestContext.Current.CancellationToken);
            var expected = pair.GetProperty("kinks").EnumerateArray().ToList();
            Assert.Equal(expected.Count, reaction.Kinks.Count);
            foreach (var (want, kink) in expected.Zip(reaction.Kinks))
            {
                Assert.Equal(Number(want, "x_atom_c1"), kink.X, 1e-6);
                Assert.Equal(Number(want, "x_mol_c1"), kink.XMole, 1e-6);
                Assert.Equal(Number(want, "E_eV_per_atom"), kink.EnergyEvPerAtom, EnergyTolerance);
                Assert.Equal(Number(want, "E_mutual_meV_per_atom") / 1000, kink.MutualEnergyEvPerAtom, EnergyTolerance);
                Assert.Equal(Number(want, "E_eV_per_mole_of_mixture_fu"), kink.EnergyEvPerFormulaUnit, 10 * EnergyTolerance);
                // pymatgen's 96.4853 kJ/mol for an eV.
                Assert.Equal(Number(want, "E_kJ_per_mol_reaction"), kink.EnergyEvPerFormulaUnit * 96.4853, 1e-3);
                var coefficients = Amounts(want.GetProperty("coeffs"));
                if (coefficients.Count == 1) Assert.Equal(kink.Reaction.Reactants.Single().Formula, kink.Reaction.Products.Single().Formula);
                else AssertSame(coefficients, Net(kink.Reaction));
            }
            Assert.Equal(Number(pair.GetProperty("min"), "E_meV_per_atom") / 1000, reaction.Minimum.EnergyEvPerAtom, EnergyTolerance);
            Assert.Equal(Number(pair.GetProperty("min_mutual"), "E_meV_per_atom") / 1000, reaction.MutualMinimum.EnergyEvPerAtom, EnergyTolerance);
        }
    }

    [Theory]
    [InlineData("open_to_Li_mp2020-gga", "V=", 32)]
    [InlineData("open_to_O2_mp2020-gga", "mu_O-mu_O(O2,0K)=", 12)]
    public void Reactions_open_to_an_element_agree_at_their_minima(string section, string condition, int count)
    {
        var diagram = Diagram("mp2020-gga");
        var cases = Expected(section).EnumerateObject().ToList();
        Assert.Equal(count, cases.Count);
        foreach (var item in cases)
        {
            var parts = item.Name.Split('|');
            var (first, second) = (Composition.Parse(parts[0]), Composition.Parse(parts[1]));
            var value = double.Parse(parts[2][condition.Length..], CultureInfo.InvariantCulture);
            var lithium = condition == "V=";
            var element = Element.Parse(lithium ? "Li" : "O");
            var open = new Dictionary<Element, double> { [element] = lithium ? WorkingIon.ChemicalPotentialEv(element, value) : value };
            var reaction = InterfaceReaction.Calculate(diagram, first, second, ReactantEnergyKind.Own, open, TestContext.Current.CancellationToken);
            Check(item.Value.GetProperty("total"), reaction.Minimum);
            Check(item.Value.GetProperty("mutual"), reaction.MutualMinimum);

            void Check(JsonElement expected, InterfaceMinimum minimum)
            {
                var energy = Number(expected, lithium ? "E_meV_per_nonLi_atom" : "E_meV_per_nonO_atom") / 1000;
                Assert.Equal(energy, minimum.EnergyEvPerAtom, EnergyTolerance);
                if (energy > -EnergyTolerance) return;
                // pymatgen counts the open element's atoms in the reactants' fraction; here they do not count.
                var mole = reaction.Kinks.Single(kink => kink.X == minimum.X).XMole;
                Assert.Equal(Number(expected, "x"), mole * first.AtomCount / (mole * first.AtomCount + (1 - mole) * second.AtomCount), 1e-6);
                Assert.Equal(Terms(expected.GetProperty("reaction").GetString()!), Terms(minimum.Reaction.ToString()));
            }
        }
    }

    [Theory]
    [InlineData("mp2020-gga", 8)]
    [InlineData("mp-legacy2019", 8)]
    [InlineData("mp-mixed-pooled", 8)]
    [InlineData("mp-r2scan-li-sc-f", 2)]
    public void Windows_agree_at_every_step(string table, int count)
    {
        var diagram = Diagram(table);
        var cases = Expected("windows", table).EnumerateObject().ToList();
        Assert.Equal(count, cases.Count);
        foreach (var (expected, formula) in cases.Select(item => (item.Value, Formula(item.Value, "formula"))))
        {
            var window = ElectrochemicalWindow.Calculate(diagram, formula, Element.Parse("Li"), cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(Number(expected, "reduction_limit_V"), window.ReductionLimitV, 1e-6);
            Assert.Equal(Number(expected, "oxidation_limit_V"), window.OxidationLimitV!.Value, 1e-6);
            var limits = expected.GetProperty("at_limit_products");
            Assert.Equal(Terms(limits.GetProperty("reduction").GetString()), Terms(window.AtReduction?.ToString()));
            Assert.Equal(Terms(limits.GetProperty("oxidation").GetString()), Terms(window.AtOxidation?.ToString()));
            var profile = expected.GetProperty("profile").EnumerateArray().ToList();
            Assert.Equal(profile.Count, window.Profile.Count);
            foreach (var (want, step) in profile.Zip(window.Profile))
            {
                Assert.Equal(Number(want, "V_onset"), step.VoltageV, 1e-6);
                Assert.Equal(Number(want, "Li_exchanged_per_fu"), step.WorkingIonChange, 1e-6);
                Assert.Equal(Terms(want.GetProperty("reaction").GetString()), Terms(step.Reaction.ToString()));
            }
        }
    }

    [Theory]
    [InlineData("mp2020-gga")]
    [InlineData("mp-legacy2019")]
    public void The_oxidation_of_Li3ScF6_with_its_own_energy_agrees(string table)
    {
        var expected = Expected("sensitivity", "Li3ScF6_direct_oxidation_V").GetProperty(table);
        var window = ElectrochemicalWindow.Calculate(Diagram(table), Composition.Parse("Li3ScF6"), Element.Parse("Li"), ReactantEnergyKind.Own,
            TestContext.Current.CancellationToken);
        Assert.Equal(Number(expected, "Li3ScF6_to_ScF3_F2_V"), window.OxidationLimitV!.Value, 1e-6);
    }

    [Theory]
    [InlineData("mp2020-gga")]
    [InlineData("mp-legacy2019")]
    [InlineData("mp-mixed-pooled")]
    [InlineData("mp-r2scan-li-sc-f")]
    public void Tables_have_the_entries_that_they_had_there(string table) =>
        Assert.Equal(Expected("entries_counts").GetProperty(Files[table]).GetInt32(), Diagram(table).Entries.Count);

    /// <summary>Supposed energies of the halide; first order, so the same where the hull does not change: above it.</summary>
    [Fact]
    public void Offsets_of_a_supposed_energy_agree_above_the_hull()
    {
        var seen = 0;
        foreach (var item in Expected("sensitivity").EnumerateObject().Single(item => item.Name.StartsWith("min_vs_LITC_energy_offset", StringComparison.Ordinal)).Value.EnumerateObject())
        {
            var words = item.Name.Split('|');
            var (diagram, first, halide) = (Diagram(words[0]), Composition.Parse(words[1]), Composition.Parse("Li2.6In0.8Ta0.2Cl6"));
            var asked = InterfaceReaction.Calculate(diagram, first, halide, cancellation: TestContext.Current.CancellationToken);
            var offsets = item.Value.EnumerateObject().Select(row => (MeV: double.Parse(row.Name, CultureInfo.InvariantCulture), Energy: row.Value.GetDouble())).Where(row => row.MeV >= 0).ToArray();
            var rows = Variations.Of(diagram, first, halide, asked, new([], [.. offsets.Select(row => new OwnEnergy(halide, row.MeV / 1000, FromHull: true))]), TestContext.Current.CancellationToken)
                .Where(row => row.Kind == VariationKind.OwnEnergy);
            foreach (var (want, row) in offsets.Zip(rows, (want, row) => (want, row)))
            {
                Assert.Equal(want.Energy / 1000, row.Result!.Minimum.EnergyEvPerAtom, EnergyTolerance);
                seen++;
            }
        }
        Assert.True(seen >= 45, $"only {seen} offsets");
    }

    [Fact]
    public void Minima_without_phases_agree()
    {
        var cases = Expected("sensitivity", "Li2MnO3_LITC_min_when_phases_are_left_out (mp2020-gga)").EnumerateObject().ToArray();
        Assert.Equal(5, cases.Length);
        foreach (var item in cases)
        {
            var diagram = item.Name.Split('+').Aggregate(Diagram("mp2020-gga"), (rest, formula) => rest.Without(Composition.Parse(formula)));
            var reaction = InterfaceReaction.Calculate(diagram, Composition.Parse("Li2MnO3"), Composition.Parse("Li2.6In0.8Ta0.2Cl6"), cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(Number(item.Value, "E_meV_per_atom") / 1000, reaction.Minimum.EnergyEvPerAtom, EnergyTolerance);
            Assert.Equal(Number(item.Value, "x_atom_c1"), reaction.Minimum.X, 1e-6);
            Assert.Equal(Terms(item.Value.GetProperty("reaction").GetString()), Terms(reaction.Minimum.Reaction.ToString()));
        }
    }

    [Fact]
    public void A_polymorph_enters_by_its_id()
    {
        var diagram = Diagram("mp2020-gga");
        var cases = Expected("sensitivity", "LiMnO2_polymorph (mp2020-gga)").EnumerateObject().ToArray();
        Assert.Equal(9, cases.Length);
        foreach (var item in cases)
        {
            var words = item.Name.Split('|');
            var polymorph = ChosenPhase.Find(diagram, words[0]);
            var reaction = InterfaceReaction.Calculate(diagram, polymorph, Composition.Parse(words[1]), cancellation: TestContext.Current.CancellationToken);
            Assert.Equal((words[0], "LiMnO2"), (reaction.First.EntryId, reaction.First.Formula));
            Assert.Equal(Number(item.Value, "e_above_hull_eV"), reaction.First.EnergyAboveHullEvPerAtom!.Value, EnergyTolerance);
            Assert.Equal(Number(item.Value, "min_meV_per_atom") / 1000, reaction.Minimum.EnergyEvPerAtom, EnergyTolerance);
        }
    }

    [Fact]
    public void Entries_of_the_reactants_own_systems_alone_give_the_wrong_answer_that_is_expected()
    {
        var seen = 0;
        foreach (var item in Expected("sensitivity").EnumerateObject().Single(item => item.Name.StartsWith("entries_restricted", StringComparison.Ordinal)).Value.EnumerateObject())
        {
            var words = item.Name.Split('|');
            var (first, second) = (Composition.Parse(words[1]), Composition.Parse(words[2]));
            var diagram = new PhaseDiagram([.. Diagram(words[0]).Entries.Where(entry => entry.Composition.Elements.All(first.Elements.Contains) || entry.Composition.Elements.All(second.Elements.Contains))]);
            var reaction = InterfaceReaction.Calculate(diagram, first, second, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(Number(item.Value, "E_meV_per_atom") / 1000, reaction.Minimum.EnergyEvPerAtom, EnergyTolerance);
            seen++;
        }
        Assert.True(seen >= 6, $"only {seen} pairs");
    }

    [Fact]
    public void What_open_reactants_gain_alone_agrees()
    {
        var diagram = Diagram("mp2020-gga");
        var lithium = Element.Parse("Li");
        var seen = 0;
        foreach (var item in Expected("open_to_Li_mp2020-gga").EnumerateObject())
        {
            var words = item.Name.Split('|');
            var open = new Dictionary<Element, double> { [lithium] = WorkingIon.ChemicalPotentialEv(lithium, double.Parse(words[2][2..], CultureInfo.InvariantCulture)) };
            var reaction = InterfaceReaction.Calculate(diagram, Composition.Parse(words[0]), Composition.Parse(words[1]), ReactantEnergyKind.Own, open, TestContext.Current.CancellationToken);
            double[] alone = [.. item.Value.GetProperty("no_mixing_energy").EnumerateObject().Select(one => one.Value.GetDouble())];
            // Of the first and the second, per atom that is not lithium.
            Assert.Equal(alone[0], reaction.Kinks[^1].EnergyEvPerAtom, EnergyTolerance);
            Assert.Equal(alone[1], reaction.Kinks[0].EnergyEvPerAtom, EnergyTolerance);
            seen++;
        }
        Assert.Equal(32, seen);
    }

    [Fact]
    public void Stabilities_of_all_entries_agree_with_those_one_at_a_time()
    {
        var diagram = Diagram("mp-legacy2019");
        var all = diagram.Stabilities(TestContext.Current.CancellationToken);
        Assert.Equal(diagram.Entries, all.Select(phase => phase.Entry));
        foreach (var phase in all.Where((_, index) => index % 20 == 0))
            Assert.Equal(diagram.Stability(phase.Entry!.Composition).EnergyAboveHullEvPerAtom, phase.EnergyAboveHullEvPerAtom, 1e-9);
    }

    private static PhaseDiagram Diagram(string table)
    {
        using var reader = File.OpenText(TestPaths.Shared("thermo", Files[table]));
        return new PhaseDiagram(EntryTable.Read(reader).Entries);
    }

    private static JsonElement Expected(params string[] path) =>
        path.Aggregate(JsonDocument.Parse(File.ReadAllBytes(TestPaths.Shared("thermo", "expected.json"))).RootElement, (element, key) => element.GetProperty(key));

    private static double Number(JsonElement element, string key) => element.GetProperty(key).GetDouble();

    private static Composition Formula(JsonElement element, string key) => Composition.Parse(element.GetProperty(key).GetString()!);

    private static Dictionary<string, double> Amounts(JsonElement amounts) =>
        amounts.EnumerateObject().ToDictionary(item => Composition.Parse(item.Name).ReducedFormula, item => item.Value.GetDouble());

    private static Dictionary<string, double> Net(BalancedReaction reaction)
    {
        var net = reaction.Products.ToDictionary(term => term.Formula, term => term.Amount);
        foreach (var (formula, amount) in reaction.Reactants) net[formula] = net.GetValueOrDefault(formula) - amount;
        return net;
    }

    private static void AssertSame(Dictionary<string, double> expected, Dictionary<string, double> actual)
    {
        foreach (var formula in expected.Keys.Union(actual.Keys))
            Assert.True(Math.Abs(expected.GetValueOrDefault(formula) - actual.GetValueOrDefault(formula)) < 1e-6,
                $"{formula}: {expected.GetValueOrDefault(formula)} expected, {actual.GetValueOrDefault(formula)} found");
    }

    /// <summary>A printed reaction without regard to the order of its terms: formula and amount, reactants' negative.</summary>
    private static SortedDictionary<string, double>? Terms(string? reaction)
    {
        if (reaction is null) return null;
        var terms = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (side, sign) in reaction.Split(" -> ").Zip([-1, 1]))
            foreach (var parts in side.Split(" + ").Select(term => term.Split(' ')))
                terms[(sign < 0 ? "- " : "+ ") + Composition.Parse(parts[^1]).ReducedFormula] =
                    parts.Length == 2 ? double.Parse(parts[0], CultureInfo.InvariantCulture) : 1;
        return terms;
    }
}
