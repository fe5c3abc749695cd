using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

public class SlabTests
{
    private static readonly Dictionary<Element, double> Charges = new()
    {
        [Element.Parse("Li")] = 1, [Element.Parse("F")] = -1, [Element.Parse("O")] = -2, [Element.Parse("Co")] = 3, [Element.Parse("Sr")] = 2, [Element.Parse("Ti")] = 4,
        [Element.Parse("Zn")] = 2, [Element.Parse("Mn")] = 4, [Element.Parse("Si")] = 4, [Element.Parse("Ca")] = 2,
    };

    [Fact]
    public void Rock_salt_001_is_flat_neutral_layers_half_a_cell_apart()
    {
        var slab = new Slab(new(0, 0, 1)) { Layers = 5, VacuumA = 14, Charges = Charges }.Build(SurfaceCrystals.LiF);
        Assert.Equal("Li5F5", slab.Structure.Composition.Formula);
        Assert.Equal(4.0263 * 4.0263 / 2, slab.AreaA2, 1e-9);
        Assert.Equal(4 * 4.0263 / 2, slab.ThicknessA, 1e-9);
        Assert.Equal(slab.ThicknessA + 14, slab.Structure.Lattice.C.Z, 1e-9);
        Assert.Equal(new Vector3D(0, 0, slab.Structure.Lattice.C.Z), slab.Structure.Lattice.C);
        Assert.Equal("LiF", slab.Top.Id);
        Assert.Equal("LiF", slab.BottomId);
        Assert.Equal(2, slab.Top.BrokenBonds);
        Assert.Equal(1, slab.Top.Polarity!.TaskerType);
        Assert.True(slab.IsSymmetric);
        Assert.True(slab.IsStoichiometric);
        Assert.Equal(0, slab.DipoleEA);
        Assert.Empty(slab.Findings);
    }

    [Fact]
    public void The_vacuum_is_exactly_what_is_asked_for_between_the_outermost_atoms()
    {
        foreach (var (name, crystal) in SurfaceCrystals.All)
        {
            var slab = new Slab(SurfaceCrystals.PlanesOf(name)[3]) { ThicknessA = 7, VacuumA = 13.25 }.Build(crystal);
            Assert.Equal(13.25, Vacuum.AlongAxes(slab.Structure).Z, 1e-9);
            Assert.True(slab.ThicknessA >= 7);
            Assert.Equal(slab.ThicknessA, AtomicLayers.Of(slab.Structure).ThicknessA, 1e-9);
            var heights = slab.Structure.Sites.Select(site => site.Fractional.Z).ToArray();
            Assert.Equal(1, heights.Min() + heights.Max(), 1e-9);
        }
    }

    [Fact]
    public void At_the_bottom_the_lowest_atom_is_at_zero_and_nothing_else_differs()
    {
        var centred = new Slab(new(1, 0, 4)) { Layers = 4 };
        var (middle, bottom) = (centred.Build(SurfaceCrystals.LiCoO2), (centred with { Position = SlabPosition.Bottom }).Build(SurfaceCrystals.LiCoO2));
        Assert.Equal(0, bottom.Structure.Sites.Min(site => site.Fractional.Z));
        Assert.Equal(middle.Structure.Lattice, bottom.Structure.Lattice);
        Assert.Equal(middle.DipoleEA, bottom.DipoleEA);
    }

