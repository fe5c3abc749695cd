using System.Globalization;
using System.Text.Json;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

/// <summary>Every value that the corpus states of an OUTCAR: from regular expressions on its text, and as pymatgen reads it.</summary>
public class OutcarCorpusTests
{
    private static readonly (string Key, Func<OutcarTiming, double?> Value)[] Statistics =
    [
        ("Average memory used (kb)", timing => timing.AverageMemoryKb),
        ("Maximum memory used (kb)", timing => timing.MaximumMemoryKb),
        ("Elapsed time (sec)", timing => timing.ElapsedSeconds),
        ("System time (sec)", timing => timing.SystemSeconds),
        ("User time (sec)", timing => timing.UserSeconds),
        ("Total CPU time used (sec)", timing => timing.CpuSeconds),
    ];

    [Fact]
    public void Finds_the_stated_values_in_every_file_of_the_corpus()
    {
        var files = 0;
        foreach (var (caseName, file, expected) in VaspCorpus.FilesOfKind("OUTCAR"))
        {
            using var stream = VaspCorpus.Open(caseName, file);
            var outcar = Outcar.Read(stream, OutcarContent.All, TestContext.Current.CancellationToken);
            var where = $"{caseName}/{file}";
            if (expected.At("first_version_line")?.GetString() is { } version) Equal(version, outcar.Program, where, "program");
            CheckRawText(outcar, expected.GetProperty("raw_text"), where);
            foreach (var (axis, index) in new[] { ("x", 0), ("y", 1), ("z", 2) })
                if (expected.At("last_magnetization_tot_own_reader", axis) is { } moments) Equal(Numbers(moments), outcar.SiteMagnetizations[index].Totals, where, axis);
            if (expected.At("pymatgen", "pymatgen_raises") is null) CheckPymatgen(outcar, expected.GetProperty("pymatgen"), where);
            files++;
        }
        Assert.True(files >= 33, $"only {files} files were found");
    }

    private static void CheckRawText(Outcar outcar, JsonElement stated, string where)
    {
        Equal(stated.GetProperty("n_free_energy_TOTEN_ionic").GetInt32(), outcar.IonicSteps.Length, where, "ionic steps");
        Equal(stated.GetProperty("n_energy_without_entropy_ionic").GetInt32(), outcar.IonicSteps.Length, where, "ionic steps");
        Equal(stated.GetProperty("n_position_force_tables").GetInt32(), outcar.IonicSteps.Count(step => step.Geometry is not null), where, "force tables");
        Equal(stated.GetProperty("has_timing_block").GetBoolean(), outcar.Complete, where, "complete");
        Equal(stated.GetProperty("reached_required_accuracy").GetInt32() > 0, outcar.ReachedRequiredAccuracy, where, "required accuracy");
        Equal(stated.GetProperty("E_fermi_all_count").GetInt32(), outcar.FermiEnergiesEv.Length, where, "Fermi levels");
        Equal(Number(stated.At("last_free_energy_TOTEN")), outcar.LastStep?.Energies.FreeEnergyEv, where, "TOTEN");
        Equal(Number(stated.At("last_energy_without_entropy_and_sigma0")?[0]), outcar.LastStep?.Energies.EnergyWithoutEntropyEv, where, "without entropy");
        Equal(Number(stated.At("last_energy_without_entropy_and_sigma0")?[1]), outcar.LastStep?.Energies.EnergyEv, where, "sigma to zero");
        Equal(Number(stated.At("E_fermi_last")), outcar.FermiEnergyEv, where, "Fermi level");
        Equal(Numbers(stated.GetProperty("ZVAL_by_potential")), outcar.AtomTypes.Select(type => type.ValenceElectrons), where, "ZVAL");
        if (stated.At("ions_per_type") is { } ions) Equal(Numbers(ions), outcar.AtomTypes.Select(type => (double)type.Count), where, "ions per type");
        Equal(stated.At("NIONS")?.GetInt32(), outcar.AtomCount, where, "NIONS");
        Equal(stated.At("NELECT")?.GetDouble(), outcar.ElectronCount, where, "NELECT");
        foreach (var tag in new[] { "ISPIN", "ISMEAR", "LORBIT", "NELM", "NSW", "IBRION" }) Equal(Number(stated.At(tag)), outcar.Parameters.Number(tag), where, tag);
        foreach (var tag in new[] { "LNONCOLLINEAR", "LSORBIT" }) Equal(stated.At(tag)?.GetString() is { } text ? text.Contains('T', StringComparison.Ordinal) : null, outcar.Parameters.Flag(tag), where, tag);
        // Stated where the file repeats the INCAR, as VASP 6 does; earlier versions print the block of U alone.
        if (stated.At("LDAU") is not null) Assert.NotNull(outcar.Hubbard);
        // An axis's table is printed as often as there are sites to print it of, so its count only tells that there is one.
        Equal(stated.GetProperty("n_magnetization_x_tables").GetInt32() > 0, !outcar.SiteMagnetizations.IsEmpty, where, "magnetization tables");
        if (outcar.CorePotentialsEv.Length > 0) Equal(outcar.AtomCount, outcar.CorePotentialsEv.Length, where, "core potentials");
    }

