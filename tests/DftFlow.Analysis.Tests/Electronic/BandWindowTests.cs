using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Analysis.Electronic;

public class BandWindowTests
{
    private static readonly ProjectedDosSelection OxygenP = new(Element.Parse("O"), "p");

    // A valence band from −6 to −2 of one state/eV, and one above the gap from 1 to 3 of half as much; the Fermi level in the gap.
    private static readonly SampleVasprun Insulator = new()
    {
        EnergiesEv = [.. Enumerable.Range(0, 81).Select(i => -10 + i * 0.25)],
        FermiEnergyEv = -1,
        Projected = (site, _, orbital, energy) => (site, orbital, energy) switch { (1, "px", >= -6 and <= -2) => 1, (1, "px", >= 1 and <= 3) => 0.5, _ => 0 },
    };

    [Fact]
    public void Higher_moments_are_those_of_a_rectangle_and_lean_to_the_tail()
    {
        // The corners are cut by the trapezoid rule's flanks; a fine grid comes near the rectangle's 4/√12 and 9/5.
        var fine = Insulator with { EnergiesEv = [.. Enumerable.Range(0, 2001).Select(i => -10 + i * 0.01)] };
        var valence = Compute(fine, new(OxygenP, EnergyWindow.Valence));
        Assert.InRange(valence.WidthEv, 4 / Math.Sqrt(12), 4 / Math.Sqrt(12) + 0.005);
        Assert.InRange(valence.Kurtosis, 1.795, 1.805);
        Assert.Equal(0, valence.Skewness, 6);
        // With the smaller band above it, the tail points upwards.
        Assert.True(Compute(fine, new(OxygenP, EnergyWindow.Full)).Skewness > 0.5);
    }

    [Fact]
    public void Interpolated_ends_cut_exactly_at_the_limits()
    {
        // Between −5 and −3 the density is 1: cut at −4.9 and −3.3 it holds 1.6 states about −4.1. The points alone reach from −4.75 to −3.5.
        var request = new BandCentreRequest(OxygenP, new EnergyWindow(-4.9, -3.3), EnergyZero.None);
        var points = Compute(Insulator, request);
        Assert.Equal((1.25, -4.125), (points.States, points.TotalEv));
        var cut = Compute(Insulator, request with { InterpolateEnds = true });
        Assert.Equal(1.6, cut.States, 12);
        Assert.Equal(-4.1, cut.TotalEv, 12);
        Assert.Contains("linear interpolation", cut.Definition, StringComparison.Ordinal);
        // On a grid point nothing is added; the Fermi level cuts the filling too.
        Assert.Equal(2, Compute(Insulator, request with { Window = new(-5, -3), InterpolateEnds = true }).States, 12);
        Assert.Equal(0.65, Compute(Insulator with { FermiEnergyEv = -3.7 }, request with { Window = new(-5, -3), InterpolateEnds = true }).Filling!.Value, 12);
        // Beyond the DOS there is nothing to interpolate to.
        Assert.Equal(Compute(Insulator, request with { Window = new(-20, 20) }).States, Compute(Insulator, request with { Window = new(-20, 20), InterpolateEnds = true }).States);
    }

