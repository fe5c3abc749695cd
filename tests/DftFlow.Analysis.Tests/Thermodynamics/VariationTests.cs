using DftFlow.Analysis.Thermodynamics;
using static DftFlow.Tests.Analysis.Thermodynamics.Toy;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>The paper's pair and phase, with one thing done otherwise at a time.</summary>
public class VariationTests
{
    private static readonly (ChosenPhase Oxide, ChosenPhase Halide) Pair = (Formula("Li2MnO3"), Formula("Li2.6In0.8Ta0.2Cl6"));

    [Fact]
    public void Without_each_product_the_minimum_is_what_a_table_without_it_gives()
    {
        var asked = InterfaceReaction.Calculate(Carried.Mp2020, Pair.Oxide, Pair.Halide, cancellation: TestContext.Current.CancellationToken);
        var rows = Of(asked, VariationInputs.None);
        Assert.Equal(VariationKind.Asked, rows[0].Kind);
        Assert.Same(asked, rows[0].Result);
        Assert.Equal(-0.0555406476, rows[0].Result!.Minimum.EnergyEvPerAtom, 1e-9);
        // By pymatgen 2022.11.7, entries left out by hand.
        Assert.Equal(-0.051418634713, rows.Single(row => row.Name == "without InClO").Result!.Minimum.EnergyEvPerAtom, 1e-9);
        // Its own phases on the hull count too: TaCl5 and Li3InCl6 make up the halide.
        Assert.Equal(["without InClO", "without Li3InCl6", "without LiCl", "without MnO2", "without TaCl5", "without TaInO4"],
            rows.Where(row => row.Kind == VariationKind.WithoutPhase).Select(row => row.Name).Order(StringComparer.Ordinal));
        Assert.All(rows.Where(row => row.Kind == VariationKind.WithoutPhase), row => Assert.NotNull(row.Result));
    }