    private static void CheckPymatgen(Outcar outcar, JsonElement stated, string where)
    {
        // pymatgen takes the last energies printed, of an electronic step where the ionic step is not finished.
        var last = outcar.Truncated is { } && outcar.UnfinishedStep is { ElectronicSteps: > 0 } unfinished ? unfinished : outcar.LastStep?.Energies;
        Equal(Number(stated.At("final_energy")), last?.EnergyEv, where, "final_energy");
        Equal(Number(stated.At("final_energy_wo_entrp")), outcar.LastStep?.Energies.EnergyWithoutEntropyEv, where, "final_energy_wo_entrp");
        Equal(Number(stated.At("final_fr_energy")), outcar.LastStep?.Energies.FreeEnergyEv, where, "final_fr_energy");
        // pymatgen goes back through the file until it has found electrons, moment, Fermi level and timing: without spin, or without
        // timing, that is to the beginning, and what it keeps is the first of each.
        var keepsLast = outcar.Complete && !outcar.MagnetizationMub.IsEmpty;
        if (stated.At("efermi") is { } fermi) Equal(fermi.GetDouble(), outcar.FermiEnergiesEv[keepsLast ? ^1 : 0], where, "efermi");
        if (Number(stated.At("nelect")) is { } electrons) Assert.Equal(electrons, outcar.ElectronsOnGrid!.Value, keepsLast ? 0 : 3e-6 * electrons);
        if (outcar.Complete) Equal(Number(stated.At("total_mag")), outcar.MagnetizationMub is [var first, ..] ? first : null, where, "total_mag");
        Equal(stated.GetProperty("is_stopped").GetBoolean(), outcar.StoppedByUser, where, "is_stopped");
        Equal(stated.GetProperty("cores").GetInt32(), outcar.MpiRankCount, where, "cores");
        foreach (var (key, value) in Statistics) Equal(Number(stated.At("run_stats", key)), value(outcar.Timing), where, key);
        if (stated.At("charge_tot") is { } charges) Equal(Numbers(charges), outcar.SiteCharges!.Totals, where, "charge_tot");
        if (stated.At("charge_n") is { } chargeCount) Equal(chargeCount.GetInt32(), outcar.SiteCharges!.Rows.Length, where, "charge_n");
        if (stated.At("magnetization_n") is { } count) Equal(count.GetInt32(), outcar.SiteMagnetizations[0].Rows.Length, where, "magnetization_n");
        if (stated.At("magnetization_tot") is { } moments) Equal(Numbers(moments), outcar.SiteMagnetizations[0].Totals, where, "magnetization_tot");
        if (stated.At("magnetization_tot_vectors") is { } vectors)
            for (var site = 0; site < vectors.GetArrayLength(); site++)
                Equal(Numbers(vectors[site]), outcar.SiteMagnetizations.Select(table => table.Totals[site]), where, $"vector of site {site + 1}");
        if (stated.At("magnetization_first_by_orbital") is { } first1)
            foreach (var orbital in first1.EnumerateObject())
                Equal(orbital.Value.GetDouble(), outcar.SiteMagnetizations[0].Rows[0][outcar.SiteMagnetizations[0].Columns.IndexOf(orbital.Name)], where, orbital.Name);
    }

