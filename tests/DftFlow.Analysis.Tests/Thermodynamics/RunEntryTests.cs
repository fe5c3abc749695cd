using System.Text;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Analysis.Thermodynamics.Corrections;
using DftFlow.Analysis.Thermodynamics.Sources;
using DftFlow.Crystals;
using DftFlow.Vasp.Text;

namespace DftFlow.Tests.Analysis.Thermodynamics;

/// <summary>Runs of one's own as entries.</summary>
public class RunEntryTests
{
    private const string Converged = """<i type="int" name="NELM">60</i><i type="int" name="NSW">0</i><i type="int" name="IBRION">-1</i>""";

    [Fact]
    public void A_run_gives_its_energy_at_sigma_zero_and_the_composition_of_its_cell()
    {
        var table = Read(new SampleVasprun().ToString());
        var entry = Assert.Single(table.Entries);
        Assert.Equal(("my run", "LiO", -9.95 / 2), (entry.EntryId, entry.Composition.Formula, entry.EnergyPerAtomEv));
        Assert.Equal(new EnergyScale("PBE by sample", "none"), entry.Scale);
    }

    [Fact]
    public void Functional_U_and_potentials_name_the_scale()
    {
        var run = Vasp(new SampleVasprun
        {
            Elements = ["Mn", "O"],
            Parameters = Converged + """<i type="logical" name="LDAU"> T </i><v type="int" name="LDAUL"> 2 -1 </v><v name="LDAUU"> 4.9 5.0 </v><v name="LDAUJ"> 1.0 0.0 </v><i type="string" name="GGA">PE</i>""",
        });
        var table = Read(run);
        Assert.Equal("PBE, no corrections, U: Mn 3.9 eV", table.ScaleText);
        Assert.Equal(3.9, table.Entries[0].Settings!.HubbardUEv[Element.Parse("Mn")], 1e-12);
        Assert.Equal("Mn", table.Entries[0].Settings!.Potentials[Element.Parse("Mn")]);
    }

    [Theory]
    [InlineData(1, "4.9 eV with J = 1 eV after Liechtenstein (LDAUTYPE = 1)")]
    [InlineData(4, "4.9 eV with J = 1 eV after Liechtenstein without exchange splitting (LDAUTYPE = 4)")]
    [InlineData(3, "4.9 eV with J = 1 eV with LDAUTYPE = 3")]
    public void U_of_another_form_than_Dudarev_s_is_neither_corrected_nor_mixed_with_it(int type, string told)
    {
        var other = WithU(FormattableString.Invariant($"""<i type="int" name="LDAUTYPE"> {type} </i>"""));
        Assert.Equal($"PBE, no corrections, U: Mn {told}", Read(other).ScaleText);
        var error = Assert.Throws<DftFlowException>(() => Read(other, new(CorrectionScheme.Mp2020)));
        Assert.Equal("DF3154", error.Code);
        Assert.Contains($"U of Mn is {told}, and the scheme is for 3.9 eV after Dudarev", error.Message, StringComparison.Ordinal);
        // The same U − J of Dudarev's form is what the scheme is for.
        Assert.Equal("MP2020", Read(WithU(), new(CorrectionScheme.Mp2020)).Scale!.CorrectionScheme);
        Assert.Equal("MP2020", Read(WithU("""<i type="int" name="LDAUTYPE"> 2 </i>"""), new(CorrectionScheme.Mp2020)).Scale!.CorrectionScheme);
        var mixed = Assert.Throws<DftFlowException>(() => EntryTable.Join([("a", Read(WithU())), ("b", Read(other, null, "b"))]));
        Assert.Equal("DF3150", mixed.Code);
        Assert.Contains($"U of Mn is 3.9 eV in my run (MnO) and {told} in b (MnO)", mixed.Message, StringComparison.Ordinal);

        static string WithU(string more = "") => Vasp(new SampleVasprun
        {
            Elements = ["Mn", "O"],
            Parameters = Converged + more + """<i type="logical" name="LDAU"> T </i><v type="int" name="LDAUL"> 2 -1 </v><v name="LDAUU"> 4.9 5.0 </v><v name="LDAUJ"> 1.0 0.0 </v>""",
        }).Replace("PAW_PBE Mn sample", "PAW_PBE Mn_pv sample", StringComparison.Ordinal);
    }

    [Fact]
    public void An_OUTCAR_tells_the_form_of_U_too()
    {
        using var file = TextFile.Open(TestPaths.Shared("vasp-corpus", "nio-ldau-static-vasp641", "OUTCAR.gz"), cancellation: TestContext.Current.CancellationToken);
        var outcar = new StreamReader(file).ReadToEnd();
        Assert.Contains("type is set to LDAUTYPE =  2", outcar, StringComparison.Ordinal);
        var other = outcar.Replace("type is set to LDAUTYPE =  2", "type is set to LDAUTYPE =  1", StringComparison.Ordinal);
        Assert.Equal("PBE, no corrections, U: Ni 6.2 eV with J = 0 eV after Liechtenstein (LDAUTYPE = 1)",
            EntryFiles.Read(new MemoryStream(Encoding.UTF8.GetBytes(other)), "run", "OUTCAR", new(), TestContext.Current.CancellationToken).ScaleText);
    }

