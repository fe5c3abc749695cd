using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class ProcarTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 1, false)]
    [InlineData(1, 4, false)]
    [InlineData(2, 1, true)]
    [InlineData(1, 4, true)]
    public void Reads_every_number_of_every_table(int spins, int components, bool phases)
    {
        var procar = Read(TableSamples.Procar(spins, components, phases));
        Assert.True(procar.Complete, procar.Truncated?.Reason);
        Assert.Empty(procar.Warnings);
        Assert.Equal([new KPoint(new Vector3D(0.25, -0.0, -0.0), 0.5), new KPoint(new Vector3D(0.25, -0.0, -0.5), 0.5)], procar.KPoints);
        Assert.Equal(["s", "p"], procar.Orbitals);
        var projections = procar.Projections!;
        Assert.Equal((spins, 2, 2, components, 2), (projections.SpinCount, projections.KPointCount, projections.BandCount, projections.ComponentCount, projections.IonCount));
        Assert.Equal(components == 4, procar.Noncollinear);
        for (var place = 0; place < spins * 8 * components; place++)
        {
            var (component, band, k, spin) = (place % components, place / components % 2, place / components / 2 % 2, place / components / 4 % spins);
            var found = projections[spin, k, band, component];
            for (var i = 0; i < 4; i++) Assert.Equal((float)TableSamples.Projection(spin, k, band, component, i / 2, i % 2), found[i]);
            Assert.Equal(-7.5 + k + 2 * band + spin / 8.0, procar.Eigenvalues!.EnergiesEv(spin, k)[band]);
            Assert.Equal(1 - band, procar.Eigenvalues.Occupations(spin, k)[band]);
        }
    }

    [Fact]
    public void Ions_orbitals_and_sums_are_kept_as_asked_for()
    {
        var text = TableSamples.Procar(2, 4);
        var some = Read(text, new() { Ions = [1], Orbitals = ["p", "tot"] }).Projections!;
        Assert.Equal(["p", "tot"], some.Orbitals);
        Assert.Equal([(float)TableSamples.Projection(1, 1, 0, 2, 1, 1), 0.999f], some[1, 1, 0, 2].ToArray());
        var sums = Read(text, new() { SumIons = true }).Projections!;
        Assert.Equal(1, sums.IonCount);
        Assert.Equal((float)(TableSamples.Projection(0, 1, 1, 3, 0, 0) + TableSamples.Projection(0, 1, 1, 3, 1, 0)), sums[0, 1, 1, 3][0], 1e-6);
        var energies = Read(text, ProcarSelection.Energies);
        Assert.Null(energies.Projections);
        Assert.Equal(-7.5, energies.Eigenvalues!.EnergiesEv(0, 0)[0]);
        var swapped = Read(text, new() { Ions = [1, 0] }).Projections![0, 0, 0];
        Assert.Equal([0.002f, 0.003f, 0f, 0.001f], swapped.ToArray());
    }

    [Fact]
    public void The_letter_of_a_shell_sums_its_magnetic_orbitals()
    {
        const string Text = """
            PROCAR lm decomposed
            # of k-points:    1         # of bands:   1         # of ions:   1

             k-point    1 :    0.00000000 0.00000000 0.00000000     weight = 1.00000000

            band   1 # energy   -3.09113034 # occ.  2.00000000
             
            ion      s     py     pz     px    dxy    dyz    dz2    dxz    dx2    f-3    f-2    f-1     f0     f1     f2     f3    tot
              1  0.272  0.010  0.020  0.040  0.001  0.002  0.003  0.004  0.005  0.100  0.000  0.000  0.000  0.000  0.000  0.200  0.657
             

            """;
        var procar = Read(Text, new() { Orbitals = ["s", "p", "d", "f", "dx2-y2", "fx3"] });
        Assert.Equal([0.272f, 0.07f, 0.015f, 0.3f, 0.005f, 0.2f], procar.Projections![0, 0, 0].ToArray());
        Assert.Equal("fy3x2", procar.Orbitals[9]);
        // Without spin the file has 2 for a full band.
        Assert.Equal(1, procar.Eigenvalues!.Occupations(0, 0)[0]);
        Assert.Equal("DF1432", Assert.Throws<DftFlowException>(() => Read(Text, new() { Orbitals = ["g"] })).Code);
        Assert.Equal("DF1432", Assert.Throws<DftFlowException>(() => Read(Text, new() { Ions = [1] })).Code);
    }

    [Fact]
    public void Phases_in_pairs_and_in_rows_are_the_same()
    {
        var pairs = Read(TableSamples.Procar(1, 1, phases: true), new() { Phases = true }).Phases!;
        Assert.Equal((2, 2, 2), (pairs.ComponentCount, pairs.IonCount, pairs.BandCount));
        Assert.Equal([-0.101f, -0.103f, 0.201f, 0.203f], pairs[0, 1, 1, 0].ToArray());
        Assert.Equal([0.102f, -0.104f, 0.202f, 0.204f], pairs[0, 1, 1, 1].ToArray());
        // As VASP 5.4.1 and earlier write them.
        var old = TableSamples.Procar(1, 1, phases: true)
            .Replace("    1 -0.101  0.102  -0.103 -0.104   0.050\n", "  1 -0.101 -0.103\n  1  0.102 -0.104\n", StringComparison.Ordinal)
            .Replace("    2  0.201  0.202   0.203  0.204   0.060\n", "  2  0.201  0.203\n  2  0.202  0.204\n", StringComparison.Ordinal)
            .Replace("charge 0.769          0.000          0.769   \n", "", StringComparison.Ordinal);
        var rows = Read(old, new() { Phases = true, Ions = [1], SumIons = true });
        Assert.True(rows.Complete, rows.Truncated?.Reason);
        Assert.Equal([0.201f, 0.203f], rows.Phases![0, 1, 1, 0].ToArray());
        Assert.Equal([0.202f, 0.204f], rows.Phases[0, 1, 1, 1].ToArray());
        Assert.Null(Read(TableSamples.Procar(), new() { Phases = true }).Phases);
    }

    [Fact]
    public void A_single_ion_has_no_row_of_sums_with_four_components_neither()
    {
        var band = string.Concat(Enumerable.Range(1, 4).Select(component => $"    1  0.{component}00 -0.{component}50  0.999\n"));
        var procar = Read("PROCAR new format\n# of k-points:    1         # of bands:    2         # of ions:    1\n\n k-point     1 :    0.00000000 0.00000000 0.00000000     weight = 1.00000000\n\n"
            + string.Concat(Enumerable.Repeat($"band     1 # energy  -1.00000000 # occ.  1.00000000\n \nion      s      p    tot\n{band} \n", 2)));
        Assert.True(procar.Complete, procar.Truncated?.Reason);
        Assert.Equal([0.3f, -0.35f], procar.Projections![0, 0, 1, 2].ToArray());
    }

    [Fact]
    public void Numbers_that_touch_or_overflowed_are_read()
    {
        var text = TableSamples.Procar(1, 4).Replace(" -0.062 -0.063", " -0.062-10.063", StringComparison.Ordinal).Replace("# energy   -6.50000000", "# energy ************* ", StringComparison.Ordinal).Replace("  0.102  0.103", "*******  0.103", StringComparison.Ordinal);
        var procar = Read(text.Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.True(procar.Complete, procar.Truncated?.Reason);
        Assert.Equal([-0.06f, -0.061f, -0.062f, -10.063f], procar.Projections![0, 0, 0, 3].ToArray());
        Assert.Equal([0.1f, 0.101f, float.NaN, 0.103f], procar.Projections[0, 0, 1].ToArray());
        Assert.Equal(double.NaN, procar.Eigenvalues!.EnergiesEv(0, 1)[0]);
        Assert.Contains("2 numbers", Assert.Single(procar.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_the_bands_that_are_complete()
    {
        foreach (var (spins, components, phases) in new[] { (2, 1, false), (1, 4, true) })
        {
            var text = TableSamples.Procar(spins, components, phases);
            TableSamples.CutAnywhere(text, stream => Procar.Read(stream, new() { Phases = true }, TestContext.Current.CancellationToken), procar => procar.Truncated, procar =>
            {
                if (procar.Projections is not { } projections) return;
                var whole = true;
                for (var spin = 0; spin < projections.SpinCount; spin++)
                    for (var k = 0; k < projections.KPointCount; k++)
                        for (var band = 0; band < projections.BandCount; band++)
                        {
                            var energy = procar.Eigenvalues!.EnergiesEv(spin, k)[band];
                            for (var component = 0; component < components; component++)
                            {
                                var found = projections[spin, k, band, component][3];
                                Assert.Equal(double.IsNaN(energy), float.IsNaN(found));
                                if (!float.IsNaN(found)) Assert.Equal((float)TableSamples.Projection(spin, k, band, component, 1, 1), found);
                            }
                            if (phases) Assert.Equal(double.IsNaN(energy) ? float.NaN : 0.204f, procar.Phases![spin, k, band, 1][3]);
                            whole &= !double.IsNaN(energy);
                        }
                // Whole but for its end: of two spins the first alone, or all of it.
                if (procar.Complete) Assert.True(whole && (projections.SpinCount, projections.KPointCount, projections.BandCount) is (1 or 2, 2, 2));
            });
        }
    }

    [Fact]
    public void A_file_cut_off_in_its_second_spin_keeps_both()
    {
        var text = TableSamples.Procar(2);
        var procar = Read(text[..text.LastIndexOf("band ", StringComparison.Ordinal)]);
        Assert.Equal((2, 2), (procar.Projections!.SpinCount, procar.Projections.KPointCount));
        Assert.Equal((float)TableSamples.Projection(1, 1, 0, 0, 0, 0), procar.Projections[1, 1, 0][0]);
        Assert.Equal(float.NaN, procar.Projections[1, 1, 1][0]);
        Assert.Equal(double.NaN, procar.Eigenvalues!.EnergiesEv(1, 1)[1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PROCA")]
    [InlineData("PROCAR new format\nand nothing that belongs to one\n")]
    [InlineData("   2   2   1   0\n")]
    public void Refuses_what_is_no_PROCAR(string text) => Assert.Equal("DF1430", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void What_a_header_claims_takes_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var text = TableSamples.Procar().Replace("k-points:    2         # of bands:    2", "k-points: 999999999         # of bands: 999999999", StringComparison.Ordinal);
        Assert.Equal(2, Read(text).Projections!.KPointCount);
        Assert.NotNull(Read(text.Replace("ions:    2", "ions: 999999", StringComparison.Ordinal)).Truncated);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.Equal("DF1431", Assert.Throws<DftFlowException>(() => Read(text.Replace("ions:    2", "ions: 1000001", StringComparison.Ordinal))).Code);
    }

    [Fact]
    public void A_number_of_ions_that_overflowed_is_counted()
    {
        var procar = Read(TableSamples.Procar(1, 4).Replace("ions:    2", "ions:*****", StringComparison.Ordinal));
        Assert.Equal((2, 4), (procar.IonCount, procar.Projections!.ComponentCount));
        Assert.True(procar.Complete);
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_a_record_or_in_one_error() => TableSamples.DamagedAnyhow(stream =>
    {
        var procar = Procar.Read(stream, new() { Phases = true }, TestContext.Current.CancellationToken);
        foreach (var found in new[] { procar.Projections, procar.Phases })
            if (found is not null) _ = found[found.SpinCount - 1, found.KPointCount - 1, found.BandCount - 1, found.ComponentCount - 1].Length;
    }, TableSamples.Procar(2, 1, true), TableSamples.Procar(1, 4), TableSamples.Procar(1, 4, true));

    private static Procar Read(string text, ProcarSelection? selection = null) => Procar.Read(TableSamples.Stream(text), selection, TestContext.Current.CancellationToken);
}
