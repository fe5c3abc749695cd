using DftFlow.Analysis.Electronic;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Analysis.Electronic;

public class BandCentreTests
{
    private static readonly ProjectedDosSelection OxygenP = new(Element.Parse("O"), "p");

    // Grid −2, −1, 0, 1 with p densities 0, 3, 1, 0 (py + pz + px, each a third): ∫g = 1.5 + 2 + 0.5 = 4,
    // ∫gE = (0 − 3)/2 + (−3 + 0)/2 + 0 = −3, ∫gE² = 3/2 + 3/2 + 0 = 3.
    private static readonly SampleVasprun Sample = new()
    {
        FermiEnergyEv = 0,
        Projected = (site, _, orbital, energy) => site == 0 ? 7 : orbital == "s" ? 5 : energy switch { -1 => 1, 0 => 1 / 3.0, _ => 0 },
    };

    [Fact]
    public void The_centre_is_the_first_moment_by_the_trapezoid_rule()
    {
        var centre = Compute(Sample, new(OxygenP, EnergyWindow.Full));
        Assert.Equal(-3 / 4.0, centre.TotalEv, 12);
        Assert.Equal(Math.Sqrt(3 / 4.0 - 9 / 16.0), centre.WidthEv, 12);
        Assert.Equal(4, centre.States, 12);
        Assert.Equal(3.5 / 4, centre.Filling!.Value, 12);
        Assert.Equal((1, -2, 1), (centre.SiteCount, centre.WindowMinEv, centre.WindowMaxEv));
        Assert.Null(centre.UpEv);
        Assert.Equal([-2, -1, 0, 1], centre.Curve.EnergiesEv);
        Assert.Equal(3, centre.Curve.Density[0][1], 12);
    }

    [Fact]
    public void The_window_is_closed_and_relative_to_the_zero()
    {
        // The Fermi level at −1: the grid is −1, 0, 1, 2 relative to it. In [0, 1]: g = 3, 1; ∫g = 2, ∫gE = 1/2.
        var centre = Compute(Sample with { FermiEnergyEv = -1 }, new(OxygenP, new EnergyWindow(0, 1)));
        Assert.Equal(0.25, centre.TotalEv, 12);
        Assert.Equal(-1, centre.ZeroEv);
        // The same stretch on the file's own scale: E is 1 eV lower.
        Assert.Equal(-0.75, Compute(Sample, new(OxygenP, new EnergyWindow(-1, 0), EnergyZero.None)).TotalEv, 12);
    }

    [Fact]
    public void Occupied_ends_at_the_Fermi_level_whatever_the_zero()
    {
        var occupied = Compute(Sample with { FermiEnergyEv = -1 }, new(OxygenP, EnergyWindow.Occupied));
        // Relative to the Fermi level: points −1 and 0 with g = 0, 3: ∫g = 1.5, ∫gE = 0.
        Assert.Equal(0, occupied.TotalEv, 12);
        Assert.Equal(1, occupied.Filling);
        // The valence band's maximum is −0.5; the Fermi level −1 lies 0.5 below it.
        var vbm = Compute(Sample with { FermiEnergyEv = -1, Bands = [[[(-0.5, 1), (1, 0)]]] }, new(OxygenP, EnergyWindow.Occupied, EnergyZero.Vbm));
        Assert.Equal((-0.5, -0.5, -0.5), (vbm.ZeroEv, vbm.WindowMaxEv, vbm.TotalEv));
    }

    [Fact]
    public void Spins_have_centres_of_their_own_and_the_total_is_of_their_sum()
    {
        // Up: all of it at −1 (g = 3). Down: half of that at 0. The hats have areas 3 and 1.5.
        var centre = Compute(
            new SampleVasprun { Components = 2, Projected = (_, spin, _, energy) => (spin, energy) switch { (0, -1) => 1, (1, 0) => 0.5, _ => 0 } },
            new(OxygenP, EnergyWindow.Full));
        Assert.Equal((-1, 0), (centre.UpEv!.Value, centre.DownEv!.Value));
        Assert.Equal(-3 / 4.5, centre.TotalEv, 12);
        Assert.Equal(2, centre.Curve.Density.Length);
    }

    [Fact]
    public void Magnetisation_densities_of_a_non_collinear_run_do_not_count()
    {
        var plain = Compute(Sample, new(OxygenP, EnergyWindow.Full));
        var noncollinear = Compute(
            Sample with { Components = 4, Projected = (site, component, orbital, energy) => component == 0 ? Sample.Projected!(site, 0, orbital, energy) : energy },
            new(OxygenP, EnergyWindow.Full));
        Assert.Equal(plain.TotalEv, noncollinear.TotalEv);
        Assert.Null(noncollinear.UpEv);
    }

    [Fact]
    public void Sites_orbitals_and_elements_select()
    {
        Assert.Equal(5 * 3, Compute(Sample, new(new(Element.Parse("O"), "s"), EnergyWindow.Full)).States, 12);
        Assert.Equal(4 / 3.0, Compute(Sample, new(new(Element.Parse("O"), "pz"), EnergyWindow.Full)).States, 12);
        Assert.Equal(4 * 7 * 3, Compute(Sample, new(new(Sites: [1]), EnergyWindow.Full)).States, 12);
        Assert.Equal(3, Compute(Sample, new(new(), EnergyWindow.Full)).States, 12);
        Assert.Equal([1, 2, 3, 7], ProjectedDosSelection.ParseSites("7, 1-3,2"));
    }

