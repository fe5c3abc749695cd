using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Corpus;

/// <summary>What the repositories that the files come from assert of them in their own tests (<c>from_repository_tests</c>).</summary>
public class RepositoryTests
{
    [Fact]
    public void Sites_of_a_non_collinear_OUTCAR_have_vectors()
    {
        var outcar = Read("outcar-procar-nio-soc", "OUTCAR.NiO_SOC.gz", stream => Outcar.Read(stream));
        Assert.Equal(3, outcar.SiteMagnetizations.Length);
        Assert.Equal([0, 0, 1.671], outcar.SiteMagnetizations.Select(table => table.Totals[0]));
        Assert.Equal([0, 0, -1.671], outcar.SiteMagnetizations.Select(table => table.Totals[1]), (a, b) => Math.Abs(a - b) < 0.0005);
    }

    [Fact]
    public void A_non_collinear_PROCAR_has_projections_of_the_moment()
    {
        var procar = Read("outcar-procar-nio-soc", "PROCAR.SOC.gz", stream => Procar.Read(stream));
        Assert.True(procar is { IonCount: 4, StatedKPoints: 25, Noncollinear: true });
        var orbitals = procar.Orbitals.Length;
        Assert.Equal(0.095f, procar.Projections![0, 0, 1][orbitals]);
        Assert.Equal(-0.063f, procar.Projections[0, 0, 1, 1][orbitals]);
        Assert.Equal(0, procar.Projections[0, 0, 1, 3][orbitals + 1]);
    }

    [Theory]
    [InlineData("PROCAR.phase.gz", 0, 0, -0.746f, 0.099f)]
    [InlineData("PROCAR.phase.gz", 1, 0, 0.372f, -0.654f)]
    [InlineData("PROCAR.new_format_5.4.4.gz", 0, 0, -0.13f, 0.199f)]
    // There the second point that is another than the first is meant.
    [InlineData("PROCAR.repeatedpoints", 0, 2, -0.087f, -0.166f)]
    public void Phases_of_the_first_band_on_the_first_ion(string file, int spin, int kPoint, float real, float imaginary)
    {
        var phases = Read("procar-variants-a", file, stream => Procar.Read(stream, new() { Phases = true })).Phases!;
        Assert.Equal((real, imaginary), (phases[spin, kPoint, 0][0], phases[spin, kPoint, 0, 1][0]));
    }

    [Theory]
    [InlineData(0, 0.96214813853)]
    [InlineData(1, 0.85796295426)]
    public void Projections_on_an_orbital_summed_over_bands_and_weighted_points(int spin, double expected)
    {
        var procar = Read("procar-variants-a", "PROCAR.gz", stream => Procar.Read(stream, new() { Ions = [0], Orbitals = ["dxy"] }));
        var sum = 0.0;
        for (var k = 0; k < procar.KPoints.Length; k++)
            for (var band = 0; band < procar.Eigenvalues!.BandCount; band++)
                sum += procar.Projections![spin, k, band][0] * procar.KPoints[k].Weight;
        Assert.Equal(expected, sum, 1e-7);
    }

    [Fact]
    public void A_PROCAR_that_lists_points_twice_keeps_both() =>
        Assert.Equal([0, 0, 0.25], Read("procar-variants-a", "PROCAR.repeatedpoints", stream => Procar.Read(stream)).KPoints.Take(3).Select(point => point.Fractional.X));

    [Fact]
    public void NBANDS_is_what_the_run_used() =>
        Assert.Equal(32, Read("numbers-run-together-a", "OUTCAR.nbands_overridden.gz", stream => Outcar.Read(stream)).Parameters.Whole("NBANDS"));

    [Fact]
    public void Ranks_and_memory_of_VASP_6()
    {
        Assert.Equal(64, Read("outcar-vasp6-set", "OUTCAR.vasp.6.2.1.mpi.gz", stream => Outcar.Read(stream)).MpiRankCount);
        Assert.Null(Read("outcar-vasp6-set", "OUTCAR.vasp.6.2.0.gz", stream => Outcar.Read(stream)).Timing.AverageMemoryKb);
    }

    [Fact]
    public void Forces_that_overflowed_are_no_numbers()
    {
        var run = Read("numbers-run-together-a", "vasprun.sc_overflow.xml.gz", stream => Vasprun.Read(stream, VasprunContent.Trajectory));
        Assert.Contains(run.IonicSteps[0].Geometry!.ForcesEvPerA, force => double.IsNaN(force.X));
    }

    private static T Read<T>(string caseName, string file, Func<Stream, T> read)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        return read(stream);
    }
}
