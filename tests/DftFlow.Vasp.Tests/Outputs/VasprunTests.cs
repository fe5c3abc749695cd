using System.IO.Compression;
using System.Text;
using CsCheck;
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
        Assert.Equal(new IonicStep(-10.00, -9.90, -9.95, 1), Assert.Single(run.IonicSteps));
        Assert.Equal(0.25, run.FermiEnergyEv);
        Assert.Equal("LiO", run.FinalStructure!.Composition.Formula);
        Assert.Equal(new Vector3D(0.5, 0, 0.5), run.FinalStructure.Sites[1].Fractional);
        Assert.Equal(-0.5, run.ForcesEvPerA[1].Z);
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
        // Without the closing tag's last character nothing is missing but the certainty that the run had finished.
        for (var length = text.IndexOf("<generator>", StringComparison.Ordinal); length < text.Length - 2; length += 3)
        {
            var part = Read(text[..length], VasprunContent.All);
            Assert.False(part.Complete);
            Assert.False(part.IonicConverged);
            Assert.Equal(length, part.Truncated!.Byte);
            Assert.Equal(text[..length].Split("<calculation>").Length - 1, part.Truncated.IonicStep);
            Assert.Equal(text[..length].Split("</calculation>").Length - 1, part.IonicSteps.Length);
            Assert.Equal(text[..length].Contains("</dos>", StringComparison.Ordinal), part.Dos is not null);
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
    public void Leaves_aside_the_dos_of_KPOINTS_OPT()
    {
        const string Optional = """<dos comment="kpoints_opt"><i name="efermi">9.0</i><total><array><field>energy</field><set></set></array></total></dos><eigenvalues_kpoints_opt><kpoints comment="x"><varray name="kpointlist"></varray></kpoints></eigenvalues_kpoints_opt>""";
        var run = Read(new SampleVasprun { FermiEnergyEv = 1.5, BeforeCalculationEnds = Optional }, VasprunContent.All);
        Assert.True(run.Complete);
        Assert.Equal(1.5, run.FermiEnergyEv);
        Assert.Equal(4, run.Dos!.EnergiesEv.Length);
    }

    [Fact]
    public void Of_four_components_only_the_first_is_a_density()
    {
        var run = Read(new SampleVasprun { Components = 4, Projected = (_, component, _, _) => component }, VasprunContent.ProjectedDos);
        Assert.Equal([1, 1, 1, 1], Assert.Single(run.Dos!.Density));
        Assert.Equal(4, run.Dos.Projected!.ComponentCount);
        Assert.Equal(0, run.Dos.Projected[0, 0, 0][0]);
    }

    [Fact]
    public void A_number_that_did_not_fit_is_not_a_number_and_is_told()
    {
        var run = Read(new SampleVasprun { Steps = [("****************", "-9.9", "-9.95")], Parameters = """<i type="int" name="KINTER">******</i><i type="int" name="NELM">9</i>""" });
        Assert.Equal(double.NaN, run.LastStep!.FreeEnergyEv);
        Assert.Equal(double.NaN, Assert.IsType<ParameterValue.Real>(run.Parameters.All["KINTER"]).Value);
        Assert.Contains("2 places", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Not XML at all")]
    [InlineData("<html><body/></html>")]
    [InlineData("<modeling")]
    public void Refuses_what_is_no_vasprun(string text) => Assert.Equal("DF1401", Assert.Throws<DftFlowException>(() => Read(text)).Code);

    [Fact]
    public void Refuses_declarations_deep_nesting_and_endless_tokens()
    {
        Assert.Equal("DF1402", Refusal("<!DOCTYPE modeling [<!ENTITY a \"&a;&a;\">]><modeling></modeling>"));
        Assert.Equal("DF1402", Refusal("<modeling>" + string.Concat(Enumerable.Repeat("<set>", 100_000))));
        Assert.Equal("DF1402", Refusal("<modeling><incar><i name=\"SYSTEM\">" + new string('x', 20_000_000)));
        Assert.Equal("DF1402", Refusal("<modeling><incar>" + string.Concat(Enumerable.Range(0, 30_000).Select(i => $"<i name=\"T{i}\">1</i>"))));

        static string Refusal(string text) => Assert.Throws<DftFlowException>(() => Read(text)).Code;
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

    [Fact]
    public void Damage_of_any_kind_ends_in_a_record_or_in_one_error()
    {
        var good = Encoding.UTF8.GetBytes(new SampleVasprun { Components = 2, Bands = [[[(-1, 1)]], [[(1, 0)]]] }.ToString());
        var damage = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 5], Gen.Byte, Gen.Int[1, 60]).Array[1, 6];
        damage.Sample(edits =>
        {
            var text = good.ToList();
            foreach (var (position, kind, value, length) in edits)
            {
                var at = Math.Min(position, text.Count - 1);
                var count = Math.Min(length, text.Count - at);
                if (kind == 0) text[at] = value;
                else if (kind == 1) text[at] = "<>/&*-. 9\""u8[value % 10];
                else if (kind == 2) text.RemoveRange(at, count);
                else if (kind == 3) text.InsertRange(at, text.GetRange(at / 2, Math.Min(count, text.Count - at / 2)));
                else if (kind == 4) text.InsertRange(at, [.. "<set>"u8]);
                else text.InsertRange(at, [.. "1e999 -1.5-303 ****"u8]);
                if (text.Count == 0) return;
            }
            try
            {
                var run = Vasprun.Read(new MemoryStream([.. text]), VasprunContent.All, TestContext.Current.CancellationToken);
                if (run.Eigenvalues is not null) _ = BandEdges.Of(run.Eigenvalues);
            }
            catch (DftFlowException)
            {
            }
        }, iter: Effort.Iterations(20_000));
    }

    private static Vasprun Read(SampleVasprun sample, VasprunContent content = VasprunContent.Energies) => Read(sample.ToString(), content);

    private static Vasprun Read(string text, VasprunContent content = VasprunContent.Energies) =>
        Vasprun.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), content, TestContext.Current.CancellationToken);

    private sealed class SmallBlocks(byte[] text, int block) : MemoryStream(text)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, block));
    }
}
