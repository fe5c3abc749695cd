using System.Collections.Immutable;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>MP2020: the energies are Table 1 and 2 of A. Wang et al., Sci. Rep. 11, 15496 (2021).</summary>
public class CorrectionSchemeTests
{
    [Theory]
    [InlineData("Li2O", "", -0.687)]
    [InlineData("Li2O2", "", 2 * -0.465)]
    [InlineData("Li4O4", "", 4 * -0.465)]
    [InlineData("KO2", "", 2 * -0.161)]
    [InlineData("KO3", "", 0)]
    [InlineData("Li2MnO3", "Mn 3.9", 3 * -0.687 - 1.668)]
    [InlineData("MnF2", "Mn 3.9", 2 * -0.462 - 1.668)]
    [InlineData("MnCl2", "", 2 * -0.614)]
    [InlineData("Li3ScF6", "", 6 * -0.462)]
    [InlineData("Li3InCl6", "", 6 * -0.614)]
    [InlineData("InClO", "", -0.687 - 0.614)]
    [InlineData("LiClO4", "", 4 * -0.687)]
    [InlineData("Li2SO4", "", 4 * -0.687)]
    [InlineData("Li2S", "", -0.503)]
    [InlineData("SiO2", "", 2 * -0.687)]
    [InlineData("Mg2Si", "", 0.071)]
    [InlineData("LiH", "", -0.179)]
    [InlineData("O2", "", 0)]
    [InlineData("Cl2", "", 0)]
    [InlineData("LiIn", "", 0)]
    public void Corrections_of_a_formula(string formula, string hubbard, double energyEv)
    {
        var entry = CorrectionScheme.Mp2020.Correct(Phase(formula, hubbard));
        Assert.Equal(-3 + energyEv / entry.Composition.AtomCount, entry.EnergyPerAtomEv, 1e-12);
        Assert.Equal(entry.EnergyPerAtomEv + 3, entry.Adjustments.Sum(adjustment => adjustment.EnergyEvPerAtom), 1e-12);
        Assert.Equal("GGA/GGA+U, MP2020", entry.Scale!.ToString());
    }

    [Fact]
    public void An_entry_tells_what_was_added_to_it() =>
        Assert.Equal(["MP2020 anion correction (oxide)", "MP2020 anion correction (Cl)"], CorrectionScheme.Mp2020.Correct(Phase("InClO", "")).Adjustments.Select(adjustment => adjustment.Name));

    [Theory]
    [InlineData(1.25, -0.161)]
    [InlineData(1.41, -0.161)]
    [InlineData(1.45, -0.465)]
    [InlineData(1.56, -0.465)]
    [InlineData(1.60, -0.687)]
    public void The_structure_tells_peroxides_by_the_distance_of_their_oxygens(double distanceA, double energyEv)
    {
        var entry = CorrectionScheme.Mp2020.Correct(Phase("MgO2", "") with { Structure = Dimer(distanceA) });
        Assert.Equal(2 * energyEv / 3, entry.EnergyPerAtomEv + 3, 1e-12);
    }

    [Fact]
    public void The_bond_may_lead_through_the_side_of_the_cell()
    {
        var structure = new Structure(new Lattice(new(4, 0, 0), new(0, 4, 0), new(0, 0, 4)),
            [new(Element.Parse("Mg"), new(0.5, 0.5, 0.5)), new(Element.Parse("O"), new(0.02, 0, 0)), new(Element.Parse("O"), new(0.65, 0, 0))]);
        Assert.Equal("MP2020 anion correction (peroxide)", CorrectionScheme.Mp2020.Correct(Phase("MgO2", "") with { Structure = structure }).Adjustments.Single().Name);
    }

    [Fact]
    public void What_the_source_says_of_the_oxygens_goes_before_the_structure() =>
        Assert.Equal("MP2020 anion correction (oxide)", CorrectionScheme.Mp2020.Correct(Phase("MgO2", "") with { Structure = Dimer(1.3), OxideType = "hydroxide" }).Adjustments.Single().Name);

