using System.Text;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class OutcarTests
{
    private const string Reached = "------------------------ aborting loop because EDIFF is reached ---------\n";
    private const string Missed = "------------------------ aborting loop EDIFF was not reached (unconverged) -----\n";

    private static readonly string[] Pieces =
        [" average (electrostatic) potential at core\n", "\n", "1-", "|", "----", " E-fermi :", "NELECT =", "*", "1 2.5", "VERY BAD NEWS:", "EEEEEEE", "\u00e9\0",
         " magnetization (x)\n", "# of ion s tot\n", " POSITION TOTAL-FORCE (eV/Angst)\n", "  free  energy   TOTEN  =", "  energy  without entropy=", " total charge\n",
         "  band No.  band energies\n", " spin component 2\n", "Dimension of arrays:\n", "NIONS = 2 NKPTS = 1 NBANDS = 1\n", "ions per type = 1 1\n", Reached];

    [Fact]
    public void Reads_the_machine_the_potentials_and_the_parameters()
    {
        var outcar = Read(SampleOutcar.Whole);
        Assert.Equal(("vasp.6.4.2 sample (build today) complex", "LinuxGNU date 2024.01.02  03:04:05", 4, 2), (outcar.Program, outcar.ExecutedOn, outcar.MpiRankCount, outcar.ThreadsPerRank));
        Assert.Equal(
            [new(1, Element.Parse("Fe"), "Fe", 55.847, 14, "PAW_PBE Fe_pv 02Aug2007"), new(1, Element.Parse("O"), "O", 16, 6, "PAW_PBE O 08Apr2002")],
            outcar.AtomTypes);
        Assert.Equal(["PE", "PE"], outcar.PotentialFunctionals);
        Assert.Equal((2, 2, 20), (outcar.AtomCount, outcar.KPointCount, outcar.ElectronCount));
        Assert.Equal([new(new(0, 0, 0), 0.25), new(new(0.5, 0, -10), 0.75)], outcar.KPoints);
        var (type, orbitals, u, j) = outcar.Hubbard!;
        Assert.Equal((2, "2 -1", "4 0", "0.5 0"), (type, Joined(orbitals), Joined(u), Joined(j)));
    }

    [Theory]
    [InlineData("ENCUT", 400)]
    [InlineData("NELMDL", -5)]
    [InlineData("EDIFF", 1e-5)]
    [InlineData("SIGMA", 0.05)]
    [InlineData("LORBIT", 11)]
    [InlineData("NGXF", 40)]
    [InlineData("NGZ", 22)]
    [InlineData("NBANDS", 2)]
    [InlineData("KINTER", double.NaN)]
    public void Reads_a_parameter_and_not_the_remark_behind_it(string tag, double value) =>
        Assert.Equal(value, Read(SampleOutcar.Whole).Parameters.Number(tag));

    [Fact]
    public void Reads_parameters_that_are_words_flags_or_lists()
    {
        var parameters = Read(SampleOutcar.Whole).Parameters;
        Assert.Equal(("a = b; 3 words", "accura"), (parameters.Text("SYSTEM"), parameters.Text("PREC")));
        Assert.False(parameters.Flag("LNONCOLLINEAR"));
        Assert.Equal(new ParameterValue.List([new ParameterValue.Real(-0.00025), new ParameterValue.Real(-0.0005)]), parameters.All["ROPT"]);
        Assert.Equal(
            "ENCUT IBRION ISMEAR ISPIN KINTER LDAUJ LDAUL LDAUTYPE LDAUU LNONCOLLINEAR LORBIT NBANDS NEDOS NELECT NELM NELMDL NELMIN NGX NGXF NGY NGYF NGZ NGZF NSW POMASS PREC ROPT SIGMA SMASS SYSTEM EDIFF",
            string.Join(' ', parameters.All.Keys.Order(StringComparer.Ordinal).Where(tag => tag != "EDIFF").Append("EDIFF")));
    }

    [Fact]
    public void Reads_every_ionic_step()
    {
        var outcar = Read(SampleOutcar.Whole);
        Assert.Equal([new IonicStep(-12, -11.9, -11.95, 2), new IonicStep(-13, -11.9, -11.95, 2)], outcar.IonicSteps.Select(step => step.Energies));
        Assert.Equal([3, 3.25], outcar.FermiEnergiesEv);
        var last = outcar.LastStep!;
        Assert.Equal((3.25, true, -10.91, 0.5), (last.FermiEnergyEv, last.ElectronicConverged, last.ExternalPressureKbar, last.MaxForceEvPerA));
        Assert.Equal([-37.81715, -21.6143, 26.69066, 0.0008, -0.01726, -10000.00018], last.StressKbar);
        Assert.Equal([4], last.MagnetizationMub);
        var geometry = outcar.LastGeometry!;
        Assert.Equal([new(0, 0, 0), new(1.5, 1.5, 1.55)], geometry.PositionsA);
        Assert.Equal([new(0.3, 0, -0.4), new(-0.3, 0, 0.4)], geometry.ForcesEvPerA);
        Assert.Equal(new(0.000194, 0.000162, -0.000098), geometry.DriftEvPerA);
        Assert.Equal((3.0, 3.1), (geometry.Lattice!.A.X, geometry.Lattice.C.Z));
        Assert.Equal(2, outcar.IonicSteps.Count(step => step.Geometry is not null));
    }

    [Fact]
    public void Keeps_geometries_and_bands_only_where_asked()
    {
        var outcar = Outcar.Read(Text(SampleOutcar.Whole), cancellation: TestContext.Current.CancellationToken);
        Assert.All(outcar.IonicSteps, step => Assert.Null(step.Geometry));
        Assert.Null(outcar.Eigenvalues);
        Assert.NotNull(outcar.LastGeometry);
    }

    [Fact]
    public void Reads_charges_moments_and_potentials_of_the_sites_though_they_have_run_together()
    {
        var outcar = Read(SampleOutcar.Whole);
        Assert.Equal(["s", "p", "d", "tot"], outcar.SiteCharges!.Columns);
        Assert.Equal([11.817, 5.044], outcar.SiteCharges.Totals);
        var moments = Assert.Single(outcar.SiteMagnetizations);
        Assert.Equal([-0.006, 0.028, 3.6, 3.622], moments.Rows[0]);
        Assert.Equal([0.003, -100.163, 0, 0.167], moments.Rows[1]);
        Assert.Equal([-105.1234, -71.5], outcar.CorePotentialsEv);
    }

    // As ICORELEVEL = 1 prints them: rows go on, and a long energy touches what stands before it.
    private const string CoreStates = " vasp.6.4.3\n Dimension of arrays:\n   number of dos      NEDOS =    301   number of ions     NIONS =      2\n the core state eigenenergies are\n"
        + "   1-    1s  -6471.3871   2s   -740.1242   2p   -631.0421   3s\n";

    [Fact]
    public void Reads_the_eigenenergies_of_the_core_states()
    {
        var text = CoreStates.Replace("   3s\n", "\n          3s    -80.1151\n   2-    1s   -514.7261\n\n E-fermi :   1.0\n", StringComparison.Ordinal);
        var states = Read(text).CoreStates;
        Assert.Equal(["1s", "2s", "2p", "3s"], states[0].Select(state => state.Name));
        Assert.Equal((-80.1151, -514.7261), (states[0][3].EnergyEv, states[1][0].EnergyEv));
        // Cut off behind the last row, nobody knows whether more would follow; and an atom that is missing spoils the table.
        Assert.Empty(Read(text[..text.IndexOf("\n\n E-fermi", StringComparison.Ordinal)]).CoreStates);
        Assert.Empty(Read(CoreStates + "\n E-fermi :   1.0\n").CoreStates);
    }

    [Fact]
    public void Gives_the_gap_from_the_bands_of_the_last_step()
    {
        var bands = Read(SampleOutcar.Whole).Eigenvalues!;
        Assert.Equal((2, 2, 2), (bands.SpinCount, bands.KPointCount, bands.BandCount));
        Assert.Equal([1, 5.5], bands.EnergiesEv(1, 1));
        var edges = BandEdges.Of(bands)!;
        Assert.Equal((3.0, 1.0, 4.0, false), (edges.GapEv, edges.VbmEv, edges.CbmEv, edges.IsDirect));
    }

    [Fact]
    public void Without_spin_a_band_holds_two_electrons_and_counts_as_filled_once()
    {
        var outcar = Read(" vasp.5.4.4\n E-fermi :   1.0\n k-point   1 :  0.0 0.0 0.0\n  band No.  band energies     occupation\n  1   -1.0  2.00000\n  2    3.0  0.50000\n\n");
        Assert.Equal([1, 0.25], outcar.Eigenvalues!.Occupations(0, 0));
    }

    [Fact]
    public void Reads_time_and_memory_and_says_nothing_of_what_was_not_measured()
    {
        var outcar = Read(SampleOutcar.Whole);
        Assert.Equal(
            new OutcarTiming { CpuSeconds = 212.06, UserSeconds = 188.88, SystemSeconds = 23.18, ElapsedSeconds = 278.765, MaximumMemoryKb = 77204 },
            outcar.Timing);
        Assert.Equal((true, null, OutcarEnding.RequiredAccuracy), (outcar.Complete, outcar.Truncated, outcar.Ending));
    }

    [Fact]
    public void Counts_the_numbers_that_did_not_fit_their_columns()
    {
        var text = SampleOutcar.Whole.Replace("TOTEN  =       -12.00000000", "TOTEN  = ******************", StringComparison.Ordinal);
        var outcar = Read(text);
        Assert.True(double.IsNaN(outcar.IonicSteps[0].Energies.FreeEnergyEv));
        // KINTER, and the two lines of the first step.
        Assert.Contains($"3 numbers did not fit their columns (****) and count as not a number; the first is in the line at byte {text.IndexOf("   KINTER", StringComparison.Ordinal)}.", outcar.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void At_every_byte_a_cut_leaves_what_is_whole_before_it()
    {
        var whole = Read(SampleOutcar.Whole);
        var bytes = Encoding.UTF8.GetBytes(SampleOutcar.Whole);
        var timing = SampleOutcar.Whole.IndexOf(" General timing", StringComparison.Ordinal);
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = Outcar.Read(new MemoryStream(bytes, 0, length), OutcarContent.All, TestContext.Current.CancellationToken);
            Assert.Equal(whole.IonicSteps.Take(cut.IonicSteps.Length).Select(step => step.Energies), cut.IonicSteps.Select(step => step.Energies));
            Assert.Equal(whole.FermiEnergiesEv.Take(cut.FermiEnergiesEv.Length), cut.FermiEnergiesEv);
            Assert.All(cut.Parameters.All, parameter => Assert.Equal(whole.Parameters.All[parameter.Key], parameter.Value));
            if (cut.LastGeometry is { } geometry) Assert.Equal(whole.LastGeometry!.ForcesEvPerA, geometry.ForcesEvPerA);
            if (cut.SiteCharges is { } charges) Assert.Equal(whole.SiteCharges!.Totals, charges.Totals);
            if (cut.Eigenvalues is { } bands) Assert.Equal(8, bands.SpinCount * bands.KPointCount * bands.BandCount);
            if (!cut.CorePotentialsEv.IsEmpty) Assert.Equal(whole.CorePotentialsEv, cut.CorePotentialsEv);
            Assert.Equal(length < timing + " General timing and accounting informations for this job:\n".Length ? length : null, cut.Truncated?.Byte);
        }
    }

    [Fact]
    public void Tells_in_which_step_the_text_ends()
    {
        var cut = SampleOutcar.Head + SampleOutcar.FirstStep + SampleOutcar.SecondStep[..SampleOutcar.SecondStep.IndexOf("2(   2)", StringComparison.Ordinal)];
        var outcar = Outcar.Read(Text(cut), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(new Truncation(cut.Length, 2, 1, "it ends within ionic step 2"), outcar.Truncated);
        Assert.Equal(new IonicStep(-11, -10.9, -10.95, 1), outcar.UnfinishedStep);
        Assert.Equal(OutcarEnding.CutOff, outcar.Ending);
    }

    [Fact]
    public void Forces_that_follow_on_the_energy_are_of_that_step()
    {
        var energy = SampleOutcar.FirstStep.IndexOf("          FREE ENERGIE"[8..], StringComparison.Ordinal);
        var stress = SampleOutcar.FirstStep.IndexOf("  in kB", StringComparison.Ordinal);
        var swapped = SampleOutcar.FirstStep[..stress] + SampleOutcar.FirstStep[energy..] + SampleOutcar.FirstStep[stress..energy];
        var step = Assert.Single(Read(SampleOutcar.Head + swapped).IonicSteps);
        Assert.Equal((0.5, -10.91, 6), (step.MaxForceEvPerA, step.ExternalPressureKbar, step.StressKbar.Length));
        Assert.Equal(new(0.000194, 0.000162, -0.000098), step.Geometry!.DriftEvPerA);
        Assert.Equal(3.1, step.Geometry.Lattice!.C.Z);
    }

    [Fact]
    public void Reads_temperature_and_kinetic_energy_of_molecular_dynamics()
    {
        var step = Read(SampleOutcar.Head + SampleOutcar.FirstStep +
            "  kinetic energy EKIN   =         0.008168\n  kin. lattice  EKIN_LAT=         0.000000  (temperature   12.64 K)\n").LastStep!;
        Assert.Equal((0.008168, 12.64), (step.KineticEnergyEv, step.TemperatureK));
    }

    [Fact]
    public void A_force_field_in_training_adds_no_steps_of_its_own()
    {
        const string Learned = "  free  energy ML TOTEN  =       -99.00000000 eV\n\n  ML energy  without entropy=      -99.00000000  ML energy(sigma->0) =      -99.00000000\n";
        const string Heading = "--------------------------------------- Ionic step        3  -------------------------------------------\n";
        var outcar = Read(SampleOutcar.Head + SampleOutcar.FirstStep + Learned + SampleOutcar.SecondStep + Heading + Learned);
        Assert.Equal([-12, -13, -99], outcar.IonicSteps.Select(step => step.Energies.FreeEnergyEv));
    }

    [Fact]
    public void The_last_loop_tells_whether_the_electrons_converged()
    {
        Assert.True(Read(" vasp.5\n" + Missed + Reached).ElectronicConverged);
        Assert.False(Read(" vasp.5\n" + Reached + Missed).ElectronicConverged);
        Assert.Null(Read(" vasp.5\n").ElectronicConverged);
    }

    [Fact]
    public void VASP_5_says_that_EDIFF_is_reached_though_NELM_ended_the_loop()
    {
        var text = SampleOutcar.Whole.Replace("NELM   =     60", "NELM   =      2", StringComparison.Ordinal);
        Assert.False(Read(text).ElectronicConverged);
    }

    [Theory]
    [InlineData(" soft stop encountered!  aborting job ...\n", true)]
    [InlineData(" hard stop encountered!  aborting job ...\n", false)]
    public void A_stop_file_ends_a_run(string line, bool converged)
    {
        var outcar = Read(" vasp.5\n" + (converged ? Reached : "") + line + " General timing and accounting\n");
        Assert.Equal((OutcarEnding.Stopped, converged), (outcar.Ending, outcar.ElectronicConverged));
    }

    [Fact]
    public void Counts_of_four_digits_have_run_together()
    {
        var outcar = Read(" vasp.5\n  TITEL  = PAW_PBE Li 1\n   POMASS = 7.0; ZVAL   = 1.0\n  TITEL  = PAW_PBE O 1\n   POMASS = 16.0; ZVAL   = 6.0\n Dimension of arrays:\n   number of ions     NIONS =   3234\n   ions per type =            12342000\n");
        Assert.Equal([1234, 2000], outcar.AtomTypes.Select(type => type.Count));
    }

    [Fact]
    public void A_tar_header_in_front_of_the_text_is_passed_over() =>
        Assert.Equal("vasp.6.2.1 sample", Read("OUTCAR.serial\0\00000664\0ustar\0\0 vasp.6.2.1 sample   ").Program);

    /// <summary>The sample is gpaw-vasp's own (two Li atoms, NELM = 7); the values are pymatgen's reading of it.</summary>
    [Fact]
    public void Reads_what_gpaw_vasp_writes()
    {
        using var stream = File.OpenRead(Path.Combine(TestPaths.Repository, "tests", "DftFlow.Vasp.Tests", "Samples", "gpaw-vasp-OUTCAR"));
        var outcar = Outcar.Read(stream, OutcarContent.All, TestContext.Current.CancellationToken);
        Assert.Equal(new IonicStep(-4.56754246, -4.54044007, -4.55399127, 7), outcar.LastStep!.Energies);
        Assert.Equal((-0.151105, 2.0, -19.67), (outcar.FermiEnergyEv, outcar.ElectronsOnGrid, outcar.LastStep.ExternalPressureKbar));
        Assert.Equal([0.5000008], outcar.MagnetizationMub);
        Assert.Equal([0.18, 0.178], outcar.SiteCharges!.Totals);
        Assert.Equal([0.037, 0.039], outcar.SiteMagnetizations[0].Totals);
        Assert.Equal([-21.4696, -21.4706], outcar.CorePotentialsEv);
        Assert.Equal([new(0, 0, -0.081352), new(0, 0, 0.075017)], outcar.LastGeometry!.ForcesEvPerA);
        Assert.Equal((2, 3, 6), (outcar.Eigenvalues!.SpinCount, outcar.Eigenvalues.KPointCount, outcar.Eigenvalues.BandCount));
        Assert.Equal(new OutcarTiming { CpuSeconds = 2.629, UserSeconds = 2.438, SystemSeconds = 0.191, ElapsedSeconds = 5.255, MaximumMemoryKb = 116320 }, outcar.Timing);
        Assert.Equal((false, OutcarEnding.StepsUsedUp, 1), (outcar.ElectronicConverged, outcar.Ending, outcar.MpiRankCount));
        Assert.Equal([new(2, Element.Parse("Li"), "Li", 6.94, 1, "PAW_PBE Li")], outcar.AtomTypes);
    }

    [Theory]
    [InlineData("vasp6.bzint", "VERY BAD NEWS! internal error in subroutine BZINTS: Tetrahedron method fails (number of k-points < 4) 3")]
    [InlineData("vasp.pricelv", "PRICELV: current lattice and primitive lattice are incommensurate within SYMPREC.")]
    [InlineData("vasp.edddav", "Error EDDDAV: Call to ZHEGV failed. Returncode = 7 1 8")]
    [InlineData("vasp.zbrent", "ZBRENT: fatal error in bracketing")]
    public void Finds_why_a_run_stopped(string file, string expected)
    {
        using var stream = VaspCorpus.Open("errors-stdout-set-a", file);
        Assert.Equal(expected, StopMessage.Find(stream, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Finds_why_gpaw_vasp_stopped()
    {
        const string Box =
            """
             gpaw-vasp 1.0.0, GPAW 22.8.0 (not VASP; VASP's file formats)

             -----------------------------------------------------------------------------
            | Error in the input of gpaw-vasp 1.0.0, GPAW 22.8.0:
            |   INCAR: LORBIT = 5 is not supported.
             -----------------------------------------------------------------------------
            """;
        var outcar = Read(Box);
        Assert.Equal("Error in the input of gpaw-vasp 1.0.0, GPAW 22.8.0: INCAR: LORBIT = 5 is not supported.", outcar.StopMessage);
        Assert.Equal(OutcarEnding.Error, outcar.Ending);
    }

    [Fact]
    public void A_warning_or_advice_in_a_box_is_no_reason_to_stop()
    {
        const string Box =
            """
             vasp.5.4.4
             -----------------------------------------------------------------------------
            |     W    W    AA    RRRRR   N    N  II  N    N   GGGG   !!!     |
            |     The number of bands was changed.  An ERROR it is not.       |
             -----------------------------------------------------------------------------
            """;
        Assert.Null(Read(Box).StopMessage);
    }

    [Theory]
    [InlineData("Fe O\n1.0\n3 0 0\n")]
    [InlineData("1.0 2.0\n")]
    [InlineData("PROCAR lm decomposed\n# of k-points:    1         # of bands:   1         # of ions:    1\n\n k-point     1 :    0.00000000 0.00000000 0.00000000     weight = 1.00000000\n")]
    [InlineData(" running on    8 nodes\n vasp.5.2.11 01Dec10 complex\n reached required accuracy - stopping structural energy minimisation\n")]
    public void Another_text_is_refused(string text) =>
        Assert.Equal("DF1420", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void More_ionic_steps_than_any_run_makes_are_refused() =>
        Assert.Equal("DF1421", Assert.Throws<DftFlowException>(() => Outcar.Read(new RepeatedText("  energy  without entropy= 1.0\n", 1_000_002), cancellation: TestContext.Current.CancellationToken)).Code);

    [Fact]
    public void A_longer_run_takes_no_more_memory_but_for_its_history()
    {
        var step = SampleOutcar.FirstStep;
        Read(SampleOutcar.Whole);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var outcar = Outcar.Read(new RepeatedText(step, 10_000), OutcarContent.Eigenvalues, TestContext.Current.CancellationToken);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(10_000, outcar.IonicSteps.Length);
        // The text has 34 MB; a step of its history takes some hundred bytes.
        Assert.True(taken < 10_000_000, $"{taken} bytes were allocated");
    }

    [Fact]
    public void Moments_along_one_axis_that_come_again_and_again_are_not_gathered()
    {
        const string Table = " magnetization (y)\n\n# of ion s tot\n----------\n    1  0.0  0.0\n----------\n\n";
        using var text = Text(" vasp.6\n" + Table.Replace("(y)", "(x)", StringComparison.Ordinal) + string.Concat(Enumerable.Repeat(Table, 20_000)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Single(Outcar.Read(text, OutcarContent.Summary, TestContext.Current.CancellationToken).SiteMagnetizations);
        // Each table anew some hundred bytes: with all of those before it, 1.6 GB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
    }

    [Fact]
    public void Any_text_is_taken_without_complaint_or_refused() =>
        Gen.OneOf(Pieces.Select(Gen.Const).ToArray()).Array
            .Sample(parts => Read(" vasp.5\n" + string.Concat(parts)).Complete == false, iter: Effort.Iterations(5_000));

    [Fact]
    public void A_damaged_file_is_read_or_refused_and_nothing_else() =>
        Mutated.OnlyFailsWithItsOwnError(text => Read(text), SampleOutcar.Whole, SampleOutcar.Head + SampleOutcar.FirstStep + SampleOutcar.Tail);

    private static Outcar Read(string text) => Outcar.Read(Text(text + "\n"), OutcarContent.All, TestContext.Current.CancellationToken);

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Joined<T>(IEnumerable<T> values) => string.Join(' ', values.Select(value => FormattableString.Invariant($"{value}")));
}
