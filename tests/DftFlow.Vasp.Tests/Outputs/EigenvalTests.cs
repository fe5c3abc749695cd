using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class EigenvalTests
{
    private const string Cell = "  0.1050332E+02  0.2916331E-09  0.4580966E-09  0.9434393E-09  0.5000000E-15\n  1.000000000000000E-004\n  CAR \n a test of tables                        \n";

    private const string Spin = "   12   12  199    2\n" + Cell + """
            100      2      3
         
          0.0000000E+00  0.0000000E+00  0.0000000E+00  0.2500000E+00
            1      -46.261817    -43.593850   1.000000   1.000000
            2       -1.500000     -1.250000   1.000000   0.500000
            3        2.000000      2.250000   0.000000   0.000000
         
          0.5000000E+00 -0.1000000E+00  0.0000000E+00  0.7500000E+00
            1      -46.000000    -43.000000   1.000000   1.000000
            2       -1.000000     -0.750000   1.000000   0.250000
            3        2.500000      2.750000   0.000000   0.000000

        """;

    private const string WithoutSpin = "    2    2   60    1\n" + Cell + """
             11      1      2

          0.2500000E+00  0.2500000E+00  0.1262379E-14  0.1000000E+01
              1        -23.768390   1.000000
              2        -23.246159   0.500000

        """;

    [Fact]
    public void Reads_energies_and_occupations_of_both_spins()
    {
        var eigenval = Read(Spin);
        Assert.Equal((12, 2, 199, 100), (eigenval.Header.IonCount, eigenval.SpinCount, eigenval.AveragedSteps, eigenval.ElectronCount));
        Assert.Equal([new KPoint(default, 0.25), new KPoint(new Vector3D(0.5, -0.1, 0), 0.75)], eigenval.KPoints);
        var values = eigenval.Eigenvalues!;
        Assert.Equal((2, 2, 3), (values.SpinCount, values.KPointCount, values.BandCount));
        Assert.Equal([-46.261817, -1.5, 2], values.EnergiesEv(0, 0).ToArray());
        Assert.Equal([-43, -0.75, 2.75], values.EnergiesEv(1, 1).ToArray());
        Assert.Equal([1, 0.25, 0], values.Occupations(1, 1).ToArray());
        Assert.True(eigenval is { Complete: true, HasOccupations: true });
        Assert.Empty(eigenval.Warnings);
    }

    [Fact]
    public void Without_spin_there_is_one_channel()
    {
        var eigenval = Read(WithoutSpin);
        Assert.Equal([-23.768390, -23.246159], eigenval.Eigenvalues!.EnergiesEv(0, 0).ToArray());
        Assert.Equal([1, 0.5], eigenval.Eigenvalues.Occupations(0, 0).ToArray());
        Assert.Equal(1, eigenval.SpinCount);
    }

    [Fact]
    public void Files_of_VASP_4_have_no_occupations_which_are_not_numbers_then()
    {
        foreach (var (text, spins) in new[] { (WithoutSpin.Replace("   1.000000\n", "\n", StringComparison.Ordinal).Replace("   0.500000\n", "\n", StringComparison.Ordinal), 1), (Spin.Replace("   1.000000   1.000000\n", "\n", StringComparison.Ordinal).Replace("   1.000000   0.500000\n", "\n", StringComparison.Ordinal).Replace("   0.000000   0.000000\n", "\n", StringComparison.Ordinal).Replace("   1.000000   0.250000\n", "\n", StringComparison.Ordinal), 2) })
        {
            var eigenval = Read(text);
            Assert.True(eigenval is { Complete: true, HasOccupations: false });
            Assert.Equal(spins, eigenval.Eigenvalues!.SpinCount);
            Assert.All(eigenval.Eigenvalues.Occupations(spins - 1, 0).ToArray(), occupation => Assert.Equal(double.NaN, occupation));
            Assert.Equal(-23.246159 * (2 - spins) - 1.25 * (spins - 1), eigenval.Eigenvalues.EnergiesEv(spins - 1, 0)[1]);
            Assert.Null(BandEdges.Of(eigenval.Eigenvalues));
        }
    }

    [Fact]
    public void Numbers_of_five_digits_grow_together()
    {
        var eigenval = Read(WithoutSpin.Replace("     11      1      2", "   1110000    2", StringComparison.Ordinal));
        Assert.Equal((11, 10000, 2), (eigenval.ElectronCount, eigenval.StatedKPoints, eigenval.StatedBands));
        Assert.Contains("1 of 10000", eigenval.Truncated!.Reason, StringComparison.Ordinal);
        Assert.Equal(2, eigenval.Eigenvalues!.BandCount);
    }

    [Fact]
    public void Energies_that_overflowed_are_not_numbers()
    {
        var eigenval = Read(Spin.Replace("      -46.000000    -43.000000", "******************************", StringComparison.Ordinal));
        Assert.True(eigenval.Complete);
        Assert.Equal(double.NaN, eigenval.Eigenvalues!.EnergiesEv(1, 1)[0]);
        Assert.Equal(1, eigenval.Eigenvalues.Occupations(1, 1)[0]);
        Assert.Contains("2 numbers", Assert.Single(eigenval.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_stopped_before_its_first_eigenvalue_leaves_a_header()
    {
        var eigenval = Read(Spin[..Spin.IndexOf("\n \n", StringComparison.Ordinal)]);
        Assert.Equal((100, 2, 3), (eigenval.ElectronCount, eigenval.StatedKPoints, eigenval.StatedBands));
        Assert.Null(eigenval.Eigenvalues);
        Assert.False(eigenval.Complete);
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_the_bands_that_are_complete()
    {
        var whole = Read(Spin).Eigenvalues!;
        TableSamples.CutAnywhere(Spin, stream => Eigenval.Read(stream, TestContext.Current.CancellationToken), eigenval => eigenval.Truncated, eigenval =>
        {
            if (eigenval.Eigenvalues is not { } values) return;
            Assert.Equal(eigenval.KPoints.Length, values.KPointCount);
            Assert.True(values.BandCount == 3 || values.KPointCount == 1);
            for (var k = 0; k < values.KPointCount; k++)
                for (var band = 0; band < values.BandCount; band++)
                {
                    var energy = values.EnergiesEv(1, k)[band];
                    if (k == 0) Assert.Equal(whole.EnergiesEv(1, 0)[band], energy);
                    else Assert.True(double.IsNaN(energy) ? !eigenval.Complete : energy == whole.EnergiesEv(1, 1)[band]);
                }
        });
    }

    [Fact]
    public void A_k_point_with_fewer_bands_than_the_first_ends_the_reading_there()
    {
        var eigenval = Read(Spin.Replace("    2       -1.000000     -0.750000   1.000000   0.250000\n", "\n", StringComparison.Ordinal));
        Assert.Contains("fewer bands", eigenval.Truncated!.Reason, StringComparison.Ordinal);
        Assert.Equal(-46, eigenval.Eigenvalues!.EnergiesEv(0, 1)[0]);
        Assert.Equal(double.NaN, eigenval.Eigenvalues.EnergiesEv(0, 1)[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    public void Refuses_what_is_no_EIGENVAL(string text) => Assert.Equal("DF1430", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void Refuses_a_DOSCAR_which_begins_in_the_same_way() => Assert.Equal("DF1430", Assert.Throws<DftFlowException>(() => Read(TableSamples.Doscar(3, 2, 9))).Code);

    [Fact]
    public void What_a_header_claims_takes_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(-46, Read(Spin.Replace("100      2      3", "100 999999999 999999999", StringComparison.Ordinal)).Eigenvalues!.EnergiesEv(0, 1)[0]);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_a_record_or_in_one_error() => TableSamples.DamagedAnyhow(stream =>
    {
        if (Eigenval.Read(stream, TestContext.Current.CancellationToken).Eigenvalues is { } values) _ = BandEdges.Of(values);
    }, Spin, WithoutSpin);

    private static Eigenval Read(string text) => Eigenval.Read(TableSamples.Stream(text), TestContext.Current.CancellationToken);
}
