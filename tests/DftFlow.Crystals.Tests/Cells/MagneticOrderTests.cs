using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Prototypes;

namespace DftFlow.Tests.Crystals;

public class MagneticOrderTests
{
    private static readonly Element Ni = Element.Parse("Ni"), Mn = Element.Parse("Mn"), O = Element.Parse("O");

    private static readonly Structure NiO = Prototype.Find("NiO").Structure;

    // Unpaired d electrons of octahedral ions: J. S. Griffith, The Theory of Transition-Metal Ions, Cambridge 1961.
    [Theory]
    [InlineData("Mn", 4, 3, SpinState.High)]
    [InlineData("Mn", 3, 4, SpinState.High)]
    [InlineData("Mn", 2, 5, SpinState.High)]
    [InlineData("Ni", 2, 2, SpinState.High)]
    [InlineData("Ni", 3, 1, SpinState.Low)]
    [InlineData("Ni", 4, 0, SpinState.Low)]
    [InlineData("Co", 2, 3, SpinState.High)]
    [InlineData("Co", 3, 0, SpinState.Low)]
    [InlineData("Co", 4, 1, SpinState.Low)]
    [InlineData("Fe", 2, 4, SpinState.High)]
    [InlineData("Fe", 3, 5, SpinState.High)]
    [InlineData("Cr", 3, 3, SpinState.High)]
    [InlineData("V", 3, 2, SpinState.High)]
    [InlineData("V", 4, 1, SpinState.High)]
    [InlineData("Ti", 4, 0, SpinState.High)]
    [InlineData("Sc", 3, 0, SpinState.High)]
    [InlineData("Cu", 2, 1, SpinState.High)]
    [InlineData("Zn", 2, 0, SpinState.High)]
    [InlineData("Ru", 4, 2, SpinState.Low)]
    [InlineData("Ru", 5, 3, SpinState.Low)]
    [InlineData("Ir", 4, 1, SpinState.Low)]
    [InlineData("Nb", 5, 0, SpinState.Low)]
    [InlineData("Gd", 3, 7, SpinState.High)]
    [InlineData("Ce", 3, 1, SpinState.High)]
    [InlineData("La", 3, 0, SpinState.High)]
    [InlineData("Lu", 3, 0, SpinState.High)]
    [InlineData("O", -2, 0, SpinState.High)]
    [InlineData("Li", 1, 0, SpinState.High)]
    public void Spins_of_ions(string element, int charge, double momentMuB, SpinState state)
    {
        var spin = SpinMoment.Of(Element.Parse(element), charge);
        Assert.Equal(momentMuB, spin.MomentMuB);
        if (spin.Shell == 'd') Assert.Equal(state, spin.State);
    }

    [Theory]
    [InlineData("Co", 3, SpinState.High, 4)]
    [InlineData("Mn", 3, SpinState.Low, 2)]
    [InlineData("Fe", 3, SpinState.Low, 1)]
    [InlineData("Fe", 2, SpinState.Low, 0)]
    [InlineData("Co", 2, SpinState.Low, 1)]
    public void Another_spin_state_may_be_asked_for(string element, int charge, SpinState state, double momentMuB) =>
        Assert.Equal(momentMuB, SpinMoment.Of(Element.Parse(element), charge, state).MomentMuB);

    [Fact]
    public void Ions_that_do_not_exist_are_refused()
    {
        Assert.Contains("Mn8+", Assert.Throws<DftFlowException>(() => SpinMoment.Of(Mn, 8)).Message, StringComparison.Ordinal);
        Assert.Contains("U4+", Assert.Throws<DftFlowException>(() => SpinMoment.Of(Element.Parse("U"), 4)).Message, StringComparison.Ordinal);
        Assert.Equal("DF1289", Assert.Throws<DftFlowException>(() => SpinMoment.Of(Ni, -1)).Code);
    }

    [Fact]
    public void Ferromagnetic_order_from_oxidation_states_gives_every_site_a_moment()
    {
        var result = new MagneticOrder { OxidationStates = States((Mn, 4)) }.Build(Cif.Read(SampleCifs.Li2MnO3).Structure);
        Assert.Equal([3.0, 3, 3, 3], result.Structure.Sites.Where(site => site.Element == Mn).Select(site => site.MomentMuB!.Value));
        Assert.All(result.Structure.Sites.Where(site => site.Element != Mn), site => Assert.Equal(0, site.MomentMuB));
        Assert.Equal(12, result.TotalMuB);
        Assert.Empty(result.Layers);
    }

    [Fact]
    public void Layers_along_111_make_the_order_of_nio()
    {
        // The cell of four formula units has one (111) layer; twice the primitive cell along its diagonal has two.
        var primitive = PrimitiveCell.Of(NiO);
        var doubled = new Supercell(new(1, 1, 0), new(0, 1, 1), new(1, 0, 1)).Build(primitive).Structure;
        var result = new MagneticOrder { OxidationStates = States((Ni, 2)), AlternateAlong = (1, 1, -1) }.Build(doubled);
        Assert.Equal(2, result.Layers.Length);
        Assert.Equal([2.0, -2.0], result.Structure.Sites.Where(site => site.Element == Ni).Select(site => site.MomentMuB!.Value));
        Assert.Equal(0, result.TotalMuB);
    }

