using System.IO.Compression;
using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs;

namespace DftFlow.Tests.Vasp.Outputs;

public class VasprunTests
{
    private const string Relaxation = """<i type="int" name="NELM">60</i><i type="int" name="NSW">3</i><i type="int" name="IBRION">2</i>""";

    [Fact]
    public void Reads_what_a_finished_run_wrote()
    {
        var run = Read(new SampleVasprun { FermiEnergyEv = 0.25 }, VasprunContent.All);
        Assert.Equal(("sample", "1.0"), (run.Program, run.Version));
        Assert.Equal("a < b & c", run.Incar.Text("SYSTEM"));
        Assert.Equal(60, run.Parameters.Whole("NELM"));
        Assert.Equal(["Li", "O"], run.AtomTypes.Select(type => type.Element?.Symbol));
        Assert.Equal(6, run.AtomTypes[1].ValenceElectrons);
        Assert.Equal(new IonicStep(-10.00, -9.90, -9.95, 1), Assert.Single(run.IonicSteps) with { Geometry = null });
        Assert.Equal([new("e_fr_energy", -10.00), new("e_wo_entrp", -9.90), new("e_0_energy", -9.95)], run.LastElectronicEnergies);
        Assert.Equal(0.25, run.FermiEnergyEv);
        Assert.Equal("LiO", run.FinalStructure!.Composition.Formula);
        Assert.Equal(new Vector3D(0.5, 0, 0.5), run.FinalStructure.Sites[1].Fractional);
        Assert.Equal(-0.5, run.ForcesEvPerA[1].Z);
        Assert.Equal([new(1, 0.5, 0), new(0.5, -2, 0), new(0, 0, 3)], run.StressKbar);
        Assert.Equal([-2, -1, 0, 1], run.Dos!.EnergiesEv);
        Assert.Equal(4, run.Dos.Projected!.Orbitals.Length);
        Assert.True(run is { Complete: true, ElectronicConverged: true, IonicConverged: true, Converged: true, SpinPolarized: false });
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public void Reads_only_the_energies_unless_asked_for_more()
    {
        var run = Read(new SampleVasprun());
        Assert.Equal(-9.95, run.LastStep!.EnergyEv);
        Assert.Equal(0, run.FermiEnergyEv);
        Assert.Null(run.Dos);
        Assert.Null(run.Eigenvalues);
        Assert.Null(run.FinalStructure);
        Assert.Null(Read(new SampleVasprun(), VasprunContent.Dos).Dos!.Projected);
    }

    [Theory]
    // VASP 6 writes what the labels say; VASP 5 writes energy(sigma→0) as e_wo_entrp and the entropy, or zero, as e_0_energy.
    [InlineData("-10.00", "-9.90", "-9.95", -9.90, -9.95)]
    [InlineData("-10.00", "-9.95", "-0.10", -9.90, -9.95)]
    // With a dispersion energy that the electronic step leaves out, and near zero, where an entropy could pass for an energy.
    [InlineData("-12.00", "-11.95", "-0.10", -11.90, -11.95)]
    [InlineData("-0.12", "-0.07", "-0.10", -0.02, -0.07)]
    public void Finds_the_energy_without_smearing_whichever_way_it_is_labelled(string free, string withoutEntropy, string sigmaToZero, double expectedWithout, double expected)
    {
        var step = Read(new SampleVasprun { Steps = [(free, withoutEntropy, sigmaToZero)] }).LastStep!;
        Assert.Equal(expected, step.EnergyEv, 12);
        Assert.Equal(expectedWithout, step.EnergyWithoutEntropyEv, 12);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void A_relaxation_is_converged_where_it_stopped_before_its_last_step(int steps, bool converged)
    {
        var run = Read(new SampleVasprun { Parameters = Relaxation, Steps = [.. Enumerable.Repeat(("-1", "-1", "-1"), steps)] });
        Assert.Equal(converged, run.IonicConverged);
        Assert.True(run.ElectronicConverged);
    }

    [Fact]
    public void A_step_that_used_all_its_electronic_steps_is_not_converged()
    {
        var run = Read(new SampleVasprun { Parameters = """<i type="int" name="NELM">1</i>""" });
        Assert.False(run.ElectronicConverged);
        Assert.False(run.Converged);
    }

    [Fact]
    public void A_file_cut_off_anywhere_gives_what_is_complete()
    {
        var text = new SampleVasprun { Parameters = Relaxation, Steps = [("-1", "-1", "-1"), ("-2", "-2", "-2")] }.ToString();
        var whole = Read(text, VasprunContent.All);
        Assert.True(whole.Complete);
        var root = text.IndexOf("<modeling>", StringComparison.Ordinal) + "<modeling>".Length;
        for (var length = 0; length < root; length++) Assert.Equal("DF1401", Assert.Throws<DftFlowException>(() => Read(text[..length])).Code);
        // Without the closing tag's last character nothing is missing but the certainty that the run had finished.
        for (var length = root; length < text.Length - 1; length++)
        {
            var part = Read(text[..length], VasprunContent.All);
            Assert.False(part.Complete);
            Assert.False(part.IonicConverged);
            Assert.Equal(length, part.Truncated!.Byte);
            Assert.Equal(text[..length].Split("<calculation>").Length - 1, part.Truncated.IonicStep);
            Assert.Equal(text[..length].Split("</calculation>").Length - 1, part.IonicSteps.Length);
            Assert.Equal(text[..length].Contains("</total>", StringComparison.Ordinal), part.Dos is not null);
            Assert.Equal(text[..length].Contains("</eigenvalues>", StringComparison.Ordinal), part.Eigenvalues is not null);
        }
    }

    [Fact]
    public void Reads_a_truncated_file_up_to_where_it_stops()
    {
        using var stream = VaspCorpus.Open("truncated-mno2-afm-relax", "vasprun.xml");
        var run = Vasprun.Read(stream, VasprunContent.All, TestContext.Current.CancellationToken);
        Assert.Equal(37, run.IonicSteps.Length);
        Assert.Equal((250817L, 38, 1), (run.Truncated!.Byte, run.Truncated.IonicStep, run.Truncated.ElectronicSteps));
        Assert.Equal(-92.51428143, run.LastStep!.EnergyEv);
        Assert.Equal(0.24997846, run.FinalStructure!.Sites[0].Fractional.X);
        Assert.False(run.Converged);
    }

    [Fact]
    public void Reads_a_compressed_file_that_was_cut_off_up_to_there()
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(new SampleVasprun { EnergiesEv = [.. Enumerable.Range(0, 5000).Select(i => i / 7.0)] }.ToString()));
        using var cut = new GZipStream(new MemoryStream(compressed.ToArray()[..(int)(compressed.Length / 2)]), CompressionMode.Decompress);
        var run = Vasprun.Read(cut, VasprunContent.All, TestContext.Current.CancellationToken);
        Assert.False(run.Complete);
        Assert.Equal("Li", run.AtomTypes[0].Symbol);
    }