    [Theory]
    [InlineData("""<i type="string" name="GGA">PS</i>""", "PBEsol")]
    [InlineData("""<i type="string" name="METAGGA">R2SCAN</i>""", "r2SCAN")]
    [InlineData("""<i type="string" name="METAGGA">--</i>""", "PBE")]
    [InlineData("""<i type="logical" name="LHFCALC"> T </i><i name="AEXX"> 0.25 </i><i name="HFSCREEN"> 0.2 </i>""", "PBE with 0.25 exact exchange, HFSCREEN 0.2")]
    [InlineData("""<i type="int" name="IVDW"> 12 </i>""", "PBE with IVDW 12")]
    [InlineData("""<i type="logical" name="LSORBIT"> T </i>""", "PBE with spin-orbit coupling")]
    public void Functionals_are_told_apart(string parameters, string functional) =>
        Assert.Equal(functional, Read(Vasp(new SampleVasprun { Parameters = Converged + parameters })).Scale!.Functional);

    [Fact]
    public void A_run_with_other_potentials_is_not_corrected()
    {
        var run = Vasp(new SampleVasprun { Elements = ["Li", "O"] });
        Assert.Contains("potential Li, and the scheme is for Li_sv", Assert.Throws<DftFlowException>(() => Read(run, new(CorrectionScheme.Mp2020))).Message, StringComparison.Ordinal);
        var table = Read(run.Replace("PAW_PBE Li sample", "PAW_PBE Li_sv sample", StringComparison.Ordinal), new(CorrectionScheme.Mp2020));
        Assert.Equal((-9.95 - 0.687) / 2, table.Entries[0].EnergyPerAtomEv, 1e-12);
    }

    [Theory]
    [InlineData("did not converge electronically", 1, 0, true)]
    [InlineData("relaxation did not converge", 60, 1, true)]
    [InlineData("stops at byte", 60, 0, false)]
    public void An_unfinished_run_gives_no_entry(string what, int electronicSteps, int relaxes, bool whole)
    {
        var text = new SampleVasprun
        {
            Parameters = FormattableString.Invariant($"<i type=\"int\" name=\"NELM\">{electronicSteps}</i><i type=\"int\" name=\"NSW\">{(relaxes > 0 ? 2 : 0)}</i><i type=\"int\" name=\"IBRION\">{(relaxes > 0 ? 2 : -1)}</i>"),
            Steps = relaxes > 0 ? [("-10", "-10", "-10"), ("-11", "-11", "-11")] : [("-10", "-10", "-10")],
        }.ToString();
        var error = Assert.Throws<DftFlowException>(() => Read(whole ? text : text[..(text.Length / 2)]));
        Assert.Equal("DF3155", error.Code);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_with_neither_file_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("dftflow-run-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "OSZICAR"), "x", TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<DftFlowException>(() => EntryFiles.ReadAsync([folder], new(), TestContext.Current.CancellationToken));
        Assert.Equal(("DF3155", folder), (error.Code, error.File));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Runs_of_VASP_are_entries()
    {
        var nickelOxide = TestPaths.Shared("vasp-corpus", "nio-ldau-static-vasp641", "vasprun.xml.gz");
        var table = (await EntryFiles.ReadAsync([nickelOxide], new(), TestContext.Current.CancellationToken)).Table;
        Assert.Equal("NiO", table.Entries[0].Formula);
        Assert.Equal(6.2, table.Entries[0].Settings!.HubbardUEv[Element.Parse("Ni")]);
        // The OUTCAR of the same run says the same.
        var outcar = (await EntryFiles.ReadAsync([TestPaths.Shared("vasp-corpus", "nio-ldau-static-vasp641", "OUTCAR.gz")], new(), TestContext.Current.CancellationToken)).Table;
        Assert.Equal((table.ScaleText, table.Entries[0].Composition), (outcar.ScaleText, outcar.Entries[0].Composition));
        Assert.Equal(table.Entries[0].EnergyPerAtomEv, outcar.Entries[0].EnergyPerAtomEv, 1e-6);
        Assert.Equal(table.Entries[0].Settings!.Potentials, outcar.Entries[0].Settings!.Potentials);
        var manganese = TestPaths.Shared("vasp-corpus", "static-mno2-afm-r2scan", "vasprun.xml.gz");
        Assert.Equal("r2SCAN", (await EntryFiles.ReadAsync([manganese], new(), TestContext.Current.CancellationToken)).Table.Scale!.Functional);
        Assert.Equal("DF3150", (await Assert.ThrowsAsync<DftFlowException>(() => EntryFiles.ReadAsync([nickelOxide, manganese], new(), TestContext.Current.CancellationToken))).Code);
    }

    private static string Vasp(SampleVasprun run) => run.ToString().Replace("name=\"program\" type=\"string\">sample ", "name=\"program\" type=\"string\">vasp ", StringComparison.Ordinal);

    private static EntryTable Read(string vasprun, EntryReading? reading = null, string name = "my run") => EntryFiles.Read(new MemoryStream(Encoding.UTF8.GetBytes(vasprun)), name, "vasprun.xml", reading ?? new(), TestContext.Current.CancellationToken);
}