    [Theory]
    [InlineData("MnO2", "", "U of Mn is 0 eV")]
    [InlineData("MnO2", "Mn 4.5", "U of Mn is 4.5 eV")]
    [InlineData("MnCl2", "Mn 3.9", "the scheme is for 0 eV")]
    [InlineData("Mn", "Mn 3.9", "the scheme is for 0 eV")]
    public void Another_U_is_refused(string formula, string hubbard, string why)
    {
        var error = Assert.Throws<DftFlowException>(() => CorrectionScheme.Mp2020.Correct(Phase(formula, hubbard)));
        Assert.Equal("DF3154", error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_functional_or_potential_is_refused()
    {
        Assert.Contains("r2SCAN", CorrectionScheme.Mp2020.Objection(Phase("Li2O", "") with { Functional = "r2SCAN" }), StringComparison.Ordinal);
        var plain = CalculationSettings.Empty with { Potentials = ImmutableSortedDictionary<Element, string>.Empty.Add(Element.Parse("Li"), "Li") };
        Assert.Contains("Li_sv", CorrectionScheme.Mp2020.Objection(Phase("Li2O", "") with { Settings = plain }), StringComparison.Ordinal);
        Assert.Null(CorrectionScheme.Mp2020.Objection(Phase("Li2O", "")));
    }

    [Fact]
    public void A_scheme_of_ones_own_may_give_elements_fitted_energies()
    {
        var scheme = CorrectionScheme.Load("""
            name: mine
            version: 1
            source: this test
            functional: PBE
            anions: { F: -400 meV }
            elements: { F: -1.42 eV/atom }
            oxidation-states: { F: { -1: 1 } }
            """, "mine.yaml");
        Assert.Equal(-1.42, scheme.Correct(Phase("F2", "")).EnergyPerAtomEv, 1e-12);
        Assert.Equal(-3.2, scheme.Correct(Phase("LiF", "")).EnergyPerAtomEv, 1e-12);
        Assert.Equal(new EnergyScale("PBE", "mine"), scheme.Scale);
    }

    [Theory]
    [InlineData("name: none\nversion: 1\nsource: x\nfunctional: PBE", "DF1007", 1)]
    [InlineData("name: a\nversion: 1\nsource: x", "DF1009", 1)]
    [InlineData("name: a\nversion: 1\nsource: x\nfunctional: PBE\nanions: { Q: 1 eV }", "DF1010", 5)]
    [InlineData("name: a\nversion: 1\nsource: x\nfunctional: PBE\nanions: { O: 1 }", "DF1008", 5)]
    [InlineData("name: a\nversion: 1\nsource: x\nfunctional: PBE\nperoxides: [Qq]", "DF1024", 5)]
    [InlineData("name: a\nversion: 1\nsource: x\nfunctional: PBE\noxidation-states: { O: { two: 1 } }", "DF1007", 5)]
    [InlineData("name: [", "DF1002", null)]
    public void Says_what_is_wrong_in_a_scheme_and_where(string yaml, string code, int? line)
    {
        var error = Assert.Throws<DftFlowException>(() => CorrectionScheme.Load(yaml, "mine.yaml"));
        Assert.Equal(code, error.Code);
        if (line is not null) Assert.Equal(line, error.Line);
        Assert.Equal("mine.yaml", error.File);
    }

    [Fact]
    public void A_decimal_comma_in_a_scheme_is_called_so()
    {
        var wrong = CorrectionScheme.Text("mp2020").Replace("oxide: -0.687 eV", "oxide: -0,687 eV", StringComparison.Ordinal);
        Assert.Contains("'-0,687 eV' has a decimal comma", Assert.Throws<DftFlowException>(() => CorrectionScheme.Load(wrong, "mine.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schemes_are_found_by_name_or_path()
    {
        Assert.Null(CorrectionScheme.Find("none"));
        Assert.Equal("MP2020", CorrectionScheme.Find("MP2020")!.Name);
        Assert.Equal("DF3153", Assert.Throws<DftFlowException>(() => CorrectionScheme.Find("mp2021")).Code);
        Assert.Equal("DF3153", Assert.Throws<DftFlowException>(() => CorrectionScheme.Find("not/there.yaml")).Code);
        Assert.Equal("MP2020", CorrectionScheme.Find(Path.Combine(TestPaths.Repository, "templates", "schemes", "mp2020.yaml"))!.Name);
    }

    internal static CalculatedPhase Phase(string formula, string hubbard) => new(formula, Composition.Parse(formula), -3, "PBE")
    {
        Settings = CalculationSettings.Empty with
        {
            HubbardUEv = hubbard.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Trim().Split(' '))
                .ToImmutableSortedDictionary(part => Element.Parse(part[0]), part => double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture)),
        },
    };

    private static Structure Dimer(double distanceA) => new(new Lattice(new(5, 0, 0), new(0, 5, 0), new(0, 0, 5)),
        [new(Element.Parse("Mg"), new(0.5, 0.5, 0.5)), new(Element.Parse("O"), new(0, 0, 0)), new(Element.Parse("O"), new(0, 0, distanceA / 5))]);
}