    // Layers as they follow each other along the normal, counted in the crystal's structure by hand.
    [Theory]
    [InlineData("LiCoO2", 0, 0, 3, "O-Co Li O-Li Co", 2)]
    [InlineData("LiCoO2", 1, 0, 4, "LiCoO2", 1)]
    [InlineData("LiF", 1, 1, 1, "F Li", 1)]
    [InlineData("SrTiO3", 0, 0, 1, "SrO TiO2", 1)]
    [InlineData("SrTiO3", 1, 1, 0, "O SrTiO", 1)]
    [InlineData("SrTiO3", 1, 1, 1, "SrO3 Ti", 1)]
    [InlineData("Si", 1, 1, 1, "Si.1 Si.2", 2)]
    [InlineData("TiO2", 1, 1, 0, "O-TiO O-O TiO", 2)]
    [InlineData("ZnO", 0, 0, 1, "Zn O", 2)]
    public void Every_distinct_termination_is_listed_by_what_it_shows(string name, int h, int k, int l, string ids, int distinctSlabs)
    {
        var surface = CrystalSurface.Of(SurfaceCrystals.Named(name), new(h, k, l));
        Assert.Equal(ids.Split(' ').Order(StringComparer.Ordinal), surface.Terminations.Select(termination => termination.Id).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(1, surface.Terminations.Length), surface.Terminations.Select(termination => termination.Number));
        Assert.Equal(distinctSlabs, surface.DistinctSlabs);
        Assert.Equal(surface.Terminations.Select(termination => termination.BrokenBonds).Order(), surface.Terminations.Select(termination => termination.BrokenBonds));
    }

    [Theory]
    [InlineData("O", "O-Co")]
    [InlineData("O-Li", "O-Li")]
    [InlineData("O2-Li", "O-Li")]
    [InlineData("Li", "Li")]
    [InlineData("Li-O-Co", "Li")]
    public void A_termination_is_named_by_its_layers_and_the_first_that_fits_is_taken(string name, string id)
    {
        var slab = new Slab(new(0, 0, 3)) { Layers = 8, Termination = name }.Build(SurfaceCrystals.LiCoO2);
        Assert.Equal(id, slab.Top.Id);
        Assert.Equal(Element.Parse(id.Split('-')[0]), slab.Structure.Sites.MaxBy(site => site.Fractional.Z)!.Element);
    }

    [Fact]
    public void A_termination_is_also_named_by_its_number()
    {
        var surface = CrystalSurface.Of(SurfaceCrystals.LiCoO2, new(0, 0, 3));
        foreach (var termination in surface.Terminations)
            Assert.Equal(termination.Id, new Slab(new(0, 0, 3)) { Layers = 4, Termination = $"{termination.Number}" }.Build(SurfaceCrystals.LiCoO2).Top.Id);
    }

    // Broken bonds: in the layered oxide Li has three bonds to each side, Co too; in silicon (111) an atom has one bond across the wide gap, three across the narrow one.
    [Theory]
    [InlineData("LiCoO2", 0, 0, 3, "Li", 3)]
    [InlineData("LiCoO2", 0, 0, 3, "Co", 3)]
    [InlineData("Si", 1, 1, 1, "Si.1", 1)]
    [InlineData("Si", 1, 1, 1, "Si.2", 3)]
    [InlineData("Si", 0, 0, 1, "Si", 2)]
    [InlineData("SrTiO3", 0, 0, 1, "SrO", 5)]
    public void Broken_bonds_are_counted(string name, int h, int k, int l, string id, int bonds)
    {
        var surface = CrystalSurface.Of(SurfaceCrystals.Named(name), new(h, k, l));
        var termination = surface.Terminations.Single(t => t.Id == id);
        Assert.Equal(bonds, termination.BrokenBonds);
        Assert.Equal(bonds / surface.Cell.AreaA2, termination.BrokenBondsPerA2, 1e-12);
    }

    // Tasker's examples: (001) of rock salt 1; the basal plane of the fluorite and of CdI2-like stackings between anions 2; (111) of rock salt and the basal plane of wurtzite 3.
    [Theory]
    [InlineData("LiF", 0, 0, 1, "LiF", 1)]
    [InlineData("LiF", 1, 1, 0, "LiF", 1)]
    [InlineData("LiF", 1, 1, 1, "F", 3)]
    [InlineData("CaF2", 1, 1, 1, "F-Ca", 2)]
    [InlineData("CaF2", 1, 1, 1, "Ca", 3)]
    [InlineData("ZnO", 0, 0, 1, "Zn", 3)]
    [InlineData("ZnO", 1, 0, 0, "ZnO.1", 1)]
    [InlineData("SrTiO3", 0, 0, 1, "TiO2", 1)]
    [InlineData("SrTiO3", 1, 1, 0, "O", 3)]
    [InlineData("TiO2", 1, 1, 0, "O-TiO", 2)]
    [InlineData("LiCoO2", 0, 0, 3, "Li", 3)]
    [InlineData("LiCoO2", 1, 0, 4, "LiCoO2", 1)]
    public void Polarity_is_told_by_Taskers_types(string name, int h, int k, int l, string id, int type) =>
        Assert.Equal(type, CrystalSurface.Of(SurfaceCrystals.Named(name), new(h, k, l), charges: Charges).Terminations.Single(t => t.Id == id).Polarity!.TaskerType);

