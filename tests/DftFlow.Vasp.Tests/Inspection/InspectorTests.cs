using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Tests;
using DftFlow.Vasp.Inspection;

namespace DftFlow.Vasp.Tests.Inspection;

public sealed class InspectorTests : IDisposable
{
    private const string Outcar = """
         vasp.6.4.1 05Apr23 (build May 18 2023 15:07:29) complex

         executed on             LinuxGNU date 2024.03.02  18:59:43
         Startparameter for this run:
           NELM   =     60;   NELMIN=  2; NELMDL= -5     # of ELM steps
           ISPIN  =      2    spin polarized calculation?
           NSW    =      0    number of steps for IOM
           IBRION =     -1    ionic relax: 0-MD 1-quasi-New 2-CG
         E-fermi :   0.0000     XC(G=0): -10.0000     alpha+bet : -9.0000

         magnetization (x)

        # of ion       s       p       d       tot
        ------------------------------------------
            1        0.010   0.020   2.970   3.000
            2        0.000  -0.100   0.000  -0.100
        --------------------------------------------------
        tot          0.010  -0.080   2.970   2.900


         General timing and accounting informations for this job:

        """;

    private const string Oszicar = """
               N       E                     dE             d eps       ncg     rms          rms(c)
        DAV:   1     0.100000000000E+03    0.10000E+03   -0.80000E+03   480   0.100E+03
        DAV:   2    -0.990000000000E+01   -0.10990E+03   -0.10000E+03   480   0.100E+02
        DAV:   3    -0.100000000000E+02   -0.10000E+00   -0.10000E-01   480   0.100E-01
           1 F= -.10000000E+02 E0= -.99500000E+01  d E =-.100000E+00  mag=     2.9000

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("dftflow inspection ").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Atoms_that_an_OUTCAR_only_claims_take_no_memory()
    {
        Write("OUTCAR", " vasp.6.4.2 sample\n executed on x\n" + string.Concat(Enumerable.Repeat("   TITEL  = PAW_PBE O 08Apr2002\n", 200))
            + " Dimension of arrays:\n   number of ions     NIONS = 2000000000\n   ions per type = " + string.Concat(Enumerable.Repeat(" 10000000", 200)) + "\n\n");
        var before = GC.GetTotalAllocatedBytes();
        var run = await Inspect();
        // Of all threads, those of other tests too; the atoms would take eight times this.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 1_000_000_000);
        Assert.Equal((2_000_000_000, null), (run.Facts.AtomCount, run.Facts.Composition));
    }

    [Fact]
    public async Task Takes_from_each_file_what_the_ones_before_it_lack()
    {
        Write("vasprun.xml", new SampleVasprun().ToString());
        Write("OUTCAR", Outcar);
        Write("OSZICAR", Oszicar);
        var run = await Inspect();
        Assert.Equal("Li2O2", run.Facts.Composition?.ReducedFormula);
        Assert.Equal(("sample", "1.0"), (run.Facts.Program, run.Facts.Version));
        Assert.Equal((-9.95, -10.0, 1), (run.Facts.Steps!.FinalEnergyEv, run.Facts.Steps.FreeEnergyEv, run.Facts.Steps.Count));
        Assert.Equal([[3.0], [-0.1]], run.Facts.SiteMagnetizationsMub.Select(site => site.ToArray()));
        Assert.Equal([2.9], run.Facts.TotalMagnetizationMub);
        Assert.Equal([100, -109.9, -0.1], run.Facts.LastLoop.Select(step => step.EnergyChangeEv));
        Assert.Equal(2.0, run.Facts.Edges!.GapEv);
        Assert.Equal(["vasprun.xml", "OUTCAR", "OSZICAR"], run.Inputs.Select(input => Path.GetFileName(input.File)));
        Assert.All(run.Inputs, input => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(input.File))), input.Sha256));
    }

    [Fact]
    public async Task Tells_what_files_disagree_in_and_which_is_taken()
    {
        Write("vasprun.xml", new SampleVasprun().ToString());
        Write("OSZICAR", Oszicar.Replace("E0= -.99500000E+01", "E0= -.99400000E+01", StringComparison.Ordinal));
        Write("OUTCAR", Outcar.Replace("ISPIN  =      2", "ISPIN  =      1", StringComparison.Ordinal));
        var run = await Inspect();
        Assert.Equal(-9.95, run.Facts.Steps!.FinalEnergyEv);
        Assert.Contains("final_energy_ev: OSZICAR says -9.94, vasprun.xml -9.95, which is taken.", run.Warnings);
        Assert.Contains("version: OUTCAR says 6.4.1, vasprun.xml 1.0, which is taken.", run.Warnings);
        Assert.DoesNotContain(run.Warnings, warning => warning.StartsWith("spin_polarized", StringComparison.Ordinal));
        Write("OUTCAR", Outcar);
        Assert.Contains("spin_polarized: OUTCAR says true, vasprun.xml false, which is taken.", (await Inspect()).Warnings);
    }

    [Theory]
    [InlineData("vasprun.xml.gz", "")]
    [InlineData("vasprun.xml.relax2", ".relax2")]
    [InlineData("vasprun.xml.relax2.gz", ".relax2")]
    public async Task Finds_files_that_are_compressed_or_carry_the_name_of_a_stage(string name, string stage)
    {
        Write(name, new SampleVasprun().ToString());
        Write("POSCAR", "no matter");
        Assert.Equal(stage, RunFiles.Of(folder).Stage);
        Assert.Equal(-9.95, (await Inspect()).Facts.Steps!.FinalEnergyEv);
    }

    [Fact]
    public async Task Reads_one_stage_the_last_and_tells_of_the_others()
    {
        foreach (var stage in (string[])[".relax1", ".relax9", ".relax10"])
            Write("vasprun.xml" + stage, new SampleVasprun { FermiEnergyEv = stage.Length }.ToString());
        Write("OUTCAR.relax9", Outcar);
        var run = await Inspect();
        Assert.Equal(".relax10".Length, run.Facts.FermiEnergyEv);
        Assert.Single(run.Inputs);
        Assert.Contains(run.Warnings, warning => warning.Contains(".relax1, .relax9", StringComparison.Ordinal));
        Write("vasprun.xml", new SampleVasprun { FermiEnergyEv = 0.5 }.ToString());
        Assert.Equal(0.5, (await Inspect()).Facts.FermiEnergyEv);
    }

    [Fact]
    public async Task A_vasprun_that_is_empty_leaves_the_word_to_the_others()
    {
        Write("vasprun.xml", "");
        Write("OSZICAR", Oszicar);
        Write("POSCAR", "LiO\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi O\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n");
        var run = await Inspect();
        Assert.Equal(("Li2O2", 2, -9.95), (run.Facts.Composition?.ReducedFormula, run.Facts.AtomCount, run.Facts.Steps!.FinalEnergyEv));
        Assert.Null(run.Facts.Converged);
        Assert.Contains(run.Warnings, warning => warning.StartsWith("vasprun.xml is left out: ", StringComparison.Ordinal));
        Assert.Equal(["OSZICAR", "POSCAR"], run.Inputs.Select(input => Path.GetFileName(input.File)));
    }

    [Fact]
    public async Task A_run_that_is_cut_off_is_not_converged_and_tells_where_it_stops()
    {
        var text = new SampleVasprun { Steps = [("-10.00", "-9.90", "-9.95"), ("-11.00", "-10.90", "-10.95")] }.ToString();
        var at = text.LastIndexOf("<calculation>", StringComparison.Ordinal) + 200;
        Write("vasprun.xml", text[..at]);
        var run = await Inspect();
        Assert.Equal((-9.95, 1), (run.Facts.Steps!.FinalEnergyEv, run.Facts.Steps.Count));
        Assert.False(run.Facts.Converged);
        Assert.Equal(("vasprun.xml", 2), (run.Truncated!.File, run.Truncated.At.IonicStep));
        Assert.InRange(run.Truncated.At.Byte, at - 200, at);
        Assert.Contains(run.Facts.Diagnoses, diagnosis => diagnosis.Id == "cut-off");
    }

    [Fact]
    public async Task A_packed_file_that_is_damaged_is_read_as_far_as_it_goes_and_told_of()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(new SampleVasprun().ToString()));
        var bytes = packed.ToArray();
        bytes[^8] ^= 0x55;
        await File.WriteAllBytesAsync(Path.Combine(folder, "vasprun.xml.gz"), bytes, TestContext.Current.CancellationToken);
        var run = await Inspect();
        Assert.Equal(-9.95, run.Facts.Steps!.FinalEnergyEv);
        Assert.Contains(run.Warnings, warning => warning.StartsWith("vasprun.xml.gz: the compressed file is", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_STOPCAR_ended_is_not_relaxed_though_its_vasprun_looks_so()
    {
        const string Relaxation = """<i type="int" name="NELM">60</i><i type="int" name="NSW">20</i><i type="int" name="IBRION">2</i><i type="int" name="ISPIN">1</i>""";
        Write("vasprun.xml", new SampleVasprun { Parameters = Relaxation }.ToString());
        Assert.True((await Inspect()).Facts.Converged);
        Write("OUTCAR", Outcar.Replace("NSW    =      0", "NSW    =     20", StringComparison.Ordinal).Replace("IBRION =     -1", "IBRION =      2", StringComparison.Ordinal)
            .Replace(" E-fermi", " soft stop encountered!  aborting job ...\n E-fermi", StringComparison.Ordinal));
        var stopped = await Inspect();
        Assert.False(stopped.Facts.Steps!.IonicConverged);
        Assert.True(stopped.Facts.Stopped);
    }

    [Fact]
    public async Task What_reached_EDIFFG_with_the_last_step_of_NSW_is_relaxed_though_its_vasprun_cannot_tell()
    {
        const string Relaxation = """<i type="int" name="NELM">60</i><i type="int" name="NSW">2</i><i type="int" name="IBRION">2</i><i type="int" name="ISPIN">1</i>""";
        static string Step(int number) => $"""
            --------------------------------------- Iteration {number,6}(   1)  ---------------------------------------
             aborting loop because EDIFF is reached
              FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)
              ---------------------------------------------------
              free  energy   TOTEN  =       -10.00000000 eV

              energy  without entropy=       -9.90000000  energy(sigma->0) =       -9.95000000

            """;
        Write("vasprun.xml", new SampleVasprun { Parameters = Relaxation, Steps = [("-10.00", "-9.90", "-9.95"), ("-10.00", "-9.90", "-9.95")] }.ToString());
        Assert.False((await Inspect()).Facts.Converged);
        var outcar = Outcar.Replace("NSW    =      0", "NSW    =      2", StringComparison.Ordinal).Replace("IBRION =     -1", "IBRION =      2", StringComparison.Ordinal);
        var end = outcar.IndexOf(" General timing", StringComparison.Ordinal);
        Write("OUTCAR", $"{outcar[..end]}{Step(1)}{Step(2)} reached required accuracy - stopping structural energy minimisation\n{outcar[end..]}");
        var run = await Inspect();
        Assert.DoesNotContain(run.Warnings, warning => warning.Contains("ionic", StringComparison.Ordinal));
        Assert.Equal(2, run.Facts.Steps!.Count);
        Assert.True(run.Facts.Converged);
        Assert.DoesNotContain(run.Facts.Diagnoses, diagnosis => diagnosis.Id == "ionic-unconverged");
    }

    [Fact]
    public async Task A_run_that_has_no_energies_as_of_GW_has_not_run_away()
    {
        Write("vasprun.xml", System.Text.RegularExpressions.Regex.Replace(new SampleVasprun { ElectronicStep = "" }.ToString(), "(?<=<calculation>.*)<energy>.*?</energy>", "", System.Text.RegularExpressions.RegexOptions.Singleline));
        var run = await Inspect();
        Assert.Equal((1, null, null), (run.Facts.Steps!.Count, run.Facts.Steps.FinalEnergyEv, run.Facts.Steps.FreeEnergyEv));
        Assert.Empty(run.Facts.Diagnoses);
    }

    [Fact]
    public async Task Grids_of_a_directory_are_read_when_asked_for()
    {
        Write("vasprun.xml", new SampleVasprun().ToString());
        Write("CHGCAR", "LiO\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi O\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n\n 2 2 2\n 1.0 2.0 3.0 4.0 5.0\n 6.0 7.0 8.0\n");
        Assert.Empty((await Inspect()).Facts.Grids);
        var grid = Assert.Single((await Inspect(grids: true)).Facts.Grids);
        // Their mean: 36 / 8.
        Assert.Equal(("CHGCAR", 4.5, 1.0, 8.0), (grid.Name, grid.Blocks[0].IntegralElectrons, grid.Blocks[0].Min, grid.Blocks[0].Max));
    }

    [Fact]
    public async Task A_directory_without_files_of_a_run_is_an_error_that_points_to_runs_below()
    {
        Write("notes.txt", "nothing");
        Assert.Equal("DF1455", (await Assert.ThrowsAsync<DftFlowException>(() => Inspect())).Code);
        Directory.CreateDirectory(Path.Combine(folder, "run 1"));
        Write("run 1/OUTCAR", Outcar);
        Assert.Contains("such as run 1", (await Assert.ThrowsAsync<DftFlowException>(() => Inspect())).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_at_all_is_the_error_of_the_first_file()
    {
        Write("vasprun.xml", "");
        var error = await Assert.ThrowsAsync<DftFlowException>(() => Inspect());
        Assert.Equal(("DF1401", Path.Combine(folder, "vasprun.xml")), (error.Code, error.File));
    }

    private Task<DftFlow.Vasp.Inspection.Inspection> Inspect(bool grids = false) => Inspector.InspectAsync(folder, grids, TestContext.Current.CancellationToken);

    private void Write(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var file = File.Create(Path.Combine(folder, name));
        if (!name.EndsWith(".gz", StringComparison.Ordinal))
        {
            file.Write(bytes);
            return;
        }
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        gzip.Write(bytes);
    }
}
