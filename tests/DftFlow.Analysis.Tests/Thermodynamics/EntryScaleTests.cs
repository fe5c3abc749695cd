using System.Collections.Immutable;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>Energies on different scales are not subtracted from each other.</summary>
public class EntryScaleTests
{
    private const string Plain = "entry_id,composition,energy_per_atom_ev\na,LiF,-5";
    private const string Gga = "entry_id,composition,energy_per_atom_ev,functional,correction_scheme\nb,Li,-1.9,GGA/GGA+U,MP2020\nc,F,-1.9,GGA/GGA+U,MP2020";
    private const string R2Scan = "entry_id,composition,energy_per_atom_ev,functional,scheme\nd,Li,-2.4,r2SCAN,none";

    [Fact]
    public void A_table_tells_its_scale()
    {
        Assert.Equal(new EnergyScale("GGA/GGA+U", "MP2020"), Read(Gga).Scale);
        Assert.Equal("r2SCAN, no corrections", Read(R2Scan).ScaleText);
        Assert.Null(Read(Plain).Scale);
        Assert.Equal("not stated", Read(Plain).ScaleText);
    }

    [Fact]
    public void Formation_energies_are_on_another_scale_than_total_energies() =>
        Assert.Equal(EnergyOrigin.Elements, Read("entry_id,composition,formation_energy_per_atom_ev,functional\na,LiF,-3,PBE").Scale!.Origin);