    [Fact]
    public void The_manifold_ends_at_the_gap_above_the_Fermi_level()
    {
        var manifold = Compute(Insulator, new(OxygenP, EnergyWindow.Manifold, EnergyZero.None));
        Assert.Equal((-6.25, -1.75), (manifold.WindowMinEv, manifold.WindowMaxEv));
        Assert.Equal(-4, manifold.TotalEv, 12);
        Assert.DoesNotContain(manifold.Warnings, warning => warning.Contains("partly filled", StringComparison.Ordinal));
        // With the Fermi level within the band, what is empty of it belongs to it, which is told.
        var metal = Compute(Insulator with { FermiEnergyEv = -3.1 }, new(OxygenP, EnergyWindow.Manifold, EnergyZero.None));
        Assert.Equal((-6.25, -1.75, -4), (metal.WindowMinEv, metal.WindowMaxEv, Math.Round(metal.TotalEv, 12)));
        Assert.Contains(metal.Warnings, warning => warning.Contains("partly filled", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_gaps_there_is_no_manifold()
    {
        var below = Assert.Throws<DftFlowException>(() => Compute(Insulator with { EnergiesEv = [.. Insulator.EnergiesEv.Where(energy => energy >= -5)] }, new(OxygenP, EnergyWindow.Manifold)));
        Assert.Equal("DF3209", below.Code);
        Assert.Contains("begins within it", below.Message, StringComparison.Ordinal);
        var above = Assert.Throws<DftFlowException>(() => Compute(Insulator with { EnergiesEv = [.. Insulator.EnergiesEv.Where(energy => energy <= 2)], FermiEnergyEv = 1.5 }, new(OxygenP, EnergyWindow.Manifold)));
        Assert.Equal("DF3209", above.Code);
        Assert.Contains("up to", above.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_spin_alone_gives_width_filling_and_states()
    {
        var spins = Insulator with { Components = 2, Projected = (site, spin, orbital, energy) => spin == 0 ? Insulator.Projected!(site, 0, orbital, energy) : site == 1 && orbital == "px" && energy == -8 ? 2 : 0 };
        var both = Compute(spins, new(OxygenP, EnergyWindow.Full));
        var down = Compute(spins, new BandCentreRequest(OxygenP, EnergyWindow.Full) { Spin = SpinChannel.Down });
        Assert.Equal(both.TotalEv, down.TotalEv);
        Assert.Equal((0.5, -7, 1), (down.States, Math.Round(down.CentreEv, 12), down.Filling));
        Assert.Equal("DF3207", Assert.Throws<DftFlowException>(() => Compute(Insulator, new BandCentreRequest(OxygenP, EnergyWindow.Full) { Spin = SpinChannel.Up })).Code);
    }

    [Theory]
    [InlineData("p", "px py pz")]
    [InlineData("2p", "px py pz")]
    [InlineData("p_x", "px")]
    [InlineData("Px", "px")]
    [InlineData("t2g", "dxy dxz dyz")]
    [InlineData("e_g", "dx2-y2 dz2")]
    [InlineData("x2-y2", "dx2-y2")]
    [InlineData("d_{x^2-y^2}", "dx2-y2")]
    [InlineData("3dz2", "dz2")]
    [InlineData("dzx", "dxz")]
    [InlineData("s, px", "px s")]
    [InlineData("fy(3x2-y2)", "fy3x2")]
    public void Orbitals_are_named_as_people_write_them(string text, string expected)
    {
        string[] all = ["s", "py", "pz", "px", "dxy", "dyz", "dz2", "dxz", "dx2-y2", "fy3x2", "fxyz"];
        var matches = OrbitalNames.Matching(text);
        Assert.NotNull(matches);
        Assert.Equal(expected.Split(' '), all.Where(matches).Order(StringComparer.Ordinal));
        Assert.Contains("Cartesian", OrbitalNames.Describe("t2g"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("g")]
    [InlineData("pxy")]
    [InlineData("")]
    [InlineData("d,q")]
    public void Other_names_are_none(string text) => Assert.False(OrbitalNames.AreKnown(text));

    [Fact]
    public void Shells_without_magnetic_orbitals_have_no_t2g()
    {
        var shells = Insulator with { Orbitals = ["s", "p", "d"], Projected = (_, _, orbital, energy) => orbital == "p" && energy == 0 ? 1 : 0 };
        Assert.Equal(0.25, Compute(shells, new(new(Element.Parse("O"), "2p"), EnergyWindow.Full)).States, 12);
        Assert.Contains("LORBIT = 11", Assert.Throws<DftFlowException>(() => Compute(shells, new(new(Element.Parse("O"), "t2g"), EnergyWindow.Full))).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_no_number_is_told_with_its_place()
    {
        var broken = Insulator with { Projected = (site, _, _, energy) => site == 1 && energy == -5 ? double.NaN : 1 };
        var error = Assert.Throws<DftFlowException>(() => Compute(broken, new(OxygenP, EnergyWindow.Full)));
        Assert.Equal("DF3208", error.Code);
        Assert.Contains("point 21 of 81", error.Message, StringComparison.Ordinal);
        // Of the other site all is well.
        Assert.True(double.IsFinite(Compute(broken, new(new(Element.Parse("Li")), EnergyWindow.Full)).TotalEv));
    }

    [Fact]
    public void A_file_that_stops_within_the_projections_gives_no_part_of_a_sum()
    {
        var text = Insulator.ToString();
        var cut = text[..(text.LastIndexOf("ion 2", StringComparison.Ordinal) + 200)];
        var run = Vasprun.Read(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(cut)), VasprunContent.All, TestContext.Current.CancellationToken);
        var error = Assert.Throws<DftFlowException>(() => BandCentre.Compute(run, new(OxygenP, EnergyWindow.Full)));
        Assert.Equal("DF3201", error.Code);
        Assert.Contains("stops at byte", error.Message, StringComparison.Ordinal);
    }

    private static BandCentre Compute(SampleVasprun sample, BandCentreRequest request) =>
        BandCentre.Compute(Vasprun.Read(sample.Stream(), VasprunContent.All, TestContext.Current.CancellationToken), request);
}
