using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Electronic;

public class EnergyZeroTests
{
    private static readonly ProjectedDosSelection OxygenP = new(Element.Parse("O"), "p");

    private static readonly DosRun Run = DosRun.FromVasprun(Vasprun.Read(new SampleVasprun { Elements = ["Li", "O", "O"], FermiEnergyEv = 0 }.Stream(), VasprunContent.All, CancellationToken.None));

    // A slab of 10 Å in a cell of 30 Å, 300 planes: the potential is −20 in the slab and the given one in the vacuum, from 10 to 30 Å.
    private static PotentialProfile Slab(Func<double, double> vacuum) =>
        new(2, 30, [.. Enumerable.Range(0, 300).Select(i => i * 0.1 <= 10 ? -20 : vacuum(i * 0.1))], 0, 10);

    [Fact]
    public void A_flat_vacuum_has_one_level()
    {
        var level = VacuumLevel.Of(Slab(z => 4.5 + 0.001 * Math.Sin(z)));
        Assert.Equal(4.5, level.TopEv, 3);
        Assert.False(level.TwoSides);
        Assert.InRange(level.VariationEv, 0.001, 0.0021);
    }

    [Fact]
    public void Two_plateaus_parted_by_a_step_are_two_sides()
    {
        // The dipole layer at 20 Å, over half an ångström.
        var level = VacuumLevel.Of(Slab(z => z < 19.75 ? 5 : z > 20.25 ? 3.8 : 5 - 1.2 * (z - 19.75) / 0.5));
        Assert.Equal((5, 3.8), (Math.Round(level.TopEv, 9), Math.Round(level.BottomEv, 9)));
        Assert.True(level.TwoSides);
        var run = Run.With(null, Slab(z => z < 20 ? 5 : 3.8));
        var top = new BandCentreRequest(OxygenP, EnergyWindow.Full, EnergyZero.Vacuum).PlaceZero(run);
        var bottom = new BandCentreRequest(OxygenP, EnergyWindow.Full, EnergyZero.Vacuum) { Side = VacuumSide.Bottom }.PlaceZero(run);
        Assert.Equal((5, 3.8), (Math.Round(top.ZeroEv, 9), Math.Round(bottom.ZeroEv, 9)));
        Assert.Contains("top 5 eV, bottom 3.8 eV", top.Text, StringComparison.Ordinal);
        Assert.Contains("at the top", top.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.011)]
    [InlineData(0.3)]
    public void A_slope_is_no_vacuum_level(double evPerA)
    {
        var error = Assert.Throws<DftFlowException>(() => VacuumLevel.Of(Slab(z => evPerA * z)));
        Assert.Equal("DF3206", error.Code);
        Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"varies by {evPerA * 10:0.###} eV"), error.Message, StringComparison.Ordinal);
        Assert.Contains("LDIPOL", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void The_vacuum_may_lie_across_the_cells_border()
    {
        // The slab from 20 to 33 Å: it goes on at the other end of the cell.
        var profile = new PotentialProfile(2, 30, [.. Enumerable.Range(0, 300).Select(i => i * 0.1 is <= 3 or >= 20 ? -20.0 : 2.5)], 20, 33);
        Assert.Equal(2.5, VacuumLevel.Of(profile).TopEv, 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_average_is_taken_over_planes_across_the_widest_vacuum(int axis)
    {
        var sizes = new[] { 4, 3, 2 };
        var lengths = new double[] { 5, 5, 5 };
        lengths[axis] = 20;
        var values = new float[24];
        for (var k = 0; k < 2; k++)
            for (var j = 0; j < 3; j++)
                for (var i = 0; i < 4; i++)
                    // The mean over the plane is the index along the axis: what is added has none.
                    values[i + 4 * (j + 3 * k)] = new[] { i, j, k }[axis] + (axis == 0 ? j - 1 : i - 1.5f);
        var locpot = new VolumetricData<float>
        {
            Lattice = Lattice.FromParameters(lengths[0], lengths[1], lengths[2], 90, 90, 90), Kind = GridKind.Potential, Dimensions = new(4, 3, 2),
            Positions = [new(0.1, 0.1, 0.1), new(0.2, 0.2, 0.2)], Blocks = [new(GridMeaning.Potential, values)],
        };
        var profile = PotentialProfile.Of(locpot);
        Assert.Equal(axis, profile.Axis);
        Assert.Equal(Enumerable.Range(0, sizes[axis]).Select(i => (double)i), profile.AverageEv);
        Assert.Equal((20, 2, 4), (Math.Round(profile.PeriodA, 9), Math.Round(profile.BottomA, 9), Math.Round(profile.TopA, 9)));
        Assert.Contains("no vacuum", Assert.Throws<DftFlowException>(() => PotentialProfile.Of(locpot with { Lattice = Lattice.FromParameters(5, 5, 5, 90, 90, 90) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_core_level_is_the_state_or_else_the_potential_averaged_over_its_sites()
    {
        var potentials = Run.With(new([-10, -70, -72], []), null);
        Assert.Equal(-71, Core(potentials, new()).ZeroEv);
        Assert.Contains("electrostatic potential at the cores of O (2 sites)", Core(potentials, new()).Text, StringComparison.Ordinal);
        Assert.Equal(-72, Core(potentials, CoreLevelChoice.Parse("3")).ZeroEv);
        Assert.Equal(-10, Core(potentials, CoreLevelChoice.Parse("Li")).ZeroEv);
        var states = Run.With(new([], [[new("1s", -50)], [new("1s", -514), new("2s", -20)], [new("1s", -516)]]), null);
        Assert.Equal(-515, Core(states, new()).ZeroEv);
        Assert.Equal(-20, Core(states, CoreLevelChoice.Parse("2-2s")).ZeroEv);
        Assert.Contains("1s core level of O", Core(states, CoreLevelChoice.Parse("O-1s")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_core_level_that_is_not_there_is_told()
    {
        var states = Run.With(new([], [[new("1s", -50)], [new("1s", -514), new("2s", -20)], [new("1s", -516)]]), null);
        Assert.Contains("no OUTCAR", Error(Run, new()), StringComparison.Ordinal);
        // One of the two oxygen atoms lacks it.
        Assert.Contains("no 2s state", Error(states, CoreLevelChoice.Parse("O-2s")), StringComparison.Ordinal);
        Assert.Contains("no electrostatic potential", Error(states, CoreLevelChoice.Parse("O-potential")), StringComparison.Ordinal);
        Assert.Contains("no Mn", Error(states, CoreLevelChoice.Parse("Mn")), StringComparison.Ordinal);
        Assert.Contains("no core level of site 4", Error(states, CoreLevelChoice.Parse("4")), StringComparison.Ordinal);
        Assert.Throws<DftFlowException>(() => CoreLevelChoice.Parse("O-9s"));
        Assert.Throws<DftFlowException>(() => CoreLevelChoice.Parse(""));

        static string Error(DosRun run, CoreLevelChoice choice) => Assert.Throws<DftFlowException>(() => Core(run, choice)).Message;
    }

    [Fact]
    public void Two_runs_are_aligned_at_a_level_that_both_have()
    {
        var request = new BandCentreRequest(OxygenP, EnergyWindow.Full, EnergyZero.Core);
        var both = Run.With(new([-10, -70, -72], [[new("1s", -50)], [new("1s", -514)], [new("1s", -516)]]), null);
        var potentials = Run.With(new([-10, -70, -73], []), null);
        Assert.Equal("potential", BandCentreShift.WithOneCoreLevel(both, request, potentials, request).First.Core.Level);
        Assert.Equal("1s", BandCentreShift.WithOneCoreLevel(both, request, both, request).Second.Core.Level);
        var (first, second) = BandCentreShift.WithOneCoreLevel(both, request, potentials, request);
        var shift = BandCentreShift.Between(BandCentre.Compute(both, first), BandCentre.Compute(potentials, second));
        // The densities are the same; the second's potential lies 0.5 eV lower.
        Assert.Equal(-0.5, shift.ShiftEv, 12);
        Assert.Contains("electrostatic potential", shift.Alignment, StringComparison.Ordinal);
    }

    private static (double ZeroEv, string Text) Core(DosRun run, CoreLevelChoice choice) =>
        new BandCentreRequest(OxygenP, EnergyWindow.Full, EnergyZero.Core) { Core = choice }.PlaceZero(run);
}