    [Fact]
    public void Rows_on_two_scales_are_refused_unless_it_is_forced()
    {
        const string mixed = "entry_id,composition,energy_per_atom_ev,functional\na,LiF,-5,PBE\nb,LiF,-6,r2SCAN\nc,LiF,-6,r2SCAN\nd,LiF,-6,r2SCAN\ne,LiF,-6,r2SCAN";
        var error = Assert.Throws<DftFlowException>(() => Read(mixed));
        Assert.Equal("DF3150", error.Code);
        Assert.Contains("PBE, corrections not stated (a); r2SCAN, corrections not stated (b, c, d and 1 more)", error.Message, StringComparison.Ordinal);
        var forced = EntryTable.Read(new StringReader(mixed), mixScales: true);
        Assert.Equal(5, forced.Entries.Count);
        Assert.Null(forced.Scale);
        Assert.StartsWith("mixed by force", forced.ScaleText, StringComparison.Ordinal);
        Assert.Contains("mixed because that was asked for", Assert.Single(forced.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_with_and_without_a_scale_are_refused() =>
        Assert.Equal("DF3150", Assert.Throws<DftFlowException>(() => Read("entry_id,composition,energy_per_atom_ev,functional\na,LiF,-5,PBE\nb,LiF,-6,")).Code);

    [Fact]
    public void Tables_on_one_scale_are_joined()
    {
        var joined = EntryTable.Join([("one", Read(Gga)), ("two", Read(Gga.Replace("b,Li", "x,LiF", StringComparison.Ordinal).Replace("\nc,", "\ny,", StringComparison.Ordinal)))]);
        Assert.Equal(["b", "c", "x", "y"], joined.Entries.Select(entry => entry.EntryId));
        Assert.Equal(new EnergyScale("GGA/GGA+U", "MP2020"), joined.Scale);
    }

    [Theory]
    [InlineData(Gga, R2Scan)]
    [InlineData(Gga, Plain)]
    [InlineData(Plain, "entry_id,composition,energy_per_atom_ev\nz,Li,-2")]
    public void Tables_on_two_scales_are_refused_unless_it_is_forced(string first, string second)
    {
        (string, EntryTable)[] tables = [("one.csv", Read(first)), ("two.csv", Read(second))];
        var error = Assert.Throws<DftFlowException>(() => EntryTable.Join(tables));
        Assert.Equal("DF3150", error.Code);
        Assert.True(File.Exists(Path.Combine(TestPaths.Repository, "docs", "errors", "DF3150.md")));
        Assert.NotEmpty(EntryTable.Join(tables, mixScales: true).Warnings);
    }

    [Fact]
    public void An_energy_of_a_whole_cell_is_noticed_beside_another_table_s_elements()
    {
        var joined = EntryTable.Join([("elements.csv", Read(Gga)), ("mine.csv", Read("entry_id,composition,energy_per_atom_ev,functional,scheme\nmine,Li8F8,-80,GGA/GGA+U,MP2020"))]);
        Assert.Contains("mine (LiF) lies 78.1 eV/atom below its elements", Assert.Single(joined.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_that_are_equal_on_two_scales_are_told_apart_by_their_tables_where_mixing_is_forced()
    {
        (string, EntryTable)[] tables = [("a/mp2020.csv", Read(Gga)), ("a/r2scan.csv", Read(R2Scan.Replace("\nd,", "\nb,", StringComparison.Ordinal)))];
        Assert.Equal("DF3150", Assert.Throws<DftFlowException>(() => EntryTable.Join(tables)).Code);
        var joined = EntryTable.Join(tables, mixScales: true);
        Assert.Equal(["mp2020.csv:b", "c", "r2scan.csv:b"], joined.Entries.Select(entry => entry.EntryId));
        Assert.Contains(joined.Warnings, warning => warning.Contains("1 id stands for entries on several scales", StringComparison.Ordinal) && warning.Contains("b is now mp2020.csv:b", StringComparison.Ordinal));
        Assert.Contains(joined.Warnings, warning => warning.Contains("r2SCAN, no corrections (r2scan.csv:b)", StringComparison.Ordinal));
        // Of one name in two folders, the folders tell them apart.
        Assert.Equal(["a/t:b", "c", "b/t:b"], EntryTable.Join([("a/t", tables[0].Item2), ("b/t", tables[1].Item2)], mixScales: true).Entries.Select(entry => entry.EntryId));
    }

    [Fact]
    public void One_id_on_one_scale_is_one_entry_too_many_even_where_mixing_is_forced()
    {
        Assert.Equal("DF3106", Assert.Throws<DftFlowException>(() => EntryTable.Join([("one.csv", Read(Gga)), ("two.csv", Read(Gga))], mixScales: true)).Code);
        // A table that does not say its scale is on one of its own; twice the same file is twice the same scale.
        Assert.Equal("DF3106", Assert.Throws<DftFlowException>(() => EntryTable.Join([("one.csv", Read(Plain)), ("one.csv", Read(Plain))], mixScales: true)).Code);
        Assert.Equal(["one.csv:a", "two.csv:a"], EntryTable.Join([("one.csv", Read(Plain)), ("two.csv", Read(Plain))], mixScales: true).Entries.Select(entry => entry.EntryId));
    }

    [Theory]
    [InlineData("mp2020-gga.csv", "mp-legacy2019.csv")]
    [InlineData("mp2020-gga.csv", "mp-r2scan-li-sc-f.csv")]
    public void The_carried_tables_can_be_mixed_by_force(string first, string second)
    {
        string[] paths = [.. new[] { first, second }.Select(name => Path.Combine(TestPaths.Repository, "workflows", "reference-energies", name))];
        var mixed = EntryFiles.Read(paths, new(MixScales: true), TestContext.Current.CancellationToken).Table;
        Assert.Equal(paths.Sum(path => EntryFiles.Read([path], new(), TestContext.Current.CancellationToken).Table.Entries.Count), mixed.Entries.Count);
        Assert.Contains(mixed.Warnings, warning => warning.Contains("told apart by their tables", StringComparison.Ordinal));
        Assert.NotEmpty(new PhaseDiagram(mixed.Entries).Stabilities(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void One_id_in_two_tables_is_refused()
    {
        var error = Assert.Throws<DftFlowException>(() => EntryTable.Join([("one.csv", Read(Gga)), ("two.csv", Read(Gga))]));
        Assert.Equal(("DF3106", "two.csv"), (error.Code, error.File));
    }

    [Fact]
    public void Without_corrections_an_element_has_one_U_everywhere()
    {
        CalculatedPhase[] phases = [CorrectionSchemeTests.Phase("MnO2", "Mn 3.9"), CorrectionSchemeTests.Phase("Mn", "Mn 3.9"), CorrectionSchemeTests.Phase("Li", "")];
        Assert.Equal("PBE, no corrections, U: Mn 3.9 eV", EntryFiles.Of(phases, new()).ScaleText);
        var error = Assert.Throws<DftFlowException>(() => EntryFiles.Of([.. phases, CorrectionSchemeTests.Phase("LiMnO2", "Mn 4.5")], new()));
        Assert.Equal("DF3150", error.Code);
        Assert.Contains("U of Mn is 3.9 eV in MnO2 (MnO2) and 4.5 eV in LiMnO2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_element_has_one_potential_everywhere()
    {
        CalculatedPhase With(string formula, string potential) => CorrectionSchemeTests.Phase(formula, "") with
        {
            Settings = CalculationSettings.Empty with { Potentials = ImmutableSortedDictionary<Element, string>.Empty.Add(Element.Parse("Li"), potential) },
        };
        Assert.Contains("Li has the potential Li_sv", Assert.Throws<DftFlowException>(() => EntryFiles.Of([With("Li", "Li_sv"), With("LiF", "Li")], new())).Message, StringComparison.Ordinal);
        Assert.Empty(EntryFiles.Of([With("Li", "Li_sv"), With("LiF", "Li_sv")], new()).Warnings);
    }

    [Fact]
    public void What_a_scheme_is_not_made_for_is_left_out_with_a_warning()
    {
        CalculatedPhase[] phases = [CorrectionSchemeTests.Phase("MnO2", "Mn 3.9"), CorrectionSchemeTests.Phase("Mn2O3", "Mn 4.5")];
        var table = EntryFiles.Of(phases, new(CorrectionScheme.Mp2020));
        Assert.Equal("MnO2", Assert.Single(table.Entries).EntryId);
        Assert.Contains("Mn2O3 (Mn2O3) is left out", Assert.Single(table.Warnings), StringComparison.Ordinal);
        Assert.Equal("DF3154", Assert.Throws<DftFlowException>(() => EntryFiles.Of(phases[1..], new(CorrectionScheme.Mp2020))).Code);
    }

    private static EntryTable Read(string csv) => EntryTable.Read(new StringReader(csv));
}