    [Fact]
    public void The_dipole_of_a_polar_repeat_is_charge_times_distance_outwards_positive()
    {
        // Zn of wurtzite is 0.6181 − 0.5 = 0.1181 of c above the oxygen layer below it; two such pairs in a repeat, with 2 e each.
        var termination = CrystalSurface.Of(SurfaceCrystals.ZnO, new(0, 0, 1), charges: Charges).Terminations.Single(t => t.Id == "Zn");
        Assert.Equal(2 * 2 * 0.1181 * 5.2069, termination.Polarity!.RepeatDipoleEA, 1e-9);
        var slab = new Slab(new(0, 0, 1)) { Layers = 8, Termination = "Zn", Charges = Charges }.Build(SurfaceCrystals.ZnO);
        Assert.Equal(2 * termination.Polarity.RepeatDipoleEA, slab.DipoleEA!.Value, 1e-6);
        Assert.Equal(slab.DipoleEA / slab.AreaA2, slab.DipolePerAreaEPerA);
        Assert.Equal("O", slab.BottomId);
        Assert.False(slab.IsSymmetric);
        var finding = Assert.Single(slab.Findings);
        Assert.Equal(("DF1615", Severity.Warning), (finding.Code, finding.Severity));
    }

    [Theory]
    [InlineData("TiO2", "Sr3Ti4O11", 3, "TiO2")]
    [InlineData("SrO", "Sr4Ti3O10", 3, "SrO")]
    public void Layers_left_off_one_side_make_a_symmetric_slab_where_that_is_allowed(string id, string formula, double units, string excess)
    {
        var slab = new Slab(new(0, 0, 1)) { ThicknessA = 9.8, Termination = id, Symmetric = true, Stoichiometric = false, Charges = Charges }.Build(SurfaceCrystals.SrTiO3);
        Assert.Equal(7, slab.Layers);
        Assert.Equal(Composition.Parse(formula), slab.Structure.Composition);
        Assert.Equal((units, Composition.Parse(excess)), (slab.FormulaUnits, slab.Excess));
        Assert.Equal((id, id), (slab.Top.Id, slab.BottomId));
        Assert.True(slab.IsSymmetric);
        Assert.Equal(0, slab.DipoleEA);
        Assert.Equal(0, slab.ChargeE);
        Assert.Equal("DF1616", Assert.Single(slab.Findings).Code);
    }