    [Fact]
    public void A_number_that_did_not_fit_is_not_a_number_and_is_told()
    {
        var run = Read(new SampleVasprun { Steps = [("****************", "-9.9", "-9.95")], Parameters = """<i type="int" name="KINTER">******</i><i type="int" name="NELM">9</i>""" });
        Assert.Equal(double.NaN, run.LastStep!.FreeEnergyEv);
        Assert.Equal(double.NaN, Assert.IsType<ParameterValue.Real>(run.Parameters.All["KINTER"]).Value);
        Assert.Contains("2 places", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_of_any_size_give_the_same()
    {
        var text = Encoding.UTF8.GetBytes(new SampleVasprun { Elements = ["Li", "Mn", "O", "O"], EnergiesEv = [.. Enumerable.Range(0, 300).Select(i => i / 7.0)] }.ToString());
        foreach (var block in new[] { 1, 7, 4093, 70_000 })
        {
            var run = Vasprun.Read(new SmallBlocks(text, block), VasprunContent.All, TestContext.Current.CancellationToken);
            Assert.True(run.Complete);
            Assert.Equal(299 / 7.0, run.Dos!.EnergiesEv[^1]);
            Assert.Equal(4, run.Dos.Projected!.SiteCount);
        }
    }

    private static Vasprun Read(SampleVasprun sample, VasprunContent content = VasprunContent.Energies) => Read(sample.ToString(), content);

    private static Vasprun Read(string text, VasprunContent content = VasprunContent.Energies) =>
        Vasprun.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), content, TestContext.Current.CancellationToken);

    private sealed class SmallBlocks(byte[] text, int block) : MemoryStream(text)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, block));
    }
}