    [Fact]
    public void The_semicore_zero_is_the_centre_of_the_band_below_the_valence_band()
    {
        // O 2s: a hat at −20.5 (s alone, with a trace of p), valence band of p with some s from −6 to −2, nothing between.
        var energies = Enumerable.Range(0, 61).Select(i => -25 + i * 0.5).ToArray();
        var sample = new SampleVasprun
        {
            EnergiesEv = energies,
            FermiEnergyEv = -1,
            Projected = (site, _, orbital, energy) => (site, orbital, energy) switch
            {
                (1, "s", -20.5) => 2,
                (1, "px", -20.5) => 0.1,
                (1, "s", >= -6 and <= -2) => 0.2,
                (1, "px", >= -6 and <= -2) => 1,
                (1, "px", > 1) => 3,
                (0, _, -15) => 9,
                _ => 0,
            },
        };
        var centre = Compute(sample, new(OxygenP, new EnergyWindow(10, 20), EnergyZero.Semicore));
        Assert.Equal(-20.5, centre.ZeroEv, 12);
        Assert.Equal(16.5, centre.TotalEv, 12);
        Assert.Contains("O s states", centre.Definition, StringComparison.Ordinal);
        // The valence band alone: the p states from −6 to −2, symmetric about −4, without those in the semicore.
        var valence = Compute(sample, new(OxygenP, EnergyWindow.Valence));
        Assert.Equal(-4 + 1, valence.TotalEv, 12);
        Assert.Equal((-6.5 + 1, 0), (valence.WindowMinEv, valence.WindowMaxEv));
        Assert.True(Compute(sample, new(OxygenP, EnergyWindow.Occupied)).TotalEv < valence.TotalEv);
        var cutOff = Assert.Throws<DftFlowException>(() => Compute(sample with { EnergiesEv = energies[38..] }, new(OxygenP, EnergyWindow.Valence)));
        Assert.Contains("begins within it", cutOff.Message, StringComparison.Ordinal);
        // Cut off within the manifold, or with no gap above it, there is no such zero.
        Assert.Contains("begins within it", Error("DF3206", sample with { EnergiesEv = energies[9..] }, EnergyZero.Semicore).Message, StringComparison.Ordinal);
        Assert.Contains("no gap", Error("DF3206", Sample, EnergyZero.Semicore).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_cannot_be_had()
    {
        Assert.Contains("LORBIT = 11", Error("DF3201", Sample with { Projected = null }).Hint, StringComparison.Ordinal);
        Assert.Contains("-2 to 1", Error("DF3202", Sample, window: new(5, 9)).Message, StringComparison.Ordinal);
        Error("DF3202", Sample with { Projected = (_, _, _, _) => 0 });
        Assert.Contains("so large", Error("DF3208", Sample with { Projected = (_, _, _, _) => 4e307 }).Message, StringComparison.Ordinal);
        Assert.Contains("sites 1 to 2", Error("DF3203", Sample, selection: new(Sites: [3])).Message, StringComparison.Ordinal);
        Assert.Contains("Li, O", Error("DF3204", Sample, selection: new(Element.Parse("Mn"))).Message, StringComparison.Ordinal);
        Assert.Contains("s, py, pz, px", Error("DF3205", Sample, selection: new(Orbital: "d")).Message, StringComparison.Ordinal);
        Error("DF3206", Sample with { Bands = [[[(0, 1), (0.1, 0)], [(0.2, 1), (0.3, 0)]]] }, EnergyZero.Vbm);
        Assert.Equal("DF3202", Assert.Throws<DftFlowException>(() => EnergyWindow.Parse("0:-8")).Code);
        Assert.Equal(new EnergyWindow(-8.5, 0), EnergyWindow.Parse("-8.5:0"));
        foreach (var sites in new[] { "0", "3-1", "a", "1-2-3", "", "1-99999999999" })
            Assert.Equal("DF3203", Assert.Throws<DftFlowException>(() => ProjectedDosSelection.ParseSites(sites)).Code);
    }

    [Fact]
    public void A_band_without_a_width_has_no_higher_moments()
    {
        // Negative beside a narrow maximum, as the smearing of Methfessel and Paxton makes it.
        var centre = Compute(Sample with { EnergiesEv = [-2, -1, 0, 1, 2], Projected = (_, _, _, energy) => energy switch { 0 => 5, -1 or 1 => -2, _ => 0 } }, new(OxygenP, EnergyWindow.Full));
        Assert.Equal(0, centre.TotalEv, 12);
        Assert.All((double[])[centre.WidthEv, centre.Skewness, centre.Kurtosis], number => Assert.True(double.IsNaN(number)));
    }

    [Fact]
    public void Warns_of_a_window_beyond_the_DOS_and_of_a_run_that_did_not_converge()
    {
        var sample = Sample with { Parameters = """<i type="int" name="NELM">1</i>""" };
        var warnings = Compute(sample, new(OxygenP, new EnergyWindow(-8, 0))).Warnings;
        Assert.Contains(warnings, warning => warning.Contains("beyond the DOS", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains("did not converge", StringComparison.Ordinal));
    }

    private static BandCentre Compute(SampleVasprun sample, BandCentreRequest request) =>
        BandCentre.Compute(Vasprun.Read(sample.Stream(), VasprunContent.All, TestContext.Current.CancellationToken), request);

    private static DftFlowException Error(string code, SampleVasprun sample, EnergyZero zero = EnergyZero.Fermi, EnergyWindow? window = null, ProjectedDosSelection? selection = null)
    {
        var error = Assert.Throws<DftFlowException>(() => Compute(sample, new(selection ?? OxygenP, window ?? EnergyWindow.Full, zero)));
        Assert.Equal(code, error.Code);
        return error;
    }
}
