using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class DoscarTests
{
    private const string Magnetic = "s,py,pz,px,dxy,dyz,dz2,dxz,dx2-y2,fy3x2,fxyz,fyz2,fz3,fxz2,fzx2,fx3";

    [Fact]
    public void Reads_the_header_and_the_total_DOS()
    {
        var doscar = Read(TableSamples.Doscar(3, 4, 0));
        Assert.Equal((4, "a test of tables"), (doscar.Header.IonCount, doscar.Header.System));
        Assert.Equal(16.48482, doscar.Header.VolumePerIonA3);
        Assert.Equal((4.04, 5.0), (doscar.Header.LatticeLengthsA.X, doscar.Header.LatticeLengthsA.Z), (a, b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-12);
        Assert.Equal((0.5, 1e-4), (Math.Round(doscar.Header.TimeStepFs, 12), doscar.Header.InitialTemperatureK));
        Assert.Equal((6.0, -4.0, 3, 1.25, 1.0), (doscar.MaximumEnergyEv, doscar.MinimumEnergyEv, doscar.StatedGridPoints, doscar.FermiEnergyEv, doscar.Weight));
        Assert.Equal([-4, 1, 6], doscar.Dos!.EnergiesEv);
        Assert.Equal([0, 0.1, 0.2], Assert.Single(doscar.Dos.Density));
        Assert.Equal([0.001, 0.101, 0.201], Assert.Single(doscar.Dos.Integrated));
        Assert.True(doscar is { Complete: true, SpinPolarized: false, Noncollinear: null, Dos.Projected: null, Lobster: false });
        Assert.Empty(doscar.Warnings);
    }

    [Fact]
    public void With_spin_the_total_DOS_is_up_down_and_their_integrals()
    {
        var dos = Read(TableSamples.Doscar(5, 4, 0)).Dos!;
        Assert.Equal([[0, 0.1, 0.2], [0.001, 0.101, 0.201]], dos.Density);
        Assert.Equal([[0.002, 0.102, 0.202], [0.003, 0.103, 0.203]], dos.Integrated);
    }

    [Theory]
    [InlineData(3, 3, "s,p,d", 1)]
    [InlineData(3, 4, "s,p,d,f", 1)]
    [InlineData(3, 9, "s,py,pz,px,dxy,dyz,dz2,dxz,dx2-y2", 1)]
    [InlineData(3, 12, "s,p,d", 4)]
    [InlineData(3, 36, "s,py,pz,px,dxy,dyz,dz2,dxz,dx2-y2", 4)]
    [InlineData(3, 64, Magnetic, 4)]
    [InlineData(5, 6, "s,p,d", 2)]
    [InlineData(5, 8, "s,p,d,f", 2)]
    [InlineData(5, 18, "s,py,pz,px,dxy,dyz,dz2,dxz,dx2-y2", 2)]
    [InlineData(5, 32, Magnetic, 2)]
    public void The_number_of_columns_tells_the_orbitals_and_the_spins(int totalColumns, int columns, string orbitals, int components)
    {
        var doscar = Read(TableSamples.Doscar(totalColumns, 2, columns));
        var projected = doscar.Dos!.Projected!;
        Assert.Equal(orbitals, string.Join(',', projected.Orbitals));
        Assert.Equal((2, components), (projected.SiteCount, projected.ComponentCount));
        for (var column = 0; column < columns; column++)
            for (var row = 0; row < 3; row++)
                Assert.Equal(2 + 0.1 * row + 0.001 * column, projected[1, column % components, column / components][row], 3e-4);
        Assert.Equal(components == 4, doscar.Noncollinear);
        Assert.True(doscar.Complete);
    }

    [Fact]
    public void Sixteen_columns_without_spin_are_told_apart_by_what_densities_and_moments_can_be()
    {
        // As much in py, pz and px as in s: no magnetisation is larger than its density.
        var orbitals = Read(TableSamples.Doscar(3, 2, 16, (_, _, _) => 0.5));
        Assert.Equal((16, 1), (orbitals.Dos!.Projected!.Orbitals.Length, orbitals.Dos.Projected.ComponentCount));
        // A negative moment along z.
        var components = Read(TableSamples.Doscar(3, 2, 16, (site, _, column) => (column % 4) switch { 0 => site + column / 4, 3 => -0.5, _ => 0.01 })).Dos!.Projected!;
        Assert.Equal("s,p,d,f", string.Join(',', components.Orbitals));
        Assert.Equal([4, 4, 4], components[1, 0, 2].ToArray());
        Assert.Equal([-0.5, -0.5, -0.5], components[1, 3, 2].ToArray());
        // s alone, or a density with all moments positive.
        var text = TableSamples.Doscar(3, 2, 16, (_, _, column) => column == 0 ? 1 : 0);
        var unclear = Read(text);
        Assert.Null(unclear.Dos!.Projected);
        Assert.Contains("non-collinear", Assert.Single(unclear.Warnings), StringComparison.Ordinal);
        Assert.Equal(4, Read(text, noncollinear: true).Dos!.Projected!.ComponentCount);
        Assert.Equal(1, Read(text, noncollinear: false).Dos!.Projected!.ComponentCount);
    }

    [Fact]
    public void Columns_that_VASP_never_writes_end_the_reading_there()
    {
        var doscar = Read(TableSamples.Doscar(5, 2, 7));
        Assert.Equal(2, doscar.Dos!.Density.Length);
        Assert.Null(doscar.Dos.Projected);
        Assert.Contains("7 columns", doscar.Truncated!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Reading_can_end_with_the_total_DOS()
    {
        var doscar = Read(TableSamples.Doscar(5, 2, 18), projected: false);
        Assert.Null(doscar.Dos!.Projected);
        Assert.True(doscar.Complete);
    }

    [Fact]
    public void Nothing_is_rescaled_unless_asked_for()
    {
        var doscar = Read(TableSamples.Doscar(3, 2, 9));
        var times = doscar.TotalTimes(199);
        Assert.Equal([0, 0.1, 0.2], doscar.Dos!.Density[0]);
        Assert.Equal(199 * 0.1, times.Dos!.Density[0][1]);
        Assert.Equal(199 * 0.101, times.Dos.Integrated[0][1]);
        Assert.Equal(1.0, times.Dos.Projected![0, 0, 0][0]);
    }

    [Fact]
    public void Reads_numbers_without_an_exponent_letter_or_a_blank_between_them_and_lines_that_end_in_CR_LF()
    {
        var text = TableSamples.Doscar(3, 4, 0).Replace("     -4.000  0.0000E+00  1.0000E-03", "     -4.000 -0.1104-142-0.2099D-42", StringComparison.Ordinal);
        foreach (var variant in new[] { text, text.Replace("\n", "\r\n", StringComparison.Ordinal) })
        {
            var dos = Read(variant).Dos!;
            Assert.Equal(-0.1104e-142, dos.Density[0][0]);
            Assert.Equal(-0.2099e-42, dos.Integrated[0][0]);
        }
    }

    [Fact]
    public void Energies_that_overflowed_are_taken_from_the_even_grid_of_the_header()
    {
        var doscar = Read(TableSamples.Doscar(3, 2, 9).Replace("\n      1.000  ", "\n***********  ", StringComparison.Ordinal));
        Assert.Equal([-4, 1, 6], doscar.Dos!.EnergiesEv);
        Assert.Equal(2, doscar.Warnings.Length);
        Assert.Contains("3 numbers did not fit the column", doscar.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("3 numbers", Read(TableSamples.Doscar(3, 2, 9).Replace("\n     -4.000  ", "\n***********  ", StringComparison.Ordinal)).Warnings[0], StringComparison.Ordinal);
        // On another grid than the header's nothing is known of them.
        var uneven = Read(TableSamples.Doscar(3, 2, 0).Replace("\n      1.000  ", "\n***********  ", StringComparison.Ordinal).Replace("\n     -4.000  ", "\n     -3.900  ", StringComparison.Ordinal));
        Assert.Equal([-3.9, double.NaN, 6], uneven.Dos!.EnergiesEv);
    }

    [Fact]
    public void Columns_of_nothing_but_stars_are_parted_as_in_the_row_before()
    {
        var dos = Read(TableSamples.Doscar(3, 2, 0).Replace("      1.000  1.0000E-01  1.0100E-01", "***********  1.0000E-01************", StringComparison.Ordinal)).Dos!;
        Assert.Equal([0.001, double.NaN, 0.201], dos.Integrated[0]);
        dos = Read(TableSamples.Doscar(3, 2, 0).Replace("      1.000  1.0000E-01  1.0100E-01", "***********************  1.0100E-01", StringComparison.Ordinal)).Dos!;
        Assert.Equal([0, double.NaN, 0.2], dos.Density[0]);
    }

    [Fact]
    public void A_count_of_energies_that_touches_EMIN_is_read_by_its_column()
    {
        var text = TableSamples.Doscar(3, 2, 9).Replace("     -4.00000000    3 ", "     -4.0000000012345 ", StringComparison.Ordinal);
        var doscar = Read(text);
        Assert.Equal((-4.0, 12345, 1.25), (doscar.MinimumEnergyEv, doscar.StatedGridPoints, doscar.FermiEnergyEv));
        Assert.Equal(3, doscar.Dos!.EnergiesEv.Length);
    }

    [Fact]
    public void Four_digit_numbers_of_ions_grow_together()
    {
        var doscar = Read(TableSamples.Doscar(3, 1234, 0));
        Assert.Equal(1234, doscar.Header.IonCount);
    }

    [Fact]
    public void A_file_trimmed_by_hand_has_the_energies_that_it_has()
    {
        var doscar = Read(TableSamples.Doscar(3, 2, 9).Replace("    3      1.25", "  301      1.25", StringComparison.Ordinal));
        Assert.Equal(3, doscar.Dos!.EnergiesEv.Length);
        Assert.Equal(2, doscar.Dos.Projected!.SiteCount);
        Assert.Contains("3 energies where the header states 301", Assert.Single(doscar.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_what_is_complete()
    {
        var whole = Read(TableSamples.Doscar(5, 2, 18)).Dos!;
        TableSamples.CutAnywhere(TableSamples.Doscar(5, 2, 18), stream => Doscar.Read(stream, cancellation: TestContext.Current.CancellationToken), doscar => doscar.Truncated, doscar =>
        {
            if (doscar.Dos is not { } dos) return;
            Assert.Equal(whole.EnergiesEv[..dos.EnergiesEv.Length], dos.EnergiesEv);
            Assert.Equal(whole.Integrated[1][..dos.EnergiesEv.Length], dos.Integrated[1]);
            for (var site = 0; site < (dos.Projected?.SiteCount ?? 0); site++) Assert.Equal(whole.Projected![site, 1, 8], dos.Projected![site, 1, 8]);
            // Without the end of its last line a file can still be whole, where the line is.
            Assert.True(!doscar.Complete || dos.Projected?.SiteCount == 2);
        });
    }

    [Fact]
    public void Reads_the_DOSCAR_of_LOBSTER_whose_sites_have_their_own_orbitals()
    {
        // By hand after the format of LOBSTER 4: two sites, two energies; 1s and 2s of the first are one s here.
        const string Text = """
               2    2    1    1
              1.6701620e+01   2.8691830e-10   2.8691830e-10   2.8691831e-10   5.0000000e-16
                        1.000000e-04
              CAR
             DOS and projected DOS file by LOBSTER. Energy is shifted such that the Fermi level lies at 0 eV. 
                  3.91710799     -36.13295459   2      -1.08914983       1.00000000
            -35.04380   0.00000   1.99660
              5.00626   2.50000   9.99066
                  5.00625782     -35.04380476   2      -1.08914983       1.00000000; Z=  3; 1s 2s 2p_y 2p_z 2p_x 
            -35.04380   0.10000   0.20000   0.30000   0.40000   0.50000
              5.00626   1.10000   1.20000   1.30000   1.40000   1.50000
                  5.00625782     -35.04380476   2      -1.08914983       1.00000000; Z=  25; 4s 3d_xy 3d_x^2-y^2 
            -35.04380   0.60000   0.70000   0.80000
              5.00626   1.60000   1.70000   1.80000

            """;
        var doscar = Read(Text);
        Assert.True(doscar is { Lobster: true, Complete: true, FermiEnergyEv: 0 });
        var projected = doscar.Dos!.Projected!;
        Assert.Equal(["s", "py", "pz", "px", "dxy", "dx2-y2"], projected.Orbitals);
        Assert.Equal(0.3, projected[0, 0, 0][0], 12);
        Assert.Equal([0.4, 1.4], projected[0, 0, 2].ToArray());
        Assert.Equal([0, 0], projected[0, 0, 4].ToArray());
        Assert.Equal([0.8, 1.8], projected[1, 0, 5].ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("PROCAR new format\n# of k-points: 1\n")]
    [InlineData("   2   2   1   0\nnot numbers\n")]
    [InlineData("    2    2    1    1\n  0.16E+02  0.4E-09  0.4E-09  0.4E-09  0.5E-15\n  1.0E-004\n  CAR \n x\n    10     4     8\n")]
    public void Refuses_what_is_no_DOSCAR(string text) => Assert.Equal("DF1430", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void What_a_header_claims_takes_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var doscar = Read(TableSamples.Doscar(3, 2, 9).Replace("   2   2   1   0", " 1000000000 1000000000 1 0", StringComparison.Ordinal).Replace("    3      1.25", " 1000000000      1.25", StringComparison.Ordinal));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.Equal(2, doscar.Dos!.Projected!.SiteCount);
        Assert.Contains("2 sites of 1000000000", doscar.Truncated!.Reason, StringComparison.Ordinal);
        var endless = TableSamples.Doscar(3, 2, 0).Replace("    3      1.25", "*****      1.25", StringComparison.Ordinal) + string.Concat(Enumerable.Repeat("0 0 0\n", 200_000));
        Assert.Equal("DF1431", Assert.Throws<DftFlowException>(() => Read(endless)).Code);
    }

    [Fact]
    public void Damage_of_any_kind_ends_in_a_record_or_in_one_error() =>
        TableSamples.DamagedAnyhow(stream => Doscar.Read(stream, cancellation: TestContext.Current.CancellationToken),
            TableSamples.Doscar(3, 2, 9), TableSamples.Doscar(5, 2, 18), TableSamples.Doscar(3, 1, 16), TableSamples.Doscar(3, 2, 9).Replace("a test of", "LOBSTER;", StringComparison.Ordinal));

    private static Doscar Read(string text, bool projected = true, bool? noncollinear = null) =>
        Doscar.Read(TableSamples.Stream(text), projected, noncollinear, TestContext.Current.CancellationToken);
}