    [Fact]
    public void Gives_the_bands_and_the_gap_that_the_vasprun_of_the_same_run_gives()
    {
        var runs = 0;
        foreach (var (caseName, outcarName, vasprunName) in (ReadOnlySpan<(string, string, string)>)
            [
                ("exit-status-set-si", "converged__OUTCAR", "converged__vasprun.xml"),
                ("exit-status-set-si", "ionic-unconverged__OUTCAR.gz", "ionic-unconverged__vasprun.xml"),
                ("dos-spin-mno2-fm-relax", "OUTCAR.gz", "vasprun.xml.gz"),
                ("soc-no-molecule-relax-vasp643", "OUTCAR.gz", "vasprun.xml"),
                ("static-mno2-afm-r2scan", "OUTCAR.gz", "vasprun.xml.gz"),
            ])
        {
            using var text = VaspCorpus.Open(caseName, outcarName);
            using var xml = VaspCorpus.Open(caseName, vasprunName);
            var outcar = Outcar.Read(text, OutcarContent.Eigenvalues, TestContext.Current.CancellationToken);
            var vasprun = Vasprun.Read(xml, VasprunContent.Eigenvalues, TestContext.Current.CancellationToken);
            var (ours, theirs) = (outcar.Eigenvalues!, vasprun.Eigenvalues!);
            Assert.Equal((theirs.SpinCount, theirs.KPointCount, theirs.BandCount), (ours.SpinCount, ours.KPointCount, ours.BandCount));
            for (var spin = 0; spin < theirs.SpinCount; spin++)
                for (var k = 0; k < theirs.KPointCount; k++)
                    for (var band = 0; band < theirs.BandCount; band++)
                    {
                        Assert.Equal(theirs.EnergiesEv(spin, k)[band], ours.EnergiesEv(spin, k)[band], 1e-4);
                        Assert.Equal(theirs.Occupations(spin, k)[band], ours.Occupations(spin, k)[band], 1e-4);
                    }
            Assert.Equal(BandEdges.Of(theirs)!.GapEv, BandEdges.Of(ours)!.GapEv, 2e-4);
            Assert.Equal(vasprun.IonicSteps.Select(step => step.ElectronicSteps), outcar.IonicSteps.Select(step => step.Energies.ElectronicSteps));
            Assert.Equal(vasprun.ElectronicConverged, outcar.ElectronicConverged);
            Assert.Equal(vasprun.AtomTypes, outcar.AtomTypes);
            runs++;
        }
        Assert.Equal(5, runs);
    }

    [Theory]
    [InlineData("converged__OUTCAR", OutcarEnding.Finished, true)]
    [InlineData("elec-unconverged__OUTCAR", OutcarEnding.Finished, false)]
    [InlineData("ionic-unconverged__OUTCAR.gz", OutcarEnding.StepsUsedUp, true)]
    [InlineData("unfinished__OUTCAR", OutcarEnding.CutOff, null)]
    public void Tells_how_a_run_ended(string file, OutcarEnding ending, bool? converged)
    {
        using var stream = VaspCorpus.Open("exit-status-set-si", file);
        var outcar = Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((ending, converged), (outcar.Ending, outcar.ElectronicConverged));
    }

    [Theory]
    [InlineData("truncated-outcar-and-vasprun", "OUTCAR.stopped.gz", OutcarEnding.Stopped)]
    [InlineData("truncated-outcar-and-vasprun", "OUTCAR.crashed", OutcarEnding.CutOff)]
    [InlineData("aborted-job-nbtini-large", "OUTCAR", OutcarEnding.Error)]
    [InlineData("dos-spin-mno2-fm-relax", "OUTCAR.gz", OutcarEnding.RequiredAccuracy)]
    public void Tells_a_stop_from_a_crash_and_from_an_error(string caseName, string file, OutcarEnding ending)
    {
        using var stream = VaspCorpus.Open(caseName, file);
        Assert.Equal(ending, Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken).Ending);
    }

    [Fact]
    public void A_snapshot_of_a_running_relaxation_is_read_up_to_where_it_ends()
    {
        using var stream = VaspCorpus.Open("truncated-mno2-afm-relax", "OUTCAR.gz");
        var outcar = Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((1368274, 38, 1), (outcar.Truncated!.Byte, outcar.Truncated.IonicStep, outcar.Truncated.ElectronicSteps));
        Assert.Equal(-92.4627482, outcar.UnfinishedStep!.EnergyEv);
    }

    [Fact]
    public void Reads_the_block_of_a_Hubbard_U()
    {
        using var stream = VaspCorpus.Open("nio-ldau-static-vasp641", "OUTCAR.gz");
        var hubbard = Outcar.Read(stream, cancellation: TestContext.Current.CancellationToken).Hubbard!;
        Assert.Equal(2, hubbard.Type);
        Assert.Equal([2, 0], hubbard.Orbitals);
        Assert.Equal([6.2, 0], hubbard.UEv);
        Assert.Equal([0, 0], hubbard.JEv);
    }

    private static double? Number(JsonElement? value) => value switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => double.Parse(text.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture),
        { ValueKind: JsonValueKind.Null } => null,
        { } number => number.GetDouble(),
    };

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];

    private static void Equal<T>(T expected, T actual, string where, string what) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, actual), $"{where}: {what} is {actual}, expected {expected}");

    private static void Equal(double[] expected, IEnumerable<double> actual, string where, string what) =>
        Assert.True(expected.SequenceEqual(actual), $"{where}: {what} is {string.Join(' ', actual)}, expected {string.Join(' ', expected)}");
}