    [Fact]
    public void A_symmetric_slab_of_a_polar_plane_has_no_dipole_but_a_charge()
    {
        var slab = new Slab(new(1, 1, 1)) { Layers = 7, Termination = "Li", Symmetric = true, Stoichiometric = false, Charges = Charges }.Build(SurfaceCrystals.LiF);
        Assert.Equal((1.0, 0.0), (slab.ChargeE, slab.DipoleEA));
        Assert.Equal(["DF1615", "DF1616"], slab.Findings.Select(finding => finding.Code));
        Assert.Contains("+1 e", slab.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Symmetric_terminations_are_looked_for_among_all()
    {
        // Only the cut between two oxygen layers ends with the same on both sides when nothing is left off.
        var slab = new Slab(new(1, 1, 1)) { ThicknessA = 10, Symmetric = true, Charges = Charges }.Build(SurfaceCrystals.Named("CaF2"));
        Assert.Equal("F-Ca", slab.Top.Id);
        Assert.True(slab.IsStoichiometric && slab.IsSymmetric);
        Assert.Empty(slab.Findings);
    }

    [Fact]
    public void Bonds_that_are_to_be_kept_are_not_cut()
    {
        var kept = new Slab(new(1, 1, 0)) { ThicknessA = 8, KeptBonds = [(Element.Parse("Co"), Element.Parse("O"))] };
        Assert.Equal("DF1612", Assert.Throws<DftFlowException>(() => kept.Build(SurfaceCrystals.LiCoO2)).Code);
        var basal = kept with { Plane = new(0, 0, 3) };
        Assert.Equal(["Li", "O-Co"], basal.Build(SurfaceCrystals.LiCoO2).Surface.Terminations.Select(termination => termination.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Thin_vacuum_is_a_warning() =>
        Assert.Equal("DF1312", Assert.Single(new Slab(new(0, 0, 1)) { Layers = 3, VacuumA = 9 }.Build(SurfaceCrystals.LiF).Findings).Code);

    [Fact]
    public void A_larger_cell_in_the_plane_holds_as_many_more_atoms_at_the_same_distances()
    {
        var plain = new Slab(new(1, 0, 4)) { Layers = 3 };
        var (one, six) = (plain.Build(SurfaceCrystals.LiCoO2), (plain with { InPlane = (2, 1, -2, 2) }).Build(SurfaceCrystals.LiCoO2));
        Assert.Equal(6 * one.Structure.Sites.Length, six.Structure.Sites.Length);
        Assert.Equal(6 * one.AreaA2, six.AreaA2, 1e-6);
        Assert.Equal(one.VacuumA, Vacuum.AlongAxes(six.Structure).Z, 1e-9);
        Assert.Equal(
            MinimumDistances.ByElementPair(one.Structure).Select(pair => Math.Round(pair.DistanceA, 6)),
            MinimumDistances.ByElementPair(six.Structure).Select(pair => Math.Round(pair.DistanceA, 6)));
    }

    [Fact]
    public void Elements_come_in_the_crystals_order_and_atoms_of_one_from_the_bottom_up()
    {
        var structure = new Slab(new(0, 0, 3)) { Layers = 8, Termination = "O-Li" }.Build(SurfaceCrystals.LiCoO2).Structure;
        Assert.Equal(SurfaceCrystals.LiCoO2.Elements, structure.Elements);
        foreach (var element in structure.Elements)
        {
            var heights = structure.Sites.Where(site => site.Element == element).Select(site => site.Fractional.Z).ToArray();
            Assert.Equal(heights.Order(), heights);
        }
    }

    [Fact]
    public void Moments_and_parts_of_sites_stay_and_make_layers_differ()
    {
        // Layers of up and down spins: the magnetic repeat is two chemical ones.
        var crystal = SurfaceCrystals.Crystal("3 3 6 90 90 90", "Mn 0 0 0", "O 0.5 0.5 0.25", "Mn 0 0 0.5", "O 0.5 0.5 0.75");
        var magnetic = crystal with { Sites = [.. crystal.Sites.Select((site, i) => site.Element.Symbol == "Mn" ? site with { MomentMuB = i == 0 ? 4 : -4 } : site)] };
        Assert.Equal(3, CrystalSurface.Of(crystal, new(0, 0, 1)).Cell.SpacingA, 1e-9);
        Assert.Equal(6, CrystalSurface.Of(magnetic, new(0, 0, 1)).Cell.SpacingA, 1e-9);
        var slab = new Slab(new(0, 0, 1)) { Layers = 4 }.Build(magnetic).Structure;
        Assert.Equal(new double?[] { 4, -4 }, slab.Sites.Select(site => site.MomentMuB).OfType<double>().Select(moment => (double?)moment).OrderDescending());
    }

    [Fact]
    public void Ten_thousand_atoms_and_more_are_built() =>
        Assert.Equal(17600, new Slab(new(1, 0, 4)) { Layers = 44, InPlane = (10, 0, 0, 10) }.Build(SurfaceCrystals.LiCoO2).Structure.Sites.Length);
}
