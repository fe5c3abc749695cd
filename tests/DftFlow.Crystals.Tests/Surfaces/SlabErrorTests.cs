using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;

namespace DftFlow.Tests.Crystals.Surfaces;

public class SlabErrorTests
{
    private static readonly Slab Good = new(new MillerPlane(0, 0, 1)) { Layers = 4 };

    private static DftFlowException Error(Slab slab, Structure crystal) => Assert.Throws<DftFlowException>(() => slab.Build(crystal));

    public static TheoryData<string, Slab> UselessSettings { get; } = new()
    {
        { "no layers", Good with { Layers = 0 } },
        { "neither layers nor thickness", Good with { Layers = null } },
        { "both", Good with { ThicknessA = 10 } },
        { "no thickness", Good with { Layers = null, ThicknessA = 0 } },
        { "infinite thickness", Good with { Layers = null, ThicknessA = double.PositiveInfinity } },
        { "thickness beyond the limit", Good with { Layers = null, ThicknessA = 1e300 } },
        { "layers beyond the limit", Good with { Layers = int.MaxValue } },
        { "negative vacuum", Good with { VacuumA = -1 } },
        { "vacuum that is no number", Good with { VacuumA = double.NaN } },
        { "negative tolerance", Good with { LayerToleranceA = -0.1 } },
        { "a charge missing", Good with { Charges = new Dictionary<Element, double> { [Element.Parse("Li")] = 1 } } },
        { "charges that do not add up", Good with { Charges = new Dictionary<Element, double> { [Element.Parse("Li")] = 1, [Element.Parse("F")] = -2 } } },
    };

    [Theory, MemberData(nameof(UselessSettings))]
    public void Settings_of_no_use_are_errors(string what, Slab slab)
    {
        Assert.NotEmpty(what);
        Assert.Equal("DF1610", Error(slab, SurfaceCrystals.LiF).Code);
    }

    [Theory]
    [InlineData("Ni")]
    [InlineData("9")]
    [InlineData("0")]
    [InlineData("O.1")]
    [InlineData("Li-Co")]
    [InlineData("")]
    [InlineData("-")]
    public void A_termination_that_does_not_exist_is_an_error_that_lists_those_that_do(string name)
    {
        var error = Error(new(new(0, 0, 3)) { Layers = 4, Termination = name }, SurfaceCrystals.LiCoO2);
        Assert.Equal("DF1612", error.Code);
        foreach (var id in new[] { "Li", "Co", "O-Li", "O-Co" }) Assert.Contains(id, error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crystal_that_cannot_be_turned_over_has_no_symmetric_slab()
    {
        var error = Error(Good with { Symmetric = true, Stoichiometric = false }, SurfaceCrystals.ZnO);
        Assert.Equal("DF1613", error.Code);
        Assert.Contains("No operation of the crystal turns the plane's normal around", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_asked_for_stands_in_the_message()
    {
        Assert.Equal("There is no slab of 6 layers at (001) that ends with TiO2 and is symmetric.", Error(new(new(0, 0, 1)) { Layers = 6, Symmetric = true, Stoichiometric = false, Termination = "TiO2" }, SurfaceCrystals.SrTiO3).Message);
        Assert.Equal("There is no slab at (001) that is symmetric and has the crystal's composition.", Error(new(new(0, 0, 1)) { ThicknessA = 9.8, Symmetric = true }, SurfaceCrystals.SrTiO3).Message);
    }

    [Fact]
    public void Where_layers_must_be_left_off_the_error_says_which_slabs_there_are_then()
    {
        var error = Error(new(new(0, 0, 1)) { ThicknessA = 9.8, Symmetric = true }, SurfaceCrystals.SrTiO3);
        Assert.Equal("DF1613", error.Code);
        Assert.Equal("With `stoichiometric: false` there are: SrO with 7 layers; TiO2 with 7 layers.", error.Hint);
    }

    [Fact]
    public void Where_the_number_of_layers_does_not_do_the_error_names_the_next_ones()
    {
        Assert.Equal("There are: SrO with 6 or 8 layers; TiO2 with 6 or 8 layers.", Error(Good with { Layers = 7 }, SurfaceCrystals.SrTiO3).Hint);
        Assert.Equal("There are: TiO2 with 5 or 7 layers.", Error(Good with { Layers = 6, Symmetric = true, Stoichiometric = false, Termination = "TiO2" }, SurfaceCrystals.SrTiO3).Hint);
    }
}
