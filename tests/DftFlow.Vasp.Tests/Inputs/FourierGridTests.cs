using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;

namespace DftFlow.Tests.Vasp.Inputs;

/// <summary>Grids are those that VASP itself chose in runs whose OUTCAR tells them.</summary>
public sealed class FourierGridTests
{
    [Theory]
    [InlineData("Accurate", 520, 5.795902399, 5.795902399, 5.795902399, 96, 96, 96)]
    [InlineData("accura", 520, 2.857512554, 4.498364923, 9.286365368, 48, 72, 140)]
    [InlineData("Accurate", 400, 2.56061866, 2.560619019, 2.560619, 36, 36, 36)]
    [InlineData("Normal", 450, 12.223, 12.186, 34.98440085, 128, 128, 384)]
    [InlineData("n", 400, 8.493786, 8.493786, 8.493786, 84, 84, 84)]
    [InlineData("Single", 400, 8.493786, 8.493786, 8.493786, 42, 42, 42)]
    public void Grids_of_densities_are_VASPs(string precision, double cutoffEv, double a, double b, double c, int x, int y, int z)
    {
        var incar = Incar.Empty.With("ENCUT", cutoffEv).With("PREC", precision);
        Assert.Equal((x, y, z), FourierGrid.OfDensities(incar, Box(a, b, c)));
    }

    [Fact]
    public void What_the_settings_give_stays()
    {
        var incar = Incar.Empty.With("ENCUT", 520.0).With("PREC", "Accurate").With("NGXF", 100).With("NGY", 60);
        Assert.Equal((100, 120, 96), FourierGrid.OfDensities(incar, Box(5.795902399, 5.795902399, 5.795902399)));
    }

    [Fact]
    public void Without_a_cutoff_there_is_no_grid() => Assert.Null(FourierGrid.OfDensities(Incar.Empty, Box(4, 4, 4)));

    [Fact]
    public void A_grid_of_a_spacing_is_as_fine_or_finer()
    {
        Assert.Equal((40, 42, 80), FourierGrid.WithSpacing(Box(4, 4.1, 8), 0.1));
    }

    private static Lattice Box(double a, double b, double c) => new(new(a, 0, 0), new(0, b, 0), new(0, 0, c));
}