    /// <summary>
    /// Li2O takes all scandium from Li3ScF6: ScF3 is none of the products, but part of what Li3ScF6 would be on the hull. On paper: of
    /// Li3ScF6 + Li2O -> 5 LiF + ScOF the products have -44.5 eV and Li2O -6; Li3ScF6 has -30 on the hull, or its own energy.
    /// </summary>
    [Theory]
    [InlineData(ReactantEnergyKind.Own, -29.9, false, -8.6, null)]
    // Without ScF3 it is itself on the hull.
    [InlineData(ReactantEnergyKind.Hull, -29.9, true, -8.5, -8.6)]
    // Above its elements it is no bound phase: 3 LiF, scandium and fluorine are what is left on the hull without ScF3.
    [InlineData(ReactantEnergyKind.Own, 1.0, true, -8.5, -20.5)]
    [InlineData(ReactantEnergyKind.Hull, 1.0, true, -8.5, -20.5)]
    public void Without_the_phases_that_a_reactant_is_taken_as_on_the_hull(ReactantEnergyKind kind, double fluorideEv, bool onHull, double askedEv, double? withoutEv)
    {
        var diagram = Diagram(("Li", 0), ("Sc", 0), ("F2", 0), ("O2", 0), ("LiF", -6), ("ScF3", -12), ("Li2O", -6), ("ScOF", -14.5), ("Li3ScF6", fluorideEv));
        ChosenPhase fluoride = Formula("Li3ScF6"), oxide = Formula("Li2O");
        var asked = InterfaceReaction.Calculate(diagram, fluoride, oxide, kind, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(onHull, asked.First.TakenOnHull);
        Assert.Equal("0.5 Li3ScF6 + 0.5 Li2O -> 2.5 LiF + 0.5 ScOF", asked.Minimum.Reaction.ToString());
        Assert.Equal(askedEv / 13, asked.Minimum.EnergyEvPerAtom, 1e-9);
        var rows = Variations.Of(diagram, fluoride, oxide, asked, VariationInputs.None, TestContext.Current.CancellationToken).Where(row => row.Kind == VariationKind.WithoutPhase).ToDictionary(row => row.Name);
        Assert.Equal(onHull ? ["without LiF", "without ScF3", "without ScOF"] : ["without LiF", "without ScOF"], rows.Keys.Order(StringComparer.Ordinal));
        if (withoutEv is { } without) Assert.Equal(without / 13, rows["without ScF3"].Result!.Minimum.EnergyEvPerAtom, 1e-9);
    }

    [Fact]
    public void Another_table_is_taken_for_itself()
    {
        var asked = InterfaceReaction.Calculate(Carried.Mp2020, Pair.Oxide, Pair.Halide, cancellation: TestContext.Current.CancellationToken);
        var little = Diagram(("Li", -2), ("O2", -10), ("Mn", -9));
        var rows = Of(asked, new([("little.csv", little)], []));
        var row = rows.Single(row => row.Kind == VariationKind.Entries);
        Assert.Equal("little.csv", row.Name);
        Assert.Null(row.Result);
        Assert.Contains("hold no", row.Reason, StringComparison.Ordinal);
    }

    /// <summary>pymatgen's hull plane moved by an offset; first order, so the same where the supposed energy does not change the hull.</summary>
    [Theory]
    [InlineData(0.005, -0.05820731428703525)]
    [InlineData(0.02, -0.06620731428703525)]
    [InlineData(0.05, -0.08375727466269879)]
    public void A_supposed_energy_above_the_hull_moves_the_reactant_only(double aboveHullEv, double energyEv)
    {
        var asked = InterfaceReaction.Calculate(Carried.Mp2020, Pair.Oxide, Pair.Halide, cancellation: TestContext.Current.CancellationToken);
        var row = Of(asked, new([], [new(Pair.Halide.Composition, aboveHullEv, FromHull: true)])).Single(row => row.Kind == VariationKind.OwnEnergy);
        Assert.Equal(energyEv, row.Result!.Minimum.EnergyEvPerAtom, 1e-9);
    }

    [Fact]
    public void A_supposed_energy_below_the_hull_is_a_new_stable_phase()
    {
        var asked = InterfaceReaction.Calculate(Carried.Mp2020, Pair.Oxide, Pair.Halide, cancellation: TestContext.Current.CancellationToken);
        var row = Of(asked, new([], [new(Pair.Halide.Composition, -0.1, FromHull: true)])).Single(row => row.Kind == VariationKind.OwnEnergy);
        // The plane at x = 0 is the phase itself, so that nothing is gained there.
        Assert.Equal(0, row.Result!.Kinks[0].EnergyEvPerAtom, 1e-9);
        Assert.Equal(-0.1, row.Result.Second.EnergyEvPerAtom - asked.Second.EnergyEvPerAtom, 1e-9);
        Assert.True(row.Result.Minimum.EnergyEvPerAtom > asked.Minimum.EnergyEvPerAtom);
    }

    [Fact]
    public void A_window_depends_on_its_decomposition()
    {
        var phase = (ChosenPhase)Formula("Li3ScF6");
        var asked = ElectrochemicalWindow.Calculate(Carried.Mp2020, phase, Li, cancellation: TestContext.Current.CancellationToken);
        var rows = Variations.Of(Carried.Mp2020, phase, asked, VariationInputs.None, TestContext.Current.CancellationToken);
        Assert.Equal(6.3127418075, rows.Single(row => row.Kind == VariationKind.ReactantEnergy).Result!.OxidationLimitV!.Value, 1e-9);
        // Without LiF it is stable itself, so that on the hull and with its own energy are the same.
        Assert.Equal(6.3127418075, rows.Single(row => row.Name == "without LiF").Result!.OxidationLimitV!.Value, 1e-9);
    }

    [Theory]
    [InlineData("Li3InCl6=-1.9", -1.9, false)]
    [InlineData("Li3InCl6 = hull+0.02", 0.02, true)]
    [InlineData("Li3InCl6=hull-5e-3", -0.005, true)]
    public void Reads_supposed_energies(string text, double energyEv, bool fromHull) =>
        Assert.Equal(new(Formula("Li3InCl6"), energyEv, fromHull), OwnEnergy.Parse(text));

    [Fact]
    public void A_supposed_energy_is_of_the_formula_as_it_was_written() =>
        Assert.Equal("Li2.6In0.8Ta0.2Cl6 at +0.02 eV/atom from the hull", OwnEnergy.Parse("Li2.6 In0.8 Ta0.2 Cl6 = hull+0.02").ToString());

    [Theory]
    [InlineData("Li3InCl6")]
    [InlineData("=-1")]
    [InlineData("Qq=-1")]
    [InlineData("LiF=")]
    [InlineData("LiF=hull")]
    [InlineData("LiF=nan")]
    [InlineData("LiF=1,5")]
    public void Refuses_what_is_no_supposed_energy(string text) => Assert.Equal("DF3113", Assert.Throws<DftFlowException>(() => OwnEnergy.Parse(text)).Code);

    [Theory]
    [InlineData("Li2.6In0.8Ta0.2Cl6=0.1", "would lie 0.1 eV/atom above its elements")]
    [InlineData("Li2.6In0.8Ta0.2Cl6=hull+3", "would lie 1.118 eV/atom above its elements")]
    public void A_supposed_energy_above_the_elements_is_no_phase_s_and_not_silently_taken_on_the_hull(string supposed, string reason)
    {
        var asked = InterfaceReaction.Calculate(Carried.Mp2020, Pair.Oxide, Pair.Halide, cancellation: TestContext.Current.CancellationToken);
        var row = Of(asked, new([], [OwnEnergy.Parse(supposed)])).Single(row => row.Kind == VariationKind.OwnEnergy);
        Assert.Null(row.Result);
        Assert.Contains(reason, row.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LiF=1e7")]
    [InlineData("LiF=-1e300")]
    [InlineData("LiF=hull+1e300")]
    public void Refuses_supposed_energies_that_no_phase_has(string text) => Assert.Equal("DF3113", Assert.Throws<DftFlowException>(() => OwnEnergy.Parse(text).OfOne([Formula("LiF")])).Code);

    [Fact]
    public void Refuses_to_suppose_an_energy_of_what_nobody_asks_about() =>
        Assert.Equal("DF3113", Assert.Throws<DftFlowException>(() => OwnEnergy.Parse("NaCl=-1").OfOne([Formula("LiF")])).Code);

    private static IReadOnlyList<Variation<InterfaceReaction>> Of(InterfaceReaction asked, VariationInputs inputs) =>
        Variations.Of(Carried.Mp2020, Pair.Oxide, Pair.Halide, asked, inputs, TestContext.Current.CancellationToken);
}
