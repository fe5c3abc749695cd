using DftFlow.Crystals;
using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows;

/// <summary>Analyses of tables of phases: what they ask for, and what is told of before anything runs.</summary>
public sealed class PhaseAnalysisTests : IDisposable
{
    private readonly WorkflowFolder folder = new();

    public PhaseAnalysisTests() => folder.Write("mine.csv", "entry_id,composition,energy_per_atom_ev\nli,Li,0\no,O2,0\nf,F2,0\nlio,Li2O,-2\nlif,LiF,-3");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Voltages_and_oxygen_gas_are_chemical_potentials()
    {
        var planned = Analysis<PlannedInterfaceReaction>("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], open: { F: -1 eV }, voltage: 2.5 V, oxygen: { pressure: 20 kPa, temperature: 300 K } }");
        var open = planned.OpenEv.ToDictionary(pair => pair.Key.Symbol, pair => pair.Value);
        Assert.Equal((-1.0, -2.5, 3), (open["F"], open["Li"], open.Count));
        // -0.272 at 300 K and 1 bar, and kT/2 ln 0.2.
        Assert.Equal(-0.2736 + 8.617e-5 * 300 / 2 * Math.Log(0.2), open["O"], 1e-3);
        Assert.Equal(2, planned.Conditions.Length);
    }

    [Fact]
    public void Other_entries_and_supposed_energies_are_variations()
    {
        folder.Write("other.csv", "entry_id,composition,energy_per_atom_ev\nli,Li,0\no,O2,0\nf,F2,0");
        var planned = Analysis<PlannedWindow>("window: { entries: mine.csv, phases: [LiF], working-ion: Li, also: [other.csv], own-energies: [{ phase: LiF, above-hull: 20 meV/atom }, { phase: LiF, formation-energy: -2.9 eV/atom }] }");
        Assert.Equal("other.csv", Assert.Single(planned.Treatment.Entries).Name);
        Assert.Equal([new(Composition.Parse("LiF"), 0.02, true), new(Composition.Parse("LiF"), -2.9, false)], planned.Treatment.OwnEnergies);
    }

    [Fact]
    public void A_hull_has_a_row_for_each_phase_and_the_elements_of_all_of_them()
    {
        var planned = Analysis<PlannedHull>("hull: { entries: mine.csv, phases: [LiF, Li2O2] }");
        Assert.Equal(["LiF", "Li2O2"], planned.Cells.Select(cell => cell["phase"]));
        Assert.Equal(["Li", "O", "F"], planned.Elements.Select(element => element.Symbol));
        Assert.Equal(["energy_above_hull", "formation_energy", "phase_separation_energy"], planned.Quantities.Select(quantity => quantity.Name));
    }

    [Fact]
    public void A_hull_is_drawn_at_chemical_potentials_and_over_those_of_two_elements()
    {
        var planned = Analysis<PlannedHull>("hull: { entries: mine.csv, phases: [LiF], elements: [Li, O, F, Mn], open: { Mn: -500 meV }, potentials: [O, Li] }");
        Assert.Equal((Element.Parse("O"), Element.Parse("Li"), Element.Parse("F")), planned.Potentials);
        Assert.Equal([KeyValuePair.Create(Element.Parse("Mn"), -0.5)], planned.OpenEv);
    }

    [Theory]
    [InlineData("hull: { entries: mine.csv, phases: [LiF], elements: [Li, O] }", "DF1017")]
    [InlineData("hull: { entries: mine.csv, phases: [LiF], elements: [Li, O, F], potentials: [Li] }", "DF1007")]
    [InlineData("hull: { entries: mine.csv, phases: [LiF], elements: [Li, O, F], potentials: [Li, Li] }", "DF3181")]
    [InlineData("hull: { entries: mine.csv, phases: [LiF], elements: [Li, F], potentials: [Li, F] }", "DF3181")]
    [InlineData("hull: { entries: mine.csv, phases: [LiF], elements: [Li, O, F], open: { F: -1 eV }, potentials: [Li, O] }", "DF3181")]
    [InlineData("hull: { entries: mine.csv, phases: [LiQq] }", "DF1024")]
    [InlineData("hull: { entries: mine.csv, phases: [] }", "DF1009")]
    [InlineData("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], open: { Li: -1 eV }, voltage: 2 V }", "DF1006")]
    [InlineData("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], voltage: 2 V, working-ion: F }", "DF3109")]
    [InlineData("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], working-ion: Li }", "DF1009")]
    [InlineData("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], oxygen: { pressure: 1 bar, temperature: 20 K } }", "DF3112")]
    [InlineData("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], oxygen: { pressure: -1 bar, temperature: 300 K } }", "DF3112")]
    [InlineData("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], oxygen: { pressure: 1, temperature: 300 K } }", "DF1008")]
    [InlineData("interface-reaction: { entries: mine.csv, pairs: [[LiF, Li2O]], also: [nothing.csv] }", "DF1001")]
    [InlineData("window: { entries: mine.csv, phases: [LiF], working-ion: Li, own-energies: [{ phase: LiF }] }", "DF1009")]
    [InlineData("window: { entries: mine.csv, phases: [LiF], working-ion: Li, own-energies: [{ phase: Li2O, above-hull: 1 meV/atom }] }", "DF3113")]
    [InlineData("window: { entries: mine.csv, phases: [LiF], working-ion: Li, own-energies: [{ phase: LiF, above-hull: 1 meV/atom, formation-energy: -1 eV/atom }] }", "DF1009")]
    public void Says_what_is_wrong_before_anything_runs(string analysis, string code)
    {
        var loaded = folder.Load(Workflow(analysis));
        Assert.Null(loaded.Plan);
        Assert.Equal([code], loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error).Select(diagnostic => diagnostic.Code).Distinct());
    }

    private T Analysis<T>(string analysis) where T : PlannedAnalysis => Assert.IsType<T>(folder.LoadGood(Workflow(analysis)).Analyses.Single(planned => planned.Id == "phases"));

    private static string Workflow(string analysis) => WorkflowFolder.Good + $"\n  phases:\n    {analysis}\n";
}