    [Fact]
    public void An_odd_number_of_layers_cannot_alternate_in_a_crystal()
    {
        Assert.Contains("1 magnetic layer along (1 1 1)", Refused(new() { OxidationStates = States((Ni, 2)), AlternateAlong = (1, 1, 1) }, NiO), StringComparison.Ordinal);
        Assert.Contains("3 magnetic layers along (0 0 1)", Refused(new() { OxidationStates = States((Ni, 3)), AlternateAlong = (0, 0, 1) }, Prototype.Find("LiNiO2").Structure), StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_in_a_slab_with_vacuum_and_begins_above_the_vacuum_wherever_that_is()
    {
        var bulk = Prototype.Find("LiNiO2").Structure;
        var slab = new Structure(new Lattice(bulk.Lattice.A, bulk.Lattice.B, bulk.Lattice.C * 2), [.. bulk.Sites.Select(site => site with { Fractional = new(site.Fractional.X, site.Fractional.Y, site.Fractional.Z / 2 + 0.7) })]);
        var result = new MagneticOrder { OxidationStates = States((Ni, 3)), AlternateAlong = (0, 0, 1) }.Build(slab);
        Assert.Equal([1, -1, 1], result.Layers.Select(layer => layer.Sign));
        Assert.Equal([1.0, -1, 1], result.Structure.Sites.Where(site => site.Element == Ni).OrderBy(site => site.Fractional.Z < 0.6 ? site.Fractional.Z + 1 : site.Fractional.Z).Select(site => site.MomentMuB!.Value));
        Assert.Equal(1, result.TotalMuB);
    }

    [Fact]
    public void Layers_of_a_crystal_begin_at_the_origin_whatever_rounding_does_to_its_top()
    {
        var doubled = Supercell.Repeated(1, 1, 2).Build(NiO).Structure;
        var noisy = doubled with { Sites = [.. doubled.Sites.Select((site, i) => site with { Fractional = site.Fractional + new Vector3D(0, 0, i % 2 == 0 ? 1e-9 : -1e-9) })] };
        var order = new MagneticOrder { OxidationStates = States((Ni, 2)), AlternateAlong = (0, 0, 1) };
        Assert.Equal(order.Build(doubled).Structure.Sites.Select(site => site.MomentMuB), order.Build(noisy).Structure.Sites.Select(site => site.MomentMuB));
        Assert.Equal(2, order.Build(doubled).Structure.Sites[0].MomentMuB);
        Assert.Equal(4, order.Build(doubled).Layers.Length);
    }

    [Fact]
    public void Given_moments_go_before_spins_and_those_of_sites_do_not_alternate()
    {
        var structure = Supercell.Repeated(1, 1, 2).Build(NiO).Structure;
        var result = new MagneticOrder
        {
            Moments = ImmutableDictionary.CreateRange([KeyValuePair.Create(Ni, 1.7), KeyValuePair.Create(O, 0.1)]),
            OxidationStates = States((Ni, 2)),
            OxidationStatesOfSites = ImmutableDictionary<int, int>.Empty.Add(2, 3),
            Sites = ImmutableDictionary<int, double>.Empty.Add(1, -5),
            AlternateAlong = (0, 0, 1),
            Alternating = [Ni],
        }.Build(structure);
        Assert.Equal(-5, result.Structure.Sites[0].MomentMuB);
        Assert.All(result.Structure.Sites.Where(site => site.Element == O), site => Assert.Equal(0.1, site.MomentMuB));
        Assert.All(result.Structure.Sites.Skip(1).Where(site => site.Element == Ni), site => Assert.Equal(1.7, Math.Abs(site.MomentMuB!.Value)));
        Assert.DoesNotContain(1, result.Layers.SelectMany(layer => layer.Sites));
    }

    [Fact]
    public void Mixed_valence_is_told_site_by_site()
    {
        var result = new MagneticOrder { OxidationStates = States((Ni, 2)), OxidationStatesOfSites = ImmutableDictionary<int, int>.Empty.Add(3, 4) }.Build(NiO);
        Assert.Equal([2.0, 2, 0, 2], result.Structure.Sites.Take(4).Select(site => site.MomentMuB!.Value));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Contains("moment of Ni is not known", Refused(new(), NiO), StringComparison.Ordinal);
        Assert.Contains("no site 9", Refused(new() { Sites = ImmutableDictionary<int, double>.Empty.Add(9, 1) }, NiO), StringComparison.Ordinal);
        Assert.Contains("(0 0 0)", Refused(new() { OxidationStates = States((Ni, 2)), AlternateAlong = (0, 0, 0) }, NiO), StringComparison.Ordinal);
        Assert.Contains("at most", Refused(new() { OxidationStates = States((Ni, 2)), AlternateAlong = (int.MinValue, 0, 0) }, NiO), StringComparison.Ordinal);
        Assert.Contains("could alternate", Refused(new() { OxidationStates = States((Ni, 4)), AlternateAlong = (0, 0, 1) }, NiO), StringComparison.Ordinal);
        Assert.Contains("no moment", Refused(new() { Moments = ImmutableDictionary<Element, double>.Empty.Add(Ni, 1e9) }, NiO), StringComparison.Ordinal);
    }

    private static ImmutableDictionary<Element, int> States(params (Element Element, int Charge)[] states) =>
        states.ToImmutableDictionary(state => state.Element, state => state.Charge);

    private static string Refused(MagneticOrder order, Structure structure)
    {
        var error = Assert.Throws<DftFlowException>(() => order.Build(structure));
        Assert.Equal("DF1289", error.Code);
        return error.Message;
    }
}
