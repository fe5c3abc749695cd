using System.Text;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Inputs.Rules;

namespace DftFlow.Tests.Vasp.Inputs;

public class InputRulesTests
{
    // A rock-salt-like row of Li, Mn and two O in a cell without vacuum.
    private static readonly Structure LiMnO2 = new(Lattice.FromParameters(8.2, 4.1, 4.1, 90, 90, 90),
        [Site("Li", 0, 0, 0), Site("Mn", 0.5, 0, 0), Site("O", 0.25, 0, 0), Site("O", 0.75, 0, 0)]);

    private static readonly VaspInput Good = new(
        Incar.Parse("ENCUT=500; ISPIN=2; MAGMOM=0.6 4 2*0.6; LDAU=T; LDAUTYPE=2; LDAUL=-1 2 -1; LDAUU=0 3.9 0; LDAUJ=0 0 0; LMAXMIX=4; ISMEAR=0; ALGO=Normal; LREAL=.FALSE."),
        new Kpoints(MeshScheme.Gamma, 3, 3, 3), LiMnO2, ["Li_sv", "Mn_pv", "O"], "LiMnO2");

    [Fact]
    public void A_good_input_passes_every_rule() => Assert.Empty(InputRules.Check(Good));

    [Theory]
    [InlineData("LDAUL", "-1 2", "DF1301", Severity.Error)]
    [InlineData("LDAUU", "0 3.9 0 0", "DF1301", Severity.Error)]
    [InlineData("LDAUL", "2 2 -1", null, null)]
    [InlineData("LDAUU", "0 0 3.9", "DF1301", Severity.Warning)]
    [InlineData("LDAUL", "-1 -1 2", "DF1301", Severity.Warning)]
    [InlineData("LDAUJ", null, "DF1302", Severity.Error)]
    [InlineData("LDAU", "F", "DF1302", Severity.Warning)]
    [InlineData("MAGMOM", "5*0.6", "DF1303", Severity.Error)]
    [InlineData("LSORBIT", "T", "DF1303", Severity.Error)]
    [InlineData("LMAXMIX", null, "DF1304", Severity.Warning)]
    [InlineData("LMAXMIX", "6", null, null)]
    [InlineData("LDAUL", "-1 3 -1", "DF1304", Severity.Warning)]
    [InlineData("ISPIN", "1", "DF1306", Severity.Warning)]
    [InlineData("ENCUT", null, "DF1307", Severity.Warning)]
    [InlineData("ISMEAR", "-5", null, null)]
    [InlineData("LDUA", "T", "DF1309", Severity.Warning)]
    [InlineData("ENCUT", "many", "DF1311", Severity.Error)]
    [InlineData("NSW", "0.5", "DF1311", Severity.Error)]
    [InlineData("ALGO", "very fast", "DF1311", Severity.Error)]
    [InlineData("ALGO", "Fast", null, null)]
    [InlineData("LWAVE", "3", "DF1311", Severity.Error)]
    [InlineData("LREAL", "Auto", null, null)]
    public void A_tag_changed_is_found(string tag, string? value, string? code, Severity? severity)
    {
        var input = Good with { Incar = value is null ? Good.Incar.Without(tag) : Good.Incar.With(tag, value) };
        var findings = InputRules.Check(input);
        if (code is null)
            Assert.Empty(findings);
        else
            Assert.Contains(findings, finding => finding.Code == code && finding.Severity == severity);
    }

    [Fact]
    public void Errors_come_first_and_say_tag_and_remedy()
    {
        var findings = InputRules.Check(Good with { Incar = Good.Incar.Without("ENCUT").With("MAGMOM", "5*0.6") });
        Assert.Equal(["DF1303", "DF1307"], findings.Select(finding => finding.Code));
        Assert.Equal("MAGMOM has 5 values; 4 are needed, one for each of the 4 atoms.", findings[0].Message);
        Assert.Equal("MAGMOM", findings[0].Tag);
    }

    [Fact]
    public void Unmixed_densities_that_are_read_back_are_an_error() =>
        Assert.Contains(InputRules.Check(Good with { Incar = Good.Incar.With("LMAXMIX", 2).With("ICHARG", 11) }), finding => finding is { Code: "DF1304", Severity: Severity.Error });

    [Fact]
    public void More_than_one_k_point_along_vacuum_is_found()
    {
        var slab = LiMnO2 with { Lattice = Lattice.FromParameters(8.2, 4.1, 15, 90, 90, 90) };
        Assert.Equal("DF1305", Assert.Single(InputRules.Check(Good with { Structure = slab })).Code);
        Assert.Empty(InputRules.Check(Good with { Structure = slab, Kpoints = new(MeshScheme.Gamma, 3, 3, 1) }));
    }

    [Fact]
    public void The_tetrahedron_method_needs_four_points()
    {
        var input = Good with { Incar = Good.Incar.With("ISMEAR", -5), Kpoints = new(MeshScheme.Gamma, 3, 1, 1) };
        Assert.Equal(("DF1308", Severity.Error), InputRules.Check(input) is [var few] ? (few.Code, few.Severity) : default);
        Assert.Empty(InputRules.Check(input with { Kpoints = new(MeshScheme.Gamma, 2, 2, 1) }));
        var relaxation = input with { Kpoints = Good.Kpoints, Incar = input.Incar.With("NSW", 50).With("IBRION", 2) };
        Assert.Equal(("DF1308", Severity.Info), InputRules.Check(relaxation) is [var metal] ? (metal.Code, metal.Severity) : default);
    }

