using CsCheck;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Inputs.Rules;

namespace DftFlow.Tests.Vasp.Inputs;

public class IncarTests
{
    [Fact]
    public void Reads_statements_comments_and_continued_lines()
    {
        var incar = Incar.Parse("""
            Electronic part, without a sign
            SYSTEM = id=[0] (Li Mn) # the name
            encut=500 ; ISMEAR = -5;SIGMA=5D-2 ! smearing; LREAL = A
            LDAUU = 0.0 3.9 \
                    0.0
            MAGMOM = 2*0.6 4 -4.5 3*0
            LASPH = .true.   LWAVE is below
            LWAVE = F
            ALGO = Normal (Davidson)
            LREAL = Auto
            NSW = 0 ions = stay
            WANNIER90_WIN = "
              num_iter = 100 ! of theirs
              # kept
            "
            """);
        Assert.Equal("id=[0] (Li Mn)", incar.Text("SYSTEM"));
        Assert.Equal(500, incar.Real("ENCUT"));
        Assert.Equal(-5, incar.Whole("ISMEAR"));
        Assert.Equal(0.05, incar.Real("SIGMA"));
        Assert.Equal([0, 3.9, 0], incar.Numbers("LDAUU")!.Value);
        Assert.Equal([0.6, 0.6, 4, -4.5, 0, 0, 0], incar.Numbers("MAGMOM")!.Value);
        Assert.True(incar.Logical("LASPH"));
        Assert.False(incar.Logical("LWAVE"));
        Assert.Equal("Normal", incar.Text("ALGO"));
        Assert.Equal("Auto", incar.Text("LREAL"));
        Assert.Equal(0, incar.Whole("NSW"));
        Assert.Equal(12, incar.Tags.Length);
        Assert.Contains("num_iter = 100 ! of theirs", incar.Text("WANNIER90_WIN"), StringComparison.Ordinal);
        Assert.Contains("# kept", incar.Text("WANNIER90_WIN"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_tag_that_is_set_twice_the_first_counts_and_that_is_told()
    {
        var findings = new List<Finding>();
        Assert.Equal(1, Incar.Parse("NPAR = 1\nENCUT 500\nNPAR = 64\n", findings).Whole("NPAR"));
        Assert.Equal([("DF1242", "ENCUT"), ("DF1241", "NPAR")], findings.Select(finding => (finding.Code, finding.Tag!)));
        Assert.Contains("line 1 and again on line 3", findings[1].Message, StringComparison.Ordinal);
    }

    // The examples of the VASP wiki, KERNEL_TRUNCATION and PLUGINS.
    [Theory]
    [InlineData("KERNEL_TRUNCATION {\n  LTRUNCATE = T ! note }\n  IDIMENSIONALITY = 2; ISURFACE = 3 # note\n  FACTOR = 0.5\n}\nNSW = 0")]
    [InlineData("NSW = 0; kernel_truncation { Ltruncate = .True. ; IDIMENSIONALITY = 2 ; ISURFACE = 3 ; FACTOR = \\\n 0.5 }")]
    [InlineData("Kernel_Truncation{LTRUNCATE=T\nIDIMENSIONALITY=2}\r\nKERNEL_TRUNCATION/ISURFACE=3\r\nNSW=0 of {these}\nKERNEL_TRUNCATION/FACTOR=0.5")]
    public void Groups_in_braces_are_tags_with_the_group_before_their_name(string text)
    {
        var incar = Incar.Parse(text);
        Assert.Equal(5, incar.Tags.Length);
        Assert.True(incar.Logical("KERNEL_TRUNCATION/LTRUNCATE"));
        Assert.Equal(2, incar.Whole("KERNEL_TRUNCATION/IDIMENSIONALITY"));
        Assert.Equal(3, incar.Whole("KERNEL_TRUNCATION/ISURFACE"));
        Assert.Equal(0.5, incar.Real("KERNEL_TRUNCATION/FACTOR"));
        Assert.Equal(0, incar.Whole("NSW"));
        Assert.Equal(incar, Incar.Parse(incar.ToText()));
    }

    [Fact]
    public void Groups_stand_in_groups_and_a_brace_in_a_value_is_text()
    {
        var incar = Incar.Parse("A { B { C = 1 } D = x }\nSYSTEM = {braces} here\n");
        Assert.Equal(["A/B/C", "A/D", "SYSTEM"], incar.Tags.Select(tag => tag.Name));
        Assert.Equal("{braces} here", incar.Text("SYSTEM"));
    }

    [Theory]
    [InlineData("NSW = 1\n{ ISMEAR = 0 }", 2)]
    [InlineData("NSW = 1\nGROUP {\n ISMEAR = 0\n", 2)]
    [InlineData("IMAGE = {\n ISMEAR = 0\n}", 1)]
    [InlineData("two words {\n ISMEAR = 0\n}", 1)]
    [InlineData("G {\n 2A = 0\n}", 2)]
    [InlineData("NSW 3 ISMEAR = 0", 1)]
    [InlineData("NSW = 1; = 3", 1)]
    [InlineData("SYSTEM = \"not closed\n", 1)]
    public void A_statement_that_cannot_be_read_is_refused(string text, int line)
    {
        var error = Assert.Throws<DftFlowException>(() => Incar.Parse(text));
        Assert.Equal(("DF1240", line), (error.Code, error.Line));
    }

    [Fact]
    public void A_value_takes_the_form_that_its_tag_has()
    {
        Assert.Equal(new IncarValue.Real(500), new IncarTag("encut", 500).Value);
        Assert.Equal(new IncarValue.Whole(4), new IncarTag("LMAXMIX", "4").Value);
        Assert.Equal(new IncarValue.Logical(true), new IncarTag("LASPH", "true").Value);
        Assert.Equal(new IncarValue.Text("91"), new IncarTag("GGA", 91).Value);
        Assert.Equal((IncarValue)new double[] { 5 }, new IncarTag("MAGMOM", 5).Value);
        Assert.Equal(new IncarValue.Text("500 eV"), new IncarTag("ENCUT", "500 eV").Value);
        Assert.Equal(new IncarValue.Text("None"), new IncarTag("ALGO", "None").Value);
    }

    [Theory]
    [InlineData("SYSTEM", "bell\a")]
    [InlineData("SYSTEM", "\"quoted\"")]
    [InlineData("SYSTEM", "5\" of; that")]
    [InlineData("NO NAME", "1")]
    [InlineData("", "1")]
    [InlineData("A=B", "1")]
    public void What_cannot_stand_in_an_INCAR_is_refused(string name, string value) =>
        Assert.Equal("DF1240", Assert.Throws<DftFlowException>(() => new IncarTag(name, value)).Code);

    [Fact]
    public void Writes_tags_by_theme_with_origins()
    {
        var incar = Incar.Of(new IncarTag("ISPIN", 2, "line 17"), new IncarTag("MAGMOM", (double[])[0, 0, 4, -4]), new IncarTag("LDAU", true, "rule"), new IncarTag("ENCUT", 500),
            new IncarTag("MYTAG", 1.5), new IncarTag("SYSTEM", "a; b"), new IncarTag("EDIFF", 1e-6, "preset pbe-u"));
        Assert.Equal("""
            # General
            SYSTEM = "a; b"

            # Electrons
            ENCUT  = 500
            EDIFF  = 1E-06   # preset pbe-u

            # DFT+U
            LDAU   = .TRUE.  # rule

            # Spin
            ISPIN  = 2       # line 17
            MAGMOM = 2*0 4 -4

            # Other
            MYTAG  = 1.5

            """, incar.ToText(withOrigins: true));
        Assert.Equal(incar, Incar.Parse(incar.ToText()));
        Assert.Equal(incar, Incar.Parse(incar.ToText(withOrigins: true)));
        Assert.Equal(incar.ToText(), Incar.Of(incar.Tags.Reverse()).ToText());
    }

    [Fact]
    public void Changing_a_tag_leaves_the_others_and_the_original()
    {
        var incar = Incar.Empty.With("NSW", 10).With("ISIF", 2);
        var changed = incar.With("nsw", 0, "rule").Without("ISIF");
        Assert.Equal((10, 0), (incar.Whole("NSW")!.Value, changed.Whole("NSW")!.Value));
        Assert.Equal("rule", changed.Tag("NSW")!.Origin);
        Assert.Null(changed["ISIF"]);
        Assert.Equal(2, incar.Whole("isif"));
    }

    [Theory]
    [InlineData("LDUA", "LDAU")]
    [InlineData("ENCUTT", "ENCUT")]
    [InlineData("ISMAER", "ISMEAR")]
    [InlineData("LMAXIMX", "LMAXMIX")]
    [InlineData("ZZTOP", null)]
    public void Suggests_the_tag_that_was_meant(string wrong, string? meant) => Assert.Equal(meant, IncarTags.Suggest(wrong));

    [Fact]
    public void What_is_written_is_read_back()
    {
        var value = Gen.OneOf<IncarValue>(
            Gen.Bool.Select(b => (IncarValue)b), Gen.Int.Select(i => (IncarValue)i), Gen.Double.Where(double.IsFinite).Select(d => (IncarValue)d),
            Gen.Double[-10, 10].Array[1, 20].Select(a => (IncarValue)a), Gen.Int[-9, 9].Array[1, 20].Select(a => (IncarValue)a),
            Gen.String[Gen.Char[' ', '~'], 0, 20].Select(s => (IncarValue)s));
        var name = Gen.OneOf(Gen.Int[0, IncarTags.Names.Count() - 1].Select(i => IncarTags.Names.ElementAt(i)), Gen.String[Gen.Char['A', 'Z'], 3, 12]);
        Gen.Select(name, value).Array[0, 12].Sample(pairs =>
        {
            var incar = Incar.Empty;
            foreach (var (tag, content) in pairs)
            {
                try
                {
                    incar = incar.With(tag, content);
                }
                catch (DftFlowException error) when (error.Code == "DF1240")
                {
                    // Text with quotation marks.
                }
            }
            // A value that its tag cannot have is an error, and need not come back.
            foreach (var finding in InputRules.Check(Input(incar)).Where(finding => finding.Code == "DF1311")) incar = incar.Without(finding.Tag!);
            var back = Incar.Parse(incar.ToText());
            return back.Equals(incar) && back.ToText() == incar.ToText();
        });
    }

    [Fact]
    public void Text_that_is_a_brace_comes_back() => Assert.Equal("{", Incar.Parse(Incar.Empty.With("SYSTEM", "{").ToText()).Text("SYSTEM"));

    [Fact]
    public void Logicals_are_read_as_Fortran_reads_them()
    {
        foreach (var text in (string[])["T", "t", ".T.", ".t", "True", ".TRUE.", ".True.", "true", "TRUE"]) Assert.True(Incar.Parse($"LWAVE = {text}").Logical("LWAVE"), text);
        foreach (var text in (string[])["F", "f", ".F.", ".f", "False", ".FALSE.", ".False.", "false", "FALSE"]) Assert.False(Incar.Parse($"LWAVE = {text}").Logical("LWAVE"), text);
    }

    [Fact]
    public void Millions_of_continued_lines_are_read_in_time() =>
        Assert.Equal("a b", Incar.Parse("SYSTEM = a" + string.Concat(Enumerable.Repeat("   \\\n", 1_000_000)) + "b\n").Text("SYSTEM"), ignoreAllWhiteSpace: false);

    [Fact]
    public void Refuses_repetitions_that_add_up_to_more_than_any_run_has()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<DftFlowException>(() => Incar.Parse(string.Concat(Enumerable.Range(0, 500).Select(i => $"A{i} = 400000*0\n"))));
        Assert.Equal(("DF1240", 3), (error.Code, error.Line));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void Damaged_files_give_no_other_error() =>
        Mutated.OnlyFailsWithItsOwnError(text => Assert.NotNull(Incar.Parse(text, new List<Finding>()).ToText(withOrigins: true)),
            "SYSTEM = a b c # comment\nENCUT = 500; ISMEAR = -5\nMAGMOM = 4*5 8*0.6\nLDAUU = 0 3.9 \\\n 0\nLREAL = Auto\nLASPH = .TRUE.\nWANNIER90_WIN = \"\nx = 1\n\"\nKERNEL_TRUNCATION {\n LTRUNCATE = T; IPAD = 2\n}\n");

    private static VaspInput Input(Incar incar) => new(incar, new(MeshScheme.Gamma, 1, 1, 1),
        new(Lattice.FromParameters(3, 3, 3, 90, 90, 90), [new(Element.Parse("Li"), default)]), ["Li_sv"], "Li");
}