    [Fact]
    public void U_on_a_full_d_shell_needs_no_spin()
    {
        var zinc = Good with
        {
            Structure = LiMnO2 with { Sites = LiMnO2.Sites.SetItem(1, Site("Zn", 0.5, 0, 0)) },
            Potentials = ["Li_sv", "Zn", "O"],
            Incar = Good.Incar.With("ISPIN", 1).Without("MAGMOM"),
        };
        Assert.DoesNotContain(InputRules.Check(zinc), finding => finding.Code == "DF1306");
    }

    [Fact]
    public void Potentials_must_be_those_of_the_blocks()
    {
        Assert.Contains("block 2 of POSCAR, which is Mn", Assert.Single(InputRules.Check(Good with { Potentials = ["Li_sv", "O", "O"] })).Message, StringComparison.Ordinal);
        Assert.Equal("DF1310", Assert.Single(InputRules.Check(Good with { Potentials = ["Li_sv"] })).Code);
    }

    [Fact]
    public void Atoms_on_each_other_are_found() =>
        Assert.Contains(InputRules.Check(Good with { Structure = LiMnO2 with { Sites = LiMnO2.Sites.SetItem(3, Site("O", 0.26, 0, 0)) } }), finding => finding is { Code: "DF1220", Severity: Severity.Error });

    [Fact]
    public void The_files_of_an_input_are_written_and_read_back()
    {
        var files = Good.Files();
        Assert.Equal(["INCAR", "KPOINTS", "POSCAR", "POTCAR.spec"], files.Select(file => file.Name));
        var texts = files.Select(file => Encoding.UTF8.GetString(file.Bytes.Span)).ToArray();
        Assert.Equal(Good.Incar, Incar.Parse(texts[0]));
        Assert.Equal(Good.Kpoints, Kpoints.Parse(texts[1]));
        Assert.Equal((LiMnO2, "LiMnO2"), (Poscar.Read(texts[2]).Structure, Poscar.Read(texts[2]).Comment));
        Assert.Equal(Good.Potentials, PotcarSpec.Read(texts[3]));
        Assert.All(texts, text => Assert.True(text.EndsWith('\n') && !text.Contains('\r', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("../../POTCAR")]
    [InlineData("Mn/../../POTCAR")]
    [InlineData("Mn pv")]
    public void A_list_of_potentials_holds_names_alone(string line) =>
        Assert.Equal(("DF1260", 2), Assert.Throws<DftFlowException>(() => PotcarSpec.Read($"Li_sv\n{line}\n")) is { } error ? (error.Code, error.Line!.Value) : default);

    [Fact]
    public void Every_code_of_inputs_has_its_page()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(TestPaths.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), "\"(DF1[23][0-9]{2})\"").Select(match => match.Groups[1].Value)).Distinct().ToArray();
        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.True(File.Exists(Path.Combine(TestPaths.Repository, "docs", "errors", code + ".md")), code));
    }

    [Theory]
    [InlineData(6.9, false)]
    [InlineData(8, true)]
    [InlineData(9.9, true)]
    [InlineData(9.9999999, false)]
    [InlineData(10.1, false)]
    public void Vacuum_between_a_crystals_gap_and_enough_is_told(double gap, bool told)
    {
        var slab = LiMnO2 with { Lattice = Lattice.FromParameters(8.2, 4.1, gap, 90, 90, 90) };
        Assert.Equal(told, InputRules.Check(Good with { Structure = slab, Kpoints = new(MeshScheme.Gamma, 3, 3, 1) }).Any(finding => finding.Code == "DF1312"));
    }

    [Theory]
    [InlineData("ISPIN", "1", true)]
    [InlineData("ISPIN", "2", false)]
    [InlineData("NELECT", "24", false)]
    public void An_odd_number_of_electrons_without_spin_is_told(string tag, string value, bool told)
    {
        // Li 3 + Mn 25 + O 8 is even; without one O's neighbour, Li + O + O is 19.
        var odd = LiMnO2 with { Sites = LiMnO2.Sites.RemoveAt(1) };
        var input = Good with { Structure = odd, Potentials = ["Li_sv", "O"], Incar = Incar.Parse("ENCUT=500; ISMEAR=0; ISPIN=1").With(tag, value) };
        Assert.Equal(told, InputRules.Check(input).Any(finding => finding.Code == "DF1314"));
    }

    [Theory]
    [InlineData(12.2, 1, false)]
    [InlineData(12.4, 1, true)]
    [InlineData(12.4, 2, false)]
    public void A_long_cell_with_one_k_point_is_told(double length, int divisions, bool told)
    {
        var cell = LiMnO2 with { Lattice = Lattice.FromParameters(length, 4.1, 4.1, 90, 90, 90) };
        Assert.Equal(told, InputRules.Check(Good with { Structure = cell, Kpoints = new(MeshScheme.Gamma, 1, divisions, 1) }).Any(finding => finding.Code == "DF1315"));
    }

    private static Site Site(string element, double x, double y, double z) => new(Element.Parse(element), new(x, y, z));
}
